"""The committed table of the shop's pages says what was measured."""

from __future__ import annotations

import json

from tests.benchmarks import store


def test_the_table_is_that_of_what_was_measured() -> None:
    assert store.TABLES.read_text() == store.markdown(json.loads(store.FOUND.read_text()))


def test_what_was_not_measured_anew_stays() -> None:
    before = {"lighthouse": {"mobile": {"grid": {"seo": 90}, "product": {"seo": 91}}}, "touches": {"a": 1}, "rounds": 3}
    found = {"lighthouse": {"mobile": {"grid": {"seo": 100}}}, "visits": {"grid": {}}, "touches": {}, "rounds": 1}
    assert store.merged(before, found) == {
        "lighthouse": {"mobile": {"grid": {"seo": 100}, "product": {"seo": 91}}},
        "visits": {"grid": {}},
        "touches": {"a": 1},
        "rounds": 1,
    }
