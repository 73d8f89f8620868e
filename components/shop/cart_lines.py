"""The cart as the shopper sees it, in the drawer and on its page: lines, what stands in the way, totals."""

from __future__ import annotations

from typing import Any, Literal

from dash import dcc, html

from app.addresses import product_path, to
from app.domain import PricedCart, PricedLine, ProductStatus
from app.money import Formats
from app.words import say
from components.kit.stepper import stepper
from components.kit.ui import empty_state, icon
from components.shop.discount_code import code_box, code_ids
from components.shop.order_summary import totals
from components.shop.prices import price
from components.shop.product_card import picture

Where = Literal["drawer", "page"]
ALL_LINES, CODE = "*", "code"


def action_id(where: Any, key: Any, do: Any) -> dict[str, Any]:
    """Pattern-matching id of a cart button; `do`: remove, take (what is left), accept (the new prices) or uncode."""
    return {"type": "cart-do", "where": where, "key": key, "do": do}


def obstacles(cart: PricedCart) -> list[PricedLine]:
    """Lines that keep the cart from being ordered as it is."""
    return [line for line in cart.lines if line.is_short]


def cart_view(cart: PricedCart, where: Where, formats: Formats, tax_note: str, delivery: Any = None) -> Any:
    """`tax_note`: what comes on top of each price. `delivery`: what it may cost to get it to the shopper."""
    if not cart.lines:
        return empty_cart()
    lines = html.Ul([_line(line, where, formats, tax_note) for line in cart.lines], className="cart-lines", role="list")
    foot = html.Div(
        [
            _price_notice(cart, where),
            code_box(cart.code, code_ids(where), action_id(where, CODE, "uncode"), formats),
            totals(cart.money, formats),
            delivery,
            _checkout_link(cart),
            None if where == "page" else dcc.Link(say("View cart"), href=to("/cart"), className="btn btn-quiet w-100"),
        ],
        className="cart-foot",
    )
    return html.Div([lines, foot], className=f"cart-view cart-view-{where}")


def empty_cart() -> html.Div:
    return empty_state(
        say("Your cart is empty"),
        say("What you add to the cart appears here."),
        icon_name="bag",
        level=2,
        action=dcc.Link(say("Browse the shop"), href=to("/"), className="btn btn-primary"),
    )


def _line(line: PricedLine, where: Where, formats: Formats, tax_note: str) -> html.Li:
    product = line.product
    gone = product.status is not ProductStatus.ACTIVE
    name: Any = (
        html.Span(product.name, className="line-name", title=product.name)
        if gone
        else dcc.Link(
            product.name,
            href=to(product_path(product.product_id, product.name)),
            className="line-name",
            title=product.name,
        )
    )
    return html.Li(
        [
            picture(product, sizes="96px", decorative=True),
            html.Div(
                [
                    html.Div(
                        [name, html.Span(formats.money(line.total), className="line-total num")], className="line-top"
                    ),
                    html.Div(
                        price(product.price, formats, tax_note, class_name="line-price", each=True),
                        className="line-unit",
                    ),
                    _line_notice(line, where, formats),
                    html.Div(
                        [
                            None
                            if gone or product.stock <= 0
                            else stepper(
                                "cart",
                                where,
                                product.product_id,
                                product.name,
                                line.quantity,
                                product.stock,
                                small=True,
                            ),
                            html.Button(
                                say("Remove"),
                                id=action_id(where, product.product_id, "remove"),
                                type="button",
                                className="link-button",
                                **{"aria-label": say("Remove {name} from the cart", name=product.name)},
                            ),
                        ],
                        className="line-tools",
                    ),
                ],
            ),
        ],
        className="cart-line is-short" if line.is_short else "cart-line",
        key=product.product_id,
    )


def _line_notice(line: PricedLine, where: Where, formats: Formats) -> Any:
    product = line.product
    if product.status is not ProductStatus.ACTIVE:
        return _notice("bad", say("This product is no longer sold. Remove it to go on."))
    if product.stock <= 0:
        return _notice("bad", say("Sold out. Remove it to go on."))
    if line.is_short:
        return _notice(
            "bad",
            say("Only {stock} left; you asked for {quantity}.", stock=product.stock, quantity=line.quantity),
            html.Button(
                say("Take {stock}", stock=product.stock),
                id=action_id(where, product.product_id, "take"),
                type="button",
                className="link-button",
            ),
        )
    if line.price_changed:
        return _notice(
            "warn", say("Was {accepted_price} when you added it.", accepted_price=formats.money(line.accepted_price))
        )
    return None


def _notice(tone: str, words: str, action: Any = None) -> html.Div:
    glyph = "exclamation-circle" if tone == "bad" else "arrow-repeat"
    return html.Div([icon(glyph), html.Span(words), action], className=f"line-notice line-notice-{tone}")


def _price_notice(cart: PricedCart, where: Where) -> Any:
    if not any(line.price_changed for line in cart.lines):
        return None
    return html.Div(
        [
            html.Span(say("Some prices changed since you added them. The total has the new ones.")),
            html.Button(
                say("Accept new prices"),
                id=action_id(where, ALL_LINES, "accept"),
                type="button",
                className="btn btn-quiet btn-sm",
            ),
        ],
        className="notice notice-warn",
        role="status",
    )


def _checkout_link(cart: PricedCart) -> Any:
    if obstacles(cart):
        return html.Div(
            [
                html.Button(say("Check out"), type="button", disabled=True, className="btn btn-primary btn-lg w-100"),
                html.P(say("Fix the marked lines first."), className="field-hint text-center"),
            ]
        )
    return dcc.Link(say("Check out"), href=to("/checkout"), className="btn btn-primary btn-lg w-100")
