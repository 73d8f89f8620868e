"""What a page of the shop loads before it is used, and what Dash adds: nothing of the staff's, and little of all."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Role
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.support.shop import add_product

ROOT = Path(__file__).parents[3]
KIB = 1024
BROTLI = {"Accept-Encoding": "br", "Accept": "text/html"}


def weight(client: FlaskClient, address: str) -> int:
    answer = client.get(address, headers=BROTLI)
    assert answer.status_code == 200, address
    return len(answer.data)


def loaded(page: str) -> tuple[list[str], list[str]]:
    """Addresses of styles, fonts, scripts and pictures that come with the page, and of what waits for Dash's start."""
    later = re.findall(r'<script type="text/later" src="([^"]+)"', page)
    head = re.findall(r'<link rel="(?:stylesheet|preload|icon)" href="([^"]+)"', page)
    pictures = re.findall(r'<img (?!loading="lazy")[^>]*src="([^"]+)"', page)
    return [*head, *re.findall(r'<script src="([^"]+)"', page), *pictures], later


def test_the_shops_pages_keep_to_their_budgets(
    wired_app: WiredApp, app_client: Callable[..., FlaskClient], record_property: Callable[[str, str], None]
) -> None:
    products = [add_product(wired_app.services, f"Weighed mug {n}", 39_900, 30 + n, "Weights") for n in range(24)]
    client = app_client(Role.CUSTOMER)  # with a menu of their own: the heaviest
    client.post("/cart/change", data={"add": products[0].product_id})
    known: dict[str, int] = {}
    product = product_path(products[0].product_id, products[0].name)
    for address in ("/?category=Weights", product, "/cart", "/checkout", "/"):
        page = client.get(address).text
        first, later = loaded(page)
        cold = weight(client, address) + sum(weight(client, one) for one in first)
        waiting = [*later, "/_dash-dependencies", "/_dash-layout"]
        known |= {one: weight(client, one) for one in waiting if one not in known}
        dash = sum(known[one] for one in waiting)
        assert cold <= 100 * KIB, (address, cold)
        assert len(first) + 1 <= 12, (address, first)
        assert dash <= 335 * KIB, (address, dash)
        assert weight(client, address) <= 15 * KIB, address  # all that comes the second time
        record_property("proved", f"{address}: {cold // KIB} KiB in {len(first) + 1} requests, {dash // KIB} for Dash")


def test_all_that_dash_runs_itself_comes_with_the_shop_too(app_client: Callable[..., FlaskClient]) -> None:
    inline = re.compile(r"(?s)<script(?: type=\"text/later\")?>(.*?)</script>")
    assert inline.findall(app_client().get("/").text) == inline.findall(app_client(Role.ADMIN).get("/admin").text) != []


def test_nothing_of_the_staffs_pages_comes_with_the_shop(app_client: Callable[..., FlaskClient]) -> None:
    for address in ("/", "/cart", "/login", "/checkout", "/orders"):
        page = app_client().get(address).text
        addresses = re.findall(r'(?:src|href)="([^"]+\.(?:js|css|woff2)[^"]*)"', page)
        assert addresses
        foreign = re.compile(r"ag_grid|plotly|dash_table|/bootstrap/|/assets/")
        assert [one for one in addresses if foreign.search(one)] == [], address


def test_the_staffs_pages_are_where_the_shops_documents_lead_with_a_load() -> None:
    rooms = (ROOT / "assets" / "28-rooms.js").read_text()
    found = re.search(r"STAFF = /(.*)/;", rooms)
    assert found is not None
    staff = re.compile(found[1].replace("\\/", "/"))
    for page in PAGES.values():
        address = page.path or page.path_template or ""
        assert bool(staff.match(address)) == (page.frame != "store"), page.name


def test_a_bundle_is_kept_for_good_by_its_name_and_for_a_minute_by_another(
    app_client: Callable[..., FlaskClient],
) -> None:
    client = app_client()
    style = next(one for one in loaded(client.get("/").text)[0] if one.endswith(".css"))
    assert client.get(style).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/store/shop-0.css").headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/store/nothing-0.css").status_code == 404


def test_the_style_sheet_has_what_the_pages_name() -> None:
    """Bootstrap's rules and icons that the sources name are in it; a new one wants scripts/store_styles.py to run."""
    run = subprocess.run(
        [sys.executable, "scripts/store_styles.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
