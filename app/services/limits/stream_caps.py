"""How many live streams one session and one network may hold open in a process. Nothing is stored."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from app.errors import Throttled

PER_SESSION = 20  # tabs of a browser share one where they can
PER_NETWORK = 300  # an office behind one address
RETRY_SECONDS = 30
_TOO_MANY = "Too many live views are open from your network. Close some of them, and this one continues by itself."


class StreamCaps:
    """Counts of open streams by session and by network."""

    def __init__(self, per_session: int = PER_SESSION, per_network: int = PER_NETWORK) -> None:
        self._most = {"session": per_session, "network": per_network}
        self._open: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def take(self, session: str, network: str) -> Callable[[], None]:
        """Count one more; what is returned gives it back, once however often it is called. Raises Throttled."""
        held = self._names(session, network)
        with self._lock:
            self._refuse_over(held)
            self._open.update(held)
        left = [True]

        def give_back() -> None:
            with self._lock:
                if left:
                    left.clear()
                    self._open -= Counter(held)  # what came to nothing is forgotten

        return give_back

    def check(self, session: str, network: str) -> None:
        """Raises Throttled when there is no room for one more."""
        with self._lock:
            self._refuse_over(self._names(session, network))

    def __len__(self) -> int:
        """How many sessions and networks hold a stream."""
        return len(self._open)

    def _names(self, session: str, network: str) -> list[tuple[str, str]]:
        return [("session", session), ("network", network)]

    def _refuse_over(self, names: list[tuple[str, str]]) -> None:
        if any(self._open[name] >= self._most[name[0]] for name in names):
            raise Throttled(RETRY_SECONDS, _TOO_MANY)
