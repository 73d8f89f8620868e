"""Orders after they were placed: who may see them, finding them, and taking goods back."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain import (
    Access,
    Actor,
    AuditAction,
    LongPage,
    Order,
    OrderLine,
    OrderReturn,
    OrderStatus,
    OrderSummary,
    Page,
    Principal,
    ReturnEntry,
    User,
    effects,
)
from app.domain.refunds import money_back
from app.errors import Conflict, InvalidInput, NotFound, SessionUnchecked
from app.services.audit.log import AuditService
from app.services.catalog.ports import Catalog
from app.services.checkout.patience import Patience
from app.services.checkout.providers import Providers
from app.services.checks import line
from app.services.jobs.ports import Outbox
from app.services.jobs.worker import LeftAlone
from app.services.orders.ports import EVERYTHING, Orders, ReturnItem, Returns, SoldIn
from app.words import mark

log = logging.getLogger(__name__)

PAGE_SIZE_LIMIT = 200
QUERY_LENGTH = 254
REASON_LENGTH = 200
KEY_LENGTH = 128
ACTOR_LENGTH = 120
UNITS_LIMIT = 10**6
WORDS_AT_ONCE = 250  # orders
FEW = 500  # orders that a busy shop's worker is behind now and then
_NO_ORDER = mark("There is no such order.")


@dataclass(frozen=True)
class Refund:
    """What is paid back, minor units; `tax`: the part of it that is tax, held by the prices or on top of them.

    `has_delivery`: with the last unit comes what delivery cost.
    """

    total: int
    tax: int
    has_delivery: bool = False

    @property
    def before_tax(self) -> int:
        return self.total - self.tax


class OrderService:
    def __init__(
        self,
        orders: Orders,
        returns: Returns,
        catalog: Catalog,
        payments: Providers,
        outbox: Outbox,
        audit: AuditService,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._orders = orders
        self._returns = returns
        self._catalog = catalog
        self._payments = payments
        self._outbox = outbox
        self._audit = audit

    def get(self, order_id: int) -> Order:
        """Any order; for admins and the shop itself. Raises NotFound."""
        order = self._orders.get(order_id)
        if order is None:
            raise NotFound(_NO_ORDER)
        return order

    def get_for(self, principal: Principal, order_id: int) -> Order:
        """The caller's own order, one opened by its receipt's link, or any for an admin.

        Raises NotFound, whether it exists or not, SessionUnchecked.
        """
        if principal.is_unchecked:
            raise SessionUnchecked()
        order = self.get(order_id)
        may_see = is_own(order, principal) or order_id in principal.opened or principal.may(Access.ADMIN)
        if not may_see:
            raise NotFound(_NO_ORDER)
        return order

    def list_for(self, principal: Principal, page: int = 1, page_size: int = 20) -> Page[OrderSummary]:
        """The caller's orders that came to a payment, newest first; `page` is clamped. Raises SessionUnchecked."""
        if principal.is_unchecked:
            raise SessionUnchecked()
        return self._orders.list_of(principal.owner, principal.user_id, page, _clamped(page_size))

    def older_for(self, principal: Principal, before: int | None, limit: int) -> tuple[tuple[OrderSummary, ...], bool]:
        """Of the same list those older than order `before`, and whether more follow. Raises SessionUnchecked."""
        if principal.is_unchecked:
            raise SessionUnchecked()
        limit = _clamped(limit)
        found = self._orders.older(principal.owner, principal.user_id, before, limit + 1)
        return found[:limit], len(found) > limit

    def search(
        self,
        q: str = "",
        status: OrderStatus | None = None,
        page: int = 1,
        page_size: int = 50,
        before: int | None = None,
        sold: SoldIn = EVERYTHING,
        *,
        by_amount: bool = True,
    ) -> LongPage[OrderSummary]:
        """Orders for admins, newest first, below order id `before` if given, and only of what was `sold`.

        `q` is an order number, a whole e-mail address, or words, of which each must be found: as the beginning of one
        in the customer's name, city or e-mail address, or a product's name or number, or as the order's number or
        total. Without `by_amount` no total is found, for whoever must not learn one: digits are then a whole order
        number, or of products.
        The cost does not grow with the orders: `total` is known on the last page only, and for products, or where each
        of the words is held by thousands of orders, the latest 20,000 of the rest are looked at (`searched` says so).
        """
        return self._orders.search(
            q[:QUERY_LENGTH], status, page, _clamped(page_size), before, sold, by_amount=by_amount
        )

    def keep_words(self) -> int:
        """Make orders that are over be found by their words; how many were."""
        return self._orders.write_words(WORDS_AT_ONCE)

    def is_searchable(self) -> bool:
        """Whether all but the latest orders are found by their words: after an upgrade or import that takes a while."""
        return not self._orders.wait_for_words(FEW)

    def adopt(self, guest_owner: str, user: User) -> int:
        """Make the orders that this browser's guest placed the user's; how many."""
        return self._orders.adopt(guest_owner, f"user#{user.user_id}", user.user_id)

    def ask_to_join(self, user: User) -> None:
        """See that the user gets what guests bought with the address that the user confirmed, if it was."""
        if user.email_verified_at is not None:
            self._orders.ask_to_join(user)

    def join(self, payload: Mapping[str, Any]) -> None:
        """Effect of a confirmed address, or of a guest's paid order: both meet in the account. Safe to run twice."""
        if "order_id" in payload:
            self._orders.join_order(int(payload["order_id"]))
            return
        user_id, after = int(payload["user_id"]), self._orders.join_batch(int(payload["user_id"]), 0)
        while after is not None:
            after = self._orders.join_batch(user_id, after)

    def join_many(self, payloads: Sequence[Mapping[str, Any]]) -> list[Exception | None]:
        """The same of many: most orders of guests have an address that no account has."""
        theirs = self._orders.of_accounts([int(one["order_id"]) for one in payloads if "order_id" in one])
        return [LeftAlone() if one.get("order_id") in {None, *theirs} else None for one in payloads]

    # --- returns

    def returns_of(self, order_id: int) -> tuple[OrderReturn, ...]:
        """Oldest first; one without `refunded_at` is being refunded."""
        return self._returns.of_order(order_id)

    def returned(self, sold: SoldIn, page: int = 1, page_size: int = 50) -> LongPage[ReturnEntry]:
        """Returns for admins by the day on which they count, newest first; of a part among the latest 5,000."""
        return self._returns.booked(sold, page, _clamped(page_size))

    def record_return(
        self, order_id: int, lines: Sequence[tuple[int, int, bool]], reason: str, actor: Actor, request_key: str
    ) -> OrderReturn:
        """Take lines `(line_no, quantity, restock)` back and refund them with their share of the tax.

        Safe to run twice with one `request_key`. Raises NotFound, Conflict for an order that is not
        paid, was paid elsewhere, or whose refund the provider refuses, InvalidInput for more than was bought.
        """
        reason = return_reason(reason)
        request_key = line(request_key, "request_key", KEY_LENGTH, required="A request key is missing.")
        items = [_item(*one) for one in lines]
        order = self.get(order_id)
        items = self._restockable(order, items)
        with self._audit.around(
            actor,
            AuditAction.ORDER_RETURN,
            "order",
            order_id,
            f"#{order.number}",
            None,
            self._facts(order, items),
            note=reason,
            key=f"return:{request_key}",
        ):
            self._refuse_paid_elsewhere(order)
            begun = self._returns.begin(order_id, items, reason, actor.name[:ACTOR_LENGTH], request_key)
            return self._finish_return(begun)

    def cancel(self, order_id: int, reason: str, actor: Actor) -> OrderReturn:
        """Give all of a paid order back before anything of it was sent: its units to the shelf, its money to its buyer.

        Safe to run twice. Raises NotFound, InvalidInput, Conflict for an order of which something was sent, whose
        shipments nobody follows, or whose refund the provider refuses.
        """
        reason = line(reason, "reason", REASON_LENGTH, required="Say why the order is cancelled.")
        order = self.get(order_id)
        items = self._restockable(order, [ReturnItem(one.line_no, one.left, True) for one in order.lines if one.left])
        if not items:
            raise Conflict("Nothing of this order is left to be cancelled.")
        key = f"cancel:{order_id}"
        with self._audit.around(
            actor,
            AuditAction.ORDER_CANCEL,
            "order",
            order_id,
            f"#{order.number}",
            None,
            self._facts(order, items),
            note=reason,
            key=key,
        ):
            self._refuse_paid_elsewhere(order)
            name = actor.name[:ACTOR_LENGTH]
            return self._finish_return(self._returns.begin(order_id, items, reason, name, key, before_shipping=True))

    def finish_returns(self, limit: int = 20) -> int:
        """Complete returns whose process died half-way; how many were."""
        finished, patience = 0, Patience(self._clock)
        for begun in self._returns.claim_unfinished(limit):
            provider = ""
            try:
                provider = self.get(begun.order_id or 0).payment_provider or ""
                if patience.skips(provider):
                    continue  # its lease brings it back
                self._finish_return(begun)
                finished += 1
            except Exception as error:  # one return that cannot be refunded must not hold up the others
                patience.note(provider, error)
                log.warning("return %s cannot be finished yet", begun.return_id, exc_info=True)
        return finished

    def restock(self, payload: Mapping[str, Any]) -> None:
        """Effect of a return: its units can be sold again. Safe to run twice."""
        booked = self._returns.get(int(payload["return_id"]))
        if booked is None:
            return
        for one in booked.lines:
            if one.restock:
                edit_id = f"return:{booked.return_id}:{one.line_no}"
                self._catalog.adjust_stock(edit_id, one.product_id, delta=one.quantity)

    def can_refund(self, order: Order) -> bool:
        """Whether this shop took the order's money; that of an imported history was taken elsewhere."""
        return order.payment_provider is None or self._payments.named(order.payment_provider) is not None

    def refund_of(self, order: Order, units: Mapping[int, int]) -> Refund:
        """What is paid back when `units` by line number come back too. Lines that the order has not are left out."""
        before = self.returns_of(order.order_id)
        came: Counter[int] = Counter()
        for one in before:
            came.update({line.line_no: line.quantity for line in one.lines})
        back = money_back(order, came, units, sum(one.refund for one in before))
        if back.taxes or not (order.tax or order.tax_included):
            tax = sum(one.tax for one in back.taxes)
        else:  # an order that its one rate says all of: it is on the goods, and nothing else was paid
            tax = max(0, back.refund - sum(_worth(one, units.get(one.line_no, 0), before) for one in order.lines))
        is_last = all(came[one.line_no] + units.get(one.line_no, 0) >= one.quantity for one in order.lines)
        return Refund(back.refund, tax, has_delivery=is_last and order.shipping > 0)

    def _refuse_paid_elsewhere(self, order: Order) -> None:
        """Before any return is recorded: this shop cannot give back what another one was paid."""
        if not self.can_refund(order):
            raise Conflict(
                f"Order {order.number} was not paid in this shop but came with an imported history, "
                "so it cannot be refunded here. Nothing was changed; refund it where it was paid."
            )

    def _facts(self, order: Order, items: Sequence[ReturnItem]) -> dict[str, object]:
        """What the audit log keeps of a return: its lines, and the refund as it was asked for (minor units)."""
        known = {one.line_no: one for one in order.lines}
        units: Counter[int] = Counter()
        for item in items:
            units[item.line_no] += item.quantity
        lines = [
            {"name": known[item.line_no].name, "quantity": item.quantity, "restock": item.restock}
            for item in items
            if item.line_no in known
        ]
        return {"lines": lines, "refund": self.refund_of(order, units).total}

    def _restockable(self, order: Order, items: Sequence[ReturnItem]) -> list[ReturnItem]:
        """Products that the catalogue never had (of an imported history) cannot go back on sale."""
        products = {one.line_no: one.product_id for one in order.lines}
        known = self._catalog.get_many([products[i.line_no] for i in items if i.line_no in products])
        return [replace(item, restock=item.restock and products.get(item.line_no) in known) for item in items]

    def _finish_return(self, begun: OrderReturn) -> OrderReturn:
        if begun.refunded_at is None:
            assert begun.order_id is not None
            self._refund(begun, begun.order_id)
            if self._returns.complete(begun.return_id):
                self._run_effects(begun.return_id)
        finished = self._returns.get(begun.return_id)
        if finished is None:
            raise Conflict("This return was refused.")
        return finished

    def _refund(self, begun: OrderReturn, order_id: int) -> None:
        order = self.get(order_id)
        if not begun.refund or order.payment_reference is None:
            return  # nothing was paid through a provider, so there is nothing that it could give back
        try:
            self._payments.of(order).refund(order, begun.refund, f"return:{begun.return_id}")
        except (Conflict, InvalidInput):
            self._returns.cancel(begun.return_id)
            raise

    def _run_effects(self, return_id: int) -> None:
        try:
            self.restock({"return_id": return_id})
            self._outbox.done_by_key([effects.restock(return_id).key])
        except Exception:  # the return is booked: whatever fails here is done by the worker
            log.warning("effects of return %s are left to the worker", return_id, exc_info=True)


def return_reason(words: str) -> str:
    """Raises InvalidInput("reason") for none, and for too many."""
    return line(words, "reason", REASON_LENGTH, required="Say why the goods come back.")


def _worth(sold: OrderLine, units: int, returned: Sequence[OrderReturn]) -> int:
    """What so many units of the line come to that come back after these returns."""
    before = [one for each in returned for one in each.lines if one.line_no == sold.line_no]
    return sold.worth(units, sum(one.quantity for one in before), sum(one.amount for one in before))


def is_own(order: Order, principal: Principal) -> bool:
    """Whether it is the caller's account's, or was placed in their browser."""
    is_theirs = principal.user_id is not None and order.user_id == principal.user_id
    return is_theirs or order.owner == principal.owner


def _item(line_no: int, quantity: int, restock: bool) -> ReturnItem:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= UNITS_LIMIT:
        raise InvalidInput("How many come back must be a whole number of 1 or more.", "quantity")
    if isinstance(line_no, bool) or not isinstance(line_no, int):
        raise InvalidInput("Choose a line of the order.", "lines")
    return ReturnItem(line_no, quantity, bool(restock))


def _clamped(page_size: int) -> int:
    return min(max(page_size, 1), PAGE_SIZE_LIMIT)
