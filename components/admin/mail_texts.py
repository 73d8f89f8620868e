"""The texts of mails to buyers: the form for one mail in one language, and how the mail looks with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import Message
from app.domain.mail_texts import PART_LENGTHS, PARTS, PLACES
from app.words import LANGUAGES
from components.admin.mailbox import FRAME_MAY
from components.kit.ui import field, segmented, spoken_label

Ids = Callable[[str], str]

MAILS: Mapping[str, str] = {
    "receipt": "Receipt of an order",
    "shipped": "A parcel is on its way",
    "delivered": "A parcel was delivered",
    "refund": "Refund",
}
LABELS: Mapping[str, tuple[str, str]] = {
    "subject": ("Subject", "Empty: as the preview has it without."),
    "opening": ("Opening", "Under the heading. An empty line begins a new paragraph."),
    "closing": ("Closing", "Above the button. Empty: nothing stands there."),
}
MEANINGS: Mapping[str, str] = {
    "name": "the buyer’s first name",
    "number": "the order’s number",
    "store": "the shop’s name",
    "amount": "what was paid, or paid back",
    "carrier": "who brings the parcel",
    "tracking": "its tracking number",
}
VIEWS = (("phone", "Phone"), ("wide", "Wide"), ("text", "As text"))
LANGUAGE_CHOICES = tuple((one.code, one.name) for one in LANGUAGES)


def choices(ids: Ids, mail: str, code: str) -> html.Div:
    def select(name: str, options: Sequence[tuple[str, str]], value: str) -> dbc.Select:
        return dbc.Select(id=ids(name), value=value, options=[{"value": k, "label": w} for k, w in options])

    return html.Div(
        [
            spoken_label("Mail", ids("mail")),
            select("mail", tuple(MAILS.items()), mail),
            spoken_label("Language", ids("code")),
            select("code", LANGUAGE_CHOICES, code),
        ],
        className="toolbar mail-choices",
    )


def text_form(ids: Ids, mail: str, values: Mapping[str, str]) -> html.Form:
    """`values` by part."""
    return html.Form(
        [
            *[_part(ids, part, values[part]) for part in PARTS],
            html.Div(places(mail), id=ids("places")),
            html.Div(id=ids("clashes")),
            html.Div(id=ids("error"), className="field-error", role="alert"),
            html.Button("Save", id=ids("save"), type="submit", n_clicks=0, className="btn btn-primary"),
        ],
        noValidate=True,
        **{"data-native": "off"},
    )


def _part(ids: Ids, part: str, value: str) -> html.Div:
    label, hint = LABELS[part]
    common = {"id": ids(part), "value": value, "maxLength": PART_LENGTHS[part], "debounce": 0.3}
    control = dbc.Input(type="text", **common) if part == "subject" else dbc.Textarea(rows=4, **common)
    return field(label, control, for_id=ids(part), hint=hint, error_id=f"{ids(part)}-error")


def places(mail: str) -> html.Dl:
    """What may stand in braces."""
    return html.Dl(
        [part for place in PLACES[mail] for part in (html.Dt(html.Code(f"{{{place}}}")), html.Dd(MEANINGS[place]))],
        className="mail-places",
    )


def preview_card(ids: Ids, content: Any) -> list[Any]:
    return [
        html.Div(segmented(ids("view"), VIEWS, VIEWS[0][0], label="How to show the mail"), className="mail-views"),
        html.Div(content, id=ids("preview")),
    ]


def preview(message: Message, code: str, view: str) -> html.Div:
    """In a frame that runs no scripts; a phone's is 360 px wide."""
    body: Any = html.Pre(message.text, className="mail-text", tabIndex="0")
    if view != "text":
        body = html.Iframe(
            srcDoc=message.html, sandbox=FRAME_MAY, title=message.subject, className=f"mail-sample mail-sample-{view}"
        )
    return html.Div(
        [
            html.P([html.Strong("Subject: "), html.Bdi(message.subject, lang=code)], className="mail-sample-subject"),
            body,
        ]
    )
