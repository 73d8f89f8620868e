"""Retention of customers by the month of their first order, as a heat map that is a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from babel.dates import format_date
from dash import html

from app.money import Formats
from components.admin import notes
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import card, empty_state

MOST_COHORTS = 12
MOST_MONTHS = 13  # the first one, which is everybody, and a year
DEEPEST = 0.5  # a share from which on a cell is as dark as it gets


class Cohort(Protocol):
    """`retained`: customers with an order in the cohort's month, in the next, and on through the last with trade."""

    @property
    def month(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def retained(self) -> tuple[int, ...]: ...


def next_month_rate(cohorts: Sequence[Cohort], today: date) -> float | None:
    """Of the customers whose second month is over, the share with an order in it; None before there are any.

    Not of those after whose first month there was no trade any more.
    """
    complete = [c for c in cohorts if len(c.retained) > 1 and _month_of(c, 1) < f"{today:%Y-%m}"]
    size = sum(c.size for c in complete)
    return sum(c.retained[1] for c in complete) / size if size else None


def cohorts_card(
    cohorts: Sequence[Cohort], formats: Formats, today: date, href: Callable[[str], str], chosen: str = ""
) -> html.Section:
    """The last twelve cohorts, the newest at the bottom; the present month is not over.

    `href`: where the customers of a month are; `chosen`: whose month's are shown.
    """
    rate = next_month_rate(cohorts, today)
    if not cohorts:
        body = empty_state(
            "No cohorts yet",
            "Each month's new customers become a row here, and later months show how many of them came back.",
            icon_name="calendar3",
        )
        return card("Retention", body, note=notes.COHORTS)
    shown = cohorts[-MOST_COHORTS:]
    title = (
        "Retention begins to show next month"
        if rate is None
        else f"{formats.percent(rate)} of new customers order again the month after"
    )
    return card(
        title, _heat_map(shown, formats, today, href, chosen), note=notes.COHORTS, class_name="cohorts-card card-flush"
    )


def _heat_map(
    cohorts: Sequence[Cohort], formats: Formats, today: date, href: Callable[[str], str], chosen: str
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
                *(_cell(cohort, k, formats, today) for k in range(1, months)),
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
        **{"aria-label": "Retention by month of the first order"},
    )


def _month(month: str, formats: Formats, href: Callable[[str], str], is_chosen: bool) -> Any:
    words = month_words(month, formats)
    current = {"aria-current": "true"} if is_chosen else {}
    return light.A(words, href=href(month), title=f"Show the customers who first bought in {words}", **current)


def _cell(cohort: Cohort, k: int, formats: Formats, today: date) -> Any:
    if k >= len(cohort.retained):
        return light.Td(className="num heat-none")
    share = cohort.retained[k] / cohort.size if cohort.size else 0.0
    is_running = _month_of(cohort, k) == f"{today:%Y-%m}"
    words = f"{formats.number(cohort.retained[k])} of {formats.number(cohort.size)}"
    return light.Td(
        formats.percent(share),
        className=f"num heat{' heat-running' if is_running else ''}",
        style={"--depth": f"{100 * min(share / DEEPEST, 1.0):.0f}%"},
        title=f"{words}{', this month so far' if is_running else ''}",
    )


def _month_of(cohort: Cohort, k: int) -> str:
    """The month that is `k` months after a cohort's own, as "2026-11"."""
    year, month = (int(part) for part in cohort.month.split("-"))
    number = year * 12 + month - 1 + k
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _later(k: int) -> str:
    return "In the month after the first order" if k == 1 else f"{k} months after the first order"


def month_words(month: str, formats: Formats) -> str:
    first = date.fromisoformat(f"{month}-01")
    return str(format_date(first, "LLL y", locale=formats.locale))
