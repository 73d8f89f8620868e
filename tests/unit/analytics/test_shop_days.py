"""The shelves of the whole shop on any day, what they were worth then, and what led from one day to another."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period, Product, ProductStatus
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import Level, StockSums
from app.services.analytics.shop_days import Cause, ShopDays
from app.services.analytics.unit_values import UnitValues, Worth
from app.services.costs.ports import Pricing

ZONE = ZoneInfo("Asia/Kolkata")
FORMATS = Formats("INR", 2, "en_IN", ZONE)
TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
KINDS = ("sold", "received", "returned", "corrected", "written_off")


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZONE)


def noted(product_id: str, *steps: tuple[datetime, int, int | None]) -> list[Pricing]:
    return [Pricing(product_id, n, when, price, cost, "Asha") for n, (when, price, cost) in enumerate(steps)]


class Ledger:
    """Movements by day, summed as the rollups do."""

    def __init__(self, *moves: tuple[str, int, str, int], stocked: int = 1) -> None:
        """(product, day of March, kind, units; sold ones positive)."""
        self.moves = moves
        self.stocked = at(stocked)
        self.reads = 0

    def stock_sums(self, start: date, end: date, product_ids: Any = None) -> list[StockSums]:
        self.reads += 1
        found: dict[str, dict[str, int]] = {}
        for product_id, day, kind, units in self.moves:
            if start <= date(2026, 3, day) < end and (product_ids is None or product_id in product_ids):
                sums = found.setdefault(product_id, dict.fromkeys(("net", *KINDS), 0))
                sums[kind] += units
                sums["net"] += -units if kind == "sold" else units
        return [StockSums(product_id, **sums) for product_id, sums in found.items()]

    def stock_days(self, start: date, end: date, product_ids: Any = None) -> list[tuple[date, StockSums]]:
        reads, days = self.reads, [start + timedelta(days=n) for n in range((end - start).days)]
        found = [(d, row) for d in days for row in self.stock_sums(d, d + timedelta(days=1), product_ids)]
        self.reads = reads + 1
        return found

    def levels(self) -> list[Level]:
        whole = self.stock_sums(date(2026, 3, 1), date(2026, 4, 1))
        return [Level(row.product_id, row.net, self.stocked, None) for row in whole]


def shop(ledger: Ledger, products: list[Product], steps: list[Pricing] | None = None) -> ShopDays:
    return ShopDays(ledger, FORMATS, lambda: tuple(products), lambda: steps or [], lambda price: 5, lambda: NOW)  # type: ignore[arg-type]


MUG = Product("mug", "Mug", 500, 0, 5, cost=200)


class TestADay:
    def test_units_and_value_at_the_end_of_it_with_its_own_cost(self) -> None:
        ledger = Ledger(("mug", 2, "received", 10), ("mug", 4, "sold", 3), ("mug", 8, "sold", 1))
        days = shop(ledger, [MUG], noted("mug", (at(1), 500, 150), (at(6), 500, 200)))
        assert [(days.on(date(2026, 3, n)).units, days.on(date(2026, 3, n)).value) for n in (1, 2, 4, 5, 6, 8, 20)] == [
            (0, 0), (10, 1_500), (7, 1_050), (7, 1_050), (7, 1_400), (6, 1_200), (6, 1_200),
        ]  # fmt: skip

    def test_what_has_no_cost_is_valued_at_the_price_of_the_day_and_that_is_said(self) -> None:
        ledger = Ledger(("mug", 2, "received", 10), ("pot", 2, "received", 1))
        pot = Product("pot", "Pot", 900, 0, 5)
        days = shop(ledger, [MUG, pot], noted("pot", (at(1), 700, None), (at(9), 900, None)))
        assert (days.on(date(2026, 3, 3)).value, days.on(date(2026, 3, 3)).at_price) == (2_700, 700)
        assert days.on(date(2026, 3, 9)).at_price == 900

    def test_low_and_sold_out_are_of_what_the_store_has_and_had_by_then(self) -> None:
        gone = Product("gone", "Gone", 500, 0, 5, status=ProductStatus.REMOVED)
        ledger = Ledger(
            ("mug", 2, "received", 6), ("mug", 3, "sold", 2), ("mug", 4, "sold", 4), ("gone", 2, "received", 1),
            stocked=2,
        )  # fmt: skip
        days = shop(ledger, [MUG, gone])
        assert [(d.low, d.out) for d in (days.on(date(2026, 3, n)) for n in (1, 2, 3, 4))] == [
            (0, 0), (0, 0), (1, 0), (0, 1),
        ]  # fmt: skip
        assert days.on(date(2026, 3, 4)).units == 1  # what left the store still lies there

    def test_a_day_that_has_not_come_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="has not come"):
            shop(Ledger(), [MUG]).on(TODAY + timedelta(days=1))

    def test_a_change_that_nobody_has_noted_yet_counts_from_today_on(self) -> None:
        days = shop(Ledger(("mug", 2, "received", 1)), [MUG], noted("mug", (at(1), 500, 150)))
        assert (days.on(date(2026, 3, 19)).value, days.on(TODAY).value) == (150, 200)


class TestBetween:
    def test_every_kind_at_the_worth_of_its_day_and_what_was_revalued(self) -> None:
        ledger = Ledger(
            ("mug", 2, "received", 10), ("mug", 4, "sold", 3), ("mug", 6, "sold", 1), ("mug", 6, "returned", 2),
            ("mug", 7, "written_off", -2), ("mug", 8, "corrected", 1),
        )  # fmt: skip
        days = shop(ledger, [MUG], noted("mug", (at(1), 500, 150), (at(6, 18), 500, 200)))
        found = days.between(date(2026, 3, 2), date(2026, 3, 9))
        assert {cause.kind: (cause.units, cause.value) for cause in found.causes} == {
            "received": (0, 0), "sold": (-4, -3 * 150 - 200), "returned": (2, 400), "written_off": (-2, -400),
            "corrected": (1, 200),
        }  # fmt: skip
        assert found.repriced == 7 * 50  # of what lay there before the day's movements
        assert days.written_off(Period(date(2026, 3, 3), date(2026, 3, 10))) == Cause("written_off", -2, -400)

    @pytest.mark.parametrize("seed", range(20))
    def test_the_parts_add_up_to_the_difference_whatever_happened(self, seed: int) -> None:
        """Costs above the price, of nothing, unknown, changed every day; products that came, went and were removed."""
        draw = random.Random(seed)
        products, steps, moves = [], [], []
        for n in range(6):
            pid = f"p{n}"
            for _ in range(draw.randrange(25)):
                kind = draw.choice(KINDS)
                units = draw.randint(1, 9) * (-1 if kind == "written_off" or draw.random() < 0.2 else 1)
                moves.append((pid, draw.randint(2, 20), kind, units))
            worth = [(500, draw.choice([None, 0, 200, 700])) for _ in range(draw.choice([1, 2, 19]))]
            steps += noted(pid, *((at(1 + k), *one) for k, one in enumerate(worth)))
            status = draw.choice([ProductStatus.ACTIVE, ProductStatus.REMOVED])
            products.append(Product(pid, pid, 500, 0, 5, cost=worth[-1][1], status=status))
        days = shop(Ledger(*moves), products, steps)
        before, after = date(2026, 3, draw.randint(1, 9)), date(2026, 3, draw.randint(10, 20))
        found = days.between(before, after)
        assert sum(cause.value for cause in found.causes) + found.repriced == found.after.value - found.before.value
        assert sum(cause.units for cause in found.causes) == found.after.units - found.before.units
        assert (found.before, found.after) == (days.on(before), days.on(after))
        for row in found.products:
            assert sum(row.values.values()) + row.repriced == row.rise, row

    def test_however_often_prices_changed_it_is_two_reads_and_asked_again_none(self) -> None:
        ledger = Ledger(("mug", 2, "received", 10), *(("mug", n, "sold", 1) for n in range(3, 10)))
        days = shop(ledger, [MUG], noted("mug", *((at(n), 500, 100 + n) for n in range(1, 20))))
        first = days.between(date(2026, 3, 2), TODAY)
        assert ledger.reads == 3  # what there is, what moved, and the days of what changed
        assert days.between(date(2026, 3, 2), TODAY) is first
        assert ledger.reads == 3  # what there is, what moved, and the days of what changed

    @pytest.mark.parametrize("last", [date(2026, 3, 2), date(2026, 3, 1), TODAY + timedelta(days=1)])
    def test_days_the_wrong_way_round_or_yet_to_come_are_refused(self, last: date) -> None:
        with pytest.raises(InvalidInput):
            shop(Ledger(), [MUG]).between(date(2026, 3, 2), last)


class TestUnitValues:
    def test_of_two_changes_on_a_day_the_last_holds_and_before_the_first_the_first_does(self) -> None:
        steps = noted("mug", (at(3), 500, 100), (at(5, 9), 500, 120), (at(5, 18), 500, 200))
        values = UnitValues([MUG], steps, FORMATS.store_day, TODAY)
        assert [values.on("mug", date(2026, 3, n)).cost for n in (1, 3, 4, 5, 6)] == [100, 100, 100, 200, 200]
        assert values.changed(["mug"], date(2026, 3, 1), TODAY) == {"mug": [date(2026, 3, 5)]}

    def test_a_price_that_changes_beside_a_cost_changes_no_value(self) -> None:
        steps = noted("mug", (at(3), 400, 200), (at(5), 500, 200))
        assert UnitValues([MUG], steps, FORMATS.store_day, TODAY).changed(["mug"], date.min, TODAY) == {}

    def test_of_which_nothing_was_noted_is_what_it_is(self) -> None:
        assert UnitValues([MUG], [], FORMATS.store_day, TODAY).on("mug", date(2020, 1, 1)) == Worth(500, 200)
