"""What admins are told of a payment that the holder of its card had taken back, and of what became of it."""

from __future__ import annotations

from app.domain import Message, Order
from app.domain.payments import Dispute
from app.mail.rendering import PLAIN, Frame, render, subject_line
from app.money import Formats


def dispute_alert(
    order: Order,
    dispute: Dispute,
    *,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    amount = formats.money(dispute.amount) if dispute.currency == order.currency else ""
    title = f"Order {order.number}: its payment is disputed"
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "title": title,
        "amount": amount,
        "reason": dispute_words(dispute.reason),
        "status": dispute_words(dispute.status),
        "dispute_id": dispute.dispute_id,
        "order_url": f"{base_url}/admin/orders/{order.order_id}",
        "preheader": f"{dispute_words(dispute.status)}: {dispute_words(dispute.reason)}",
    }
    html, text = render("dispute", values, frame)
    return Message(
        key=key, kind="rule", to=to, subject=subject_line(title), html=html, text=text, order_id=order.order_id
    )


def dispute_words(name: str) -> str:
    """Of the provider's names, such as "needs_response"."""
    return name.replace("_", " ").capitalize()
