"""The shop's pages as visitors get them, by Lighthouse and count: docs/benchmarks/store.json, docs/benchmarks/store.md.

Usage: make bench-store, or of some pages: make bench-store ONLY="grid checkout"; what was not measured anew stays.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import sync_playwright

from tests.benchmarks import lighthouse, machine, report, store_visit
from tests.support.chromium import launch_chromium
from tests.support.server import RunningServer

ROUNDS = 3
ORDERS = "800"
FOUND, TABLES = report.FOLDER / "store.json", report.FOLDER / "store.md"
PAGES = ("grid", "product", "checkout")
# Scores and sizes to be reached, on a phone; at least or at most.
GOALS: dict[str, Mapping[str, float]] = {
    "grid": {"performance": 95, "accessibility": 100, "best": 100, "seo": 100},
    "product": {"performance": 95, "accessibility": 100, "best": 100, "seo": 100},
    "checkout": {"performance": 90},
}
MOST = {"largest_paint_ms": 1_800, "blocking_ms": 150, "shift": 0.02, "bytes": 300 * 1024, "requests": 20}
MOST_ADDED_MS = 100
HEADS = {
    "performance": "performance", "accessibility": "accessibility", "best": "best practices", "seo": "SEO",
    "first_paint_ms": "first paint, s", "largest_paint_ms": "largest paint, s", "blocking_ms": "blocking, ms",
    "speed_index_ms": "speed index, s", "shift": "shift", "bytes": "KiB", "requests": "requests",
}  # fmt: skip
VISITS = {
    "cold_bytes": "cold, KiB", "cold_requests": "requests", "dash_bytes": "Dash adds, KiB", "warm_bytes": "warm, KiB",
    "warm_requests": "requests, warm",
}  # fmt: skip
TOUCHES = {
    "grid, before Dash runs": ("grid", ".buy-add", ".buy.is-in-cart .stepper", False),
    "grid, Dash runs": ("grid", ".buy-add", ".buy.is-in-cart .stepper", True),
    "product, before Dash runs": ("product", "#product-add", "#product-add.is-added", False),
    "product, Dash runs": ("product", "#product-add", "#product-add.is-added", True),
}


@contextmanager
def running_shop() -> Iterator[tuple[dict[str, str], str]]:
    """Addresses by page, and the cookie of a guest with something in the cart."""
    with tempfile.TemporaryDirectory(prefix="rs-store-") as folder, RunningServer(Path(folder)) as server:
        server.command("demo", "--orders", ORDERS)
        products = requests.get(f"{server.url}/api/products", timeout=30).json()
        product = next(one["product_id"] for one in products if one["stock"] > 3)
        guest = requests.Session()
        guest.post(
            f"{server.url}/cart/change", {"add": product}, headers={"Origin": server.url}, timeout=30
        ).raise_for_status()
        (cookie,) = [f"{one.name}={one.value}" for one in guest.cookies]
        at = guest.get(f"{server.url}/product/{product}", timeout=30).url
        yield {"grid": f"{server.url}/", "product": at, "checkout": f"{server.url}/checkout"}, cookie


def measure(pages: list[str], forms: list[lighthouse.Form], rounds: int, *, with_visits: bool) -> dict[str, Any]:
    """Medians by page: {"lighthouse": {form: {page: figures}}, "visits": ..., "touches": ...}."""
    found: dict[str, Any] = {"lighthouse": {form: {} for form in forms}, "visits": {}, "touches": {}}
    with running_shop() as (addresses, cookie), tempfile.TemporaryDirectory() as scratch:
        for form in forms:
            for page in pages:
                given = cookie if page == "checkout" else ""
                looks = [lighthouse.look(addresses[page], form, Path(scratch), given) for _ in range(rounds)]
                found["lighthouse"][form][page] = {
                    name: statistics.median(one[name] for one in looks) for name in looks[0]
                }
                _say(f"{page} {form}: {found['lighthouse'][form][page]}")
        if with_visits:
            _visit(found, pages, addresses, cookie)
    return found


def _visit(found: dict[str, Any], pages: list[str], addresses: Mapping[str, str], cookie: str) -> None:
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for page in pages:
            given = cookie if page == "checkout" else ""
            found["visits"][page] = store_visit.weigh(browser, addresses[page], given)
            _say(f"{page}: {found['visits'][page]}")
        for name, (page, button, wanted, is_started) in TOUCHES.items():
            if page in pages:
                taken = store_visit.added_ms(browser, addresses[page], button, wanted, is_started=is_started)
                found["touches"][name] = round(taken)
                _say(f"{name}: {taken:.0f} ms")
        browser.close()


def merged(before: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured anew, and the rest as it was."""
    forms = {**before.get("lighthouse", {}), **found["lighthouse"]}
    return {
        **before,
        **found,
        "lighthouse": {
            form: {**before.get("lighthouse", {}).get(form, {}), **found["lighthouse"].get(form, {})} for form in forms
        },
        "visits": {**before.get("visits", {}), **found["visits"]},
        "touches": {**before.get("touches", {}), **found["touches"]},
    }


def markdown(found: Mapping[str, Any]) -> str:
    about = found["machine"]
    lines = [
        "# Pages of the shop",
        "",
        "Written by `make bench-store`: change nothing here by hand. Goals and budgets: tests/benchmarks/store.py.",
        "",
        f"- Measured {found['measured_at'][:10]} on {about['cores']} cores, {about['processor']}, {about['system']}, "
        f"at commit {found['commit']}.",
        f"- Lighthouse {found['lighthouse_version']}, medians of {found['rounds']} visits with nothing cached, in "
        f"front of gunicorn with two web processes, SQLite, and a demo shop of {ORDERS} orders; browser and server "
        "share the cores.",
        "- The checkout has a guest's cart with one line.",
        *(f"- {note}" for note in found.get("notes", [])),
        "",
    ]
    for form, pages in found["lighthouse"].items():
        lines += [f"## Lighthouse, {form}", "", *_table(HEADS, pages, GOALS if form == "mobile" else {}), ""]
    lines += [
        f"Goals on a phone: scores of {_goals()}; largest paint ≤ {MOST['largest_paint_ms'] / 1000} s, blocking ≤ "
        f"{MOST['blocking_ms']} ms, shift ≤ {MOST['shift']}, ≤ {MOST['bytes'] // 1024} KiB in ≤ {MOST['requests']} "
        "requests.",
        "",
        "## Visits, on a phone",
        "",
        *_table(VISITS, found["visits"], {}),
        "",
        "## From a touch to what says “added”",
        "",
        f"On a processor slowed down {store_visit.SLOWER} times; medians of 3. Goal: ≤ {MOST_ADDED_MS} ms.",
        "",
        "| where | ms | reached |",
        "| --- | --- | --- |",
        *(
            f"| {name} | {taken} | {'yes' if taken <= MOST_ADDED_MS else 'no'} |"
            for name, taken in found["touches"].items()
        ),
    ]
    return "\n".join(lines) + "\n"


def _goals() -> str:
    return ", ".join(f"{page} {'/'.join(str(one) for one in goals.values())}" for page, goals in GOALS.items())


def _table(
    heads: Mapping[str, str], pages: Mapping[str, Mapping[str, float]], goals: Mapping[str, Any]
) -> Iterator[str]:
    yield f"| page | {' | '.join(heads.values())} |"
    yield f"| --- |{' --- |' * len(heads)}"
    for page in sorted(pages, key=PAGES.index):
        yield f"| {page} | {' | '.join(_shown(name, pages[page][name], goals.get(page, {})) for name in heads)} |"


def _shown(name: str, figure: float, goals: Mapping[str, float]) -> str:
    if name.endswith("bytes"):
        words = f"{figure / 1024:.0f}"
    elif name in ("first_paint_ms", "largest_paint_ms", "speed_index_ms"):
        words = f"{figure / 1000:.1f}"
    else:
        words = f"{figure:.3f}" if name == "shift" else f"{figure:.0f}"
    missed = (name in goals and figure < goals[name]) or (bool(goals) and name in MOST and figure > MOST[name])
    return f"{words} (goal missed)" if missed else words


def main() -> int:
    options = argparse.ArgumentParser(prog="make bench-store", description="Measure the shop's pages.")
    options.add_argument("only", nargs="*", help="pages, forms or 'visits'; all without any")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--note", action="append", default=[], help="said above the tables, such as what ran beside")
    options.add_argument("--why", action="store_true", help="print what the scores were taken off for instead")
    given = options.parse_args()
    pages = [page for page in PAGES if page in given.only] or list(PAGES)
    forms = [form for form in lighthouse.FORMS if form in given.only]
    with_visits = "visits" in given.only
    if not forms and not with_visits:
        forms, with_visits = list(lighthouse.FORMS), True
    if given.why:
        return _explain(pages, forms)
    found = measure(pages, forms, given.rounds, with_visits=with_visits)
    found |= {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": given.rounds,
        "notes": given.note,
        "machine": machine.machine(),
        "commit": machine.versions()["commit"],
        "lighthouse_version": lighthouse.version(),
    }
    whole = merged(json.loads(FOUND.read_text()) if FOUND.exists() else {}, found)
    FOUND.write_text(json.dumps(whole, indent=1) + "\n")
    TABLES.write_text(markdown(whole))
    print(markdown(whole))
    return 0


def _explain(pages: list[str], forms: list[lighthouse.Form]) -> int:
    with running_shop() as (addresses, cookie), tempfile.TemporaryDirectory() as scratch:
        for form in forms:
            for page in pages:
                given = cookie if page == "checkout" else ""
                print(
                    f"{page}, {form}:",
                    *lighthouse.failed_audits(addresses[page], form, Path(scratch), given),
                    sep="\n  ",
                )
    return 0


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
