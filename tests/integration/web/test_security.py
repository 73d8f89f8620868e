"""Headers on every answer, no request from another site, and never a 5xx for rubbish."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re

import flask
import pytest

from app.domain import Role
from app.web.api import ROUTES
from app.web.page import PAGES
from app.web.security import init_security
from tests.support.dash_calls import ROUTER, call, callback_map, navigate, payload
from tests.support.shop import add_product, settings_for

EVIL = {"Origin": "https://evil.example"}
FILES = ["/assets/10-tokens.css", "/_dash-layout", "/api/products", "/api/nothing", "/healthz", "/media/products/x"]


def paths():
    return [
        (page.path or page.path_template).replace("<product_id>", "x").replace("<order_id>", "1")
        for page in PAGES.values()
    ]


class TestHeaders:
    def test_every_page_has_them(self, wired_app, app_client):
        client = app_client(Role.ADMIN)
        for path in [*paths(), *FILES, "/no/such/page"]:
            headers = client.get(path).headers
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["Referrer-Policy"], path
            assert headers["Permissions-Policy"], path
            assert "frame-ancestors" in headers["Content-Security-Policy"], path
            assert headers.get("Server", "") == "", path

    def test_a_document_may_be_kept_for_others_only_without_any_cookie_and_then_is_asked_for_each_time(
        self, wired_app, app_client
    ):
        html, public = {"Accept": "text/html"}, set()
        wired_app.services.catalog.refresh()  # a page is kept if nothing changed while it was made
        guest = app_client()
        navigate(guest, "/")  # begins a guest's session, on which the cart hangs
        for client, has_session in ((app_client(), False), (guest, True), (app_client(Role.ADMIN), True)):
            for path in [*paths(), *FILES, "/no/such/page", "/_dash-dependencies", "/_reload-hash"]:
                if not has_session:
                    client = app_client()  # each time without what the answer before brought
                headers = client.get(path, headers=html).headers
                kept = {word.strip() for word in headers.get("Cache-Control", "").split(",")}
                is_document = headers.get("Content-Type", "").startswith("text/html")
                assert not ("Set-Cookie" in headers and "public" in kept), path
                assert "Set-Cookie" not in headers or kept & {"private", "no-store"}, (path, dict(headers))
                if is_document and not kept & {"private", "no-store"}:
                    assert not has_session, path
                    assert kept == {"public", "no-cache"}, (path, dict(headers))
                    assert "Cookie" in headers["Vary"], path
                    public.add(path)
        assert public == {"/", "/cart", "/not-found"}  # the others are not there, or for one caller

    def test_scripts_run_by_hash_only(self, app_client):
        answer = app_client().get("/")
        policy = directives(answer)
        assert policy["script-src"][0] == "'self'"
        assert all(re.fullmatch(r"'sha256-[A-Za-z0-9+/=]+'", source) for source in policy["script-src"][1:])
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert not any("unsafe-eval" in source for sources in policy.values() for source in sources)

    def test_every_inline_script_is_among_the_hashes(self, app_client):
        answer = app_client().get("/")
        scripts = re.findall(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", answer.text, re.S)
        inline = [code for attributes, code in scripts if "src=" not in attributes and "json" not in attributes]
        assert inline
        for code in inline:
            digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in directives(answer)["script-src"], code[:200]
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", answer.text)

    def test_https_is_remembered_only_where_it_is_served(self, tmp_path):
        def answer(url):
            server = flask.Flask("x")
            server.add_url_rule("/", view_func=lambda: "x")
            init_security(server, settings_for(tmp_path, public_url=url), FakeDash())
            return server.test_client().get("/")

        assert "max-age=31536000" in answer("https://shop.example").headers["Strict-Transport-Security"]
        assert "Strict-Transport-Security" not in answer("http://shop.example").headers

    def test_cookies_stay_with_the_browser(self, wired_app, app_client):
        cookie = (
            app_client()
            .post("/api/login", json={"email": wired_app.people[Role.OPS].email, "password": "seven wild geese"})
            .headers["Set-Cookie"]
        )
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


class TestOrigin:
    def test_no_route_takes_a_change_from_another_site(self, wired_app, app_client):
        client = app_client(Role.ADMIN)
        checked = 0
        for rule in wired_app.server.url_map.iter_rules():
            path = re.sub(r"<[^>]+>", "1", rule.rule)
            for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
                answer = client.open(path, method=method, json={}, headers=EVIL)
                assert answer.status_code == 403, (method, path)
                if path == "/cart/change":  # a form of people, who read a page
                    assert "came from another site" in answer.text
                else:
                    assert answer.json["code"] == "forbidden", (method, path)
                checked += 1
        assert checked >= sum(bool(set(route.methods) - {"GET", "HEAD"}) for route in ROUTES.values())
        assert client.get("/api/current_user").json["is_logged_in"] is True

    def test_not_even_by_a_link_that_signs_out(self, app_client):
        client = app_client(Role.CUSTOMER)
        assert client.get("/api/logout", headers={"Referer": "https://evil.example/"}).status_code == 403
        assert client.get("/api/current_user").json["is_logged_in"] is True

    def test_a_change_from_another_site_changes_nothing(self, wired_app, app_client):
        product = add_product(wired_app.services, "Wanted elsewhere", 100, 5)
        client = app_client(Role.CUSTOMER)
        client.delete("/api/cart/clear")
        client.post("/api/cart", json={"id": product.product_id}, headers=EVIL)
        client.post("/api/cart", json={"id": product.product_id}, headers={"Sec-Fetch-Site": "cross-site"})
        assert client.get("/api/cart").json == []


class TestErrors:
    def answer(self, tmp_path, path, error):
        server = flask.Flask("x")

        def fail():
            raise error

        server.add_url_rule(path, view_func=fail)
        init_security(server, settings_for(tmp_path), FakeDash())
        return server.test_client().get(path)

    def test_a_defect_is_logged_with_a_number_and_shown_without_its_words(self, tmp_path, caplog):
        answer = self.answer(tmp_path, "/api/x", RuntimeError("SELECT secret FROM /etc/passwd"))
        assert answer.status_code == 500
        assert answer.json["code"] == "internal_error"
        assert "secret" not in answer.text
        assert answer.json["incident"] in caplog.text
        assert "SELECT secret" in caplog.text

    def test_people_get_a_page_with_the_number(self, tmp_path):
        answer = self.answer(tmp_path, "/page", RuntimeError("secret <script>"))
        assert answer.mimetype == "text/html"
        assert "secret" not in answer.text
        assert re.search(r"<code>[0-9a-f]{16}</code>", answer.text)

    def test_the_page_of_an_error_finds_its_styles(self, tmp_path, app_client):
        page = self.answer(tmp_path, "/page", RuntimeError("x")).text
        files = re.findall(r'(?:href|src)="(/(?:assets|bootstrap)/[^"]+)"', page)
        assert len(files) >= 4
        assert {path: app_client().get(path).status_code for path in files} == dict.fromkeys(files, 200)

    def test_a_missing_script_of_a_library_is_a_404(self, app_client):
        assert app_client().get("/_dash-component-suites/dash/no-such.js").status_code == 404
        assert app_client().get("/_dash-component-suites/os/x.js").status_code == 404


RUBBISH_BODIES = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"{}",
    b"NaN",
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"id": NaN, "qty": Infinity, "email": 1e999}',
    b'{"id": "\\ud800", "email": "\\ud800", "password": "\\ud800", "fullname": "\\ud800"}',
    b'{"id": {"a": [1]}, "qty": "x", "action": [], "payment": 7, "email": {}, "password": [], "fullname": 0}',
    b'{"id": "\\u0000", "qty": -1e308, "email": "\\u0000@\\u0000", "password": "", "fullname": "\\u202e"}',
    b'{"id": "' + b"A" * 60_000 + b'"}',
    b'{"payment": {"number": "' + b"4" * 5_000 + b'", "expiry": "99/99", "cvc": "", "name": null}}',
]


ODD_ADDRESSES = [
    "//", "//x", "/assets//x", "/assets/x", "/assets/", "/assets/no/such.css", "/assets/..%2f..%2fetc/passwd",
    "//assets/x", "/bootstrap//x", "/bootstrap/static/css/no.css", "/_dash-component-suites//x",
    "/_dash-component-suites/",
    "/_dash-component-suites/dash/no.js", "/media//x", "/media/products/no.webp", "/media/drawn/no.svg",
    "/api/media/products/no.webp", "/api/media/drawn/no.svg", "/api//openapi.json", "/exports/x",
    "/orders/1/invoice.pdf",
]  # fmt: skip


class TestCaching:
    @pytest.mark.parametrize("query", ["", "?m=1", "?v=1"])
    @pytest.mark.parametrize("address", ODD_ADDRESSES)
    def test_what_is_not_there_is_for_nobody_to_keep(self, app_client, address, query):
        answer = app_client().get(f"{address}{query}")
        kept = answer.headers.get("Cache-Control", "")
        assert answer.status_code >= 300
        assert not re.search(r"public|immutable|max-age=[1-9]", kept), (answer.status_code, kept)

    def test_files_are_kept_for_a_year_by_their_version(self, app_client):
        answer = app_client().get("/assets/20-kit.css?m=1")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        again = app_client().get("/assets/20-kit.css?m=1", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.headers["Cache-Control"]) == (304, answer.headers["Cache-Control"])


class TestRubbish:
    def test_no_api_route_breaks_on_a_body(self, wired_app, app_client):
        client = app_client(Role.ADMIN)
        rules = [rule for rule in wired_app.server.url_map.iter_rules() if rule.endpoint.startswith("api.")]
        for rule, body, kind in itertools.product(rules, RUBBISH_BODIES, ["application/json", "text/plain"]):
            if rule.endpoint == "api.logout":
                continue
            path = re.sub(r"<[^>]+>", "99999999999999999999", rule.rule)
            for method in rule.methods - {"GET", "HEAD", "OPTIONS"}:
                answer = client.open(path, method=method, data=body, content_type=kind)
                assert answer.status_code < 500, (method, path, body[:60], answer.text)
                assert answer.is_json, (method, path, body[:60])

    @pytest.mark.parametrize(
        "query", ["%ff=%fe", "q=%00", "limit=-1&cursor=%22", "q=" + "[" * 190, "sort[]=x", "q&q&q"]
    )
    def test_no_route_breaks_on_a_query(self, wired_app, app_client, query):
        client = app_client(Role.ADMIN)
        for rule in wired_app.server.url_map.iter_rules():
            if "GET" not in rule.methods or rule.endpoint in ("live.stream", "api.logout"):
                continue
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            answer = client.get(f"{path}?{query}")
            assert answer.status_code < 500, path
            answer.close()  # of live streams: they never end by themselves

    @pytest.mark.parametrize(
        "search", ["", "?q=a&q=b&page=-1&page=x", "?page=1e999&sort=%00&category=" + "x" * 999, "?%ff"]
    )
    def test_no_page_breaks_on_its_address(self, wired_app, app_client, search):
        client = app_client(Role.ADMIN)
        for path in [*paths(), "/product/%00", "/orders/99999999999999999999999", "/orders/-1", "/admin/orders/x"]:
            answer = navigate(client, path, search)
            assert answer.status_code < 500, (path, search, answer.text)

    def test_a_request_for_no_callback_is_a_400(self, app_client):
        client = app_client()
        entry = callback_map(client)[ROUTER]
        good = payload(ROUTER, entry, ["/login", ""])
        assert call(client, good).status_code == 200
        for wrong in [None, [], 5, {}, {"output": "no.such"}, {**good, "inputs": []}, {**good, "outputs": None}]:
            answer = call(client, wrong)
            assert (answer.status_code, answer.json["success"]) == (400, False), wrong
        for body in RUBBISH_BODIES:
            answer = client.post("/_dash-update-component", data=body, content_type="application/json")
            assert answer.status_code == 400, body[:60]


class FakeDash:
    callback_map: dict[str, object] = {}

    def csp_hashes(self, hash_algorithm="sha256"):
        return []


def directives(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}
