"""Whose lead time, review period, service level and pack hold for a product, and setting them for many at once."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain import Actor, Product, ProductStatus, ReorderRule, RuleKey, RuleLevel
from app.errors import Clash, EditClash, InvalidInput, NotFound
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reorder_rules import NO_RULE, ManySet, ReorderRules
from tests.support.reorder import RuleStore

WHO = Actor("asha@shop.example")
SHOP, KITCHEN, SHARMA, MUG = (
    RuleKey(RuleLevel.SHOP), RuleKey(RuleLevel.CATEGORY, "Kitchen"), RuleKey(RuleLevel.SUPPLIER, "Sharma"),
    RuleKey(RuleLevel.PRODUCT, "mug"),
)  # fmt: skip


def product(product_id: str = "mug", **more: Any) -> Product:
    known = {"category": "Kitchen", "supplier": "Sharma", **more}
    return Product(product_id, product_id.title(), 1_000, 5, 15, **known)


def rules(*products: Product, **said: ReorderRule) -> tuple[ReorderRules, RuleStore]:
    store = RuleStore()
    store.said = {RuleKey(RuleLevel.PRODUCT, one): rule for one, rule in said.items()}
    return ReorderRules(store, lambda: products or (product(),)), store


class TestWhoseHolds:
    def test_each_value_is_of_the_narrowest_that_says_one(self) -> None:
        found, store = rules()
        store.said = {
            SHOP: ReorderRule(lead_days=5, review_days=14, service=90, pack=2),
            KITCHEN: ReorderRule(lead_days=6, review_days=3, service=98),
            SHARMA: ReorderRule(lead_days=10, review_days=4),
            MUG: ReorderRule(lead_days=12, safety_stock=3),
        }
        settings = found.of(product())
        assert settings == ReorderSettings(12, 3, review_days=4, service=98, pack=2)
        assert settings.sources == {
            "lead_days": MUG, "safety_stock": MUG, "review_days": SHARMA, "service": KITCHEN, "pack": SHOP,
        }  # fmt: skip
        assert found.read().inherited(product()) == ReorderSettings(10, None, 4, 98, 2)
        assert found.of(product("jug", supplier="")) == ReorderSettings(6, None, 3, 98, 2)

    def test_where_nobody_says_anything_it_is_built_in(self) -> None:
        settings = rules()[0].of(product())
        assert (settings, settings.sources) == (ReorderSettings(7, None, 7, 95, 1), {})


class TestSetting:
    @pytest.mark.parametrize(
        "rule",
        [
            ReorderRule(-1), ReorderRule(29), ReorderRule(safety_stock=-1), ReorderRule(safety_stock=1_000_001),
            ReorderRule(review_days=0), ReorderRule(review_days=29), ReorderRule(service=94), ReorderRule(pack=0),
        ],
    )  # fmt: skip
    def test_numbers_out_of_range_change_nothing(self, rule: ReorderRule) -> None:
        found, store = rules()
        with pytest.raises(InvalidInput):
            found.set_rule(MUG, rule, WHO, NO_RULE)
        assert (store.said, store.audited) == ({}, [])

    def test_a_safety_stock_is_of_single_products(self) -> None:
        with pytest.raises(InvalidInput):
            rules()[0].set_rule(KITCHEN, ReorderRule(safety_stock=4), WHO, NO_RULE)

    def test_of_what_there_is_not_is_refused(self) -> None:
        with pytest.raises(NotFound):
            rules()[0].set_rule(RuleKey(RuleLevel.PRODUCT, "jug"), ReorderRule(7), WHO, NO_RULE)
        with pytest.raises(InvalidInput):
            rules()[0].set_rule(RuleKey(RuleLevel.SUPPLIER), ReorderRule(7), WHO, NO_RULE)

    def test_what_somebody_else_has_set_meanwhile_is_shown_and_stays(self) -> None:
        found, store = rules()
        found.set_rule(MUG, ReorderRule(14), WHO, NO_RULE)
        with pytest.raises(EditClash) as raised:
            found.set_rule(MUG, ReorderRule(3), WHO, NO_RULE)
        assert raised.value.clashes == (Clash("plan", ReorderRule(14), ReorderRule(3)),)
        assert store.said == {MUG: ReorderRule(14)}
        found.set_rule(MUG, ReorderRule(14), WHO, NO_RULE)  # the same is no clash

    def test_they_are_kept_and_taken_back_each_with_its_entry(self) -> None:
        found, store = rules()
        for key in (MUG, SHARMA):
            found.set_rule(key, ReorderRule(14, pack=6), WHO, NO_RULE)
            assert store.said == {key: ReorderRule(14, pack=6)}
            found.set_rule(key, NO_RULE, WHO, ReorderRule(14, pack=6))
            assert store.said == {}
        assert [(one.target_kind, one.target_id, one.before, one.after) for one in store.audited] == [
            ("product", "mug", None, {"lead_days": 14, "pack": 6}),
            ("product", "mug", {"lead_days": 14, "pack": 6}, None),
            ("supplier", "Sharma", None, {"lead_days": 14, "pack": 6}),
            ("supplier", "Sharma", {"lead_days": 14, "pack": 6}, None),
        ]


class TestManyAtOnce:
    def test_what_is_named_is_set_the_rest_stays_and_one_entry_says_from_what(self) -> None:
        found, store = rules(product("mug"), product("jug"), product("cup"), mug=ReorderRule(3, pack=6))
        done = found.set_for_products(WHO, ["mug", "jug", "cup"], {"lead_days": 9, "service": None})
        assert done == ManySet(3, 0, {})
        assert store.said == {
            MUG: ReorderRule(9, pack=6),
            RuleKey(RuleLevel.PRODUCT, "jug"): ReorderRule(9),
            RuleKey(RuleLevel.PRODUCT, "cup"): ReorderRule(9),
        }
        (entry,) = store.audited
        assert (entry.target_name, entry.before) == (
            "3 products", {"lead_days": "inherited (2), 3 (1)", "service": "inherited (3)"},
        )  # fmt: skip
        assert entry.after == {"lead_days": 9, "service": "inherited", "products": "cup, jug, mug"}

    def test_a_repeat_changes_nothing_and_makes_no_second_entry(self) -> None:
        found, store = rules()
        assert found.set_for_products(WHO, ["mug"], {"pack": 6}, operation="a").changed == 1
        assert found.set_for_products(WHO, ["mug"], {"pack": 6}, operation="a") == ManySet(0, 1, {})
        store.said.clear()  # by somebody, since
        assert found.set_for_products(WHO, ["mug"], {"pack": 6}, operation="a").changed == 0
        assert (store.said, len(store.audited)) == ({}, 1)

    def test_what_somebody_else_changed_is_left_and_named(self) -> None:
        found, store = rules(product("mug"), product("jug"), mug=ReorderRule(5))
        done = found.set_for_products(
            WHO, ["mug", "jug"], {"lead_days": 9}, seen={"mug": ReorderRule(3), "jug": NO_RULE}
        )
        assert done == ManySet(1, 0, {"mug": Clash("lead_days", 5, 9)})
        assert store.said[MUG] == ReorderRule(5)

    def test_a_write_that_others_outran_is_looked_at_again(self) -> None:
        found, store = rules()
        store.meanwhile = lambda: store.said.update({MUG: ReorderRule(pack=4)})
        found.set_for_products(WHO, ["mug"], {"lead_days": 9})
        assert store.said == {MUG: ReorderRule(9, pack=4)}

    def test_an_unknown_or_removed_product_refuses_all(self) -> None:
        found, store = rules(product("mug"), product("jug", status=ProductStatus.REMOVED))
        for other in ("jug", "nothing"):
            with pytest.raises(NotFound):
                found.set_for_products(WHO, ["mug", other], {"lead_days": 9})
        assert store.said == {}
