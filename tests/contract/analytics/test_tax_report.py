"""The tax report against sums in plain Python, of orders and returns that went through the real stores."""

from __future__ import annotations

import importlib
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from app.domain import Address, Order, OrderLine
from app.domain.order_money import TaxMode
from app.domain.orders import with_money
from app.domain.payments import Done
from app.domain.taxes import Buyer, Goods, TaxRules, one_rate
from app.money import Formats
from app.services.analytics.taxes import TaxReport
from app.services.orders.ports import NewOrder, ReturnItem
from app.settings.tax_lines import parse_rates
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.analytics.order_sizes import SqlOrderSizes
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.analytics.taxes import SqlTaxes
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.costs.sums import add_up_orders
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.rollups.rebuild import ROLLUPS
from app.stores.sql.tables import (
    order_lines,
    orders,
    rollup_countries,
    rollup_customers,
    rollup_days,
    rollup_minutes,
    rollup_order_values,
    rollup_product_days,
    rollup_taxes,
)
from tests.support.order_money import flat_money
from tests.support.trade import contents

ZONE = ZoneInfo("Asia/Kolkata")
RATES = """DE, , standard, 19, MwSt
DE, , reduced, 7, MwSt
FR, , standard, 20, TVA
IN, Goa, standard, 9, CGST
IN, Goa, standard, 9, SGST"""
PLACES = (("DE", ""), ("FR", ""), ("IN", "Goa"), ("US", ""))
Key = tuple[str, str, Decimal]


class Trade:
    """Random orders in both modes, with discounts and shipping, and returns of parts of them."""

    def __init__(self, database: Database) -> None:
        self.orders, self.returns = SqlOrders(database, ZONE), SqlReturns(database, ZONE)
        self.draw = random.Random(7)
        self.rules = TaxRules(parse_rates(RATES, "x"), Buyer("DE"), reverse_charge=True)

    def buy(self, number: int, mode: TaxMode | None = None, **known: int) -> Order:
        draw = self.draw
        country, region = draw.choice(PLACES)
        mode = mode or draw.choice(list(TaxMode))
        rules = draw.choice([replace(self.rules, mode=mode), replace(one_rate(Decimal("0.05")), mode=TaxMode.ADDED)])
        classes = [draw.choice(["standard", "reduced", "zero"]) for _ in range(draw.randint(1, 4))]
        goods = [Goods(draw.randint(1, 99_999), draw.randint(1, 4), one) for one in classes]
        discount, shipping = draw.choice([0, draw.randint(1, 5_000)]), draw.choice([0, draw.randint(1, 2_000)])
        buyer = Buyer(country, region, is_exempt=draw.random() < 0.1)
        return self.place(number, goods, rules, buyer, discount=discount, shipping=shipping, **known)

    def place(
        self,
        number: int,
        goods: list[Goods],
        rules: TaxRules,
        buyer: Buyer,
        *,
        discount: int,
        shipping: int,
        user_id: int | None = None,
        unit_cost: int | None = None,
    ) -> Order:
        taxed = rules.order(goods, buyer, order_discount=discount, shipping=shipping)
        lines = [
            OrderLine(at, "mug", "Mug", price, one.quantity, unit_cost=unit_cost)
            for at, (one, price) in enumerate(zip(goods, taxed.unit_prices, strict=True), start=1)
        ]
        new = NewOrder(
            f"guest#{number}", user_id, None, Address("A", "1", "C", "1", buyer.country, region=buyer.region),
            with_money(lines, taxed.money), "EUR", taxed.money, f"r{number}", None, None,
        )  # fmt: skip
        begun = self.orders.begin(new)[0].order
        self.orders.start_charging(begun.order_id)
        assert self.orders.complete(begun, Done(begun.total, "ref", "Card"), "demo") is not None
        known = self.orders.get(begun.order_id)
        assert known is not None
        return known

    def give_back(self, order: Order) -> int:
        """Some units of some lines; what was refunded."""
        lines = self.draw.sample(order.lines, self.draw.randint(1, len(order.lines)))
        items = [ReturnItem(line.line_no, self.draw.randint(1, line.left), False) for line in lines if line.left]
        return self.return_of(order, items)

    def return_of(self, order: Order, items: list[ReturnItem]) -> int:
        if not items:
            return 0
        begun = self.returns.begin(order.order_id, items, "x", "admin", f"k{self.draw.random()}")
        assert self.returns.complete(begun.return_id)
        return begun.refund


@pytest.fixture
def report(database: Database) -> TaxReport:
    return TaxReport(SqlTaxes(database), Formats("EUR", 2, "en_DE", ZONE))


def days(report: TaxReport) -> tuple[date, date]:
    today = report._formats.today()
    return today - timedelta(days=1), today + timedelta(days=1)


def test_it_adds_up_with_the_orders_and_all_that_comes_back_takes_its_tax_back(database: Database, report: TaxReport):
    trade, rollups = Trade(database), SqlRollups(database, ZONE)
    placed = [trade.buy(number) for number in range(30)]
    bases: dict[Key, int] = defaultdict(int)
    taxes: dict[Key, int] = defaultdict(int)
    for order in placed:
        for row in order.tax_rows:
            bases[order.address.country, row.name, row.rate] += row.base
            taxes[order.address.country, row.name, row.rate] += row.tax
    rollups.fold()
    found = report.of(report.days(*(day.isoformat() for day in days(report))))
    assert {(line.country, line.name, line.rate): line.base for line in found.lines} == bases
    assert {(line.country, line.name, line.rate): line.tax for line in found.lines} == taxes
    assert found.tax == sum(order.tax + order.tax_included for order in placed)
    assert found.returned_tax == 0

    refunds: dict[int, int] = defaultdict(int)
    for order in placed[:20]:
        refunds[order.order_id] += trade.give_back(order)
    for order in placed[:20]:  # all that is left
        now = trade.orders.get(order.order_id)
        assert now is not None
        items = [ReturnItem(line.line_no, line.left, False) for line in now.lines if line.left]
        if items:
            begun = trade.returns.begin(order.order_id, items, "x", "admin", f"last{order.order_id}")
            assert trade.returns.complete(begun.return_id)
            refunds[order.order_id] += begun.refund
        assert refunds[order.order_id] == order.total
    rollups.fold()
    after = report.of(found.period)
    for order in placed[:20]:
        for row in order.tax_rows:
            taxes[order.address.country, row.name, row.rate] -= row.tax
    assert {(line.country, line.name, line.rate): line.net_tax for line in after.lines} == taxes
    assert after.net_tax == sum(order.tax + order.tax_included for order in placed[20:])

    folded = contents(database, rollup_taxes)
    rollups.rebuild()
    assert contents(database, rollup_taxes) == folded


def test_orders_of_one_nameless_rate_are_reported_by_it(database: Database, report: TaxReport):
    placing, returns = SqlOrders(database, ZONE), SqlReturns(database, ZONE)
    new = NewOrder(
        "guest#1", None, None, Address("A", "1", "C", "1", "IN"), (OrderLine(1, "mug", "Mug", 333, 3),), "EUR",
        flat_money(999), "r1", None, None,
    )  # fmt: skip
    begun = placing.begin(new)[0].order
    placing.start_charging(begun.order_id)
    placing.complete(begun, Done(begun.total, "ref", "Card"), "demo")
    back = returns.begin(begun.order_id, [ReturnItem(1, 1, False)], "x", "admin", "k")
    returns.complete(back.return_id)
    SqlRollups(database, ZONE).fold()
    (line,) = report.of(report.days(*(day.isoformat() for day in days(report)))).lines
    assert (line.country, line.name, str(line.rate), line.base, line.tax) == ("IN", "", "0.05", 999, 50)
    assert (line.returned_base, line.returned_tax) == (333, 17)


class TestPricesWithTax:
    """Whatever counts sales, counts them before the tax in their prices."""

    def test_of_119_with_19_percent_in_it_100_are_sales_and_19_tax(self, database: Database):
        order = self.bought(database, [Goods(11_900, 1, "standard")])
        (day,) = contents(database, rollup_days)
        assert (order.total, order.tax, order.tax_included) == (11_900, 0, 1_900)
        assert (day["gross"], day["tax"], day["costed"]) == (10_000, 1_900, 10_000)

    def test_a_discount_lowers_what_was_charged_and_not_gross_sales(self, database: Database):
        order = self.bought(database, [Goods(11_900, 1, "standard"), Goods(10_700, 2, "reduced")], discount=3_330)
        (day,) = contents(database, rollup_days)
        assert day["gross"] == 10_000 + 20_000
        assert day["costed"] == 33_300 - 3_330 - order.tax_included == 27_000

    def bought(self, database: Database, goods: list[Goods], discount: int = 0) -> Order:
        trade, rollups = Trade(database), SqlRollups(database, ZONE)
        rules = replace(trade.rules, mode=TaxMode.INCLUDED)
        order = trade.place(1, goods, rules, Buyer("DE"), discount=discount, shipping=0, user_id=7, unit_cost=50)
        rollups.fold()
        return order

    def test_every_sum_is_that_of_plain_python_folded_and_made_anew(self, database: Database):
        trade, rollups = Trade(database), SqlRollups(database, ZONE)
        placed = [trade.buy(n, TaxMode.INCLUDED, user_id=n % 3 + 1, unit_cost=50) for n in range(20)]
        assert sum(order.tax_included for order in placed) > 0
        trade.give_back(placed[0])
        for order in placed[:6]:  # all that is left
            now = trade.orders.get(order.order_id)
            assert now is not None
            items = [ReturnItem(line.line_no, line.left, False) for line in now.lines if line.left]
            trade.return_of(order, items)
        rollups.fold()

        charged = {order.order_id: charged_before_tax(order) for order in placed}
        days = contents(database, rollup_days)
        gross, returns = sum(day["gross"] for day in days), sum(day["returns"] for day in days)
        assert abs(gross - sum(map(list_price_before_tax, placed))) <= sum(len(order.lines) for order in placed)
        assert gross == sum(order.subtotal - sum(line.list_tax for line in order.lines) for order in placed)
        assert sum(day["tax"] for day in days) == sum(order.tax + order.tax_included for order in placed)
        assert sum(day["costed"] for day in days) == sum(charged.values())
        assert returns == sum(charged[order.order_id] for order in placed[:6])
        assert returns == sum(day["costed_returns"] for day in days)
        for table in (rollup_minutes, rollup_product_days, rollup_customers):
            assert sum(row["gross"] for row in contents(database, table)) == gross, table
            assert sum(row["returns"] for row in contents(database, table)) == returns, table
            assert sum(row["costed"] for row in contents(database, table)) == sum(charged.values()), table
        assert sum(row["gross"] for row in contents(database, rollup_countries) if row["grain"] == "day") == gross

        self.other_reads_agree(database, placed, gross, returns)
        folded = {table.name: contents(database, table) for table in ROLLUPS}
        assert {row["value"] for row in folded[rollup_order_values.name]}.isdisjoint(
            {order.subtotal for order in placed if order.tax_included}
        )
        rollups.rebuild()
        assert {table.name: contents(database, table) for table in ROLLUPS} == folded

    def other_reads_agree(self, database: Database, placed: list[Order], gross: int, returns: int) -> None:
        """Those that go to orders and lines themselves, and the look at the books."""
        paid = [order.paid_at for order in placed if order.paid_at]
        start, end = min(paid), max(paid) + timedelta(microseconds=1)
        # The part of a minute that no rollup has.
        sales = SqlAnalytics(database).between(start.replace(second=0, microsecond=0), end + timedelta(seconds=10))
        assert (sales.gross, sales.returns) == (gross, returns)
        assert sales.tax == sum(order.tax + order.tax_included for order in placed)
        customers = SqlCustomerAnalytics(database)
        bought = [product for user in (1, 2, 3) for product in customers.products_of(user, 100)]
        assert sum(product.gross for product in bought) == gross
        now = end.astimezone(ZONE)
        today, midnight = now.date(), now.replace(hour=0, minute=0, second=0, microsecond=0)
        until = customers.standings_until(end + timedelta(minutes=1), today, midnight)
        assert sum(one.lifetime for one in until) == gross - returns
        sizes = SqlOrderSizes(database).largest_orders(today - timedelta(days=1), today + timedelta(days=1), 100)
        assert sum(one.value for one in sizes) == gross

        books = SqlBooks(database, ZONE)
        assert list(books.rollup_rows(5)) == []
        for booked in books.orders(0, 100, None):
            assert booked.costs == booked.costs_of_lines
            assert booked.list_tax == booked.list_tax_of_lines
        ids = [order.order_id for order in placed]
        assert database.write(lambda c: add_up_orders(c, ids)) == 0


def test_orders_of_the_days_before_get_the_tax_in_their_lines(database: Database):
    trade = Trade(database)
    for number in range(12):
        trade.buy(number, TaxMode.INCLUDED, unit_cost=50)
    trade.buy(12, TaxMode.ADDED, unit_cost=50)
    known = [contents(database, table) for table in (orders, order_lines)]
    assert sum(row["list_tax"] for row in known[0]) > 0

    def as_before(connection: Connection) -> None:
        connection.execute(update(order_lines).values(tax_included=0, list_tax=0))
        connection.execute(update(orders).values(list_tax=0, costed=orders.c.costed + orders.c.tax_included))

    database.write(as_before)
    migration = importlib.import_module("app.stores.sql.migrations.versions.0056_tax_in_list_prices")
    for _ in range(2):
        database.write(migration._fill)
        assert [contents(database, table) for table in (orders, order_lines)] == known


def charged_before_tax(order: Order) -> int:
    """For its goods: what is left of them without the tax in them, that of delivery apart."""
    return (
        order.subtotal
        - order.discount
        - order.tax_included
        + sum(row.shipping_tax for row in order.taxes) * bool(order.tax_included)
    )


def list_price_before_tax(order: Order) -> Fraction:
    """To the last fraction."""
    if not order.tax_included:
        return Fraction(order.subtotal)
    of = {line.line_no: 1 + sum(Fraction(order.taxes[at].rate) for at, _ in line.taxes or ()) for line in order.lines}
    return sum((line.total / of[line.line_no] for line in order.lines), Fraction(0))
