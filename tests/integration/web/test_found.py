"""What search engines and link previews find of the store's pages, and by which addresses."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.addresses import product_path
from app.domain import Product, ProductPicture
from app.pictures import shared_pictures
from app.services.stock.product_drafts import ProductDraft
from tests.conftest import WiredApp
from tests.support.schema_terms import faults
from tests.support.shop import TESTER, add_product

Clients = Callable[..., FlaskClient]
BASE = "http://127.0.0.1:5000"
HOSTILE = "</script><script>alert(1)</script><b title=\"'&amp;\u2028\u2029 कप"


class Head(HTMLParser):
    """Of a document: its title, metas, links and data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title, self.metas, self.links, self.data, self._in = "", {}, {}, [], ""
        self.feed(text.partition("</head>")[0])
        self.shown = {one["@type"]: one for graph in self.data for one in graph["@graph"]}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self._in = given.get("type") if tag == "script" else tag
        if tag == "meta":
            self.metas[given.get("name") or given.get("property")] = given.get("content")
        elif tag == "link":
            self.links[given["rel"]] = given["href"]

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data
        elif self._in == "application/ld+json":
            self.data.append(json.loads(data))


def head_of(client: FlaskClient, address: str) -> Head:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.headers.get("Location"))
    found = Head(answer.text)
    assert [fault for one in found.shown.values() for fault in faults(one)] == [], address
    return found


def add(app: WiredApp, name: str, **fields: Any) -> Product:
    product = app.services.inventory.add_product(ProductDraft(name, 129_900, "Trays", stock=3, **fields), TESTER)
    app.services.catalog.refresh()
    return product


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 10), "#0f766e").save(file, "PNG")
    return file.getvalue()


class TestAProduct:
    def test_says_all_that_is_known_of_it(self, wired_app: WiredApp, app_client: Clients) -> None:
        name = wired_app.services.inventory.add_picture(png())
        product = add(
            wired_app, "Walnut tray", brand="Oak & Sons", sku="TRAY 1/2", barcode="4006381333931", weight=450,
            description="Oiled by hand. " * 30, pictures=[ProductPicture(name, "A tray on a table")],
        )  # fmt: skip
        address = f"{BASE}/product/TRAY%201%2F2/walnut-tray"
        head = head_of(app_client(), product_path(product.product_id, product.name))
        assert head.title == "Walnut tray · Retail Sync"
        assert head.links["canonical"] == head.metas["og:url"] == address
        assert head.metas["description"].startswith("Oiled by hand. Oiled")
        assert len(head.metas["description"]) <= 160
        assert head.metas["og:image"] == f"{BASE}/media/products/{name}"
        assert head.metas["og:image:alt"] == "A tray on a table"
        assert (head.metas["og:type"], head.metas["twitter:card"]) == ("product", "summary_large_image")
        assert (head.metas["product:price:amount"], head.metas["product:price:currency"]) == ("1299.00", "INR")
        assert "robots" not in head.metas
        shown = head.shown["Product"]
        assert (shown["sku"], shown["gtin"], shown["brand"]["name"]) == ("TRAY 1/2", "4006381333931", "Oak & Sons")
        assert shown["offers"] == {
            "@type": "Offer", "url": address, "price": "1299.00", "priceCurrency": "INR",
            "availability": "https://schema.org/InStock",
        }  # fmt: skip
        assert [step["name"] for step in head.shown["BreadcrumbList"]["itemListElement"]] == [
            "Shop", "Trays", "Walnut tray",
        ]  # fmt: skip

    def test_one_that_is_sold_out_says_so(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add_product(wired_app.services, "Gone tray", 100, 0)
        head = head_of(app_client(), product_path(product.product_id, product.name))
        assert head.shown["Product"]["offers"]["availability"] == "https://schema.org/OutOfStock"
        assert head.metas["og:image"] == BASE + shared_pictures(product)[0]
        assert head.shown["Product"]["image"] == [head.metas["og:image"]]
        assert app_client().get(head.metas["og:image"].removeprefix(BASE)).mimetype == "image/jpeg"

    def test_a_family_is_a_group_of_its_products(self, wired_app: WiredApp, app_client: Clients) -> None:
        red, blue = (
            add(wired_app, f"Found tee, {colour}", family_id="FOUND", options=[("Colour", colour), ("Cut", "Slim")])
            for colour in ("Red", "Blue")
        )
        heads = [head_of(app_client(), product_path(one.product_id, one.name)) for one in (red, blue)]
        group = heads[0].shown["ProductGroup"]
        assert group == heads[1].shown["ProductGroup"]
        assert (group["name"], group["productGroupID"]) == ("Found tee", "FOUND")
        assert group["variesBy"] == ["https://schema.org/color", "Cut"]
        assert [(one["sku"], one["color"]) for one in group["hasVariant"]] == [(red.sku, "Red"), (blue.sku, "Blue")]
        assert heads[0].links["canonical"] != heads[1].links["canonical"]

    def test_markup_in_its_texts_is_harmless(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add(wired_app, HOSTILE, brand=HOSTILE[:80], description=HOSTILE, options=[])
        for address in (product_path(product.product_id, product.name), "/?category=Trays"):
            answer = app_client().get(address)
            head = answer.text.partition("</head>")[0]
            assert "<script>alert" not in answer.text
            assert "<b " not in head
            data = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', head)
            assert len(data) == 1
            assert not set("<>&\u2028\u2029") & set(data[0])
        found = head_of(app_client(), product_path(product.product_id, product.name))
        name = " ".join(HOSTILE.split())
        assert " ".join(found.shown["Product"]["name"].split()) == name
        assert found.metas["og:title"] == f"{product.name} · Retail Sync"


class TestALists:
    @pytest.fixture(autouse=True)
    def products(self, wired_app: WiredApp) -> None:
        if not any(one.category == "Found" for one in wired_app.services.catalog.all()):
            for number in range(30):
                add_product(wired_app.services, f"Found thing {number}", 10_000 + number, 5, "Found")
        wired_app.services.catalog.refresh()

    @pytest.mark.parametrize(
        ("address", "kept_by"),
        [
            ("/", "/"),
            ("/?utm_source=x", "/"),
            ("/?sort=name", "/"),
            ("/?category=Found", "/?category=Found"),
            ("/?category=Found&sort=name", "/?category=Found"),
            ("/?category=Found&in_stock=1&page=2", "/?category=Found"),
            ("/?category=Found&price_min=1", "/?category=Found"),
            ("/?category=Found&page=2", "/?category=Found&page=2"),
            ("/?category=Found&page=99", "/?category=Found&page=2"),
        ],
    )
    def test_what_is_ordered_or_narrowed_points_at_all_of_it(
        self, app_client: Clients, address: str, kept_by: str
    ) -> None:
        head = head_of(app_client(), address)
        assert (head.links["canonical"], "robots" in head.metas) == (BASE + kept_by, False)

    @pytest.mark.parametrize(
        "address",
        [
            "/?q=thing",
            "/?category=Found&q=thing",
            "/?in_stock=1&price_min=1",
            "/?category=Found&price_min=1&price_max=9999",
            "/?category=Nothing+in+it",
            "/?q=" + "x" * 2_000,
            "/cart",
            "/login",
            "/orders",
        ],
    )
    def test_what_search_engines_are_to_leave_out(self, app_client: Clients, address: str) -> None:
        head = head_of(app_client(), address)
        assert (head.metas["robots"], "canonical" in head.links) == ("noindex", False)

    def test_wrong_addresses_are_left_out(self, app_client: Clients) -> None:
        for address in ("/no-such-page", "/product/none"):
            answer = app_client().get(address)
            assert (answer.status_code, Head(answer.text).metas["robots"]) == (404, "noindex")

    def test_a_category_names_its_products(self, app_client: Clients) -> None:
        head = head_of(app_client(), "/?category=Found&page=2")
        assert head.title == "Found · Retail Sync"
        assert head.metas["description"].startswith("30 products in Found at Retail Sync: Found thing")
        shown = head.shown["ItemList"]
        assert shown["numberOfItems"] == 30
        assert [one["position"] for one in shown["itemListElement"]] == list(range(25, 31))

    def test_the_front_says_who_the_shop_is_and_how_it_is_searched(self, app_client: Clients) -> None:
        shown = head_of(app_client(), "/").shown
        assert shown["Organization"]["logo"] == f"{BASE}/icons/512.png"
        assert shown["WebSite"]["potentialAction"]["target"]["urlTemplate"] == f"{BASE}/?q={{search_term_string}}"
        assert {"Organization", "WebSite"}.isdisjoint(head_of(app_client(), "/?page=2").shown)


class TestAddresses:
    @pytest.fixture
    def mug(self, wired_app: WiredApp) -> Product:
        known = wired_app.services.catalog.spelt("MUG 7/8")
        return known or add(wired_app, "Stone mug", sku="MUG 7/8")

    @pytest.mark.parametrize(
        "asked",
        [
            "/product/MUG%207%2F8",
            "/product/MUG%207%2F8/",
            "/product/MUG%207%2F8/other-words",
            "/product/MUG%207%2F8/Stone-Mug",
            "/product/MUG%207%2F8/stone-mug/",
            "/Product/MUG%207%2F8/stone-mug",
            "/product/mug%207%2f8/stone-mug",
            "/product/MUG%207%2F8/" + "x" * 2_000,
        ],
    )
    @pytest.mark.parametrize("query", ["", "?utm_source=a%20b"])
    def test_a_product_is_at_one_address(self, mug: Product, app_client: Clients, asked: str, query: str) -> None:
        answer = app_client().get(asked + query)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/product/MUG%207%2F8/stone-mug{query}")
        assert "public" not in answer.headers["Cache-Control"]
        assert app_client().get(answer.headers["Location"]).status_code == 200

    def test_what_a_proxy_encodes_otherwise_is_the_same_address(self, mug: Product, app_client: Clients) -> None:
        assert app_client().get("/product/%4DUG%207%2f8/stone%2Dmug").status_code == 200

    def test_a_new_name_leads_on(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add(wired_app, "Old name")
        before = product_path(product.product_id, product.name)
        catalog = wired_app.services.catalog
        catalog._catalog.update(replace(catalog.get(product.product_id), name="New name"))
        catalog.refresh()
        assert app_client().get(before).headers["Location"] == product_path(product.product_id, "New name")

    @pytest.mark.parametrize(
        ("asked", "there"),
        [
            ("/CART", "/cart"),
            ("/cart/", "/cart"),
            ("/Admin/Orders/", "/admin/orders"),
            ("/checkout/?a=1", "/checkout?a=1"),
        ],
    )
    def test_other_pages_too(self, app_client: Clients, asked: str, there: str) -> None:
        answer = app_client().get(asked)
        assert (answer.status_code, answer.headers["Location"]) == (301, there)

    @pytest.mark.parametrize("asked", ["//evil.example/", "/product/a/b/c", "/%2F%2Fevil.example/", "/not-found/"])
    def test_nothing_leads_where_nothing_is(self, app_client: Clients, asked: str) -> None:
        answer = app_client().get("/x/", environ_overrides={"RAW_URI": asked})
        assert (answer.status_code, answer.headers.get("Location")) == (404, None)

    def test_one_that_was_taken_out_is_gone(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add(wired_app, "Leaving soon")
        address = product_path(product.product_id, product.name)
        assert app_client().get(address).status_code == 200
        wired_app.services.inventory.remove(product.product_id, TESTER)
        wired_app.services.catalog.refresh()
        answer = app_client().get(address)
        assert answer.status_code == 410
        assert "Product not found" in html.unescape(answer.text)
        assert Head(answer.text).metas["robots"] == "noindex"
        assert app_client().get("/product/none/leaving-soon").status_code == 404


class TestTheMark:
    @pytest.mark.parametrize(
        ("address", "kind", "size"),
        [
            ("/favicon.ico", "ICO", 48),
            ("/apple-touch-icon.png", "PNG", 180),
            ("/icons/192.png", "PNG", 192),
            ("/icons/512.png", "PNG", 512),
        ],
    )
    def test_it_is_drawn_and_kept(self, app_client: Clients, address: str, kind: str, size: int) -> None:
        answer = app_client().get(address)
        picture = Image.open(io.BytesIO(answer.data))
        assert (picture.format, picture.size) == (kind, (size, size))
        ground = picture.convert("RGB").getpixel((size // 2, size // 4))
        assert max(abs(is_ - was) for is_, was in zip(ground, (15, 118, 110), strict=True)) <= 1
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert "Set-Cookie" not in answer.headers
        again = app_client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize("address", ["/icons/1.png", "/icons/99999.png", "/icons/x.png"])
    def test_no_other_size(self, app_client: Clients, address: str) -> None:
        assert app_client().get(address).status_code == 404

    def test_the_manifest_names_the_shop(self, app_client: Clients) -> None:
        answer = app_client().get("/site.webmanifest")
        assert answer.mimetype == "application/manifest+json"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        about = json.loads(answer.text)
        assert (about["name"], about["theme_color"]) == ("Retail Sync", "#0f766e")
        assert [app_client().get(one["src"]).status_code for one in about["icons"]] == [200, 200]
