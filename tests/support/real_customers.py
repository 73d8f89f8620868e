"""The customers of the imported year, as page, file and call have them, against plain pandas."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd
from flask.testing import FlaskClient

from app.money import Formats
from tests.support.dash_calls import navigate
from tests.support.page_markup import Shown, read, sections

LAST_MONTH, LAST_DAY = "2011-12", date(2011, 12, 9)  # of trade, which ended in it
WEEKS = 26


class Page(NamedTuple):
    """What the cards of the customers' page show."""

    segments: Shown
    cohorts: Shown
    weeks: Shown
    values: Shown
    countries: Shown
    everybody: Shown


def page_of(client: FlaskClient) -> Page:
    layout = navigate(client, "/admin/customers").json["response"]["_pages_content"]["children"]
    return Page(*(read(section) for section in sections(layout)))


def file_of(client: FlaskClient, address: str) -> list[list[str]]:
    """The rows of a file of exports, without its head."""
    answer = client.get(f"/admin/export/{address}")
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"), newline="")))[1:]


def rows_of(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    """The rows of an answer of the analytics."""
    answer = client.get(f"/api/analytics/customers/{address}")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json["rows"]
    return rows


def everybody(orders: pd.DataFrame, sold: pd.DataFrame, returned: pd.DataFrame) -> pd.DataFrame:
    """By customer, those who only gave back among them: the columns of the list. Without an order no lifetime value."""
    by = orders.dropna(subset="customer").groupby("customer")
    frame = by.agg(orders=("gross", "size"), units=("units", "sum"), gross=("gross", "sum"))
    back = returned.dropna(subset="customer").groupby("customer")["amount"].sum()
    frame = frame.reindex(frame.index.union(back.index), fill_value=0)
    frame["returns"] = back.reindex(frame.index, fill_value=0)
    frame["lifetime"] = (frame["gross"] - frame["returns"]).where(frame["orders"] > 0)
    frame["first"], frame["last"] = by["at"].min(), by["at"].max()
    latest = sold.dropna(subset="customer").sort_values("at", kind="stable").groupby("customer")["Country"].last()
    frame["country"] = latest.reindex(frame.index, fill_value="")
    return frame


def listed(frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """As the file writes them, by name; without country and segment."""

    def money(pence: float) -> str:
        return f"{pence / 100:.2f}" if pd.notna(pence) else ""

    def moment(at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S}" if pd.notna(at) else ""

    return {
        f"Customer {row.Index}": (
            str(row.orders), str(row.units), money(row.gross), money(row.returns), money(row.lifetime),
            moment(row.first), moment(row.last),
        )
        for row in frame.itertuples()
    }  # fmt: skip


def weeks(orders: pd.DataFrame) -> list[tuple[date, int, int]]:
    """The first day of each of the last 26 weeks, who first bought in it, and who had bought before."""
    buyers = orders.dropna(subset="customer")
    first = buyers.groupby("customer")["at"].min()
    later = buyers.assign(later=buyers["at"] > buyers["customer"].map(first), week=buyers["at"].dt.to_period("W-SUN"))
    people = later.groupby("week")["customer"].nunique()
    back = later[later["later"]].groupby("week")["customer"].nunique()
    last = pd.Period(LAST_DAY, "W-SUN")
    found = [last - number for number in reversed(range(WEEKS))]
    return [(w.start_time.date(), int(people.get(w, 0) - back.get(w, 0)), int(back.get(w, 0))) for w in found]


def retention(orders: pd.DataFrame) -> dict[str, list[int]]:
    """By month of the first order: who ordered in it, in the next, and so on through the last month."""
    buyers = orders.dropna(subset="customer").assign(month=lambda f: f["at"].dt.to_period("M"))
    cohort = buyers.groupby("customer")["month"].transform("min")
    counts = buyers.groupby([cohort.rename("cohort"), "month"])["customer"].nunique()
    last = pd.Period(LAST_MONTH, "M")
    return {
        str(first): [int(counts.get((first, first + k), 0)) for k in range((last - first).n + 1)]
        for first in sorted(counts.index.levels[0])
    }


def heat_rows(cohorts: dict[str, list[int]], formats: Formats) -> list[list[str]]:
    """As the page shows retention: shares, the last month in part, and nothing for what has not come."""
    found = []
    for month, (size, *later) in cohorts.items():
        cells = [formats.percent(count / size) for count in later]
        cells[-1:] = [f"{cell} , counted in part" for cell in cells[-1:]]
        blank = [""] * (len(cohorts) - 1 - len(later))
        words = formats.month(date.fromisoformat(f"{month}-01"))
        found.append([words, formats.number(size), *cells, *blank])
    return found


def bought_months(orders: pd.DataFrame, returned: pd.DataFrame, customer: str) -> dict[date, tuple[int, int, int]]:
    """Orders, gross sales and returns of a customer by the first day of each month with some."""
    mine, back = (frame[frame["customer"] == customer] for frame in (orders, returned))
    by = mine.groupby(mine["at"].dt.to_period("M"))["gross"].agg(["size", "sum"])
    returns = back.groupby(back["at"].dt.to_period("M"))["amount"].sum()
    return {
        month.start_time.date(): (
            int(by["size"].get(month, 0)), int(by["sum"].get(month, 0)), int(returns.get(month, 0)),
        )
        for month in by.index.union(returns.index)
    }  # fmt: skip
