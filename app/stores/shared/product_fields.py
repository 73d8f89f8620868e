"""What every store writes of a product, whatever it keeps beside it."""

from __future__ import annotations

from typing import Any

from app.domain import Product


def written_fields(product: Product) -> dict[str, Any]:
    """What `add` and `update` both write; ids, stock and stamps are the store's own business."""
    return {
        "name": product.name,
        "category": product.category,
        "description": product.description,
        "price": product.price,
        "cost": product.cost,
        "threshold": product.threshold,
        "threshold_manual": product.threshold_manual,
        "image": product.image,
        "status": product.status.value,
    }
