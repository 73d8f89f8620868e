"""The inventory's grid of products, and a product's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app import numbers
from app.domain import MovementKind, Product, ProductStatus, StockMovement
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


def row(product: Product) -> dict[str, Any]:
    """A grid row; names go into it as they are and are shown as text."""
    removed = product.status is ProductStatus.REMOVED
    return {
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
        grids.product(),
        grids.number("available", "Available"),
        grids.state(filter="agTextColumnFilter", suppressHeaderFilterButton=True),
        grids.number("threshold", "Threshold"),
        grids.money("price", f"Price, {formats.currency}"),
    ]
    return grids.grid(
        grid_id,
        columns,
        [row(product) for product in products],
        empty="No product matches. Change the search or the filter above."
        if products
        else "No products yet. Add the first one: it is in the store a second later.",
        height="calc(100vh - 232px)",
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
