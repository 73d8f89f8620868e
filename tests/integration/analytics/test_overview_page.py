"""The overview's answer to its controls, and to addresses that ask for what there is not."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Actor, Role
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, payload

PULSE = 6  # the input that says that today's sales moved
PART = {"category": "", "country": "", "product": ""}


@pytest.fixture
def client(wired_app: WiredApp) -> FlaskClient:
    return wired_app.client(Role.OPS)


def show(
    client: FlaskClient,
    period: str,
    start: Any = None,
    end: Any = None,
    changed: int = 0,
    compare: Any = "previous",
    grain: Any = "auto",
    part: Any = PART,
) -> Any:
    output, entry = next(
        (key, entry) for key, entry in callback_map(client).items() if "admin-overview-totals.children" in key
    )
    return call(client, payload(output, entry, [period, compare, grain, start, end, part, 1], changed))


def answer(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.data)["response"])


def test_dates_half_typed_are_answered_beside_them_and_draw_nothing(client: FlaskClient) -> None:
    parts = answer(show(client, "custom", "", "2026-03-01"))
    assert "first and the last day" in parts["admin-overview-dates-error"]["children"]
    assert "admin-overview-chart" not in parts


def test_the_words_go_when_the_dates_are_right(client: FlaskClient) -> None:
    parts = answer(show(client, "custom", "2026-03-01", "2026-03-01"))
    assert parts["admin-overview-dates-error"]["children"] == ""
    assert parts["admin-overview-cut"]["children"] == ", per hour"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-02", "2026-03-01", "ends before it starts"),
        ("1950-01-01", "2026-03-01", "longer than fifty years"),
        ("9999-12-30", "9999-12-31", "from 1900 to 2199"),
    ],
)
def test_periods_that_cannot_be_are_said_to_be_wrong(client: FlaskClient, start: str, end: str, words: str) -> None:
    assert words in answer(show(client, "custom", start, end))["admin-overview-dates-error"]["children"]


def test_a_future_or_long_period_is_drawn_with_what_there_is(client: FlaskClient) -> None:
    for start, end in (("2031-01-01", "2031-02-01"), ("1990-01-01", "2039-12-30")):
        parts = answer(show(client, "custom", start, end, grain="day"))
        assert parts["admin-overview-dates-error"]["children"] == ""


@pytest.mark.parametrize(
    "asked",
    [{"compare": "yesterday"}, {"grain": "second"}, {"part": ["Kitchen"]}, {"part": {"category": 7}}, {"grain": None}],
)
def test_what_the_controls_cannot_say_is_refused(client: FlaskClient, asked: dict[str, Any]) -> None:
    assert show(client, "7d", **asked).status_code == 422


def test_a_part_that_there_is_not_has_no_sales(client: FlaskClient) -> None:
    parts = answer(show(client, "28d", part={**PART, "category": "No such category"}))
    assert parts["admin-overview-nothing"]["hidden"] is False


def test_todays_tiles_say_that_they_do_not_follow_a_filter(client: FlaskClient) -> None:
    chosen, free = (answer(show(client, "28d", part=part, changed=5)) for part in ({**PART, "country": "IN"}, PART))
    says = "The whole shop today: the filter does not change these tiles."
    assert says in json.dumps(chosen["admin-overview-tiles"])
    assert says not in json.dumps(free["admin-overview-tiles"])
    assert "stay those of the whole shop" in json.dumps(chosen["admin-overview-chips"])


def test_a_part_of_the_products_has_no_orders_of_its_own(client: FlaskClient) -> None:
    parts = answer(show(client, "28d", part={**PART, "category": "Other"}))
    assert "Average order" not in json.dumps(parts["admin-overview-totals"])


def test_a_period_with_today_follows_its_sales(client: FlaskClient) -> None:
    assert "admin-overview-totals" in answer(show(client, "7d", changed=PULSE))


def test_a_period_that_is_over_does_not(client: FlaskClient) -> None:
    over = (date.today() - timedelta(days=9)).isoformat()
    assert show(client, "custom", over, over, changed=PULSE).status_code == 204


def test_what_changed_since_a_page_was_drawn_is_on_the_next_one(wired_app: WiredApp) -> None:
    client, events = wired_app.client(Role.OPS), wired_app.services.events
    today = wired_app.services.formats.today()

    def drawn() -> str:
        return json.dumps(answer(show(client, "custom", today.isoformat(), today.isoformat())))

    before = drawn()
    assert drawn() == before
    event = events.note(today, "promotion", "Half price on tea", Actor("Asha"))
    assert drawn().count("Half price on tea") > 1, "on the line, and in the list"
    events.remove(event.event_id, Actor("Asha"), of_anybody=True)
    assert drawn() == before
