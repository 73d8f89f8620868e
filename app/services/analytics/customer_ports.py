"""What analytics read of customers: rollups and a few indexed rows, never the lines of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from app.domain.amounts import half_up
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.ports import ProductSales

CustomerSort = Literal[
    "lifetime", "margin", "orders", "units", "gross", "returns", "recent", "name", "country", "segment"
]  # fmt: skip


class CustomerRow(NamedTuple):
    """A person's totals of all time; `lifetime` = gross - returns.

    It and the times are None without an order: of somebody who only gave back, as at the beginning of an imported
    history, it is not known what they had bought.
    """

    user_id: int
    full_name: str
    email: str | None
    country: str | None
    orders: int
    units: int
    gross: int
    returns: int
    lifetime: int | None
    first_order_at: datetime | None
    last_order_at: datetime | None
    segment: str | None
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0

    @property
    def margin(self) -> Margin:
        """Of all time: the lifetime value less what its units cost."""
        return margin_of(self)


class CustomerSpending(NamedTuple):
    """What a person bought, all time: units and gross sales (before tax, returns not taken off)."""

    user_id: int
    full_name: str
    email: str | None
    units: int
    gross: int


class CustomerTotals(NamedTuple):
    """How many customers there are.

    `customers` have an account or an order, `buyers` an order, `returning` a later one too. `lifetime`: of the buyers.
    """

    customers: int
    buyers: int
    returning: int
    lifetime: int

    @property
    def lifetime_each(self) -> int | None:
        """The mean of the buyers, to the nearest minor unit; None without any."""
        return half_up(Decimal(self.lifetime) / self.buyers) if self.buyers else None


class Standing(NamedTuple):
    """A customer up to an instant; `lifetime` in minor units, `segment` as it was last kept."""

    user_id: int
    orders: int
    lifetime: int
    last_order_at: datetime
    segment: str | None = None


class TopCustomer(NamedTuple):
    user_id: int
    external_id: str | None
    full_name: str
    orders: int
    units: int
    lifetime: int
    last_order_at: datetime
    segment: str | None


class SegmentSum(NamedTuple):
    """The customers of one segment, counted. `monetary`: the lifetime values of its customers, minor units."""

    segment: str
    customers: int
    monetary: int


class CountrySum(NamedTuple):
    """Customers with an order, by the country that is known of them, and their lifetime values; "" is not known."""

    country: str
    customers: int
    monetary: int


class ValueBand(NamedTuple):
    """Customers whose lifetime value is at least `low` and below `high` (None: no bound), minor units."""

    low: int | None
    high: int | None
    customers: int


class CustomerSummary(NamedTuple):
    """All customers with an order, as of `at`.

    `median`: their lifetime value in the middle; `top_share`: what the best tenth brought, of all lifetime values.
    `accounts`: how many customers there are, those without an order too, up to the id `last_account`.
    """

    at: datetime
    segments: Sequence[SegmentSum]
    bands: Sequence[ValueBand]
    countries: Sequence[CountrySum]
    median: int
    top_share: float
    accounts: int
    last_account: int

    @property
    def buyers(self) -> int:
        return sum(one.customers for one in self.segments)

    @property
    def lifetime(self) -> int:
        return sum(one.monetary for one in self.segments)

    @property
    def top_value(self) -> int:
        """What the best tenth brought, minor units."""
        return round(self.top_share * self.lifetime)


class CustomerMonth(NamedTuple):
    """One customer's month, by its first day."""

    first_day: date
    orders: int
    gross: int
    returns: int


class CustomerOrder(NamedTuple):
    order_id: int
    external_id: str | None
    units: int
    total: int
    refunded: int
    paid_at: datetime


class CohortMonth(NamedTuple):
    """Customers whose first order was in store month `cohort` ("2026-11") and who ordered in `month`."""

    cohort: str
    month: str
    customers: int


MOST_FOUND = 2000  # so many whom a search finds are counted


class CustomerGroup(NamedTuple):
    """Which customers: of a segment, as it was last kept; of a cohort, the store month of their first order.

    None: of any.
    """

    segment: str | None = None
    cohort: str | None = None

    @property
    def is_everybody(self) -> bool:
        return self == EVERYBODY


EVERYBODY = CustomerGroup()


class CustomerReader(Protocol):
    def customers(
        self,
        q: str,
        sort: CustomerSort,
        limit: int,
        offset: int,
        by_email: bool = True,
        group: CustomerGroup = EVERYBODY,
        ascending: bool = False,
        total: int | None = None,
    ) -> tuple[list[CustomerRow], int]:
        """A slice of those whom `q` finds, and how many there are; beyond MOST_FOUND a search counts no further.

        It finds names and countries that hold it and, `by_email`, e-mails that begin with it, or with an @ hold it.

        Numbers and times with the highest first, words from A to Z; `ascending` turns that round. Nothing comes last.
        `total`: how many there are, where that is known and need not be counted.

        Only those of `group`.
        """

    def spending(self, q: str, limit: int, after: int) -> list[CustomerSpending]:
        """Customers as in `customers`, by id, those beyond `after`; in one query."""

    def customers_after(self, after: int, limit: int, group: CustomerGroup) -> list[CustomerRow]:
        """Customers of a group by id, those beyond `after`."""

    def buyer_totals(self) -> tuple[int, int, int]:
        """Customers with an order, those of them with a later one too, and their lifetime value in minor units."""

    def customer_count(self, group: CustomerGroup = EVERYBODY, after: int = 0) -> int:
        """Customers, those without an order too, with an id beyond `after`; or all of a narrower group."""

    def last_account(self) -> int:
        """The highest id of an account; 0 without any."""

    def cohorts(self) -> list[CohortMonth]:
        """By cohort and month."""

    def standings(self) -> list[Standing]:
        """Every customer with an order, by id."""

    def standings_until(self, at: datetime, day: date, day_start: datetime) -> list[Standing]:
        """The same as it was at `at`, an instant of store day `day`, which began at `day_start`."""

    def country_sums(self) -> list[CountrySum]:
        """By lifetime value, the most first; the first hundred."""

    def keep(self, segments: Mapping[int, str], summary: CustomerSummary) -> None:
        """Write the segments of these customers, by id, and the summary of all."""

    def summary(self) -> CustomerSummary | None:
        """The one that was kept last; None before that."""

    def customer(self, user_id: int) -> CustomerRow | None: ...

    def months_of(self, user_id: int) -> list[CustomerMonth]:
        """Months in which the customer bought or gave back, ascending."""

    def orders_of(self, user_id: int, limit: int, offset: int = 0) -> list[CustomerOrder]:
        """The latest paid ones after the first `offset`, the newest first."""

    def products_of(self, user_id: int, orders: int) -> list[ProductSales]:
        """What the latest `orders` were of, by gross sales, the most first."""

    def top(self, limit: int) -> list[TopCustomer]:
        """Customers with an order by lifetime value, the highest first (ties: by id)."""
