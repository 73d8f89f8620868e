"""Where the next page of a list begins, as text that clients hand back unread.

It says where the last row stood, not how many there were: rows that come or go meanwhile shift nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from app.errors import InvalidInput

LONGEST = 2_000


def encoded(place: Sequence[Any]) -> str:
    text = json.dumps(list(place), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def decoded(cursor: str) -> list[Any]:
    """Raises InvalidInput for what is no cursor; whether it is one of this list is for the caller to see."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise bad_cursor() from None
    if not isinstance(place, list):
        raise bad_cursor()
    return place


def bad_cursor() -> InvalidInput:
    return InvalidInput("cursor must be taken from the Link header of the page before.", "cursor")
