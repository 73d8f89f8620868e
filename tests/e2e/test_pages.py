"""Every page opens without a fault, on a desktop and on a phone, and fits its width."""

from __future__ import annotations

import pytest
import requests

from tests.e2e.conftest import ADMIN, Visitor
from tests.integration.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

SHOP_PAGES = (
    "/",
    "/?q=cusion",
    "/?category=Kitchen&sort=price_asc&page=2",
    "/product/{product}",
    "/cart",
    "/checkout",
    "/orders",
    "/login",
    "/register",
)
LIVE_PAGES = ("/admin", "/admin/stock", "/wall")  # their stream keeps the network busy
STAFF_PAGES = (
    "/admin",
    "/admin/stock",
    "/admin/inventory",
    "/admin/orders",
    "/admin/orders/{order}",
    "/admin/customers",
    "/admin/notifications",
    "/admin/staff",
    "/admin/audit",
    "/orders/{order}",
    "/wall",
)


@pytest.fixture(scope="module")
def things(shop: RunningServer) -> dict[str, str]:
    """A product and an order to look at."""
    client = requests.Session()
    client.headers["Origin"] = shop.url
    client.post(f"{shop.url}/api/login", json={"email": ADMIN[0], "password": ADMIN[1]}).raise_for_status()
    product = next(p for p in client.get(f"{shop.url}/api/products").json() if p["stock"] > 3)["product_id"]
    client.post(f"{shop.url}/api/cart", json={"id": product}).raise_for_status()
    order = client.post(f"{shop.url}/api/record_payment").json()["order_id"]
    return {"product": product, "order": str(order)}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("audience", ["shopper", "staff"])
def test_every_page_opens_without_a_fault_and_fits_its_width(
    audience: str, width: int, visitor: Visitor, things: dict[str, str]
) -> None:
    page, faults = visitor(
        width=width, theme="dark" if width == 390 else "light", signed_in=ADMIN if audience == "staff" else None
    )
    for path in STAFF_PAGES if audience == "staff" else SHOP_PAGES:
        page.goto(path.format(**things))
        page.locator("main h1").first.wait_for(state="attached")
        page.wait_for_load_state("networkidle" if path not in LIVE_PAGES else "load")
        page.wait_for_timeout(300)
        faults.check(page.locator("main h1").count() == 1, f"{path}: not one heading")
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults.check(overflow <= 0, f"{path}: {overflow} px wider than the screen")
    assert faults.seen == []


def test_an_unknown_address_is_a_404_with_a_way_back(visitor: Visitor) -> None:
    page, faults = visitor()
    faults.expected = (404,)
    answer = page.goto("/no-such-page")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("main").get_by_role("link").first.wait_for()
