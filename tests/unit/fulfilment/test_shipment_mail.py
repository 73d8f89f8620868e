"""What buyers are told of a parcel, and what its parts come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain import Address, Message, Order, OrderLine, OrderStatus
from app.domain.fulfilment import (
    FulfilmentState,
    Shipment,
    ShipmentLine,
    ToPack,
    pick_lines,
    state_of,
    tracking_url,
)
from app.mail import shipment_mail
from app.money import Formats
from app.words import speaking

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
ORDER = Order(
    12, "guest#a", OrderStatus.PAID, "asha@shop.example", Address("Asha <b>", "1 Lake Road", "Pune", "411001", "IN"),
    (OrderLine(1, "mug", "Mug & saucer", 100, 2),), "INR", 200, 10, 210, "0.05", AT, AT,
)  # fmt: skip
SHIPMENT = Shipment(7, 12, "DHL", "JD 01", (ShipmentLine(1, "Mug & saucer", 1),), "Ravi", AT)


def mail(shipment: Shipment = SHIPMENT, *, arrived: bool = False, left: int = 0) -> Message:
    return shipment_mail(
        ORDER, shipment, arrived=arrived, left=left, key="k", store_name="Shop", base_url="https://s.example",
        path="/receipt#x", formats=FORMATS,
    )  # fmt: skip


class TestMail:
    def test_it_leads_to_the_carrier_and_to_the_order(self):
        sent = mail(left=1)
        assert (sent.subject, sent.kind) == ("Order 10012 from Shop is on its way", "shipped")
        for part in (sent.html, sent.text):
            assert "tracking-id=JD%2001" in part
            assert "https://s.example/receipt#x" in part
            assert "follows in another parcel" in part
        assert "Mug &amp; saucer" in sent.html
        assert "<b>" not in sent.html

    def test_what_arrived_is_not_tracked(self):
        sent = mail(replace(SHIPMENT, delivered_at=AT), arrived=True)
        assert (sent.subject, sent.kind) == ("Order 10012 from Shop was delivered", "delivered")
        assert "Track" not in sent.html + sent.text

    def test_without_a_carrier(self):
        sent = mail(replace(SHIPMENT, carrier="", tracking=""))
        assert "Carrier" not in sent.html + sent.text

    @pytest.mark.parametrize(("code", "words"), [("de", "ist unterwegs"), ("hi", "रास्ते में है"), ("ar", "في الطريق")])
    def test_in_the_language_of_the_order(self, code: str, words: str):
        with speaking(code):
            assert words in mail().subject


@pytest.mark.parametrize(
    ("left", "shipped", "arrived", "held", "state"),
    [
        (4, 0, True, False, FulfilmentState.TO_SHIP),
        (4, 0, True, True, FulfilmentState.HELD),
        (1, 3, False, False, FulfilmentState.PARTLY),
        (1, 3, False, True, FulfilmentState.HELD),
        (0, 4, False, False, FulfilmentState.SHIPPED),
        (0, 4, True, False, FulfilmentState.DELIVERED),
        (0, 0, True, False, FulfilmentState.CANCELLED),
    ],
)
def test_what_units_and_shipments_come_to(left: int, shipped: int, arrived: bool, held: bool, state: FulfilmentState):
    assert state_of(units_open=left, units_shipped=shipped, all_delivered=arrived, is_held=held) is state


def test_where_a_parcel_is_tracked():
    assert tracking_url("dhl", "JD/01&x") == "https://www.dhl.com/global-en/home/tracking.html?tracking-id=JD%2F01%26x"
    assert tracking_url("Uncle Bob", "1") == tracking_url("DHL", "") == tracking_url("India Post", "1") == ""


def test_a_pick_list_has_each_product_once():
    names = {"mug": "Mug", "jar": "jar"}
    lines = pick_lines([ToPack(1, "10001", {"mug": 2, "jar": 1}, names), ToPack(2, "10002", {"mug": 3}, names)])
    assert [(line.name, line.units, line.orders) for line in lines] == [
        ("jar", 1, (("10001", 1),)),
        ("Mug", 5, (("10001", 2), ("10002", 3))),
    ]
