"""Every page opens without a fault under its own strict policy, on a desktop and on a phone, and fits its width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.domain import MAY
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, VIOLATIONS, Faults, Profiles, Theme, Visitor, address, visitors
from tests.support.axe import scan
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

SEARCHES = ("/?q=cusion", "/?category=Kitchen&sort=price_asc&page=2")
# What is laid out differently on a phone, of the staff's pages.
PHONE_PAGES = (
    "admin-overview",
    "admin-stock",
    "admin-inventory",
    "admin-orders",
    "admin-order",
    "admin-returns",
    "admin-customers",
    "admin-customer",
    "admin-time-machine",
    "admin-notifications",
    "admin-staff",
    "admin-audit",
    "admin-alerts",
    "wall",
)
NARROWEST = 320  # px: a small phone, and a window of 1280 px at 400 %
FIT_THE_NARROWEST = ("store",)  # frames, all pages of which do
OVERFLOW = "(document.documentElement.scrollWidth - document.documentElement.clientWidth)"
# Each page is scanned once, in one of these; the whole grid is tests/e2e/web/test_axe.py.
LOOKS: tuple[tuple[int, Theme], ...] = ((1440, "light"), (390, "dark"), (1440, "dark"), (390, "light"))
LIVE_PAGES = ("/admin", "/admin/stock", "/admin/customers", "/wall")  # their stream keeps the network busy


def look(page: Page, faults: Faults, path: str) -> int:
    """Open it, notice what is wrong, and count its charts."""
    page.goto(path)
    page.locator("main h1").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle" if path not in LIVE_PAGES else "load")
    charts = page.locator(".dash-graph").count()
    if charts:
        page.locator(".dash-graph svg.main-svg").first.wait_for(state="attached")
        page.locator(".dash-graph:not(:has(svg.main-svg))").last.wait_for(state="detached")
    faults.check(page.locator(".dash-graph:has(svg.main-svg)").count() == charts, f"{path}: a chart is not drawn")
    faults.check(page.locator("main h1").count() == 1, f"{path}: not one heading")
    for _ in range(50):  # a chart finds its width a moment after it is drawn
        if page.evaluate(OVERFLOW) <= 0:
            break
        page.wait_for_timeout(100)
    faults.check(page.evaluate(OVERFLOW) <= 0, f"{path}: {page.evaluate(OVERFLOW)} px wider than the screen")
    for words in page.evaluate("window.violations"):
        faults.check(False, f"{path}: {words}")
    return charts


def scan_in_turn(page: Page, faults: Faults, path: str, turn: int) -> None:
    """What axe-core says of the page that is open, in the look whose turn it is."""
    width, theme = LOOKS[turn % len(LOOKS)]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    for words in scan(page):
        faults.check(False, f"{path}, {width} px, {theme}: {words}")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("is_admin", [False, True], ids=["shopper", "staff"])
def test_every_page_opens_without_a_fault_and_keeps_its_policy(
    is_admin: bool, built_app: WiredApp, visitor: Visitor, things: dict[str, str], record_property
) -> None:
    """`built_app` is only asked which pages there are; they are opened on the real server."""
    page, faults = visitor(signed_in=ADMIN if is_admin else None)
    faults.expected = (404,)
    page.add_init_script(VIOLATIONS)
    is_public = {address(name, things): None in MAY[declared.access] for name, declared in PAGES.items()}
    paths = [path for path, is_open in is_public.items() if is_admin or is_open]
    charts = scans = 0
    for path in (*paths, *SEARCHES):
        charts += look(page, faults, path)
        if is_public.get(path, True) != is_admin:  # what both may open is scanned as the shopper sees it
            scan_in_turn(page, faults, path, scans)
            scans += 1
    assert faults.seen == []
    assert charts >= 2 or not is_admin
    who = "staff" if is_admin else "a shopper"
    record_property(
        "proved",
        f"{len(paths)} pages in Chromium for {who}, {charts} charts drawn, {scans} scanned by axe: no violation",
    )


def test_a_page_of_the_staff_fits_a_phone_in_the_dark(
    built_app: WiredApp, visitor: Visitor, things: dict[str, str]
) -> None:
    page, faults = visitor(width=390, theme="dark", signed_in=ADMIN)
    page.add_init_script(VIOLATIONS)
    for name in PHONE_PAGES:
        look(page, faults, address(name, things))
    assert faults.seen == []


def test_every_page_of_shop_and_account_fits_the_narrowest_phone_in_the_dark(
    built_app: WiredApp, visitor: Visitor, things: dict[str, str], record_property
) -> None:
    page, faults = visitor(width=NARROWEST, theme="dark", signed_in=ADMIN)
    faults.expected = (404,)
    page.add_init_script(VIOLATIONS)
    names = [name for name, declared in PAGES.items() if declared.frame in FIT_THE_NARROWEST]
    for path in (*(address(name, things) for name in names), *SEARCHES):
        look(page, faults, path)
    assert faults.seen == []
    record_property("proved", f"{len(names)} pages at {NARROWEST} px, none of them wider")


@pytest.fixture(scope="module")
def empty_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """As its owner first sees it: no product, no order, nobody but an admin."""
    with RunningServer(tmp_path_factory.mktemp("empty-shop"), workers=1) as server:
        server.command("create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin", text=ADMIN[1])
        yield server


def test_no_page_of_a_shop_that_has_nothing_yet_has_a_fault(
    built_app: WiredApp, empty_shop: RunningServer, browser: Browser, record_property
) -> None:
    paths = [page.path for page in PAGES.values() if page.path and (page.frame != "store" or page.name == "home")]
    with visitors(Profiles(browser, empty_shop.url), empty_shop.url) as visitor:
        page, faults = visitor(signed_in=ADMIN)
        page.add_init_script(VIOLATIONS)
        for turn, path in enumerate(paths):
            look(page, faults, path)
            scan_in_turn(page, faults, path, turn)
        assert faults.seen == []
    record_property("proved", f"{len(paths)} pages of an empty shop opened and scanned: no error in the console")


def test_an_unknown_address_is_a_404_with_a_way_back(visitor: Visitor) -> None:
    page, faults = visitor()
    faults.expected = (404,)
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("main").get_by_role("link").first.wait_for()
