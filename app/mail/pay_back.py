"""What admins are told of a refund that somebody of the shop has to pay by hand."""

from __future__ import annotations

from dataclasses import replace

from babel.numbers import get_currency_precision

from app.domain import Message, Order, OrderReturn
from app.mail.rendering import PLAIN, Frame, render, subject_line
from app.money import Formats


def pay_back_alert(
    order: Order,
    booked: OrderReturn,
    *,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    formats = replace(formats, currency=order.currency, digits=get_currency_precision(order.currency))
    amount = formats.money(booked.refund)
    title = f"Order {order.number}: pay {amount} back by hand"
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "title": title,
        "amount": amount,
        "method": (order.payment_method or "").lower(),
        "reason": booked.reason,
        "who": booked.actor,
        "order_url": f"{base_url}/admin/orders/{order.order_id}",
        "preheader": f"{booked.reason}: nobody else pays it",
    }
    html, text = render("pay_back", values, frame)
    return Message(
        key=key, kind="rule", to=to, subject=subject_line(title), html=html, text=text, order_id=order.order_id
    )
