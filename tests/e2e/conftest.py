"""One demo shop on the real server, and a real browser in front of it."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from app.domain import Actor, AuditAction
from app.services.audit.log import entry_of
from app.stores.sql.engine.database import Database
from app.stores.sql.settings.settings import SqlSettings
from app.web.page import PAGES
from tests.support.chromium import launch_chromium
from tests.support.server import RunningServer
from tests.support.templates import template

ADMIN = ("owner@shop.example", "seven wild geese fly")
CREATE_ADMIN = ["create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin"]
ABOUT = "## Who we are\n\nWe *make* [lamps](/).\n\n1. one\n2. two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> said\n"
PATIENCE = 30_000  # ms, for a machine with other tests on it; nothing waits longer than it must
expect.set_options(timeout=PATIENCE)

# Collects in `window.violations` what the policy of a page forbade.
VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""

# Finished pages wait with Dash for a sign of use; here it comes with the page, and what a test does comes after it.
USED = """dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", movementX: 1 }))"""


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("browser-shop")
    shutil.copytree(template("browser-shop", furnish), folder, dirs_exist_ok=True)
    with RunningServer(folder) as server:
        yield server


def furnish(folder: Path) -> None:
    """A year of demo trade with its forecasts, which each worker would begin by making, and an admin."""
    shop = RunningServer(folder)
    for words in (["migrate"], ["demo", "--orders", "800"], ["refresh-forecasts"]):
        shop.command(*words)
    shop.command(*CREATE_ADMIN, text=ADMIN[1])
    database = Database(f"sqlite:///{folder / 'shop.db'}")
    entry = entry_of(Actor("asha"), AuditAction.SETTINGS_CHANGE, "settings", "Pages", "Pages")
    SqlSettings(database).write({"page_about": ABOUT}, "", "first", entry, without_orders=False)
    database.dispose()


def signed_in(shop: RunningServer) -> requests.Session:
    client = requests.Session()
    client.headers["Origin"] = shop.url
    client.post(f"{shop.url}/api/login", json={"email": ADMIN[0], "password": ADMIN[1]}).raise_for_status()
    return client


@pytest.fixture(scope="module")
def things(shop: RunningServer) -> dict[str, str]:
    """A product and an order to look at, and something in the cart."""
    client = signed_in(shop)
    product = next(p for p in client.get(f"{shop.url}/api/products").json() if p["stock"] > 3)["product_id"]
    client.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
    order = client.post(f"{shop.url}/api/record_payment").json()["order_id"]
    client.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
    return {"product_id": product, "order_id": str(order), "user_id": "1", "name": "about"}


def address(name: str, things: dict[str, str]) -> str:
    path = PAGES[name].path or PAGES[name].path_template or ""
    return re.sub(r"<(\w+)>", lambda variable: things[variable[1]], path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch_chromium(playwright)
        yield started
        started.close()


class Faults:
    """What a page must not do: script errors, failed requests, requests to other hosts."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.seen: list[str] = []
        self.expected: tuple[int, ...] = ()

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("request", lambda request: self._host(request.url))
        page.on("response", lambda response: self._status(response.status, response.url))

    def check(self, holds: bool, words: str) -> None:
        if not holds:
            self.seen.append(words)

    def _console(self, kind: str, text: str) -> None:
        # Failed requests are told by their response; Dash repeats them here.
        if kind == "error" and "Failed to load resource" not in text and "Callback error" not in text:
            self.seen.append(f"console: {text}")

    def _host(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:", "about:")):
            self.seen.append(f"foreign request: {url}")

    def _status(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected:
            self.seen.append(f"{status}: {url}")


Theme = Literal["light", "dark"]
Visitor = Callable[..., tuple[Page, Faults]]


class Profiles:
    """Browsers of one look each. One that was used comes back without what it stored, but with its scripts compiled."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser, self._base = browser, base
        self._free: dict[tuple[int, str], list[BrowserContext]] = defaultdict(list)

    def take(self, width: int, theme: Theme) -> BrowserContext:
        free = self._free[width, theme]
        if free:
            return free.pop()
        context = self._browser.new_context(
            base_url=self._base, viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        return context

    def give_back(self, context: BrowserContext, width: int, theme: Theme) -> None:
        for page in context.pages:
            page.goto("about:blank")  # Chromium may never close a page that is just being loaded
            page.close()
        context.set_offline(False)
        context.clear_cookies()
        empty = context.new_page()
        storage = {"origin": self._base, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"}
        context.new_cdp_session(empty).send("Storage.clearDataForOrigin", storage)
        empty.close()
        self._free[width, theme].append(context)


@pytest.fixture(scope="module")
def profiles(shop: RunningServer, browser: Browser) -> Profiles:
    return Profiles(browser, shop.url)


def wait_for_dash(page: Page) -> None:
    """From now on, each time that `page` opens or reloads an address."""
    open_address, load_again = page.goto, page.reload

    def waited(go: Callable[..., Any]) -> Callable[..., Any]:
        def and_wait(*args: Any, **kwargs: Any) -> Any:
            answer = go(*args, **kwargs)
            with suppress(Error):  # it leads on by itself: no page that waits
                page.evaluate(USED)
            page.locator("#page-at-first").wait_for(state="detached")
            return answer

        return and_wait

    page.goto, page.reload = waited(open_address), waited(load_again)  # type: ignore[method-assign]


@contextmanager
def visitors(profiles: Profiles, base: str) -> Iterator[Visitor]:
    """What opens a browser of its own per call, on the shop at `base`."""
    opened: list[tuple[BrowserContext, int, Theme]] = []

    def open_page(
        *, width: int = 1440, theme: Theme = "light", signed_in: tuple[str, str] | None = None
    ) -> tuple[Page, Faults]:
        context = profiles.take(width, theme)
        opened.append((context, width, theme))
        if signed_in:
            answer = context.request.post(
                "/api/login", data={"email": signed_in[0], "password": signed_in[1]}, headers={"Origin": base}
            )
            assert answer.ok, answer.text()
        faults = Faults(base)
        page = context.new_page()
        faults.watch(page)
        wait_for_dash(page)
        return page, faults

    yield open_page
    for used in opened:
        profiles.give_back(*used)


@pytest.fixture
def visitor(shop: RunningServer, profiles: Profiles) -> Iterator[Visitor]:
    """Opens a browser of its own per call: `visitor(width=390, signed_in=ADMIN)`."""
    with visitors(profiles, shop.url) as opens:
        yield opens
