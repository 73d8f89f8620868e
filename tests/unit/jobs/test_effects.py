from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain import effects
from app.domain.effects import Effect


@pytest.mark.parametrize(
    ("effect", "stored"),
    [
        (effects.settle(7), ("settle", "settle:7", {"order_id": 7})),
        (effects.take_cart(7), ("take_cart", "take_cart:7", {"order_id": 7})),
        (effects.receipt(7), ("receipt", "receipt:7", {"order_id": 7})),
        (effects.refund_mail(7, 3), ("refund_mail", "refund_mail:3", {"order_id": 7, "return_id": 3})),
        (effects.restock(3), ("restock", "restock:3", {"return_id": 3})),
        (effects.rollup_of_order(7), ("rollup", "rollup:order:7", {"order_id": 7})),
        (effects.rollup_of_return(3), ("rollup", "rollup:return:3", {"return_id": 3})),
        (
            effects.rollup_of_adopted("order_id", 7),
            ("rollup", "rollup:adopted:order_id:7", {"adopted_order_id": 7}),
        ),
        (
            effects.rollup_of_adopted("return_id", 3),
            ("rollup", "rollup:adopted:return_id:3", {"adopted_return_id": 3}),
        ),
        (
            effects.rollup_of_movements("order:7:11", (11, 12)),
            ("rollup", "rollup:moved:order:7:11", {"movement_ids": [11, 12]}),
        ),
        (
            effects.low_stock("order:7:11", ("mug",)),
            ("low_stock", "low_stock:order:7:11", {"product_ids": ["mug"]}),
        ),
        (effects.alert(5), ("alert", "alert:5", {"episode_id": 5})),
        (effects.rule_alert(5), ("rule_alert", "rule:5", {"episode_id": 5})),
        (effects.report("2026-11-23", 2), ("report", "report:2026-11-23:2", {"week": "2026-11-23", "user_id": 2})),
        (
            effects.link_mail(9, "confirm"),
            ("account_mail", "account_mail:link:9", {"link_id": 9, "purpose": "confirm"}),
        ),
        (
            effects.notice_mail("closed", "ab", {"user_id": 2}),
            ("account_mail", "account_mail:closed:ab", {"user_id": 2, "notice": "closed", "request": "ab"}),
        ),
        (
            effects.password_reset("a@b.example", "ab"),
            ("password_reset", "password_reset:ab", {"email": "a@b.example", "request": "ab"}),
        ),
        (effects.join_order(7), ("join_orders", "join_orders:order:7", {"order_id": 7})),
        (
            effects.join_orders(2, datetime(2026, 11, 29, 8, 5, 9, 30, UTC)),
            ("join_orders", "join_orders:user:2:20261129T080509.000030", {"user_id": 2}),
        ),
        (effects.erase(2, None, "later"), ("erase", "erase:2:later", {"user_id": 2, "email": None})),
    ],
    ids=lambda value: value.key if isinstance(value, Effect) else "",
)
def test_effects_are_stored_under_the_words_that_older_versions_wrote(effect, stored):
    assert (effect.kind, effect.key, effect.payload) == stored


def test_a_copy_of_a_message_has_a_key_of_its_own():
    assert [effects.copy_key("receipt:7", copy) for copy in (0, 1, 2)] == [
        "receipt:7",
        "receipt:7:again:1",
        "receipt:7:again:2",
    ]
