"""One product: big picture, price, stock in words, how many, and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, dcc, html, set_props

from app.addresses import product_path, to
from app.domain import Access, Product
from app.domain.families import Family
from app.errors import Busy, NotFound, StoreUnavailable
from app.services import services
from app.web.found.pages import product_head
from app.web.identity.principal import cart_changer, current_principal
from app.web.page import Page
from app.words import mark, say
from components.kit.feedback import toast
from components.kit.stepper import step_id, stepper
from components.kit.ui import empty_state, icon
from components.shop.gallery import gallery
from components.shop.prices import price
from components.shop.product_card import product_grid, stock_words
from components.shop.product_facts import product_promises, share_button
from components.shop.product_options import product_options
from components.shop.viewed import recently_viewed
from pages.shop._cart_changes import announce, held_by, is_paused, quantities, tax_note, text_from, units_from

RELATED = 4
# The button says so at the click (assets/41-store.js); when the cart has answered, the cart does.
IDLE, ADDED = "btn btn-primary btn-lg buy-big", "btn btn-primary btn-lg buy-big is-added"
LONG_NAME = 60  # characters, from which a name is set smaller


def _address_of(product_id: str) -> str | None:
    try:
        product = services().catalog.spelt(product_id)
    except (StoreUnavailable, Busy):  # the page says so
        return None
    return product_path(product.product_id, product.name) if product else None


page = Page(
    "product",
    path_template="/product/<product_id>",
    title=mark("Product"),
    access=Access.PUBLIC,
    finds=lambda product_id: services().catalog.find(product_id),
    address_of=_address_of,
    is_finished=True,
)


@page.layout
def layout(product_id: str = "", **_: Any) -> html.Div:
    try:
        product = services().catalog.find(product_id)
    except NotFound:
        return _missing()
    page.entitle(product.name)
    family = services().catalog.family(product.product_id)
    in_cart, paused = held_by(current_principal().owner), is_paused()
    page.describe(lambda: product_head(product, family, is_stock_known=not paused))
    return html.Div(
        [
            html.Nav(_crumbs(product), className="crumbs", **{"aria-label": say("Where you are")}),
            html.Div(
                [gallery(product), _facts(product, family, in_cart.get(product_id, 0), paused)],
                className="product-page",
            ),
            *_others(product, in_cart, paused),
            recently_viewed(product.product_id),
            dcc.Store(id=page.id("shown"), data=product.product_id),
        ],
        className="store-wide",
    )


def _crumbs(product: Product) -> list[Any]:
    return [
        dcc.Link(say("Shop"), href=to("/")),
        icon("chevron-right"),
        dcc.Link(product.category, href=to(f"/?{urlencode({'category': product.category})}")),
    ]


def _facts(product: Product, family: Family | None, in_cart: int, paused: bool) -> html.Div:
    formats = services().formats
    return html.Div(
        [
            html.P(product.brand, className="product-brand") if product.brand else None,
            html.H1(product.name, className=f"product-title{' is-long' if len(product.name) > LONG_NAME else ''}"),
            html.Div(
                price(
                    product.price,
                    formats,
                    _tax_words(product),
                    class_name="product-price",
                ),
                className="product-price-row",
            ),
            product_options(product, family) if family else None,
            stock_words(product, is_known=not paused),
            _buy(product, paused),
            html.P(
                [
                    icon("bag-check"),
                    html.Span(say("{count} in your cart", count=in_cart), id=page.id("held-words")),
                ],
                id=page.id("held"),
                className="held-note",
                role="status",
                hidden=not in_cart,
            ),
            html.P(product.description, className="product-description") if product.description else None,
            product_promises(is_shipping_set=services().shipping.is_in_force()),
            html.H2(say("Details"), className="product-data-title"),
            html.Dl([_row(words, value) for words, value in _data(product)], className="product-data"),
            share_button(product),
        ],
        className="product-facts-big",
    )


def _data(product: Product) -> list[tuple[str, str]]:
    """What is known of it, as (name, value)."""
    number = services().formats.number
    known = {
        say("Category"): product.category,
        say("Brand"): product.brand,
        say("Weight"): "" if product.weight is None else say("{number} g", number=number(product.weight)),
        **dict(product.options),  # whatever it is sold by is said once, in the words it is chosen by
        say("Item number"): product.sku,
        say("Barcode"): product.barcode,
        say("Tags"): ", ".join(product.tags),
    }
    return [(words, value) for words, value in known.items() if value]


def _row(words: str, value: str) -> html.Div:
    return html.Div([html.Dt(words), html.Dd(value)])


def _buy(product: Product, paused: bool) -> Any:
    if paused or product.stock <= 0:
        return html.Div(
            html.Button(
                say("Paused for a moment") if paused else say("Sold out"),
                type="button",
                disabled=True,
                className="btn btn-quiet btn-lg buy-big",
            ),
            className="product-buy",
        )
    return html.Div(
        [
            stepper("pick", "product", product.product_id, product.name, 1, product.stock),
            html.Button(
                [
                    html.Span([icon("bag-plus"), say("Add to cart")], className="buy-asks"),
                    html.Span([icon("check2"), say("Added")], className="buy-says"),
                ],
                id=page.id("add"),
                type="button",
                value=product.product_id,
                n_clicks=0,
                className=IDLE,
            ),
        ],
        className="product-buy",
    )


def _others(product: Product, in_cart: dict[str, int], paused: bool) -> list[Any]:
    """What is bought with it, and what is like it, each once."""
    catalog = services().catalog
    together = catalog.bought_with(product.product_id, RELATED)
    near = [one for one in catalog.related(product.product_id, 2 * RELATED) if one not in together][:RELATED]
    return [
        _section(say("Often bought together"), together, in_cart, paused),
        _section(say("You may also like"), near, in_cart, paused),
    ]


def _section(title: str, products: Sequence[Product], in_cart: dict[str, int], paused: bool) -> Any:
    if not products:
        return None
    families = services().catalog.families_of(products)
    grid = product_grid(products, services().formats, tax_note(), in_cart, is_paused=paused, families=families)
    return html.Section([html.H2(title, className="section-title"), grid], className="related")


def _missing() -> html.Div:
    return html.Div(
        empty_state(
            say("Product not found"),
            say("It may no longer be sold, or the link may be incomplete."),
            icon_name="box-seam",
            level=1,
            action=dcc.Link(say("Browse the shop"), href=to("/"), className="btn btn-primary"),
        ),
        className="store-wide",
    )


@page.callback(
    Output(page.id("held"), "hidden"),
    Input(page.id("add"), "n_clicks"),
    State(page.id("shown"), "data"),
    State(step_id("pick", "value", "product", ALL), "value"),
    prevent_initial_call=True,
    running=[
        (Output(page.id("add"), "disabled"), True, False),
        (Output(page.id("add"), "className"), ADDED, IDLE),
    ],
)
def add_to_cart(clicks: int | None, product_id: Any, picked: list[Any]) -> Any:
    """`picked`: the page's one pick stepper, in a list because its id is made from the product's."""
    units = picked[0] if picked else 1
    owner, product_id, units = cart_changer().owner, text_from(product_id, mark("Product")), units_from(units)
    cart, added = services().cart.put_in(owner, product_id, units)
    held = quantities(cart).get(product_id, 0)
    if added < units:
        set_props(
            "toast-request", {"data": toast(say("Only {held} left; your cart has {held}.", held=held), "neutral")}
        )
    announce(cart)
    set_props("cart-drawer", {"is_open": True})
    return not held


clientside_callback(
    ClientsideFunction("store", "held"),
    Output(page.id("held-words"), "children"),
    Output(page.id("held"), "hidden", allow_duplicate=True),
    Input("cart-changed", "data"),
    State(page.id("shown"), "data"),
    prevent_initial_call=True,
)


def _tax_words(product: Product) -> str:
    return tax_note(product.tax_class) or say("no tax added")
