"""Two people at one form in the browser: what both changed is asked where it is seen, and what is chosen stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]

PRICED = """([id, price]) => fetch("/api/products").then((answer) => answer.json())
  .then((all) => all.find((one) => one.product_id === id).price === price)"""


def save_price(page: Page, price: str) -> None:
    page.get_by_label("Price, INR").fill(price)
    page.get_by_role("button", name="Save", exact=True).click()


def test_whoever_saves_second_is_asked_in_sight_whose_price_stands(visitor: Visitor) -> None:
    first, faults = visitor(signed_in=ADMIN)
    second, more_faults = visitor(width=390, signed_in=ADMIN)
    product = first.request.get("/api/products").json()[0]["product_id"]
    for page in (first, second):
        page.goto(f"/admin/inventory?product={product}&do=details")
        expect(page.get_by_label("Price, INR")).not_to_have_value("")
    save_price(first, "111")
    expect(first.locator("#toasts")).to_contain_text("saved", ignore_case=True)
    save_price(second, "222")
    asked = second.locator(".clashes")
    expect(asked).to_contain_text("₹111.00")
    expect(asked.get_by_role("radio").first).to_be_focused()
    expect(asked).to_be_in_viewport(ratio=0.9)
    asked.get_by_role("radio", name="Yours").check()
    second.get_by_role("button", name="Save", exact=True).click()
    expect(asked).to_have_count(0)
    first.goto("/")  # whose process may know the price a second later
    first.wait_for_function(PRICED, arg=[product, 222])
    assert faults.seen == more_faults.seen == []
