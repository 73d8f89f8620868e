"""What staff pages share: reading what the browser sends, types first; and what sales a page was made with."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from dash import ctx, html, no_update

from app import numbers
from app.domain import LongPage, Period
from app.errors import InvalidInput, ShopError
from app.services import services
from app.web.page import Page
from components.kit.ui import SEARCH_LENGTH

MOST_PAGES = 1_000_000


def text_of(value: Any, most: int = 200, field: str | None = None) -> str:
    """Text or nothing; an empty field arrives as None. Raises InvalidInput for any other type, and for longer text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput("Enter text here.", field)
    if len(value) > most:
        raise InvalidInput(f"At most {most} characters may be entered here.", field)
    return value


def searched(value: Any) -> str:
    """What a list is searched for. Raises InvalidInput."""
    return text_of(value, SEARCH_LENGTH, "q").strip()


def page_number(value: Any) -> int:
    """A page from 1 on; anything else is the first one."""
    try:
        return min(max(numbers.whole(value), 1), MOST_PAGES)
    except ValueError:
        return 1


def page_asked(page: Page, present: Any, *narrowing: str) -> int:
    """The page of a list after a click on its pager; the first one after a change of the controls that narrow it."""
    number = 1 if ctx.triggered_id in map(page.id, narrowing) else page_number(present)
    step = {page.id("previous"): -1, page.id("next"): 1}.get(str(ctx.triggered_id), 0)
    return max(1, number + step)


def whole_number(value: Any, field: str, words: str) -> int:
    """A whole number that a form field sends as number or text. Raises InvalidInput with `words`."""
    try:
        return numbers.whole(value)
    except ValueError:
        raise InvalidInput(words, field) from None


def key_after(error: ShopError) -> Any:
    """For the next try of a form: a new request key after a refusal, for other values may follow.

    The same one where the shop was away or too busy, for then nobody knows whether the try before was written.
    """
    return secrets.token_urlsafe(16) if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else no_update


def day_start(value: Any, field: str, days_later: int = 0) -> datetime | None:
    """When the store day that a date field holds begins, or one some days later; None without a day.

    Raises InvalidInput for what is no day.
    """
    text = text_of(value)
    if not text:
        return None
    try:
        return services().formats.day_start(numbers.day(text) + timedelta(days=days_later))
    except ValueError:
        raise InvalidInput("Choose a day from the calendar.", field) from None


def place_in_list(found: LongPage[Any], page_size: int, things: str) -> str:
    """ "51–100 of more" of a list too long to count; of one that was not searched to its end, how far it was."""
    if not found.items:
        return ""
    number = services().formats.number
    first = (found.page - 1) * page_size + 1
    words = f"{number(first)}–{number(first + len(found.items) - 1)} of "
    words += "more" if found.total is None else number(found.total)
    return words + (f" among the latest {number(found.searched)} {things}" if found.searched else "")


def known_sales(part_id: str) -> html.Div:
    """Today's sales as the page shows them: assets/52-pulse.js notices when the stream knows of others."""
    today = services().formats.today()
    total = services().sales.total(Period.of_day(today))
    sales = f"{today} {total.orders} {total.gross} {total.returns}"
    return html.Div(id=part_id, hidden=True, **{"data-sales": sales})
