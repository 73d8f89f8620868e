"""Retention of customers by the month of their first order, as a heat map that is a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, Protocol

from babel.dates import format_date
from dash import html

from app.domain import is_few, share_words
from app.money import Formats
from components.admin import notes
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import card, empty_state

MOST_COHORTS = 24
MOST_MONTHS = 13  # the first one, which is everybody, and a year
PART_WORDS = "Counted in part"
DEEPEST = 0.5  # a share from which on a cell is as dark as it gets


class Cohort(Protocol):
    """Customers by the month of their first order ("2026-11"); what they did in each of `months`.

    `retained`: how many had an order; `rates`: the same as a share of the cohort; `states`: how much of each month is
    counted.
    """

    @property
    def month(self) -> str: ...
    @property
    def months(self) -> tuple[str, ...]: ...
    @property
    def size(self) -> int: ...
    @property
    def retained(self) -> tuple[int, ...]: ...
    @property
    def rates(self) -> tuple[float | None, ...]: ...
    @property
    def states(self) -> tuple[Literal["over", "in part", "no sales"], ...]: ...


class CameBack(Protocol):
    """Of `customers` whose next month is over, `again` ordered in it; `rate`: None without any."""

    @property
    def again(self) -> int: ...
    @property
    def customers(self) -> int: ...
    @property
    def rate(self) -> float | None: ...


class Retention(Protocol):
    @property
    def cohorts(self) -> Sequence[Cohort]: ...
    @property
    def next_month(self) -> CameBack: ...


def cohorts_card(retention: Retention, formats: Formats, href: Callable[[str], str], chosen: str = "") -> html.Section:
    """The last 24 cohorts, the newest at the bottom; those before them are folded away.

    `href`: where the customers of a month are; `chosen`: whose month's are shown.
    """
    if not retention.cohorts:
        body = empty_state(
            "No cohorts yet",
            "Each month's new customers become a row here, and later months show how many of them came back.",
            icon_name="calendar3",
        )
        return card("Retention", body, note=notes.COHORTS)
    earlier, latest = retention.cohorts[:-MOST_COHORTS], retention.cohorts[-MOST_COHORTS:]
    parts = [_heat_map(latest, formats, href, chosen, "Retention by month of the first order"), _key(latest)]
    if earlier:
        table = _heat_map(earlier, formats, href, chosen, "Retention of earlier months")
        parts.append(_folded(earlier, table, formats, is_open=any(cohort.month == chosen for cohort in earlier)))
    return card(_title(retention.next_month, formats), parts, note=notes.COHORTS, class_name="cohorts-card card-flush")


def _title(came_back: CameBack, formats: Formats) -> str:
    if came_back.rate is None:
        return "Retention shows once the month after a first order is over"
    if is_few(came_back.customers):
        who = share_words(came_back.again, came_back.customers, formats)
        return f"{who} new customers ordered again the month after"
    return f"{formats.percent(came_back.rate, 1)} of new customers order again the month after"


def _folded(earlier: Sequence[Cohort], table: Any, formats: Formats, *, is_open: bool) -> html.Details:
    words = "1 earlier month" if len(earlier) == 1 else f"{formats.number(len(earlier))} earlier months"
    return html.Details([html.Summary(words), table], className="heat-earlier", open=is_open)


def _key(cohorts: Sequence[Cohort]) -> html.P | None:
    """What the hatching means, where there is some."""
    if not any("in part" in cohort.states[1:MOST_MONTHS] for cohort in cohorts):
        return None
    mark = html.Span(className="heat-mark", **{"aria-hidden": "true"})
    words = f"{PART_WORDS}: the month is not over, or sales stopped in it."
    return html.P([mark, words], className="sub muted heat-key")


def _heat_map(
    cohorts: Sequence[Cohort], formats: Formats, href: Callable[[str], str], chosen: str, name: str
) -> html.Div:
    months = min(MOST_MONTHS, max(len(c.retained) for c in cohorts))
    head = [
        light.Th("First order", scope="col"),
        light.Th("Customers", scope="col", className="num"),
        *(light.Th(f"+{k}", scope="col", className="num", title=_later(k)) for k in range(1, months)),
    ]
    rows = [
        light.Tr(
            [
                light.Th(_month(cohort.month, formats, href, cohort.month == chosen), scope="row"),
                light.Td(formats.number(cohort.size), className="num"),
                *(_cell(cohort, k, formats) for k in range(1, months)),
            ]
        )
        for cohort in cohorts
    ]
    caption = light.Caption(
        "Share of each month's new customers who ordered in the months after", className="visually-hidden"
    )
    return html.Div(
        static(
            light.Table([caption, light.Thead(light.Tr(head)), light.Tbody(rows)], className="kit-table heat-table")
        ),
        className="table-scroll",
        tabIndex="0",
        role="region",
        **{"aria-label": name},
    )


def _month(month: str, formats: Formats, href: Callable[[str], str], is_chosen: bool) -> Any:
    words = month_words(month, formats)
    current = {"aria-current": "true"} if is_chosen else {}
    return light.A(words, href=href(month), title=f"Show the customers who first bought in {words}", **current)


def _cell(cohort: Cohort, k: int, formats: Formats) -> Any:
    if k >= len(cohort.retained):  # it has not come yet
        return light.Td(className="num heat-none")
    rate, state, month = cohort.rates[k], cohort.states[k], month_words(cohort.months[k], formats)
    if rate is None:
        words = f"Nothing was sold in {month}"
        return light.Td(_spoken(words), className="num heat-none", title=words)
    is_part, in_part = state == "in part", f", {PART_WORDS.lower()}"
    counts = f"{formats.number(cohort.retained[k])} of {formats.number(cohort.size)} in {month}"
    return light.Td(
        [share_words(cohort.retained[k], cohort.size, formats), _spoken(in_part) if is_part else None],
        className=f"num heat{' heat-running' if is_part else ''}{' heat-few' if is_few(cohort.size) else ''}",
        style={"--depth": f"{100 * min(rate / DEEPEST, 1.0):.0f}%"},
        title=f"{counts}{in_part if is_part else ''}",
    )


def _spoken(words: str) -> Any:
    return light.Span(words, className="visually-hidden")


def _later(k: int) -> str:
    return "In the month after the first order" if k == 1 else f"{k} months after the first order"


def month_words(month: str, formats: Formats) -> str:
    first = date.fromisoformat(f"{month}-01")
    return str(format_date(first, "LLL y", locale=formats.locale))
