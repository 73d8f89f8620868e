"""Measures the shop beside its floors, and writes the tables that `report` keeps.

Usage: make bench, or of some parts, which prints only: make bench ONLY="checkout worker"
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import pkgutil
import sys
import tempfile
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks import machine, parts, report
from tests.benchmarks.measuring import Part, measure

ROUNDS = 3


def known_parts() -> dict[str, Part]:
    names = sorted(module.name for module in pkgutil.iter_modules(parts.__path__))
    return {name: importlib.import_module(f"{parts.__name__}.{name}").PART for name in names}


def main() -> int:
    known = known_parts()
    options = argparse.ArgumentParser(prog="make bench", description="Measure the shop beside its floors.")
    options.add_argument("only", nargs="*", help="parts; all, and written down, without any")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--json", type=Path, help="write what was found there instead")
    options.add_argument("--note", action="append", default=[], help="said above the tables, such as what ran beside")
    given = options.parse_args()
    logging.disable(logging.WARNING)
    chosen = [known[name] for name in given.only] or list(known.values())
    rows, failed, started = [], [], time.monotonic()
    for part in chosen:
        place = machine.disk() if part.on_disk else None
        with tempfile.TemporaryDirectory(prefix="rs-bench-", dir=place, ignore_cleanup_errors=True) as folder:
            try:
                rows += measure(part, Path(folder), given.rounds, _say)
            except Exception:  # noqa: BLE001 - the others are measured all the same
                traceback.print_exc()
                failed.append(part.name)
    found = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "minutes": round((time.monotonic() - started) / 60, 1),
        "rounds": given.rounds,
        "machine": machine.machine(),
        "versions": machine.versions(),
        "rows": rows,
        "notes": given.note,
    }
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")
    elif not given.only and not failed:
        report.write(found)
    print(report.markdown(found, report.baseline()))
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
