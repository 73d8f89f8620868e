"""What tells a customer that an order is placed which is paid later, and how."""

from __future__ import annotations

from app.domain import Message, Order, unlinked
from app.domain.payments import PayBy
from app.mail.rendering import PLAIN, Frame, render, store_link, subject_line
from app.money import Formats
from app.words import say


def placed_mail(
    order: Order,
    transfer_text: str,
    *,
    key: str,
    store_name: str,
    base_url: str,
    path: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    """Of an order that has an e-mail address and awaits its payment; `path` as in a receipt."""
    if order.email is None or order.payment_due is None:
        raise ValueError(f"order {order.order_id} has no e-mail address, or waits for nothing")
    formats = formats.spoken()
    names = unlinked(order.address.name).split()
    total = formats.money(order.total)
    is_transfer = order.pay_by == PayBy.TRANSFER
    what = (
        say("Please transfer {total}.", total=total)
        if is_transfer
        else say("You pay when it is delivered: {total}.", total=total)
    )
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "order": order,
        "first_name": names[0] if names else "",
        "store_link": store_link(store_name, base_url),
        "number": formats.number,
        "what": what,
        "rows": [row for row in transfer_text.splitlines() if row.strip()] if is_transfer else [],
        "give": say("Give the number {number}, so that we know what it is for.", number=order.number)
        if is_transfer
        else "",
        "until": say("Your units are held until {day}.", day=formats.day(formats.store_day(order.payment_due)))
        if is_transfer
        else "",
        "order_url": f"{base_url}{path}",
        "preheader": what,
    }
    html, text = render("placed", values, frame)
    subject = say("Order {number} from {store} is placed", number=order.number, store=store_name)
    return Message(
        key=key,
        kind="receipt",
        to=order.email,
        subject=subject_line(subject),
        html=html,
        text=text,
        order_id=order.order_id,
    )
