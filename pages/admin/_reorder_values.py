"""How a product is reordered, as its form sends it, keeps it, and says that somebody else was quicker."""

from __future__ import annotations

from datetime import date
from types import NoneType
from typing import Any

from app import numbers
from app.domain import OnOrder, ReorderRule
from app.errors import InvalidInput
from app.services import services
from components.admin.reorder import INHERIT, rule_words
from pages.admin._clashes import seen_of
from pages.admin._common import whole_number

PLAN_FIELDS = ("lead-days", "review-days", "service", "safety-stock", "pack", "on-order", "due")
RULE: dict[str, Any] = dict.fromkeys(("lead_days", "safety_stock", "review_days", "service", "pack"), (int, NoneType))


def rule_of_form(value: Any) -> ReorderRule:
    """What was said of the product itself as the form was filled."""
    if value is None:
        return ReorderRule()
    parts = value if isinstance(value, list) and len(value) == len(RULE) else [""] * len(RULE)
    return ReorderRule(**seen_of(dict(zip(RULE, parts, strict=True)), RULE))


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


def clash_words(theirs: ReorderRule, mine: ReorderRule) -> str:
    """As `plan_words`, of a supplier, a category or the shop."""
    return f"Somebody else set {_in_words(theirs)} meanwhile. Save once more to set {_in_words(mine)} after all."


def _in_words(plan: Any) -> str:
    formats = services().formats
    if isinstance(plan, OnOrder):
        return f"{formats.counted(plan.units, 'unit')} on order"
    said = rule_words(plan, formats) if isinstance(plan, ReorderRule) else ""
    return said or "nothing"


def order_words(theirs: Any, mine: Any) -> str:
    """As `plan_words`, of what is on order."""
    found, own = (_in_words(one) if one else "nothing on order" for one in (theirs, mine))
    return f"Somebody else noted {found} meanwhile. Save once more to note {own} after all, or open the product again."


def rule_of(lead_days: Any, review_days: Any, service: Any, safety_stock: Any, pack: Any) -> ReorderRule:
    """What is left empty is inherited."""
    return ReorderRule(
        lead_days=_units(lead_days, "lead_days", "The lead time must be a whole number of days."),
        review_days=_units(review_days, "review_days", "The review period must be a whole number of days."),
        service=_units("" if service == INHERIT else service, "service", "Choose one of the service levels shown."),
        pack=_units(pack, "pack", "A pack must be a whole number of units."),
        safety_stock=_units(safety_stock, "safety_stock", "The safety stock must be a whole number of units."),
    )


def ordered_of(units: Any, due: Any) -> OnOrder | None:
    """Nothing and 0 are nothing on order."""
    ordered = _units(units, "on_order", "On order must be a whole number of units.")
    day = due_day(due)
    return OnOrder(ordered, day) if ordered else None


def _units(value: Any, field: str, words: str) -> int | None:
    return None if value in (None, "") else whole_number(value, field, words)
