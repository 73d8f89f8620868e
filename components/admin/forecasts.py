"""How good the forecasts were: in one sentence, by method, by month, and the products that they missed by most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote

from dash import dcc, html

from app.money import Formats
from components.admin import notes
from components.kit.ui import card, empty_state, table

LEVELS = (("product", "Products, units"), ("category", "Categories, gross sales"), ("shop", "Shop, gross sales"))
METHODS = (("forecast", "Forecast"), ("mean of 28 days", "Mean of 28 days"), ("SES", "Smoothing (SES)"))


class Score(Protocol):
    @property
    def pairs(self) -> int: ...
    @property
    def wape(self) -> float | None: ...
    @property
    def bias(self) -> float | None: ...
    def coverage(self, level: str) -> float | None: ...
    def pinball_loss(self, level: str) -> float | None: ...


class Miss(Protocol):
    @property
    def product_id(self) -> str: ...
    @property
    def forecast(self) -> float: ...
    @property
    def sold(self) -> float: ...


class Table(Protocol):
    @property
    def days(self) -> int: ...
    @property
    def first(self) -> date | None: ...
    @property
    def last(self) -> date | None: ...
    @property
    def levels(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def months(self) -> Mapping[date, Mapping[str, Any]]: ...
    @property
    def worst(self) -> Sequence[Any]: ...
    @property
    def is_better(self) -> bool: ...
    def better_by(self, baseline: str, level: str = "product") -> float | None: ...


def verdict(found: Table, formats: Formats) -> str:
    """ "6 % better than smoothing, 9 % better than the mean of 28 days", or that it is not."""
    parts = [
        f"{words} by {formats.percent(abs(by))}"
        for name, words in (("mean of 28 days", "the mean of 28 days"), ("SES", "smoothing"))
        if (by := found.better_by(name)) is not None
    ]
    if not parts:
        return "Nothing sold in the days that were forecast."
    if found.is_better:
        return f"Better than {' and '.join(parts)} (products, WAPE of 28 days)."
    worse = [
        words
        for name, words in (("mean of 28 days", "the mean of 28 days"), ("SES", "smoothing"))
        if (found.better_by(name) or 0.0) <= 0
    ]
    return f"Not better than {' and '.join(worse)} (products, WAPE of 28 days)."


def league_card(title: str, found: Table, empty: str, formats: Formats) -> html.Section:
    if not found.days or found.first is None or found.last is None:
        return card(title, empty_state("Nothing to judge yet", empty, icon_name="hourglass-split"), note=notes.LEAGUE)
    mornings = formats.counted(found.days, "morning")
    span = f"{mornings} from {formats.day(found.first)} to {formats.day(found.last)}, the 28 days after each."
    return card(
        title,
        [
            html.P(verdict(found, formats), className="chart-says"),
            html.P(span, className="muted"),
            _methods(found, formats),
        ],
        note=notes.LEAGUE,
    )


def _methods(found: Table, formats: Formats) -> Any:
    head = [
        ("Level", False), ("Method", False), ("WAPE", True), ("Bias", True),
        (f"Pinball, {formats.hundredths(90)}", True), (f"Covered by {formats.hundredths(90)}", True),
        ("Forecasts", True),
    ]  # fmt: skip
    rows = [
        [level_words, words, *_numbers(score, formats), formats.number(score.pairs)]
        for level, level_words in LEVELS
        for method, words in METHODS
        if (score := found.levels.get(level, {}).get(method)) is not None
    ]
    return table(head, rows, caption="Methods by level")


def _numbers(score: Score, formats: Formats) -> list[str]:
    return [
        _share(score.wape, formats),
        _signed(score.bias, formats),
        _or_dash(score.pinball_loss("0.9"), lambda loss: formats.number(loss, 2)),
        _share(score.coverage("0.9"), formats),
    ]


def months_card(found: Table, formats: Formats) -> html.Section | None:
    if not found.months:
        return None
    head = [("Month", False), *((words, True) for _, words in METHODS), ("Bias", True)]
    head.append((f"Covered by {formats.hundredths(90)}", True))
    rows = [
        [
            formats.month(month),
            *(_share(scores[method].wape if method in scores else None, formats) for method, _ in METHODS),
            _signed(scores["forecast"].bias, formats),
            _share(scores["forecast"].coverage("0.9"), formats),
        ]
        for month, scores in found.months.items()
        if "forecast" in scores
    ]
    return card("Products by month, WAPE", table(head, rows, caption="WAPE by month"), note=notes.LEAGUE)


def worst_card(found: Table, names: Mapping[str, str], formats: Formats) -> html.Section | None:
    if not found.worst or found.last is None:
        return None
    head = [("Product", False), ("Forecast", True), ("Sold", True), ("Off by", True)]
    rows = [
        [
            _link(one.product_id, names),
            formats.number(round(one.forecast)),
            formats.number(round(one.sold)),
            formats.number(round(abs(one.forecast - one.sold))),
        ]
        for one in found.worst
    ]
    title = f"Missed by most in the 28 days from {formats.day(found.last)} on, units"
    return card(title, table(head, rows, caption="Products that the forecast missed by most"))


def _link(product_id: str, names: Mapping[str, str]) -> dcc.Link:
    href = f"/admin/stock?product={quote(product_id, safe='')}"
    return dcc.Link(names.get(product_id, product_id), href=href)


def _share(value: float | None, formats: Formats) -> str:
    return _or_dash(value, lambda share: formats.percent(share, 1))


def _signed(value: float | None, formats: Formats) -> str:
    return _or_dash(value, lambda share: f"{'+' if share > 0 else ''}{formats.percent(share, 1)}")


def _or_dash(value: float | None, show: Callable[[float], str]) -> str:
    return "–" if value is None else show(value)
