"""Everybody can use every page: axe-core finds nothing on any page and state, light and dark, on a desktop and a phone.

`make test` scans each page once, where it is opened anyway (tests/e2e/shop/test_pages.py); this is the whole grid.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, Theme, Visitor, signed_in
from tests.e2e.web.views import BUYER, GUEST, STAFF, all_views, open_view
from tests.support.axe import scan
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def seen_things(shop: RunningServer, things: dict[str, str]) -> dict[str, str]:
    sold_out = {"name": "Pewter Candle Snuffer", "price": "449", "stock": 0, "category": "Kitchen"}
    added = signed_in(shop).post(f"{shop.url}/api/products", json=sold_out).json()
    return {**things, "sold_out": added["product_id"]}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("who", [GUEST, BUYER, STAFF])
def test_axe_finds_nothing_in_any_view(
    who: str,
    theme: Theme,
    width: int,
    built_app: WiredApp,
    shop: RunningServer,
    seen_things: dict[str, str],
    visitor: Visitor,
    record_property,
) -> None:
    """`built_app` is only asked which pages there are; they are opened on the real server."""
    views = [view for view in all_views(seen_things) if view.who == who]
    page, _ = visitor(width=width, theme=theme, signed_in=ADMIN if who == STAFF else None)
    if who == BUYER:
        page.goto(f"/product/{seen_things['product_id']}")
        page.get_by_role("button", name="Add to cart").click()
        page.get_by_text("in your cart").wait_for()
    lines = []
    for view in views:
        try:
            open_view(page, view)
            broken = scan(page)
        except (PlaywrightError, AssertionError) as error:
            broken = [f"not reached: {str(error)[:300]}"]
        lines += [f"{view.name} ({view.path}): {words}" for words in broken]
    record_property("proved", f"axe: {len(views)} views of {who}, {theme}, {width} px: {len(lines)} violations")
    assert not lines, "\n".join(lines)
