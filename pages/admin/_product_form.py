"""The product form: what the browser sends, as a draft."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput
from app.money import Formats, parse_money
from app.services.stock.inventory import ProductDraft
from pages.admin._common import text_of, whole_number

PICTURE_LIMIT = 5 * 1024 * 1024
_DATA_URL = re.compile(r"data:image/(?:png|jpeg|webp);base64,")


def draft_of(typed: Mapping[str, Any], formats: Formats) -> ProductDraft:
    """`typed`: name, price, cost, stock, category, description, threshold, threshold_by_hand, contents.

    Raises InvalidInput that names the field.
    """
    cost = text_of_number(typed.get("cost"))
    by_hand = typed.get("threshold_by_hand") is True
    stock = typed.get("stock")
    return ProductDraft(
        name=text_of(typed.get("name"), 1_000),
        price=price_of(typed.get("price"), formats),
        category=text_of(typed.get("category"), 1_000),
        description=text_of(typed.get("description"), 100_000),
        cost=_money(cost, formats, "cost", "Cost") if cost else None,
        threshold=whole_number(typed.get("threshold"), "threshold", "The threshold must be a whole number of units.")
        if by_hand
        else None,
        image=picture_of(typed.get("contents")),
        stock=0 if stock in (None, "") else whole_number(stock, "stock", "Stock must be a whole number of units."),
    )


def price_of(value: Any, formats: Formats) -> int:
    """Minor units. Raises InvalidInput."""
    return _money(text_of_number(value), formats, "price", "Price")


def text_of_number(value: Any) -> str:
    """An amount field's text without spaces; a comma is left in, since it may mean thousands or decimals."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise InvalidInput("Enter a number here.")
    return "" if value is None else str(value).strip().replace(" ", "")[:40]


def picture_of(contents: Any) -> bytes | None:
    """The bytes of an uploaded picture (a data URL); whether they are one is for the image store to say."""
    if contents is None:
        return None
    match = _DATA_URL.match(contents) if isinstance(contents, str) else None
    if match is None:
        raise InvalidInput("Choose a PNG, JPEG or WebP picture.", "image")
    try:
        picture = base64.b64decode(contents[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("The picture did not arrive complete. Choose it again.", "image") from None
    if len(picture) > PICTURE_LIMIT:
        raise InvalidInput("The picture is larger than 5 MB.", "image")
    return picture


def _money(text: str, formats: Formats, field: str, label: str) -> int:
    try:
        return parse_money(text, formats.digits, label)
    except InvalidInput as error:
        raise InvalidInput(error.message, field) from None
