"""What the policy of a page forbids in a real browser, and the headers and cookies of every kind of answer."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext

from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.e2e.conftest import ADMIN, VIOLATIONS, Visitor, address, signed_in
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.server]

BREAK_IN = """() => {
  const script = document.createElement("script");
  script.textContent = "window.brokenIn = 1";
  document.body.append(script);
  const link = document.createElement("a");
  link.setAttribute("onclick", "window.brokenIn = 2");
  document.body.append(link);
  link.click();
  // Later, when the test's own permission to evaluate has ended.
  window.setTimeout(() => { try { new Function("window.brokenIn = 3")(); } catch { window.evalRefused = true; } }, 0);
  const image = document.createElement("img");
  image.src = "http://127.0.0.1:9/elsewhere.png";
  document.body.append(image);
}"""


def test_what_the_policy_forbids_does_not_run_and_is_noticed_here(visitor: Visitor) -> None:
    page, _ = visitor()
    page.add_init_script(VIOLATIONS)
    page.goto("/login")
    page.locator("main h1").first.wait_for()
    page.evaluate(BREAK_IN)
    page.wait_for_timeout(300)
    assert page.evaluate("window.brokenIn") is None
    assert page.evaluate("window.evalRefused") is True
    seen = " ".join(page.evaluate("window.violations"))
    assert all(directive in seen for directive in ("script-src-elem", "script-src-attr", "img-src")), seen


def test_a_message_in_the_mailbox_can_run_nothing(visitor: Visitor, things: dict[str, str]) -> None:
    page, _ = visitor(signed_in=ADMIN)
    page.goto("/admin/notifications")
    page.locator("[id*='admin-notifications-open']").first.click()
    frame = page.locator("iframe.mail-frame")
    frame.wait_for()
    assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert frame.get_attribute("srcdoc")
    assert frame.get_attribute("src") is None


# --- headers ----------------------------------------------------------------------------------------------------


KINDS = {
    "document": "/",
    "document of staff": "/admin",
    "page that is not there": "/no-such-page",
    "API": "/api/products",
    "API error": "/api/nothing",
    "file": "/assets/10-tokens.css",
    "script": "/assets/41-store.js",
    "drawn picture": "/media/drawn/{product_id}.svg",
    "no picture": "/media/products/x.webp",
    "Dash": "/_dash-dependencies",
    "health": "/healthz",
    "stream": "/live/stream",
}


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The same server as people reach it through a proxy that ends TLS."""
    folder: Path = tmp_path_factory.mktemp("tls-shop")
    with RunningServer(folder, workers=1, PUBLIC_URL="https://shop.example", ALLOW_DEMO_PAYMENTS="true") as server:
        server.command("create-admin", "--email", ADMIN[0], "--name", "Asha Menon", "--password-stdin", text=ADMIN[1])
        yield server


@pytest.mark.parametrize("kind", KINDS)
def test_headers_of_every_kind_of_answer(kind: str, shop: RunningServer, things: dict[str, str]) -> None:
    with signed_in(shop).get(shop.url + KINDS[kind].format(**things), stream=True, timeout=10) as answer:
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in policy
        assert headers["Referrer-Policy"] in ("strict-origin-when-cross-origin", "same-origin", "no-referrer")
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers
        assert "unsafe-eval" not in policy
        assert "unsafe-inline" not in next((part for part in policy.split(";") if "script-src" in part), "")
        if headers["Content-Type"].startswith("text/html"):
            assert "default-src 'self'" in policy
            assert "object-src 'none'" in policy
            assert "base-uri 'none'" in policy
        if kind == "drawn picture":
            assert "default-src 'none'" in policy
            assert "sandbox" in policy


def test_no_document_has_a_script_inside_that_is_not_among_the_hashes(
    built_app: WiredApp, shop: RunningServer, things: dict[str, str], record_property
) -> None:
    client, inline = signed_in(shop), 0
    paths = [*(address(name, things) for name in PAGES), "/no-such-page", "/api/docs", "/media/nothing"]
    for path in paths:
        answer = client.get(shop.url + path, allow_redirects=False)
        for attributes, code in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.S):
            if "src=" in attributes or re.search(r"application/(ld\+)?json", attributes):  # data is not run
                continue
            digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"], (path, code[:100])
            inline += 1
        assert not re.search(r"<[^>]+\son[a-z]+\s*=|javascript:", answer.text), path
    record_property("proved", f"{len(paths)} documents: {inline} inline scripts, each among the hashes")


def test_a_browser_is_told_to_come_by_https_only_where_that_is_served(behind_tls: RunningServer) -> None:
    for path in ("/", "/api/products", "/assets/10-tokens.css", "/no-such-page"):
        sent = requests.get(behind_tls.url + path, timeout=10).headers["Strict-Transport-Security"]
        assert "max-age=31536000" in sent


@pytest.mark.parametrize("is_tls", [False, True])
def test_every_cookie_stays_with_the_browser_and_with_tls(
    is_tls: bool, shop: RunningServer, behind_tls: RunningServer
) -> None:
    server = behind_tls if is_tls else shop
    origin = {"Origin": "https://shop.example" if is_tls else server.url}
    credentials = {"email": ADMIN[0], "password": ADMIN[1]}
    answers = [
        requests.post(f"{server.url}/api/login", json=credentials, headers=origin, timeout=10),
        requests.post(f"{server.url}/api/login", json={**credentials, "remember": True}, headers=origin, timeout=10),
        requests.get(f"{server.url}/cart", headers={"Accept": "text/html"}, timeout=10),
        requests.get(f"{server.url}/api/logout", timeout=10),
    ]
    seen = set()
    for answer in answers:
        for header in answer.raw.headers.getlist("Set-Cookie"):
            ((name, cookie),) = SimpleCookie(header).items()
            seen.add(name)
            assert cookie["httponly"], header
            assert cookie["samesite"] == "Lax", header
            assert cookie["path"] == "/", header
            assert not cookie["domain"], header
            assert bool(cookie["secure"]) is is_tls, header
    assert ("__Host-retail_session" if is_tls else "retail_session") in seen


def test_a_script_of_the_page_cannot_read_the_session(visitor: Visitor) -> None:
    page, _ = visitor(signed_in=ADMIN)
    page.goto("/")
    context: BrowserContext = page.context
    assert any(cookie["name"] == "retail_session" for cookie in context.cookies())
    assert page.evaluate("document.cookie") == ""
