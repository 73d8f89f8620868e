"""The shop's own words: its pages in the store, its logo, and who sells."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain.shop import Shop
from app.words import mark, say
from components.kit.markdown import markdown

PAGE_TITLES: dict[str, str] = {
    "about": mark("About us"),
    "contact": mark("Contact"),
    "shipping": mark("Shipping"),
    "returns": mark("Returns"),
    "privacy": mark("Privacy"),
    "terms": mark("Terms"),
}
LOGO_WIDTH = 320  # pixels of the picture that is sent: it is shown 32 high


def logo(name: str) -> html.Img:
    """Beside the shop's name, so it needs no words."""
    return html.Img(src=f"/media/products/{name.partition('.')[0]}-{LOGO_WIDTH}.webp", alt="", className="brand-logo")


def content_page(shop: Shop, name: str) -> html.Article:
    return html.Article(
        [
            html.H1(say(PAGE_TITLES[name]), className="page-title"),
            html.Div(markdown(shop.page(name)), className="reading-text", dir="auto"),
            _seller(shop) if name == "contact" else None,
        ],
        className="reading store-narrow",
    )


def _seller(shop: Shop) -> Any:
    rows = [
        (say("Address"), [html.Div(line) for line in (shop.seller, *shop.address_lines)] if shop.address else None),
        (say("E-mail"), html.A(shop.email, href=f"mailto:{shop.email}") if shop.email else None),
        (say("Telephone"), shop.phone),
        (say("Tax number"), shop.tax_number),
    ]
    return html.Dl(
        [html.Div([html.Dt(words), html.Dd(value)]) for words, value in rows if value], className="invoice-facts"
    )


def seller_on_invoice(shop: Shop) -> Any:
    """Who sells; nothing where nobody said so."""
    if not shop.seller_lines:
        return None
    return html.Address([html.Span(line) for line in shop.seller_lines], className="invoice-seller")
