"""Who may have started a state-changing request."""

from __future__ import annotations

from types import SimpleNamespace

import flask
import pytest

from app.errors import Forbidden
from app.web.guards import origin

HERE = "http://127.0.0.1:5000"


def check(monkeypatch, headers, public_url="", base=HERE):
    settings = SimpleNamespace(public_url=public_url, base_url=public_url or base)
    monkeypatch.setattr(origin, "services", lambda: SimpleNamespace(settings=settings))
    with flask.Flask("x").test_request_context("/api/login", method="POST", base_url=base, headers=headers):
        origin.check_origin()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": HERE},
        {"Origin": HERE.upper()},
        {"Referer": f"{HERE}/login?next=/"},
        {"Origin": HERE, "Referer": "https://evil.example/"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_shop_itself_and_programs_pass(monkeypatch, headers):
    check(monkeypatch, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:5001"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:5000.evil.example"},
        {"Origin": "http://127.0.0.1:5000@evil.example"},
        {"Origin": "http://user@127.0.0.1:5000"},
        {"Origin": "http://[broken"},
        {"Origin": "file://"},
        {"Origin": "https://evil.example", "Referer": f"{HERE}/"},
        {"Referer": "https://evil.example/page"},
        {"Referer": "about:blank"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_are_refused(monkeypatch, headers):
    with pytest.raises(Forbidden):
        check(monkeypatch, headers)


def test_the_published_address_is_the_shop(monkeypatch):
    check(monkeypatch, {"Origin": "https://shop.example"}, public_url="https://shop.example", base="http://web:5000")
    with pytest.raises(Forbidden):
        check(monkeypatch, {"Origin": "http://shop.example"}, public_url="https://shop.example", base="http://web:5000")


def test_tls_may_end_before_the_shop(monkeypatch):
    check(monkeypatch, {"Origin": "https://shop.example"}, base="http://shop.example")
