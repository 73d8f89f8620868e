"""Charts for e-mails: what is written on them can be read in every script."""

from __future__ import annotations

import warnings
from io import BytesIO

import pytest
from PIL import Image

from app.documents import bars_png, lines_png

NAMES = [
    "Küche",
    "Κουζίνα",
    "Кухня",
    "रसोई क्षत्र",
    "مطبخ",
    "台所 キッチン",
    "厨房",
    "부엌",
    "სამზარეულო",
    "ครัว",
    "A $1 x^2$",
]


@pytest.fixture(autouse=True)
def missing_glyphs_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # not what another test left to the garbage collector
        yield


def width_of(png: bytes) -> int:
    return Image.open(BytesIO(png)).width


def test_bars_name_their_goods_in_every_script():
    words = ["₾1", "₱2", "₸3", "৳4", "￥5", "元6", "₼7", "₵8", "₪9", "฿10", "₹11"]
    assert width_of(bars_png("カテゴリー", NAMES, list(range(11)), words)) > 500


def test_lines_have_the_days_of_every_language():
    days = ["3月1日", "2 मार्च", "٣ مارس", "4 มี.ค.", "5 марта", "6 Μαρ", "7 მარ"]
    assert width_of(lines_png("売上", days, [1.0] * 7, [2.0] * 7, "円")) > 500
