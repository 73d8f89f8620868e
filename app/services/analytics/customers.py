"""Everybody's orders, units and money spent."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, get_args

import pandas as pd

from app.blocking import offload
from app.domain import Trade
from app.domain.amounts import half_up
from app.errors import InvalidInput, NotFound
from app.frames import records
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.buckets import average_order
from app.services.analytics.cohorts import Cohort, Retention, cohort_of, month_of, retention, trade_months
from app.services.analytics.customer_course import Course, course_of
from app.services.analytics.customer_ports import (
    EVERYBODY,
    MOST_FOUND,
    CountrySum,
    CustomerGroup,
    CustomerOrder,
    CustomerReader,
    CustomerRow,
    CustomerSort,
    CustomerSpending,
    CustomerSummary,
    CustomerTotals,
    SegmentSum,
    Standing,
    TopCustomer,
    ValueBand,
)
from app.services.analytics.ports import ProductSales
from app.services.analytics.rfm import SEGMENTS, classified
from app.services.analytics.segments import Segments, segments_of

LARGEST_PAGE = 200
LONGEST_QUERY = 100
READ_AT_ONCE = 500
TOP_PART = 10  # the best tenth
PROFILE_ORDERS = 20
PROFILE_BASKETS = 200  # latest orders of one customer, of which the products are shown
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class CustomerPage:
    """One page of the list of customers.

    `total` counts all that match, `has_more`: and there are others; `page` is the one shown, from 1 to `pages`.
    """

    rows: tuple[CustomerRow, ...]
    total: int
    page: int
    pages: int
    has_more: bool = False


@dataclass(frozen=True)
class Profile:
    """One customer. `recency`: whole days since the last order; None without one.

    `orders` are 20, the newest first: those of `page`, from 1 to `pages`. `products` are what the latest orders were
    of: all of them, or as many as `latest`.
    """

    row: CustomerRow
    course: Course
    orders: tuple[CustomerOrder, ...]
    page: int
    pages: int
    products: tuple[ProductSales, ...]
    latest: int | None
    recency: int | None

    @property
    def aov(self) -> int | None:
        """Minor units; 0 without orders."""
        return average_order(self.row.gross, self.row.orders)


class CountryShare(NamedTuple):
    """Customers of a country ("": not known), their lifetime values (minor units), and both of all countries.

    `worth` is `monetary` where that is above nothing: countries that gave back more than they bought have no part in
    `worth_of_all`.
    """

    country: str
    customers: int
    monetary: int
    worth: int
    customers_of_all: int
    worth_of_all: int


class CustomerAnalytics:
    def __init__(
        self,
        reader: CustomerReader,
        formats: Formats,
        trade: Callable[[], Trade],
        last_sales: Callable[[], Sequence[date]],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._formats = formats
        self._trade = trade
        self._last_sales = last_sales
        self._now = now
        self._counts: AnswerCache[int] = AnswerCache()

    def page(
        self,
        q: str = "",
        sort: CustomerSort = "lifetime",
        page: int = 1,
        page_size: int = 50,
        by_email: bool = True,
        group: CustomerGroup = EVERYBODY,
        ascending: bool = False,
    ) -> CustomerPage:
        """Customers whose name or country holds `q`, or whose e-mail begins with it, or holds it if it has an @.

        A page beyond the last is the last. Of very many whom `q` finds only the first ones can be turned to.

        Numbers and times are sorted with the highest first, words from A to Z; `ascending` turns that round.

        `by_email` False for those who may not see addresses: searching must not reveal them either.

        Only those of `group`. Raises InvalidInput for an unknown order or segment, and for a cohort that is no month.
        """
        _check(group)
        if sort not in get_args(CustomerSort):
            raise InvalidInput(f"Customers can be sorted by {', '.join(get_args(CustomerSort))}.", "sort")
        q = q[:LONGEST_QUERY]
        size = max(1, min(page_size, LARGEST_PAGE))
        wanted = max(1, page)
        known = None if q.strip() else self._counts.get(group, lambda: self._count(group))
        rows, total = self._reader.customers(q, sort, size, (wanted - 1) * size, by_email, group, ascending, known)
        has_more = bool(q.strip()) and total > MOST_FOUND
        pages = max(1, -(-(MOST_FOUND if has_more else total) // size))
        if wanted > pages:
            wanted = pages
            rows, total = self._reader.customers(q, sort, size, (wanted - 1) * size, by_email, group, ascending, known)
        return CustomerPage(tuple(rows), MOST_FOUND if has_more else total, wanted, pages, has_more)

    def spending(self, q: str, limit: int, after: int) -> tuple[list[CustomerSpending], bool]:
        """Up to `limit` customers by id from beyond `after`, and whether more follow."""
        rows = self._reader.spending(q[:LONGEST_QUERY], limit + 1, after)
        return rows[:limit], len(rows) > limit

    def everybody(self, group: CustomerGroup = EVERYBODY) -> Iterator[CustomerRow]:
        """All customers, or those of a group, by id; read a few hundred at a time. Raises InvalidInput as `page`."""
        _check(group)
        return self._everybody(group)

    def _everybody(self, group: CustomerGroup) -> Iterator[CustomerRow]:
        after = 0
        while rows := self._reader.customers_after(after, READ_AT_ONCE, group):
            yield from rows
            after = rows[-1].user_id

    def _count(self, group: CustomerGroup) -> int:
        """From the worker's count of a minute ago and who has come since: to count a million takes a third of a second.

        In a segment is nobody who was not in it then.
        """
        kept = self._reader.summary()
        if kept is None or group.cohort is not None:
            return self._reader.customer_count(group)
        if group.segment is not None:
            return next((row.customers for row in kept.segments if row.segment == group.segment), 0)
        return kept.accounts + self._reader.customer_count(after=kept.last_account)

    def totals(self) -> CustomerTotals:
        return CustomerTotals(self._counts.get(EVERYBODY, lambda: self._count(EVERYBODY)), *self._reader.buyer_totals())

    def cohorts(self) -> list[Cohort]:
        """By first month; each is followed through the last month with trade, guests' too."""
        rows = self._reader.cohorts()
        if not rows:
            return []
        months = [row.month for row in rows]
        trade, last_sales = self._trade(), self._last_sales()
        last = max(*months, *(month_of(day) for day in last_sales))
        known = trade_months(last_sales, trade.full_end)
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for row in rows:
            found[row.cohort][row.month] = row.customers
        return [cohort_of(cohort, counts, last, known) for cohort, counts in sorted(found.items())]

    def retention(self) -> Retention:
        return retention(self.cohorts())

    def summary(self) -> CustomerSummary:
        """A minute old at most."""
        kept = self._reader.summary()
        if kept is not None:
            return kept
        now = self._now()
        return self._summed(_ranked(self._reader.standings(), now), now)

    def segments(self, as_of: datetime | None = None) -> Segments:
        """Every segment of docs/metrics.md, of customers as they were at `as_of`; without it a minute ago at most.

        Raises InvalidInput for an instant that has not come.
        """
        if as_of is None:
            return segments_of(self.summary())
        if as_of > self._now():
            raise InvalidInput("as_of has not come yet.", "as_of")
        day = self._formats.store_day(as_of)
        standings = self._reader.standings_until(as_of, day, self._formats.day_start(day))
        return Segments(as_of, _sums(_ranked(standings, as_of)))

    def keep_segments(self) -> int:
        """Work out everybody's segment, and write those that changed and the summary; how many changed."""
        standings, now = self._reader.standings(), self._now()
        frame = _ranked(standings, now)
        found = _by_customer(frame)
        changed = {s.user_id: found[s.user_id] for s in standings if found[s.user_id] != s.segment}
        self._reader.keep(changed, self._summed(frame, now))
        return len(changed)

    def _summed(self, frame: pd.DataFrame, at: datetime) -> CustomerSummary:
        last_account, accounts = self._reader.last_account(), self._reader.customer_count()
        values = frame["monetary"].sort_values(ascending=False)
        total, best = int(values.sum()), int(values.head(-(-len(values) // TOP_PART)).sum())
        return CustomerSummary(
            at=at,
            segments=_sums(frame),
            bands=bands(values, 10**self._formats.digits),
            countries=self._reader.country_sums(),
            median=half_up(Decimal(str(values.median()))) if len(values) else 0,
            top_share=best / total if total > 0 else 0.0,
            accounts=accounts,
            last_account=last_account,
        )

    def profile(self, user_id: int, page: int = 1) -> Profile:
        """`page`: of the orders; one beyond the last is the last. Raises NotFound."""
        row = self._reader.customer(user_id)
        if row is None:
            raise NotFound("There is no such customer.")
        pages = max(1, -(-row.orders // PROFILE_ORDERS))
        page = min(max(1, page), pages)
        return Profile(
            row,
            course_of(self._reader.months_of(user_id), self._trade().anchor),
            tuple(self._reader.orders_of(user_id, PROFILE_ORDERS, (page - 1) * PROFILE_ORDERS)),
            page,
            pages,
            tuple(self._reader.products_of(user_id, PROFILE_BASKETS)),
            latest=PROFILE_BASKETS if row.orders >= PROFILE_BASKETS else None,
            recency=None if row.last_order_at is None else (self._now() - row.last_order_at).days,
        )

    def top(self, limit: int) -> list[TopCustomer]:
        """Those of the highest lifetime value, with their segments of a minute ago at most."""
        rows = self._reader.top(limit)
        if all(row.segment for row in rows):
            return rows
        found = _by_customer(_ranked(self._reader.standings(), self._now()))
        return [row._replace(segment=row.segment or found[row.user_id]) for row in rows]


def _check(group: CustomerGroup) -> None:
    if group.segment is not None and group.segment not in SEGMENTS:
        raise InvalidInput("There is no such segment.", "segment")
    if group.cohort is not None and not _MONTH.fullmatch(group.cohort):
        raise InvalidInput("Give the month of the first order as 2026-11.", "cohort")


def bands(values: pd.Series[int], major: int) -> list[ValueBand]:
    """Customers by lifetime value in bands that begin at 1, 2 or 5 times a power of ten; `major` is minor units.

    From the first band with somebody to the last; those below nothing, who gave back more than they bought, come first.
    """
    if not len(values):
        return []
    highest = int(values.max())
    edges = [0]
    step = major
    while edges[-1] <= highest:
        edges += [step, 2 * step, 5 * step]
        step *= 10
    found = [ValueBand(None, 0, int((values < 0).sum()))]
    found += [ValueBand(a, b, int(((values >= a) & (values < b)).sum())) for a, b in itertools.pairwise(edges)]
    filled = [place for place, band in enumerate(found) if band.customers]
    return found[filled[0] : filled[-1] + 1]


def by_country(sums: Sequence[CountrySum]) -> list[CountryShare]:
    """The countries with the most customers first."""
    customers, worth = sum(one.customers for one in sums), sum(max(0, one.monetary) for one in sums)
    found = [CountryShare(*one, max(0, one.monetary), customers, worth) for one in sums if one.customers]
    return sorted(found, key=lambda one: -one.customers)


def _ranked(standings: Sequence[Standing], at: datetime) -> pd.DataFrame:
    """Beside the other requests of the process: a hundred thousand customers take a while."""
    return offload(classified, standings, at)


def _by_customer(frame: pd.DataFrame) -> dict[int, str]:
    return dict(zip(frame["user_id"].to_list(), frame["segment"].to_list(), strict=True))


def _sums(frame: pd.DataFrame) -> tuple[SegmentSum, ...]:
    sums = frame.groupby("segment")["monetary"].agg(["size", "sum"])
    known = {row.segment: (row.size, row.sum) for row in records(sums.reset_index())}
    return tuple(SegmentSum(name, *known.get(name, (0, 0))) for name in SEGMENTS)


__all__ = ["CustomerAnalytics", "CustomerPage", "CustomerRow", "CustomerTotals"]
