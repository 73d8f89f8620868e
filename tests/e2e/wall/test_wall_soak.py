"""A week on the wall in minutes: every second of it is drawn, and the page stays as small as it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import ADMIN, Visitor
from tests.support.feeding import heap_megabytes, take_over

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(3600)]

WEEK_SECONDS = 7 * 24 * 3600
PART = 8_640  # seconds of a week that one call draws; the heap is looked at between
MOST_GROWTH = 0.10

COUNT_TIMERS = """() => {
  window.timers = 0;
  for (const name of ["setInterval", "setTimeout"]) {
    const real = window[name];
    window[name] = (...given) => { window.timers += name === "setInterval" ? 1 : 0; return real(...given); };
  }
}"""
# An order comes and a scene turns every 20 seconds, the day changes every 86,400, and each 50th snapshot goes the whole
# way from the stream through the page's store.
WEEK = """async ([first, seconds]) => {
  const { draw } = window.dash_clientside.wall;
  const base = structuredClone(window.retailWall.snapshot);
  const config = window.retailWall.config;
  for (let second = first; second < first + seconds; second += 1) {
    const made = structuredClone(base);
    made.seq = 1e6 + second;
    made.as_of = new Date(1.8e12 + second * 1000).toISOString();
    made.day = new Date(1.8e12 + Math.floor(second / 86400) * 86400000).toISOString().slice(0, 10);
    made.today.gross += (second % 86400) * 100;
    made.today.orders += Math.floor((second % 86400) / 20);
    made.parts.orders = String(made.today.orders);
    made.parts.gross.fits = made.parts.gross.fits.map((text) => text + second);
    made.wall.orders = made.wall.orders.map((_, index) => Math.floor(second / 20) * 10 - index);
    const ids = made.wall.orders.values();
    made.parts.latest.rows = made.parts.latest.rows.replace(/data-key="\\d+/g, () => `data-key="${ids.next().value}`);
    made.parts.visitors = String(second % 300);
    if (second % 20 === 0) document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    if (second % 50) draw(made, { status: "live" }, config);
    else {
      window.fed.onmessage({ data: JSON.stringify(made) });
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}"""


def test_a_week_of_seconds_grows_neither_heap_nor_page_nor_timers(
    visitor: Visitor, record_property: pytest.FixtureRequest
) -> None:
    page = opened(visitor)
    inspector = page.context.new_cdp_session(page)

    def measured() -> tuple[float, int, int]:
        elements = page.evaluate("document.querySelectorAll('*').length")
        return heap_megabytes(inspector), elements, page.evaluate("window.timers")

    page.set_default_timeout(600_000)
    page.evaluate(WEEK, [0, PART])  # what a page makes once, it has made now
    heap, nodes, timers = measured()
    for start in range(PART, WEEK_SECONDS, PART):
        page.evaluate(WEEK, [start, PART])
    last_heap, last_nodes, last_timers = measured()
    growth = last_heap / heap - 1
    words = (
        f"a week on the wall: heap {heap:.1f} to {last_heap:.1f} MB ({growth:+.1%}), {nodes} to {last_nodes} elements"
    )
    record_property("proved", words)  # type: ignore[operator]
    assert growth < MOST_GROWTH
    assert last_nodes <= nodes * (1 + MOST_GROWTH)
    assert last_timers == timers


def opened(visitor: Visitor) -> Page:
    """The wall, that hears from now on what the test feeds it."""
    page, _ = visitor(signed_in=ADMIN, width=1920)
    page.goto("/wall")
    page.locator(".wall-row").first.wait_for()
    page.wait_for_timeout(3000)
    take_over(page)
    page.context.set_offline(True)
    page.evaluate(COUNT_TIMERS)
    return page
