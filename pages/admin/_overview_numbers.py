"""What the overview is asked to show, checked; and the numbers of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from app.domain import Access, Period, ShopEvent, Trade
from app.errors import InvalidInput
from app.frames import plain
from app.services import services
from app.services.analytics.breakdown import Part
from app.services.analytics.sales import SalesTotals, summed
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import periods
from components.admin.rows_behind import NOWHERE, Behind, rows_behind
from pages.admin._parts_of_sales import kept, part_of

page = Page("admin-overview", path="/admin", title="Overview", access=Access.WATCH, frame="admin")


@dataclass(frozen=True)
class Choice:
    """What the controls say, checked, at the instant `now`.

    `before` None: nothing to compare with; `until`: the clock time at which its last day stops to count;
    `alone`: why nothing can be compared, if so. `part`: of which sales.
    """

    period: Period
    before: Period | None
    until: datetime | None
    alone: str
    grain: periods.Grain
    part: Part
    trade: Trade
    now: datetime

    @property
    def today(self) -> date:
        return self.trade.today

    @property
    def has_today(self) -> bool:
        return self.period.start <= self.today < self.period.end

    def address(self) -> dict[str, str]:
        """The values of an export's address."""
        return {
            "from": self.period.start.isoformat(),
            "to": (self.period.end - timedelta(days=1)).isoformat(),
            **kept(self.part),
        }

    @property
    def events(self) -> list[ShopEvent]:
        return services().events.of(self.period)


def choose(
    period: Any, compare: Any = "previous", grain: Any = "auto", start: Any = None, end: Any = None, part: Any = None
) -> Choice:
    """Raises InvalidInput for anything that the controls cannot say."""
    if not all(isinstance(value, str) for value in (period, compare, grain)):
        raise InvalidInput("Choose one of the periods shown.", "period")
    if compare not in dict(periods.COMPARISONS) or grain not in dict(periods.GRAIN_CHOICES):
        raise InvalidInput("Choose one of the ways shown.", "compare")
    formats, now, wanted = services().formats, datetime.now(UTC), part_of(part)
    trade = services().sales.trade(now)
    chosen = periods.period_of(period, trade, start, end)
    whole = periods.compared(chosen, compare)
    alone = periods.why_alone(chosen, whole, trade, formats)
    before = periods.same_days(chosen, whole, trade.today)
    cut = periods.grain_of(chosen, grain)
    return Choice(
        period=chosen,
        before=None if alone or compare == "none" else before,
        # Parts are kept by whole days.
        until=None if wanted else periods.same_clock(chosen, before, now, formats),
        alone=alone,
        grain="day" if wanted and cut == "hour" else cut,
        part=wanted,
        trade=trade,
        now=now,
    )


def behind(period: Period, part: Part) -> Behind:
    """Where the orders and returns of a period are, for those who may see them."""
    if not current_principal().may(Access.ADMIN):
        return NOWHERE
    return rows_behind(period, kept(part))


@dataclass(frozen=True)
class Sold:
    """Of some days: the rows of their line, their sums, and the gross sales of the last day."""

    rows: pd.DataFrame
    totals: SalesTotals
    last_gross: int


def sold(choice: Choice, days: Period, until: datetime | None) -> Sold:
    """`days`: the chosen period or the one before; the rows are on the chosen period's time axis."""
    sales, period = services().sales, choice.period
    daily = services().breakdowns.by_day(days, choice.part) if choice.part else sales.by_day(days, until)
    if choice.grain == "hour":
        all_days = [days.start + timedelta(days=number) for number in range(days.days)]
        hours = [sales.hours(day, until if day == all_days[-1] else None) for day in all_days]
        wall = choice.now.astimezone(services().settings.zone).replace(tzinfo=None)
        rows = periods.hourly(period, hours, wall)
    else:
        rows = periods.buckets(periods.shifted(daily, days, period), period, choice.grain, choice.today)
    return Sold(rows, summed(daily), plain(daily["gross"])[-1] if len(daily) else 0)
