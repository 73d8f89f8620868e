"""backtest and forecast: how good the forecasts are, and what they say as of a day."""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.commands import ready
from app.domain.forecast_scores import (
    CATEGORY,
    JUDGED,
    PRODUCT,
    SHOP,
    Score,
    against_baseline,
    better_baseline,
)
from app.errors import StartupError
from app.services.forecasts.plans import USUAL, day_rows, lead_row
from app.settings.environment import load_settings

if TYPE_CHECKING:
    from app.services.forecasts.backtest import BackTest
    from app.wiring.forecasting import Forecasting

NAMES = {PRODUCT: "Products, units", CATEGORY: "Categories, gross sales", SHOP: "Shop, gross sales"}


def backtest(arguments: argparse.Namespace) -> int:
    made = forecasting()
    found = made.back_tests.run(made.parts.anchor.trade().full_end, arguments.origins, arguments.horizon)
    if arguments.json:
        written(arguments.json, json.dumps(found.as_dict(), indent=2) + "\n")
    print(_words(found))
    return 0


def refresh(arguments: argparse.Namespace) -> int:
    """At the lowest priority but one: what sells goes first."""
    with contextlib.suppress(OSError):
        os.nice(10)
    count = forecasting().refresh.run(arguments.holder or secrets.token_hex(8))
    if not arguments.holder:
        print(f"{count:,} forecasts were made.")
    return 0


def forecast(arguments: argparse.Namespace) -> int:
    made = forecasting()
    rules, products = made.parts.reorder.read(), {p.product_id: p for p in made.parts.every_product()}
    found = made.past.made_on(arguments.as_of, arguments.horizon)
    days, sums = io.StringIO(), io.StringIO()
    write_day, write_sum = (
        csv.writer(days, lineterminator="\n").writerow,
        csv.writer(sums, lineterminator="\n").writerow,
    )
    write_day(("product_id", "day", "mean", "q10", "q50", "q90", "q95"))
    write_sum(("product_id", "days", "mean", "q50", "q90", "q95"))
    count = 0
    for product_id, one in found:
        count += 1
        for row in day_rows(one):
            write_day((product_id, *row))
        write_sum((product_id, *lead_row(one, rules.of(products[product_id]) if product_id in products else USUAL)))
    written(arguments.out, days.getvalue())
    if arguments.lead_time:
        written(arguments.lead_time, sums.getvalue())
    print(f"{count:,} products, {arguments.horizon} days from {arguments.as_of} on.")
    return 0


def forecasting() -> Forecasting:
    from app.wiring.forecasting import Forecasting
    from app.wiring.parts import Parts

    settings = load_settings()
    return Forecasting(Parts(settings, ready(settings), writes_to_reserved=False))


def written(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StartupError(f"{file} cannot be written: {error.strerror}.") from error


def _words(found: BackTest) -> str:
    first, last = found.origins[0], found.origins[-1]
    lines = [
        f"{len(found.origins)} origins from {first} to {last}, totals of {found.horizon} days; quantiles of "
        f"{found.lead} days' sums; {found.per_second:,.0f} forecasts a second"
    ]
    for level, name in NAMES.items():
        scores = found.of_level(level)
        lines += ["", name, f"  {'':<16}{'WAPE':>8}{'bias':>9}{'RMSSE':>8}{'forecasts':>11}"]
        lines += [f"  {method:<16}{_row(score)}" for method, score in scores.items()]
        lines += _quantile_lines(scores)
        ratio, better = against_baseline(scores), better_baseline(scores)
        if ratio is not None:
            verdict = f"{abs(1 - ratio):.1%} better than" if ratio < 1 else "not better than"
            lines.append(f"  {verdict} the better baseline ({better}), {ratio:.3f} x its WAPE")
    return "\n".join(lines)


def _row(score: Score) -> str:
    def shown(value: float | None, how: str) -> str:
        return "" if value is None else format(value, how)

    return (
        f"{shown(score.wape, '.3f'):>8}{shown(score.bias, '+.1%'):>9}{shown(score.rmsse, '.3f'):>8}{score.pairs:>11,}"
    )


def _quantile_lines(scores: dict[str, Score]) -> list[str]:
    return [
        f"  {float(level):.0%} quantile: covers {covered:.1%}, pinball loss {score.pinball_loss(level):.3f}"
        for score in scores.values()
        for level in JUDGED
        if (covered := score.coverage(level)) is not None
    ]
