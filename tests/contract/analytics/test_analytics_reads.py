"""What analytics reads, on each database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import insert, update

from app.domain import MovementKind
from app.services.analytics.customer_ports import (
    EVERYBODY,
    CountrySum,
    CustomerGroup,
    CustomerSort,
    CustomerSummary,
    SegmentSum,
    ValueBand,
)
from app.services.wall.ports import NetSales
from app.stores.sql.analytics import customers as customer_analytics
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import NewMovement, book
from app.stores.sql.tables import orders, returns, rollup_customers, rollup_days, rollup_products, users
from tests.support.query_plans import recorded
from tests.support.trade import ZONE, Trade

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # in the store, Asia/Kolkata
DAY = date(2026, 9, 15)
Sell = Callable[..., int]


@pytest.fixture
def reads(database: Database) -> SqlAnalytics:
    return SqlAnalytics(database)


@pytest.fixture
def customers(database: Database) -> SqlCustomerAnalytics:
    return SqlCustomerAnalytics(database)


@pytest.fixture
def sell(database: Database) -> Sell:
    trade, rollups = Trade(database), SqlRollups(database, ZONE)

    def sell_one(at: datetime, product_id: str = "p1", quantity: int = 1, price: int = 1_000, **fields: Any) -> int:
        line = {"line_no": 1, "product_id": product_id, "name": "x", "unit_price": price, "quantity": quantity}
        sold = database.write(
            lambda c: trade.order(c, at=at, lines=[line], status="paid", user_id=fields.get("user_id"))
        )
        rollups.fold()
        return sold

    return sell_one


def add_users(database: Database, *names: str, role: str = "customer") -> None:
    rows = [
        {"user_id": n, "full_name": name, "email": f"{name.split()[0].lower()}@x.example", "role": role,
         "session_version": 1, "created_at": NOON, "country": "IN"}
        for n, name in enumerate(names, start=1)
    ]  # fmt: skip
    database.write(lambda c: c.execute(insert(users), rows))


class TestSales:
    def test_days_are_half_open(self, reads: SqlAnalytics, sell: Sell) -> None:
        sell(NOON)
        sell(NOON + timedelta(days=1))
        assert [(row.day, row.gross, row.tax) for row in reads.days(DAY, DAY + timedelta(days=1))] == [(DAY, 1_000, 50)]
        assert reads.day_bounds() == (DAY, DAY + timedelta(days=1))

    def test_an_empty_shop_has_no_bounds(self, reads: SqlAnalytics) -> None:
        assert reads.day_bounds() is None
        assert reads.last_sale_day() is None

    def test_a_day_with_returns_only_is_not_the_last_one_with_a_sale(
        self, reads: SqlAnalytics, sell: Sell, database: Database
    ) -> None:
        sell(NOON)
        row = {"day": DAY + timedelta(days=9), "returned_units": 1, "returns": 700}
        row |= dict.fromkeys(("orders", "units", "gross", "tax"), 0)
        database.write(lambda c: c.execute(insert(rollup_days).values(row)))
        assert reads.day_bounds() == (DAY, DAY + timedelta(days=9))
        assert reads.last_sale_day() == DAY
        sell(NOON + timedelta(days=40))
        assert reads.last_sales_by_month() == [DAY, DAY + timedelta(days=40)]

    def test_minutes_are_exact_where_the_end_cuts_one(self, reads: SqlAnalytics, sell: Sell) -> None:
        for second in (0, 20, 40):
            sell(NOON + timedelta(seconds=second))
        upto = [sum(row.orders for row in reads.minutes(NOON, NOON + timedelta(seconds=s))) for s in (0, 1, 30, 60)]
        assert upto == [0, 1, 2, 3]

    def test_sums_between_are_those_of_the_minutes(self, reads: SqlAnalytics, sell: Sell) -> None:
        for second in (-60, 0, 20, 40, 75, 130):
            sell(NOON + timedelta(seconds=second))
        for start, end in ((-60, 130), (0, 0), (0, 10), (0, 60), (-60, 90), (0, 200), (200, 300), (60, 0)):
            span = NOON + timedelta(seconds=start), NOON + timedelta(seconds=end)
            minutes = reads.minutes(*span)
            sums = tuple(sum(row[place] for row in minutes) for place in range(1, 9))
            assert reads.between(*span)[1:] == sums

    def test_a_return_counts_once_it_is_refunded(self, reads: SqlAnalytics, database: Database) -> None:
        at = NOON + timedelta(seconds=5)
        begun = {"order_id": 1, "request_key": "k", "country": "IN", "actor": "a", "reason": "", "amount": 700,
                 "refund": 700, "units": 1, "at": at, "day": DAY}  # fmt: skip
        database.write(lambda c: Trade(database).order(c, at=NOON, status="paid"))
        database.write(lambda c: c.execute(insert(returns).values(begun)))
        upto = NOON + timedelta(seconds=30)
        assert sum(row.returns for row in reads.minutes(NOON, upto)) == 0
        database.write(lambda c: c.execute(update(returns).values(refunded_at=at)))
        assert sum(row.returns for row in reads.minutes(NOON, upto)) == 700

    def test_best_sellers_by_gross_or_units(self, reads: SqlAnalytics, sell: Sell) -> None:
        sell(NOON, "p1", quantity=1, price=9_000)
        sell(NOON, "p2", quantity=5, price=100)
        sell(NOON, "p3", quantity=9, price=10)
        tomorrow = DAY + timedelta(days=1)
        assert [row.product_id for row in reads.best_sellers(DAY, tomorrow)] == ["p1", "p2", "p3"]
        units = reads.best_sellers(DAY, tomorrow, limit=2, by="units", leave_out=["p3"])
        assert [(row.product_id, row.units) for row in units] == [("p2", 5), ("p1", 1)]

    def test_what_came_back_today_is_off_todays_best_sellers(
        self, reads: SqlAnalytics, sell: Sell, database: Database
    ) -> None:
        for product, quantity, price in (("p1", 1, 9_000), ("p2", 5, 100), ("p3", 9, 10)):
            sell(NOON, product, quantity=quantity, price=price)
        came_back = {"returned_units": 1, "returns": 9_000}
        database.write(
            lambda c: c.execute(update(rollup_products).where(rollup_products.c.product_id == "p1").values(came_back))
        )
        found = reads.live(NOON - timedelta(hours=12), DAY, orders=1, top=5, movements=1)
        assert found.top == [NetSales("p2", 5, 500), NetSales("p3", 9, 90)]
        assert found.top_units == found.top[::-1]


class TestCustomers:
    def test_everybody_is_listed_by_lifetime_value(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "Asha Rao", "Ben Hill", "Chen Li")
        sell(NOON, user_id=2, price=500)
        sell(NOON + timedelta(hours=1), user_id=3, price=900)
        rows, total = customers.customers("", "lifetime", 10, 0)
        assert total == 3
        assert [(row.full_name, row.orders, row.lifetime) for row in rows] == [
            ("Chen Li", 1, 900), ("Ben Hill", 1, 500), ("Asha Rao", 0, None),
        ]  # fmt: skip
        assert rows[2].last_order_at is None

    @pytest.mark.parametrize("ascending", [False, True])
    def test_who_only_gave_back_has_no_lifetime_value_in_any_list(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell, ascending: bool
    ) -> None:
        """What they had bought is not known, and nothing that is summed counts them."""
        add_users(database, "Asha Rao", "Ben Hill", "Chen Li")
        sell(NOON, user_id=1, price=500)
        sell(NOON, user_id=3, price=900)
        given_back = dict.fromkeys(("orders", "units", "gross"), 0) | {"user_id": 2, "returns": 700, "lifetime": -700}
        database.write(lambda c: c.execute(insert(rollup_customers).values(given_back)))
        rows, _ = customers.customers("", "lifetime", 10, 0, ascending=ascending)
        assert [(row.returns, row.lifetime) for row in rows] == [
            *sorted([(0, 500), (0, 900)], reverse=not ascending), (700, None),
        ]  # fmt: skip
        assert customers.customers("", "lifetime", 2, 0, ascending=ascending)[0] == rows[:2]
        assert [row.lifetime for row in customers.customers_after(0, 10, EVERYBODY)] == [500, None, 900]
        assert customers.customer(2) == rows[2]
        assert customers.buyer_totals()[2] == 1_400

    @pytest.mark.parametrize(
        ("sort", "names"),
        [("name", ["Asha Rao", "ben hill", "Chen Li"]), ("recent", ["ben hill", "Chen Li", "Asha Rao"])],
    )
    def test_other_orders(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell, sort: Any, names: list[str]
    ) -> None:
        add_users(database, "Chen Li", "ben hill", "Asha Rao")
        sell(NOON, user_id=1)
        sell(NOON + timedelta(hours=1), user_id=2)
        assert [row.full_name for row in customers.customers("", sort, 10, 0)[0]] == names

    def test_by_margin_those_without_a_known_cost_come_last(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "Ann", "Bea", "Cid", "Dan")
        r = rollup_customers.c
        for user_id, price, cost in ((1, 900, 850), (2, 300, 100), (3, 700, None)):
            sell(NOON, user_id=user_id, price=price)
            known = {"cost": cost or 0, "costed": 0 if cost is None else price}
            database.write(lambda c, u=user_id, k=known: c.execute(  # type: ignore[misc]
                update(rollup_customers).where(r.user_id == u).values(k)
            ))  # fmt: skip
        found = {up: customers.customers("", "margin", 10, 0, ascending=up)[0] for up in (False, True)}
        assert [[row.full_name for row in found[up]] for up in (False, True)] == [
            ["Bea", "Ann", "Dan", "Cid"], ["Ann", "Bea", "Cid", "Dan"],
        ]  # fmt: skip
        assert [row.margin.amount for row in found[False]] == [200, 50, None, None]
        for up in (False, True):
            pages = [customers.customers("", "margin", 1, place, ascending=up)[0] for place in range(5)]
            assert [row for page in pages for row in page] == found[up]

    def test_by_margin_nobody_is_sorted_where_few_have_a_known_cost(
        self, database: Database, customers: SqlCustomerAnalytics
    ) -> None:
        add_users(database, *(f"Ann{number}" for number in range(400)))
        if database.engine.dialect.name != "sqlite":
            database.write(lambda c: c.exec_driver_sql("ANALYZE TABLE users").all())
        with recorded(database) as statements:
            assert len(customers.customers("", "margin", 5, 0)[0]) == 5
        with database.engine.connect() as connection:
            how = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
            steps = [
                str(row)
                for s, v in statements.items()
                if "margin IS NULL" in s
                for row in connection.exec_driver_sql(f"{how} {s}", v)
            ]
        assert steps
        assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step or "filesort" in step]

    def test_who_told_no_country_has_that_of_the_latest_order(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "Asha Rao", "Ben Hill", "Chen Li")
        database.write(lambda c: c.execute(update(users).where(users.c.user_id != 1).values(country=None)))
        for user_id in (1, 2, 2):
            latest = sell(NOON, user_id=user_id)
        database.write(lambda c: c.execute(update(orders).values(ship_country="FR")))
        database.write(lambda c: c.execute(update(orders).where(orders.c.order_id == latest).values(ship_country="NZ")))
        rows = customers.customers("", "name", 10, 0)[0]
        assert [row.country for row in rows] == ["IN", "NZ", None]

    def test_search_takes_its_words_literally_and_ignores_case(
        self, database: Database, customers: SqlCustomerAnalytics
    ) -> None:
        add_users(database, "Asha Rao", "Per%cent", "Under_score")
        found = {
            q: [row.full_name for row in customers.customers(q, "name", 10, 0)[0]] for q in ("ASHA@", "%", "_", "zz")
        }
        assert found == {"ASHA@": ["Asha Rao"], "%": ["Per%cent"], "_": ["Under_score"], "zz": []}

    def test_an_email_is_found_by_its_beginning_and_with_an_at_by_any_part(
        self, database: Database, customers: SqlCustomerAnalytics
    ) -> None:
        add_users(database, "Asha Rao", "Ben Hill")
        database.write(lambda c: c.execute(update(users).where(users.c.user_id == 1).values(email="rani@old.example")))
        found = {
            q: [row.user_id for row in customers.customers(q, "name", 10, 0)[0]] for q in ("ran", "d@", "d.ex", "@old")
        }
        assert found == {"ran": [1], "d@": [], "d.ex": [], "@old": [1]}
        assert customers.customers("@old", "name", 10, 0, by_email=False) == ([], 0)

    @pytest.mark.parametrize("sort", get_args(CustomerSort))
    def test_of_more_than_are_counted_the_first_are_those_that_a_whole_count_has(
        self,
        database: Database,
        customers: SqlCustomerAnalytics,
        sell: Sell,
        sort: CustomerSort,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        add_users(database, "Ann Rao", "Bea Rao", "Cid Rao", "Ben Lee", "Dan Rao")
        for user_id, price in ((1, 100), (2, 300), (3, 200), (4, 900)):
            sell(NOON + timedelta(hours=user_id), user_id=user_id, price=price)
        every, total = customers.customers("rao", sort, 10, 0)
        assert (len(every), total) == (4, 4)
        monkeypatch.setattr(customer_analytics, "MOST_FOUND", 2)
        pages = [customers.customers("rao", sort, 2, offset) for offset in (0, 2)]
        assert [row for rows, _ in pages for row in rows] == every
        assert {total for _, total in pages} == {3}, "more than two"

    def test_staff_count_only_once_they_bought(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "Asha Rao", "Ben Hill", role="admin")
        sell(NOON, user_id=2)
        assert [row.full_name for row in customers.customers("", "name", 10, 0)[0]] == ["Ben Hill"]

    def test_returning_are_those_with_a_strictly_later_order(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "A", "B", "C")
        for user_id, hours in ((1, 0), (1, 0), (2, 0), (2, 1)):
            sell(NOON + timedelta(hours=hours), user_id=user_id, price=100)
        assert customers.buyer_totals() == (2, 1, 400)

    def test_customers_are_counted_all_in_a_segment_and_from_an_account_on(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        assert (customers.customer_count(), customers.last_account()) == (0, 0)
        add_users(database, "A", "B", "Owner", "Clerk")
        database.write(lambda c: c.execute(update(users).where(users.c.user_id > 2).values(role="admin")))
        sell(NOON, user_id=2)
        sell(NOON, user_id=4)
        customers.keep({2: "New", 4: "New"}, CustomerSummary(NOON, [], [], [], 0, 0.0, 3, 4))
        assert (customers.customer_count(), customers.last_account()) == (3, 4), "staff who bought are customers"
        assert [customers.customer_count(after=user_id) for user_id in (1, 2, 4)] == [2, 1, 0]
        assert [customers.customer_count(CustomerGroup(segment)) for segment in ("New", "Loyal")] == [2, 0]

    def test_a_segment_is_kept_shown_and_searched_by(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "A", "B", "C")
        for user_id in (1, 2):
            sell(NOON, user_id=user_id, price=100 * user_id)
        assert customers.summary() is None
        sums = [SegmentSum("Loyal", 1, 100), SegmentSum("New", 1, 200)]
        bands, countries = [ValueBand(None, 0, 1), ValueBand(0, 100, 1)], customers.country_sums()
        assert countries == [CountrySum("IN", 2, 300)]
        summary = CustomerSummary(NOON, sums, bands, countries, 150, 0.6, 3, 3)
        customers.keep({1: "Loyal", 2: "New"}, summary)
        assert customers.summary() == summary
        assert [(s.user_id, s.orders, s.lifetime, s.segment) for s in customers.standings()] == [
            (1, 1, 100, "Loyal"), (2, 1, 200, "New"),
        ]  # fmt: skip
        rows, total = customers.customers("", "name", 10, 0, group=CustomerGroup("New"))
        assert ([(row.full_name, row.segment) for row in rows], total) == ([("B", "New")], 1)
        sell(NOON, user_id=2)  # folding leaves it alone
        assert customers.standings()[1].segment == "New"
        SqlRollups(database, ZONE).rebuild()
        assert customers.summary() is None, "these were of the customers before"

    @pytest.mark.parametrize("most_sorted", [0, 5_000])
    @pytest.mark.parametrize("sort", get_args(CustomerSort))
    def test_a_cohort_is_those_who_first_bought_in_its_month_in_every_order(
        self,
        database: Database,
        customers: SqlCustomerAnalytics,
        sell: Sell,
        monkeypatch: pytest.MonkeyPatch,
        sort: CustomerSort,
        most_sorted: int,
    ) -> None:
        monkeypatch.setattr(customer_analytics, "MOST_SORTED", most_sorted)
        add_users(database, "Asha Rao", "Ben Hill", "Chen Li", "Dev Nair")
        for user_id, days in ((1, 0), (2, 40), (3, 1), (1, 41)):
            sell(NOON + timedelta(days=days), user_id=user_id, price=100 * user_id)
        customers.keep({1: "Loyal", 2: "New", 3: "New"}, CustomerSummary(NOON, [], [], [], 0, 0.0, 4, 4))
        september = CustomerGroup(cohort="2026-09")
        rows, total = customers.customers("", sort, 10, 0, group=september)
        assert ({row.full_name for row in rows}, total) == ({"Asha Rao", "Chen Li"}, 2)
        pages = [customers.customers("", sort, 1, offset, group=september)[0][0] for offset in (0, 1)]
        assert pages == rows
        assert [row.full_name for row in customers.customers("li", sort, 10, 0, group=september)[0]] == ["Chen Li"]
        both = CustomerGroup("New", "2026-09")
        assert [row.full_name for row in customers.customers("", sort, 10, 0, group=both)[0]] == ["Chen Li"]
        assert [customers.customer_count(group) for group in (september, both)] == [2, 1]
        assert [row.user_id for row in customers.customers_after(0, 9, september)] == [1, 3]

    @pytest.mark.parametrize("sort", get_args(CustomerSort))
    def test_every_order_can_be_turned_round(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell, sort: CustomerSort
    ) -> None:
        """Whoever never bought comes last either way, but where words are sorted."""
        add_users(database, "Zoe", "Ann", "Max")
        sell(NOON, user_id=1, price=100)
        sell(NOON + timedelta(hours=1), user_id=2, price=50, quantity=3)
        sell(NOON + timedelta(hours=2), user_id=2, price=50)
        down, up = (
            [r.full_name for r in customers.customers("", sort, 9, 0, ascending=way)[0]] for way in (False, True)
        )
        if sort == "name":
            assert (down, up) == (["Ann", "Max", "Zoe"], ["Zoe", "Max", "Ann"])
        elif sort not in ("country", "segment", "returns", "margin"):  # those are equal here
            assert (down, up) == (["Ann", "Zoe", "Max"], ["Zoe", "Ann", "Max"])
        assert sorted(down) == sorted(up) == ["Ann", "Max", "Zoe"]

    def test_one_customer_in_full(self, database: Database, customers: SqlCustomerAnalytics, sell: Sell) -> None:
        add_users(database, "A", "B")
        ids = [
            sell(NOON + timedelta(days=days), user_id=1, price=100, product_id=p) for days, p in ((0, "p1"), (31, "p2"))
        ]
        ids.append(sell(NOON + timedelta(days=32), user_id=1, price=70, quantity=2, product_id="p2"))
        row = customers.customer(1)
        assert row is not None
        assert (row.full_name, row.orders, row.lifetime) == ("A", 3, 340)
        assert customers.customer(99) is None
        assert [tuple(m) for m in customers.months_of(1)] == [
            (date(2026, 9, 1), 1, 100, 0),
            (date(2026, 10, 1), 2, 240, 0),
        ]
        assert [o.order_id for o in customers.orders_of(1, 2)] == [ids[2], ids[1]]
        assert [o.order_id for o in customers.orders_of(1, 2, 1)] == [ids[1], ids[0]]
        assert [p[:3] for p in customers.products_of(1, 200)] == [("p2", 3, 240), ("p1", 1, 100)]
        assert [p[:3] for p in customers.products_of(1, 1)] == [("p2", 2, 140)]
        assert customers.months_of(2) == customers.orders_of(2, 5) == customers.products_of(2, 5) == []

    def test_everybody_is_read_by_id_whatever_the_segment(
        self, customers: SqlCustomerAnalytics, database: Database, sell: Sell
    ) -> None:
        add_users(database, "A", "B", "C")
        sell(NOON, user_id=2)
        assert [row.user_id for row in customers.customers_after(0, 2, EVERYBODY)] == [1, 2]
        assert [row.user_id for row in customers.customers_after(2, 2, EVERYBODY)] == [3]
        assert customers.customers_after(0, 9, CustomerGroup("Loyal")) == []

    def test_standings_are_as_they_were_at_an_instant(
        self, database: Database, customers: SqlCustomerAnalytics, sell: Sell
    ) -> None:
        add_users(database, "A", "B")
        sell(NOON - timedelta(days=3), user_id=1, price=100)
        sell(NOON, user_id=1, price=50)
        sell(NOON + timedelta(hours=1), user_id=2, price=70)
        start = datetime(2026, 9, 14, 18, 30, tzinfo=UTC)  # midnight in the store
        at = NOON + timedelta(minutes=30)
        assert [tuple(s[:4]) for s in customers.standings_until(NOON, DAY, start)] == [
            (1, 1, 100, NOON - timedelta(days=3))
        ]
        assert [tuple(s[:4]) for s in customers.standings_until(at, DAY, start)] == [(1, 2, 150, NOON)]

    def test_the_top_and_the_cohorts(self, database: Database, customers: SqlCustomerAnalytics, sell: Sell) -> None:
        add_users(database, "A", "B", "C")
        for user_id, days in ((1, 0), (2, 0), (2, 30)):
            sell(NOON + timedelta(days=days), user_id=user_id, price=100)
        assert [(row.full_name, row.lifetime) for row in customers.top(10)] == [("B", 200), ("A", 100)]
        assert [tuple(row) for row in customers.cohorts()] == [("2026-09", "2026-09", 2), ("2026-09", "2026-10", 1)]


class TestPeriods:
    """Who bought, and who of them came back: kept by day, week and month, and counted for any other period."""

    def sold(self, sell: Sell, *days: int, user_id: int = 1) -> None:
        for day in days:
            sell(NOON + timedelta(days=day), user_id=user_id)

    def test_returning_are_those_with_an_order_later_than_their_first(
        self, database: Database, reads: SqlAnalytics, sell: Sell
    ) -> None:
        add_users(database, "A", "B")
        self.sold(sell, 0, 0, 8)  # twice in one instant is not later
        self.sold(sell, 9, user_id=2)
        monday = date(2026, 9, 14)
        weeks = reads.customer_periods("week", monday, monday + timedelta(days=14))
        assert [tuple(w) for w in weeks] == [(monday, 1, 0), (monday + timedelta(days=7), 2, 1)]
        months = reads.customer_periods("month", date(2026, 9, 1), date(2026, 10, 1))
        assert [tuple(m) for m in months] == [(date(2026, 9, 1), 2, 1)]
        assert tuple(reads.customers_between(DAY, DAY + timedelta(days=8))) == (DAY, 1, 0)
        assert tuple(reads.customers_between(DAY, DAY + timedelta(days=10))) == (DAY, 2, 1)

    def test_an_earlier_order_that_is_folded_later_makes_the_others_returning(
        self, database: Database, reads: SqlAnalytics, sell: Sell
    ) -> None:
        add_users(database, "A")
        self.sold(sell, 5, 0)
        days = reads.customer_periods("day", DAY, DAY + timedelta(days=10))
        assert [tuple(d) for d in days] == [(DAY, 1, 0), (DAY + timedelta(days=5), 1, 1)]

    def test_numbers_are_complete_up_to_the_oldest_event_that_waits(
        self, database: Database, reads: SqlAnalytics, sell: Sell
    ) -> None:
        before = datetime.now(UTC) - timedelta(minutes=1)
        assert reads.complete_until() > before
        database.write(lambda c: Trade(database).order(c, at=NOON, status="paid"))
        assert reads.complete_until() <= datetime.now(UTC)


class TestStock:
    def move(self, database: Database, at: datetime, quantity: int) -> None:
        movement = NewMovement(f"t:{at}:{quantity}", "p1", MovementKind.CORRECTION, quantity, "t:1", "me")
        database.write(lambda c: book(c, [movement], at))
        SqlRollups(database, ZONE).fold()

    def test_points_and_what_was_there_before(self, database: Database, reads: SqlAnalytics) -> None:
        self.move(database, NOON, 10)
        self.move(database, NOON + timedelta(hours=2), -3)
        later = NOON + timedelta(hours=1)
        assert reads.on_hand_before("p1", later) == 10
        assert reads.on_hand_before("p1", NOON) is None
        assert reads.stock_points("p1", later, later + timedelta(days=1), 9) == [(NOON + timedelta(hours=2), 7)]
        assert reads.first_stocked() == {"p1": NOON}

    def test_many_movements_become_one_point_per_hour(self, database: Database, reads: SqlAnalytics) -> None:
        for minute in range(5):
            self.move(database, NOON + timedelta(minutes=minute), 1)
        points = reads.stock_points("p1", NOON - timedelta(hours=3), NOON + timedelta(days=1), 3)
        assert points == [(NOON + timedelta(minutes=30), 5)]  # the end of the UTC hour


class TestLive:
    def test_tells_of_the_latest_and_of_today(self, database: Database, reads: SqlAnalytics, sell: Sell) -> None:
        sell(NOON - timedelta(days=1), "p2")
        first, second = sell(NOON), sell(NOON + timedelta(minutes=1), "p3", price=50)
        failed = sell(NOON + timedelta(minutes=2))
        database.write(
            lambda c: c.execute(
                update(orders).where(orders.c.order_id == failed).values(paid_at=None, status="rejected")
            )
        )
        emirate = {"ship_city": "", "ship_region": "Dubai"}  # no cities in its addresses
        database.write(lambda c: c.execute(update(orders).where(orders.c.order_id == second).values(**emirate)))
        rows = reads.live(NOON - timedelta(hours=12), DAY, orders=2, top=1, movements=5)
        assert [row.order_id for row in rows.orders] == [second, first]
        assert rows.orders[0].city == "Dubai"
        assert [row.product_id for row in rows.top] == ["p1"]
        assert sum(row.orders for row in rows.today) == 3
        assert rows.movements == []
