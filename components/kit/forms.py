"""Labelled form controls whose errors stand beside them; assets/31-forms.js ties both together for screen readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import PASSWORD_LONGEST, PASSWORD_SHORTEST
from app.words import say
from components.kit.ui import icon

# For what a click brings in place of its form (assets/32-account.js).
TAKES_FOCUS: dict[str, Any] = {"tabIndex": "-1", "data-take-focus": "on"}


def plain_form(controls: Sequence[Any], *, id_: str | None = None, class_name: str = "") -> html.Form:
    """A form whose first submit button's callback does the work; Enter clicks it (assets/31-forms.js)."""
    named = {"id": id_} if id_ else {}
    return html.Form(list(controls), noValidate=True, className=class_name, **{"data-native": "off"}, **named)


def submit_button(
    id_: str | dict[str, Any], words: str, *, tone: str = "primary", wide: bool = False, icon_name: str = ""
) -> html.Button:
    """What sends a form. `tone`: primary, quiet or danger."""
    return html.Button(
        [icon(icon_name), words] if icon_name else words,
        id=id_,
        type="submit",
        n_clicks=0,
        className=f"btn btn-{tone}{' btn-lg w-100' if wide else ''}",
    )


def text_field(
    id_: str, label: str, *, hint: str = "", optional: bool = False, class_name: str = "", **props: Any
) -> html.Div:
    """One input. Its error goes into `<id>-error`."""
    return _field(id_, label, dbc.Input(id=id_, **{"type": "text"} | props), hint, optional, class_name)


def code_field(id_: str, label: str, *, hint: str = "", digits_only: bool = False, **props: Any) -> html.Div:
    """For a code of the second factor; phones show digits only where nothing else can be meant."""
    keys = {"inputmode": "numeric"} if digits_only else {}
    control = dbc.Input(
        id=id_, type="text", name="code", autocomplete="one-time-code", maxlength=40, className="code-input",
        **keys, **props,
    )  # fmt: skip
    return _field(id_, label, control, hint, False, "")


def select_field(
    id_: str,
    label: str,
    options: Sequence[tuple[str, str]],
    value: str,
    *,
    optional: bool = False,
    class_name: str = "",
    **props: Any,
) -> html.Div:
    """`options`: (value, words)."""
    choices = [{"value": v, "label": words} for v, words in options]
    return _field(id_, label, dbc.Select(id=id_, options=choices, value=value, **props), "", optional, class_name)


def choices_field(id_: str, label: str, options: Sequence[tuple[str, Any]], value: Sequence[str]) -> html.Fieldset:
    """Any number of a few. `options`: (value, what it says)."""
    boxes = dbc.Checklist(id=id_, options=[{"value": v, "label": words} for v, words in options], value=list(value))
    return html.Fieldset(
        [
            html.Legend(label, className="field-label"),
            boxes,
            html.Div(id=f"{id_}-error", className="field-error", role="alert"),
        ],
        className="field",
    )


def check_field(id_: str, label: str, *, value: bool = False) -> html.Div:
    """Yes or no."""
    return html.Div(dbc.Checkbox(id=id_, label=label, value=value), className="field check-field")


def password_field(id_: str, label: str, *, autocomplete: str, hint: str = "", autofocus: bool = False) -> html.Div:
    """With a button that shows what was typed."""
    focus = {"autofocus": True} if autofocus else {}
    control = html.Div(
        [
            dbc.Input(
                id=id_,
                type="password",
                name="password",
                autocomplete=autocomplete,
                maxlength=PASSWORD_LONGEST,
                required=True,
                **focus,
            ),
            html.Button(
                say("Show"),
                type="button",
                className="password-show",
                **{"data-toggle-password": id_, "aria-pressed": "false", "aria-label": say("Show the password")},
            ),
        ],
        className="password-field",
    )
    return _field(id_, label, control, hint, False, "")


def new_password_field(id_: str, label: str, *, autofocus: bool = False) -> html.Div:
    """For a password that is only now chosen."""
    hint = say(
        "At least {count} characters. A few unrelated words make a good one.",
        count=PASSWORD_SHORTEST,
    )
    return password_field(id_, label, autocomplete="new-password", hint=hint, autofocus=autofocus)


def username(email: str) -> html.Div:
    """Whose password a form is about, for password managers only."""
    control = dbc.Input(
        type="email", name="username", autocomplete="username", value=email, readonly=True, tabindex="-1"
    )
    return html.Div(control, className="visually-hidden", **{"aria-hidden": "true"})


def _field(id_: str, label: str, control: Any, hint: str, optional: bool, class_name: str) -> html.Div:
    words: list[Any] = [label]
    if optional:
        words += [" ", html.Span(say("optional"), className="field-optional")]  # read out as two words
    return html.Div(
        [
            html.Label(words, id=f"{id_}-label", htmlFor=id_, className="field-label"),
            control,
            html.Div(hint, className="field-hint") if hint else None,
            html.Div(id=f"{id_}-error", className="field-error", role="alert"),
        ],
        id=f"{id_}-field",
        className=f"field {class_name}".strip(),
    )


def alert(tone: str, content: Any) -> html.Div:
    """A message that belongs to the whole form. `tone`: bad, warn or good."""
    glyph = {"bad": "exclamation-circle", "warn": "exclamation-triangle", "good": "check-circle"}[tone]
    return html.Div([icon(glyph), html.Div(content)], className=f"notice notice-{tone}")
