"""What needs attention: what runs out first, and of what runs out on one day that which loses most a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain import Demand, Product
from app.services.analytics.attention import RunningOut, running_out
from app.services.forecasts.plans import USUAL, StockPlan

TODAY = date(2026, 11, 25)
MUG, LAMP, RUG = (Product(name.lower(), name, price, stock, 15) for name, price, stock in (
    ("Mug", 1_000, 9), ("Lamp", 90_000, 3), ("Rug", 1_000, 50),
))  # fmt: skip


def found(*products: Product, orders: Mapping[str, int] | None = None, **a_day: float) -> RunningOut | None:
    """`a_day`: units expected by product; `orders`: what is to be ordered of it."""
    demands = {product_id: Demand.by_velocity(units, TODAY) for product_id, units in a_day.items()}
    plans = {product_id: StockPlan(USUAL, None, 0.0, 0, 0, units, None) for product_id, units in (orders or {}).items()}
    return running_out(products, demands, plans)


def test_what_runs_out_first_comes_first_though_another_loses_more_a_day():
    assert found(MUG, LAMP, RUG, mug=5.0, lamp=0.5) == RunningOut(MUG, 1, 5.0, 5_000, 0, sold_out=0, others=1)


def test_of_what_runs_out_on_the_same_day_that_which_loses_most():
    first = found(MUG, LAMP, RUG, mug=4.0, lamp=1.2, orders={"lamp": 40})
    assert first == RunningOut(LAMP, 2, 1.2, 108_000, 40, sold_out=0, others=1)


def test_what_is_gone_but_wanted_comes_before_all_and_what_nobody_wants_does_not_count():
    pot, pan = Product("pot", "Pot", 250, 0, 15), Product("pan", "Pan", 200, 0, 15)
    assert found(MUG, LAMP, pot, pan, mug=9.5, lamp=9.0, pot=2.0, pan=1.0) == RunningOut(
        pot, 0, 2.0, 500, 0, sold_out=1, others=2
    )
    assert found(pot) is None


def test_what_runs_out_later_can_wait():
    assert found(MUG, mug=9 / 15) is None
    assert found(MUG) is None
    assert found(MUG, mug=9 / 14) is not None
