"""The store before Dash runs: read and used without script, and taken over without a jump or a lost click."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.conftest import Faults
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

SAME = 48  # of 255: smoothed edges of letters differ by less between two drawings of the same page
OPEN = Callable[..., Page]

# Elements, classes, names and texts, without what a browser adds or only native forms need.
SHAPE = """(root) => {
  const lines = [];
  const left = ["value", "style", "form", "name", "type", "loading", "selected", "aria-labelledby", "x-placement"];
  const added = /^(data-(rr|popper|dash)|react-aria)/;
  const own = ({ name, value }) => left.includes(name) || added.test(name) || added.test(value);
  (function walk(node, depth) {
    if (node.nodeType === 3 && node.data.trim()) lines.push(" ".repeat(depth) + node.data.trim());
    if (node.nodeType !== 1) return;
    const told = ({ name, value }) => `${name.replace("data-later", "src")}=${value}`;
    const kept = [...node.attributes].filter((one) => !own(one)).map(told).sort();
    lines.push(" ".repeat(depth) + node.tagName + " " + kept.join(" "));
    for (const child of node.childNodes) walk(child, depth + 1);
  })(root, 0);
  return lines;
}"""

# Adds up how far the page's parts were moved about, in `window.moved`.
MOVED = """
window.moved = 0;
const add = (seen) => seen.getEntries().forEach((one) => (window.moved += one.value));
new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def opened(shop: RunningServer, browser: Browser) -> Iterator[OPEN]:
    """Opens a browser on which nothing starts Dash but what a test does."""
    contexts: list[BrowserContext] = []
    faults = Faults(shop.url)

    def open_page(*, is_watched: bool = True, **options: object) -> Page:
        size = {"width": options.pop("width", 1280), "height": 900}
        context = browser.new_context(base_url=shop.url, viewport=size, reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        if is_watched:
            faults.watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults.seen == []


def slow_start(page: Page) -> None:
    """So that there is time to click before Dash is there."""

    def later(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route(re.compile("dash_renderer"), later)


def start(page: Page) -> None:
    page.keyboard.press("Shift")
    expect(page.locator("#react-entry-point")).to_be_attached()
    expect(page.locator("#react-entry-point #main")).to_be_visible()


def test_a_shop_without_script(opened: OPEN) -> None:
    page = opened(java_script_enabled=False, width=390)
    page.goto("/")
    page.get_by_role("searchbox", name="Search products").fill("mug")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=mug"))
    page.get_by_label("Sort by").select_option("Lowest price")
    page.get_by_role("button", name="Sort").click()
    page.wait_for_url(re.compile(r"q=mug.*sort=price_asc"))
    page.goto("/?category=Kitchen&category=Ceramics&in_stock=1")
    page.locator(".chips").get_by_role("link", name=re.compile("^Kitchen")).click()
    page.wait_for_url(re.compile(r"/\?category=Ceramics&in_stock=1$"))
    page.goto("/?in_stock=1")
    page.get_by_role("link", name="Next").click()
    page.wait_for_url(re.compile("page=2"))
    page.locator(".product-link").first.click()
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url(re.compile("/cart$"))
    expect(page.get_by_role("main")).to_contain_text(name)
    page.get_by_role("link", name="Check out").click()
    assert (
        "Checkout needs JavaScript" in page.content()
    )  # a browser without script shows it; this one only has none run


# What can be pressed and is smaller than 24 px, but for words in a sentence and what its label enlarges.
SMALL = """() => [...document.querySelectorAll("a[href], button, select, summary, input")].filter((one) => {
  const box = one.getBoundingClientRect();
  const isSeen = box.width > 0 && !one.closest(".visually-hidden, .skip-link") && one.type !== "hidden";
  const isHelped = one.closest("p, .section-aside") || (one.labels && one.labels.length > 0);
  return isSeen && !isHelped && (box.width < 24 || box.height < 24);
}).map((one) => `${one.className} ${one.textContent}`)"""
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MARKS = """() => [...document.querySelectorAll(".form-control, .chip, .buy-add, .gallery-link")].filter((one) => {
  one.focus({ focusVisible: true });
  const look = getComputedStyle(one);
  return one === document.activeElement && (look.outlineStyle === "none" || parseFloat(look.outlineWidth) < 2);
}).map((one) => one.className)"""


def test_targets_widths_and_forced_colours_are_for_everyone(opened: OPEN) -> None:
    page = opened(forced_colors="active")
    page.request.post("/cart/change", form={"add": "KIT-111"})
    for address in ("/?category=Ceramics", "/product/KIT-111", "/cart", "/checkout", "/login"):
        page.goto(address)
        assert page.evaluate(SMALL) == [], address
        assert page.evaluate(MARKS) == [], address
        for width in (320, 390, 900, 3840):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(BEYOND) <= 0, (address, width)
    page.goto("/?category=Ceramics")
    grounds = [
        page.locator(one).first.evaluate("(one) => getComputedStyle(one).backgroundColor")
        for one in (".chip", ".chip.is-on")
    ]
    assert grounds[0] != grounds[1], "what is chosen is told apart"


def test_the_summary_of_a_checkout_is_folded_on_a_phone_before_any_script_has_run(opened: OPEN) -> None:
    page = opened(width=390, is_watched=False)
    page.request.post("/cart/change", form={"add": "KIT-111"})
    page.route(re.compile(r"\.js"), lambda route: route.abort())
    page.goto("/checkout")
    expect(page.locator(".order-summary .summary-total")).to_be_visible()
    expect(page.locator(".summary-body")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_dash_takes_over_what_is_there_without_a_visible_change(opened: OPEN, width: int) -> None:
    page = opened(width=width)
    page.add_init_script(MOVED)
    page.request.post("/cart/change", form={"add": "KIT-111"})
    for address in ("/?category=Ceramics", "/?q=nothing+like+it", "/product/KIT-111", "/cart", "/checkout"):
        for _ in range(3):  # what another test sells meanwhile moves what stands beside a product
            page.goto(address)
            page.wait_for_load_state("networkidle")
            page.evaluate("window.scrollTo(0, 150)")
            before = page.screenshot(), page.evaluate(SHAPE, page.query_selector("#page-at-first .store-frame"))
            place = page.evaluate("window.scrollY")
            start(page)
            page.wait_for_load_state("networkidle")
            after = page.screenshot(), page.evaluate(SHAPE, page.query_selector("#react-entry-point .store-frame"))
            if before[1] == after[1]:
                break
        assert before[1] == after[1], address
        pictures = [Image.open(BytesIO(one)).convert("RGB") for one in (before[0], after[0])]
        most = max(high for _, high in ImageChops.difference(*pictures).getextrema())
        assert most <= SAME, (address, most)
        assert page.evaluate("[window.scrollY, window.moved]") == [place, pytest.approx(0, abs=0.02)], address


def test_clicks_before_dash_is_there_are_done_once_and_in_order(opened: OPEN) -> None:
    page = opened()
    slow_start(page)
    page.goto("/?in_stock=1")
    adds = page.get_by_role("button", name=re.compile("^Add .* to the cart"))
    adds.nth(0).click()
    expect(page.locator("#page-at-first .buy.is-in-cart")).to_have_count(1)  # said at once
    adds.nth(0).click()  # the next product: the first one's button gave way to its stepper
    page.get_by_role("link", name="Cart", exact=True).click()
    page.wait_for_url(re.compile("/cart$"))
    expect(page.locator(".cart-line")).to_have_count(2)
    expect(page.locator(".cart-line .step-value").first).to_have_value("1")
    expect(page.locator("#cart-count")).to_have_text("2")


@pytest.mark.parametrize("address", ["/product/", "/cart"])
def test_each_click_on_a_stepper_before_dash_is_there_counts_once(opened: OPEN, address: str) -> None:
    page = opened()
    page.goto("/?in_stock=1")
    way = page.locator(".product-link").first.get_attribute("href") or ""
    page.goto(way)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#cart-count")).to_have_text("1")
    page.goto(way if address == "/product/" else address)
    slow_start(page)
    more = page.get_by_role("button", name=re.compile("^One more of")).first
    for _ in range(2):
        more.click()
    expect(page.locator(".step-value").first).to_have_value("3")  # said at once
    if address == "/product/":
        page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#react-entry-point #main")).to_be_visible()
    expect(page.locator("#cart-count")).to_have_text("4" if address == "/product/" else "3")


@pytest.mark.parametrize("with_script", [True, False])
def test_enter_in_a_number_presses_no_other_button(opened: OPEN, with_script: bool) -> None:
    page = opened(java_script_enabled=with_script, is_watched=with_script)
    page.goto("/?in_stock=1")
    address = page.locator(".product-link").first.get_attribute("href") or ""
    page.goto(address)
    units = page.locator(".product-buy .step-value")
    units.fill("3")
    units.press("Enter")
    if with_script:
        expect(page.locator("#react-entry-point #main")).to_be_visible()
    else:
        page.get_by_role("button", name="Add to cart").hover()
    assert page.url.endswith(address)
    expect(page.locator(".offcanvas.show")).to_have_count(0)
    expect(units).to_have_value("3")


def test_suggestions_are_chosen_by_keyboard_before_dash_is_there_and_after(opened: OPEN) -> None:
    page = opened(width=390)
    slow_start(page)
    page.goto("/")
    search = page.get_by_role("combobox", name="Search products")
    search.press_sequentially("cand", delay=10)
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_contain_text("Candles")
    expect(page.locator("#page-at-first")).to_be_attached()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    expect(page.locator("#page-at-first")).to_have_count(0)
    expect(options.first).to_be_visible()  # Dash took over, the list is there again
    expect(search).to_have_attribute("aria-activedescendant", re.compile("-0$"))  # and so is what was chosen
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(search).to_have_value("cand")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_be_visible()
    name = options.nth(1).locator(".suggest-name").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    search.fill("lantern")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("lantern")
    expect(page.locator(".viewed").get_by_role("link", name=name)).to_be_attached()
    search.fill("")
    expect(options.first).to_have_text("lantern")
    options.first.click()
    expect(search).to_have_value("lantern")


def test_who_comes_back_stays_on_the_list_they_came_back_to(opened: OPEN) -> None:
    page = opened()
    page.goto("/")
    page.get_by_label("Sort by").select_option("new")
    page.wait_for_url(re.compile("sort=new"))
    page.go_back()
    expect(page.get_by_label("Sort by")).to_have_value("popular")
    start(page)
    expect(page.get_by_label("Sort by")).to_have_value("popular")
    assert "sort" not in page.url


def test_what_is_typed_before_dash_is_there_stays_with_its_focus(opened: OPEN) -> None:
    page = opened()
    slow_start(page)
    page.goto("/")
    page.get_by_role("combobox", name="Search products").press_sequentially("walnut", delay=10)
    expect(page.locator("#react-entry-point #main")).to_be_visible()
    search = page.get_by_role("combobox", name="Search products")
    expect(search).to_be_focused()
    expect(search).to_have_value("walnut")
    page.keyboard.type(" tray")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=walnut"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “walnut tray”")


def test_what_is_pressed_by_key_before_dash_is_there_has_the_focus_after(opened: OPEN) -> None:
    page = opened()
    held: list[Route] = []
    page.route(re.compile("dash_renderer"), lambda route: held.append(route))

    def go(address: str) -> None:
        held.clear()
        page.goto(address)

    def let_dash_come() -> None:
        while not held:
            page.wait_for_timeout(10)
        held[0].continue_()
        expect(page.locator("#page-at-first")).to_have_count(0)

    at_first = page.locator("#page-at-first")
    drawer = page.get_by_role("dialog")

    go("/?in_stock=1")
    way = page.locator(".product-link").nth(1).get_attribute("href") or ""
    page.get_by_role("button", name=re.compile("^Add .* to the cart")).first.press("Enter")
    expect(at_first.locator(".stepper button:focus")).to_have_count(1)  # to which the button gave way
    let_dash_come()
    stepper = page.locator(".product-card").first.locator(".stepper")
    expect(stepper.get_by_role("button", name=re.compile("^One more"))).to_be_focused()
    expect(page.locator("#cart-count")).to_have_text("1")

    go(way)
    add = page.locator("#product-add")
    add.press("Enter")
    add.press("Enter")  # it would be one too many
    expect(add).to_be_focused()
    let_dash_come()
    expect(drawer.locator(".cart-line")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(add).to_be_focused()
    expect(page.locator("#cart-count")).to_have_text("2")


def test_a_click_is_done_even_when_dash_cannot_start(opened: OPEN) -> None:
    page = opened(is_watched=False)
    page.route(re.compile("dash_renderer"), lambda route: route.abort())
    page.goto("/?in_stock=1")
    page.get_by_role("button", name=re.compile("^Add .* to the cart")).first.click()
    expect(page.locator("#cart-count")).to_have_text("1")
