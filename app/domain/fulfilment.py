"""How what was bought gets to its buyer: shipments with their lines, and what is still to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

LATE_AFTER = timedelta(days=2)  # since it was paid, while something of it waits to be packed
MOST_AT_ONCE = 100  # orders on one pick list or in one file of packing slips
TAG_LENGTH = 30  # characters
MOST_TAGS = 10  # of an order
NOTE_LENGTH = 1_000
HOLD_LENGTH = 200
CARRIER_LENGTH = 40
TRACKING_LENGTH = 60


class FulfilmentState(StrEnum):
    """Where a paid order's goods are; worked out from its lines, shipments and returns, and kept for lists.

    Orders that were paid before the shop followed shipments, imported ones and most of a demo's past have none.
    """

    TO_SHIP = "to_ship"
    HELD = "held"
    PARTLY = "partly"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"  # everything was given back before anything was sent


# Something of these waits to be packed.
OPEN = frozenset({FulfilmentState.TO_SHIP, FulfilmentState.PARTLY})
# The address can be edited while something may still be sent to it.
UNSENT = OPEN | {FulfilmentState.HELD}


def state_of(*, units_open: int, units_shipped: int, all_delivered: bool, is_held: bool) -> FulfilmentState:
    """What an order's units and shipments come to."""
    if units_open and is_held:
        return FulfilmentState.HELD
    if units_open:
        return FulfilmentState.PARTLY if units_shipped else FulfilmentState.TO_SHIP
    if not units_shipped:
        return FulfilmentState.CANCELLED
    return FulfilmentState.DELIVERED if all_delivered else FulfilmentState.SHIPPED


# Where each carrier shows a parcel by its number. People may write any other name.
_TRACKING = {
    "Blue Dart": "https://www.bluedart.com/trackdartresultthirdparty?trackFor=0&trackNo={number}",
    "Delhivery": "https://www.delhivery.com/track-v2/package/{number}",
    "DHL": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "DPD": "https://tracking.dpd.de/status/en_US/parcel/{number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "GLS": "https://gls-group.com/track/{number}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}",
    "India Post": "",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
}

CARRIERS = tuple(_TRACKING)


def tracking_url(carrier: str, number: str) -> str:
    """Where the carrier shows this parcel, "" where that is not known."""
    form = next((url for name, url in _TRACKING.items() if name.casefold() == carrier.casefold()), "")
    return form.format(number=quote(number, safe="")) if form and number else ""


@dataclass(frozen=True)
class ShipmentLine:
    line_no: int
    name: str
    quantity: int


@dataclass(frozen=True)
class Shipment:
    """A parcel that left; `delivered_at` None: on its way."""

    shipment_id: int
    order_id: int
    carrier: str  # "" for none, as for what is brought or fetched
    tracking: str
    lines: tuple[ShipmentLine, ...]
    actor: str
    shipped_at: datetime
    delivered_at: datetime | None = None

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def tracking_url(self) -> str:
        return tracking_url(self.carrier, self.tracking)


class StepKind(StrEnum):
    """What staff did about an order besides sending it. Stored."""

    NOTE = "note"
    SLIP = "slip"  # a note that goes into the parcel, on its packing slip
    HOLD = "hold"
    RELEASE = "release"
    TAGS = "tags"
    ADDRESS = "address"


@dataclass(frozen=True)
class Step:
    """One of them; `words`: the note, the reason of a hold, the tags. `before`: the address that was edited."""

    kind: StepKind
    at: datetime
    actor: str
    words: str = ""
    before: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Work:
    """What staff see of an order's way. `open` and `shipped`: units by line number; `state` None: not followed."""

    order_id: int
    state: FulfilmentState | None
    hold: str | None
    tags: tuple[str, ...]
    shipments: tuple[Shipment, ...]
    steps: tuple[Step, ...]
    open: Mapping[int, int]
    shipped: Mapping[int, int]

    @property
    def units_open(self) -> int:
        return sum(self.open.values())


@dataclass(frozen=True)
class Parcel:
    """Lines and units, by line number, that leave in one shipment."""

    units: Mapping[int, int]
    carrier: str = ""
    tracking: str = ""


@dataclass(frozen=True)
class ToPack:
    """What of one order waits: `units` by product id; `notes` are those for its packing slip."""

    order_id: int
    number: str
    units: Mapping[str, int]
    names: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PickLine:
    """Of one product over all chosen orders; `orders`: how many units each order wants, by its number."""

    product_id: str
    name: str
    units: int
    orders: tuple[tuple[str, int], ...]


def pick_lines(waiting: Sequence[ToPack]) -> tuple[PickLine, ...]:
    """By product name: each is fetched once, for all orders."""
    names = {product_id: one.names[product_id] for one in waiting for product_id in one.units}
    wanted = {
        product_id: tuple((one.number, one.units[product_id]) for one in waiting if product_id in one.units)
        for product_id in names
    }
    lines = (
        PickLine(product_id, name, sum(units for _, units in wanted[product_id]), wanted[product_id])
        for product_id, name in names.items()
    )
    return tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.product_id)))


@dataclass(frozen=True)
class Backlog:
    """What waits for the people who pack; counts up to a bound. `oldest`: since when the oldest was paid."""

    to_pack: int
    late: int
    held: int
    oldest: datetime | None


NO_BACKLOG = Backlog(0, 0, 0, None)


@dataclass(frozen=True)
class Waiting:
    """An order in the queue of those who pack."""

    order_id: int
    number: str
    since: datetime  # paid
    place: str
    country: str
    units: int


@dataclass(frozen=True)
class PackingNow:
    """What the people who pack look at: the backlog, the longest waiting, and mails to buyers that have not left."""

    backlog: Backlog
    queue: tuple[Waiting, ...]
    mails_failed: int
    mails_waiting: int
