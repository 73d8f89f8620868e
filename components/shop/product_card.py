"""A product as the shopper meets it: stock in words, price, the buy control, the card, the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from dash import dcc, html

from app.addresses import product_path, to
from app.domain import Product, ProductStatus
from app.domain.families import Family
from app.money import Formats
from app.pictures import picture_sizes, picture_words, product_image_url
from app.words import say
from components.kit.ready import ready
from components.kit.stepper import step_id, stepper
from components.kit.ui import icon
from components.shop.prices import price

IN_GRID = "(max-width: 720px) 45vw, (max-width: 1080px) 31vw, 300px"
FEW = 5  # from here down the shopper is told how many are left


def stock_words(product: Product, *, is_known: bool = True) -> html.Span:
    """Availability in words, with a shape beside the colour. `is_known` False: the count is old."""
    if product.status is not ProductStatus.ACTIVE:
        return _stock(say("No longer sold"), "none", "slash-circle")
    if not is_known:
        return _stock(say("Stock unknown"), "unknown", "question-circle")
    if product.stock <= 0:
        return _stock(say("Sold out"), "none", "slash-circle")
    if product.stock <= FEW:
        return _stock(say("Only {count} left", count=product.stock), "few", "hourglass-split")
    return _stock(say("In stock"), "in", "check2")


def _stock(words: str, level: str, glyph: str) -> html.Span:
    return html.Span([icon(glyph), words], className=f"stock stock-{level}")


def picture(product: Product, *, sizes: str, decorative: bool = False) -> html.Div:
    """The 4:5 picture on its ground, an uploaded one of any shape whole; `decorative` where the product's name
    stands beside it, so that only what somebody wrote of it is said. `sizes`: how wide it is shown, as in HTML."""
    said = product.pictures[0].alt if product.pictures else ""
    alt = said if decorative else said or picture_words(product)
    image = html.Img(src=product_image_url(product), alt=alt, width=480, height=600, **sized(product.image, sizes))
    return html.Div(image, className="picture is-photo" if product.image else "picture")


def sized(name: str | None, sizes: str) -> dict[str, Any]:
    """For an `html.Img` of the uploaded picture `name`: the sizes to choose from. A drawn one is good in any."""
    return {"srcSet": picture_sizes(name), "sizes": sizes} if name else {}


def buy_control(product: Product, in_cart: int, *, is_paused: bool = False) -> html.Div:
    """An add button that turns into a stepper in place once the product is in the cart."""
    if is_paused:
        return html.Div(html.Span(say("Paused"), className="btn btn-quiet buy-none"), className="buy")
    if product.status is not ProductStatus.ACTIVE or (product.stock <= 0 and not in_cart):
        return html.Div(html.Span(say("Sold out"), className="btn btn-quiet buy-none"), className="buy")
    return html.Div(
        [
            html.Button(
                [icon("plus-lg"), say("Add")],
                id=step_id("cart", "add", "card", product.product_id),
                type="button",
                className="btn btn-quiet buy-add",
                **{"aria-label": say("Add {name} to the cart", name=product.name)},
            ),
            stepper("cart", "card", product.product_id, product.name, in_cart, product.stock),
        ],
        id=step_id("cart", "buy", "card", product.product_id),
        className=buy_class(in_cart),
    )


def choose_link(product: Product, family: Family, *, is_paused: bool = False) -> html.Div:
    """In place of the add button: which one is chosen on the product's page."""
    if is_paused or family.stock <= 0:
        return buy_control(replace(product, stock=0), 0, is_paused=is_paused)
    link = dcc.Link(
        [
            html.Span(say("Choose")),
            html.Span(" " + say("one of {name}", name=family.name), className="visually-hidden"),
            icon("chevron-right"),
        ],
        href=to(product_path(product.product_id, product.name)),
        className="btn btn-quiet buy-choose",
    )
    return html.Div(link, className="buy")


def _values(family: Family) -> html.Div:
    """What there is to choose between: "Size: S, M, L"."""
    words = " · ".join(f"{name}: {', '.join(family.values_of(name))}" for name in family.option_names)
    return html.Div(words, className="product-values", title=words)


def buy_class(in_cart: int) -> str:
    """Which of button and stepper shows; assets/41-store.js says the same."""
    return "buy is-in-cart" if in_cart else "buy"


def product_card(
    product: Product,
    formats: Formats,
    tax: str,
    in_cart: int = 0,
    *,
    is_paused: bool = False,
    level: Literal[2, 3] = 3,
    family: Family | None = None,
) -> html.Article:
    """`tax`: what comes on top of the price, in words. `level` of the heading that its name is. `family`: the
    product stands for all of these."""
    heading = html.H2 if level == 2 else html.H3
    if family is None:
        shown, name, values = product, product.name, None
        cost = price(product.price, formats, tax)
        buy = buy_control(product, in_cart, is_paused=is_paused)
    else:
        shown, name, values = replace(product, stock=family.stock), family.name, _values(family)
        cost = price(family.price_from, formats, tax, is_least=not family.has_one_price)
        buy = choose_link(product, family, is_paused=is_paused)
    return html.Article(
        [
            dcc.Link(
                [picture(product, sizes=IN_GRID, decorative=True), heading(name, className="product-name")],
                href=to(product_path(product.product_id, product.name)),
                className="product-link",
            ),
            values,
            html.Div([cost, stock_words(shown, is_known=not is_paused)], className="product-facts"),
            buy,
        ],
        className="product-card" + (" is-sold-out" if shown.stock <= 0 and not is_paused else ""),
    )


def product_grid(
    products: Sequence[Product],
    formats: Formats,
    tax: str,
    quantities: Mapping[str, int],
    *,
    is_paused: bool = False,
    level: Literal[2, 3] = 3,
    families: Mapping[str, Family] | None = None,
) -> html.Ul:
    """`tax`: what comes on top of each price, in words. `quantities`: units in the cart by product id.
    `is_paused`: stock is unknown, and nothing can be added.

    `level` of the names as headings: 2 right under the page's own, 3 in a section of it. `families`: what those
    products stand for that are one of several, by product id.
    """
    known = families or {}
    cards: list[Any] = [
        _cell(p, formats, tax, quantities.get(p.product_id, 0), is_paused, level, known.get(p.product_id))
        for p in products
    ]
    return html.Ul(cards, className="product-grid", role="list")


@ready(400)
def _cell(
    product: Product,
    formats: Formats,
    tax: str,
    in_cart: int,
    is_paused: bool,
    level: Literal[2, 3],
    family: Family | None,
) -> html.Li:
    return html.Li(product_card(product, formats, tax, in_cart, is_paused=is_paused, level=level, family=family))
