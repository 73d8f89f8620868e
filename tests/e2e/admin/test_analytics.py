"""What people do with the analytics, in a browser against the running shop."""

from __future__ import annotations

import csv
import io
import re
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from app.services.accounts.accounts import NAME_LENGTH
from tests.e2e.conftest import ADMIN, Visitor, signed_in
from tests.support.server import RunningServer

# What is wider than its place, the page itself or the list of customers.
TOO_WIDE = """[document.documentElement, ...document.querySelectorAll(".table-scroll:has(.customers-table)")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => `${one.className} ${one.scrollWidth}`)"""

pytestmark = [pytest.mark.browser, pytest.mark.server]


def card(page: Page, title: str | re.Pattern[str]) -> Locator:
    return page.locator(".kit-card", has=page.get_by_role("heading", name=title))


def test_a_click_on_a_part_filters_the_page_and_its_address_shows_the_same_again(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin?period=12m")
    gross = page.locator(".sales-card .stat-main .stat-value")
    everything = gross.inner_text()
    first = card(page, "Categories").locator(".part-row").first
    name = first.locator(".name").inner_text()
    first.click()
    expect(page.get_by_role("button", name=f"Category: {name}")).to_be_visible()
    expect(gross).not_to_have_text(everything)
    card(page, "Countries").locator(".part-row", has_text="India").click()
    page.wait_for_url(lambda url: "category=" in url and "country=IN" in url)
    expect(page.get_by_role("button", name="Country: India")).to_be_visible()
    narrowed = gross.inner_text()

    again, more_faults = visitor(signed_in=ADMIN)
    again.goto(page.url)
    expect(again.locator(".sales-card .stat-main .stat-value")).to_have_text(narrowed)
    expect(again.get_by_role("button", name="Country: India")).to_be_visible()
    again.get_by_role("button", name="Clear all").click()
    expect(again.locator(".sales-card .stat-main .stat-value")).to_have_text(everything)
    again.wait_for_url(lambda url: "category=" not in url)
    assert faults.seen == more_faults.seen == []


def test_the_numbers_of_a_part_lead_to_their_orders_and_returns(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin?period=12m")
    abroad = card(page, "Countries").locator(".part-row").nth(1)  # nearly all orders go to the first one
    country = abroad.locator(".name").inner_text()
    abroad.click()
    page.wait_for_url(re.compile("country="))
    page.get_by_role("link", name="Orders of these sales").click()
    page.wait_for_url(re.compile(r"/admin/orders\?.*country="))
    rows, chip = page.locator(".orders-table tbody tr"), page.get_by_role("button", name=f"Country: {country}")
    expect(rows.first).to_contain_text(country)
    column = page.locator(".orders-table thead th").all_inner_texts().index("Country")
    assert {row.locator("td").nth(column).inner_text() for row in rows.all()} == {country}
    chip.click()
    expect(rows.filter(has_text="India").first).to_be_visible()
    page.wait_for_url(lambda url: "country=" not in url and "from=" in url)

    page.go_back()
    expect(chip).to_be_visible()
    page.goto("/admin?period=12m&country=IN")
    page.locator(".sales-card").get_by_role("link", name="Returns").click()
    page.wait_for_url(re.compile(r"/admin/returns\?.*country=IN"))
    expect(rows.first).to_contain_text("India")
    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Returns")).to_be_visible()
    assert faults.seen == []


def test_an_address_that_asks_for_what_there_is_not_says_so_and_shows_the_rest(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin?category=Spaceships&product=none&period=never")
    expect(page.get_by_text("The category and product of the address were not found")).to_be_visible()
    page.goto("/admin/stock?product=none&show=Z-fast")
    expect(page.get_by_text("The product in the address is not in the store")).to_be_visible()
    page.goto("/admin/customers?segment=Nobody&sort=shoes")
    expect(page.get_by_text("The segment of the address was not found")).to_be_visible()
    page.goto("/admin/time-machine?product=none&at=never")
    expect(page.get_by_text("This product was not found")).to_be_visible()
    assert faults.seen == []


def test_an_event_shows_on_the_chart_until_it_is_removed(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin")
    page.get_by_text("Note an event").click()
    page.get_by_label("What happened").fill("  ")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Say in a few words what happened.")).to_be_visible()
    page.get_by_label("What happened").fill("Diwali: 20 % off")
    page.get_by_role("button", name="Note it").click()
    listed = page.locator(".event-list", has_text="Diwali: 20 % off")
    expect(listed).to_be_visible()
    expect(page.locator(".sales-card .annotation", has_text="⚑").first).to_be_visible()
    page.keyboard.press("Escape")
    listed.get_by_role("button", name="Remove the event Diwali").first.click()
    expect(listed).to_have_count(0)
    assert faults.seen == []


def test_what_a_chart_shows_can_be_read_and_taken_away(visitor: Visitor, tmp_path: Path) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin?period=28d&grain=week")
    foot = page.locator(".sales-card .chart-foot")
    expect(foot.locator(".chart-says").first).to_contain_text("Gross sales of")
    foot.get_by_text("Table").click()
    shown = foot.locator("tbody tr")
    expect(shown.first).to_be_visible()
    with page.expect_download() as started:
        foot.get_by_role("link", name="CSV").click()
    started.value.save_as(tmp_path / "sales.csv")
    head, *lines = list(csv.reader(io.StringIO((tmp_path / "sales.csv").read_text("utf-8-sig"))))
    assert head[0] == "First day of the week"
    assert len(lines) == shown.count()
    assert started.value.suggested_filename.startswith("sales-")
    assert faults.seen == []


def test_a_cell_of_the_matrix_narrows_the_table(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/stock")
    page.get_by_role("gridcell").first.wait_for()
    cell = page.locator(".matrix-cell:enabled").first
    count = int(cell.locator(".matrix-count").inner_text())
    cell.click()
    chip = page.get_by_role("button", name=re.compile("Only class"))
    expect(chip).to_be_visible()
    page.wait_for_url(re.compile("show="))
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows.first).to_be_visible()
    assert 0 < rows.count() <= count
    page.reload()  # as a link of somebody else leads there
    expect(chip).to_be_visible()
    chip.click()
    expect(chip).to_be_hidden()
    assert faults.seen == []


def test_tabs_and_choices_are_used_by_keyboard_and_have_names(visitor: Visitor, things: dict[str, str]) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto(f"/admin/inventory?product={things['product_id']}&do=stock")
    expect(page.get_by_role("dialog", name="Product")).to_be_visible()
    page.get_by_role("tab", name="Reorder").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Ledger")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel", name="Ledger")).to_be_visible()
    page.goto("/admin/time-machine?view=product")
    choice = page.locator(".product-choice button")
    expect(choice).to_be_visible()
    choice.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(choice).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Choices").get_by_role("radio", checked=True)).to_be_visible()
    assert faults.seen == []


# The left and right end of each, in pixels; the slider's thumb stops half its width before the end of its track.
PLOT_AND_SLIDER = """() => {
    const graph = document.querySelector(".js-plotly-plot"), { l, w } = graph._fullLayout._size;
    const left = graph.getBoundingClientRect().left;
    const half = document.querySelector(".dash-slider-thumb").offsetWidth / 2;
    const track = document.querySelector(".scrub-slider .dash-slider-track").getBoundingClientRect();
    return [[left + l, left + l + w], [track.left + half, track.right - half]];
}"""


def test_the_time_machine_tells_what_was_there_at_a_minute_and_why(
    visitor: Visitor, shop: RunningServer, things: dict[str, str]
) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto(f"/admin/time-machine?product={things['product_id']}")
    now = page.locator(".scrub-count")
    expect(now).to_be_visible()
    latest = page.locator("#admin-time-machine-moves tbody tr").first
    expect(latest).to_contain_text("Sale")
    on_hand = latest.locator("td").last.inner_text()
    assert now.inner_text() == on_hand
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.wait_for_function("document.querySelector('.scrub-slider').style.length === 2")
    for _ in range(20):  # the plot makes room for its labels, and the slider follows
        plot, track = page.evaluate(PLOT_AND_SLIDER)
        if max(abs(a - b) for a, b in zip(plot, track, strict=True)) <= 1:
            break
        page.wait_for_timeout(100)
    assert [abs(a - b) <= 1 for a, b in zip(plot, track, strict=True)] == [True, True], (plot, track)
    page.locator(".scrub-slider [role=slider]").press("ArrowLeft")
    page.wait_for_url(re.compile("at="), timeout=1_000)
    page.get_by_role("textbox", name="The minute to look at").fill("2001-01-01T10:00")
    expect(page.get_by_text("It had never been in stock by then.")).to_be_visible()
    page.wait_for_url(re.compile("at=2001"))
    assert faults.seen == []


def test_a_sale_moves_the_customers_page_by_itself(
    visitor: Visitor, shop: RunningServer, things: dict[str, str], record_property: pytest.FixtureRequest
) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/customers?sort=recent")
    row = page.locator(".customers-table tbody tr", has_text="Asha Menon")
    before = int(row.locator("td").nth(2).inner_text())
    page.wait_for_timeout(1500)  # the stream is open
    client = signed_in(shop)
    client.post(f"{shop.url}/api/cart", json={"id": things["product_id"]}).raise_for_status()
    client.post(f"{shop.url}/api/record_payment").raise_for_status()
    paid_at = time.monotonic()
    expect(row.locator("td").nth(2)).to_have_text(str(before + 1))
    seconds = time.monotonic() - paid_at
    record_property("proved", f"a sale was on the customers page {seconds:.1f} s after it was paid")  # type: ignore[operator]
    row.get_by_role("link", name="Asha Menon").click()
    expect(page.get_by_role("heading", name="Asha Menon")).to_be_visible()
    expect(page.locator(".kpi", has_text="Orders").locator(".kpi-value").first).to_have_text(str(before + 1))
    assert faults.seen == []


def test_a_month_of_first_orders_leads_to_its_customers(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/customers")
    row = page.locator(".heat-table tbody tr").last
    month, size = row.locator("th").inner_text(), row.locator("td").first.inner_text()
    row.get_by_role("link").click()
    page.wait_for_url(re.compile(r"cohort=20\d\d-\d\d"))
    chip = page.get_by_role("button", name=f"First order in: {month}")
    expect(chip).to_be_in_viewport()
    where = page.locator("#admin-customers-where")
    expect(where).to_have_text(re.compile(f" of {size}$"))
    expect(page.get_by_role("link", name="CSV").last).to_have_attribute("href", re.compile("customers.csv.*cohort="))
    chip.click()
    page.wait_for_url(lambda url: "cohort=" not in url)
    expect(where).not_to_have_text(re.compile(f" of {size}$"))
    assert faults.seen == []


def test_a_name_and_an_address_without_a_space_break_no_page(visitor: Visitor, shop: RunningServer) -> None:
    name, address = ("Wolkenkuckucksheim" * 9)[:NAME_LENGTH], f"{'w' * 60}@{'domain' * 9}.example"
    made = {"fullname": name, "email": address, "password": "seven wild geese fly"}
    httpx.post(f"{shop.url}/api/signup", json=made).raise_for_status()
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/customers")
    page.get_by_label("Search customers").fill("wolkenkuckuck")
    link = page.locator(".customers-table a.name")
    expect(link).to_have_text([name])
    for path in ("", str(link.get_attribute("href"))):
        if path:
            page.goto(path)
            page.get_by_role("heading", name=name).wait_for()
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for _ in range(50):  # charts and tables find their width a moment later
                if not page.evaluate(TOO_WIDE):
                    break
                page.wait_for_timeout(100)
            assert page.evaluate(TOO_WIDE) == [], (path, width)
    assert faults.seen == []


def test_heads_sort_the_customers_on_the_server(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin/customers")
    orders = page.locator(".customers-table tbody td:nth-child(3)")

    def shown() -> list[int]:
        return [int(text.replace(",", "")) for text in orders.all_inner_texts()]

    page.get_by_role("button", name="Sort by Orders").click()
    expect(page.get_by_role("button", name="Orders, sorted down")).to_be_visible()
    assert shown() == sorted(shown(), reverse=True)
    page.get_by_role("button", name="Orders, sorted down").click()
    expect(page.get_by_role("button", name="Orders, sorted up")).to_be_visible()
    assert shown() == sorted(shown())
    page.wait_for_url(re.compile(r"sort=orders\.up"))
    assert faults.seen == []


def test_the_live_stream_replaces_what_the_page_came_with_instead_of_adding_to_it(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.goto("/admin")
    rows = page.locator("#admin-overview-latest li")
    expect(page.locator("#admin-overview-mark")).to_contain_text("Live")  # the stream's own rows have come
    page.wait_for_timeout(500)
    expect(rows).to_have_count(8)
    for change in page.locator(".kpi-change").all():
        assert change.locator(".delta-value").count() <= 1, change.inner_text()
    assert faults.seen == []
