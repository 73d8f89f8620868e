"""Pictures of a product in the inventory: added, said in words, put in order, taken out, and then seen in the shop."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 50), colour).save(out, "PNG")
    return out.getvalue()


def test_pictures_are_added_worded_ordered_and_removed(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    product = page.request.get("/api/products").json()[3]["product_id"]
    page.goto(f"/admin/inventory?product={product}&do=details")
    rows, upload = page.locator(".picture-row"), page.locator("#admin-inventory-upload input[type=file]")
    upload.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    expect(page.locator("#admin-inventory-picture-error")).to_contain_text("Choose another one")
    for count, colour in enumerate(("red", "green", "blue"), 1):
        upload.set_input_files({"name": f"{colour}.png", "mimeType": "image/png", "buffer": picture(colour)})
        expect(rows).to_have_count(count)
        page.get_by_label(f"What picture {count} shows").fill(f"All {colour}")
    page.get_by_role("button", name="Move picture 3 up").click()
    expect(page.get_by_label("What picture 2 shows")).to_have_value("All blue")
    page.get_by_role("button", name="Remove picture 1").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Saved.")

    wanted = ["All blue", "All green"]
    for _ in range(40):  # a process of the shop may take a second to see what another one wrote
        (shown,) = [one for one in page.request.get("/api/products").json() if one["product_id"] == product]
        if (words := [one["alt"] for one in shown["pictures"]]) == wanted:
            break
        page.wait_for_timeout(100)
    assert words == wanted
    page.wait_for_timeout(1_100)  # by now every process has seen it
    page.goto(f"/product/{product}")
    expect(page.get_by_role("img", name="All blue", exact=True)).to_be_visible()
    page.get_by_role("link", name="Show picture 2: All green").press("Enter")
    expect(page.get_by_role("img", name="All green", exact=True)).to_be_in_viewport(ratio=0.5)
    look_closely(page)
    assert faults.seen == []


def look_closely(page: Page) -> None:
    """By the keyboard alone, and back to where one was."""
    page.locator("#picture-2 .gallery-link").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name="All green")).to_be_visible()
    width = "document.querySelector('.zoom-picture').getBoundingClientRect().width"
    before = page.evaluate(width)
    for key in ("+", "+", "-"):
        page.keyboard.press(key)
    page.wait_for_function(f"Math.abs({width} - 1.5 * {before}) < 5")
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="All blue")).to_be_visible()
    expect(dialog.get_by_role("status")).to_have_text("1 / 2")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.zoom")).to_have_count(0)  # it is gone, not only closed
    expect(page.locator("#picture-2 .gallery-link")).to_be_focused()
    page.get_by_role("button", name="Share").press("Enter")
    expect(page.locator("#share-said")).to_have_text("Link copied.")
    expect(page.get_by_role("button", name="Share")).to_be_focused()
