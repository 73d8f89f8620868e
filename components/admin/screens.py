"""The wall's screens: pairing one, and what each shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import SCENE_NAMES, Scene, Screen, ScreenSettings
from app.money import Formats
from components.kit.forms import check_field, choices_field, code_field, plain_form, submit_button, text_field
from components.kit.ui import badge, empty_state

Ids = Callable[[str], str]
ItemId = Callable[[str, Any], dict[str, Any]]

# What the form holds, in the order in which callbacks get and set it.
FIELDS = ("name", "scenes", "turn", "hides-money", "hides-names", "chimes", "night-from", "night-until")


def screen_form(ids: Ids, code: str = "") -> html.Form:
    """For a screen that shows a code, and, without the code, for one that is changed.

    `code`: the one that its QR code brought along.
    """
    hint = (
        "Check that the screen shows the same digits." if code else "Open /wall in the browser of the screen to see it."
    )
    settings = ScreenSettings("")
    scenes = [(scene.value, words) for scene, words in SCENE_NAMES.items()]
    return plain_form(
        [
            html.Div(
                code_field(ids("code"), "Code", hint=hint, digits_only=True, value=code),
                id=ids("code-box"),
            ),
            text_field(ids("name"), "Name", placeholder="Warehouse door", maxLength=60),
            choices_field(ids("scenes"), "Scenes", scenes, [scene.value for scene in settings.scenes]),
            text_field(
                ids("turn"), "Seconds per scene", hint="5 to 600; used when there is more than one scene.",
                value=str(settings.turn_seconds), inputMode="numeric", maxLength=10,
            ),
            check_field(ids("hides-names"), "Hide customers' names", value=settings.hides_names),
            check_field(ids("hides-money"), "Hide amounts of money", value=settings.hides_money),
            check_field(ids("chimes"), "Chime when an order comes in", value=settings.chimes),
            html.Fieldset(
                [
                    html.Legend("Dim at night", className="field-label"),
                    html.Div(
                        [_time(ids("night-from"), "From"), _time(ids("night-until"), "until")],
                        className="night-times",
                    ),
                    html.Div("Store time; leave both empty to never dim.", className="field-hint"),
                ],
                className="field",
            ),
            html.Div(id=ids("clashes")),
            html.Div(id=ids("form-error"), className="field-error", role="alert"),
            html.Div(
                [
                    submit_button(ids("save"), "Pair the screen"),
                    html.Button(
                        "Cancel", id=ids("cancel"), type="button", n_clicks=0, className="btn btn-quiet", hidden=True
                    ),
                ],
                className="form-actions",
            ),
        ]
    )  # fmt: skip


def _time(id_: str, label: str) -> html.Label:
    return html.Label([label, dbc.Input(id=id_, type="time", value="")], className="night-time", htmlFor=id_)


def values_of(settings: ScreenSettings) -> tuple[Any, ...]:
    """The values of `FIELDS`."""
    return (
        settings.name,
        [scene.value for scene in settings.scenes],
        str(settings.turn_seconds),
        settings.hides_money,
        settings.hides_names,
        settings.chimes,
        settings.night_from,
        settings.night_until,
    )


def screen_list(screens: Sequence[Screen], now: datetime, item: ItemId, formats: Formats) -> Any:
    if not screens:
        return empty_state(
            "No screens yet",
            "Open /wall in the browser of a screen: it shows a code. Enter it here.",
            icon_name="tv",
        )
    return html.Ul([_screen(screen, now, item, formats) for screen in screens], className="rule-list")


def _screen(screen: Screen, now: datetime, item: ItemId, formats: Formats) -> html.Li:
    settings = screen.settings
    if screen.is_watching(now):
        state = badge("On", "good", "broadcast")
    elif screen.is_new(now):
        state = badge("Just paired", "neutral", "hourglass-split")
    elif screen.seen_at is None:
        state = badge("Not seen yet", "neutral", "dash-circle")
    else:
        state = badge(f"Last on {formats.moment(screen.seen_at)}", "warn", "moon")
    return html.Li(
        [
            html.Div(
                [
                    html.Span(settings.name, className="name"),
                    html.Span(
                        f"{_shows(settings)} Paired by {screen.paired_by}, {formats.moment(screen.paired_at)}.",
                        className="sub",
                    ),
                ],
                className="grow",
            ),
            state,
            _button("Change", item("change", screen.screen_id), "btn-quiet", f"Change the screen {settings.name}"),
            _button(
                "Remove", item("revoke", screen.screen_id), "btn-danger-quiet", f"Remove the screen {settings.name}"
            ),
        ]
    )


def _shows(settings: ScreenSettings) -> str:
    count = len(settings.scenes)
    scenes = "All scenes" if count == len(Scene) else "One scene" if count == 1 else f"{count} scenes"
    hidden = [
        words for words, is_hidden in (("amounts", settings.hides_money), ("names", settings.hides_names)) if is_hidden
    ]
    return f"{scenes}{', without ' + ' and '.join(hidden) if hidden else ''}."


def _button(words: str, id_: dict[str, Any], tone: str, label: str) -> html.Button:
    return html.Button(
        words, id=id_, className=f"btn {tone} btn-sm", type="button", n_clicks=0, **{"aria-label": label}
    )
