"""The form of a product: what it is, what it costs, by what it is known, and the family it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Product
from app.domain.stock import STANDARD
from app.domain.taxes import TAX_CLASSES
from app.money import Formats
from components.admin import notes
from components.admin.product_pictures import picture_rows
from components.kit.ui import explain, field, icon, segmented, spoken_label

BY_RULE, BY_HAND = "rule", "hand"
TAGS_LENGTH = 800
OPTIONS_LENGTH = 250
# The text and number fields by their ids, in the order in which the page reads them.
TYPED = (
    "name", "price", "cost", "stock", "category", "description", "threshold-by", "threshold", "sku", "barcode", "brand",
    "tags", "weight", "family_id", "options", "supplier",
    "ships_alone", "tax_class",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What other products have, to choose from."""

    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    families: Sequence[str] = ()
    suppliers: Sequence[str] = ()


def product_form(
    ids: Any,
    item: Any,
    product: Product | None,
    seen: Mapping[str, object] | None,
    known: Known,
    formats: Formats,
) -> html.Div:
    """`product` None: a new one. `seen` is kept for the page, which tells by it what was changed."""
    return html.Div(
        [
            _pictures(ids, item, product),
            _group("What it is", _words(ids, item, product, known)),
            _group(
                "Price and stock",
                [
                    _amounts(ids, item, product, formats),
                    *_supplier(ids, item, product, known),
                    _tax_class(ids, item, product),
                    _threshold(ids, item, product),
                ],
            ),
            _group("What it is known by", _names(ids, item, product, known)),
            _group("Family", _family(ids, item, product, known), FAMILY_HINT),
            html.Div(id=ids("clashes")),
            html.Div(id=item("error", "form"), className="field-error panel-error", role="alert"),
            dcc.Store(id=ids("seen"), data=seen),
        ],
        className="tab-body product-form",
    )


FAMILY_HINT = (
    "Products that differ by size or colour alone are one card in the shop, on whose page one of them is chosen. "
    "Each keeps its own SKU, price and stock."
)


def options_text(options: Sequence[Sequence[str]]) -> str:
    """One option a line, as the form takes them."""
    return "\n".join(f"{name}: {value}" for name, value in options)


def _group(title: str, content: Sequence[Any], hint: str = "") -> html.Fieldset:
    words = [html.P(hint, className="field-hint")] if hint else []
    return html.Fieldset([html.Legend(title, className="form-group-title"), *words, *content], className="form-group")


def _words(ids: Any, item: Any, product: Product | None, known: Known) -> list[Any]:
    return [
        _field(item, "name", "Name", _text(ids, "name", 200, product.name if product else ""), ids),
        _field(
            item,
            "category",
            "Category",
            _text(ids, "category", 64, product.category if product else "", "categories"),
            ids,
        ),
        _choices(ids, "categories", known.categories),
        _field(
            item,
            "description",
            "Description",
            dbc.Textarea(id=ids("description"), rows=4, maxLength=10_000, value=product.description if product else ""),
            ids,
        ),
    ]


def _amounts(ids: Any, item: Any, product: Product | None, formats: Formats) -> html.Div:
    def money(minor: int | None) -> str:
        return "" if minor is None else f"{formats.major(minor):f}"

    opening = _field(
        item, "stock", "Opening stock", dbc.Input(id=ids("stock"), type="number", step="any", value=0), ids
    )
    unseen = html.Div([dcc.Input(id=ids("stock"), type="hidden", value="0"), _error(item, "stock")], hidden=True)
    price = _amount(ids, "price", money(product.price) if product else "", debounce=0.3)
    cost = _amount(ids, "cost", money(product.cost) if product else "")
    return html.Div(
        [
            _field(item, "price", f"Price, {formats.currency}", price, ids),
            _field(item, "cost", f"Cost, {formats.currency}", cost, ids, "What a unit costs you. Optional."),
            opening if product is None else unseen,
        ],
        className="field-row",
    )


def _supplier(ids: Any, item: Any, product: Product | None, known: Known) -> list[Any]:
    return [
        _field(
            item,
            "supplier",
            "Supplier",
            _text(ids, "supplier", 80, product.supplier if product else "", "suppliers"),
            ids,
            "Of whom you buy it. Lead time and packs can be set for all of a supplier at once. Shoppers do not see it.",
        ),
        _choices(ids, "suppliers", known.suppliers),
    ]


def _tax_class(ids: Any, item: Any, product: Product | None) -> html.Div:
    options = [{"value": value, "label": words} for value, words in TAX_CLASSES.items()]
    chosen = product.tax_class if product else STANDARD
    select = dbc.Select(id=ids("tax_class"), options=options, value=chosen)
    return _field(item, "tax_class", "Tax class", select, ids, "What rates it bears is set for each class in Settings.")


def _amount(ids: Any, name: str, value: str, **more: Any) -> dbc.Input:
    return dbc.Input(
        id=ids(name), type="text", inputMode="decimal", maxLength=40, value=value, autoComplete="off", **more
    )


def _threshold(ids: Any, item: Any, product: Product | None) -> html.Div:
    manual = product is not None and product.threshold_manual
    return html.Div(
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
    )


def _names(ids: Any, item: Any, product: Product | None, known: Known) -> list[Any]:
    own = (
        "Yours. The shop makes one if you leave it empty."
        if product is None
        else "Yours. Addresses and orders keep the old one."
    )
    return [
        html.Div(
            [
                _field(item, "sku", "SKU", _text(ids, "sku", 64, product.sku if product else ""), ids, own),
                _field(
                    item,
                    "barcode",
                    "Barcode",
                    _text(ids, "barcode", 24, product.barcode if product else "", inputMode="numeric"),
                    ids,
                    "GTIN, EAN or UPC. Optional.",
                ),
            ],
            className="field-row",
        ),
        html.Div(
            [
                _field(
                    item, "brand", "Brand", _text(ids, "brand", 80, product.brand if product else "", "brands"), ids
                ),
                _field(
                    item,
                    "weight",
                    "Weight, grams",
                    dbc.Input(
                        id=ids("weight"),
                        type="number",
                        step="any",
                        inputMode="numeric",
                        value=product.weight if product else None,
                    ),
                    ids,
                ),
            ],
            className="field-row",
        ),
        html.Div(
            [
                dbc.Checkbox(
                    id=ids("ships_alone"), label="Ships alone", value=product is not None and product.ships_alone
                ),
                html.Div("Each unit is a parcel of its own, with its own delivery price.", className="field-hint"),
                _error(item, "ships_alone"),
            ],
            className="field check-field",
        ),
        _choices(ids, "brands", known.brands),
        _field(
            item,
            "tags",
            "Tags",
            _text(ids, "tags", TAGS_LENGTH, ", ".join(product.tags) if product else ""),
            ids,
            "Words that shoppers may look for, with commas between them.",
        ),
    ]


def _family(ids: Any, item: Any, product: Product | None, known: Known) -> list[Any]:
    return [
        _field(
            item,
            "family_id",
            "Family",
            _text(ids, "family_id", 64, product.family_id if product else "", "families"),
            ids,
            "The same name at each of them. Empty: it stands alone.",
        ),
        _choices(ids, "families", known.families),
        _field(
            item,
            "options",
            "Options",
            dbc.Textarea(
                id=ids("options"),
                rows=2,
                maxLength=OPTIONS_LENGTH,
                value=options_text(product.options) if product else "",
                placeholder="Size: M\nColour: Red",
            ),
            ids,
            "One a line. All of a family have the same options, each in another combination.",
        ),
    ]


def _text(ids: Any, name: str, most: int, value: str, choices: str = "", **more: Any) -> dbc.Input:
    if choices:
        more["list"] = ids(choices)
    return dbc.Input(id=ids(name), type="text", maxLength=most, value=value, autoComplete="off", **more)


def _choices(ids: Any, name: str, values: Sequence[str]) -> html.Datalist:
    return html.Datalist([html.Option(value=value) for value in values], id=ids(name))


def _pictures(ids: Any, item: Any, product: Product | None) -> html.Div:
    pictures = product.pictures if product else ()
    return html.Div(
        [
            html.Div(picture_rows(item, pictures), id=ids("picture-list")),
            dcc.Upload(
                [
                    html.Div([icon("image")], className="upload-frame"),
                    html.Div(
                        [
                            html.Span("Add a picture", className="upload-title"),
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
            _error(item, "pictures"),
            dcc.Store(id=ids("pictures"), data=[one.name for one in pictures]),
            dcc.Store(id=ids("picked")),
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
