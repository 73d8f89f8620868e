"""Per order and return: payment, provider's book, stock movements, reservation and receipt agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app import numbers
from app.domain import Difference, Mend, OrderStatus, OutboxState, ReservationState
from app.domain.effects import EffectKind
from app.domain.payments import Done
from app.services.books.ports import BookedLine, BookedOrder, BookedReturn, Books, ProviderBook, ReservationBook

CHUNK = 200
MOVEMENTS = 1_000
MOST_STRANGE = 1_000
UNFINISHED = (OrderStatus.PENDING, OrderStatus.CHARGING)
LIVING = (*UNFINISHED, OrderStatus.PAID)

REPAIR = "--repair does that."
COSTS = f"They must be added up anew: {REPAIR}"
LOOK = "Look at its order page and at the provider's own list, and settle by hand what is right."


@dataclass
class OrderCheck:
    books: Books
    reservations: ReservationBook
    provider: ProviderBook
    money: Callable[[int], str]
    since: datetime | None = None
    rest: Callable[[], None] = lambda: None  # between chunks
    looked_at: dict[str, int] = field(default_factory=lambda: {"orders": 0, "returns": 0})

    def differences(self) -> Iterator[Difference]:
        yield from self._orders()
        yield from self._returns()
        yield from self._sales_without_orders()
        yield from self._payments_without_orders()
        yield from self._charges_without_orders()
        yield from self._refunds_without_returns()
        yield from self._units_held_for_nobody()

    # --- from the orders' side

    def _orders(self) -> Iterator[Difference]:
        after = 0
        while chunk := self.books.orders(after, CHUNK, self.since):
            after = chunk[-1].order_id
            self.looked_at["orders"] += len(chunk)
            self.rest()
            paid = [order for order in chunk if order.status is OrderStatus.PAID]
            # After the orders: what was paid then, must have left these traces by now.
            states = self.reservations.states([order.order_id for order in paid if order.source == "shop"])
            taken = self.provider.taken([o.order_id for o in paid if o.provider in (None, self.provider.name)])
            for order in chunk:
                if order.status is OrderStatus.PAID:
                    yield from self._paid(order, states.get(order.order_id), taken.get(order.order_id))
                elif order.is_stuck:
                    yield self._of(
                        order,
                        "order",
                        f"it is {order.status.value} since long ago, and nobody finishes it",
                        "Is a worker running? It completes or voids such orders: python -m app worker.",
                    )

    def _paid(self, order: BookedOrder, state: ReservationState | None, taken: Done | None) -> Iterator[Difference]:
        yield from self._payment(order, taken)
        yield from self._lines(order)
        if order.source == "shop":
            yield from self._reservation(order, state)
            if order.has_email and EffectKind.RECEIPT not in order.effects:
                words = "it is paid, but no receipt was ever queued"
                yield self._of(order, "order", words, f"The receipt must be queued: {REPAIR}", Mend.RECEIPT)

    def _payment(self, order: BookedOrder, taken: Done | None) -> Iterator[Difference]:
        if order.paid is None:
            if taken is not None and taken.amount == order.total:
                words = f"it is paid, and the provider took {self.money(taken.amount)}, but its payment is missing"
                todo = f"The payment must be written as the provider has it: {REPAIR}"
                yield self._of(order, "payment", words, todo, Mend.WRITE_PAYMENT)
            else:
                took = f"the provider took {self.money(taken.amount)}" if taken else "the provider took nothing"
                yield self._of(order, "payment", f"it is paid, but has no payment, and {took}", LOOK)
            return
        if order.paid != order.total:
            words = f"its total is {self.money(order.total)}, but its payment is {self.money(order.paid)}"
            yield self._of(order, "payment", words, LOOK)
        if order.provider == self.provider.name and (taken is None or taken.amount != order.paid):
            took = self.money(taken.amount) if taken else "nothing"
            words = f"its payment is {self.money(order.paid)}, but the provider took {took}"
            yield self._of(order, "payment", words, LOOK)

    def _lines(self, order: BookedOrder) -> Iterator[Difference]:
        if order.sum_of_lines != order.subtotal:
            words = f"its lines add up to {self.money(order.sum_of_lines)}, but it says {self.money(order.subtotal)}"
            yield self._of(order, "order", words, LOOK)
        if order.tax_of_rows not in (None, order.tax):
            words = f"its tax is {self.money(order.tax)}, but what each rate came to does not add up to it"
            yield self._of(order, "order", words, LOOK)
        if order.list_tax != order.list_tax_of_lines:
            of_lines = self.money(order.list_tax_of_lines)
            words = f"its lines hold {of_lines} of tax at list price, but it says {self.money(order.list_tax)}"
            yield self._of(order, "order", words, LOOK)
        if order.refunded != order.given_back:
            words = f"it says {self.money(order.refunded)} refunded, but its returns {self.money(order.given_back)}"
            yield self._of(order, "order", words, LOOK)
        if order.costs != order.costs_of_lines:
            yield self._of(order, "order", self._cost_words(order), COSTS, Mend.ADD_UP_COSTS)
        lost = [line for line in order.lines if line.moves and line.moved is None]
        if lost:
            words = f"it is paid, but the stock of {_named(lost)} never moved in the ledger"
            yield self._of(order, "ledger", words, f"The sale must be booked: {REPAIR}", Mend.BOOK_SALE)
        for line in order.lines:
            if line.moved is not None and -line.moved != line.quantity:
                words = f"line {line.line_no} sold {line.quantity} of {line.product_id}, the ledger says {-line.moved}"
                yield self._of(order, "ledger", words, "Correct the count at /admin/inventory if the shelf says so.")
            if line.returned != line.given_back:
                words = f"line {line.line_no} says {line.returned} returned, its returns say {line.given_back}"
                yield self._of(order, "order", words, LOOK)

    def _cost_words(self, booked: BookedOrder | BookedReturn) -> str:
        return f"its lines cost {self.money(booked.costs_of_lines.cost)}, but it says {self.money(booked.costs.cost)}"

    def _reservation(self, order: BookedOrder, state: ReservationState | None) -> Iterator[Difference]:
        if state is ReservationState.SETTLED:
            return
        if state is ReservationState.HELD:
            if order.effects.get(EffectKind.SETTLE) is not OutboxState.PENDING:
                words = "it is paid, but its units are still held, and nothing settles them"
                yield self._of(order, "reservation", words, f"The settling must be queued: {REPAIR}", Mend.SETTLE)
            return
        given = "were given back" if state is ReservationState.RELEASED else "were never held"
        yield self._of(
            order,
            "reservation",
            f"it is paid, but its units {given}",
            "They may be sold twice: count its products, and correct them at /admin/inventory.",
        )

    # --- from the returns' side

    def _returns(self) -> Iterator[Difference]:
        after = 0
        while chunk := self.books.returns(after, CHUNK, self.since):
            after = chunk[-1].return_id
            self.looked_at["returns"] += len(chunk)
            self.rest()
            own = [back for back in chunk if back.provider == self.provider.name and back.refund]
            refunds = self.provider.refunds([f"return:{back.return_id}" for back in own])
            asked = {back.return_id for back in own}
            for back in chunk:
                if back.return_id in asked:
                    yield from self._refund(back, refunds.get(f"return:{back.return_id}"))
                yield from self._restocking(back)
                yield from self._costs(back)

    def _costs(self, back: BookedReturn) -> Iterator[Difference]:
        said = [
            f"line {line.line_no} was sold at a cost of {self._cost(line.sold_at)} a unit, "
            f"but came back at {self._cost(line.came_back_at)}"
            for line in back.strange_costs
        ]
        if back.costs != back.costs_of_lines:
            said.append(self._cost_words(back))
        if said:
            target = str(back.return_id)
            yield Difference("return", _return_name(back), "; ".join(said), COSTS, Mend.COST_RETURN, target)

    def _cost(self, cost: int | None) -> str:
        return "nothing known" if cost is None else self.money(cost)

    def _refund(self, back: BookedReturn, refunded: int | None) -> Iterator[Difference]:
        if refunded != back.refund:
            given = "nothing" if refunded is None else self.money(refunded)
            words = f"it refunds {self.money(back.refund)}, but the provider gave back {given}"
            yield Difference("return", _return_name(back), words, LOOK)

    def _restocking(self, back: BookedReturn) -> Iterator[Difference]:
        subject, target = _return_name(back), str(back.return_id)
        if back.missing:
            words = f"{len(back.missing)} of its lines never moved in the ledger"
            todo = f"The return must be booked: {REPAIR}"
            yield Difference("ledger", subject, words, todo, Mend.BOOK_RETURN, target)
        for words in back.wrong:
            yield Difference("ledger", subject, words, "Correct the count at /admin/inventory if the shelf says so.")
        if back.needs_restock and back.restock in (None, OutboxState.FAILED):
            words = "its units never went back on sale, and nothing does it"
            todo = f"The restocking must be queued: {REPAIR}"
            yield Difference("return", subject, words, todo, Mend.RESTOCK, target)

    # --- from the other books' side

    def _sales_without_orders(self) -> Iterator[Difference]:
        after = 0
        while True:
            self.rest()
            after, strange = self.books.strange_sales(after, MOVEMENTS, self.since)
            for words in strange:
                yield Difference(
                    "ledger", "the stock ledger", words, "Count the product, and correct it at /admin/inventory."
                )
            if not after:
                return

    def _payments_without_orders(self) -> Iterator[Difference]:
        for order_id, status in self.books.strange_payments(MOST_STRANGE):
            yield Difference("payment", f"order {order_id}", f"it has a payment, but is {status.value}", LOOK)

    def _charges_without_orders(self) -> Iterator[Difference]:
        after = 0
        while chunk := self.provider.taken_after(after, CHUNK):
            after = max(chunk)
            statuses = self.books.statuses(list(chunk))
            for order_id, taken in chunk.items():
                status = statuses.get(order_id)
                if status in LIVING:
                    continue  # an unfinished one is completed by its checkout or the sweeper
                became = f"the order is {status.value}" if status else "there is no such order"
                words = f"the provider took {self.money(taken.amount)}, but {became}"
                yield Difference("payment", f"order {order_id}", words, f"Refund it at the provider. {LOOK}")

    def _refunds_without_returns(self) -> Iterator[Difference]:
        after = ""
        while keys := self.provider.refund_keys(after, CHUNK):
            after = keys[-1]
            named = {key: _return_of(key) for key in keys}
            states = self.books.return_states([i for i in named.values() if i is not None])
            for key, return_id in named.items():
                if return_id not in states:
                    words = "the provider gave money back, but there is no such return"
                    yield Difference("return", f"refund {key}", words, LOOK)

    def _units_held_for_nobody(self) -> Iterator[Difference]:
        held = self.reservations.held(())
        statuses = self.books.statuses(list(held))
        over = [
            i for i in sorted(held) if statuses.get(i) is not OrderStatus.PAID and statuses.get(i) not in UNFINISHED
        ]
        # An order is over once its units are back; so one that still holds some now, was left with them.
        states, taken = self.reservations.states(over), self.provider.taken(over)
        for order_id in over:
            if states.get(order_id) is not ReservationState.HELD:
                continue
            status = statuses.get(order_id)
            units = ", ".join(f"{line.units} of {line.product_id}" for line in held[order_id])
            became = f"it is {status.value}" if status else "there is no such order"
            is_charged = order_id in taken
            yield Difference(
                "reservation",
                f"order {order_id}",
                f"{units} are held for it, but {became}",
                f"The provider took money for it. {LOOK}" if is_charged else f"The units must be given back: {REPAIR}",
                None if is_charged else Mend.RELEASE,
                str(order_id),
            )

    @staticmethod
    def _of(order: BookedOrder, kind: str, words: str, todo: str, mend: Mend | None = None) -> Difference:
        return Difference(kind, f"order #{order.number}", words, todo, mend, str(order.order_id))


def _named(lines: list[BookedLine]) -> str:
    return ", ".join(f"{line.quantity} {line.product_id}" for line in lines)


def _return_name(back: BookedReturn) -> str:
    return f"return {back.return_id}" + (f" of order #{back.order_number}" if back.order_number else "")


def _return_of(key: str) -> int | None:
    kind, _, number = key.partition(":")
    return numbers.natural(number) if kind == "return" else None
