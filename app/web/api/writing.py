"""What a client gets: values of the domain as the JSON of docs/api.md."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import flask

from app.domain import Order, OrderSummary, PricedLine, Product
from app.errors import InvalidInput, OutOfStock, PriceChanged, ShopError
from app.pictures import product_image_url, product_pictures
from app.services import services


def amount(minor: int) -> float:
    """Minor units in major units on the wire.

    A double keeps and prints up to 15 significant digits unchanged, so every amount below 10^15
    minor units arrives exactly as written.
    """
    return float(services().formats.major(minor))


def product_json(product: Product) -> dict[str, Any]:
    return {
        "product_id": product.product_id,
        "name": product.name,
        "price": amount(product.price),
        "stock": product.stock,
        "threshold": product.threshold,
        "category": product.category,
        "description": product.description,
        "image_data": f"/api{product_image_url(product)}",
        "sku": product.sku,
        "brand": product.brand,
        "barcode": product.barcode,
        "tags": list(product.tags),
        "weight": product.weight,
        "ships_alone": product.ships_alone,
        "pictures": [{"url": f"/api{url}", "alt": alt} for url, alt in product_pictures(product)],
        "family_id": product.family_id,
        "options": dict(product.options),
    }


def cart_line_json(line: PricedLine) -> dict[str, Any]:
    return {
        "id": line.product.product_id,
        "name": line.product.name,
        "price": amount(line.product.price),
        "qty": line.quantity,
    }


def summary_json(order: OrderSummary) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
        "status": order.status.value,
        "units": order.units,
        "total": amount(order.total),
        "refunded": amount(order.refunded),
        "refund_state": order.refund_state.value,
        "created_at": moment(order.created_at),
        "paid_at": moment(order.paid_at),
        "invoice_url": invoice_url(order.order_id),
    }


def order_json(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
        "status": order.status.value,
        "currency": order.currency,
        "subtotal": amount(order.subtotal),
        "tax": amount(order.tax),
        "total": amount(order.total),
        "refunded": amount(order.refunded),
        "refund_state": order.refund_state.value,
        "created_at": moment(order.created_at),
        "paid_at": moment(order.paid_at),
        "payment_method": order.payment_method,
        "failure": order.failure,
        "invoice_url": invoice_url(order.order_id),
        **_parts_json(order),
        "lines": [
            {
                "id": line.product_id,
                "name": line.name,
                "price": amount(line.unit_price),
                "qty": line.quantity,
                "returned": line.returned,
                "total": amount(line.total),
            }
            for line in order.lines
        ],
    }


def _parts_json(order: Order) -> dict[str, Any]:
    """What else makes its total: only what it has, as orders had nothing of it once."""
    parts: dict[str, Any] = {
        name: amount(value)
        for name, value in (
            ("shipping", order.shipping), ("discount", order.discount), ("tax_included", order.tax_included),
        )
        if value
    }  # fmt: skip
    if order.taxes:
        parts["taxes"] = [
            {"name": row.name, "rate": str(row.rate), "base": amount(row.base), "tax": amount(row.tax)}
            for row in order.taxes
        ]
    return parts


def invoice_url(order_id: int) -> str:
    return f"/orders/{order_id}"


def moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def done(**values: Any) -> flask.Response:
    return flask.jsonify({"success": True, **values})


def error_json(error: ShopError) -> dict[str, Any]:
    """Failure as docs/api.md has it, with the fields, short lines or changed prices where there are any."""
    body: dict[str, Any] = {"success": False, "message": error.message, "code": error.code}
    if isinstance(error, InvalidInput) and error.field:
        body["field"] = error.field
        if len(error.wrong) > 1:
            body["fields"] = dict(error.wrong)
    if isinstance(error, OutOfStock):
        body["items"] = [
            {"id": s.product_id, "name": s.name, "wanted": s.wanted, "available": s.available} for s in error.shortages
        ]
    if isinstance(error, PriceChanged):
        body["items"] = [
            {"id": c.product_id, "name": c.name, "was": amount(c.was), "now": amount(c.now)} for c in error.changes
        ]
    return body
