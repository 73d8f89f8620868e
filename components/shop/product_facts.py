"""What stands beside a product's price on its page: what buying it brings along, and how to tell others of it."""

from __future__ import annotations

from dash import html

from app.addresses import product_path, to
from app.domain import Product
from app.words import mark, say
from components.kit.ui import icon

# Only what the shop does today: no order has a delivery charge, and a refund goes the way that the payment came.
PROMISES = (
    ("truck", mark("Delivery"), mark("No delivery charge. The address is asked for at the checkout.")),
    (
        "arrow-return-left",
        mark("Returns"),
        mark("A refund goes back the way you paid, and an e-mail confirms it."),
    ),
)


def product_promises() -> html.Dl:
    return html.Dl(
        [html.Div([html.Dt([icon(glyph), say(name)]), html.Dd(say(words))]) for glyph, name, words in PROMISES],
        className="product-promises",
    )


def share_button(product: Product) -> html.Div:
    """Where the device has nothing to share with, the address is copied (assets/29-gallery.js)."""
    return html.Div(
        [
            html.Button(
                [icon("share"), say("Share")],
                type="button",
                className="btn btn-quiet btn-sm",
                **{
                    "data-share": to(product_path(product.product_id, product.name)),
                    "data-share-words": "|".join((say("Link copied."), say("Copy this address:"))),
                },
            ),
            html.Span(id="share-said", className="share-said", role="status"),
        ],
        className="product-share",
    )
