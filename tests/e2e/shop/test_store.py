"""What the store does with what shoppers type, and with payments that take their time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Visitor
from tests.e2e.shop.test_journeys import APPROVED, DECLINED, fill_checkout, pay, put_in_cart

pytestmark = [pytest.mark.browser, pytest.mark.server]

NEVER_CHARGED = "4000000000000341"


def type_quantity(page: Page, scope: str, text: str) -> None:
    """Into the stepper of `scope`, as a person does who then goes elsewhere."""
    field = page.locator(f"{scope} .step-value").first
    field.fill("")
    field.press_sequentially(text)
    field.blur()


def expect_most(page: Page, scope: str) -> str:
    """A quantity far too large becomes all there is, and the shopper is told."""
    most = page.locator(f"{scope} .stepper").first.get_attribute("data-most") or ""
    type_quantity(page, scope, "9999")
    expect(page.locator("#toasts").get_by_text(f"Only {most} left", exact=True)).to_be_visible()
    expect(page.locator(f"{scope} .step-value").first).to_have_value(most)
    for rubbish in ("", "2.5", "-3"):
        type_quantity(page, scope, rubbish)
        expect(page.locator(f"{scope} .step-value").first).to_have_value(most)
    page.get_by_label("Dismiss").first.click()
    return most


def test_a_quantity_above_the_stock_becomes_all_there_is(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/?q=mug&in_stock=1")
    page.locator(".buy-add").first.click()
    expect(page.locator("#cart-count")).to_have_text("1")
    most = expect_most(page, ".buy.is-in-cart")
    expect(page.locator("#cart-count")).to_have_text(most)
    page.goto("/cart")
    expect_most(page, ".cart-page")
    page.goto("/?q=cushion&in_stock=1")
    page.locator(".product-card a").first.click()
    expect_most(page, ".product-buy")
    assert faults.seen == []


def test_an_unclear_payment_ends_by_itself_in_list_and_order(visitor: Visitor) -> None:
    page, faults = visitor()
    faults.expected = (402, 503)
    put_in_cart(page, "notebook")
    fill_checkout(page, email="guest.four@shop.example", card=DECLINED)
    pay(page)
    declined = page.get_by_text("The card was declined")
    expect(declined).to_be_visible()
    page.get_by_label("Card number").fill(NEVER_CHARGED)
    pay(page)
    expect(page.get_by_text("Paying…")).to_be_visible()
    expect(declined).to_be_hidden()
    expect(page.locator("#checkout-news")).to_contain_text("the result appears here by itself")
    expect(page.locator("#checkout-news")).to_be_focused()
    expect(page.get_by_role("button", name=re.compile("^Pay"))).to_be_hidden()
    # The worker settles it within seconds: each page may be opened before or after, and is never loaded again.
    listed, order = page.context.new_page(), page.context.new_page()
    listed.goto("/orders")
    order.goto("/orders")
    order.locator(".order-list a").first.click()
    outcome = page.locator("#checkout-news")
    expect(outcome).to_contain_text("Nothing was charged", timeout=60_000)
    expect(outcome).to_be_focused()
    expect(page.get_by_role("button", name=re.compile("^Pay"))).to_be_enabled()
    expect(listed.get_by_text("Payment running")).to_have_count(0, timeout=10_000)
    expect(listed.get_by_text("Payment failed")).to_have_count(2)
    expect(order.get_by_role("link", name="Back to the cart")).to_be_visible(timeout=10_000)
    assert faults.seen == []


def test_an_answer_that_was_lost_on_the_way_is_asked_for(visitor: Visitor) -> None:
    page, faults = visitor()
    put_in_cart(page, "tray")
    fill_checkout(page, email="guest.five@shop.example", card=APPROVED)

    def lose_the_answer(route: Route) -> None:
        if "checkout-pay.n_clicks" not in (route.request.post_data or ""):
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route(re.compile("_dash-update-component"), lose_the_answer)
    pay(page)
    expect(page.get_by_role("heading", name="Thank you, Meera")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    assert [seen for seen in faults.seen if "did not respond" not in seen] == []


def test_the_first_of_the_faults_has_the_focus_after_each_try(visitor: Visitor) -> None:
    page, faults = visitor(width=390)
    put_in_cart(page, "bowl")
    page.goto("/checkout")
    for _ in range(2):
        pay(page)
        expect(page.get_by_label("E-mail")).to_be_focused()
        expect(page.locator(".field.is-wrong:visible")).to_have_count(9)
    page.get_by_label("E-mail").fill("guest.six@shop.example")
    expect(page.locator(".field.is-wrong:visible")).to_have_count(8)  # who corrects a field is not told any longer
    pay(page)
    expect(page.get_by_label("Full name")).to_be_focused()
    assert faults.seen == []
