"""What stands in receipts and alerts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import Address, Demand, Message, Order, OrderLine, OrderStatus, Product
from app.mail import LowStock, ReportLine, WeeklyReport, low_stock_alert, receipt, weekly_report
from app.mail.account import notice_mail
from app.mail.rendering import SUBJECT_LENGTH, Frame, subject_line
from app.money import Formats
from app.words import say, speaking

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
EVIL = '<script>alert("x")</script> & Söhne'
PAID_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ORDER = Order(
    order_id=12,
    owner="user#1",
    status=OrderStatus.PAID,
    email="meera@example.com",
    address=Address("Meera Shah", "4 Lake Road", "Pune", "411001", "IN", line2="Flat 9"),
    lines=(OrderLine(1, "mug", "Stoneware Mug", 49_900, 3), OrderLine(2, "rug", "Jute Rug", 1_234_567, 1)),
    currency="INR",
    subtotal=1_384_267,
    tax=69_213,
    total=1_453_480,
    tax_rate="0.05",
    created_at=PAID_AT,
    paid_at=PAID_AT,
    payment_method="Card ending 4242",
    payment_reference="demo-12",
)
PRODUCT = Product("mug", "Stoneware Mug", 49_900, stock=10, threshold=50, category="Ceramics")
LOW = LowStock(PRODUCT, on_hand=12, threshold=50, opened_at=PAID_AT, demand=Demand.by_velocity(2.5, date(2026, 11, 25)))


def receipt_of(order: Order = ORDER):
    return receipt(
        order,
        key="receipt:12",
        store_name="Retail Sync",
        base_url="http://shop.example",
        path="/orders/12",
        formats=FORMATS,
    )


def alert_of(low: LowStock = LOW):
    return low_stock_alert(
        low, key="alert:1", to="stock@shop.example", store_name="S", base_url="http://shop.example", formats=FORMATS
    )


class TestLanguages:
    def test_a_receipt_is_in_the_language_that_is_spoken(self):
        with speaking("ar"):
            message = receipt_of()
            assert message.subject == say(
                "Your receipt for order {number} from {store}", number="10012", store="Retail Sync"
            )
        assert '<html lang="ar" dir="rtl">' in message.html
        for part in (message.html, message.text):
            for english in ("Thank you", "Subtotal", "Total", "Paid", "Delivery", "invoice", "Card ending"):
                assert english not in re.sub("<style.*?</style>", "", part, flags=re.DOTALL)
            assert "4242" in part
            assert "Stoneware Mug" in part
        assert 'align="left"' in message.html, "amounts stand at the end of a line"

    def test_links_and_notices_of_accounts_are_too(self):
        with speaking("de"):
            notice = notice_mail(
                "password_changed",
                key="n",
                to="a@shop.example",
                at=PAID_AT,
                store_name="Retail Sync",
                base_url="http://shop.example",
                formats=FORMATS,
            )
        assert notice.subject == "Ihr Passwort für Retail Sync wurde geändert"
        assert "01.03.2026, 17:30" in notice.text
        assert "http://shop.example/de/" in notice.html


class TestReceipt:
    def test_both_parts_show_the_orders_own_numbers(self):
        message = receipt_of()
        for part in (message.html, message.text):
            for amount in (49_900, 149_700, 1_234_567, ORDER.subtotal, ORDER.tax, ORDER.total):
                assert FORMATS.money(amount) in part
            for words in ("10012", "5%", "Card ending 4242", "Stoneware Mug", "Flat 9", "Pune 411001", "India"):
                assert words in part
            assert "http://shop.example/orders/12" in part
            assert "17:30" in part, "paid time is in the store's zone"

    def test_says_where_the_order_opens_which_for_guests_is_a_link_that_needs_no_account(self):
        path = "/receipt#token"
        guest = receipt(
            replace(ORDER, owner="guest#x", user_id=None),
            key="k", store_name="S", base_url="http://shop.example", path=path, formats=FORMATS,
        )  # fmt: skip
        for part in (guest.html, guest.text):
            words = " ".join(part.split())
            assert f"http://shop.example{path}" in part
            assert "without an account, for 90 days" in words
            assert "when you are signed in" not in words
        for part in (receipt_of().html, receipt_of().text):
            assert "when you are signed in" in part
            assert "without an account" not in part

    def test_goes_to_the_buyer_and_names_the_order(self):
        message = receipt_of()
        assert (message.to, message.order_id, message.kind) == ("meera@example.com", 12, "receipt")
        assert "10012" in message.subject

    def test_html_in_names_and_addresses_comes_out_escaped(self):
        order = replace(
            ORDER,
            lines=(replace(ORDER.lines[0], name=EVIL),),
            address=replace(ORDER.address, name=EVIL, line1="<img src=x onerror=1>", city="<b>Pune"),
        )
        html = receipt_of(order).html
        assert not re.search(r"<(script|img|b)\b", html)
        assert "&lt;script&gt;" in html
        assert EVIL in receipt_of(order).text, "text is text"

    def test_shows_money_in_the_orders_currency(self):
        yen = replace(ORDER, currency="JPY", lines=(OrderLine(1, "mug", "Mug", 1200, 1),), subtotal=1200)
        assert "1,200" in receipt_of(yen).text
        assert "¥" in receipt_of(yen).text

    def test_an_order_that_is_not_paid_has_no_receipt(self):
        with pytest.raises(ValueError, match="not paid"):
            receipt_of(replace(ORDER, paid_at=None))

    def test_a_blank_name_is_still_greeted(self):
        assert "Thank you." in receipt_of(replace(ORDER, address=replace(ORDER.address, name="  "))).text

    def test_nothing_is_loaded_from_anywhere(self):
        assert not re.search(r"(src=|url\(|@import|<link)", receipt_of().html + alert_of().html)


def test_every_mail_ends_with_who_sells_and_begins_with_the_logo():
    frame = Frame("https://shop.example/media/logo/a.png", ("Cotton & Sons", "1 Mill Lane"), ("<b>Open</b> daily",))
    message = receipt(
        ORDER, key="k", store_name="Shop", base_url="https://shop.example", path="/orders/7", formats=FORMATS,
        frame=frame,
    )  # fmt: skip
    assert 'src="https://shop.example/media/logo/a.png"' in message.html
    # Each line in its own direction: in an Arabic mail "1 Mill Lane" would read "Mill Lane 1".
    assert '<span dir="auto">Cotton &amp; Sons</span><br><span dir="auto">1 Mill Lane</span>' in message.html
    assert "&lt;b&gt;Open&lt;/b&gt; daily" in message.html
    assert message.text.endswith("-- \nCotton & Sons\n1 Mill Lane\n\n<b>Open</b> daily\n")


class TestLowStockAlert:
    def test_says_what_is_left_and_what_to_order(self):
        message = alert_of()
        for part in (message.html, message.text):
            assert "Stoneware Mug" in part
            assert "2.5 a day" in part
            assert "about 4 days" in part
            assert "108 units" in part  # 28 days x 2.5 + 50 - 12
            assert "http://shop.example/admin/inventory?product=mug" in part
        assert message.subject == "Stoneware Mug is low: 12 on hand"
        assert message.product_id == "mug"

    def test_sold_out_is_said_plainly(self):
        message = alert_of(replace(LOW, on_hand=0))
        assert message.subject == "Stoneware Mug is out of stock"
        assert "Out of stock" in message.html

    def test_without_sales_it_suggests_nothing(self):
        for demand in (None, Demand.by_velocity(0.0, date(2026, 11, 25))):
            message = alert_of(replace(LOW, demand=demand))
            assert "no sales to go by yet" in message.text
            assert "Suggested" not in message.html

    def test_html_in_product_names_comes_out_escaped(self):
        message = alert_of(replace(LOW, product=replace(PRODUCT, name=EVIL, category="<i>x")))
        assert "<script" not in message.html
        assert "<i>" not in message.html

    def test_ids_are_quoted_in_links(self):
        message = alert_of(replace(LOW, product=replace(PRODUCT, product_id='a"&b')))
        assert "product=a%22%26b" in message.html


class TestSubjects:
    def test_a_name_cannot_start_a_header_of_its_own(self):
        name = "Mug\r\nBcc: everyone@example.com\u2028\x00"
        subject = alert_of(replace(LOW, product=replace(PRODUCT, name=name))).subject
        assert subject == "Mug Bcc: everyone@example.com is low: 12 on hand"

    def test_long_ones_are_cut(self):
        assert len(subject_line("x" * 500)) == SUBJECT_LENGTH


class TestWordsOfStrangers:
    """Mail programs make links of plain text too: whoever types an address into a name must not get one."""

    TYPED = "evil.example/free"

    def messages(self) -> list[Message]:
        words = f"{self.TYPED} http://{self.TYPED} www.{self.TYPED} win@evil.example"
        fields = ("name", "line1", "line2", "city", "region", "postcode")
        address = replace(ORDER.address, **dict.fromkeys(fields, words))
        head = {"key": "k", "to": "zoe@shop.com", "store_name": "Retail Sync", "base_url": "http://shop.local"}
        report = WeeklyReport("1 March", [ReportLine("Gross", "1", "no change")], [], [], [])
        return [
            receipt_of(replace(ORDER, address=address)),
            weekly_report(report, key="k", to="a@shop.com", name=words, store_name="S", base_url="http://shop.local"),
            notice_mail("token_created", at=PAID_AT, formats=FORMATS, about=words, **head),
        ]

    def test_no_mail_holds_an_address_that_a_stranger_typed(self):
        for message in self.messages():
            for part in (message.html, message.text, message.subject):
                assert not re.search(r"evil\.e|:/{2}evil|www\.e|@evil", part), message.kind

    def test_mail_programs_are_asked_to_make_none_of_numbers_either(self):
        for message in self.messages():
            assert 'name="format-detection" content="telephone=no' in message.html
