"""What every store writes of a product, whatever it keeps beside it, and how it is read again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.domain import Product, ProductPicture, ProductStatus
from app.domain.stock import STANDARD


def written_fields(product: Product) -> dict[str, Any]:
    """What `add` and `update` both write; ids, stock and stamps are the store's own business.

    Lists are JSON texts, None for an empty one. `image` repeats the first picture, for the release before, which knows
    only that one.
    """
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
        "sku": product.sku,
        "brand": product.brand,
        "barcode": product.barcode,
        "tags": _text(product.tags),
        "weight": product.weight,
        "pictures": _text([picture.name, picture.alt] for picture in product.pictures),
        "family_id": product.family_id,
        "options": _text(product.options),
        "supplier": product.supplier,
        "ships_alone": product.ships_alone,
        "tax_class": product.tax_class,
    }


def read_product(found: Mapping[str, Any], created_at: datetime, changed_at: datetime) -> Product:
    """A product of what is stored; releases before wrote neither versions nor what stands below `version`."""
    return Product(
        product_id=found["product_id"],
        name=found["name"],
        price=found["price"],
        stock=found["stock"],
        threshold=found["threshold"],
        category=found["category"],
        description=found["description"],
        cost=found["cost"],
        threshold_manual=found["threshold_manual"],
        status=ProductStatus(found["status"]),
        created_at=created_at,
        changed_at=changed_at,
        version=found.get("version", 0),
        sku=found.get("sku", ""),
        brand=found.get("brand", ""),
        barcode=found.get("barcode", ""),
        tags=tuple(_list(found.get("tags"))),
        weight=found.get("weight"),
        pictures=_pictures(found["image"], found.get("pictures")),
        family_id=found.get("family_id", ""),
        options=tuple((name, value) for name, value in _list(found.get("options"))),
        supplier=found.get("supplier", ""),
        ships_alone=bool(found.get("ships_alone", False)),
        tax_class=found.get("tax_class", STANDARD),
    )


def _pictures(image: str | None, text: str | None) -> tuple[ProductPicture, ...]:
    """`image` counts: the release before sets it alone, and while both run it may do so beside several pictures."""
    if image is None:
        return ()
    kept = tuple(ProductPicture(name, alt) for name, alt in _list(text))
    if kept and kept[0].name == image:
        return kept
    return (ProductPicture(image), *(picture for picture in kept[1:] if picture.name != image))


def _text(values: Iterable[Any]) -> str | None:
    kept = list(values)
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def _list(text: str | None) -> list[Any]:
    return json.loads(text) if text else []
