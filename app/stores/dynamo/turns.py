"""Orders of one process for the same products stand in line, and whoever's turn it is takes others along.

DynamoDB refuses a transaction on an item that another is at work on, and leaves it to the caller to ask again. Whoever
asks meanwhile only makes the others ask again too. Who waits in line is served as soon as the product is free, and
often sooner: by the transaction of somebody before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock

from app.domain import Quantity
from app.errors import Busy


class Turn:
    """One order in line. `has_waited`: others were there before it; `is_done`: one of them has reserved for it too."""

    def __init__(self, order_id: int, lines: Sequence[Quantity]) -> None:
        self.order_id = order_id
        self.lines = lines
        self.products = frozenset(line.product_id for line in lines)
        self.has_waited = False
        self.is_done = False
        self.is_taken_along = False
        self.goes_alone = False
        self.has_come = Event()


class Turns:
    """A line per product. Who wants several stands in all of their lines at once, so nobody waits in a circle."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: dict[str, deque[Turn]] = {}

    @contextmanager
    def wait(self, turn: Turn, seconds: float) -> Iterator[None]:
        """Until nobody before it wants any of its products, or it is done; later ones wait meanwhile.

        Raises Busy when that takes longer than `seconds`; not while it is taken along, since then it may be done.
        """
        with self._lock:
            for product_id in turn.products:
                self._lines.setdefault(product_id, deque()).append(turn)
            self._let_go(turn)
            turn.has_waited = not turn.has_come.is_set()
        try:
            while not turn.has_come.wait(seconds):
                with self._lock:
                    if turn.is_taken_along or turn.has_come.is_set():  # maybe at this very moment
                        continue
                    turn.goes_alone = True  # nobody may take it along any more
                raise Busy()
            yield
        finally:
            self._leave(turn)

    def take_along(self, turn: Turn, most: int) -> list[Turn]:
        """Orders behind the one whose turn it is that want nothing but products of its own."""
        found = {turn.order_id: turn}
        with self._lock:
            for product_id in turn.products:
                for other in self._lines[product_id]:
                    if len(found) > most:
                        break
                    if not (other.goes_alone or other.is_done) and other.products <= turn.products:
                        found.setdefault(other.order_id, other)  # the same order again finds what the first one made
            taken = [other for other in found.values() if other is not turn]
            for other in taken:
                other.is_taken_along = True
        return taken

    def bring_back(self, taken: Sequence[Turn], *, done: bool) -> None:
        """After the transaction: with their units, or to their places in line, from where each goes alone."""
        with self._lock:
            for turn in taken:
                turn.is_taken_along, turn.is_done, turn.goes_alone = False, done, not done
                if done:
                    turn.has_come.set()

    def length(self, product_id: str) -> int:
        """Of its line, with the one whose turn it is."""
        with self._lock:
            return len(self._lines.get(product_id, ()))

    def _leave(self, turn: Turn) -> None:
        with self._lock:
            for product_id in turn.products:
                line = self._lines[product_id]
                line.remove(turn)
                if not line:
                    del self._lines[product_id]
            for product_id in turn.products:
                if line_left := self._lines.get(product_id):
                    self._let_go(line_left[0])

    def _let_go(self, turn: Turn) -> None:
        if all(self._lines[product_id][0] is turn for product_id in turn.products):
            turn.has_come.set()
