"""What is printed for the people who pack, of the largest orders there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from pypdf import PdfReader

from app.documents.packing import Slip, packing_slips_pdf, pick_list_pdf
from app.domain import Address, Order, OrderLine, OrderStatus
from app.domain.carts import LINE_LIMIT
from app.domain.fulfilment import ToPack, pick_lines
from app.money import Formats

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NAMES = {f"sku-{n}": f"Long {n} " + "stoneware " * 11 for n in range(LINE_LIMIT)}
LARGE = ToPack(1, "10001", dict.fromkeys(NAMES, 2), NAMES)
ORDER = Order(
    1, "guest#a", OrderStatus.PAID, "asha@shop.example", Address("Asha", "1 Lake Road", "Pune", "411001", "IN"),
    tuple(OrderLine(n, key, name, 100, 2) for n, (key, name) in enumerate(NAMES.items(), 1)),
    "INR", 200, 10, 210, "0.05", AT, AT,
)  # fmt: skip


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(data)).pages]


def test_a_pick_list_breaks_within_an_order_of_many_products():
    small = ToPack(2, "10002", {"mug": 1}, {"mug": "Mug"})
    text = "\n".join(pages(pick_list_pdf(pick_lines((LARGE, small)), (LARGE, small), FORMATS, AT)))
    assert all(text.count(f"2 × Long {n} ") == 1 for n in range(len(NAMES)))
    assert text.index("#10001") < text.index("2 × Long 0 ") < text.index("#10002") < text.index("1 × Mug")


def test_a_packing_slip_goes_on_over_as_many_pages_as_it_needs():
    packed = replace(LARGE, notes=("Careful " * 60,))
    drawn = pages(packing_slips_pdf([Slip(ORDER, packed)], FORMATS, "Shop"))
    assert len(drawn) > 2
    assert all(any(f"Long {n} " in page for page in drawn) for n in range(len(NAMES)))
