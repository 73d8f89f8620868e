"""Every page opens without a fault under its own strict policy, on a desktop and on a phone, and fits its width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from app.domain import MAY
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, VIOLATIONS, Faults, Visitor, address

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


@pytest.mark.parametrize("is_admin", [False, True], ids=["shopper", "staff"])
def test_every_page_opens_without_a_fault_and_keeps_its_policy(
    is_admin: bool, built_app: WiredApp, visitor: Visitor, things: dict[str, str], record_property
) -> None:
    """`built_app` is only asked which pages there are; they are opened on the real server."""
    page, faults = visitor(signed_in=ADMIN if is_admin else None)
    faults.expected = (404,)
    page.add_init_script(VIOLATIONS)
    paths = [address(name, things) for name, declared in PAGES.items() if is_admin or None in MAY[declared.access]]
    charts = sum(look(page, faults, path) for path in (*paths, *SEARCHES))
    assert faults.seen == []
    assert charts >= 2 or not is_admin
    who = "staff" if is_admin else "a shopper"
    record_property("proved", f"{len(paths)} pages in Chromium for {who}, {charts} charts drawn, no violation")


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


def test_an_unknown_address_is_a_404_with_a_way_back(visitor: Visitor) -> None:
    page, faults = visitor()
    faults.expected = (404,)
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("main").get_by_role("link").first.wait_for()
