"""What was bought, paid and given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from app.domain.amounts import nearest
from app.domain.fulfilment import FulfilmentState
from app.domain.order_money import OrderMoney, TaxRow
from app.domain.payments import LATER
from app.domain.places import address_lines

ORDER_NUMBER_OFFSET = 10_000


def order_number(order_id: int, external_id: str | None) -> str:
    """What people call an order; imported ones keep the number they came with."""
    return external_id or str(order_id + ORDER_NUMBER_OFFSET)


class OrderStatus(StrEnum):
    PENDING = "pending"
    CHARGING = "charging"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"  # declined, or voided by the sweeper
    REJECTED = "rejected"  # stock was short


class Refunded(StrEnum):
    """How much of a paid order went back. Also the API's words."""

    NOTHING = "none"
    PARTLY = "partly"
    WHOLLY = "wholly"


def refunded_of(refunded: int, total: int) -> Refunded:
    if refunded <= 0:
        return Refunded.NOTHING
    return Refunded.WHOLLY if refunded >= total else Refunded.PARTLY


@dataclass(frozen=True)
class Address:
    """Where an order goes. A country's fields stand in `places`; the others are "" there."""

    name: str
    line1: str
    city: str
    postcode: str
    country: str  # ISO 3166 alpha-2 for the shop's own orders; as in the file for imported ones
    line2: str = ""
    region: str = ""  # state, province, emirate
    district: str = ""  # part of a city
    phone: str = ""  # for the carrier

    def lines(self, country_name: str) -> list[str]:
        """As written on a parcel that goes there, without empty lines."""
        values = {field: getattr(self, field) for field in _WRITTEN}
        return [*address_lines(self.country, values), *([country_name] if country_name else [])]


ADDRESS_LENGTHS = {  # most characters
    "name": 120,
    "line1": 160,
    "line2": 160,
    "district": 80,
    "city": 80,
    "region": 80,
    "postcode": 20,
    "phone": 32,
}
_WRITTEN = ("name", "line1", "line2", "district", "city", "region", "postcode")


@dataclass(frozen=True)
class Delivery:
    """How an order gets to its customer, as it was promised when it was placed.

    `method_id` is of a method that may be gone. It leaves on `leaves` and arrives from `arrives` to `arrives_latest`,
    or can be fetched from then on at `pick_up`.
    """

    method_id: int
    name: str
    leaves: date
    arrives: date
    arrives_latest: date
    pick_up: str = ""


@dataclass(frozen=True)
class OrderLine:
    line_no: int
    product_id: str
    name: str
    unit_price: int
    quantity: int
    returned: int = 0
    unit_cost: int | None = None  # the product's when it was sold; None: unknown
    discount: int = 0  # its own, and its share of the order's
    # The place of each of its taxes among the order's, from 0, and its share of it; None where it was not kept.
    taxes: tuple[tuple[int, int], ...] | None = None
    # The tax held by what it was charged, and that held by its total: 0 where tax comes on top of prices.
    tax_included: int = 0
    list_tax: int = 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity

    @property
    def charged(self) -> int:
        """Its total less its discounts, before tax."""
        return self.total - self.discount - self.tax_included

    def worth(self, units: int, before: int = 0, amount: int = 0) -> int:
        """What `units` were charged that come back after `before` others, which came to `amount`.

        Rounded half up on the sum: all of them come to exactly `charged`.
        """
        together = min(units + before, self.quantity)
        return max(0, nearest(Fraction(self.charged * together, self.quantity)) - amount)

    @property
    def left(self) -> int:
        """Units that can still come back."""
        return self.quantity - self.returned


@dataclass(frozen=True)
class Order:
    order_id: int
    owner: str
    status: OrderStatus
    email: str | None
    address: Address
    lines: tuple[OrderLine, ...]
    currency: str
    subtotal: int  # of the lines at list price
    tax: int  # on top of the prices
    total: int  # subtotal - discount + shipping + tax
    tax_rate: str  # decimal text, e.g. "0.05"
    created_at: datetime
    paid_at: datetime | None = None
    user_id: int | None = None
    external_id: str | None = None
    failure: str | None = None
    payment_method: str | None = None  # e.g. "Card ending 4242"; never a number
    payment_reference: str | None = None
    payment_provider: str | None = None  # who took the money, and so who can give it back
    refunded: int = 0
    pay_by: str = ""  # the provider that is to take its money (`PayBy`); "" in orders of versions that had one alone
    payment_due: datetime | None = None  # it waits for its payment until then, with its units held; None: it does not
    language: str = ""  # that of the page where it was placed, by its code; its mails and invoice are in it
    discount: int = 0
    shipping: int = 0
    tax_included: int = 0  # held by the prices
    taxes: tuple[TaxRow, ...] = ()
    vat_number: str = ""  # of the business that bought
    code: str = ""  # the discount code that it was placed with
    tax_treatment: str = ""  # a `Treatment`: why there is no tax, where that has a reason
    delivery: Delivery | None = None  # None: there was nothing to choose

    @property
    def tax_rows(self) -> tuple[TaxRow, ...]:
        """Its taxes by rate. Orders of earlier releases, and imported ones, have the one that they name."""
        return self.taxes or (TaxRow("", Decimal(self.tax_rate), self.subtotal, self.tax),)

    @property
    def number(self) -> str:
        return order_number(self.order_id, self.external_id)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def goods(self) -> int:
        """What the lines were charged, tax on top and delivery left out."""
        return self.subtotal - self.discount

    @property
    def refund_state(self) -> Refunded:
        return refunded_of(self.refunded, self.total)

    @property
    def is_awaiting_payment(self) -> bool:
        """Whether the shopper still has to pay it, elsewhere or later."""
        return self.status is OrderStatus.CHARGING and self.payment_due is not None

    @property
    def is_accepted(self) -> bool:
        """Placed to be paid later, and not paid yet."""
        return self.is_awaiting_payment and self.pay_by in LATER

    @property
    def is_repaid_by_hand(self) -> bool:
        """Whether no provider pays its refunds: it was paid by transfer, or on delivery."""
        return self.payment_provider in LATER

    @property
    def is_of_guest(self) -> bool:
        """Placed without an account, whichever it may have come to since."""
        return self.owner.startswith("guest#")


@dataclass(frozen=True)
class OrderSummary:
    """A row of an order list."""

    order_id: int
    number: str
    status: OrderStatus
    customer: str
    country: str
    units: int
    total: int
    refunded: int
    created_at: datetime
    paid_at: datetime | None
    payment_due: datetime | None = None
    work: FulfilmentState | None = None  # where its goods are; None: nobody follows them

    @property
    def is_awaiting_payment(self) -> bool:
        return self.status is OrderStatus.CHARGING and self.payment_due is not None

    @property
    def refund_state(self) -> Refunded:
        return refunded_of(self.refunded, self.total)


@dataclass(frozen=True)
class ReturnLine:
    line_no: int
    product_id: str
    name: str
    quantity: int
    amount: int  # what the units were charged, before tax
    restock: bool
    unit_cost: int | None = None  # of the line that was sold
    unsent: int = 0  # units of it that had not been sent yet


@dataclass(frozen=True)
class OrderReturn:
    return_id: int
    order_id: int | None
    at: datetime
    actor: str
    reason: str
    lines: tuple[ReturnLine, ...]
    refund: int  # with the tax share
    refunded_at: datetime | None = None

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def is_cancellation(self) -> bool:
        """Nothing of it had been sent: units were given up, and none came back."""
        return bool(self.lines) and all(line.unsent == line.quantity for line in self.lines)

    @property
    def amount(self) -> int:
        """Before tax: what sales lose by it."""
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True)
class ReturnEntry:
    """A row of a list of returns; `number` is its order's, "" for an imported return that names none."""

    booked: OrderReturn
    number: str
    country: str


def with_money(lines: Sequence[OrderLine], money: OrderMoney) -> tuple[OrderLine, ...]:
    """The lines with what `money`, made of them in this order, gives each of discounts and taxes."""
    return tuple(
        replace(line, discount=of.discount, taxes=of.taxes, tax_included=of.tax_included, list_tax=of.list_tax)
        for line, of in zip(lines, money.lines, strict=True)
    )


class LineCosts(NamedTuple):
    """Of the lines with a known cost: what they `cost`, and the amount (`costed`) that they brought. Minor units."""

    cost: int
    costed: int


def costs_of_sale(lines: Iterable[OrderLine]) -> LineCosts:
    known = [(line.unit_cost * line.quantity, line.charged) for line in lines if line.unit_cost is not None]
    return LineCosts(sum(cost for cost, _ in known), sum(total for _, total in known))


def costs_of_return(lines: Iterable[ReturnLine]) -> LineCosts:
    """What is not put back into stock brings no cost back."""
    known = [
        (line.unit_cost * line.quantity * line.restock, line.amount) for line in lines if line.unit_cost is not None
    ]
    return LineCosts(sum(cost for cost, _ in known), sum(amount for _, amount in known))
