"""The real shop's year as plain pandas reads its file: what every number of the analytics is held against.

Nothing here is shared with the application but the file, the definitions of docs/metrics.md, and names of codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import pandas as pd

from app.domain import Period

FILE = Path(__file__).parents[3] / "shared" / "data" / "online_retail.csv.gz"
RULES = {"day": "D", "week": "W-SUN", "month": "M"}  # pandas calls a week by the day on which it ends


@dataclass(frozen=True)
class Plain:
    """Rows of the file as frames: lines sold, lines returned, orders. Times are the store's; money is pence."""

    sold: pd.DataFrame
    returned: pd.DataFrame
    orders: pd.DataFrame

    @cached_property
    def lifetime(self) -> pd.Series[int]:
        bought = self.sold.dropna(subset="customer").groupby("customer")["amount"].sum()
        back = self.returned.dropna(subset="customer").groupby("customer")["amount"].sum()
        return bought.sub(back.reindex(bought.index, fill_value=0))

    @cached_property
    def by_customers(self) -> pd.DataFrame:
        return self.orders.dropna(subset="customer")

    @cached_property
    def later(self) -> pd.DataFrame:
        """Orders of customers that came after their first one."""
        first = self.by_customers.groupby("customer")["at"].transform("min")
        return self.by_customers[self.by_customers["at"] > first]

    def of(self, period: Period) -> Plain:
        """What happened in it."""
        return Plain(*(inside(frame, period) for frame in (self.sold, self.returned, self.orders)))


@dataclass(frozen=True)
class Sums:
    """Of some time; money in pence before tax. `aov` and `median` None: there was no order."""

    orders: int
    units: int
    gross: int
    returns: int
    net: int
    aov: int | None
    median: int | None


def sums(plain: Plain) -> Sums:
    orders, gross, returns = len(plain.orders), int(plain.orders["gross"].sum()), int(plain.returned["amount"].sum())
    return Sums(
        orders,
        int(plain.orders["units"].sum()),
        gross,
        returns,
        gross - returns,
        half_up(Decimal(gross) / orders) if orders else None,
        half_up(plain.orders["gross"].median()) if orders else None,
    )


def buckets(period: Period, grain: str) -> list[Period]:
    """Its days, weeks or months; the first and last are cut off where the period is."""
    days = pd.period_range(period.start, period.end - timedelta(days=1), freq=RULES[grain])
    return [
        Period(max(one.start_time.date(), period.start), min(one.end_time.date() + timedelta(days=1), period.end))
        for one in days
    ]


def inside(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    return frame[(frame["at"] >= pd.Timestamp(period.start)) & (frame["at"] < pd.Timestamp(period.end))]


def half_up(value: float | Decimal) -> int:
    return int(Decimal(str(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def pence(text: str) -> int:
    return half_up(Decimal(text) * 100)


def read_year() -> Plain:
    rows = pd.read_csv(FILE, dtype=str, keep_default_na=False).apply(lambda column: column.str.strip())
    rows["code"] = rows["StockCode"].str.upper()
    rows["units"] = rows["Quantity"].astype("int64")
    prices = {text: pence(text) for text in rows["UnitPrice"].unique()}
    rows["price"] = rows["UnitPrice"].map(prices)
    rows["at"] = pd.to_datetime(rows["InvoiceDate"])
    rows["customer"] = rows["CustomerID"].where(rows["CustomerID"] != "")
    is_return = rows["InvoiceNo"].str.startswith("C")
    is_sale = ~is_return & ~rows["InvoiceNo"].str.startswith("A") & (rows["units"] > 0) & (rows["price"] >= 1)
    sold = rows[is_sale].assign(amount=lambda f: f["units"] * f["price"])
    returned = rows[is_return].assign(units=lambda f: -f["units"]).assign(amount=lambda f: f["units"] * f["price"])
    for frame in (sold, returned):
        frame["at"] = frame.groupby("InvoiceNo")["at"].transform("min")  # an invoice is one order, at its earliest time
    orders = sold.groupby("InvoiceNo").agg(
        at=("at", "min"),
        customer=("customer", "first"),
        country=("Country", "first"),
        units=("units", "sum"),
        gross=("amount", "sum"),
    )
    return Plain(sold, returned, orders)
