"""The alert of a rule that began to hold."""

from __future__ import annotations

from app.domain import AlertEpisode, Message
from app.mail.rendering import PLAIN, Frame, render, subject_line
from app.money import Formats


def rule_alert(
    name: str,
    episode: AlertEpisode,
    rule: str,
    *,
    key: str,
    to: str,
    store_name: str,
    base_url: str,
    formats: Formats,
    frame: Frame = PLAIN,
) -> Message:
    """`rule` says in words what holds; the episode, with which value."""
    values = {
        "store_name": store_name,
        "base_url": base_url,
        "name": name,
        "found": episode.words,
        "rule": rule,
        "since": formats.moment(episode.opened_at),
        "alerts_url": f"{base_url}/admin/alerts",
        "preheader": episode.words,
    }
    html, text = render("rule", values, frame)
    return Message(key=key, kind="rule", to=to, subject=subject_line(f"Alert: {name}"), html=html, text=text)
