"""What the shop is made of: frozen values without behaviour of any store or framework.

Money is an integer count of minor units (paise, cents); times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Generic, Literal, TypeVar

T = TypeVar("T")


class Role(StrEnum):
    CUSTOMER = "customer"
    OPS = "ops"
    ANALYST = "analyst"
    ADMIN = "admin"


class Access(StrEnum):
    """Who may open a page or route; declared once per page, see `MAY`."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    WATCH = "watch"  # wall and read-only overview
    ANALYTICS = "analytics"
    ADMIN = "admin"


MAY: dict[Access, frozenset[Role | None]] = {
    Access.PUBLIC: frozenset({None, *Role}),
    Access.SIGNED_IN: frozenset(Role),
    Access.WATCH: frozenset({Role.OPS, Role.ANALYST, Role.ADMIN}),
    Access.ANALYTICS: frozenset({Role.ANALYST, Role.ADMIN}),
    Access.ADMIN: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class Principal:
    """Who is asking. `owner` keys carts and orders: `user#7` or `guest#<random>`.

    `role` is what the caller may act as now: staff who still have to set up the second factor that the
    shop asks of them act as customers until they have, and `needs_second_factor` says so.
    """

    owner: str
    user_id: int | None = None
    name: str = ""
    email: str | None = None
    role: Role | None = None
    needs_second_factor: bool = False

    def may(self, access: Access) -> bool:
        return self.role in MAY[access]


class Scope(StrEnum):
    """What a machine's API token may be used for, on top of what its owner's role may do."""

    SHOP = "shop"  # the owner's own cart, checkout and orders
    CATALOGUE = "catalogue"  # write products and stock
    CUSTOMERS = "customers"  # read the customer list
    METRICS = "metrics"  # read /metrics


@dataclass(frozen=True)
class Actor:
    """Whoever does something that is written down: `name` as ledgers show it, and from where it was done."""

    name: str
    user_id: int | None = None
    address: str = ""  # network address; "" for commands and the worker
    via: str = "page"  # "page", "api", "token <name>", "command line"


@dataclass(frozen=True)
class User:
    user_id: int
    full_name: str
    email: str | None  # None: an imported customer who never signed up
    role: Role
    password_hash: str | None
    session_version: int
    created_at: datetime
    external_id: str | None = None
    country: str | None = None
    deactivated_at: datetime | None = None
    email_verified_at: datetime | None = None
    totp_enabled_at: datetime | None = None

    @property
    def has_second_factor(self) -> bool:
        return self.totp_enabled_at is not None

    @property
    def is_invited(self) -> bool:
        """Asked to join the staff, and not yet followed the link."""
        return self.role is not Role.CUSTOMER and self.password_hash is None


class LinkPurpose(StrEnum):
    VERIFY = "verify"  # this address is mine
    RESET = "reset"  # a new password
    CHANGE_EMAIL = "change_email"  # this new address is mine
    INVITE = "invite"  # join the staff


LINK_LIFETIMES: dict[LinkPurpose, timedelta] = {
    LinkPurpose.VERIFY: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.CHANGE_EMAIL: timedelta(hours=24),
    LinkPurpose.INVITE: timedelta(days=3),
}

# What the owner of an account is told by e-mail after it happened.
Notice = Literal["password_changed", "email_changed", "second_factor_on", "second_factor_off", "role_changed", "closed"]


@dataclass(frozen=True)
class AccountLink:
    """A single-use link that goes by e-mail. `email` is the address it was sent to."""

    link_id: int
    purpose: LinkPurpose
    user_id: int
    email: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class ApiToken:
    """A machine's key to the API; of the secret only a hash is kept, and `hint`, its last four characters."""

    token_id: int
    user_id: int
    name: str
    scopes: frozenset[Scope]
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class AuditAction(StrEnum):
    """What the audit log knows by name. Values never change: written entries keep theirs."""

    PRODUCT_ADD = "product.add"
    PRODUCT_EDIT = "product.edit"
    PRODUCT_REMOVE = "product.remove"
    PRODUCT_RESTORE = "product.restore"
    STOCK_RECEIVE = "stock.receive"
    STOCK_WRITE_OFF = "stock.write_off"
    STOCK_CORRECT = "stock.correct"
    ORDER_RETURN = "order.return"
    DELIVERY_RESEND = "delivery.resend"
    STAFF_CREATE = "staff.create"  # on the command line, with a password
    STAFF_INVITE = "staff.invite"
    STAFF_INVITE_AGAIN = "staff.invite_again"
    STAFF_JOIN = "staff.join"
    STAFF_ROLE = "staff.role"
    STAFF_DEACTIVATE = "staff.deactivate"
    STAFF_REACTIVATE = "staff.reactivate"
    STAFF_SECOND_FACTOR = "staff.second_factor"  # reset by somebody else
    STAFF_SESSIONS = "staff.sessions"
    STAFF_SIGN_IN = "staff.password"  # set by somebody else, on the command line
    MACHINE_CREATE = "token.create"
    MACHINE_REVOKE = "token.revoke"
    OWN_NAME = "account.name"
    OWN_SIGN_IN = "account.password"
    OWN_EMAIL = "account.email"
    OWN_SECOND_FACTOR = "account.second_factor"
    OWN_CODES = "account.recovery_codes"
    OWN_SESSIONS = "account.sessions"


class AuditOutcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class AuditEntry:
    """What a member of staff changed: `before` and `after` hold only what differs, as JSON values."""

    audit_id: int
    at: datetime
    actor: Actor
    action: str  # an AuditAction
    target_kind: str  # "product", "order", "user", "token", "delivery"
    target_id: str
    target_name: str
    before: dict[str, object] | None
    after: dict[str, object] | None
    outcome: AuditOutcome = AuditOutcome.DONE
    note: str = ""


# --- catalogue and stock ---------------------------------------------------------------------


class ProductStatus(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"  # out of the store; history and past orders stay


@dataclass(frozen=True)
class Product:
    """`stock` is what is available: units that can be sold now (held units are not in it)."""

    product_id: str
    name: str
    price: int
    stock: int
    threshold: int
    category: str = "Other"
    description: str = ""
    cost: int | None = None
    threshold_manual: bool = False  # False: threshold follows the price by the low-stock rule
    image: str | None = None  # file name of an uploaded picture; None: the drawn one
    status: ProductStatus = ProductStatus.ACTIVE
    created_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def is_low(self) -> bool:
        return self.stock < self.threshold


@dataclass(frozen=True)
class Quantity:
    """Units of one product, as a reservation or an order asks for them."""

    product_id: str
    units: int


class ReservationState(StrEnum):
    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"


@dataclass(frozen=True)
class Reservation:
    order_id: int
    state: ReservationState
    lines: tuple[Quantity, ...]


class MovementKind(StrEnum):
    SALE = "sale"
    RETURN = "return"
    RECEIPT = "receipt"
    CORRECTION = "correction"
    WRITE_OFF = "write_off"


@dataclass(frozen=True)
class StockMovement:
    """One entry of the ledger; `quantity` is signed, `on_hand` is the count after it."""

    movement_id: int
    product_id: str
    at: datetime
    kind: MovementKind
    quantity: int
    on_hand: int
    cause: str  # "order:12", "return:3", "edit:<id>", "import", ...
    actor: str
    note: str = ""


@dataclass(frozen=True)
class StockChange:
    """What a stock edit did: the difference applied, and what is available after it."""

    delta: int
    available: int


# Codes of an imported history that are charges, not merchandise: in sales, but in no report of products.
NON_MERCHANDISE = frozenset({"POST", "DOT", "C2", "M", "S", "B", "D", "BANK CHARGES", "AMAZONFEE", "CRUK"})


# --- cart -------------------------------------------------------------------------------------

LINE_LIMIT = 99  # lines of a cart: what one all-or-nothing reservation can take on every store
UNIT_LIMIT = 99_999  # units of one line


@dataclass(frozen=True)
class CartLine:
    product_id: str
    quantity: int
    unit_price: int  # the price the shopper last saw and thereby accepted


@dataclass(frozen=True)
class Cart:
    """`revision` is random and new at every change; "" for a cart that never existed.

    `emptied_by` is the order that just emptied it, until the cart changes again.
    """

    owner: str
    revision: str
    lines: tuple[CartLine, ...] = ()
    emptied_by: int | None = None


@dataclass(frozen=True)
class PricedLine:
    """A cart line joined with the catalogue as it is now."""

    product: Product
    quantity: int
    accepted_price: int

    @property
    def total(self) -> int:
        return self.product.price * self.quantity

    @property
    def is_short(self) -> bool:
        return self.product.status is not ProductStatus.ACTIVE or self.product.stock < self.quantity

    @property
    def price_changed(self) -> bool:
        return self.accepted_price != self.product.price


@dataclass(frozen=True)
class PricedCart:
    revision: str
    lines: tuple[PricedLine, ...]
    subtotal: int
    tax: int
    total: int

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


# --- orders -----------------------------------------------------------------------------------

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


@dataclass(frozen=True)
class Address:
    name: str
    line1: str
    city: str
    postcode: str
    country: str  # ISO 3166 alpha-2 for the shop's own orders; as in the file for imported ones
    line2: str = ""
    region: str = ""

    def lines(self, country_name: str) -> list[str]:
        """As written on a parcel, without empty lines."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        rows = (self.name, self.line1, self.line2, town, self.region, country_name)
        return [row for row in rows if row]


@dataclass(frozen=True)
class OrderLine:
    line_no: int
    product_id: str
    name: str
    unit_price: int
    quantity: int
    returned: int = 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Order:
    order_id: int
    owner: str
    status: OrderStatus
    email: str | None
    address: Address
    lines: tuple[OrderLine, ...]
    currency: str
    subtotal: int  # gross sales: before tax
    tax: int
    total: int
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

    @property
    def number(self) -> str:
        return order_number(self.order_id, self.external_id)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)


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


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list that is counted; `page` counts from 1, `pages` is at least 1."""

    items: tuple[T, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class OrderPage:
    """One page of a list too long to count: `total` is None while more pages follow."""

    items: tuple[OrderSummary, ...]
    total: int | None
    page: int
    pages: int  # the last page known to exist


class ChargeState(StrEnum):
    APPROVED = "approved"
    DECLINED = "declined"
    VOIDED = "voided"


@dataclass(frozen=True)
class Charge:
    """What the payment provider says of an order's one charge."""

    order_id: int
    state: ChargeState
    amount: int
    reference: str
    method: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ReturnLine:
    line_no: int
    product_id: str
    name: str
    quantity: int
    amount: int  # unit price x quantity, before tax
    restock: bool


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


# --- notifications ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Message:
    """An e-mail or alert, ready to send. `key` makes sending it twice harmless."""

    key: str
    kind: str  # "receipt", "low_stock"
    to: str
    subject: str
    html: str
    text: str
    order_id: int | None = None
    product_id: str | None = None


@dataclass(frozen=True)
class MailboxMessage:
    message_id: int
    at: datetime
    message: Message
    read_at: datetime | None = None


@dataclass(frozen=True)
class Episode:
    """A time in which a product is low on stock; `on_hand` and `threshold` as they were when it opened."""

    episode_id: int
    product_id: str
    on_hand: int
    threshold: int
    opened_at: datetime
    closed_at: datetime | None = None


class OutboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # gave up; may be sent again by hand


@dataclass(frozen=True)
class OutboxEntry:
    entry_id: int
    kind: str
    key: str
    payload: dict[str, object]
    state: OutboxState
    attempts: int
    created_at: datetime
    next_try_at: datetime
    last_error: str | None = None
    done_at: datetime | None = None


# --- time -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """Store days `[start, end)`: `end` is exclusive."""

    start: date
    end: date
    label: str = field(default="", compare=False)

    @property
    def days(self) -> int:
        return (self.end - self.start).days
