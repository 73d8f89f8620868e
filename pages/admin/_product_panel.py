"""The inventory's panel as it opens: a new product's form, or a product's stock, details, reordering and ledger."""

from __future__ import annotations

import secrets
from typing import Any

from dash import dcc, html

from app.domain import Product
from app.errors import NotFound
from app.services import services
from app.services.stock.product_drafts import edited_fields
from app.web.page import Page
from components.admin import inventory_panel as panel
from components.admin.left_out import left_out
from components.admin.overview import quiet_notice
from components.admin.product_form import Known
from components.admin.reorder import reorder_form

LEDGER_ROWS = 50
SETTINGS = "reorder settings", "/admin/reorder-settings"
TABS = ("stock", "details", "reorder", "ledger")


def product_id_of(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise NotFound("There is no such product.")
    return value


def opened(page: Page, product_id: Any, do: Any) -> tuple[str, Any, str | None]:
    """Title and body of the panel, and the product that it is about; an empty body keeps it shut."""
    if do == "add":
        return "Add product", panel.add_panel(page.id, page.item, _known(), services().formats), None
    if product_id is None:
        return "", None, None
    try:
        product = services().catalog.get(product_id_of(product_id))
    except NotFound:
        return "", None, None
    return "Product", body_of(page, product, do if do in TABS else "details"), product.product_id


def body_of(page: Page, product: Product, tab: str) -> html.Div:
    shop = services()
    return panel.product_panel(
        page.id,
        page.item,
        product,
        shop.inventory.held().get(product.product_id, 0),
        shop.inventory.movements(product.product_id, LEDGER_ROWS),
        _known(),
        shop.formats,
        secrets.token_hex(16),
        tab,
        _reorder(page, product),
        {**edited_fields(product), "version": product.version},
    )


def _known() -> Known:
    catalog = services().catalog
    products = catalog.all()
    return Known(
        [name for name, _ in catalog.categories()],
        sorted({one.brand for one in products if one.brand}),
        sorted({one.family_id for one in products if one.family_id}),
        sorted({one.supplier for one in products if one.supplier}),
    )


def _reorder(page: Page, product: Product) -> html.Div:
    forecasts, formats, rules = services().forecasts, services().formats, services().reorder.read()
    product_id = product.product_id
    form = reorder_form(
        page.id,
        forecasts.plan_of(product),
        rules.own(product_id),
        rules.inherited(product),
        product.stock,
        formats,
        services().stock.demand_of(product_id),
        forecasts.on_order(product_id),
    )
    notice = quiet_notice(services().sales.trade(), formats)
    return html.Div([notice, form, _ways_on(), _left_out(product_id)], className="tab-body")


def _ways_on() -> html.P:
    return html.P(
        ["What is left empty is the supplier's, the category's or the shop's: ", dcc.Link(*SETTINGS), "."],
        className="field-hint",
    )


def _left_out(product_id: str) -> html.Div | None:
    made = services().forecasts.of_product(product_id)
    return None if made is None else left_out(made.left_out, services().formats, may_open=True)
