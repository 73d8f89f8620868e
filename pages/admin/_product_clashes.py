"""Where two people edit one product: what its forms keep of it, and how both values are shown."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from app.domain import ProductPicture
from app.domain.taxes import TAX_CLASSES
from app.services import services
from components.admin.product_pictures import shown_pictures

EDITED: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "price": int,
    "cost": (int, NoneType),
    "category": str,
    "description": str,
    "threshold": (int, NoneType),
    "sku": str,
    "brand": str,
    "barcode": str,
    "tags": list,
    "weight": (int, NoneType),
    "pictures": list,
    "family_id": str,
    "options": list,
    "supplier": str,
    "ships_alone": bool,
    "tax_class": str,
}
SEEN = {**EDITED, "version": int}  # what the form of a product keeps of it, beside what it shows


def product_fields() -> dict[str, tuple[str, Any]]:
    """Label and look of each field that two people may have changed."""
    formats = services().formats
    return {
        "name": ("Name", str),
        "price": ("Price", formats.money),
        "cost": ("Cost", lambda value: "none" if value is None else formats.money(value)),
        "category": ("Category", str),
        "description": ("Description", _or_none),
        "threshold": ("Threshold", lambda value: "by rule" if value is None else formats.number(value)),
        "sku": ("SKU", str),
        "brand": ("Brand", _or_none),
        "barcode": ("Barcode", _or_none),
        "tags": ("Tags", lambda value: ", ".join(value) or "none"),
        "weight": ("Weight", lambda value: "none" if value is None else f"{formats.number(value)} g"),
        "pictures": ("Pictures", lambda value: shown_pictures(_pictures(value))),
        "family_id": ("Family", _or_none),
        "options": ("Options", lambda value: ", ".join(f"{name}: {chosen}" for name, chosen in value) or "none"),
        "supplier": ("Supplier", _or_none),
        "ships_alone": ("Ships alone", lambda value: "yes" if value else "no"),
        "tax_class": ("Tax class", lambda value: TAX_CLASSES.get(value, value)),
    }


def _or_none(value: str) -> str:
    return value or "none"


def _pictures(value: Sequence[Sequence[str]]) -> list[ProductPicture]:
    return [ProductPicture(name, alt) for name, alt in value]
