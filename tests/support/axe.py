"""axe-core in a page of the tests' browser: what a reader of the page by ear, by keyboard or with weak eyes meets.

It is no part of the shop (MPL-2.0): scripts/install_test_parts.sh puts it beside the other parts of the tests.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Page

from tests.support.missing_part import missing_part

SOURCE = Path(__file__).parents[2] / ".venv/axe/node_modules/axe-core/axe.min.js"

# Every rule that axe has on by itself, its "best practices" too. A frame is another document and scanned as one.
_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"], iframes: false, preload: false });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary.split("\\n")[1].trim()}`));
}"""

# Nothing is being loaded, drawn or moved, and grids show their cells, which they hide until they were in sight once.
_SETTLED = """() => {
  const busy = "[data-dash-is-loading='true'], ._dash-loading, .kit-spinner, .dash-graph:not(:has(svg.main-svg))";
  const shows = (cell) => cell?.checkVisibility({ visibilityProperty: true });
  const isHidden = (grid) => !shows(grid.querySelector("[role='columnheader']"));
  const moves = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime < 2000;
  const hidden = [...document.querySelectorAll(".kit-grid")].filter(isHidden);
  hidden.forEach((grid) => grid.scrollIntoView({ block: "nearest" }));
  return !document.querySelector(busy) && !hidden.length && !document.getAnimations().some(moves);
}"""
_A_MOMENT = 500  # ms


def settle(page: Page) -> None:
    page.wait_for_function(_SETTLED)


def scan(page: Page) -> list[str]:
    """One line for each element that breaks a rule, and still does a moment later: pages are alive."""
    settle(page)
    # Through the inspector, which no policy of the page stops.
    page.evaluate(_source())
    if not page.evaluate(_RUN):
        return []
    page.wait_for_timeout(_A_MOMENT)
    settle(page)
    return list(page.evaluate(_RUN))


@lru_cache
def _source() -> str:
    if not SOURCE.exists():
        missing_part("axe-core", FileNotFoundError("bash scripts/install_test_parts.sh; it needs npm"))
    return SOURCE.read_text()
