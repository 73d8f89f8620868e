"""The stock of the imported year, as page, file, call, wall, alerts and weekly report have it, against plain pandas."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from flask.testing import FlaskClient

from app.domain import NON_MERCHANDISE
from app.services import Services
from tests.support.dash_calls import navigate
from tests.support.page_loads import components_of

LAST_DAY = date(2011, 12, 9)  # of trade: all numbers of "the last days" end with it
AFTER = LAST_DAY + timedelta(days=1)


def file_of(client: FlaskClient, name: str) -> pd.DataFrame:
    """A file of exports, its numbers as numbers."""
    answer = client.get(f"/admin/export/{name}.csv")
    assert answer.status_code == 200, answer.text
    frame = pd.DataFrame(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    return frame.apply(lambda column: pd.to_numeric(column) if _is_number(column) else column)


def _is_number(column: pd.Series[Any]) -> bool:
    return column.name not in ("Product", "Name") and pd.to_numeric(column[column != ""], errors="coerce").notna().all()


def grid_of(client: FlaskClient) -> pd.DataFrame:
    """The rows of the stock page's table."""
    layout = navigate(client, "/admin/stock").json["response"]
    (grid,) = (one for one in components_of(layout) if one["id"] == "admin-stock-grid")
    return pd.DataFrame(grid["rowData"])


def expected_of(sold: pd.DataFrame, returned: pd.DataFrame, on_hand: pd.Series[int]) -> pd.DataFrame:
    """By product: units sold in the last 28 days of trade, units a day, and their share of what was there before."""
    since = datetime.combine(AFTER - timedelta(days=28), datetime.min.time())
    units = _units(sold, since, on_hand)
    back = _units(returned, since, on_hand)
    before = on_hand + units - back  # nothing was received in them
    share = (units / before).where(before > 0)
    return pd.DataFrame({"sold": units, "a_day": units / 28, "share": share})


def _units(rows: pd.DataFrame, since: datetime, like: pd.Series[int]) -> pd.Series[int]:
    return rows[rows["at"] >= since].groupby("code")["units"].sum().reindex(like.index, fill_value=0)


def dead_of(sold: pd.DataFrame, returned: pd.DataFrame, on_hand: pd.Series[int]) -> set[str]:
    """On hand, and neither sold nor first stocked in the 90 days that end with the last day of trade."""
    since = datetime.combine(AFTER - timedelta(days=90), datetime.min.time())
    last_sold = sold.groupby("code")["at"].max().reindex(on_hand.index)
    first = pd.concat([sold, returned]).groupby("code")["at"].min().reindex(on_hand.index)
    # What was sold before anything came back had its opening stock on the first day of all.
    opened = ~(returned.groupby("code")["at"].min().reindex(on_hand.index) <= first)
    lately = (last_sold >= since) | (~opened & (first >= since))
    return set(on_hand.index[(on_hand > 0) & ~lately])


def classes_of(client: FlaskClient) -> dict[str, str]:
    """By the API, of the same 365 days."""
    query = {"start": (AFTER - timedelta(days=365)).isoformat(), "end": AFTER.isoformat()}
    rows = client.get("/api/analytics/products/abc", query_string=query).json["rows"]
    return {row["product_id"]: row["class"] for row in rows}


def sold_out_everywhere(built: Services, file: pd.DataFrame) -> dict[str, int]:
    """How many products are sold out, by who says so."""
    return {
        "catalogue": sum(p.stock <= 0 and p.product_id not in NON_MERCHANDISE for p in built.catalog.all()),
        "file": int((file["Available"] <= 0).sum()),
        "wall": built.live.snapshot()["wall"]["health"]["out"],
        "alert": built.rules._present("sold_out"),
    }
