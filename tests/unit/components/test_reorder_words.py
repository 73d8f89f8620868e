"""Why so much is to be ordered, and whose settings it follows from."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc

from app.domain import Demand, ReorderRule, RuleKey, RuleLevel
from app.money import Formats
from app.services.forecasts.plans import StockPlan
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reorder_rules import Default
from components.admin import reorder_defaults, several
from components.admin.reorder import INHERIT, reorder_form, rule_words, why_words
from pages.admin._reorder_values import rule_of

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


def test_every_choice_that_stands_in_a_form_can_be_seen() -> None:
    """A choice without a value is drawn blank."""
    inherited = ReorderSettings(7)
    default = Default(RuleKey(RuleLevel.SHOP), ReorderRule(), 3, inherited)
    forms = [
        reorder_defaults.settings(lambda name, key: {"type": name, "key": key}, [default], FORMATS),
        several.form(str, [], [], FORMATS),
        reorder_form(str, None, ReorderRule(), inherited, 5, FORMATS, Demand(date(2026, 11, 25), (), 0.0), None),
    ]
    for form in forms:
        selects = [one for one in form._traverse() if isinstance(one, dbc.Select)]
        assert selects
        for select in selects:
            assert select.value
            assert select.value in [option["value"] for option in select.options]
    assert rule_of("", "", INHERIT, "", "") == ReorderRule()
