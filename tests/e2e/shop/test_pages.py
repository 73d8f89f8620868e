"""Every page opens without a fault under its own strict policy, on a desktop and on a phone, and fits its width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from app.domain import MAY
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, VIOLATIONS, Faults, Theme, Visitor, address, signed_in
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
CUT_OFF = """[...document.querySelectorAll("body *")].filter((element) => {
  const box = element.getBoundingClientRect();
  const isShown = box.width > 1 && !element.closest(".chips, .table-scroll, .offcanvas, .visually-hidden");
  const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  return isShown && says && box.right > innerWidth + 1;
}).map((element) => `${element.className} ${element.textContent.slice(0, 30)}`)"""
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


@pytest.mark.parametrize(
    ("is_admin", "part"),
    [
        pytest.param(False, slice(None), id="shopper"),
        *(pytest.param(True, slice(n, None, 4), id=f"staff-{n}") for n in range(4)),
    ],
)
def test_every_page_opens_without_a_fault_and_keeps_its_policy(
    is_admin: bool, part: slice, built_app: WiredApp, visitor: Visitor, things: dict[str, str], record_property
) -> None:
    """`built_app` is only asked which pages there are; they are opened on the real server."""
    page, faults = visitor(signed_in=ADMIN if is_admin else None)
    faults.expected = (404,)
    page.add_init_script(VIOLATIONS)
    is_public = {address(name, things): None in MAY[declared.access] for name, declared in PAGES.items()}
    # What both may open is looked at as the shopper sees it, and the shop's own frame also as the staff does.
    shared = ("/", address("product", things)) if is_admin else SEARCHES
    paths = [path for path, is_open in is_public.items() if is_open != is_admin]
    charts = 0
    for turn in range(len(paths))[part]:
        charts += look(page, faults, paths[turn])
        scan_in_turn(page, faults, paths[turn], turn)
    for path in shared[part]:
        charts += look(page, faults, path)
    assert faults.seen == []
    assert charts >= 2 or "/admin" not in paths[part]
    who = "staff" if is_admin else "a shopper"
    record_property(
        "proved",
        f"{len(paths[part])} pages in Chromium for {who}, {charts} charts drawn, all scanned by axe: no violation",
    )


def test_a_page_of_the_staff_fits_a_phone_in_the_dark(
    built_app: WiredApp, visitor: Visitor, things: dict[str, str]
) -> None:
    page, faults = visitor(width=390, theme="dark", signed_in=ADMIN)
    page.add_init_script(VIOLATIONS)
    for name in PHONE_PAGES:
        look(page, faults, address(name, things))
    assert faults.seen == []


@pytest.fixture
def long_names(shop: RunningServer) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """A customer (e-mail, password) and what they bought, under names of full length without a place to break."""
    admin, buyer, customer = signed_in(shop), requests.Session(), ("long@shop.example", "seven quiet herons")
    buyer.headers["Origin"] = shop.url
    draft = {"name": "Handglasierte" * 15, "price": "699", "stock": 9, "category": "Ceramics"}
    product = admin.post(f"{shop.url}/api/products", json=draft).json()["product_id"]
    person = {"fullname": "Ashalata" * 15, "email": customer[0], "password": customer[1]}
    buyer.post(f"{shop.url}/api/signup", json=person).raise_for_status()
    buyer.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
    order = buyer.post(f"{shop.url}/api/record_payment").json()["order_id"]
    buyer.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
    yield customer, {"product_id": product, "order_id": str(order), "name": "about"}
    admin.delete(f"{shop.url}/api/delete_product/{product}").raise_for_status()


def test_every_page_of_shop_and_account_fits_the_narrowest_phone_with_the_longest_names(
    built_app: WiredApp,
    visitor: Visitor,
    long_names: tuple[tuple[str, str], dict[str, str]],
    record_property,
) -> None:
    customer, bought = long_names
    page, faults = visitor(width=NARROWEST, theme="dark", signed_in=customer)
    faults.expected = (404,)
    names = [name for name, declared in PAGES.items() if declared.frame in FIT_THE_NARROWEST]
    for path in (*(address(name, bought) for name in names), *SEARCHES, f"/orders/{bought['order_id']}?thanks=1"):
        page.goto(path)
        page.locator("main h1").first.wait_for(state="attached")
        faults.check(page.evaluate(OVERFLOW) <= 0, f"{path}: {page.evaluate(OVERFLOW)} px wider than the screen")
        for words in page.evaluate(CUT_OFF):
            faults.check(False, f"{path}: beyond the edge: {words}")
    assert faults.seen == []
    record_property("proved", f"{len(names)} pages at {NARROWEST} px, nothing beyond the edge")


def test_an_unknown_address_is_a_404_with_a_way_back(visitor: Visitor) -> None:
    page, faults = visitor()
    faults.expected = (404,)
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("main").get_by_role("link").first.wait_for()


def test_the_shops_own_words_are_read_in_their_own_direction_on_a_page_of_the_other(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/ar/pages/about")
    words = page.locator(".reading p").first
    expect(words).to_have_text("We make lamps.")
    assert words.evaluate(
        """words => {
          const place = (node, start, end) => {
            const range = document.createRange();
            range.setStart(node, start);
            range.setEnd(node, end);
            return range.getBoundingClientRect();
          };
          const stop = words.lastChild, box = words.getBoundingClientRect();
          const at = { first: place(words.firstChild, 0, 1).left, stop: place(stop, 0, 1).right, end: box.right };
          return at.first < at.stop && Math.abs(at.stop - at.end) < 2;
        }"""
    ), "the full stop stands at the end of the words, and they at the side on which the page begins"
    assert faults.seen == []
