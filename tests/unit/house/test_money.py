"""Amounts as the store's locale writes them."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.money import Formats, significant

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
USD = Formats("USD", 2, "en_US", ZoneInfo("America/New_York"))
EUR = Formats("EUR", 2, "de_DE", ZoneInfo("Europe/Berlin"))
JPY = Formats("JPY", 0, "ja_JP", ZoneInfo("Asia/Tokyo"))


class TestWholeAmounts:
    @pytest.mark.parametrize(
        ("formats", "minor", "words"),
        [
            (INR, 14_379_749, "₹1,43,797"),
            (INR, 14_379_750, "₹1,43,798"),
            (INR, 1_924_000_000, "₹1,92,40,000"),
            (USD, 14_379_700, "$143,797"),
            (EUR, 14_379_700, "143.797\xa0€"),
            (JPY, 143_797, "￥143,797"),
        ],
    )
    def test_all_digits_stand_in_the_grouping_of_the_locale(self, formats: Formats, minor: int, words: str):
        assert formats.money_whole(minor) == words


class TestShortAmounts:
    @pytest.mark.parametrize(
        ("formats", "minor", "words"),
        [
            (INR, 9_999_900, "₹99,999"),
            (INR, 14_379_700, "₹1.44L"),
            (INR, 143_797_000, "₹14.4L"),
            (INR, 1_924_000_000, "₹1.92Cr"),
            (INR, 1_998_900_000, "₹2.00Cr"),
            (INR, 18_976_000, "₹1.90L"),
            (INR, 20_000_000, "₹2L"),  # exact, as on an axis
            (EUR, 189_760_000, "1,90\xa0Mio.\xa0€"),
            (USD, 14_379_700, "$144K"),
            (USD, -14_379_700, "-$144K"),
        ],
    )
    def test_three_digits_are_kept(self, formats: Formats, minor: int, words: str):
        assert formats.money_short(minor) == words

    def test_digits_are_rounded_half_up(self):
        assert [significant(Decimal(value), 3) for value in (12_345, 12_350)] == [12_300, 12_400]
