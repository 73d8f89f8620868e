"""What explains a day, and how it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Anomaly, Product, Reason
from app.money import Formats
from app.services.analytics.breakdown_ports import CountrySales, ProductSums, StockOut
from app.services.anomalies.explaining import Explainer
from app.services.anomalies.words import anomaly_words
from app.services.calendar.ports import PriceChange

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
DAY = date(2026, 11, 26)
TWO = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)  # 14:00 in Kolkata
CATALOGUE = (
    Product("oslo", "Oslo lamp", 100_000, 0, 2, category="Lighting"),
    Product("rio", "Rio lamp", 100_000, 9, 2, category="Lighting"),
    Product("mug", "Mug", 10_000, 9, 2, category="Kitchen"),
    Product("rug", "Rug", 90_000, 9, 2, category="Textiles"),
)
USUAL = {"oslo": 28_000_000, "rio": 14_000_000, "mug": 28_000_000, "rug": 28_000_000}


def explained(now: dict[str, int], *, outs: tuple[StockOut, ...] = (), prices: tuple[PriceChange, ...] = (),
              largest: int = 0, india: int | None = None) -> tuple[Reason, ...]:  # fmt: skip
    """Usually 35,000 a day, all of it from two countries, half each."""

    def products(start: date, end: date) -> list[ProductSums]:
        sums = now if start == DAY else USUAL
        return [ProductSums(product_id, 1, gross, 0, 0) for product_id, gross in sums.items()]

    def countries(start: date, end: date) -> list[CountrySales]:
        total = sum((now if start == DAY else USUAL).values())
        here = total // 2 if india is None or start != DAY else india
        return [CountrySales("IN", 1, 1, here, 0), CountrySales("AE", 1, 1, total - here, 0)]

    reader: Any = SimpleNamespace(products=products, countries=countries, stock_outs=lambda *_: list(outs))
    log: Any = SimpleNamespace(changes=lambda *_: list(prices))
    difference = sum(now.values()) - 3_500_000
    return Explainer(reader, log, lambda: CATALOGUE, FORMATS).reasons(DAY, 3_500_000, difference, largest)


WITHOUT_OSLO = {"oslo": 0, "rio": 500_000, "mug": 1_000_000, "rug": 1_000_000}


def test_a_product_that_was_sold_out_explains_its_category_and_the_day() -> None:
    out = StockOut("oslo", TWO, None, 40, None)
    found = explained(WITHOUT_OSLO, outs=(out,))
    assert [(one.kind, one.name, round(one.share, 2), one.because) for one in found] == [
        ("category", "Lighting", 1.0, ""),
        ("product", "Oslo lamp", 1.0, "sold out since 14:00"),
    ]


def test_one_that_was_gone_before_is_told_by_its_day() -> None:
    out = StockOut("oslo", TWO - timedelta(days=3), None, 40, None)
    assert explained(WITHOUT_OSLO, outs=(out,))[-1].because == "sold out since 23 Nov"


def test_a_price_that_was_changed_is_told() -> None:
    change = PriceChange(TWO - timedelta(days=2), "oslo", 100_000, 150_000)
    assert explained(WITHOUT_OSLO, prices=(change,))[-1].because == "price ₹1,000.00 → ₹1,500.00"


def test_when_everything_sells_half_no_part_explains_it() -> None:
    assert explained({name: gross // 56 for name, gross in USUAL.items()}) == ()


def test_a_country_that_stays_away_is_told() -> None:
    found = explained({name: gross // 56 for name, gross in USUAL.items()}, india=1_750_000)
    assert [(one.kind, one.name) for one in found] == [("country", "United Arab Emirates")]


def test_one_large_order_explains_a_day_that_sold_more() -> None:
    found = explained({**{name: gross // 28 for name, gross in USUAL.items()}, "rug": 9_000_000}, largest=8_000_000)
    assert [(one.kind, one.name, one.share) for one in found] == [("order", "₹80,000.00", 1.0)]


DROP = Anomaly(
    DAY, True, True, ("orders",), 23, 47, 1_500_000, 5_500_000,
    (Reason("category", "Lighting", 0.7), Reason("product", "Oslo lamp", 0.4, "sold out since 14:00")),
)  # fmt: skip


class TestWords:
    def test_yesterday(self) -> None:
        assert anomaly_words(DROP, DAY + timedelta(days=1), FORMATS) == (
            "Yesterday: 23 orders, some 47 expected; sales ₹40,000 below. 70% of it Lighting. "
            "Oslo lamp: sold out since 14:00."
        )

    def test_without_money_none_is_told(self) -> None:
        words = anomaly_words(DROP, DAY + timedelta(days=1), FORMATS, with_money=False)
        assert "₹" not in words
        priced = Anomaly(**{**vars(DROP), "reasons": (Reason("product", "Oslo lamp", 0.4, "price ₹1 → ₹2"),)})
        assert anomaly_words(priced, DAY, FORMATS, with_money=False).endswith("40% of it Oslo lamp.")

    def test_a_drop_that_one_order_hides_says_nothing_of_sales(self) -> None:
        hidden = Anomaly(DAY, True, False, ("orders",), 23, 47, 9_000_000, 5_500_000)
        assert anomaly_words(hidden, DAY, FORMATS) == "Today so far: 23 orders, some 47 expected."
