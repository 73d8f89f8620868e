"""The receipt a customer gets for a paid order."""

from __future__ import annotations

from dataclasses import replace

from babel.numbers import get_currency_precision

from app.domain import Message, Order, unlinked
from app.domain.amount_rows import amount_rows
from app.domain.delivery_words import delivery_lines
from app.domain.payments import method_words
from app.mail.rendering import PLAIN, Frame, render, store_link, subject_line
from app.money import Formats
from app.words import say, say_many


def receipt(
    order: Order,
    *,
    key: str,
    store_name: str,
    base_url: str,
    path: str,
    formats: Formats,
    frame: Frame = PLAIN,
    invoice_number: str = "",
) -> Message:
    """A receipt of a paid order that has an e-mail address; every number on it is the order's own.

    `path`: where it leads in the shop. `invoice_number`: "" while it has none.
    """
    if order.email is None or order.paid_at is None:
        raise ValueError(f"order {order.order_id} is not paid or has no e-mail address")
    formats = formats.spoken()
    money = replace(formats, currency=order.currency, digits=get_currency_precision(order.currency))
    first_name = unlinked(order.address.name).split()[0] if order.address.name.split() else ""
    places = {"name": first_name, "number": order.number, "store": store_name, "amount": money.money(order.total)}
    own = frame.texts.of("receipt", places)
    values = {
        "own": own,
        "store_name": store_name,
        "base_url": base_url,
        "order": order,
        "first_name": first_name,
        "store_link": store_link(store_name, base_url),
        "money": money.money,
        "number": formats.number,
        "paid_with": method_words(order.payment_method) if order.payment_method else say("Card"),
        "paid_at": formats.moment(order.paid_at),
        "amounts": amount_rows(order, money.rate),
        "address": [unlinked(line) for line in order.address.lines(formats.country(order.address.country))],
        "delivery": delivery_lines(order.delivery, formats) if order.delivery else (),
        "invoice_url": f"{base_url}{path}",
        "invoice_number": invoice_number,
        "preheader": say(
            "{amount} paid · {items}",
            amount=money.money(order.total),
            items=say_many("{count} item", "{count} items", order.units),
        ),
    }
    html, text = render("receipt", values, frame)
    return Message(
        key=key,
        kind="receipt",
        to=order.email,
        subject=subject_line(
            own.subject or say("Your receipt for order {number} from {store}", number=order.number, store=store_name)
        ),
        html=html,
        text=text,
        order_id=order.order_id,
    )
