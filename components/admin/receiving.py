"""Receiving and counting, for the people who do it: one product at a time, by its number, barcode or name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Product
from app.money import Formats
from components.kit.forms import plain_form, select_field, submit_button, text_field
from components.kit.ui import card, empty_state, search_box, table

ACTIONS = (("receive", "Received: add to what there is"), ("count", "Counted: it becomes this number"))


def product_list(found: Sequence[Product], formats: Formats, q: str) -> Any:
    """Each leads to its form."""
    if not found:
        return empty_state(
            "No product matches" if q else "No products yet",
            "Try the product's number, its barcode, or fewer words." if q else "An admin adds products in Inventory.",
            icon_name="box-seam",
            level=2,
        )
    rows = [
        [
            html.Div(
                [
                    dcc.Link(
                        one.name, href=f"/admin/receiving?product={quote(one.product_id, safe='')}", className="name"
                    ),
                    html.Span(" · ".join(text for text in (one.product_id, one.barcode) if text), className="sub"),
                ]
            ),
            one.category or "–",
            formats.number(one.stock),
        ]
        for one in found
    ]
    return table([("Product", False), ("Category", False), ("Available", True)], rows, caption="Products")


def search(ids: Any, q: str) -> html.Div:
    return html.Div([search_box(ids("q"), "Number, barcode or name", q)], className="toolbar")


def form(ids: Any, product: Product, formats: Formats, request: str) -> html.Section:
    """For one product; `request` makes a double click count once."""
    hint = "Count what is for sale: leave out what was set aside for orders that are not shipped yet."
    return card(
        product.name,
        [
            html.P(
                [
                    f"{product.product_id} · ",
                    html.Strong(formats.counted(product.stock, "unit")),
                    " available",
                ]
            ),
            plain_form(
                [
                    select_field(ids("kind"), "What happened", ACTIONS, "receive"),
                    text_field(ids("units"), "Units", type="number", min=0, step=1, autocomplete="off"),
                    text_field(ids("note"), "Note", optional=True, maxLength=200, autocomplete="off", hint=hint),
                    html.Div(id=ids("error"), className="field-error", role="alert"),
                    submit_button(ids("save"), "Save"),
                ]
            ),
            dcc.Store(id=ids("product"), data=product.product_id),
            dcc.Store(id=ids("request"), data=request),
        ],
        actions=[dcc.Link("Another product", href="/admin/receiving", className="btn btn-quiet")],
    )


def many(shown: int, formats: Formats) -> html.P:
    return html.P(f"The first {formats.number(shown)}. Search for the others.", className="muted receiving-more")


def unknown() -> Any:
    return dbc.Alert("There is no such product any more. Choose another one.", color="warning")
