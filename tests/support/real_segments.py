"""RFM segments of the imported year, by counting: docs/metrics.md once more, over frames of the file's rows."""

from __future__ import annotations

from datetime import datetime

import pandas as pd


def scores(values: pd.Series[int], higher_is_better: bool) -> pd.Series[int]:
    """By counting, for each, who is strictly worse."""
    sign = 1 if higher_is_better else -1
    ordered = sorted(sign * values)
    below: dict[int, int] = {}
    for place, value in enumerate(ordered):
        below.setdefault(value, place)
    return 1 + 5 * (sign * values).map(below) // len(values)


def expected_segment(r: int, fm: int) -> str:
    if r == 5 and fm >= 4:
        return "Champions"
    if r >= 3 and fm >= 4:
        return "Loyal"
    if r >= 4 and fm >= 2:
        return "Potential loyalist"
    if fm == 1 and r >= 4:
        return "New" if r == 5 else "Promising"
    if r == 3:
        return "Needs attention" if fm == 3 else "About to sleep"
    if fm == 5:
        return "Can't lose"
    return "At risk" if fm >= 3 else "Hibernating"


def expected_segments(
    orders: pd.DataFrame, sold: pd.DataFrame, returned: pd.DataFrame, as_of: datetime
) -> pd.DataFrame:
    """By customer with an order before `as_of`: the last one (`last`), `orders`, `monetary` and `segment`."""
    buyers = orders[orders["at"] < as_of].dropna(subset="customer").groupby("customer")
    bought = sold[sold["at"] < as_of].groupby("customer")["amount"].sum()
    back = returned[returned["at"] < as_of].groupby("customer")["amount"].sum()
    customers = pd.DataFrame({"last": buyers["at"].max(), "orders": buyers.size()})
    customers["monetary"] = bought.reindex(customers.index) - back.reindex(customers.index, fill_value=0)
    customers["r"] = scores((as_of - customers["last"]).dt.days, higher_is_better=False)
    f, m = scores(customers["orders"], True), scores(customers["monetary"], True)
    fm = ((f + m) / 2 + 0.5).astype(int)
    customers["segment"] = [expected_segment(r, x) for r, x in zip(customers["r"], fm, strict=True)]
    return customers
