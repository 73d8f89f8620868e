"""Mails to buyers as they would look: of an order that nobody placed, with texts that may not be saved yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from app.domain import Address, Message, Order, OrderLine, OrderReturn, OrderStatus, ReturnLine
from app.domain.fulfilment import Shipment, ShipmentLine
from app.domain.mail_texts import PLACES, TEXT_SETTINGS
from app.errors import InvalidInput
from app.mail import receipt, refund, shipment_mail
from app.services.messages.notifications import Letterhead
from app.settings.in_force import mail_texts_of
from app.words import BY_CODE, speaking

_PATH = "/orders"
_AT = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
_PRICES = (2_490, 1_200)  # major units would differ by currency: these are whole ones of it
_TAX = Decimal("0.05")


class MailSamples:
    """`name_of`: of a product that may stand in a sample, by its place, None where there is none."""

    def __init__(self, letterhead: Letterhead, name_of: Callable[[int], str | None]) -> None:
        self._letterhead = letterhead
        self._name_of = name_of

    def of(self, mail: str, code: str, texts: Mapping[str, str]) -> Message:
        """One of `PLACES` in a language, by its code. `texts`: by name, in place of those that are saved.

        Raises InvalidInput for what is neither.
        """
        if mail not in PLACES or code not in BY_CODE:
            raise InvalidInput("Choose one of the mails and languages shown.", "mail")
        head, order = self._letterhead, self._order()
        saved = dict(head.frame.texts.texts)
        known = {name: texts.get(name, saved.get(name, "")) for name in TEXT_SETTINGS}
        frame = replace(head.frame, texts=mail_texts_of(known))
        with speaking(code):
            if mail == "receipt":
                return receipt(
                    order, key="sample", store_name=head.store_name, base_url=head.base_url, path=_PATH,
                    formats=head.formats, frame=frame,
                )  # fmt: skip
            if mail == "refund":
                return refund(
                    order, self._refund(order), key="sample", store_name=head.store_name, base_url=head.base_url,
                    path=_PATH, formats=head.formats, frame=frame,
                )  # fmt: skip
            return shipment_mail(
                order, self._parcel(order), arrived=mail == "delivered", left=0, key="sample",
                store_name=head.store_name, base_url=head.base_url, path=_PATH, formats=head.formats, frame=frame,
            )  # fmt: skip

    def _order(self) -> Order:
        formats = self._letterhead.formats
        lines = tuple(
            OrderLine(no, f"sample-{no}", self._name_of(no - 1) or f"Product {no}", price * 10**formats.digits, no)
            for no, price in enumerate(_PRICES, start=1)
        )
        subtotal = sum(line.total for line in lines)
        tax = int(subtotal * _TAX)
        return Order(
            order_id=-8999,  # numbered as no order is
            owner="guest#sample",
            status=OrderStatus.PAID,
            email="asha@example.com",
            address=Address("Asha Menon", "12 Lake Road", "Pune", "411001", "IN", region="Maharashtra"),
            lines=lines,
            currency=formats.currency,
            subtotal=subtotal,
            tax=tax,
            total=subtotal + tax,
            tax_rate=str(_TAX),
            created_at=_AT,
            paid_at=_AT,
            payment_method="Card ending 4242",
            refunded=lines[0].total,
        )

    def _refund(self, order: Order) -> OrderReturn:
        line = order.lines[0]
        back = ReturnLine(line.line_no, line.product_id, line.name, 1, line.total, restock=True)
        return OrderReturn(1, order.order_id, _AT, "", "", (back,), line.total, _AT)

    def _parcel(self, order: Order) -> Shipment:
        lines = tuple(ShipmentLine(line.line_no, line.name, line.quantity) for line in order.lines)
        return Shipment(1, order.order_id, "DHL", "JD0146000031", lines, "", _AT, _AT)
