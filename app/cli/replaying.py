"""replay and run-replays: a way of reordering on days that are over, against what really happened."""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import secrets
from typing import TYPE_CHECKING

from app import numbers
from app.cli.forecasting import forecasting, written
from app.errors import InvalidInput, StartupError
from app.money import Formats, parse_money
from app.services.replay.policy import Policy, ReplayRequest, Which

if TYPE_CHECKING:
    from app.services.replay.result import Figures, Replay


def replay(arguments: argparse.Namespace) -> int:
    made = forecasting()
    formats = made.parts.formats
    budget = None if arguments.budget is None else parse_money(arguments.budget, formats.digits, "budget")
    policy = Policy(arguments.lead_days, arguments.review_days, arguments.service, budget)
    which, names = _which(arguments)
    request = ReplayRequest(policy, arguments.first, arguments.last, which, names, arguments.start_days)
    found = made.replaying.run(request, given=_given(arguments.start_stock))
    if arguments.json:
        written(arguments.json, json.dumps(found.as_dict() | _totals(found), indent=2) + "\n")
    print(_words(found, formats))
    return 0


def run(arguments: argparse.Namespace) -> int:
    """At the lowest priority but one: what sells goes first."""
    with contextlib.suppress(OSError):
        os.nice(10)
    forecasting().replay_runs.run(arguments.holder or secrets.token_hex(8))
    return 0


def _which(arguments: argparse.Namespace) -> tuple[Which, tuple[str, ...]]:
    if arguments.category is not None:
        return "category", (arguments.category,)
    if arguments.abc is not None:
        return "class", (arguments.abc,)
    return ("products", tuple(arguments.product)) if arguments.product else ("all", ())


def _given(file: str | None) -> dict[str, int]:
    if file is None:
        return {}
    try:
        with open(file, encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(f"{file} cannot be read: {error}.") from error
    found = {}
    for row in rows:
        units = numbers.natural(row.get("units") or "")
        if not row.get("product_id") or units is None:
            raise InvalidInput(f"{file} needs the columns product_id and units, a whole number.", "start_stock")
        found[row["product_id"]] = units
    return found


def _totals(found: Replay) -> dict[str, object]:
    """The sums, for whoever does not want to add up."""
    compared = found.compared
    return {
        "policy": _sums(found.played),
        "compared": {"policy": _sums(compared.played), "really": _sums(compared.real)} if compared else None,
    }


def _sums(one: Figures) -> dict[str, object]:
    return vars(one) | {"service_level": one.service, "fill_rate": one.fill_rate}


def _words(found: Replay, formats: Formats) -> str:
    request, policy = found.request, found.request.policy
    budget = "" if policy.budget is None else f", budget {formats.money(policy.budget)}"
    lines = [
        f"{request.first} to {request.last}, {len(found.products):,} products, {found.reviews} days to order on",
        f"lead time {policy.lead_days} days, review period {policy.review_days} days, {policy.service} %{budget}",
    ]
    if found.later:
        lines.append(f"{found.later:,} products came later and are left out")
    if found.known < len(found.products):
        inferred = len(found.products) - found.known
        lines.append(f"{inferred:,} products with inferred stock: it began with {request.covered_days} days of sales")
    lines += ["", f"{'':<22}{'service':>9}{'fill':>9}{'lost':>10}{'lost sales':>16}{'stock value':>16}{'ordered':>10}"]
    compared = found.compared
    if compared is None or found.known < len(found.products):
        lines.append(_row("Policy, all products", found.played, formats))
    if compared:
        lines += [_row("Policy", compared.played, formats), _row("Really", compared.real, formats)]
    lines += ["", f"most tied up in stock and orders: {formats.money(found.most_tied_up)}", "", "Curve"]
    lines += [
        f"  {point.service:>3} %  service {point.reached:8.2%}  stock value {formats.money(point.value):>14}"
        for point in found.curve
    ]
    return "\n".join(lines)


def _row(name: str, one: Figures, formats: Formats) -> str:
    service, fill = ("" if share is None else f"{share:.2%}" for share in (one.service, one.fill_rate))
    money = (formats.money(one.lost_value), formats.money(one.value))
    return f"{name:<22}{service:>9}{fill:>9}{one.lost:>10,}{money[0]:>16}{money[1]:>16}{one.ordered:>10,}"
