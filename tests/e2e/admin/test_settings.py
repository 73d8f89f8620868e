"""A setting in the browser: seen before it is saved, said to be wrong where it is typed, and in force in the store."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]

IN_FORCE = 40  # looks, a tenth of a second apart: it holds everywhere within two seconds


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def store_says(page: Page, words: str) -> bool:
    return words in page.request.get("/pages/about").text()


def wait_for_store(page: Page, words: str, *, says: bool) -> None:
    for _ in range(IN_FORCE):
        if store_says(page, words) == says:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the store {'does not say' if says else 'still says'} {words}")


def test_a_setting_is_previewed_saved_and_in_force_and_a_wrong_one_is_said(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/settings?section=pages&page=about")
    about = page.get_by_label("About")
    before = about.input_value()
    about.fill(f"{before}\n\n## Open on Sundays")
    expect(page.locator("#admin-settings-preview")).to_contain_text("Open on Sundays")
    assert not store_says(page, "Open on Sundays")
    save(page)
    expect(page.locator("#toasts")).to_contain_text("Saved")
    wait_for_store(page, "Open on Sundays", says=True)
    about.fill(before)
    expect(page.locator("#admin-settings-preview")).not_to_contain_text("Open on Sundays")
    save(page)
    wait_for_store(page, "Open on Sundays", says=False)
    page.goto("/admin/settings?section=mail")
    reply = page.get_by_label("Reply-to")
    reply.fill("nobody")
    save(page)
    expect(page.locator(".field-error", has_text="e-mail")).to_be_visible()
    expect(reply).to_have_value("nobody")
    page.reload()
    expect(reply).to_have_value("")
    assert faults.seen == []
