"""Word to admins that a webhook's endpoint hears of nothing any more."""

from __future__ import annotations

from app.domain import Message
from app.mail.rendering import PLAIN, Frame, render, subject_line


def endpoint_failing(
    name: str,
    host: str,
    answer: str,
    *,
    is_on: bool,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    frame: Frame = PLAIN,
) -> Message:
    """`answer`: what came of the latest try, in words; `is_on`: whether it is still tried."""
    values = {
        "store_name": store_name,
        "name": name,
        "host": host,
        "answer": answer,
        "is_on": is_on,
        "url": f"{base_url}/admin/webhooks",
        "preheader": answer,
    }
    html, text = render("webhook", values, frame)
    subject = subject_line(f"Webhook fails: {name}")
    return Message(key=key, kind="rule", to=to, subject=subject, html=html, text=text)
