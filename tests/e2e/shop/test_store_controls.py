"""The store under hands that use it: places that are kept, the keyboard's focus, phones and low windows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]

# As on a busy device: nothing of the drawer's own moves when it begins to close, a button's motion in it ends, and it
# is hidden, and without the focus, before it is gone.
BUSY = """drawer => {
  drawer.style.setProperty("transform", "none", "important");
  const end = new TransitionEvent("transitionend", { bubbles: true });
  const observer = new MutationObserver(() => {
    drawer.style.visibility = "hidden";
    document.activeElement.blur();
    drawer.querySelector("button").dispatchEvent(end);
  });
  observer.observe(drawer, { attributeFilter: ["class"] });
}"""

COVERED = """element => {
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return !(top && (element.contains(top) || top.contains(element)));
}"""


def grid(page: Page) -> None:
    page.locator(".product-grid").first.wait_for()
    expect(page.locator("#_pages_content[data-dash-is-loading='true']")).to_have_count(0)


def test_back_and_reload_lead_to_the_place_in_the_grid_that_one_left(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/?sort=name")
    grid(page)
    left_by = page.locator(".product-card .product-link").nth(13)
    name = left_by.inner_text()
    left_by.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 500
    left_by.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#main")).to_be_focused()
    page.go_back()
    expect(left_by).to_be_focused()
    assert page.evaluate("scrollY") == place
    page.reload()
    expect(left_by).to_be_focused()
    assert page.evaluate("scrollY") == place
    assert faults.seen == []


def test_the_keyboard_keeps_its_place_in_the_list(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/")
    grid(page)
    page.locator("#filter-sort").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Sort")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.url.endswith("/"), "an arrow key leads away"
    page.keyboard.press("Enter")
    page.wait_for_url("**/?sort=price_asc")
    expect(page.locator("#filter-sort")).to_be_focused()
    page.locator("#filter-sort").select_option("Name")  # as by pointer
    page.wait_for_url("**/?sort=name")
    page.locator(".chips").get_by_role("link", name="Kitchen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kitchen")
    expect(page.locator(".chip.is-on")).to_be_focused()
    assert faults.seen == []


def test_what_opened_the_cart_has_the_focus_again(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/?in_stock=1")
    grid(page)
    page.locator(".buy-add").first.press("Enter")
    expect(page.locator("#cart-count")).to_have_text("1")
    page.locator(".product-link").nth(2).click()
    add = page.get_by_role("button", name="Add to cart")
    add.press("Enter")  # is busy, and so without the focus, when the drawer opens
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".cart-line")).to_have_count(2)
    drawer.get_by_role("button", name="Remove").first.press("Enter")
    expect(drawer.locator(".cart-line")).to_have_count(1)
    expect(drawer.get_by_role("button", name="Remove")).to_be_focused()  # of the line that is left
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(add).to_be_focused()
    add.press("Enter")
    expect(drawer.locator(".cart-line")).to_have_count(1)
    drawer.get_by_role("button", name="Remove").press("Enter")  # the last one
    expect(drawer.get_by_role("link", name="Browse the shop")).to_be_focused()
    drawer.evaluate(BUSY)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(add).to_be_focused()
    page.evaluate("retail.toast('Only 3 left', 'neutral')")
    page.get_by_label("Dismiss").press("Enter")
    expect(add).to_be_focused()
    assert faults.seen == []


def test_a_phone_shows_what_is_chosen_and_covers_nothing_with_a_message(visitor: Visitor) -> None:
    page, faults = visitor(width=390)
    page.goto("/?category=Toys+%26+Games&in_stock=1")
    grid(page)
    chips = page.locator(".chips .chip")
    tops = chips.evaluate_all("all => all.map(chip => chip.offsetTop)")
    assert len(set(tops)) == 1, "the chips wrap"
    looks = chips.evaluate_all("all => all.map(chip => getComputedStyle(chip).backgroundColor)")
    assert looks.count(looks[-1]) == 1, "chips that are not chosen look as if they were"
    expect(page.locator(".chips .is-on")).to_be_in_viewport(ratio=1)
    page.locator(".product-link").first.click()
    add = page.get_by_role("button", name="Add to cart")
    add.scroll_into_view_if_needed()
    page.evaluate("for (const words of ['one', 'two', 'three']) retail.toast(words.repeat(20), 'bad')")
    assert not add.evaluate(COVERED)
    add.click()
    drawer = page.get_by_role("dialog")
    checkout = drawer.get_by_role("link", name="Check out")
    checkout.wait_for()
    page.wait_for_timeout(250)  # it slides in
    assert not checkout.evaluate(COVERED)
    page.goto("/")
    assert not page.locator(".cart-bar-link").evaluate(COVERED)
    assert faults.seen == []


def test_the_product_page_says_what_the_cart_holds_while_it_changes(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/?in_stock=1")
    grid(page)
    # Another product, and away before its number stood still: what was asked for is done all the same.
    page.evaluate("""() => {
      document.querySelectorAll(".buy-add")[1].click();
      setTimeout(() => document.querySelector(".product-link").click(), 60);
    }""")
    expect(page.locator("#cart-count")).to_have_text("1")
    name = re.escape(page.locator(".product-title").inner_text())
    page.get_by_role("button", name="Add to cart").click()
    held, drawer = page.locator("#product-held"), page.get_by_role("dialog")
    expect(held).to_have_text("1 in your cart")
    drawer.get_by_role("button", name=re.compile(f"^One more of {name}")).click()
    expect(held).to_have_text("2 in your cart")
    drawer.get_by_role("button", name=re.compile(f"^Remove {name}")).click()
    expect(held).to_be_hidden()
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()
    add = page.locator("#product-add")
    page.context.set_offline(True)
    add.click()
    expect(page.locator(".toast-note")).to_contain_text("You are offline")
    expect(add).to_be_enabled()
    expect(add.get_by_text("Added")).to_be_hidden()
    page.context.set_offline(False)
    add.click()
    expect(held).to_have_text("1 in your cart")
    assert faults.seen == []


def test_what_is_put_into_the_cart_in_vain_does_not_stay_in_it(visitor: Visitor) -> None:
    page, faults = visitor()
    page.clock.install()
    page.goto("/?in_stock=1")
    grid(page)
    card = page.locator(".product-card").first
    page.context.set_offline(True)
    card.locator(".buy-add").click()
    expect(card.locator(".buy")).to_have_class(re.compile("is-in-cart"))
    expect(page.locator(".toast-note")).to_contain_text("You are offline")
    page.clock.run_for(62_000)
    expect(page.get_by_text("The cart could not be changed.")).to_be_visible()
    expect(card.locator(".buy")).not_to_have_class(re.compile("is-in-cart"))
    page.context.set_offline(False)
    assert faults.seen == []


def test_pictures_are_looked_at_closely_from_the_right_without_motion_and_do_not_cover_the_page_before(
    visitor: Visitor,
) -> None:
    page, faults = visitor()
    page.goto("/ar/?in_stock=1")
    grid(page)
    page.locator(".product-link").first.click()
    link, zoomed = page.locator(".gallery-link").first, page.locator("dialog.zoom")
    link.press("Enter")
    page.keyboard.press("+")
    middle = "box => (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth"
    assert page.locator(".zoom-box").evaluate(middle) == pytest.approx(0.5, abs=0.01)
    link.evaluate("link => link.replaceWith(link.cloneNode(true))")  # as when the page is drawn anew
    page.keyboard.press("Escape")
    expect(zoomed).to_have_count(0)
    expect(link).to_be_focused()
    link.press("Enter")
    expect(zoomed).to_have_count(1)
    page.go_back()
    expect(zoomed).to_have_count(0)
    grid(page)
    assert faults.seen == []


def test_a_code_that_is_entered_twice_by_key_takes_nothing_out_of_the_cart(visitor: Visitor) -> None:
    staff, _ = visitor(signed_in=ADMIN)
    staff.goto("/admin/discounts")
    staff.get_by_label("Code", exact=True).fill("TWICE10")
    staff.get_by_label("How much").fill("10")
    staff.get_by_role("button", name="Add", exact=True).click()
    expect(staff.get_by_text("TWICE10 can be used.")).to_be_visible()

    page, faults = visitor(width=390)
    page.goto("/product/KIT-111")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("dialog").locator(".cart-line")).to_have_count(1)
    page.goto("/cart")
    page.get_by_label("Discount code").fill("TWICE10")
    page.get_by_label("Discount code").press("Enter")
    expect(page.locator("#main .code-present")).to_contain_text("TWICE10")
    expect(page.locator("#main .code-present").get_by_role("button", name="Remove")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Discount code")).to_be_visible()
    expect(page.locator("#main .cart-line")).to_have_count(1)
    assert faults.seen == []
