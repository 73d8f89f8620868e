"""The inventory's grid of products, and a product's ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app import numbers
from app.domain import MovementKind, Product, ProductStatus, StockMovement
from app.domain.families import Family, options_words
from app.money import Formats
from app.pictures import product_image_url
from components.admin import grids
from components.kit.ui import empty_state, table

STATES = (("store", "In store"), ("low", "Low"), ("removed", "Out of the store"), ("all", "All"))

KINDS = {
    MovementKind.SALE: "Sale",
    MovementKind.RETURN: "Return",
    MovementKind.RECEIPT: "Received",
    MovementKind.CORRECTION: "Correction",
    MovementKind.WRITE_OFF: "Written off",
}


HEAD = " family:"  # begins the key of a family's row; no product's id begins with a blank


def rows(products: Sequence[Product]) -> list[dict[str, Any]]:
    """By name: one for each product, and one for each family of several in the store, which shows these once opened."""
    members: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        if product.family_id and product.status is ProductStatus.ACTIVE:
            members[product.family_id].append(product)
    families = [Family.of(key, some) for key, some in members.items() if len(some) > 1]
    under = {one.product_id for family in families for one in family.members}
    shown = [*map(_head, families), *(row(one, is_member=one.product_id in under) for one in products)]
    return sorted(shown, key=lambda one: str(one["name"]).casefold())


def _head(family: Family) -> dict[str, Any]:
    """A family's row: low as soon as one of its products is, sold out when all are."""
    levels = {one.level for one in family.members}
    return {
        "product_id": HEAD + family.family_id,
        "members": len(family.members),
        "name": family.name,
        "sub": f"{len(family.members)} products by {' and '.join(family.option_names).lower()}",
        "price": family.price_from,
        "available": family.stock,
        "threshold": None,
        "state": levels.pop() if len(levels) == 1 else "low",
        "image": product_image_url(family.members[0]),
        "found_by": family.family_id,
        "is_open": False,
    }


def row(product: Product, *, is_member: bool) -> dict[str, Any]:
    """A grid row; names go into it as they are and are shown as text. `is_member`: it stands under its family's."""
    removed = product.status is ProductStatus.REMOVED
    return {
        "family": HEAD + product.family_id if is_member else None,
        "found_by": " ".join(
            (product.category, product.sku, product.brand, product.barcode, product.supplier, *product.tags)
        ),
        "sub": " · ".join(part for part in (product.category, options_words(product), product.sku) if part),
        "product_id": product.product_id,
        "name": product.name,
        "category": product.category,
        "price": product.price,
        "available": product.stock,
        "threshold": product.threshold,
        "by_hand": product.threshold_manual,
        "state": "removed" if removed else product.level,
        "image": product_image_url(product),
    }


def product_grid(grid_id: str, products: Sequence[Product], formats: Formats) -> Any:
    columns = [  # the first three fit on a phone
        grids.product(getQuickFilterText={"function": "adminFoundBy(params.data)"}),
        grids.number("available", "Available"),
        grids.state(filter="agTextColumnFilter", suppressHeaderFilterButton=True),
        grids.number("threshold", "Threshold"),
        grids.money("price", f"Price, {formats.currency}"),
    ]
    return grids.grid(
        grid_id,
        columns,
        rows(products),
        empty="No product matches. Change the search or the filter above."
        if products
        else "No products yet. Add the first one: it is in the store a second later.",
        height="calc(100vh - 232px)",
        grid_options={
            "isExternalFilterPresent": {"function": "true"},
            "doesExternalFilterPass": {"function": "adminFamilyOpen(params)"},
            "postSortRows": {"function": "adminFamiliesTogether(params)"},
        },
        filterModel={"state": {"filterType": "text", "type": "notEqual", "filter": "removed"}},
    )


def ledger(movements: Sequence[StockMovement], formats: Formats) -> Any:
    """The latest entries, newest first; the balance after each one."""
    if not movements:
        return empty_state(
            "Nothing in the ledger", "Every receipt, sale and correction will be listed here.", icon_name="journal-text"
        )
    return html.Div(
        table(
            [("When", False), ("What", False), ("Change", True), ("On hand", True)],
            [
                [
                    html.Span(formats.moment(entry.at), className="nowrap"),
                    html.Div(
                        [
                            html.Span([KINDS[entry.kind], *_cause(entry)]),
                            html.Span(" · ".join(p for p in (_who(entry.actor), entry.note) if p), className="sub"),
                        ]
                    ),
                    f"{entry.quantity:+,}".replace("-", "−"),
                    formats.number(entry.on_hand),
                ]
                for entry in movements
            ],
            caption="Stock ledger, newest first",
        ),
        className="tab-body tab-flush",
    )


def _cause(entry: StockMovement) -> list[Any]:
    kind, _, number = entry.cause.partition(":")
    if kind == "order" and numbers.natural(number) is not None:
        return [" · ", dcc.Link("order", href=f"/admin/orders/{number}")]
    return []


def _who(actor: str) -> str:
    """Shoppers are named by their kind only: the order says who it was."""
    return {"user": "customer", "guest": "guest"}.get(actor.split("#")[0], actor)
