"""The overview's answer to its controls."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Role
from tests.conftest import WiredApp
from tests.integration.dash_calls import call, callback_map, payload

PULSE = 4  # the input that says that today's sales moved


@pytest.fixture
def client(wired_app: WiredApp) -> FlaskClient:
    return wired_app.client(Role.OPS)


def show(client: FlaskClient, period: str, start: Any = None, end: Any = None, changed: int = 0) -> Any:
    output, entry = next(
        (key, entry) for key, entry in callback_map(client).items() if "admin-overview-totals.children" in key
    )
    return call(client, payload(output, entry, [period, ["on"], start, end, 1], changed))


def answer(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.data)["response"])


def test_dates_half_typed_are_answered_beside_them_and_draw_nothing(client: FlaskClient) -> None:
    parts = answer(show(client, "custom", "", "2026-03-01"))
    assert "first and the last day" in parts["admin-overview-dates-error"]["children"]
    assert "admin-overview-chart" not in parts


def test_the_words_go_when_the_dates_are_right(client: FlaskClient) -> None:
    parts = answer(show(client, "custom", "2026-03-01", "2026-03-01"))
    assert parts["admin-overview-dates-error"]["children"] == ""
    assert parts["admin-overview-grain"]["children"] == ", per hour"


def test_a_period_with_today_follows_its_sales(client: FlaskClient) -> None:
    assert "admin-overview-totals" in answer(show(client, "7d", changed=PULSE))


def test_a_period_that_is_over_does_not(client: FlaskClient) -> None:
    over = (date.today() - timedelta(days=9)).isoformat()
    assert show(client, "custom", over, over, changed=PULSE).status_code == 204
