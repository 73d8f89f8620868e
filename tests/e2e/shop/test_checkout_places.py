"""The checkout's address form follows the chosen country."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor
from tests.e2e.shop.test_journeys import APPROVED, order_number, pay, put_in_cart


def labels(page: Page) -> list[str]:
    """As the keyboard goes through them."""
    shown = page.locator("#checkout-places .field:visible .field-label")
    return [text.replace("optional", "") for text in shown.all_inner_texts()]


def test_the_form_has_the_fields_of_the_country_and_keeps_what_was_typed(visitor: Visitor) -> None:
    page, faults = visitor()
    put_in_cart(page, "mug")
    page.goto("/checkout")
    country = page.get_by_label("Country", exact=True)
    page.get_by_label("Street and number").fill("1 Long Road")
    page.get_by_label("PIN code").fill("411001")
    page.get_by_label("State", exact=True).select_option("Maharashtra")

    country.focus()
    seen = {}
    for code, word in (
        ("US", "ZIP code"),
        ("JP", "Prefecture"),
        ("DE", "Postcode"),
        ("IE", "Eircode"),
        ("AE", "Emirate"),
    ):
        country.select_option(code)
        expect(page.get_by_label(word)).to_be_visible()
        seen[code] = labels(page)[2:]
        assert page.evaluate("document.activeElement.id") == "checkout-country"
    assert seen == {
        "US": ["City", "State", "ZIP code"],
        "JP": ["Prefecture", "Postcode"],
        "DE": ["Postcode", "City"],
        "IE": ["Townland", "City", "County", "Eircode"],
        "AE": ["Emirate"],
    }

    country.select_option("IN")
    expect(page.get_by_label("PIN code")).to_have_value("411001")
    expect(page.get_by_label("State", exact=True)).to_have_value("Maharashtra")
    country.select_option("GB")
    pay(page)
    expect(page.locator("#checkout-postcode-error")).to_contain_text("Write it like EC1Y 8SY")
    expect(page.locator("#checkout-city-error")).to_have_text("Enter a town or city.")
    expect(page.locator("#checkout-number-error")).to_have_text("Enter a card number.")

    country.select_option("AE")
    page.get_by_label("Emirate").select_option("Dubai")
    page.reload()  # what was typed outlives it, and what is asked for with it
    expect(page.get_by_label("Emirate")).to_have_value("Dubai")
    assert labels(page)[2:] == ["Emirate"]
    page.get_by_label("E-mail").fill("aisha@shop.example")
    page.get_by_label("Full name").fill("Aisha Khan")
    page.get_by_label("Card number").fill(APPROVED)
    page.get_by_label("Expiry").fill("12/39")
    page.get_by_label("Security code").fill("123")
    pay(page)
    order_number(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile("1 Long Road.*Dubai.*United Arab Emirates", re.S))
    assert faults.seen == []


def test_countries_stand_in_the_order_of_the_stores_language(visitor: Visitor) -> None:
    page, _ = visitor()
    put_in_cart(page, "mug")
    page.goto("/checkout")
    options = page.locator("#checkout-country option")
    expect(options.nth(2)).to_have_text("Åland Islands")  # after Afghanistan, before Albania
    names = ["Österrike", "Oman", "Zambia", "Åland", "Egypten"]
    sort = """([names, locale]) =>
        dash_clientside.checkout.sorted(names.map((label) => ({ label })), locale).map((option) => option.label)"""
    assert page.evaluate(sort, [names, "sv"]) == ["Egypten", "Oman", "Zambia", "Åland", "Österrike"]
    assert page.evaluate(sort, [names, "de"]) == ["Åland", "Egypten", "Oman", "Österrike", "Zambia"]
