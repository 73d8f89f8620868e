"""The wall as a screen: tabs share one stream, and what is shown says how old it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ADMIN, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_tabs_of_one_browser_share_a_stream_and_the_next_takes_over(visitor: Visitor) -> None:
    first, _ = visitor(signed_in=ADMIN)
    streams: list[str] = []
    first.context.on("request", lambda request: streams.append(request.url) if "/live/" in request.url else None)
    first.goto("/wall")
    first.locator(".wall-row").first.wait_for()
    second = first.context.new_page()
    second.goto("/wall")
    second.locator(".wall-row").first.wait_for()
    second.wait_for_timeout(1500)
    assert len(streams) == 1
    first.close()
    for _ in range(100):
        if len(streams) > 1:
            break
        second.wait_for_timeout(100)
    assert len(streams) == 2
    expect(second.locator(".wall-live")).to_have_text("Live")


def test_a_browser_that_holds_too_many_streams_says_how_old_its_numbers_are_and_goes_on_by_itself(
    visitor: Visitor,
) -> None:
    page, _ = visitor(signed_in=ADMIN)
    page.route("**/live/stream?of=wall", lambda route: route.fulfill(status=429, headers={"Retry-After": "3"}))
    page.goto("/wall")
    expect(page.locator(".wall-live")).to_contain_text("reconnecting")
    page.unroute("**/live/stream?of=wall")
    expect(page.locator(".wall-live")).to_have_text("Live")


def test_a_page_without_live_data_has_no_stream(visitor: Visitor) -> None:
    page, _ = visitor(signed_in=ADMIN)
    streams: list[str] = []
    page.on("request", lambda request: streams.append(request.url) if "/live/stream" in request.url else None)
    page.goto("/")
    page.wait_for_timeout(1500)
    assert streams == []
