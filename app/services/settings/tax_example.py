"""What an order at home would come to under settings that are not saved yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.order_money import OrderMoney
from app.domain.taxes import Goods, RateRule, TaxRules
from app.services.settings.settings import Present

_PRICES = (Goods(20_000, 1), Goods(10_000, 2, "reduced"))  # minor units
_SHIPPING = 5_000


@dataclass(frozen=True)
class TaxExample:
    """A standard and a reduced product, with shipping; `rules` of today, and the rates that hold `later`."""

    money: OrderMoney
    rules: TaxRules
    later: Sequence[RateRule]


def example_of(made: Present) -> TaxExample:
    today = made.formats.today()
    rules = made.taxes.on(today)
    later = [one for one in made.taxes.rates if one.starts and one.starts > today]
    return TaxExample(rules.order(_PRICES, rules.home, shipping=_SHIPPING).money, rules, later)
