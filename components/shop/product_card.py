"""A product as the shopper meets it: stock in words, price, the buy control, the card, the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

from dash import dcc, html

from app.domain import Product, ProductStatus
from app.money import Formats
from app.pictures import product_image_url
from components.kit.stepper import step_id, stepper
from components.kit.ui import icon
from components.shop.prices import price

FEW = 5  # from here down the shopper is told how many are left


def stock_words(product: Product, *, is_known: bool = True) -> html.Span:
    """Availability in words, with a shape beside the colour. `is_known` False: the count is old."""
    if product.status is not ProductStatus.ACTIVE:
        return _stock("No longer sold", "none", "slash-circle")
    if not is_known:
        return _stock("Stock unknown", "unknown", "question-circle")
    if product.stock <= 0:
        return _stock("Sold out", "none", "slash-circle")
    if product.stock <= FEW:
        return _stock(f"Only {product.stock} left", "few", "hourglass-split")
    return _stock("In stock", "in", "check2")


def _stock(words: str, level: str, glyph: str) -> html.Span:
    return html.Span([icon(glyph), words], className=f"stock stock-{level}")


def picture(product: Product, *, decorative: bool = False) -> html.Div:
    """The 4:5 picture on its ground, an uploaded one of any shape whole; `decorative` where the product's name
    stands beside it."""
    alt = "" if decorative else f"Picture of {product.name}"
    image = html.Img(src=product_image_url(product), alt=alt, width=480, height=600)
    return html.Div(image, className="picture is-photo" if product.image else "picture")


def buy_control(product: Product, in_cart: int, *, is_paused: bool = False) -> html.Div:
    """An add button that turns into a stepper in place once the product is in the cart."""
    if is_paused:
        return html.Div(html.Span("Paused", className="btn btn-quiet buy-none"), className="buy")
    if product.status is not ProductStatus.ACTIVE or (product.stock <= 0 and not in_cart):
        return html.Div(html.Span("Sold out", className="btn btn-quiet buy-none"), className="buy")
    return html.Div(
        [
            html.Button(
                [icon("plus-lg"), "Add"],
                id=step_id("cart", "add", "card", product.product_id),
                type="button",
                className="btn btn-quiet buy-add",
                **{"aria-label": f"Add {product.name} to the cart"},
            ),
            stepper("cart", "card", product.product_id, product.name, in_cart, product.stock),
        ],
        id=step_id("cart", "buy", "card", product.product_id),
        className=buy_class(in_cart),
    )


def buy_class(in_cart: int) -> str:
    """Which of button and stepper shows; assets/41-store.js says the same."""
    return "buy is-in-cart" if in_cart else "buy"


def product_href(product_id: str) -> str:
    return f"/product/{quote(product_id, safe='')}"


def product_card(
    product: Product,
    formats: Formats,
    tax: str,
    in_cart: int = 0,
    *,
    is_paused: bool = False,
    level: Literal[2, 3] = 3,
) -> html.Article:
    """`tax`: what comes on top of the price, in words. `level` of the heading that its name is."""
    heading = html.H2 if level == 2 else html.H3
    return html.Article(
        [
            dcc.Link(
                [picture(product, decorative=True), heading(product.name, className="product-name")],
                href=product_href(product.product_id),
                className="product-link",
            ),
            html.Div(
                [
                    price(product.price, formats, tax),
                    stock_words(product, is_known=not is_paused),
                ],
                className="product-facts",
            ),
            buy_control(product, in_cart, is_paused=is_paused),
        ],
        className="product-card" + (" is-sold-out" if product.stock <= 0 and not is_paused else ""),
    )


def product_grid(
    products: Sequence[Product],
    formats: Formats,
    tax: str,
    quantities: Mapping[str, int],
    *,
    is_paused: bool = False,
    level: Literal[2, 3] = 3,
) -> html.Ul:
    """`tax`: what comes on top of each price, in words. `quantities`: units in the cart by product id.
    `is_paused`: stock is unknown, and nothing can be added.

    `level` of the names as headings: 2 right under the page's own, 3 in a section of it.
    """
    cards: list[Any] = [
        html.Li(product_card(p, formats, tax, quantities.get(p.product_id, 0), is_paused=is_paused, level=level))
        for p in products
    ]
    return html.Ul(cards, className="product-grid", role="list")
