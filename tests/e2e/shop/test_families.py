"""A product of a family: found as one card, chosen by links on its page, and bought as the SKU that was chosen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.shop.test_journeys import APPROVED, fill_checkout, order_number, pay

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_an_option_is_chosen_by_keyboard_and_that_sku_is_bought(visitor: Visitor) -> None:
    page, faults = visitor()
    page.goto("/?q=block+print+cushion")
    card = page.locator(".product-card", has_text="Block Print Cushion Cover")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("from ₹649.00")
    card.get_by_role("link", name="Choose").click()
    page.wait_for_url(re.compile(r"/product/"))
    colours = page.get_by_role("group", name=re.compile("^Colour"))
    colours.get_by_role("link", name=re.compile("^Madder Red")).press("Enter")
    expect(colours.get_by_role("link", name="Madder Red (chosen)")).to_be_visible()
    sizes = page.get_by_role("group", name=re.compile("^Size"))
    sizes.get_by_role("link", name="60 cm").press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Block Print Cushion Cover, Madder Red, 60 cm")
    expect(colours.get_by_role("link", name=re.compile("^Sage"))).to_contain_text("not in this combination")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#cart-drawer")).to_contain_text("Madder Red, 60 cm")
    fill_checkout(page, email="chooser@shop.example", card=APPROVED)
    pay(page)
    assert order_number(page)
    expect(page.get_by_role("main")).to_contain_text("Block Print Cushion Cover, Madder Red, 60 cm")
    assert faults.seen == []
