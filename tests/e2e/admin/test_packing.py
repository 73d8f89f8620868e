"""An order on its way, in a browser: chosen for the papers, shipped in two parts, and seen by its buyer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_from_the_list_to_the_parcel(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/orders?goods=to_ship")
    expect(page.get_by_text(re.compile("^For (all|the one).* on this page that wait"))).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("checkbox")).last
    number = row.get_by_role("link").inner_text().lstrip("#")
    row.get_by_role("checkbox").check()
    expect(page.get_by_text("For the one chosen")).to_be_visible()
    slips = page.get_by_role("link", name="Packing slips")
    expect(slips).to_have_attribute("href", re.compile(r"orders=\d+$"))
    assert page.request.get(slips.get_attribute("href") or "").body().startswith(b"%PDF-")

    row.get_by_role("link").click()
    page.get_by_role("button", name="Ship", exact=True).click()
    dialog = page.get_by_role("dialog").filter(has_text=f"Ship #{number}")
    units = dialog.get_by_role("spinbutton").first
    had = int(units.input_value())
    units.fill(str(had + 1))
    dialog.get_by_role("button", name="Record shipment").click()
    expect(dialog.get_by_role("alert")).to_contain_text(f"Only {had} of")
    units.fill(str(had))
    dialog.get_by_label("Carrier").fill("DHL")
    dialog.get_by_label("Tracking number").fill("JD0146")
    dialog.get_by_role("button", name="Record shipment").click()
    page.get_by_role("button", name="Mark delivered").click()
    expect(page.locator(".timeline")).to_contain_text("Delivered")
    expect(page.get_by_role("button", name="Edit address")).to_be_hidden()

    page.goto(f"/orders/{int(number) - 10_000}")
    delivery = page.locator("section").filter(has=page.get_by_role("heading", name="Delivery"))
    expect(delivery).to_contain_text("DHL · JD0146")
    assert faults.seen == []
