"""What a code takes off, and what goods are worth when they come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain import OrderLine
from app.domain.discounts import (
    DiscountCode,
    DiscountKind,
    Goods,
    Refusal,
    customer_key,
    normal_code,
    refusal_of,
    savings,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MUGS, BOOKS = Goods(10_000, "Mugs"), Goods(3_333, "Books")
TEN = DiscountCode(1, "TEN", DiscountKind.PERCENT, 1_000)


class TestSavings:
    def test_a_percentage_is_rounded_once_and_split_to_the_last_unit(self):
        assert savings(TEN, [Goods(333, ""), Goods(333, ""), Goods(339, "")]) == (34, 33, 34)

    def test_an_amount_is_never_more_than_the_goods_cost(self):
        code = DiscountCode(1, "X", DiscountKind.AMOUNT, 99_999)
        assert savings(code, [MUGS, BOOKS]) == (10_000, 3_333)

    def test_goods_of_another_category_keep_their_price(self):
        code = DiscountCode(1, "X", DiscountKind.AMOUNT, 5_000, category="Books")
        assert savings(code, [MUGS, BOOKS]) == (0, 3_333)


class TestRefusals:
    def test_it_holds_from_its_first_moment_on_and_up_to_its_last_not_included(self):
        code = DiscountCode(1, "X", DiscountKind.PERCENT, 1, starts=NOW, ends=NOW + timedelta(hours=1))
        assert refusal_of(code, [MUGS], NOW - timedelta(microseconds=1)) is Refusal.NOT_YET
        assert refusal_of(code, [MUGS], NOW) is None
        assert refusal_of(code, [MUGS], NOW + timedelta(hours=1)) is Refusal.OVER

    def test_its_minimum_is_of_the_goods_that_it_is_for(self):
        code = DiscountCode(1, "X", DiscountKind.PERCENT, 1, minimum=3_334, category="Books")
        assert refusal_of(code, [MUGS, BOOKS], NOW) is Refusal.MINIMUM
        assert refusal_of(code, [MUGS], NOW) is Refusal.CATEGORY
        assert refusal_of(code, [MUGS, Goods(3_334, "Books")], NOW) is None


def test_a_mailbox_is_one_customer_however_it_is_written():
    keys = {
        customer_key(1, email, None) for email in ("asha@shop.example", "Asha+two@shop.example ", "ASHA@SHOP.EXAMPLE")
    }
    assert len(keys) == 1
    assert customer_key(2, "asha@shop.example", None) not in keys
    assert customer_key(1, None, 7) != customer_key(1, None, 8)


def test_whoever_types_a_code_need_not_care_for_capitals_and_blanks():
    assert normal_code(" summer 10\t") == "SUMMER10"


codes = st.builds(
    DiscountCode,
    st.just(1),
    st.just("X"),
    st.sampled_from([DiscountKind.PERCENT, DiscountKind.AMOUNT, DiscountKind.FREE_SHIPPING]),
    st.integers(1, 10_000),
    category=st.sampled_from(["", "a", "b"]),
)
baskets = st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 7), st.sampled_from("ab")), min_size=1, max_size=6)


@given(codes, baskets)
def test_no_line_is_given_more_than_it_costs(code: DiscountCode, basket: list[tuple[int, int, str]]):
    goods = [Goods(price * units, category) for price, units, category in basket]
    off = savings(code, goods)
    assert all(0 <= less <= one.amount for less, one in zip(off, goods, strict=True))
    assert all(not less or code.is_for(one.category) for less, one in zip(off, goods, strict=True))


@given(codes, baskets, st.data())
def test_returns_in_any_parts_come_to_what_was_charged_and_no_more(
    code: DiscountCode, basket: list[tuple[int, int, str]], data: st.DataObject
):
    off = savings(code, [Goods(price * units, category) for price, units, category in basket])
    lines = [
        OrderLine(n, str(n), "", price, units, discount=less)
        for n, ((price, units, _), less) in enumerate(zip(basket, off, strict=True), start=1)
    ]
    back: dict[int, tuple[int, int]] = {}
    for line in data.draw(st.permutations([one for one in lines for _ in range(one.quantity)])):
        count, amount = back.get(line.line_no, (0, 0))
        worth = line.worth(1, count, amount)
        assert 0 <= worth <= line.charged - amount
        back[line.line_no] = count + 1, amount + worth
    assert all(back[line.line_no] == (line.quantity, line.charged) for line in lines)
