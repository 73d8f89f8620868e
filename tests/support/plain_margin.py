"""The margin of the real year as plain pandas works it out, from costs that the test gives to half of the products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import crc32

import pandas as pd

from app.domain import NON_MERCHANDISE, Period
from tests.support.plain_year import Plain, half_up, inside

SUMS = ["gross", "cost", "costed", "costed_returns"]


def some_costs(prices: Mapping[str, int]) -> dict[str, int]:
    """60 % of the price, half up, for about every second product."""
    return {code: half_up(0.6 * price) for code, price in sorted(prices.items()) if crc32(code.encode()) % 2}


class Made(NamedTuple):
    """Of some sales: gross, and what is known of them; pence."""

    gross: int
    cost: int
    costed: int
    costed_returns: int

    @property
    def margin(self) -> int:
        return self.costed - self.costed_returns - self.cost


class PlainMargin:
    """Every line sold and returned, with what it cost."""

    def __init__(self, plain: Plain, costs: Mapping[str, int]) -> None:
        sold = plain.sold.assign(unit=plain.sold["code"].map(costs))
        back = plain.returned.assign(unit=plain.returned["code"].map(costs))
        restocked = ~back["code"].isin(NON_MERCHANDISE)
        home = sold.groupby("InvoiceNo")["Country"].first()
        rows = [
            pd.DataFrame(
                {
                    "gross": sold["amount"],
                    "cost": (sold["unit"] * sold["units"]).fillna(0),
                    "costed": sold["amount"].where(sold["unit"].notna(), 0),
                    "costed_returns": 0,
                    "country": sold["InvoiceNo"].map(home),
                }
            ).assign(code=sold["code"], at=sold["at"], customer=sold["customer"]),
            pd.DataFrame(
                {
                    "gross": 0,
                    "cost": -(back["unit"] * back["units"]).where(restocked, 0).fillna(0),
                    "costed": 0,
                    "costed_returns": back["amount"].where(back["unit"].notna(), 0),
                    "country": back["Country"],
                }
            ).assign(code=back["code"], at=back["at"], customer=back["customer"]),
        ]
        self.rows = pd.concat(rows, ignore_index=True)
        self.rows[SUMS] = self.rows[SUMS].astype("int64")

    def by(self, key: Any) -> dict[Any, Made]:
        sums = self.rows.groupby(key(self.rows))[SUMS].sum()
        return {name: Made(*map(int, numbers)) for name, *numbers in sums.itertuples() if any(numbers)}

    def of(self, period: Period) -> PlainMargin:
        part = object.__new__(PlainMargin)
        part.rows = inside(self.rows, period)
        return part

    @property
    def total(self) -> Made:
        return Made(*(int(self.rows[name].sum()) for name in SUMS))


def found_in(row: Any) -> Made:
    """The same of a row of the application's."""
    return Made(row.gross, row.cost, row.costed, row.costed_returns)
