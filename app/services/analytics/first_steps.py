"""What is left to do until a new shop can sell, each step ticked by what the shop really has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain import Trade

NEW_FOR = timedelta(days=14)  # after its first sale: until then steps that were left out are still shown

_NEEDED = {"contact", "returns", "privacy", "terms"}  # what customers must be able to read


class Step(StrEnum):
    NAME = "name"
    SELLER = "seller"
    MONEY = "money"
    PRODUCTS = "products"
    PAGES = "pages"
    SHIPPING = "shipping"
    TAX = "tax"
    ADDRESS = "address"
    ORDER = "order"


@dataclass(frozen=True)
class FirstStep:
    step: Step
    is_done: bool


def first_steps(
    chosen: Collection[str], written: Collection[str], has_products: bool, trade: Trade
) -> tuple[FirstStep, ...]:
    """All of them in order; none once all are done, or in a shop that has been selling for a while.

    `chosen`: the settings that somebody set, here or in the environment, instead of leaving them at their defaults.
    `written`: the shop's own pages that say something.
    """
    done = {
        Step.NAME: "name" in chosen,
        Step.SELLER: {"legal_name", "address"} <= set(chosen) and bool({"email", "phone"} & set(chosen)),
        Step.MONEY: {"timezone", "currency"} <= set(chosen) or trade.first_day is not None,
        Step.PRODUCTS: has_products,
        Step.PAGES: set(written) >= _NEEDED,
        Step.SHIPPING: "shipping" in chosen,
        Step.TAX: not {"tax_rate", "tax_rates"}.isdisjoint(chosen),
        Step.ADDRESS: "public_url" in chosen,
        Step.ORDER: trade.first_day is not None,
    }
    is_new = not has_products or trade.first_day is None or trade.today - trade.first_day < NEW_FOR
    if not is_new or all(done.values()):
        return ()
    return tuple(FirstStep(step, is_done) for step, is_done in done.items())
