"""The checklist of a new shop follows what the shop has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain import Trade
from app.services.analytics.first_steps import first_steps
from components.admin.first_steps import LINKS, WORDS, checklist

TODAY = date(2026, 11, 29)
SELLER = {"legal_name", "address", "email"}
ALL = {"name", *SELLER, "timezone", "currency", "public_url", "tax_rate", "shipping"}
PAGES = ("about", "contact", "returns", "privacy", "terms")


def trade(days_ago: int | None) -> Trade:
    day = None if days_ago is None else TODAY - timedelta(days=days_ago)
    return Trade(day, day, TODAY)


@pytest.mark.parametrize(
    ("chosen", "written", "has_products", "first_sale", "done"),
    [
        (set(), (), False, None, set()),
        ({"name"}, ("about", "terms"), True, None, {"name", "products"}),
        (SELLER, PAGES, False, None, {"seller", "pages"}),
        (SELLER - {"email"}, PAGES[1:], False, None, {"pages"}),
        (ALL, (), False, None, {"name", "seller", "money", "shipping", "tax", "address"}),
        ({"tax_rate"}, (), True, 0, {"money", "products", "tax", "order"}),  # an order fixes what counts its money
        (ALL, PAGES, True, 0, None),
        (set(), (), True, 14, None),  # it has been selling for a while
        (set(), (), False, 300, {"money", "order"}),
    ],
)
def test_each_step_is_ticked_by_what_the_shop_has(chosen, written, has_products, first_sale, done) -> None:
    steps = first_steps(chosen, written, has_products, trade(first_sale))
    assert bool(steps) == (done is not None)
    assert {str(one.step) for one in steps if one.is_done} == (done or set())


def test_what_is_open_says_how_it_is_done() -> None:
    steps = first_steps({"tax_rate"}, (), False, trade(None))
    shown = str(checklist(steps))
    assert set(WORDS) == {one.step for one in steps} >= set(LINKS)
    for words in (
        "/admin/settings?section=shop",
        "PUBLIC_URL",
        "python -m app import FILE",
        "/admin/inventory?do=add",
        "4242",
    ):
        assert words in shown
    assert "TAX_RATE" not in shown, "it is done"
    assert checklist(()) is None
