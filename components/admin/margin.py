"""Margin in words, always with how much of the sales has no known cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from dash import html

from app.money import Formats
from components.admin import notes
from components.kit import light
from components.kit.ui import compared, explain, kpi

NO_COST = "no known cost"
NONE = "–"
SAME_PART = 0.05  # of sales without a known cost, between periods whose margins are compared


class Sums(Protocol):
    @property
    def margin(self) -> Margin: ...


class Margin(Protocol):
    """`amount` minor units and `rate` of net sales, both None where no cost is known; `unknown`: share of gross sales
    without one, None without sales."""

    @property
    def amount(self) -> int | None: ...
    @property
    def rate(self) -> float | None: ...
    @property
    def unknown(self) -> float | None: ...


def percent(share: float, formats: Formats) -> str:
    """Whole ones, but neither none nor all of what is only nearly so."""
    if 0 < share < 0.005 or 0.995 < share < 1:
        return f"less than {formats.percent(0.01)}" if share < 0.5 else f"more than {formats.percent(0.99)}"
    return formats.percent(share)


def unknown_words(margin: Margin, formats: Formats) -> str:
    """ "12% of sales have no known cost"; nothing without sales."""
    if margin.unknown is None:
        return ""
    return f"{percent(margin.unknown, formats)} of sales have no known cost"


def margin_words(margin: Margin, formats: Formats) -> str:
    """Of one row of a list: "41% margin", "41% margin, 12% without cost", "no known cost"; "" without sales."""
    if margin.amount is None:
        return NO_COST if margin.unknown is not None else ""
    words = f"{formats.percent(margin.rate)} margin" if margin.rate is not None else "no net sales"
    return f"{words}, {percent(margin.unknown, formats)} without cost" if margin.unknown else words


def earned_words(margin: Margin, days: int, formats: Formats) -> str:
    """Of the last `days`, in a sentence; "" where nothing was sold."""
    if margin.unknown is None:
        return ""
    amount = NO_COST if margin.amount is None else formats.money_short(margin.amount)
    return f"Margin of the last {days} days: {amount}; {rate_words(margin, formats)}."


def rate_words(margin: Margin, formats: Formats) -> str:
    """Beside an amount: "41% of net; 12% of sales have no known cost"."""
    return "; ".join(_beside(margin, formats))


def _beside(margin: Margin, formats: Formats) -> list[str]:
    rate = f"{formats.percent(margin.rate)} of net" if margin.rate is not None else ""
    return [words for words in (rate, unknown_words(margin, formats)) if words]


def margin_tile(now: Sums, before: Sums | None, against: str, formats: Formats, things: int) -> html.Div:
    """`things`: how many orders, or units, the period `before` is of."""
    return kpi(
        "Gross margin",
        _amount(now.margin, formats),
        change=html.Span(_than(now.margin, before, against, formats, things), className="delta delta-flat"),
        beside=rate_words(now.margin, formats) or NO_COST,
        note=notes.MARGIN,
    )


def margin_total(now: Sums, before: Sums | None, against: str, formats: Formats, things: int) -> Any:
    """The same among the sums over a chart."""
    than = _than(now.margin, before, "before", formats, things)
    return light.Div(
        [
            light.Div(["Gross margin", explain(notes.MARGIN, light)], className="stat-name"),
            light.Div(_amount(now.margin, formats), className="stat-value"),
            light.Span(than, className="delta delta-flat", title=f"against {against}") if than else None,
            *(light.Div(line, className="stat-beside") for line in _beside(now.margin, formats) or (NO_COST,)),
        ],
        className="stat",
    )


def _amount(margin: Margin, formats: Formats) -> str:
    return NONE if margin.amount is None else formats.money_short(margin.amount)


def _than(now: Margin, before: Sums | None, against: str, formats: Formats, things: int) -> str:
    """Against the period before, where both are known, of about the same part of the sales: more costs that are known
    make more margin, and nobody has earned more."""
    then = before.margin if before is not None else None
    if then is None or now.amount is None or now.unknown is None or then.unknown is None:
        return ""
    if abs(now.unknown - then.unknown) > SAME_PART:
        return f"then {percent(then.unknown, formats)} without cost"
    if then.amount is None or then.amount <= 0:
        return ""
    return f"{compared(now.amount, then.amount, formats, formats.money_short, things)} {against}"


def shrinkage_words(units: int, value: int, formats: Formats) -> str:
    """Of what was written off, as minus units and value; "" where nothing was."""
    if not units:
        return ""
    lost = f"{formats.counted(abs(units), 'unit')} worth {formats.money_short(abs(value))}"
    return f"Shrinkage, in no margin: {lost} written off."


def filled_words(until: datetime, formats: Formats) -> str:
    """`until`: when the latest sale was paid that was given a cost later."""
    day = formats.day(formats.store_day(until))
    return f"Some sales up to {day} have a cost that their products had later: their own was not kept."
