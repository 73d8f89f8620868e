"""Several products changed at once: the grid to choose them in, the form, and what it would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Product, RuleKey
from app.domain.taxes import TAX_CLASSES
from app.money import Formats
from app.pictures import product_image_url
from components.admin import grids
from components.admin.reorder import INHERIT, SERVICE_LEVELS, Settings, source_words
from components.kit.ui import card, field, icon, search_box

AS_IT_IS = "same"  # an empty value would show as nothing chosen
# The fields by their ids, in the order in which the page reads them.
TYPED = ("supplier", "category", "tax_class", "lead_days", "review_days", "service", "pack")
_HEADS = (("lead_days", "Lead"), ("review_days", "Review"), ("service", "Service, %"), ("pack", "Pack"))
LABELS = {
    "supplier": "Supplier",
    "category": "Category",
    "tax_class": "Tax class",
    "lead_days": "Lead time, days",
    "review_days": "Review period, days",
    "service": "Service level",
    "pack": "Pack, units",
}


class FieldChange(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def now(self) -> Sequence[tuple[Any, int]]: ...
    @property
    def new(self) -> Any: ...


class Preview(Protocol):
    @property
    def chosen(self) -> int: ...
    @property
    def changing(self) -> int: ...
    @property
    def fields(self) -> Sequence[FieldChange]: ...


def rows(products: Sequence[Product], settings: Callable[[Product], Settings]) -> list[dict[str, Any]]:
    """One for each product, by name, with the settings that hold for it and whose they are."""
    return [_row(one, settings(one)) for one in sorted(products, key=lambda one: one.name.casefold())]


def _row(product: Product, holds: Settings) -> dict[str, Any]:
    names = ("lead_days", "review_days", "service", "pack")
    return {
        "product_id": product.product_id,
        "name": product.name,
        "sub": " · ".join(part for part in (product.category, product.sku) if part),
        "image": product_image_url(product),
        "found_by": " ".join((product.category, product.sku, product.brand, product.supplier, *product.tags)),
        "supplier": product.supplier or "–",
        **{name: getattr(holds, name) for name in names},
        **{f"{name}_of": source_words(_key(holds.sources, name)) for name in names},
    }


def _key(sources: Mapping[str, RuleKey], name: str) -> RuleKey | None:
    return sources.get(name)


def chooser(ids: Callable[[str], str], found: Sequence[Mapping[str, Any]]) -> html.Section:
    columns = [
        grids.product(getQuickFilterText={"function": "adminFoundBy(params.data)"}),
        grids.text("supplier", "Supplier", minWidth=130, cellClass="may-wrap"),
        *(grids.number(name, head, tooltipField=f"{name}_of", width=84, flex=0) for name, head in _HEADS),
    ]
    grid = grids.grid(
        ids("grid"),
        columns,
        found,
        empty="No product matches. Change the search above." if found else "No products yet.",
        height="min(620px, calc(100vh - 260px))",
        grid_options={
            "rowSelection": {
                "mode": "multiRow",
                "checkboxes": True,
                "headerCheckbox": True,
                "selectAll": "filtered",
                "enableClickSelection": True,
                "enableSelectionWithoutKeys": True,
            },
            "selectionColumnDef": {"width": 44, "suppressHeaderMenuButton": True},
            "tooltipShowDelay": 300,
        },
    )
    toolbar = html.Div([search_box(ids("search"), "Search name, SKU, category or supplier")], className="toolbar")
    hint = html.P("The box in the head chooses all that match the search.", className="field-hint several-hint")
    return card(None, [toolbar, hint, grid], class_name="card-flush")


def form(
    ids: Callable[[str], str], suppliers: Sequence[str], categories: Sequence[str], formats: Formats
) -> html.Section:
    levels = [{"label": formats.hundredths(level), "value": str(level)} for level in SERVICE_LEVELS]
    service = dbc.Select(
        [{"label": "As it is", "value": AS_IT_IS}, {"label": "Inherited", "value": INHERIT}, *levels],
        AS_IT_IS,
        id=ids("service"),
    )
    body = [
        html.P("No product is chosen.", id=ids("count"), className="several-count", role="status"),
        _text(ids, "supplier", 80, suppliers),
        _text(ids, "category", 64, categories),
        field(LABELS["tax_class"], _tax_classes(ids), for_id=ids("tax_class")),
        _number(ids, "lead_days", 0),
        _number(ids, "review_days", 1),
        field(LABELS["service"], service, for_id=ids("service")),
        _number(ids, "pack", 1),
        html.Fieldset(
            [
                html.Legend("Take away", className="form-label"),
                dbc.Checklist(
                    [
                        {"label": LABELS[name], "value": name}
                        for name in ("supplier", "lead_days", "review_days", "pack")
                    ],
                    [],
                    id=ids("emptied"),
                    inline=True,
                ),
                html.P("No supplier; days and packs are inherited.", className="field-hint"),
            ]
        ),
        html.Div(id=ids("error"), className="field-error", role="alert"),
        html.Button("Preview", id=ids("look"), className="btn btn-primary", type="button", n_clicks=0),
        html.Div(id=ids("preview"), className="several-preview", role="status"),
        html.Button("Apply", id=ids("apply"), className="btn btn-primary", type="button", n_clicks=0, hidden=True),
        dcc.Store(id=ids("chosen"), data=[]),
        dcc.Store(id=ids("asked")),
        dcc.Store(id=ids("edit")),
        dcc.Store(id=ids("filtered")),
    ]
    return card("Set for the chosen ones", html.Div(body, className="several-form"))


def _tax_classes(ids: Callable[[str], str]) -> dbc.Select:
    known = [{"label": words, "value": value} for value, words in TAX_CLASSES.items()]
    return dbc.Select([{"label": "As it is", "value": AS_IT_IS}, *known], AS_IT_IS, id=ids("tax_class"))


def _text(ids: Callable[[str], str], name: str, most: int, known: Sequence[str]) -> html.Div:
    control = dbc.Input(
        id=ids(name), type="text", maxLength=most, placeholder="as it is", autoComplete="off", list=ids(f"{name}-known")
    )
    choices = html.Datalist([html.Option(value=one) for one in known], id=ids(f"{name}-known"))
    return field(LABELS[name], html.Div([control, choices]), for_id=ids(name))


def _number(ids: Callable[[str], str], name: str, least: int) -> html.Div:
    control = dbc.Input(id=ids(name), type="number", min=least, step=1, placeholder="as it is")
    return field(LABELS[name], control, for_id=ids(name))


def preview(found: Preview, formats: Formats) -> html.Div:
    """How many change, and from what."""
    if not found.changing:
        return html.Div("Nothing would change: all of them have these values already.", className="notice")
    chosen = formats.counted(found.chosen, "chosen product")
    return html.Div(
        [
            html.Strong(f"{formats.number(found.changing)} of {chosen} would change"),
            html.Ul([_became(one, formats) for one in found.fields], className="audit-changes"),
        ]
    )


def _became(one: FieldChange, formats: Formats) -> html.Li:
    now = ", ".join(f"{_value(one.field, value, formats)} ({formats.number(count)})" for value, count in one.now)
    return html.Li(
        [
            html.Span(LABELS[one.field], className="audit-field"),
            html.Span(now, className="audit-before"),
            " → ",
            _value(one.field, one.new, formats),
        ]
    )


def _value(name: str, value: Any, formats: Formats) -> str:
    if value is None:
        return "inherited"
    if isinstance(value, int):
        return formats.hundredths(value) if name == "service" else formats.number(value)
    return str(value) or "none"


class Done(Protocol):
    @property
    def changed(self) -> int: ...
    @property
    def named(self) -> Sequence[str]: ...
    @property
    def others(self) -> int: ...


def done(made: Done, formats: Formats) -> html.Div:
    """What came of it."""
    words: list[Any] = [icon("check2"), f"{formats.counted(made.changed, 'product')} changed."]
    if made.named:
        more = f" and {formats.number(made.others)} more" if made.others else ""
        left = f"Somebody else changed {', '.join(made.named)}{more} meanwhile: left as they are."
        words.append(html.Span(f"{left} Preview again to change them."))
    return html.Div(words, className="notice")
