"""What needs attention: of what runs out that which loses most a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from app.domain import Product
from app.services.analytics.attention import RunningOut, running_out
from app.services.forecasts.forecasts import USUAL, StockPlan

TODAY = date(2026, 11, 25)
MUG, LAMP, RUG = (Product(name.lower(), name, price, stock, 15) for name, price, stock in (
    ("Mug", 1_000, 9), ("Lamp", 90_000, 3), ("Rug", 1_000, 50),
))  # fmt: skip


def plan(in_days: int | None, order_units: int = 0) -> StockPlan:
    stock_out = None if in_days is None else TODAY + timedelta(days=in_days)
    return StockPlan(USUAL, stock_out, stock_out, 0, 0, order_units)


def found(
    *products: Product, velocity: Mapping[str, float] | None = None, plans: Mapping[str, StockPlan] | None = None
) -> RunningOut | None:
    return running_out(products, velocity or {}, plans or {}, TODAY)


def test_of_what_runs_out_that_which_loses_most_a_day():
    soon = plan(2, order_units=40)
    first = found(MUG, LAMP, RUG, velocity={"mug": 5.0, "lamp": 1.0}, plans={"mug": soon, "lamp": soon})
    assert first == RunningOut(LAMP, 2, 1.0, 90_000, 40, others=1)


def test_what_is_gone_but_wanted_runs_out_today_and_what_nobody_wants_does_not():
    gone = Product("pot", "Pot", 250, 0, 15)
    assert found(gone, velocity={"pot": 2.0}) == RunningOut(gone, 0, 2.0, 500, 0, others=0)
    assert found(gone) is None


def test_what_runs_out_later_can_wait():
    assert found(MUG, plans={"mug": plan(15)}) is None
    assert found(MUG, plans={"mug": plan(None)}) is None
    assert found(MUG, plans={"mug": plan(14)}) is not None
