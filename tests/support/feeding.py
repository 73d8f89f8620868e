"""A page's live stream in the hands of a test, and what the page keeps of it."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

_TAKE_OVER = """() => {
  window.EventSource = class {
    constructor() { this.readyState = 1; window.fed = this; }
    addEventListener() {}
    close() {}
  };
  window.dispatchEvent(new Event("online"));
}"""


def take_over(page: Page) -> None:
    """From now on `window.fed.onmessage({ data })` is the page's stream."""
    page.evaluate(_TAKE_OVER)


def heap_megabytes(inspector: CDPSession) -> float:
    """What the page's scripts hold after everything that can go is gone."""
    inspector.send("HeapProfiler.collectGarbage")
    return float(inspector.send("Runtime.getHeapUsage")["usedSize"]) / 1e6
