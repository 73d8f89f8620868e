"""A screen on the wall: paired with a code, turning, hiding, dimming, honest when the line is cut."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMIN, Visitor, signed_in
from tests.support.feeding import heap_megabytes, take_over
from tests.support.server import RunningServer
from tests.support.wall_measures import faults_of_all_scenes, leave_one_best_seller, lengthen, quieten

pytestmark = [pytest.mark.browser, pytest.mark.server]

SIZES = [(1920, 1080), (1080, 1920), (1280, 720), (1440, 900), (3840, 2160), (2160, 3840)]

# 200 snapshots of some 100 kB
STREAM = """async () => {
  for (let number = 1; number <= 200; number += 1) {
    const snapshot = { ...window.retailWall.snapshot, seq: 1e6 + number, padding: String(number).repeat(1e5 / 3) };
    window.fed.onmessage({ data: JSON.stringify(snapshot) });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}"""


def opened(page: Page) -> Page:
    page.goto("/wall")
    page.locator(".wall-row").first.wait_for()
    return page


def scene(page: Page) -> str:
    return str(page.locator(".wall-scene:not([hidden])").get_attribute("data-scene"))


def buy(shop: RunningServer, product_id: str) -> None:
    client = signed_in(shop)
    client.post(f"{shop.url}/api/cart", json={"id": product_id}).raise_for_status()
    client.post(f"{shop.url}/api/record_payment").raise_for_status()


def counted_today(shop: RunningServer) -> int:
    """Orders of today as soon as all that were paid are in the totals."""
    pending = "SELECT count(*) FROM outbox WHERE kind = 'rollup' AND state = 'pending'"
    counted = "SELECT orders FROM rollup_days ORDER BY day DESC LIMIT 1"
    with closing(sqlite3.connect(shop.data_dir / "shop.db")) as database:
        until = time.monotonic() + 10
        while database.execute(pending).fetchone()[0]:
            assert time.monotonic() < until, "orders are not counted"
            time.sleep(0.1)
        return int(database.execute(counted).fetchone()[0])


def test_a_screen_is_paired_by_its_code_and_goes_dark_when_it_is_removed(visitor: Visitor) -> None:
    screen, faults = visitor(width=1920)
    faults.expected = (401,)
    screen.goto("/wall")
    code = screen.locator("#pairing-code")
    expect(code).to_have_text(re.compile(r"\d{3} \d{3}"))

    staff, staff_faults = visitor(signed_in=ADMIN)
    staff.goto("/admin/screens")
    staff.get_by_label("Code").fill(code.inner_text())
    staff.get_by_label("Name", exact=True).fill("Warehouse door")
    staff.get_by_role("button", name="Pair the screen").click()
    expect(staff.get_by_text("Warehouse door is paired")).to_be_visible()

    expect(screen.locator(".wall-live")).to_have_text("Live")
    expect(screen.locator(".wall-row").first).to_be_visible()
    assert screen.get_by_role("link", name="Overview").count() == 0

    staff.get_by_role("button", name="Change the screen Warehouse door").click()
    expect(staff.get_by_label("Name", exact=True)).to_have_value("Warehouse door")
    staff.get_by_label("Hide amounts of money").check()
    staff.get_by_role("button", name="Save", exact=True).click()
    expect(screen.locator(".wall-hero h2")).to_have_text("Orders today")
    assert "₹" not in screen.locator(".wall").inner_text()

    staff.get_by_role("button", name="Remove the screen Warehouse door").click()
    expect(screen.get_by_text("enter this code")).to_be_visible()
    assert faults.seen == staff_faults.seen == []


def fill_the_queue(shop: RunningServer) -> None:
    """More orders to pack than the wall names."""
    client = signed_in(shop)
    product = next(p for p in client.get(f"{shop.url}/api/products").json() if p["stock"] > 30)["product_id"]
    for _ in range(14):
        client.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
        client.post(f"{shop.url}/api/record_payment").raise_for_status()


def test_nothing_of_a_scene_is_cut_and_every_tile_is_filled(visitor: Visitor, shop: RunningServer) -> None:
    fill_the_queue(shop)
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    page.keyboard.press(" ")
    take_over(page)  # what is measured stays as it is
    for name, change in {"as it is": None, "long": lengthen, "quiet": quieten}.items():
        if change:
            change(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert faults_of_all_scenes(page) == {}, (name, width, height)
    assert faults.seen == []


def test_one_best_seller_with_a_long_name_has_the_room_it_takes(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    page.set_viewport_size({"width": 1920, "height": 1080})
    opened(page)
    page.keyboard.press(" ")
    take_over(page)
    leave_one_best_seller(page)
    assert faults_of_all_scenes(page).get("today") is None
    assert faults.seen == []


def test_keys_hide_amounts_and_turn_and_hold_scenes(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    assert "₹" in page.locator(".wall-hero").inner_text()
    page.keyboard.press("m")
    expect(page.locator(".wall-hero h2")).to_have_text("Orders today")
    for _ in range(7):
        assert "₹" not in page.locator(".wall").inner_text(), scene(page)
        page.keyboard.press("ArrowRight")
    page.reload()
    page.locator(".wall-row").first.wait_for()
    expect(page.locator(".wall-hero h2")).to_have_text("Orders today")
    page.keyboard.press("m")
    expect(page.locator(".wall-hero h2")).to_have_text("Sales today")
    page.keyboard.press(" ")
    expect(page.locator(".wall-dots")).to_have_class(re.compile("is-held"))
    assert faults.seen == []


def test_the_map_draws_the_shops_own_outlines(visitor: Visitor) -> None:
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert scene(page) == "map"
    expect(page.locator(".wall-map .countries, .wall-map .layer.land").first).to_be_attached()
    assert faults.seen == []  # no request to another host among them


def test_an_order_lands_and_the_busiest_hour_can_be_played_again(
    visitor: Visitor, shop: RunningServer, things: dict[str, str]
) -> None:
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    # The order of the fixture may still be on its way to the wall.
    page.wait_for_function("orders => retailWall.snapshot.today.orders >= orders", arg=counted_today(shop))
    number = page.locator("#wall-all-orders")
    before = int(number.inner_text())
    buy(shop, things["product_id"])
    expect(number).to_have_text(str(before + 1))
    page.keyboard.press("p")
    expect(page.locator(".wall-live")).to_contain_text("Not live: the busiest hour again")
    page.keyboard.press("Escape")
    expect(page.locator(".wall-live")).to_have_text("Live")
    expect(number).to_have_text(str(before + 1))
    assert faults.seen == []


def test_a_goal_that_is_reached_is_celebrated_once(
    visitor: Visitor, shop: RunningServer, things: dict[str, str]
) -> None:
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    gross = page.evaluate("retailWall.snapshot.today.gross")
    staff, _ = visitor(signed_in=ADMIN)
    staff.goto("/admin/goals")
    staff.get_by_label(re.compile("^Goal,")).fill(str(gross // 100 + 1))
    staff.get_by_role("button", name="Save the day").click()
    expect(staff.get_by_text("The day's goal is saved.")).to_be_visible()
    expect(page.locator(".wall-goal")).to_contain_text("of the day's goal")
    buy(shop, things["product_id"])
    banner = page.locator(".wall-banner")
    expect(banner).to_contain_text("The day's goal is reached")
    page.reload()
    page.locator(".wall-row").first.wait_for()
    page.wait_for_timeout(1500)
    expect(banner).to_be_hidden()
    expect(page.locator(".wall-goal")).to_contain_text("Goal reached")
    assert faults.seen == []


def test_a_server_that_dies_is_said_with_the_age_of_every_tile_and_caught_up(
    visitor: Visitor, shop: RunningServer
) -> None:
    page, faults = visitor(signed_in=ADMIN)
    opened(page)
    page.keyboard.press(" ")
    shown = page.locator("#wall-gross").inner_text()
    while not page.evaluate("Boolean(window.PlotlyGeoAssets?.topojson.world_110m)"):  # all that the page fetches once
        page.wait_for_timeout(200)
    shop.kill()
    try:
        page.evaluate("Date.now = () => 0")  # a clock that jumps changes no age
        expect(page.locator(".wall-hero .wall-old")).to_have_text(re.compile(r"^\d+ s old$"))
        expect(page.locator(".wall-live")).to_contain_text("reconnecting")
        assert page.locator("#wall-gross").inner_text() == shown
    finally:
        shop.start()
    expect(page.locator(".wall-live")).to_have_text("Live")
    expect(page.locator(".wall-hero .wall-old")).to_be_hidden()
    assert [fault for fault in faults.seen if "script error" in fault] == []


def test_a_page_of_another_build_loads_itself_anew_once(visitor: Visitor) -> None:
    page, _ = visitor(signed_in=ADMIN)
    loads: list[str] = []
    page.on("load", lambda _: loads.append(page.url))
    page.route(
        "**/live/stream?of=wall",
        lambda route: route.fulfill(
            status=200, content_type="text/event-stream", body="event: build\ndata: another\n\n"
        ) if route.request.method == "GET" else route.continue_(),
    )  # fmt: skip
    opened(page)
    page.wait_for_timeout(6000)
    assert len(loads) == 2


def test_a_night_and_a_still_mouse_dim_the_screen_and_hide_the_pointer(visitor: Visitor) -> None:
    page, _ = visitor(signed_in=ADMIN)
    opened(page)
    page.evaluate("retailWall.config.night = ['00:00', '23:59']; retailWall.tick()")
    expect(page.locator(".wall")).to_have_class(re.compile("is-night"))
    expect(page.locator(".wall")).to_have_class(re.compile("is-idle"))
    assert page.locator(".wall").evaluate("(wall) => getComputedStyle(wall).cursor") == "none"


def test_a_page_that_stays_open_keeps_none_of_what_streamed_in(visitor: Visitor) -> None:
    page, _ = visitor(signed_in=ADMIN)
    opened(page)
    take_over(page)
    inspector = page.context.new_cdp_session(page)
    page.evaluate(STREAM)
    before = heap_megabytes(inspector)
    page.evaluate(STREAM)
    assert page.evaluate("window.retailWall.snapshot.seq") == 1_000_200
    assert heap_megabytes(inspector) - before < 3  # of some 15 that came
