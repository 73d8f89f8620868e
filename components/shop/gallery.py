"""The pictures of a product on its page: a large one, and small ones that lead to the others.

All stand in one strip that scrolls to the one that is asked for, so that they can be gone through without script.
"""

from __future__ import annotations

from dash import html

from app.domain import Product
from app.pictures import product_pictures
from components.shop.product_card import picture


def gallery(product: Product) -> html.Div:
    """Small pictures only where there are several."""
    shown = product_pictures(product)
    if len(shown) == 1:
        return picture(product)
    return html.Div(
        [
            html.Ul(
                [
                    html.Li(
                        html.Img(src=url, alt=alt, width=480, height=600),
                        id=_anchor(nth),
                        className="picture is-photo",
                    )
                    for nth, (url, alt) in enumerate(shown, 1)
                ],
                className="gallery-strip",
                role="list",
                tabIndex=0,
                **{"aria-label": f"Pictures of {product.name}"},
            ),
            html.Ul(
                [
                    html.Li(
                        html.A(
                            html.Img(src=url, alt=f"Show picture {nth}: {alt}", width=64, height=80),
                            href=f"#{_anchor(nth)}",
                            className="gallery-thumb",
                        )
                    )
                    for nth, (url, alt) in enumerate(shown, 1)
                ],
                className="gallery-thumbs",
                role="list",
            ),
        ],
        className="gallery",
    )


def _anchor(nth: int) -> str:
    return f"picture-{nth}"
