"""A product's pictures as its form lists them: each with what it shows, its place, and a way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import ProductPicture
from app.pictures import picture_url
from components.kit.ui import icon

ALT_LENGTH = 250


def picture_rows(item: Any, pictures: Sequence[ProductPicture]) -> list[Any]:
    """The first one is the one in lists. Buttons are `item("picture", "<up, down or out>:<file name>")`, the field of
    what a picture shows is `item("alt", <file name>)`."""
    if not pictures:
        return [html.P("Without a picture of yours the shop draws one.", className="field-hint")]
    return [
        html.Ol(
            [_row(item, at, one, len(pictures)) for at, one in enumerate(pictures)],
            className="picture-rows",
            role="list",
        )
    ]


def shown_pictures(pictures: Sequence[ProductPicture]) -> html.Span:
    """Small, in a row, with the words of those that have some."""
    images = [html.Img(src=picture_url(one.name), alt=one.alt, className="picture-thumb") for one in pictures]
    said = "; ".join(one.alt for one in pictures if one.alt)
    return html.Span([*images, said] if images else "none", className="picture-strip")


def _row(item: Any, at: int, one: ProductPicture, count: int) -> html.Li:
    nth = f"picture {at + 1}"
    return html.Li(
        [
            html.Img(src=picture_url(one.name), alt=one.alt or f"P{nth[1:]}", className="picture-thumb"),
            html.Div(
                [
                    html.Label(  # round its field: it cannot name one of a pattern
                        [
                            html.Span(f"What {nth} shows", className="visually-hidden"),
                            dbc.Input(
                                id=item("alt", one.name),
                                type="text",
                                value=one.alt,
                                maxLength=ALT_LENGTH,
                                placeholder="What it shows, for those who cannot see it",
                                autoComplete="off",
                            ),
                        ],
                        className="picture-alt",
                    ),
                    html.Span("Shown in lists" if at == 0 else "", className="field-hint"),
                ],
                className="picture-words",
            ),
            html.Div(
                [
                    _button(item, "up", one.name, "arrow-up", f"Move {nth} up", disabled=at == 0),
                    _button(item, "down", one.name, "arrow-down", f"Move {nth} down", disabled=at == count - 1),
                    _button(item, "out", one.name, "trash", f"Remove {nth}"),
                ],
                className="picture-tools",
            ),
        ],
        className="picture-row",
    )


def _button(item: Any, does: str, name: str, glyph: str, words: str, *, disabled: bool = False) -> html.Button:
    return html.Button(
        icon(glyph),
        id=item("picture", f"{does}:{name}"),
        type="button",
        n_clicks=0,
        disabled=disabled,
        className="btn btn-quiet btn-sm icon-button",
        title=words,
        **{"aria-label": words},
    )
