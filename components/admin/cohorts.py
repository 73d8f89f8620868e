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
    """Customers by the month of their first order ("2026-11"); what they did in each of `months`.

    `retained`: how many had an order; `rates`: the same as a share of the cohort.
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


class Retention(Protocol):
    """`next_month`: the share that came back in the month after; `present`: the month that is not over."""

    @property
    def cohorts(self) -> Sequence[Cohort]: ...
    @property
    def next_month(self) -> float | None: ...
    @property
    def present(self) -> str: ...


def cohorts_card(retention: Retention, formats: Formats, href: Callable[[str], str], chosen: str = "") -> html.Section:
    """The last twelve cohorts, the newest at the bottom.

    `href`: where the customers of a month are; `chosen`: whose month's are shown.
    """
    if not retention.cohorts:
        body = empty_state(
            "No cohorts yet",
            "Each month's new customers become a row here, and later months show how many of them came back.",
            icon_name="calendar3",
        )
        return card("Retention", body, note=notes.COHORTS)
    shown, rate = retention.cohorts[-MOST_COHORTS:], retention.next_month
    title = (
        "Retention begins to show next month"
        if rate is None
        else f"{formats.percent(rate)} of new customers order again the month after"
    )
    body = _heat_map(shown, formats, retention.present, href, chosen)
    return card(title, body, note=notes.COHORTS, class_name="cohorts-card card-flush")


def _heat_map(
    cohorts: Sequence[Cohort], formats: Formats, present: str, href: Callable[[str], str], chosen: str
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
                *(_cell(cohort, k, formats, present) for k in range(1, months)),
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


def _cell(cohort: Cohort, k: int, formats: Formats, present: str) -> Any:
    if k >= len(cohort.retained):
        return light.Td(className="num heat-none")
    share = cohort.rates[k] or 0.0
    is_running = cohort.months[k] == present
    words = f"{formats.number(cohort.retained[k])} of {formats.number(cohort.size)}"
    return light.Td(
        formats.percent(share),
        className=f"num heat{' heat-running' if is_running else ''}",
        style={"--depth": f"{100 * min(share / DEEPEST, 1.0):.0f}%"},
        title=f"{words}{', this month so far' if is_running else ''}",
    )


def _later(k: int) -> str:
    return "In the month after the first order" if k == 1 else f"{k} months after the first order"


def month_words(month: str, formats: Formats) -> str:
    first = date.fromisoformat(f"{month}-01")
    return str(format_date(first, "LLL y", locale=formats.locale))
