"""Papers for the people who pack: a list of what to fetch for many orders, and a slip for each parcel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import LongTable, PageBreak, SimpleDocTemplate, Spacer, Table

from app.blocking import offload
from app.documents.invoice import DRAWING
from app.documents.paper import FRAME_PADDING, INK, LINE, MARGIN, SOFT, mirrored, numbered_pages, set_in
from app.documents.typeface import BOLD, REGULAR, typeset
from app.domain import Order, unlinked
from app.domain.fulfilment import PickLine, ToPack
from app.money import Formats
from app.words import say, speaking

WIDTH = A4[0] - 2 * MARGIN
_ORDERS_SHOWN = 12  # beside a product

_TEXT = ParagraphStyle("packing text", fontName=REGULAR, fontSize=10, leading=14, textColor=INK, splitLongWords=1)
_SMALL = ParagraphStyle("packing small", parent=_TEXT, fontSize=8.5, leading=12, textColor=SOFT)
_STRONG = ParagraphStyle("packing strong", parent=_TEXT, fontName=BOLD)
_NUMBER = ParagraphStyle("packing number", parent=_STRONG, fontSize=12, alignment=TA_RIGHT)
_HEAD_NUMBER = ParagraphStyle("packing head number", parent=_SMALL, alignment=TA_RIGHT)
_TITLE = ParagraphStyle("packing title", parent=_STRONG, fontSize=17, leading=22)
_ADDRESS = ParagraphStyle("packing address", parent=_TEXT, fontSize=12, leading=17)
_RULED = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 2 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2 * mm),
    ("LINEBELOW", (0, 0), (-1, 0), 0.75, SOFT),
]
_EACH_ROW_RULED = [*_RULED, ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE)]


@dataclass(frozen=True)
class Slip:
    """What goes into one parcel, and where it goes."""

    order: Order
    packed: ToPack


def pick_list_pdf(lines: Sequence[PickLine], waiting: Sequence[ToPack], formats: Formats, at: datetime) -> bytes:
    """By product over all orders, with a box to tick and a place for what was found; then what each order gets."""

    def parts() -> list[Any]:
        units = sum(line.units for line in lines)
        words = f"{formats.counted(len(waiting), 'order')} · {formats.counted(units, 'unit')} · {formats.moment(at)}"
        return [
            set_in("Pick list", _TITLE),
            set_in(words, _SMALL),
            Spacer(1, 6 * mm),
            _products(lines, formats),
            Spacer(1, 8 * mm),
            set_in("By order", _STRONG),
            Spacer(1, 2 * mm),
            _orders(waiting, formats),
        ]

    return _made("Pick list", parts)


def packing_slips_pdf(slips: Sequence[Slip], formats: Formats, store_name: str) -> bytes:
    """One page or more for each parcel, without prices, in the language of its order."""

    def parts() -> list[Any]:
        made: list[Any] = []
        for slip in slips:
            with speaking(slip.order.language):
                made += [*([PageBreak()] if made else []), *_slip(slip, formats.spoken(), store_name)]
        return made

    return _made(store_name, parts)


def _made(words: str, parts: Any) -> bytes:
    with DRAWING:
        return bytes(offload(_drawn, words, parts))


def _drawn(words: str, parts: Any) -> bytes:
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,
        title=words,
        invariant=1,
    )
    document.build(typeset(parts), canvasmaker=numbered_pages(words))
    return out.getvalue()


def _products(lines: Sequence[PickLine], formats: Formats) -> LongTable:
    head = [
        set_in("", _SMALL),
        set_in("Product", _SMALL),
        set_in("For orders", _SMALL),
        set_in("Units", _HEAD_NUMBER),
        set_in("Found", _HEAD_NUMBER),
    ]
    rows = [
        [
            _Box(),
            [set_in(line.name, _STRONG), set_in(line.product_id, _SMALL)],
            set_in(_numbers(line, formats), _SMALL),
            set_in(formats.number(line.units), _NUMBER),
            set_in("", _TEXT),
        ]
        for line in lines
    ]
    widths = (9 * mm, WIDTH - 95 * mm, 46 * mm, 18 * mm, 22 * mm)
    table = LongTable([head, *rows], colWidths=widths, repeatRows=1)
    table.setStyle(
        [*_EACH_ROW_RULED, ("BOX", (-1, 1), (-1, -1), 0.5, LINE), ("INNERGRID", (-1, 1), (-1, -1), 0.5, LINE)]
    )
    return table


def _numbers(line: PickLine, formats: Formats) -> str:
    shown = ", ".join(
        f"{number} ({formats.number(units)})" if units > 1 else number for number, units in line.orders[:_ORDERS_SHOWN]
    )
    more = len(line.orders) - _ORDERS_SHOWN
    return f"{shown} and {formats.number(more)} more" if more > 0 else shown


def _orders(waiting: Sequence[ToPack], formats: Formats) -> LongTable:
    head = [set_in("", _SMALL), set_in("Order", _SMALL), set_in("What it gets", _SMALL)]
    rows: list[list[Any]] = []
    style: list[tuple[Any, ...]] = [*_RULED]
    for one in waiting:
        # A row for each product: a table breaks between rows, and no row may be taller than a page.
        for at, (product_id, units) in enumerate(one.units.items()):
            rows.append(
                [
                    set_in("", _TEXT) if at else _Box(),
                    set_in("", _TEXT) if at else set_in(f"#{one.number}", _STRONG),
                    set_in(f"{formats.number(units)} × {one.names[product_id]}", _TEXT),
                ]
            )
            if at:
                above, row = len(rows) - 1, len(rows)
                style += [("BOTTOMPADDING", (0, above), (-1, above), 0), ("TOPPADDING", (0, row), (-1, row), 0)]
        style.append(("LINEBELOW", (0, len(rows)), (-1, len(rows)), 0.5, LINE))
    table = LongTable([head, *rows], colWidths=(9 * mm, 30 * mm, WIDTH - 39 * mm), repeatRows=1)
    table.setStyle(style)
    return table


def _slip(slip: Slip, formats: Formats, store_name: str) -> list[Any]:
    order, packed = slip.order, slip.packed
    address = [unlinked(line) for line in order.address.lines(formats.country(order.address.country))]
    if order.address.phone:
        address.append(unlinked(order.address.phone))
    ordered = formats.moment(order.paid_at or order.created_at)
    facts = [
        [
            [set_in(say("Sent to"), _SMALL), *[set_in(line, _ADDRESS) for line in address]],
            [set_in(say("Order"), _SMALL), set_in(packed.number, _ADDRESS), set_in(ordered, _SMALL)],
        ]
    ]
    where = Table([mirrored(row) for row in facts], colWidths=mirrored((WIDTH * 0.62, WIDTH * 0.38)))
    where.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    parts = [
        set_in(store_name, _TITLE),
        set_in(say("Packing slip"), _TEXT),
        Spacer(1, 6 * mm),
        where,
        Spacer(1, 8 * mm),
        _packed(packed, formats),
    ]
    for note in packed.notes:
        parts += [Spacer(1, 5 * mm), *[set_in(line, _TEXT) for line in note.splitlines() if line.strip()]]
    return parts


def _packed(packed: ToPack, formats: Formats) -> LongTable:
    head = [set_in(say("Product"), _SMALL), set_in(say("Quantity"), _HEAD_NUMBER)]
    rows = [
        [
            [set_in(packed.names[product_id], _TEXT), set_in(product_id, _SMALL)],
            set_in(formats.number(units), _NUMBER),
        ]
        for product_id, units in packed.units.items()
    ]
    widths = mirrored((WIDTH - 30 * mm, 30 * mm))
    table = LongTable([mirrored(row) for row in (head, *rows)], colWidths=widths, repeatRows=1)
    table.setStyle(_EACH_ROW_RULED)
    return table


class _Box(Table):  # type: ignore[misc]  # it ships no types
    """A square to tick."""

    def __init__(self) -> None:
        super().__init__([[""]], colWidths=4.5 * mm, rowHeights=4.5 * mm, hAlign="LEFT")
        self.setStyle([("BOX", (0, 0), (-1, -1), 0.75, SOFT)])
