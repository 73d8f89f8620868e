"""How a product is reordered, as its form sends it, keeps it, and says that somebody else was quicker."""

from __future__ import annotations

from datetime import date
from types import NoneType
from typing import Any

from app import numbers
from app.domain import OnOrder
from app.errors import InvalidInput
from app.services import services
from app.services.forecasts.ports import ReorderSettings
from pages.admin._clashes import seen_of
from pages.admin._common import whole_number

PLAN_FIELDS = ("lead-days", "review-days", "service", "safety-stock", "pack", "on-order", "due")
PLAN: dict[str, Any] = {
    "lead_days": int,
    "safety_stock": (int, NoneType),
    "review_days": int,
    "service": int,
    "pack": int,
}


def plan_of_form(value: Any) -> ReorderSettings | None:
    """The product's own settings as the form was filled with them."""
    if value is None:
        return None
    parts = value if isinstance(value, list) and len(value) == len(PLAN) else [""] * len(PLAN)
    return ReorderSettings(**seen_of(dict(zip(PLAN, parts, strict=True)), PLAN))


def order_of_form(value: Any) -> OnOrder | None:
    """What was on order as the form was filled."""
    if value is None:
        return None
    units, due = value if isinstance(value, list) and len(value) == 2 else ("", "")
    seen = seen_of({"units": units, "due": due}, {"units": int, "due": (str, NoneType)})
    return OnOrder(seen["units"], due_day(seen["due"]))


def due_day(value: Any) -> date | None:
    """Raises InvalidInput for what is no day."""
    if value in (None, ""):
        return None
    try:
        return numbers.day(value)
    except ValueError:
        raise InvalidInput("Choose the day on which it is expected.", "due") from None


def plan_words(theirs: Any, mine: Any) -> str:
    """They are seen now, so that saving once more is the choice of one's own."""
    return (
        f"Somebody else set {_in_words(theirs)} meanwhile. Save once more to set {_in_words(mine)} after all, "
        "or open the product again to leave it so."
    )


def _in_words(plan: Any) -> str:
    formats = services().formats
    counted = formats.counted
    if isinstance(plan, OnOrder):
        return f"{counted(plan.units, 'unit')} on order"
    if not isinstance(plan, ReorderSettings):
        return "the shop's usual values"
    safety = "an automatic safety stock" if plan.safety_stock is None else counted(plan.safety_stock, "unit")
    more = (
        f"{formats.hundredths(plan.service)}, looked at every {counted(plan.review_days, 'day')}, packs of {plan.pack}"
    )
    return f"{counted(plan.lead_days, 'day')} and {safety} ({more})"


def order_words(theirs: Any, mine: Any) -> str:
    """As `plan_words`, of what is on order."""
    found, own = (_in_words(one) if one else "nothing on order" for one in (theirs, mine))
    return f"Somebody else noted {found} meanwhile. Save once more to note {own} after all, or open the product again."


def plan_of(lead_days: Any, review_days: Any, service: Any, safety_stock: Any, pack: Any) -> ReorderSettings | None:
    """None without a lead time: as the shop usually does."""
    lead = _units(lead_days, "lead_days", "The lead time must be a whole number of days.")
    safety = _units(safety_stock, "safety_stock", "The safety stock must be a whole number of units.")
    review = _units(review_days, "review_days", "The review period must be a whole number of days.")
    packed = _units(pack, "pack", "A pack must be a whole number of units.")
    level = _units(service, "service", "Choose one of the service levels shown.")
    if lead is None:
        return None
    usual = ReorderSettings(lead)
    return ReorderSettings(
        lead,
        safety,
        usual.review_days if review is None else review,
        usual.service if level is None else level,
        usual.pack if packed is None else packed,
    )


def ordered_of(units: Any, due: Any) -> OnOrder | None:
    """Nothing and 0 are nothing on order."""
    ordered = _units(units, "on_order", "On order must be a whole number of units.")
    day = due_day(due)
    return OnOrder(ordered, day) if ordered else None


def _units(value: Any, field: str, words: str) -> int | None:
    return None if value in (None, "") else whole_number(value, field, words)
