"""Why so much is to be ordered, and whose settings it follows from."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from app.domain import ReorderRule, RuleKey, RuleLevel
from app.money import Formats
from app.services.forecasts.plans import StockPlan
from app.services.forecasts.ports import ReorderSettings
from components.admin.reorder import rule_words, why_words

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
SHARMA, KITCHEN = RuleKey(RuleLevel.SUPPLIER, "Sharma Traders"), RuleKey(RuleLevel.CATEGORY, "Kitchen")


def plan(settings: ReorderSettings, units: int = 48) -> StockPlan:
    return StockPlan(settings, None, 34.2, 40, 6, units, date(2026, 11, 25))


def test_the_sentence_names_its_parts_and_whose_settings_they_are() -> None:
    sources = {"lead_days": SHARMA, "pack": SHARMA, "service": KITCHEN}
    settings = ReorderSettings(10, None, 7, 98, 12, sources)
    assert why_words(plan(settings), 5, FORMATS) == (
        "34 units expected in 17 days (10 until it comes and 7 until the next look), 40 to be enough 98 times in 100; "
        "5 available: order 48, which lasts for 7 days more, in packs of 12 (lead time and pack from supplier Sharma "
        "Traders, review period built in, service level from category Kitchen)."
    )


def test_what_does_not_count_is_not_named() -> None:
    shop = RuleKey(RuleLevel.SHOP)
    settings = ReorderSettings(10, 6, sources={"lead_days": shop, "review_days": shop, "safety_stock": shop})
    words = why_words(plan(settings, 0), 50, FORMATS)
    assert words.endswith("nothing to order before 25 Nov 2026 (all settings from the shop's defaults).")
    assert why_words(plan(ReorderSettings(7), 1), 50, FORMATS).endswith("(all settings built in).")


def test_a_rule_in_words() -> None:
    assert rule_words(ReorderRule(9, service=98, pack=6), FORMATS) == "9 days of lead time, 98%, packs of 6"
    assert rule_words(ReorderRule(), FORMATS) == ""
