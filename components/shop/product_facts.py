"""What stands beside a product's price on its page: what buying it brings along, and how to tell others of it."""

from __future__ import annotations

from dash import html

from app.addresses import product_path, to
from app.domain import Product
from app.words import mark, say
from components.kit.ui import icon

RETURNS = (
    "arrow-return-left",
    mark("Returns"),
    mark("A refund goes back the way you paid, and an e-mail confirms it."),
)


def product_promises(*, is_shipping_set: bool) -> html.Dl:
    """Only what the shop does. `is_shipping_set`: whether there are methods to choose from."""
    delivery = (
        say("Its price and the days on which it arrives are shown before you pay.")
        if is_shipping_set
        else say("No delivery charge. The address is asked for at the checkout.")
    )
    promises = (("truck", say("Delivery"), delivery), (RETURNS[0], say(RETURNS[1]), say(RETURNS[2])))
    return html.Dl(
        [html.Div([html.Dt([icon(glyph), name]), html.Dd(words)]) for glyph, name, words in promises],
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
