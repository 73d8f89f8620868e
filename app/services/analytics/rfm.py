"""RFM: how recently, how often and for how much customers bought, in five classes each, and the segments of these.

Scores and segments as docs/metrics.md defines them: `1 + floor(5 * worse / n)`, where `worse` counts the customers with
a strictly worse value and n all customers with an order, so that equal values get equal scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import pandas as pd

from app.services.analytics.customer_ports import Standing

Segment = Literal[
    "Champions",
    "Loyal",
    "Potential loyalist",
    "New",
    "Promising",
    "Needs attention",
    "About to sleep",
    "Can't lose",
    "At risk",
    "Hibernating",
]
SEGMENTS: tuple[Segment, ...] = get_args(Segment)
CLASSES = 5
_DAY = timedelta(days=1)

# (lowest R, highest R, lowest FM, highest FM): the first that matches.
_RULES: tuple[tuple[int, int, int, int, Segment], ...] = (
    (5, 5, 4, 5, "Champions"),
    (3, 4, 4, 5, "Loyal"),
    (4, 5, 2, 3, "Potential loyalist"),
    (5, 5, 1, 1, "New"),
    (4, 4, 1, 1, "Promising"),
    (3, 3, 3, 3, "Needs attention"),
    (3, 3, 1, 2, "About to sleep"),
    (1, 2, 5, 5, "Can't lose"),
    (1, 2, 3, 4, "At risk"),
    (1, 2, 1, 2, "Hibernating"),
)


def segment_of(recency: int, frequency: int, monetary: int) -> Segment:
    """The segment of three scores from 1 to 5."""
    together = (frequency + monetary + 1) // 2  # (F + M) / 2 rounded half up
    return next(
        name
        for low_r, high_r, low_fm, high_fm, name in _RULES
        if low_r <= recency <= high_r and low_fm <= together <= high_fm
    )


_SEGMENTS_BY_SCORES = {
    (r, f, m): segment_of(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)
}  # fmt: skip


def classified(standings: Sequence[Standing], as_of: datetime) -> pd.DataFrame:
    """One row per customer, in the given order.

    Columns: user_id, recency (whole days from the last order to `as_of`), frequency (orders), monetary (lifetime
    value, minor units), r, f, m (scores, int64), segment.
    """
    frame = pd.DataFrame(
        {
            "user_id": [s.user_id for s in standings],
            "recency": [(as_of - s.last_order_at) // _DAY for s in standings],
            "frequency": [s.orders for s in standings],
            "monetary": [s.lifetime for s in standings],
        },
        dtype="int64",
    )
    frame["r"] = _scores(-frame["recency"])
    frame["f"] = _scores(frame["frequency"])
    frame["m"] = _scores(frame["monetary"])
    scores = zip(frame["r"], frame["f"], frame["m"], strict=True)
    frame["segment"] = [_SEGMENTS_BY_SCORES[s] for s in scores]
    return frame


def _scores(values: pd.Series[int]) -> pd.Series[int]:
    """Scores of values of which the lower are the worse."""
    worse = values.rank(method="min").astype("int64") - 1
    return 1 + CLASSES * worse // max(len(values), 1)
