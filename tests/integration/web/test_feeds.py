"""robots.txt, the sitemap and the product feed: whole, streamed, and no way to keep the shop busy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Product, ProductPicture
from app.services.limits.throttle import PRODUCT_FEED
from app.web.found import routes, sitemap
from app.web.found.feed import products_feed
from app.web.found.xml import AT_ONCE
from app.words import LANGUAGES
from tests.conftest import WiredApp
from tests.support.shop import add_product
from tests.unit.components.test_store_components import FORMATS

Clients = Callable[..., FlaskClient]
BASE = "http://127.0.0.1:5000"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
G = "{http://base.google.com/ns/1.0}"
TEN_MB = 10 * 1024 * 1024
MANY = 50_000
MUG = Product(
    "MUG 1/2", "Mug & <b>saucer</b>\x00\ud800", 129_900, 3, 1, category="Cups", brand="Oak", barcode="4006381333931",
    changed_at=datetime(2026, 11, 5, 8, 30, tzinfo=UTC), weight=450, family_id="MUG",
    options=(("Colour", "Red"), ("Cut", "S")),
    pictures=(ProductPicture("a.webp"), ProductPicture("b.webp")),
)  # fmt: skip


def whole(pieces: Iterator[bytes]) -> ElementTree.Element:
    return ElementTree.fromstring(b"".join(pieces))


@pytest.fixture(autouse=True)
def unthrottled(wired_app: WiredApp) -> Iterator[None]:
    from tests.support.shop import forget_attempts

    forget_attempts(wired_app.database)
    yield
    forget_attempts(wired_app.database)


class TestTheFeed:
    def test_an_item_has_what_google_asks_for(self) -> None:
        item = whole(products_feed([MUG], "Shop & Co", BASE, FORMATS)).find("channel/item")
        assert item is not None
        assert [(one.tag.removeprefix(G), one.text) for one in item] == [
            ("id", "MUG 1/2"),
            ("title", "Mug & <b>saucer</b>"),
            ("description", "Mug & <b>saucer</b>"),
            ("link", f"{BASE}/product/MUG%201%2F2/mug-b-saucer-b"),
            ("image_link", f"{BASE}/media/products/a.webp"),
            ("additional_image_link", f"{BASE}/media/products/b.webp"),
            ("availability", "in_stock"),
            ("price", "1299.00 INR"),
            ("brand", "Oak"),
            ("gtin", "4006381333931"),
            ("product_type", "Cups"),
            ("item_group_id", "MUG"),
            ("color", "Red"),
            ("shipping_weight", "450 g"),
        ]
        bare = whole(products_feed([replace(MUG, stock=0, barcode="")], "Shop", BASE, FORMATS))
        assert bare.findtext(f".//{G}availability") == "out_of_stock"
        assert bare.findtext(f".//{G}identifier_exists") == "no"

    def test_it_is_the_shops_and_asked_for_by_its_tag(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add_product(wired_app.services, "Fed thing", 100, 1)
        wired_app.services.catalog.refresh()
        answer = app_client().get("/feeds/products.xml")
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/xml", "public, max-age=900")
        assert "Set-Cookie" not in answer.headers
        assert product.product_id in {one.text for one in ElementTree.fromstring(answer.data).iter(f"{G}id")}
        again = app_client().get("/feeds/products.xml", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_who_asks_all_the_time_has_to_wait(self, app_client: Clients) -> None:
        asked = [app_client().get("/feeds/products.xml") for _ in range(PRODUCT_FEED.burst + 1)]
        assert [one.status_code for one in asked] == [200] * PRODUCT_FEED.burst + [429]
        assert int(asked[-1].headers["Retry-After"]) > 0

    def test_only_so_many_are_sent_at_once(self, app_client: Clients) -> None:
        slow = [app_client().get("/feeds/products.xml", buffered=False) for _ in range(routes.MOST_FEEDS)]
        assert app_client().get("/feeds/products.xml").status_code == 503
        for one in slow:
            one.close()
        assert app_client().get("/feeds/products.xml").status_code == 200


class TestTheSitemap:
    def test_it_leads_to_every_product_and_list(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add_product(wired_app.services, "Mapped thing", 100, 1, "Mapped & co")
        wired_app.services.catalog.refresh()
        answer = app_client().get("/sitemap.xml")
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/xml", "public, max-age=3600")
        files = [one.text or "" for one in ElementTree.fromstring(answer.data).iter(f"{MAP}loc")]
        assert all(file.startswith(f"{BASE}/sitemaps/") for file in files)
        found = [app_client().get(file.removeprefix(BASE)) for file in files]
        trees = [ElementTree.fromstring(one.data) for one in found]
        addresses = [one.text for tree in trees for one in tree.iter(f"{MAP}loc")]
        assert f"{BASE}{product_path(product.product_id, product.name)}" in addresses
        assert {f"{BASE}/", f"{BASE}/?category=Mapped+%26+co"} <= set(addresses)
        assert len(addresses) == len(set(addresses))
        changed = trees[-1].findtext(f"{MAP}url/{MAP}lastmod") or ""
        assert datetime.fromisoformat(changed).tzinfo is not None

    @pytest.mark.parametrize(
        "name", ["products-0", "products-999", "products--1", "products-x", "x", "products-" + "9" * 400]
    )
    def test_no_other_file(self, app_client: Clients, name: str) -> None:
        assert app_client().get(f"/sitemaps/{name}.xml").status_code == 404

    def test_the_longest_products_fit_into_a_file(self) -> None:
        longest = replace(
            MUG, product_id="𝔐" * 64, name="𒀀" * 200,
            pictures=tuple(ProductPicture(f"{n:064}.webp") for n in range(12)),
        )  # fmt: skip
        a_file = sum(map(len, sitemap.of_products([longest] * sitemap.PRODUCTS_A_FILE, "https://" + "x" * 92)))
        assert a_file <= TEN_MB


@pytest.mark.parametrize(
    "write",
    [
        lambda products: products_feed(products, "Shop", BASE, FORMATS),
        lambda products: sitemap.of_products(products, BASE),
    ],
    ids=["feed", "sitemap"],
)
def test_fifty_thousand_products_are_written_as_they_are_sent(
    write: Callable[[Iterator[Product]], Iterator[bytes]],
) -> None:
    taken = 0

    def products() -> Iterator[Product]:
        nonlocal taken
        for taken in range(1, MANY + 1):  # noqa: B007 - read outside
            yield MUG

    before = sent = 0
    for piece in write(products()):
        assert taken - before <= AT_ONCE // 200, "more is held than is sent"
        assert len(piece) <= 2 * AT_ONCE
        before, sent = taken, sent + len(piece)
    assert (taken, sent > MANY * 200) == (MANY, True)


def test_the_index_of_fifty_thousand_names_every_file() -> None:
    tree = whole(sitemap.index([MUG] * MANY, BASE))
    assert len(list(tree)) == len(LANGUAGES) * (1 + MANY // sitemap.PRODUCTS_A_FILE)


def test_robots_are_told_what_is_private_and_where_the_sitemap_is(app_client: Clients) -> None:
    answer = app_client().get("/robots.txt")
    assert answer.mimetype == "text/plain"
    closed = re.findall("(?m)^Disallow: (.+)$", answer.text)
    assert {"/admin", "/account", "/api/", "/checkout", "/orders"} <= set(closed)
    assert not [
        one for one in ("/", "/product/x", "/media/x", "/cart", "/?category=x") if one.startswith(tuple(closed))
    ]
    assert f"Sitemap: {BASE}/sitemap.xml" in answer.text
