"""The demo payment provider: takes no money, but keeps a durable book as a real provider would.

It lives beside the shop's tables and knows nothing of them. Card numbers are checked, never kept.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.domain import Order
from app.domain.payments import DEMO_METHOD, Declined, Done, PayBy, PaymentEvent, PaymentState, Voided
from app.errors import Conflict, HookRefused, InvalidInput, PaymentUnclear
from app.stores.sql.engine.clock import stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import demo_charges, demo_refunds
from app.words import mark

DECLINES = "4000000000000002"
TIMES_OUT_APPROVED = "4000000000000119"
TIMES_OUT_NEVER_CHARGED = "4000000000000341"

TIMEOUT_SECONDS = 3.0
NO_CARD_METHOD = str(DEMO_METHOD)
_YEARS_AHEAD = 20


class ChargeState(StrEnum):
    """What stands in the book of an order's one charge."""

    APPROVED = "approved"
    DECLINED = "declined"
    VOIDED = "voided"


@dataclass(frozen=True)
class _Card:
    """A checked card. Its repr shows the last four digits only, so that no log can hold more."""

    number: str
    expiry: str

    def __repr__(self) -> str:
        return f"<card ending {self.number[-4:]}>"

    @property
    def method(self) -> str:
        return f"Card ending {self.number[-4:]}"


class DemoPayments:
    """`PaymentProvider` for demos and tests; its cards approve, decline or time out (see the constants).

    Its details are a card's number, expiry ("MM/YY"), cvc and name. Every other valid card approves, and so does
    no card at all.
    """

    name = PayBy.DEMO.value
    needs_details = False
    is_hosted = False

    def __init__(
        self,
        database: Database,
        timeout_seconds: float = TIMEOUT_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._database = database
        self._timeout_seconds = timeout_seconds
        self._sleep = sleep
        self._today = today

    def check(self, details: Mapping[str, str] | None) -> None:
        self._card(details)

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        card = self._card(details)
        return (card.number[-4:], card.expiry) if card else ("", "")

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        card = self._card(details)
        number = card.number if card else ""
        if number in (TIMES_OUT_APPROVED, TIMES_OUT_NEVER_CHARGED):
            self._sleep(self._timeout_seconds)
            if number == TIMES_OUT_APPROVED:
                self._book(order.order_id, ChargeState.APPROVED, order.total, card)
            raise PaymentUnclear()
        state = ChargeState.DECLINED if number == DECLINES else ChargeState.APPROVED
        return self._book(order.order_id, state, order.total, card)

    def state(self, order: Order) -> PaymentState | None:
        return self._database.read(lambda connection: _find(connection, order.order_id))

    def void(self, order: Order) -> PaymentState:
        return self._book(order.order_id, ChargeState.VOIDED, 0, None)

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        order_id = order.order_id

        def work(connection: Connection) -> None:
            locked = select(demo_charges).where(demo_charges.c.order_id == order_id).with_for_update()
            charge = connection.execute(locked).first()
            known = select(demo_refunds.c.refund_key).where(demo_refunds.c.refund_key == refund_id)
            if connection.execute(known).first() is not None:
                return
            charged = charge.amount if charge and charge.state == ChargeState.APPROVED else 0
            refunds = select(func.coalesce(func.sum(demo_refunds.c.amount), 0))
            refunded = connection.execute(refunds.where(demo_refunds.c.order_id == order_id)).scalar_one()
            if refunded + amount > charged:
                raise Conflict("More than was paid cannot be refunded.")
            connection.execute(
                insert(demo_refunds).values(
                    refund_key=refund_id, order_id=order_id, amount=amount, at=stamp(connection)
                )
            )

        self._database.write(work)

    def event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        raise HookRefused("The demo provider tells of nothing by itself.")

    def _book(self, order_id: int, state: ChargeState, amount: int, card: _Card | None) -> PaymentState:
        """Write the order's one charge, or return the one that is there."""
        row = {
            "order_id": order_id,
            "state": state.value,
            "amount": amount,
            "reference": f"demo_{secrets.token_hex(8)}",
            "method": card.method if card else NO_CARD_METHOD,
            "reason": mark("The card was declined. Nothing was charged; try another card.")
            if state is ChargeState.DECLINED
            else "",
        }

        def work(connection: Connection) -> PaymentState:
            if insert_new(connection, demo_charges, row | {"at": stamp(connection)}):
                return _state(row)
            written = _find(connection, order_id)
            assert written is not None
            return written

        return self._database.write(work)

    def _card(self, details: Mapping[str, str] | None) -> _Card | None:
        """Raises InvalidInput, naming every wrong field, for a card that cannot be one."""
        if details is None:
            return None
        if not isinstance(details, Mapping):
            raise InvalidInput(mark("The card needs a number, an expiry date and a security code."), "payment")
        number = re.sub(r"[ -]", "", _text(details, "number"))
        wrong: dict[str, str] = {}
        if not re.fullmatch(r"[0-9]{12,19}", number) or not _passes_luhn(number):
            wrong["number"] = mark("The card number is not valid. Check its digits.")
        expiry = _text(details, "expiry")
        if words := self._wrong_expiry(expiry):
            wrong["expiry"] = words
        if not re.fullmatch(r"[0-9]{3,4}", _text(details, "cvc")):
            wrong["cvc"] = mark("The security code is the 3 or 4 digits on the card.")
        if wrong:
            field, words = next(iter(wrong.items()))
            raise InvalidInput(words, field, wrong)
        return _Card(number, expiry)

    def _wrong_expiry(self, text: str) -> str:
        """What is wrong with an expiry date, "" for nothing."""
        match = re.fullmatch(r"(0[1-9]|1[0-2]) ?/ ?(?:20)?([0-9]{2})", text)
        if match is None:
            return mark("The expiry date is a month and a year, such as 08/29.")
        month, year = int(match[1]), 2000 + int(match[2])
        today = self._today()
        if (year, month) < (today.year, today.month):
            return mark("The card has expired.")
        return mark("The expiry date is too far in the future.") if year > today.year + _YEARS_AHEAD else ""


def _text(details: Mapping[str, Any], field: str) -> str:
    value = details.get(field)
    return value.strip() if isinstance(value, str) else ""


def _passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _find(connection: Connection, order_id: int) -> PaymentState | None:
    row = connection.execute(select(demo_charges).where(demo_charges.c.order_id == order_id)).first()
    return None if row is None else _state(row._asdict())


def _state(row: Mapping[str, Any]) -> PaymentState:
    match ChargeState(row["state"]):
        case ChargeState.APPROVED:
            return taken(row)
        case ChargeState.DECLINED:
            return Declined(row["reason"])
        case ChargeState.VOIDED:
            return Voided()


def taken(row: Mapping[str, Any]) -> Done:
    """An approved charge of the book as the services know it."""
    return Done(amount=row["amount"], reference=row["reference"], method=row["method"])
