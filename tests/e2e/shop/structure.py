"""What a screen reader finds from a product to its paid order: landmarks, headings, and controls by name."""

from __future__ import annotations

from playwright.sync_api import Page, expect

GRID = """
- link "Skip to content"
- banner:
  - link "Retail Sync"
  - search:
    - combobox "Search products"
    - button "Search"
  - navigation "Your shop":
    - button /^Cart/
- main:
  - heading "All products" [level=1]
- contentinfo:
  - navigation "Footer"
  - navigation "Language"
"""
PRODUCT = """
- banner:
  - search:
    - combobox "Search products"
    - button "Search"
  - navigation "Your shop":
    - button /^Cart/
- main:
  - navigation "Where you are"
  - heading /./ [level=1]
  - group /^Quantity of/
  - button "Add to cart"
  - heading "Details" [level=2]
  - button "Share"
  - heading "You may also like" [level=2]
- contentinfo:
  - navigation "Footer"
  - navigation "Language"
- dialog "Your cart":
  - button "Close"
"""
CHECKOUT = """
- banner:
  - navigation "Checkout"
- main:
  - heading "Checkout" [level=1]
  - heading "Contact" [level=2]
  - textbox "E-mail"
  - heading "Delivery address" [level=2]
  - textbox "Full name"
  - combobox "Country"
  - textbox "Street and number"
  - textbox "City"
  - textbox "PIN code"
  - combobox "State"
  - heading "Payment" [level=2]
  - textbox "Card number"
  - textbox "Expiry"
  - textbox "Security code"
  - button /^Pay /
"""
ORDER = """
- banner:
  - navigation "Your shop"
- main:
  - status:
    - heading /^Thank you/ [level=1]
  - button "Print"
  - article:
    - heading /^Invoice INV-\\d+/ [level=2]
    - table /^Lines of order/
- contentinfo:
  - navigation "Footer"
  - navigation "Language"
"""


def expect_structure(page: Page, structure: str) -> None:
    expect(page.locator("body")).to_match_aria_snapshot(structure, timeout=8_000)
