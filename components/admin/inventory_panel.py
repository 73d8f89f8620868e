"""The panel beside the inventory in which a product is added, edited, received, corrected or written off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Product, ProductStatus, StockMovement
from app.money import Formats
from app.pictures import product_image_url
from components.admin.inventory import ledger
from components.admin.product_form import Known, product_form
from components.kit.ui import badge, field, segmented

EDITS = (("receive", "Receive"), ("write_off", "Write off"), ("correct", "Set count"))


def add_panel(ids: Any, item: Any, known: Known, formats: Formats) -> html.Div:
    """An empty form. `ids(part)` and `item(part, key)` make ids; errors are `item("error", <field>)`."""
    return html.Div([product_form(ids, item, None, None, known, formats), _save(ids, "Add product")])


def product_panel(
    ids: Any,
    item: Any,
    product: Product,
    held: int,
    movements: Sequence[StockMovement],
    known: Known,
    formats: Formats,
    edit_id: str,
    tab: str,
    reorder: Any,
    seen: Mapping[str, object],
) -> html.Div:
    """Everything about one product, on four tabs: stock, details, reordering, ledger.

    `edit_id` names the next stock edit; `reorder` is `components.admin.reorder.reorder_form`; `seen` is kept beside
    the details for the page, which tells by it what was changed.
    """
    return html.Div(
        [
            _summary(product, held, formats),
            dbc.Tabs(
                [
                    dbc.Tab(_stock_form(ids, product, edit_id), label="Stock", tab_id="stock"),
                    dbc.Tab(
                        [
                            product_form(ids, item, product, seen, known, formats),
                            _save(ids, "Save"),
                            _status(ids, product),
                        ],
                        label="Details",
                        tab_id="details",
                    ),
                    dbc.Tab(reorder, label="Reorder", tab_id="reorder"),
                    dbc.Tab(ledger(movements, formats), label="Ledger", tab_id="ledger"),
                ],
                id=ids("tabs"),
                active_tab=tab,
            ),
        ]
    )


def _summary(product: Product, held: int, formats: Formats) -> html.Div:
    removed = product.status is ProductStatus.REMOVED
    state = badge("Out of the store", "neutral", "slash-circle") if removed else _level(product)
    numbers = [
        ("Available", product.stock),
        ("Held", held),
        ("On hand", product.stock + held),
        ("Threshold", product.threshold),
    ]
    return html.Div(
        [
            small_picture(product),
            html.Div(
                [
                    html.Div(product.name, className="panel-name"),
                    html.Div([formats.money(product.price), " · ", product.category], className="sub muted"),
                    html.Div(state),
                ],
                className="panel-words",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.Div(words, className="stat-name"),
                            html.Div(formats.number(value), className="stat-value"),
                        ]
                    )
                    for words, value in numbers
                ],
                className="panel-numbers",
            ),
        ],
        className="panel-summary",
    )


def small_picture(product: Product) -> html.Img:
    return html.Img(src=product_image_url(product), alt=f"Picture of {product.name}", className="panel-picture")


def _level(product: Product) -> html.Span:
    shown: Mapping[str, html.Span] = {
        "out": badge("Sold out", "bad", "x-circle"),
        "low": badge("Low", "warn", "arrow-down"),
        "ok": badge("In stock", "good", "check2"),
    }
    return shown[product.level]


def _stock_form(ids: Any, product: Product, edit_id: str) -> html.Div:
    return html.Div(
        [
            segmented(ids("edit-kind"), EDITS, "receive", label="Kind of change"),
            html.P(EDIT_HINTS["receive"], id=ids("edit-hint"), className="field-hint edit-hint"),
            html.Div(
                [
                    field(
                        "Units",
                        dbc.Input(
                            id=ids("units"),
                            type="number",
                            step="any",
                            inputMode="numeric",
                            autoFocus=True,
                        ),
                        for_id=ids("units"),
                    ),
                    html.Div(
                        [
                            html.Div("Available afterwards", className="stat-name"),
                            html.Div("–", id=ids("after"), className="stat-value", role="status"),
                        ],
                        className="edit-after",
                    ),
                ],
                className="field-row",
            ),
            field(
                "Note",
                dbc.Input(
                    id=ids("note"),
                    type="text",
                    maxLength=200,
                    placeholder="Delivery 4711, broken in transit…",
                    autoComplete="off",
                ),
                for_id=ids("note"),
                hint="Recorded in the ledger with your name.",
            ),
            html.Div(id=ids("edit-error"), className="field-error panel-error", role="alert"),
            html.Button("Save to ledger", id=ids("edit-save"), className="btn btn-primary", n_clicks=0),
            dcc.Store(id=ids("edit-id"), data=edit_id),
            dcc.Store(id=ids("edit-available"), data=product.stock),
        ],
        className="tab-body",
    )


EDIT_HINTS = {
    "receive": "Units that came in: they are added to what is available.",
    "write_off": "Units that are lost, broken or given away: they are taken off.",
    "correct": "The count you made: available becomes this number, and the difference goes to the ledger.",
}


def _save(ids: Any, words: str) -> html.Div:
    return html.Div(
        html.Button(words, id=ids("save"), className="btn btn-primary", n_clicks=0), className="panel-actions"
    )


def _status(ids: Any, product: Product) -> html.Div:
    removed = product.status is ProductStatus.REMOVED
    words = (
        "It is out of the store. Its history and past orders are kept."
        if removed
        else "Nobody can buy it any more; its history and past orders are kept, and it can come back."
    )
    return html.Div(
        [
            html.Div([html.Strong("Put back into the store" if removed else "Take out of the store"), html.P(words)]),
            html.Button(
                "Restore" if removed else "Take out",
                id=ids("status"),
                className="btn btn-quiet" if removed else "btn btn-danger-quiet",
                n_clicks=0,
            ),
        ],
        className="panel-status",
    )
