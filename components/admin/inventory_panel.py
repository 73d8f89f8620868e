"""The panel beside the inventory in which a product is added, edited, received, corrected or written off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Product, ProductStatus, StockMovement
from app.money import Formats
from app.pictures import product_image_url
from components.admin import notes
from components.admin.inventory import ledger
from components.kit.ui import badge, explain, field, icon, segmented, spoken_label

EDITS = (("receive", "Receive"), ("write_off", "Write off"), ("correct", "Set count"))
BY_RULE, BY_HAND = "rule", "hand"
FIELDS = ("name", "price", "cost", "stock", "category", "description", "threshold", "image")


def add_panel(ids: Any, item: Any, categories: Sequence[str], formats: Formats) -> html.Div:
    """An empty form. `ids(part)` and `item(part, key)` make ids; errors are `item("error", <field>)`."""
    return html.Div([_form(ids, item, None, None, categories, formats), _save(ids, "Add product")])


def product_panel(
    ids: Any,
    item: Any,
    product: Product,
    held: int,
    movements: Sequence[StockMovement],
    categories: Sequence[str],
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
                            _form(ids, item, product, seen, categories, formats),
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


def _form(
    ids: Any,
    item: Any,
    product: Product | None,
    seen: Mapping[str, object] | None,
    categories: Sequence[str],
    formats: Formats,
) -> html.Div:
    def money(minor: int | None) -> str:
        return "" if minor is None else f"{formats.major(minor):f}"

    manual = product is not None and product.threshold_manual
    opening = [
        _field(item, "stock", "Opening stock", dbc.Input(id=ids("stock"), type="number", step="any", value=0), ids)
    ]
    return html.Div(
        [
            _picture(ids, item, product),
            _field(
                item,
                "name",
                "Name",
                dbc.Input(
                    id=ids("name"),
                    type="text",
                    maxLength=200,
                    value=product.name if product else "",
                    autoComplete="off",
                ),
                ids,
            ),
            html.Div(
                [
                    _field(
                        item,
                        "price",
                        f"Price, {formats.currency}",
                        dbc.Input(
                            id=ids("price"),
                            type="text",
                            debounce=0.3,
                            inputMode="decimal",
                            maxLength=40,
                            value=money(product.price) if product else "",
                            autoComplete="off",
                        ),
                        ids,
                    ),
                    _field(
                        item,
                        "cost",
                        f"Cost, {formats.currency}",
                        dbc.Input(
                            id=ids("cost"),
                            type="text",
                            inputMode="decimal",
                            maxLength=40,
                            value=money(product.cost) if product else "",
                            autoComplete="off",
                        ),
                        ids,
                        "What a unit costs you. Optional.",
                    ),
                    *(
                        opening
                        if product is None
                        else [
                            html.Div(
                                [dcc.Input(id=ids("stock"), type="hidden", value="0"), _error(item, "stock")],
                                hidden=True,
                            )
                        ]
                    ),
                ],
                className="field-row",
            ),
            _field(
                item,
                "category",
                "Category",
                dbc.Input(
                    id=ids("category"),
                    type="text",
                    list=ids("categories"),
                    maxLength=64,
                    value=product.category if product else "",
                    autoComplete="off",
                ),
                ids,
            ),
            html.Datalist([html.Option(value=name) for name in categories], id=ids("categories")),
            _field(
                item,
                "description",
                "Description",
                dbc.Textarea(
                    id=ids("description"), rows=4, maxLength=10_000, value=product.description if product else ""
                ),
                ids,
            ),
            html.Div(
                [
                    html.Div(["Low-stock threshold ", explain(notes.LOW_STOCK)], className="field-label"),
                    html.Div(
                        [
                            segmented(
                                ids("threshold-by"),
                                ((BY_RULE, "By rule"), (BY_HAND, "By hand")),
                                BY_HAND if manual else BY_RULE,
                                label="How the threshold is set",
                            ),
                            spoken_label("Threshold, units", ids("threshold")),
                            dbc.Input(
                                id=ids("threshold"),
                                type="number",
                                step="any",
                                value=product.threshold if product else None,
                                disabled=not manual,
                                className="threshold-input",
                            ),
                        ],
                        className="threshold-row",
                    ),
                    html.Div(id=ids("threshold-hint"), className="field-hint"),
                    _error(item, "threshold"),
                ],
                className="field",
            ),
            html.Div(id=ids("clashes")),
            html.Div(id=item("error", "form"), className="field-error panel-error", role="alert"),
            dcc.Store(id=ids("seen"), data=seen),
        ],
        className="tab-body",
    )


def _picture(ids: Any, item: Any, product: Product | None) -> html.Div:
    shown = product_image_url(product) if product else ""
    return html.Div(
        [
            dcc.Upload(
                [
                    html.Div(
                        [icon("image"), html.Img(id=ids("picture"), src=shown, alt="", className="upload-picture")],
                        className="upload-frame",
                    ),
                    html.Div(
                        [
                            html.Span("Choose a picture", className="upload-title"),
                            html.Span("or drop it here. PNG, JPEG or WebP, up to 5 MB.", className="field-hint"),
                        ]
                    ),
                ],
                id=ids("upload"),
                # Without "accept", which drops other files in silence: assets/57-admin-inventory.js says what is
                # wrong with them.
                multiple=False,
                className="upload",
                className_active="upload upload-over",
            ),
            html.Div(id=ids("picture-error"), className="field-error", role="alert"),
            _error(item, "image"),
        ],
        className="field",
        **{"data-file-label": "Picture of the product"},
    )


def _field(item: Any, key: str, label: str, control: Any, ids: Any, hint: str = "") -> html.Div:
    return html.Div(
        [field(label, control, for_id=ids(key), hint=hint), _error(item, key)], className="field-with-error"
    )


def _error(item: Any, key: str) -> html.Div:
    return html.Div(id=item("error", key), className="field-error", role="alert")


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
