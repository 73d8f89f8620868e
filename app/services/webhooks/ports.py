"""What webhooks need: of the store, and of whatever reaches addresses of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain import AuditEntry
from app.domain.webhooks import Delivery, DeliveryState, Endpoint, Event, Try


class Endpoints(Protocol):
    def all(self) -> list[Endpoint]:
        """By name."""

    def add(self, endpoint: Endpoint, audited: Callable[[int], AuditEntry]) -> int:
        """Write it, its id given by the store; the id."""

    def change(self, endpoint_id: int, audited: AuditEntry, **values: object) -> bool:
        """Set some of its fields; False when there is none. Switched on, it is tried at once."""

    def try_now(self, endpoint_id: int, audited: AuditEntry) -> bool:
        """Leave it alone no longer; False when there is none that is on."""

    def rotate(self, endpoint_id: int, secret: str, both_for: timedelta, audited: AuditEntry) -> bool:
        """Give it another secret; the one before signs too for as long. False when there is none."""

    def remove(self, endpoint_id: int, audited: AuditEntry) -> bool:
        """With whatever was to be delivered to it, and from the rules that named it; False when there is none."""


class Telling(Protocol):
    """Events and who hears of them."""

    def tell(self, events: Sequence[Event]) -> int:
        """Write each event with a delivery to each endpoint that wants it now; how many deliveries are new.

        Safe to run twice: an event is known by its id. One that nobody wants is not kept.
        """


@dataclass(frozen=True)
class Turn:
    """A lease of an endpoint: until it ends, nobody else delivers to it. `number` tells it from others."""

    endpoint: Endpoint
    number: int
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Outcome:
    """What follows a try that failed.

    `again_in`: None, it is given up. `pause`: nothing is delivered to the endpoint for so long. `is_gone`: it wants to
    hear of nothing any more.
    """

    again_in: timedelta | None
    pause: timedelta
    is_gone: bool = False


@dataclass(frozen=True)
class LogPage:
    """Deliveries, the latest first; `more`: there are older ones."""

    deliveries: tuple[Delivery, ...]
    more: bool


class Deliveries(Protocol):
    def due(self) -> list[int]:
        """Endpoints to which something is to be delivered now, and that nobody has a turn of."""

    def take(self, endpoint_id: int, limit: int) -> Turn | None:
        """Lease it, with what is due, the longest waiting first; None when somebody else was faster."""

    def renew(self, turn: Turn) -> datetime | None:
        """Hold the lease for a whole try from now: what time it is; None when the turn is over, or the endpoint off."""

    def done(self, turn: Turn, delivery: Delivery, tried: Try) -> None:
        """It arrived: the endpoint works. What waits after a pause is due at once."""

    def failed(self, turn: Turn, delivery: Delivery, tried: Try, outcome: Outcome) -> None:
        """Write down a try and what follows; given up for the first time, its admins are told in the same transaction.

        With it what is as old and was never tried is given up too.
        """

    def release(self, turn: Turn) -> None: ...


class DeliveryLog(Protocol):
    """What people see of deliveries."""

    def page(self, endpoint_id: int | None, state: DeliveryState | None, before: int | None, limit: int) -> LogPage: ...

    def get(self, delivery_id: int) -> Delivery | None: ...

    def waiting(self) -> Mapping[int, int]:
        """How many deliveries wait, by endpoint; counted up to some thousands."""

    def replay(self, delivery_id: int, audited: AuditEntry) -> bool:
        """Have it delivered once more, under its own id, at once; False when there is none."""

    def replay_failed(self, endpoint_id: int, since: datetime, audited: Callable[[int], AuditEntry]) -> int:
        """As `replay`, of all that were given up since then; how many. Of none, nothing is written down."""

    def forget(self, older_than: timedelta, limit: int) -> int:
        """Drop up to so many events that are as old, with their deliveries; how many."""


class ToldProducts(Protocol):
    """Which edit of each product was told last."""

    def wanted(self) -> bool:
        """Whether an endpoint wants to hear of products."""

    def known(self) -> dict[str, int] | None:
        """Versions by product; None: it was not begun to keep them."""

    def begin(self, versions: Mapping[str, int]) -> None:
        """Keep these: of what was before, nobody is told. Safe to run twice."""

    def changed(self, versions: Mapping[str, int]) -> None:
        """Keep these too, and queue an event of each, in one transaction. Safe to run twice."""

    def forget(self) -> None:
        """Nobody wants to hear of them any more."""


@dataclass(frozen=True)
class Answer:
    """Of an address: the status, the beginning of the body as text, and in how many seconds it wants to be asked."""

    status: int
    body: str
    retry_after: float | None = None


class NotPosted(Exception):
    """No answer came. `words` say why, for a person; nothing in them was written by the other side."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Poster(Protocol):
    """Posts to addresses that people entered, and to public ones only."""

    def check(self, host: str, port: int) -> None:
        """Raises NotPosted for a host that cannot be found, or is not public."""

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Within some seconds, whatever the other side does; redirects are not followed. Raises NotPosted."""
