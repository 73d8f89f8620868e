"""Whose lead time, review period, service level and pack hold for a product, and setting them for many at once."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain import Actor, Product, ReorderRule, RuleKey, RuleLevel
from app.errors import Clash, EditClash, InvalidInput, NotFound
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reorder_rules import NO_RULE, ReorderRules
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
        unknown = RuleKey(RuleLevel.PRODUCT, "jug"), RuleKey(RuleLevel.SUPPLIER), RuleKey(RuleLevel.SHOP, "Kitchen")
        for key in unknown:
            found, store = rules(product(supplier=""), product("jug2", category="shelf"))
            with pytest.raises(NotFound):
                found.set_rule(key, ReorderRule(7), WHO, NO_RULE)
            assert store.said == {}

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


class TestDefaults:
    def test_every_supplier_and_category_stands_beside_the_shop_with_its_products(self) -> None:
        found, store = rules(product(), product("jug", supplier=""), product("tea", category="Tea", supplier="Assam"))
        gone = RuleKey(RuleLevel.SUPPLIER, "Gone Ltd")
        store.said = {SHOP: ReorderRule(lead_days=5), SHARMA: ReorderRule(pack=6), gone: ReorderRule(pack=2)}
        assert {one.key: (one.rule, one.products, one.inherited.lead_days) for one in found.defaults()} == {
            SHOP: (ReorderRule(lead_days=5), 3, 7),
            SHARMA: (ReorderRule(pack=6), 1, 5),
            RuleKey(RuleLevel.SUPPLIER, "Assam"): (NO_RULE, 1, 5),
            gone: (ReorderRule(pack=2), 0, 5),
            KITCHEN: (NO_RULE, 2, 5),
            RuleKey(RuleLevel.CATEGORY, "Tea"): (NO_RULE, 1, 5),
        }

    def test_a_supplier_inherits_from_its_products_categories_and_says_so_where_they_differ(self) -> None:
        found, store = rules(product(), product("tea", category="Tea"), product("oil", supplier="Assam"))
        store.said = {KITCHEN: ReorderRule(lead_days=6, pack=4), SHOP: ReorderRule(lead_days=5, pack=4)}
        of = {one.key.name: one for one in found.defaults() if one.key.level is RuleLevel.SUPPLIER}
        assert (of["Sharma"].by_category, of["Sharma"].inherited.pack) == (["lead_days"], 4)
        assert (of["Assam"].by_category, of["Assam"].inherited.lead_days) == ([], 6)


class TestManyAtOnce:
    def test_what_is_named_is_set_and_the_rest_stays(self) -> None:
        found, store = rules(mug=ReorderRule(3, pack=6))
        assert found.set_many(["mug", "jug"], {"lead_days": 9}, {"mug": ReorderRule(3), "jug": NO_RULE}) == []
        jug = RuleKey(RuleLevel.PRODUCT, "jug")
        assert store.said == {MUG: ReorderRule(9, pack=6), jug: ReorderRule(9)}
        assert found.set_many(["jug"], {"lead_days": None}, {"jug": ReorderRule(9)}) == []
        assert store.said == {MUG: ReorderRule(9, pack=6)}

    def test_what_somebody_else_changed_is_left_and_named(self) -> None:
        found, store = rules(mug=ReorderRule(5))
        assert found.set_many(["mug", "jug"], {"lead_days": 9}, {"mug": ReorderRule(3), "jug": NO_RULE}) == ["mug"]
        assert store.said == {MUG: ReorderRule(5), RuleKey(RuleLevel.PRODUCT, "jug"): ReorderRule(9)}

    def test_a_write_that_others_outran_is_looked_at_again(self) -> None:
        found, store = rules()
        store.meanwhile = lambda: store.said.update({MUG: ReorderRule(pack=4)})
        assert found.set_many(["mug"], {"lead_days": 9}, {"mug": NO_RULE}) == []
        assert store.said == {MUG: ReorderRule(9, pack=4)}
