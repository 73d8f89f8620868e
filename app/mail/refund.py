"""What tells a customer that money was paid back."""

from __future__ import annotations

from dataclasses import replace

from babel.numbers import get_currency_precision

from app.domain import Message, Order, OrderReturn, Refunded, unlinked
from app.domain.payments import repaid_words
from app.mail.rendering import PLAIN, Frame, render, store_link, subject_line
from app.money import Formats
from app.words import say


def refund(
    order: Order,
    booked: OrderReturn,
    *,
    key: str,
    store_name: str,
    base_url: str,
    path: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    """Of a completed return of an order that has an e-mail address. `path`: where the order is in the shop."""
    if order.email is None or booked.refunded_at is None:
        raise ValueError(f"return {booked.return_id} is not refunded or its order has no e-mail address")
    formats = formats.spoken()
    money = replace(formats, currency=order.currency, digits=get_currency_precision(order.currency)).money
    first_name = unlinked(order.address.name).split()[0] if order.address.name.split() else ""
    places = {"name": first_name, "number": order.number, "store": store_name, "amount": money(booked.refund)}
    own = frame.texts.of("refund", places)
    values = {
        "own": own,
        "store_name": store_name,
        "base_url": base_url,
        "order": order,
        "booked": booked,
        "first_name": first_name,
        "store_link": store_link(store_name, base_url),
        "money": money,
        "number": formats.number,
        "refunded_at": formats.moment(booked.refunded_at),
        "paid_with": repaid_words(order.payment_method or "") or say("the card you paid with"),
        "is_partly": order.refund_state is Refunded.PARTLY and not order.is_repaid_by_hand,
        "order_url": f"{base_url}{path}",
        "preheader": say("{amount} is to be paid back to you", amount=money(booked.refund))
        if order.is_repaid_by_hand
        else say("{amount} is on its way back to you", amount=money(booked.refund)),
    }
    html, text = render("refund", values, frame)
    return Message(
        key=key,
        kind="refund",
        to=order.email,
        subject=subject_line(
            own.subject
            or say(
                "Your refund of {amount} for order {number} from {store}",
                amount=money(booked.refund),
                number=order.number,
                store=store_name,
            )
        ),
        html=html,
        text=text,
        order_id=order.order_id,
    )
