"""The checklist of a new shop follows what the shop has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain import Trade
from app.services.analytics.first_steps import first_steps
from components.admin.first_steps import LINKS, WORDS, checklist

TODAY = date(2026, 11, 29)
ALL = {"store_name", "public_url", "tax_rate"}


def trade(days_ago: int | None) -> Trade:
    day = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return Trade(day, day, TODAY)


@pytest.mark.parametrize(
    ("chosen", "has_products", "first_sale", "done"),
    [
        (set(), False, None, [False, False, False, False]),
        ({"store_name"}, True, None, [False, True, False, False]),
        (ALL, False, None, [True, False, True, False]),
        ({"tax_rate"}, True, 0, [False, True, True, True]),
        (ALL, True, 0, []),
        (set(), True, 14, []),  # it has been selling for a while
        (set(), False, 300, [False, False, False, True]),
    ],
)
def test_each_step_is_ticked_by_what_the_shop_has(chosen, has_products, first_sale, done) -> None:
    assert [one.is_done for one in first_steps(chosen, has_products, trade(first_sale))] == done


def test_what_is_open_says_how_it_is_done() -> None:
    steps = first_steps({"tax_rate"}, False, trade(None))
    shown = str(checklist(steps))
    assert set(WORDS) == {one.step for one in steps} >= set(LINKS)
    for words in ("STORE_NAME", "PUBLIC_URL", "python -m app import FILE", "/admin/inventory?do=add", "4242"):
        assert words in shown
    assert "TAX_RATE" not in shown, "it is done"
    assert checklist(()) is None
