"""What is replayed: a policy, the days, and the products. Light enough for pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

from app import numbers
from app.domain import Period
from app.errors import InvalidInput
from app.services.forecasts.reorder_rules import MOST_LEAD_DAYS

CURVE = (50, 80, 90, 95, 98, 99)  # per cent: the service levels that are replayed beside the chosen one
LEAST_HISTORY = 28  # days of trade before the first day that is replayed
MOST_DAYS = 366
MOST_REVIEWS = 120  # each makes all forecasts anew
MOST_START_DAYS = 180
MOST_BUDGET = 10**15
MOST_CHOSEN = 500
MOST_ORDERED = 500_000  # products times days to order on: minutes of work
CLASS_DAYS = 90  # by whose sales, before the first day, products are put into classes

Which = Literal["all", "category", "class", "products"]


@dataclass(frozen=True)
class Policy:
    """How everything is reordered. `budget`: the most that stock and what is on order may cost together, minor units.

    `service`: per cent of times that stock is to be enough for lead time and review period.
    """

    lead_days: int
    review_days: int
    service: int
    budget: int | None = None


@dataclass(frozen=True)
class ReplayRequest:
    """`last` is replayed too. `names` are a category, a class or product ids, by `which`.

    `start_days`: of how many days' expected sales the stock at the beginning is, where what lay there was not counted;
    None: of lead time and review period.
    """

    policy: Policy
    first: date
    last: date
    which: Which = "all"
    names: tuple[str, ...] = ()
    start_days: int | None = None

    @property
    def period(self) -> Period:
        return Period(self.first, self.last + timedelta(days=1))

    @property
    def covered_days(self) -> int:
        """Of expected sales at the beginning, where nothing else is known."""
        usual = self.policy.lead_days + self.policy.review_days
        return usual if self.start_days is None else self.start_days

    @property
    def review_numbers(self) -> range:
        """The days on which is ordered, counted from the first."""
        return range(0, self.period.days, self.policy.review_days)

    def checked(self) -> ReplayRequest:
        """Itself. Raises InvalidInput for what cannot be replayed, whatever the shop's past is."""
        policy = self.policy
        _within(policy.lead_days, 0, MOST_LEAD_DAYS, "The lead time must be from {} to {} days.", "lead_days")
        _within(policy.review_days, 1, MOST_LEAD_DAYS, "The review period must be from {} to {} days.", "review_days")
        if policy.service not in CURVE:
            raise InvalidInput("Choose one of the service levels shown.", "service")
        if policy.budget is not None:
            _within(policy.budget, 1, MOST_BUDGET, "The budget must be an amount above nothing.", "budget")
        if self.start_days is not None:
            words = "The stock at the beginning must be for {} to {} days."
            _within(self.start_days, 0, MOST_START_DAYS, words, "start_days")
        if self.last < self.first:
            raise InvalidInput("The last day must not be before the first.", "last")
        if self.period.days > MOST_DAYS:
            raise InvalidInput(f"Choose at most {MOST_DAYS} days.", "first")
        if len(self.review_numbers) > MOST_REVIEWS:
            raise InvalidInput(
                f"These are more than {MOST_REVIEWS} days to order on: choose a longer review period or fewer days.",
                "review_days",
            )
        if len(self.names) > MOST_CHOSEN:
            raise InvalidInput(f"Choose at most {MOST_CHOSEN} products.", "products")
        if self.which != "all" and not self.names:
            raise InvalidInput("Choose which products to replay.", "products")
        return self

    def as_dict(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            **asdict(self.policy),
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "which": self.which,
            "names": sorted(self.names),
            "start_days": self.start_days,
        }

    @classmethod
    def of_dict(cls, kept: Mapping[str, Any]) -> ReplayRequest:
        return cls(
            Policy(kept["lead_days"], kept["review_days"], kept["service"], kept["budget"]),
            numbers.day(kept["first"]),
            numbers.day(kept["last"]),
            kept["which"],
            tuple(kept["names"]),
            kept["start_days"],
        )


def _within(value: int, least: int, most: int, words: str, field: str) -> None:
    if not least <= value <= most:
        raise InvalidInput(words.format(least, most), field)
