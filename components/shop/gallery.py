"""The pictures of a product on its page: a large one, and small ones that lead to the others.

All stand in one strip that scrolls to the one that is asked for, so that they can be gone through without script; each
leads to itself as a whole, which assets/29-gallery.js shows in a dialog, to be looked at closely.
"""

from __future__ import annotations

from dash import html

from app.domain import Product
from app.pictures import product_pictures
from app.words import say
from components.shop.product_card import sized

IN_PAGE = "(max-width: 720px) 100vw, (max-width: 1080px) 48vw, 560px"


def gallery(product: Product) -> html.Div:
    """Small pictures only where there are several."""
    shown = product_pictures(product)
    many = {"tabIndex": 0, "aria-label": say("Pictures of {name}", name=product.name)} if len(shown) > 1 else {}
    names: list[str | None] = [one.name for one in product.pictures] or [None]
    large = [_large(nth, *one, name) for nth, (one, name) in enumerate(zip(shown, names, strict=True), 1)]
    return html.Div(
        [
            html.Ul(large, className="gallery-strip", role="list", **many),
            _small_ones(shown, names) if len(shown) > 1 else None,
        ],
        className="gallery",
        **{
            "data-zoom-title": say("Pictures of {name}", name=product.name),
            "data-zoom-words": "|".join(
                (say("Close"), say("Previous picture"), say("Next picture"), say("Closer"), say("Further away"))
            ),
        },
    )


def _large(nth: int, url: str, alt: str, name: str | None) -> html.Li:
    image = html.Img(src=url, alt=alt, width=480, height=600, **sized(name, IN_PAGE))
    return html.Li(
        html.A([image, html.Span(say("Look closer"), className="visually-hidden")], href=url, className="gallery-link"),
        id=_anchor(nth),
        className="picture is-photo" if name else "picture",
    )


def _small_ones(shown: tuple[tuple[str, str], ...], names: list[str | None]) -> html.Ul:
    return html.Ul(
        [
            html.Li(
                html.A(
                    html.Img(
                        src=url,
                        alt=say("Show picture {nth}: {alt}", nth=nth, alt=alt),
                        width=64,
                        height=80,
                        **sized(name, "64px"),
                    ),
                    href=f"#{_anchor(nth)}",
                    className="gallery-thumb",
                )
            )
            for nth, ((url, alt), name) in enumerate(zip(shown, names, strict=True), 1)
        ],
        className="gallery-thumbs",
        role="list",
    )


def _anchor(nth: int) -> str:
    return f"picture-{nth}"
