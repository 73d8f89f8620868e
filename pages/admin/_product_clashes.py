"""Where two people edit one product: what its forms keep of it, and how both values are shown."""

from __future__ import annotations

from dataclasses import replace
from types import NoneType
from typing import Any

from app.domain import Product
from app.services import services
from app.services.forecasts.ports import ReorderSettings
from components.admin import inventory_panel as panel
from pages.admin._clashes import seen_of

EDITED: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "price": int,
    "cost": (int, NoneType),
    "category": str,
    "description": str,
    "threshold": (int, NoneType),
    "image": (str, NoneType),
}
SEEN = {**EDITED, "version": int}  # what the form of a product keeps of it, beside what it shows


def product_fields(product: Product) -> dict[str, tuple[str, Any]]:
    """Label and look of each field that two people may have changed."""
    formats = services().formats
    return {
        "name": ("Name", str),
        "price": ("Price", formats.money),
        "cost": ("Cost", lambda value: "none" if value is None else formats.money(value)),
        "category": ("Category", str),
        "description": ("Description", lambda value: value or "none"),
        "threshold": ("Threshold", lambda value: "by rule" if value is None else formats.number(value)),
        "image": ("Picture", lambda value: panel.small_picture(replace(product, image=value))),
    }


def plan_of_form(value: Any) -> ReorderSettings | None:
    """The product's own settings as the form was filled with them."""
    if value is None:
        return None
    lead_days, safety_stock = value if isinstance(value, list) and len(value) == 2 else ("", "")
    fields = {"lead_days": lead_days, "safety_stock": safety_stock}
    return ReorderSettings(**seen_of(fields, {"lead_days": int, "safety_stock": (int, NoneType)}))


def plan_words(theirs: Any, mine: Any) -> str:
    """They are seen now, so that saving once more is the choice of one's own."""
    return (
        f"Somebody else set {_in_words(theirs)} meanwhile. Save once more to set {_in_words(mine)} after all, "
        "or open the product again to leave it so."
    )


def _in_words(plan: ReorderSettings | None) -> str:
    if plan is None:
        return "the shop's usual values"
    counted = services().formats.counted
    safety = "an automatic safety stock" if plan.safety_stock is None else counted(plan.safety_stock, "unit")
    return f"{counted(plan.lead_days, 'day')} and {safety}"
