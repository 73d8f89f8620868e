"""When the shop has traded, and with which day "the last days" end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.lists import Period

QUIET_DAYS = 28


@dataclass(frozen=True)
class Trade:
    """The days of trade as of the store's `today`: the first one with a sale or a return, the last one with a sale.

    None: there was none yet.
    """

    first_day: date | None
    last_day: date | None
    today: date

    @property
    def is_quiet(self) -> bool:
        """Nothing sold in the last 28 days, as after importing an old history: they would show nothing but zeros."""
        return self.last_day is not None and (self.today - self.last_day).days >= QUIET_DAYS

    @property
    def anchor(self) -> date:
        """The day with which "the last days" end: today, or a quiet shop's last day of trade."""
        return self.last_day if self.last_day is not None and self.is_quiet else self.today

    @property
    def end(self) -> date:
        """The day after the anchor, with which half-open periods end."""
        return self.anchor + timedelta(days=1)

    @property
    def full_end(self) -> date:
        """With which the full days end: today is not over, a quiet shop's last day of trade is."""
        return self.end if self.is_quiet else self.today

    def last(self, days: int) -> Period:
        """The last `days`, the anchor among them."""
        return Period.ending(self.end, days)

    def full(self, days: int) -> Period:
        """The last `days` that are over."""
        return Period.ending(self.full_end, days)
