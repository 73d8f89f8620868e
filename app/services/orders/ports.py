"""What the services need of the store of orders and returns. The rules of `ports` hold here too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import NamedTuple, Protocol

from app.domain import (
    Address,
    Delivery,
    LongPage,
    Order,
    OrderLine,
    OrderReturn,
    OrderStatus,
    OrderSummary,
    Page,
    ReturnEntry,
    User,
)
from app.domain.discounts import CodeUse
from app.domain.fulfilment import FulfilmentState
from app.domain.order_money import OrderMoney
from app.domain.payments import Done
from app.domain.taxes import Treatment
from app.errors import Shortage
from app.services.limits.ports import Limit


@dataclass(frozen=True)
class SoldIn:
    """Some of the trade: of some time, its end not included and None open; to a country; of some products.

    And of orders those whose goods are in one of the states `work`, and that have a tag.
    """

    start: datetime | None = None
    end: datetime | None = None
    country: str = ""
    product_ids: frozenset[str] | None = None
    work: tuple[FulfilmentState, ...] = ()
    tag: str = ""


EVERYTHING = SoldIn()


class OrderReader(Protocol):
    """The part of the order store that notifications need."""

    def get(self, order_id: int) -> Order | None: ...

    def get_many(self, order_ids: Collection[int]) -> Mapping[int, Order]:
        """Those that exist, by id."""


@dataclass(frozen=True)
class OrderBudget:
    """What a checkout counts against: `orders` and `network` when its order begins, `declines` for a declined card.

    An order begins only where all have room. `network` is shared by strangers.
    """

    orders: tuple[Limit, ...] = ()
    network: tuple[Limit, ...] = ()
    declines: tuple[Limit, ...] = ()


NO_BUDGET = OrderBudget()


class Counts(Enum):
    """What an order that failed counts as, against its budget."""

    ORDER = auto()
    SOLD_OUT = auto()  # of whoever tried alone: a rush on a product must not close a whole office's shop
    DECLINE = auto()  # as an order, and as a declined card
    NOTHING = auto()  # the shop gave it up: its client got no answer, and may repeat it


class Under(NamedTuple):
    """What admins had set of these when an order was priced; "" for nothing. `shipping`: the revision of its zones."""

    currency: str
    timezone: str
    shipping: str = ""


@dataclass(frozen=True)
class NewOrder:
    """An order about to be placed: priced from the catalogue, and what makes it unique.

    `under`: what it was priced under, None where nobody can change that.
    """

    owner: str
    user_id: int | None
    email: str | None
    address: Address
    lines: tuple[OrderLine, ...]
    currency: str
    money: OrderMoney
    cart_revision: str
    idempotency_key: str | None
    fingerprint: str | None  # of the request that the key came with
    budget: OrderBudget = NO_BUDGET
    language: str = ""
    under: Under | None = None
    pay_by: str = ""  # the provider that is to take the money
    vat_number: str = ""
    treatment: Treatment = Treatment.TAXED
    delivery: Delivery | None = None
    code: CodeUse | None = None


@dataclass(frozen=True)
class Attempt:
    """An order as its checkout sees it."""

    order: Order
    idempotency_key: str | None
    fingerprint: str | None
    shortages: tuple[Shortage, ...] = ()  # of a rejected order


class Orders(OrderReader, Protocol):
    """Orders from their first row to paid, rejected or failed.

    Every change of status happens only from the status named, and says whether it did.
    """

    def begin(self, new: NewOrder) -> tuple[Attempt, bool]:
        """Insert it `pending` and True; or the order that has its key or its cart revision, and False.

        Its budget is taken in the same transaction: of as many at once as like, no more begin than there is room
        for, and a repeat takes nothing. So is the use of its code, once. Raises TooManyOrders, TooManyDeclines,
        DiscountRefused where the code does not allow one more use or is another one by now, and TermsChanged when what
        it was priced under is another one by now.
        """

    def by_key(self, owner: str, idempotency_key: str) -> Attempt | None: ...

    def by_cart(self, owner: str, cart_revision: str) -> Attempt | None:
        """The pending, charging or paid order of that cart revision."""

    def attempt(self, order_id: int) -> Attempt | None: ...

    def start_charging(self, order_id: int) -> bool:
        """pending -> charging."""

    def reject(self, order_id: int, shortages: Sequence[Shortage]) -> bool:
        """pending -> rejected."""

    def fail(
        self,
        order_id: int,
        expected: OrderStatus,
        reason: str,
        *,
        free_key: bool = False,
        counts: Counts = Counts.ORDER,
    ) -> bool:
        """`expected` -> payment_failed. `free_key`: its client never got an answer, so its key may run again.

        What it counts as is written in the same transaction, whoever finds the order.
        """

    def complete(self, order: Order, paid: Done, provider: str) -> Order | None:
        """charging -> paid, with the payment, the stock movements and every effect, or nothing of it.

        `order`: as it was read or begun. The paid order, of whoever it is by now; None when it is not charging.
        """

    def wait(self, order_id: int, until: datetime, *, is_accepted: bool = False) -> bool:
        """A charging order awaits its payment until then, and nobody finishes it before; False when it is not charging,
        or that time is over. `is_accepted`: what it holds leaves the cart, and its buyer is told how it is paid."""

    def waiting_of(self, owner: str) -> tuple[Attempt, ...]:
        """The owner's orders that await their payment, oldest first."""

    def unpaid_of(self, owner: str, email: str | None) -> tuple[int, ...]:
        """The units of each order that the owner, or anybody by that e-mail address, is still to pay later."""

    def hand_over(self, order_id: int) -> None:
        """Its checkout gives up: the sweeper may take it after a short pause."""

    def claim_unfinished(self, limit: int) -> tuple[Order, ...]:
        """Lease pending and charging orders whose checkout, or earlier sweeper, had its time."""

    def list_of(self, owner: str, user_id: int | None, page: int, page_size: int) -> Page[OrderSummary]:
        """Orders of a guest's browser, or of a user, newest first; those that came to a payment."""

    def older(self, owner: str, user_id: int | None, before: int | None, limit: int) -> tuple[OrderSummary, ...]:
        """Of the same list the latest, below order id `before` if given."""

    def search(
        self,
        q: str,
        status: OrderStatus | None,
        page: int,
        page_size: int,
        before: int | None,
        sold: SoldIn = EVERYTHING,
        *,
        by_amount: bool = True,
    ) -> LongPage[OrderSummary]:
        """Newest first. `q`: an order number, a whole e-mail address, or words that the order's name, city, e-mail
        address, products, number and total hold, each as the beginning of one. Without `by_amount` digits are those
        of products, or a whole order number.

        Of a part of what was sold: only what was paid, the latest paid first, and of products only among the
        latest of them, so that what nobody bought costs no more to look for. The same for words that are all common.
        """

    def write_words(self, limit: int) -> int:
        """Make the latest orders that are not yet so, up to `limit`, be found by their words; how many were."""

    def wait_for_words(self, more_than: int) -> bool:
        """Whether so many orders are not found by their words yet."""

    def change_owner(self, guest_owner: str, new_owner: str) -> int:
        """A guest's orders are found under another key from now on; how many. Safe to run twice.

        The cart that each was made of stays theirs: who comes with the old key and that cart still finds the order.
        """

    def adopt(self, guest_owner: str, owner: str, user_id: int) -> int:
        """Make the orders of a guest's browser a user's, but another account's; how many. Safe to run twice."""

    def ask_to_join(self, user: User) -> None:
        """Queue the effect that looks for guests' orders of the user's address, once per confirmation of it."""

    def join_order(self, order_id: int) -> bool:
        """Make a guest's paid order the account's that confirmed its address; whether it did. Safe to run twice.

        Of an order with an account nothing changes, whatever became of the address; its browser still sees it.
        """

    def of_accounts(self, order_ids: Collection[int]) -> frozenset[int]:
        """Those of these that `join_order` has something to do for. One that is left out is looked for again when an
        account confirms its address."""

    def join_batch(self, user_id: int, after: int) -> int | None:
        """The same for the next ones of a user's confirmed address after an order id; where to go on, None at the end.

        Its cost does not grow with the orders.
        """


@dataclass(frozen=True)
class ReturnItem:
    """A line of an order that comes back; `restock` puts the units on sale again."""

    line_no: int
    quantity: int
    restock: bool


class Returns(Protocol):
    """Returns and their refunds: an intent, the provider's refund, one transaction that completes it."""

    def begin(
        self,
        order_id: int,
        items: Sequence[ReturnItem],
        reason: str,
        actor: str,
        request_key: str,
        *,
        before_shipping: bool = False,
    ) -> OrderReturn:
        """Record the intent, with its refund; the one that is there for a known key.

        From then on units of it that were not sent yet are not sent. `before_shipping`: only where none was sent.

        Raises InvalidInput for more than was bought and not yet returned, and for an unknown line,
        Conflict for an order that is not paid, or of which something was sent, NotFound for an unknown one.
        """

    def cancel(self, return_id: int) -> None:
        """Forget an intent whose refund was refused."""

    def complete(self, return_id: int) -> bool:
        """Book it once: lines, the order's refunds, stock movements and every effect; False when it was."""

    def get(self, return_id: int) -> OrderReturn | None: ...

    def of_order(self, order_id: int) -> tuple[OrderReturn, ...]: ...

    def booked(self, sold: SoldIn, page: int, page_size: int) -> LongPage[ReturnEntry]:
        """What counts as returned, by the day of its return, the latest first; of a part among the latest ones."""

    def claim_unfinished(self, limit: int) -> tuple[OrderReturn, ...]:
        """Lease intents whose process, or whoever took them over, had its time to complete them."""
