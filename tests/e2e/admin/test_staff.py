"""The staff page in a browser: invite, change a role after being asked, and read about it in the log."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.mark.parametrize("width", [1440, 390])
def test_inviting_changing_and_reading_about_it(visitor: Visitor, width: int) -> None:
    page, faults = visitor(width=width, signed_in=ADMIN)
    name, address = f"Leela {width}", f"leela{width}@shop.example"
    page.goto("/admin/staff")
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail", exact=True).fill(address)
    page.get_by_role("button", name="Send invitation").click()
    row = page.get_by_role("row").filter(has_text=address)
    row.get_by_text("Invited until").wait_for()

    page.get_by_role("button", name=f"Manage {name}").click()
    panel = page.locator(".offcanvas.admin-panel")
    panel.get_by_label("Role").select_option("analyst")
    panel.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog").filter(has_text="Change the role?")
    dialog.get_by_text("Operations → Analyst").wait_for()
    dialog.get_by_role("button", name="Change role").click()
    dialog.wait_for(state="hidden")
    row.get_by_text("Analyst").wait_for()

    panel.get_by_role("link", name="What happened to this account").click()
    page.get_by_text("Only what happened to").wait_for()
    entry = page.locator(".audit-entry").filter(has_text="changed the role of")
    assert "Operations → Analyst" in entry.inner_text()
    page.get_by_placeholder("Name, number or note").fill("no such words at all")
    page.get_by_text("Nothing matches").wait_for()
    assert "no%20such" not in page.url
    assert "no+such" not in page.url
    assert faults.seen == []


def test_a_question_that_is_cancelled_changes_nothing(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/staff")
    page.get_by_role("button", name="Manage Nandini Rao").click()
    panel = page.locator(".offcanvas.admin-panel")
    panel.get_by_role("button", name="Deactivate").click()
    dialog = page.get_by_role("dialog").filter(has_text="Deactivate the account?")
    dialog.get_by_role("button", name="Cancel").click()
    dialog.wait_for(state="hidden")
    assert panel.get_by_text("Active").is_visible()
    assert faults.seen == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_segment_leads_to_its_customers_by_an_address_to_keep(visitor: Visitor, width: int) -> None:
    page, faults = visitor(width=width, signed_in=ADMIN)
    page.goto("/admin/customers")
    link = page.locator(".rfm-list .rfm-row").filter(has_text="Hibernating")
    people = link.locator(".num").first.inner_text().split()[0]
    link.click()
    page.wait_for_url("**/admin/customers?segment=Hibernating*")
    page.locator(".rfm-on").wait_for()
    expect(page.get_by_label("Search customers")).to_be_in_viewport()
    for _both_ways in ("clicked", "opened anew"):
        page.get_by_text(f"of {people}", exact=False).first.wait_for()
        assert page.locator("#admin-customers-segment").input_value() == "Hibernating"
        page.reload()
    page.locator("#admin-customers-segment").select_option("all")
    page.wait_for_url(lambda url: "segment" not in url)
    assert faults.seen == []
