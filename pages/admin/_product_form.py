"""The product form: what the browser sends, as a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain import ProductPicture
from app.errors import InvalidInput
from app.money import Formats, parse_money
from app.services.stock.product_drafts import ProductDraft
from components.admin.product_form import BY_HAND, OPTIONS_LENGTH, TAGS_LENGTH
from pages.admin._common import text_of, whole_number


def draft_of(typed: Mapping[str, Any], pictures: Sequence[ProductPicture], formats: Formats) -> ProductDraft:
    """`typed`: the values of `components.admin.product_form.TYPED`. Raises InvalidInput that names the field."""
    cost = text_of_number(typed.get("cost"))
    return ProductDraft(
        name=text_of(typed.get("name"), 1_000),
        price=price_of(typed.get("price"), formats),
        category=text_of(typed.get("category"), 1_000),
        description=text_of(typed.get("description"), 100_000),
        cost=_money(cost, formats, "cost", "Cost") if cost else None,
        threshold=whole_number(typed.get("threshold"), "threshold", "The threshold must be a whole number of units.")
        if typed.get("threshold-by") == BY_HAND
        else None,
        stock=_whole_or_none(typed.get("stock"), "stock", "Stock must be a whole number of units.") or 0,
        sku=text_of(typed.get("sku"), 1_000).strip() or None,
        brand=text_of(typed.get("brand"), 1_000),
        barcode=text_of(typed.get("barcode"), 1_000),
        tags=text_of(typed.get("tags"), TAGS_LENGTH, "tags").split(","),
        weight=_whole_or_none(typed.get("weight"), "weight", "The weight must be a whole number of grams."),
        family_id=text_of(typed.get("family_id"), 1_000),
        options=options_of(text_of(typed.get("options"), OPTIONS_LENGTH, "options")),
        pictures=pictures,
        supplier=text_of(typed.get("supplier"), 1_000),
        ships_alone=typed.get("ships_alone") is True,
        tax_class=text_of(typed.get("tax_class"), 40),
    )


def options_of(text: str) -> tuple[tuple[str, str], ...]:
    """One option a line, "Size: M". Raises InvalidInput."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = [line.partition(":") for line in lines]
    if any(not colon or not name.strip() or not value.strip() for name, colon, value in pairs):
        raise InvalidInput("Write each option on a line of its own, its name first: Size: M.", "options")
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def price_of(value: Any, formats: Formats) -> int:
    """Minor units. Raises InvalidInput."""
    return _money(text_of_number(value), formats, "price", "Price")


def text_of_number(value: Any) -> str:
    """An amount field's text without spaces; a comma is left in, since it may mean thousands or decimals."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise InvalidInput("Enter a number here.")
    return "" if value is None else str(value).strip().replace(" ", "")[:40]


def _whole_or_none(value: Any, field: str, words: str) -> int | None:
    return None if value in (None, "") else whole_number(value, field, words)


def _money(text: str, formats: Formats, field: str, label: str) -> int:
    try:
        return parse_money(text, formats.digits, label)
    except InvalidInput as error:
        raise InvalidInput(error.message, field) from None
