"""What is left to do until a new shop can sell, each step ticked by what the shop really has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain import Trade

NEW_FOR = timedelta(days=14)  # after its first sale: until then steps that were left out are still shown


class Step(StrEnum):
    NAME = "name"
    PRODUCTS = "products"
    TAX = "tax"
    ORDER = "order"


@dataclass(frozen=True)
class FirstStep:
    step: Step
    is_done: bool


def first_steps(chosen: Collection[str], has_products: bool, trade: Trade) -> tuple[FirstStep, ...]:
    """All of them in order; none once all are done, or in a shop that has been selling for a while.

    `chosen`: the settings that somebody set instead of leaving them at their defaults.
    """
    done = {
        Step.NAME: {"store_name", "public_url"} <= set(chosen),
        Step.PRODUCTS: has_products,
        Step.TAX: "tax_rate" in chosen,
        Step.ORDER: trade.first_day is not None,
    }
    is_new = not has_products or trade.first_day is None or trade.today - trade.first_day < NEW_FOR
    if not is_new or all(done.values()):
        return ()
    return tuple(FirstStep(step, is_done) for step, is_done in done.items())
