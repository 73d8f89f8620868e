"""reconcile: look at all books, say where they differ, mend what has one right answer."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any

from app import numbers
from app.domain import Actor, Difference, Reconciliation, Verdict
from app.errors import ShopError, StartupError
from app.settings.environment import load_settings
from app.stores.sql.engine.migrate import require_current
from app.stores.sql.transfer.moving import refuse_half_moved
from app.wiring import stores

COMMAND_LINE = Actor("command line", via="command line")
EXIT = {Verdict.AGREES: 0, Verdict.DIFFERS: 1, Verdict.FAILED: 2}


def reconcile(arguments: argparse.Namespace) -> int:
    """0: all books agree, 1: they differ, 2: they could not be compared."""
    try:
        return _reconcile(arguments)
    except ShopError as error:
        print(error.message, file=sys.stderr)
        return EXIT[Verdict.FAILED]


def _reconcile(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    database = stores.open_database(settings, patient=True)
    require_current(database)
    refuse_half_moved(database)
    from app.wiring import composition

    built = composition.build(settings, database)
    if arguments.trust:
        return _trust(built.reconcile, arguments)
    if arguments.product:
        raise StartupError("--product goes with --trust catalogue or --trust ledger.")
    since = _start_of(arguments.since, built.settings.zone) if arguments.since else None
    outcome = built.reconcile.run(
        "command line",
        since,
        COMMAND_LINE if arguments.repair else None,
        progress=lambda stage: print(f"Looking at {stage} ...", file=sys.stderr, flush=True),
    )
    print(_as_json(outcome) if arguments.json else report(outcome))
    return EXIT[outcome.verdict]


def _trust(service: Any, arguments: argparse.Namespace) -> int:
    if not arguments.product:
        raise StartupError("Name the products with --product ID; it may be given several times.")
    failed = False
    for product_id in arguments.product:
        try:
            print(service.trust(product_id, arguments.trust, COMMAND_LINE))
        except ShopError as error:
            failed = True
            print(error.message, file=sys.stderr)
    return int(failed)


def _start_of(text: str, zone: Any) -> datetime:
    try:
        return datetime.combine(numbers.day(text), time(), zone).astimezone(UTC)
    except ValueError as error:
        raise StartupError("--since is a day such as 2026-11-01.") from error


def report(outcome: Reconciliation) -> str:
    """The outcome for people."""
    lines = [f"Changed: {mended.subject}: {mended.words}." for mended in outcome.mended]
    kind = ""
    for difference in outcome.differences:
        if difference.kind != kind:
            kind = difference.kind
            lines.append(f"\n{kind.capitalize()}")
        lines += _shown(difference)
    lines += ["", *(f"Note: {note}" if outcome.verdict is not Verdict.FAILED else note for note in outcome.notes)]
    counted = ", ".join(f"{count:,} {what}" for what, count in outcome.looked_at.items())
    verdict = {
        Verdict.AGREES: f"All books agree ({counted}; {outcome.seconds:.1f} s).",
        Verdict.DIFFERS: f"{outcome.count:,} difference{'s' if outcome.count != 1 else ''} "
        f"({counted}; {outcome.seconds:.1f} s).",
        Verdict.FAILED: "The books could not be compared.",
    }[outcome.verdict]
    return "\n".join([*lines, verdict]).strip()


def _shown(difference: Difference) -> list[str]:
    return [f"  {difference.subject}: {difference.words}.", f"    {difference.todo}"]


def _as_json(outcome: Reconciliation) -> str:
    return json.dumps(asdict(outcome) | {"at": outcome.at.isoformat()}, indent=2)
