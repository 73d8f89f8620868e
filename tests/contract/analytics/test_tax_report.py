"""The tax report against sums in plain Python, of orders and returns that went through the real stores."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain import Address, Order, OrderLine
from app.domain.order_money import TaxMode
from app.domain.orders import with_money
from app.domain.payments import Done
from app.domain.taxes import Buyer, Goods, TaxRules, one_rate
from app.money import Formats
from app.services.analytics.taxes import TaxReport
from app.services.orders.ports import NewOrder, ReturnItem
from app.settings.tax_lines import parse_rates
from app.stores.sql.analytics.taxes import SqlTaxes
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import rollup_taxes
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

    def buy(self, number: int) -> Order:
        draw = self.draw
        country, region = draw.choice(PLACES)
        mode = draw.choice(list(TaxMode))
        rules = draw.choice([replace(self.rules, mode=mode), replace(one_rate(Decimal("0.05")), mode=TaxMode.ADDED)])
        classes = [draw.choice(["standard", "reduced", "zero"]) for _ in range(draw.randint(1, 4))]
        goods = [Goods(draw.randint(1, 99_999), draw.randint(1, 4), one) for one in classes]
        discount, shipping = draw.choice([0, draw.randint(1, 5_000)]), draw.choice([0, draw.randint(1, 2_000)])
        taxed = rules.order(
            goods, Buyer(country, region, is_exempt=draw.random() < 0.1), order_discount=discount, shipping=shipping
        )
        lines = [
            OrderLine(at, "mug", "Mug", price, one.quantity)
            for at, (one, price) in enumerate(zip(goods, taxed.unit_prices, strict=True), start=1)
        ]
        new = NewOrder(
            f"guest#{number}", None, None, Address("A", "1", "C", "1", country, region=region),
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
    orders, returns = SqlOrders(database, ZONE), SqlReturns(database, ZONE)
    new = NewOrder(
        "guest#1", None, None, Address("A", "1", "C", "1", "IN"), (OrderLine(1, "mug", "Mug", 333, 3),), "EUR",
        flat_money(999), "r1", None, None,
    )  # fmt: skip
    begun = orders.begin(new)[0].order
    orders.start_charging(begun.order_id)
    orders.complete(begun, Done(begun.total, "ref", "Card"), "demo")
    back = returns.begin(begun.order_id, [ReturnItem(1, 1, False)], "x", "admin", "k")
    returns.complete(back.return_id)
    SqlRollups(database, ZONE).fold()
    (line,) = report.of(report.days(*(day.isoformat() for day in days(report)))).lines
    assert (line.country, line.name, str(line.rate), line.base, line.tax) == ("IN", "", "0.05", 999, 50)
    assert (line.returned_base, line.returned_tax) == (333, 17)
