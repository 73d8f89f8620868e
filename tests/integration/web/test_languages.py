"""The store in its languages: by the first step of an address, which everything that a page leads to keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Role
from app.words import LANGUAGES
from tests.conftest import WiredApp
from tests.support.dash_calls import navigate
from tests.support.shop import add_product

Clients = Callable[..., FlaskClient]
BASE = "http://127.0.0.1:5000"
OTHERS = [one for one in LANGUAGES if one.code != "en"]
# What has one address in all languages.
ANYWHERE = re.compile(
    r"/(assets|store|media|icons|feeds|bootstrap|_dash-|api|favicon|apple|site\.web|admin|wall)|#|https?://"
)


def attributes(text: str, name: str) -> list[str]:
    return re.findall(rf'\s{name}="([^"]*)"', text)


def head(text: str) -> str:
    return text.partition("</head>")[0]


class TestAddress:
    @pytest.mark.parametrize("one", LANGUAGES, ids=lambda one: one.code)
    def test_alone_decides_the_language(self, wired_app: WiredApp, app_client: Clients, one) -> None:
        plain = app_client().get(f"{one.prefix}/cart")
        asked = app_client().get(
            f"{one.prefix}/cart", headers={"Accept-Language": "fr, hi;q=0.9", "Cookie": "language=ar; lang=de"}
        )
        assert plain.status_code == asked.status_code == 200
        assert f'<html lang="{one.code if one.code != "en" else "en-IN"}" dir="{one.direction}"' in plain.text
        hidden = re.compile(r'"end_id":"[^"]*"')
        assert hidden.sub("", plain.text) == hidden.sub("", asked.text)

    def test_without_its_slash_or_in_capitals_leads_to_the_right_one(self, app_client: Clients) -> None:
        client = app_client()
        assert client.get("/de").headers["Location"] == "/de/"
        assert client.get("/DE/cart?x=1").headers["Location"] == "/de/cart?x=1"
        assert client.get("/de/CART/").headers["Location"] == "/de/cart"
        assert client.get("/xx/cart").status_code == 404

    @pytest.mark.parametrize("path", ["/api/products", "/assets/10-tokens.css", "/robots.txt", "/healthz"])
    def test_of_a_file_or_the_api_has_none(self, app_client: Clients, path: str) -> None:
        assert app_client().get(f"/de{path}").status_code == 404

    def test_of_a_page_of_staff_has_none(self, wired_app: WiredApp, app_client: Clients) -> None:
        assert app_client(Role.ADMIN).get("/de/admin?x=1").headers["Location"] == "/admin?x=1"

    @pytest.mark.parametrize("path", ["/de//evil.example/", "/de/%2F%2Fevil.example", "/de/\\evil.example"])
    def test_never_leads_to_another_site(self, app_client: Clients, path: str) -> None:
        answer = app_client().get(path)
        assert answer.status_code == 404 or answer.headers["Location"].startswith("/de/")

    def test_of_a_redirect_is_kept(self, wired_app: WiredApp, app_client: Clients) -> None:
        product = add_product(wired_app.services, "Copper ladle", 5_000, 3, "Spoons")
        right = product_path(product.product_id, product.name)
        client = app_client()
        assert client.get(f"/ar/product/{product.product_id}").headers["Location"] == f"/ar{right}"
        assert client.get("/ar/account").headers["Location"] == "/ar/login?next=%2Far%2Faccount"
        added = client.post("/ar/cart/change", data={"add": product.product_id})
        assert (added.status_code, added.headers["Location"]) == (303, "/ar/cart")
        assert "Copper ladle" in client.get("/ar/cart").text


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.code)
def test_every_link_and_form_of_a_page_keeps_its_language(wired_app: WiredApp, app_client: Clients, one) -> None:
    product = add_product(wired_app.services, "Birch stool", 9_000, 3, "Stools")
    shown = product_path(product.product_id, product.name)
    for path in ("/", "/?category=Stools&sort=name", "/?q=nothing+like+it", shown, "/cart", "/no/such/page"):
        body = app_client().get(f"{one.prefix}{path}").text.partition("<body>")[2]
        choice = re.search(r'(?s)<nav [^>]*class="foot-languages".*?</nav>', body)
        assert choice is not None
        ways = attributes(body.replace(choice[0], ""), "href") + attributes(body, "action")
        assert [way for way in ways if not way.startswith(f"{one.prefix}/") and not ANYWHERE.match(way)] == []
        kept = path if path != "/no/such/page" else "/"
        found = [way.replace("&amp;", "&") for way in attributes(choice[0], "href")]
        assert found == [f"{other.prefix}{kept}" for other in LANGUAGES]


def test_pages_that_are_ready_are_kept_by_language(wired_app: WiredApp, app_client: Clients) -> None:
    first = {one.code: app_client().get(f"{one.prefix}/") for one in LANGUAGES}
    again = {one.code: app_client().get(f"{one.prefix}/") for one in LANGUAGES}
    assert len({answer.headers["ETag"] for answer in first.values()}) == len(LANGUAGES)
    for code, answer in again.items():
        assert answer.text == first[code].text
        assert f'<html lang="{code}' in answer.text


def test_search_engines_are_told_of_the_other_languages(wired_app: WiredApp, app_client: Clients) -> None:
    product = add_product(wired_app.services, "Slate board", 7_000, 3, "Boards")
    path = product_path(product.product_id, product.name)
    for one in LANGUAGES:
        text = head(app_client().get(f"{one.prefix}{path}").text)
        assert f'<link rel="canonical" href="{BASE}{one.prefix}{path}">' in text
        told = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))
        expected = {other.code: f"{BASE}{other.prefix}{path}" for other in LANGUAGES}
        assert told == expected | {"x-default": f"{BASE}{path}"}
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])
        assert {entry["url"] for entry in data["@graph"] if "url" in entry} == {f"{BASE}{one.prefix}{path}"}
    website = head(app_client().get("/ar/").text)
    assert '"inLanguage":"ar"' in website
    assert f"{BASE}/ar/?q={{search_term_string}}" in website


def test_the_sitemap_has_every_language(wired_app: WiredApp, app_client: Clients) -> None:
    product = add_product(wired_app.services, "Cork mat", 1_000, 3, "Mats")
    path = product_path(product.product_id, product.name)
    index = app_client().get("/sitemap.xml").text
    for one in LANGUAGES:
        files = re.findall(
            rf"<loc>{BASE}(/sitemaps/{'' if one.code == 'en' else one.code + '-'}\w+(?:-\d+)?\.xml)</loc>", index
        )
        text = "".join(app_client().get(file).text for file in files)
        assert f"<loc>{BASE}{one.prefix}{path}</loc>" in text
        assert f"<loc>{BASE}{one.prefix}/</loc>" in text
        assert f"Disallow: {one.prefix}/checkout\n" in app_client().get("/robots.txt").text
    assert app_client().get("/sitemaps/xx-lists.xml").status_code == 404


def test_callbacks_answer_in_the_language_of_their_page(wired_app: WiredApp, app_client: Clients) -> None:
    client = app_client()
    document = client.get("/de/cart").text
    config = re.search(r'<script [^>]*id="_dash-config"[^>]*>(.*?)</script>', document)
    assert json.loads(config[1])["requests_pathname_prefix"] == "/de/"
    drawn = navigate(client, "/de/cart", prefix="/de")
    assert "Ihr Warenkorb" in json.dumps(drawn.json, ensure_ascii=False)
    refused = client.post("/de/_dash-update-component", json={"nonsense": 1})
    assert refused.status_code == 400
    assert "Laden Sie sie neu" in refused.json["message"]


def test_failures_are_said_in_the_language_of_the_address_and_by_the_api_in_english(app_client: Clients) -> None:
    page = app_client().post("/ar/cart/change", data={"nonsense": "1"})
    assert page.status_code == 422
    assert '<html lang="ar" dir="rtl"' in page.text
    assert "There is no such action" not in page.text
    wrong = app_client().post("/api/cart", json={"id": 1}, headers={"Accept-Language": "de"})
    assert re.search("[a-z]", wrong.json["message"])
    assert wrong.json["message"].isascii()
