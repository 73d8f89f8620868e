"""A visit as the browser counts it: bytes of the first and the second, what Dash adds, and from a touch to "added"."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

SLOWER = 4  # times: a phone's processor against this one
PHONE = {"width": 412, "height": 823}

# From the touch until what says that it is in the cart was painted, in ms.
TOUCHED = """(wanted) => {
  window.taken = null;
  let since = 0;
  document.addEventListener("pointerdown", (event) => (since = event.timeStamp), { capture: true, once: true });
  const seen = () => {
    const shown = document.querySelector(wanted);
    if (!since || !shown || !shown.getClientRects().length) return requestAnimationFrame(seen);
    requestAnimationFrame((now) => (window.taken = now - since));
  };
  requestAnimationFrame(seen);
}"""


class _Counted:
    """Bytes as they were sent, and answers from the network."""

    def __init__(self, devtools: CDPSession) -> None:
        self.bytes = self.requests = 0
        devtools.on("Network.loadingFinished", self._add)
        devtools.send("Network.enable")

    def _add(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])
        self.requests += event["encodedDataLength"] > 0

    def taken(self) -> tuple[int, int]:
        found, self.bytes, self.requests = (self.bytes, self.requests), 0, 0
        return found


def weigh(browser: Browser, url: str, cookie: str = "") -> dict[str, float]:
    """On a phone: cold, what Dash adds to it, and the same address once more."""
    context = _phone(browser, url, cookie)
    page = context.new_page()
    counted = _Counted(context.new_cdp_session(page))
    page.goto(url, wait_until="networkidle")
    cold = counted.taken()
    start_dash(page)
    page.wait_for_load_state("networkidle")
    dash = counted.taken()
    page.goto("about:blank")
    counted.taken()
    page.goto(url, wait_until="networkidle")
    warm = counted.taken()
    context.close()
    return {
        "cold_bytes": cold[0],
        "cold_requests": cold[1],
        "dash_bytes": dash[0],
        "warm_bytes": warm[0],
        "warm_requests": warm[1],
    }


def start_dash(page: Page) -> None:
    page.evaluate("""dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", movementX: 1 }))""")
    page.locator("#page-at-first").wait_for(state="detached")


def added_ms(browser: Browser, url: str, button: str, wanted: str, *, is_started: bool, rounds: int = 3) -> float:
    """Median from the touch on `button` until `wanted` is seen. `is_started`: Dash runs already."""
    return statistics.median(_touch(browser, url, button, wanted, is_started=is_started) for _ in range(rounds))


def _touch(browser: Browser, url: str, button: str, wanted: str, *, is_started: bool) -> float:
    context = _phone(browser, url)
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    if is_started:
        start_dash(page)
        page.wait_for_load_state("networkidle")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.evaluate(TOUCHED, wanted)
    page.locator(button).first.tap()
    page.wait_for_function("window.taken !== null", timeout=60_000)
    taken = float(page.evaluate("window.taken"))
    context.close()
    return taken


def _phone(browser: Browser, url: str, cookie: str = "") -> BrowserContext:
    context = browser.new_context(viewport=PHONE, device_scale_factor=1.75, is_mobile=True, has_touch=True)
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": url}])
    return context
