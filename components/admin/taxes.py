"""The tax report: a row for each rate in each country."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from dash import html

from app.money import Formats
from components.admin.orders import country_words
from components.kit.ui import empty_state, link_button, table


class Line(Protocol):
    """One rate in one country, in minor units; `net_…` less returns."""

    @property
    def country(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def base(self) -> int: ...
    @property
    def tax(self) -> int: ...
    @property
    def returned_base(self) -> int: ...
    @property
    def returned_tax(self) -> int: ...
    @property
    def net_base(self) -> int: ...
    @property
    def net_tax(self) -> int: ...


class Report(Protocol):
    @property
    def lines(self) -> Sequence[Line]: ...
    @property
    def tax(self) -> int: ...
    @property
    def returned_tax(self) -> int: ...
    @property
    def net_tax(self) -> int: ...


NOTE = (
    "Orders count on the day they were paid, returns on the day they were refunded. What is taxed never holds the tax. "
    "Where goods bear several taxes each has all of them, so only taxes add up."
)


def report(found: Report, formats: Formats) -> Any:
    if not found.lines:
        return empty_state(
            "Nothing was sold or returned in these days",
            "Choose other days, or look at the rates.",
            icon_name="receipt",
            level=3,
            action=link_button("Tax settings", "/admin/settings?section=tax"),
        )
    rows = [
        [
            country_words(line.country, formats) or "–",
            line.name or "Tax",
            formats.rate(line.rate),
            *(_amount(value, formats) for value in (line.base, line.tax, line.returned_base, line.returned_tax)),
            _amount(line.net_base, formats),
            html.Strong(_amount(line.net_tax, formats)),
        ]
        for line in found.lines
    ]
    total = ["All", "", "", "", _amount(found.tax, formats), "", _amount(found.returned_tax, formats), ""]
    rows.append([*(html.Strong(one) if one else "" for one in total), html.Strong(_amount(found.net_tax, formats))])
    head = [
        ("Country", False),
        ("Tax", False),
        ("Rate", True),
        ("Sold", True),
        ("Tax on it", True),
        ("Returned", True),
        ("Tax back", True),
        ("Sold less returned", True),
        (f"Tax due, {formats.currency}", True),
    ]
    return table(head, rows, caption="Tax by country and rate")


def _amount(minor: int, formats: Formats) -> str:
    return formats.amount(minor) if minor >= 0 else f"−{formats.amount(-minor)}"
