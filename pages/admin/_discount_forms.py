"""The form of a discount code: what its controls show, and what the browser sends of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any

from app import numbers
from app.domain.discounts import DiscountKind
from app.errors import InvalidInput
from app.money import Formats, parse_money
from app.services.discounts.codes import FIELDS, CodeReport, percent_of, percent_text
from components.admin.discounts import ALL, KINDS, RULES, ShownCode
from pages.admin._common import text_of

CONTROLS = ("name", "kind", "value", "category", "minimum", "rules", "limit", "starts_on", "ends_on")
TYPES: dict[str, Any] = {
    **dict.fromkeys(FIELDS, str), "value": int, "minimum": int, "once": bool, "first_order": bool,
    "limit": (int, NoneType),
}  # fmt: skip
NEW: dict[str, Any] = {
    **dict.fromkeys(FIELDS, ""), "kind": DiscountKind.PERCENT.value, "value": 0, "minimum": 0, "once": False,
    "first_order": False, "limit": None,
}  # fmt: skip
_LABELS = {
    "name": "Code", "kind": "Takes off", "value": "How much", "minimum": "Minimum spend",
    "category": "Products", "once": "Once per customer", "first_order": "First order only",
    "limit": "Usage limit", "starts_on": "First day", "ends_on": "Last day",
}  # fmt: skip


def texts_of(fields: Mapping[str, Any], formats: Formats) -> dict[str, Any]:
    """The FIELDS as the CONTROLS hold them."""
    value, is_percent = fields["value"], fields["kind"] == DiscountKind.PERCENT
    number = percent_text(value) if is_percent else f"{formats.major(value):f}"
    return {
        **{name: fields[name] for name in ("name", "kind", "category", "starts_on", "ends_on")},
        "value": number if value else "",
        "minimum": f"{formats.major(fields['minimum']):f}" if fields["minimum"] else "",
        "rules": [name for name, _ in RULES if fields[name]],
        "limit": "" if fields["limit"] is None else str(fields["limit"]),
    }


def typed(values: Mapping[str, Any], formats: Formats) -> dict[str, Any]:
    """The FIELDS that were sent. Raises InvalidInput."""
    texts = {name: text_of(values[name], 200, name).strip() for name in CONTROLS if name != "rules"}
    rules = values["rules"] or []
    if not isinstance(rules, list) or not all(isinstance(one, str) for one in rules):
        raise InvalidInput("Choose from the list.", "rules")
    percent = texts["kind"] == DiscountKind.PERCENT
    amount = texts["value"].removesuffix("%").strip() if percent else texts["value"]
    return {
        **{name: texts[name] for name in ("name", "kind", "starts_on", "ends_on")},
        "category": "" if texts["category"] == ALL else texts["category"],
        "value": percent_of(amount) if percent else _money(amount or "0", "value", formats),
        "minimum": _money(texts["minimum"] or "0", "minimum", formats),
        "once": "once" in rules,
        "first_order": "first_order" in rules,
        "limit": _whole(texts["limit"]) if texts["limit"] else None,
    }


def _money(text: str, field: str, formats: Formats) -> int:
    return parse_money(text, formats.digits, _LABELS[field])


def _whole(text: str) -> int:
    try:
        return numbers.whole(text)
    except ValueError:
        raise InvalidInput("Enter a whole number of orders, or leave it empty.", "limit") from None


def clash_labels(formats: Formats) -> dict[str, tuple[str, Any]]:
    """Label and look of each field that two may have changed."""

    def text(value: Any) -> str:
        return "none" if value in (None, "") else str(value)

    looks: dict[str, Any] = {
        "kind": lambda value: dict(KINDS).get(value, value),
        "value": lambda value: f"{percent_text(value)}% or {formats.money(value)}",
        "minimum": formats.money,
        "category": lambda value: value or "All products",
        "once": lambda value: "Yes" if value else "No",
        "first_order": lambda value: "Yes" if value else "No",
    }
    return {name: (_LABELS[name], looks.get(name, text)) for name in FIELDS}


def shown_code(report: CodeReport, off: str, formats: Formats) -> ShownCode:
    code, sums = report.code, report.sums
    rules = [
        *([f"of {code.category}"] if code.category else []),
        *([f"from {formats.money(code.minimum)} on"] if code.minimum else []),
        *(["once per customer"] if code.once else []),
        *(["first order"] if code.first else []),
    ]
    days = [
        *([f"from {formats.moment(code.starts)}"] if code.starts else []),
        *([f"until {formats.moment(code.ends)}"] if code.ends else []),
    ]
    uses = formats.number(code.used)
    return ShownCode(
        code.code_id, code.code, off, ", ".join(rules), " ".join(days) or "Always", report.state,
        uses if code.limit is None else f"{uses} of {formats.number(code.limit)}",
        formats.number(sums.orders), formats.money(sums.saved), formats.money(sums.sales),
    )  # fmt: skip
