"""Labelled form controls whose errors stand beside them; assets/31-forms.js ties both together for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from components.ui import icon


def text_field(
    id_: str, label: str, *, hint: str = "", optional: bool = False, class_name: str = "", **props: Any
) -> html.Div:
    """One input. Its error goes into `<id>-error`."""
    return _field(id_, label, dbc.Input(id=id_, **{"type": "text"} | props), hint, optional, class_name)


def select_field(
    id_: str, label: str, options: Sequence[tuple[str, str]], value: str, *, class_name: str = "", **props: Any
) -> html.Div:
    """`options`: (value, words)."""
    choices = [{"value": v, "label": words} for v, words in options]
    return _field(id_, label, dbc.Select(id=id_, options=choices, value=value, **props), "", False, class_name)


def password_field(id_: str, label: str, *, autocomplete: str, hint: str = "") -> html.Div:
    """With a button that shows what was typed."""
    control = html.Div(
        [
            dbc.Input(
                id=id_, type="password", name="password", autocomplete=autocomplete, maxlength=200, required=True
            ),
            html.Button(
                "Show",
                type="button",
                className="password-show",
                **{"data-toggle-password": id_, "aria-pressed": "false", "aria-label": "Show the password"},
            ),
        ],
        className="password-field",
    )
    return _field(id_, label, control, hint, False, "")


def _field(id_: str, label: str, control: Any, hint: str, optional: bool, class_name: str) -> html.Div:
    words: list[Any] = [label]
    if optional:
        words.append(html.Span("optional", className="field-optional"))
    return html.Div(
        [
            html.Label(words, htmlFor=id_, className="field-label"),
            control,
            html.Div(hint, className="field-hint") if hint else None,
            html.Div(id=f"{id_}-error", className="field-error", role="alert"),
        ],
        className=f"field {class_name}".strip(),
    )


def alert(tone: str, content: Any) -> html.Div:
    """A message that belongs to the whole form. `tone`: bad, warn or good."""
    glyph = {"bad": "exclamation-circle", "warn": "exclamation-triangle", "good": "check-circle"}[tone]
    return html.Div([icon(glyph), html.Div(content)], className=f"notice notice-{tone}")
