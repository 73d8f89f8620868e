"""A purchase with the keyboard alone, in the window that 400 % zoom leaves: each stop is seen, and none is covered."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.shop.test_journeys import APPROVED

pytestmark = [pytest.mark.browser, pytest.mark.server]

AT_400_PERCENT = {"width": 320, "height": 256}  # what a window of 1280 x 1024 px has left then
MOST_STOPS = 60
FORM = {
    "checkout-email": "keys@shop.example",
    "checkout-name": "Key Board",
    "checkout-line1": "14 Lake View Road",
    "checkout-city": "Pune",
    "checkout-postcode": "411001",
    "checkout-area": "Maha",  # a list goes to what is typed
    "checkout-number": APPROVED,
    "checkout-expiry": "1239",
    "checkout-cvc": "123",
}
# What is wrong with the place that has the focus, "" for nothing; and its name.
STOP = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
  const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.y + Math.min(box.height, 40) / 2, 1), innerHeight - 2);
  const top = document.elementFromPoint(x, y);
  const isMarked = (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  const wrong = at === document.body ? "the focus is lost"
    : box.bottom < 2 || box.top > innerHeight - 2 ? "out of sight"
    : !top || !(at.contains(top) || top.contains(at)) ? "covered by ." + (top && top.className)
    : isMarked ? "" : "no mark of the focus";
  return [wrong, at.id, (at.getAttribute("aria-label") || at.textContent).trim()];
}"""


class Keys:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def tab_to(self, wanted: str) -> None:
        """Until what has the focus has that id, or a name that begins so."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            self.page.evaluate("new Promise(requestAnimationFrame)")
            wrong, id_, name = self.page.evaluate(STOP)
            if wrong:
                self.wrong.append(f"{name[:30] or id_}: {wrong}")
            if id_ == wanted or name.startswith(wanted):
                return
        raise AssertionError(f"the Tab key never comes to {wanted}")

    def press(self, wanted: str) -> None:
        self.tab_to(wanted)
        self.page.keyboard.press("Enter")


def test_a_purchase_with_the_keyboard_alone_at_400_percent(visitor: Visitor) -> None:
    page, faults = visitor()
    page.set_viewport_size(AT_400_PERCENT)
    page.goto("/?in_stock=1&sort=name&q=bowl")
    name = page.locator(".product-name").first.inner_text()
    keys = Keys(page)
    keys.press(name)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("#main")).to_be_focused()
    keys.press("Add to cart")
    page.locator(".cart-drawer .cart-line").wait_for()
    keys.press("Check out")
    page.locator("#checkout-pay").wait_for()
    expect(page.locator("#main")).to_be_focused()
    for field, text in FORM.items():
        keys.tab_to(field)
        page.keyboard.type(text)
    keys.press("Pay")
    expect(page.get_by_role("heading", name=re.compile("^Thank you"))).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    assert keys.wrong == []
    assert faults.seen == []
