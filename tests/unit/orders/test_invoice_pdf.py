"""The invoice as a file: what stands in it, whatever is in the order."""

from __future__ import annotations

import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import list_currencies
from PIL import Image
from pypdf import PdfReader
from reportlab.pdfbase.ttfonts import TTFontFile

from app.documents import file_name, invoice_pdf
from app.documents.invoice import Seller
from app.documents.typeface import MISSING, lacks, printable
from app.domain import Address, Order, OrderLine, OrderReturn, OrderStatus, ReturnLine
from app.money import Formats

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
URL = "https://shop.example/orders/7"
SELLER = Seller("Retail Sync")
ORDER = Order(
    order_id=7,
    owner="guest#x",
    status=OrderStatus.PAID,
    email="meera@example.com",
    address=Address("Meera Shah", "4 Lake Road", "Pune", "411001", "IN", region="Maharashtra"),
    lines=(OrderLine(1, "mug", "Stoneware Mug", 49_900, 2), OrderLine(2, "lamp", "Brass Lamp", 120_000, 1)),
    currency="INR",
    subtotal=219_800,
    tax=10_990,
    total=230_790,
    tax_rate="0.05",
    created_at=NOW,
    paid_at=NOW,
    payment_method="Card ending 4242",
    payment_reference="ch_55",
)


def drawn(order: Order = ORDER, returns: tuple[OrderReturn, ...] = (), formats: Formats = FORMATS) -> PdfReader:
    return PdfReader(BytesIO(invoice_pdf(order, returns, formats, SELLER, URL)))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def named(*names: str) -> Order:
    lines = tuple(OrderLine(i, f"p{i}", name, 100, 1) for i, name in enumerate(names, 1))
    return replace(ORDER, lines=lines)


def test_everything_of_the_order_stands_in_it():
    text = text_of(drawn())
    for words in (
        "Retail Sync", "Invoice 10007", "Paid", "1 Mar 2026, 17:30", "Meera Shah", "4 Lake Road",
        "Pune 411001", "Maharashtra",
        "India", "meera@example.com", "Card ending 4242", "Reference ch_55", "Stoneware Mug",
        "₹499.00", "₹998.00", "₹2,198.00",
        "Tax (5%)", "₹109.90", "₹2,307.90", "Page 1 of 1",
    ):  # fmt: skip
        assert words in text, words


def test_who_sells_stands_at_its_head_with_the_logo():
    png = BytesIO()
    Image.new("RGBA", (300, 100), (20, 80, 200, 255)).save(png, "PNG")
    seller = Seller("Retail Sync", ("Cotton Ltd", "1 Mill Lane", "GB 123 4567 89"), png.getvalue())
    pdf = PdfReader(BytesIO(invoice_pdf(ORDER, (), FORMATS, seller, URL)))
    assert text_of(pdf).index("Cotton Ltd") < text_of(pdf).index("GB 123 4567 89") < text_of(pdf).index("Sent to")
    assert len(pdf.pages[0].images) == 1


def test_one_order_gives_the_same_bytes():
    assert len({invoice_pdf(ORDER, (), FORMATS, SELLER, URL) for _ in range(3)}) == 1


def test_drawing_at_once_mixes_nothing_up(monkeypatch: pytest.MonkeyPatch):
    seek = TTFontFile.seek

    def seek_and_let_others_go_on(self: TTFontFile, position: int) -> None:
        seek(self, position)
        time.sleep(0.0002)

    orders = [replace(named(f"Mug {n} ЖΩé"), order_id=n) for n in range(8)]
    alone = [invoice_pdf(order, (), FORMATS, SELLER, URL) for order in orders]
    monkeypatch.setattr(TTFontFile, "seek", seek_and_let_others_go_on)  # all drawings read one font file
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda order: invoice_pdf(order, (), FORMATS, SELLER, URL), orders))
    assert together == alone


def test_refunds_and_returns_are_shown_as_on_the_page():
    back = OrderReturn(
        1, 7, NOW, "asha", "chipped", (ReturnLine(1, "mug", "Stoneware Mug", 1, 49_900, True),), 52_395, NOW
    )
    lines = (replace(ORDER.lines[0], returned=1), ORDER.lines[1])
    text = text_of(drawn(replace(ORDER, lines=lines, refunded=52_395), (back,)))
    for words in ("Paid, partly refunded", "1 returned", "Refunded", "-₹523.95", "Returns", "1 × Stoneware Mug",
                  "chipped", "₹523.95 refunded"):  # fmt: skip
        assert words in text, words
    assert "Paid, refunded" in text_of(drawn(replace(ORDER, refunded=ORDER.total)))


def test_no_tax_is_no_row():
    assert "Tax" not in text_of(drawn(replace(ORDER, tax=0, total=ORDER.subtotal)))


@pytest.mark.parametrize(
    ("currency", "locale", "words"),
    [("EUR", "en_IE", "€499.00"), ("GBP", "en_GB", "£499.00"), ("JPY", "en_GB", "49,900"), ("INR", "en_IN", "₹499.00")],
)
def test_money_is_that_of_the_order(currency: str, locale: str, words: str):
    formats = replace(FORMATS, locale=locale)
    assert words in text_of(drawn(replace(ORDER, currency=currency), formats=formats))


@pytest.mark.parametrize(
    "name",
    [
        "Meera Šťastná-Łukasz", "Γιώργος Παπαδόπουλος", "Жанна Щербакова", "Þór Ĳsselmeer ğ", "田中太郎 たなか",
        "张伟国", "臺灣 陳「〒」", "김철수", "გიორგი", "Արամ", "ไทย", "अमर", "Ada अमर office ffi",
    ],
)  # fmt: skip
def test_names_of_several_alphabets_can_be_read(name: str):
    assert name in text_of(drawn(replace(ORDER, address=replace(ORDER.address, name=name))))


def test_letters_join_and_turn_where_their_script_does_so():
    """Conjuncts are glyphs of their own, and the virama that asks for them is not seen."""
    assert "\N{DEVANAGARI SIGN VIRAMA}" not in text_of(drawn(named("क्षत्रिय विश्व")))
    arabic = text_of(drawn(named("محمد كتاب جديد")))
    assert "محمد" in unicodedata.normalize("NFKC", arabic)
    assert not {"م", "ح", "د"} & set(arabic)  # initial, middle and final forms
    assert "שלום" in text_of(drawn(named("שלום עולם")))


def test_long_text_from_right_to_left_keeps_the_order_of_its_lines():
    text = unicodedata.normalize("NFKC", text_of(drawn(named("كتاب " * 12 + "نهاية"))))
    assert text.index("كتاب") < text.index("نهاية")


def test_text_from_right_to_left_fills_its_column_with_brackets_and_digits_of_its_own():
    text = text_of(drawn(replace(named("كتاب " * 9 + "(كبير) ١٢"), tax=0)))
    (line,) = [line for line in text.splitlines() if "(" in line or ")" in line]
    assert unicodedata.normalize("NFKC", line).count("كتاب") == 9
    assert line.index("(") < line.index(")")  # from left to right on paper
    assert "١٢" in line
    assert "cannot be printed" not in text


LOCALES = [
    "en",
    "en_IN",
    "en_GH",
    "en_PH",
    "ja_JP",
    "zh_CN",
    "ko_KR",
    "bn_BD",
    "ka_GE",
    "kk_KZ",
    "az_AZ",
    "ar_EG",
    "he_IL",
    "hi_IN",
    "th_TH",
]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_currency_and_its_days_can_be_written(locale: str):
    digits = dict.fromkeys(list_currencies(), 2)
    written = [replace(FORMATS, currency=currency, digits=2, locale=locale).money(123_456) for currency in digits]
    written += [replace(FORMATS, locale=locale).moment(NOW.replace(month=month)) for month in range(1, 13)]
    assert [text for text in written if lacks(text)] == []


@pytest.mark.parametrize(
    ("currency", "locale", "sign"),
    [
        ("PHP", "en_PH", "₱"), ("JPY", "ja_JP", "￥"), ("GHS", "en_GH", "GH₵"), ("KZT", "kk_KZ", "₸"),
        ("GEL", "ka_GE", "₾"), ("BDT", "bn_BD", "৳"), ("AZN", "az_AZ", "₼"), ("CNY", "ja_JP", "元"),
    ],
)  # fmt: skip
def test_signs_and_days_of_a_locale_are_in_the_file(currency: str, locale: str, sign: str):
    formats = replace(FORMATS, locale=locale)
    text = text_of(drawn(replace(ORDER, currency=currency), formats=formats))
    assert sign in text
    assert MISSING not in text
    assert locale != "ja_JP" or ("インド" in text and formats.moment(ORDER.paid_at) in text)


def test_a_file_does_not_depend_on_those_before_it_and_stays_small():
    first, second = named("हिन्दी क्षत्रिय 田中"), named("विश्व क्षत्रिय 太郎")
    alone = [invoice_pdf(order, (), FORMATS, SELLER, URL) for order in (first, second)]
    again = [invoice_pdf(order, (), FORMATS, SELLER, URL) for order in (second, first)]
    assert again[::-1] == alone
    assert max(map(len, alone)) < 80_000


def test_every_font_of_a_file_is_in_it():
    pdf = drawn(named("田中 김 अमर محمد ₾"))
    fonts = [font.get_object() for font in pdf.pages[0]["/Resources"]["/Font"].values()]
    used = [font for font in fonts if font["/BaseFont"] != "/Helvetica"]
    assert len(used) >= 5
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_what_the_typeface_lacks_is_marked_and_said():
    text = text_of(drawn(named("Mug བོད 😀", "Plain")))  # Tibetan, and beyond the first plane
    assert "Mug ??? ?" in text
    assert "cannot be printed" in text
    assert URL in text
    assert "cannot be printed" not in text_of(drawn(named("Really?")))


def test_characters_without_a_shape_are_left_out():
    assert printable("a\u200bb\u202ec\x00d") == "abcd"
    assert printable("e\u0301") == "é"
    assert not lacks("a\u200bb?")
    assert lacks("བ")


def test_nothing_in_a_name_is_markup():
    text = text_of(drawn(named("<b>Bold</b> & <img src='/etc/passwd'/> &amp; <para>")))
    assert "<b>Bold</b>" in text
    assert "&amp;" in text


def test_a_very_long_name_wraps_and_none_of_it_is_lost():
    text = text_of(drawn(named("W" * 200, "word " * 39 + "end")))
    assert text.count("W") >= 200
    assert "end" in text


def test_many_lines_go_over_pages_with_the_head_of_the_table_on_each():
    lines = tuple(OrderLine(i, f"p{i}", f"Product {i:03}", 100 + i, 1) for i in range(1, 100))
    subtotal = sum(line.total for line in lines)
    pdf = drawn(replace(ORDER, lines=lines, subtotal=subtotal, tax=0, total=subtotal))
    pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) >= 3
    assert all("Quantity" in page and f"of {len(pages)}" in page for page in pages)
    assert [f"Product {i:03}" in "".join(pages) for i in range(1, 100)] == [True] * 99
    assert FORMATS.money(subtotal) in pages[-1]


def test_an_order_that_is_not_paid_has_no_invoice():
    with pytest.raises(ValueError, match="not paid"):
        drawn(replace(ORDER, paid_at=None))


@pytest.mark.parametrize(
    ("external_id", "name"),
    [
        (None, "invoice-10007.pdf"),
        ("A 5/../6", "invoice-A-5-6.pdf"),
        ('"\r\n', "invoice-7.pdf"),
        ("Ж", "invoice-7.pdf"),
    ],
)
def test_the_file_is_named_by_the_order(external_id: str | None, name: str):
    assert file_name(replace(ORDER, external_id=external_id)) == name


def test_the_largest_order_given_back_as_a_whole_fits_on_its_pages():
    names = [f"Long {n} " + "stoneware " * 11 for n in range(99)]
    back = tuple(ReturnLine(n, f"p{n}", name, 1, 100, True) for n, name in enumerate(names, 1))
    text = text_of(drawn(named(*names), (OrderReturn(1, 7, NOW, "asha", "chipped", back, 9_900, NOW),)))
    assert all(text.count(f"1 × Long {n} ") == 1 for n in range(99))
    assert "chipped" in text
