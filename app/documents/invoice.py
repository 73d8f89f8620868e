"""The invoice of a paid order as a PDF: what its page shows, on paper. One order gives the same bytes every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from babel.numbers import get_currency_precision
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

from app.blocking import offload
from app.documents.paper import (
    FRAME_PADDING,
    INK,
    LINE,
    MARGIN,
    SOFT,
    is_mirrored,
    mirrored,
    numbered_pages,
    set_in,
)
from app.documents.typeface import BOLD, MISSING, REGULAR, lacks, typeset
from app.domain import Order, OrderReturn, unlinked
from app.domain.amount_rows import AmountRow, amount_rows, tax_words
from app.domain.delivery_words import delivery_lines
from app.domain.invoices import Invoice, tax_rows
from app.domain.payments import method_words
from app.domain.refund_words import reason_words
from app.money import Formats
from app.words import say

WIDTH = A4[0] - 2 * MARGIN
COLUMNS = (WIDTH - 82 * mm, 18 * mm, 30 * mm, 34 * mm)
TOTALS = (38 * mm, 34 * mm)
LOGO_HEIGHT, LOGO_WIDTH = 14 * mm, 60 * mm
PAID = colors.HexColor("#0f766e")

_TEXT = ParagraphStyle("text", fontName=REGULAR, fontSize=9.5, leading=13.5, textColor=INK, splitLongWords=1)
_SMALL = ParagraphStyle("small", parent=_TEXT, fontSize=8.5, leading=12, textColor=SOFT)
_STRONG = ParagraphStyle("strong", parent=_TEXT, fontName=BOLD)
_NUMBER = ParagraphStyle("number", parent=_TEXT, alignment=TA_RIGHT)
_STRONG_NUMBER = ParagraphStyle("strong number", parent=_STRONG, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", parent=_SMALL)
_HEAD_NUMBER = ParagraphStyle("head number", parent=_SMALL, alignment=TA_RIGHT)
_STORE = ParagraphStyle("store", parent=_STRONG, fontSize=17, leading=21)
_TITLE = ParagraphStyle("title", parent=_TEXT, fontSize=12, leading=17)
_STATE = ParagraphStyle("state", parent=_STRONG, textColor=PAID, alignment=TA_RIGHT, fontSize=11, leading=15)
_LINES = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 2 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2 * mm),
    ("LINEBELOW", (0, 0), (-1, 0), 0.75, SOFT),
    ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
]
_RETURN_BEGINS = (("TOPPADDING", 1.5 * mm), ("LINEABOVE", 0.5, LINE))

DRAWING = BoundedSemaphore(1)  # the fonts are read from files that all drawings of the process share


@dataclass(frozen=True)
class Seller:
    """Who sells: the shop's `name`, what stands under it, and its logo as a PNG, if it has one."""

    name: str
    lines: tuple[str, ...] = ()
    logo: bytes = b""


def invoice_pdf(
    order: Order,
    returns: Sequence[OrderReturn],
    formats: Formats,
    seller: Seller,
    url: str,
    invoice: Invoice | None = None,
) -> bytes:
    """The document of a paid order. `url` is where its page is, for what cannot be printed.

    `invoice`: its number and day; without one the document bears the order's own number.
    """
    if order.paid_at is None:
        raise ValueError(f"order {order.order_id} is not paid")
    with DRAWING:
        return offload(_drawn, order, tuple(returns), formats, seller, url, invoice)


def credit_note_pdf(
    order: Order, about: OrderReturn, formats: Formats, seller: Seller, url: str, note: Invoice, corrected: str
) -> bytes:
    """The document of a refund. `corrected` is the number of the invoice that it takes back a part of."""
    with DRAWING:
        return offload(_credit_drawn, order, about, formats, seller, url, note, corrected)


def file_name(order: Order) -> str:
    return f"invoice-{re.sub(r'[^A-Za-z0-9-]+', '-', order.number).strip('-') or order.order_id}.pdf"


def _drawn(
    order: Order,
    returns: Sequence[OrderReturn],
    formats: Formats,
    seller: Seller,
    url: str,
    invoice: Invoice | None,
) -> bytes:
    money = _money_of(order, formats)
    number = invoice.number if invoice else order.number
    title = say("Invoice {number}", number=number)
    assert order.paid_at is not None
    paid_at = money.moment(order.paid_at)
    facts = [*_order_lines(order, invoice, money), *map(unlinked, seller.lines)]

    def parts() -> list[Any]:
        return [
            *_head(seller, title, facts, _state_words(order), paid_at),
            _facts(order, money),
            Spacer(1, 8 * mm),
            _lines(order, money),
            Spacer(1, 4 * mm),
            KeepTogether([_totals(amount_rows(order, money.rate, order.refunded), money)]),
            *_returns(returns, money),
            *_missing_characters(order, returns, seller, url),
        ]

    return _paper(title, seller, parts)


def _credit_drawn(
    order: Order, about: OrderReturn, formats: Formats, seller: Seller, url: str, note: Invoice, corrected: str
) -> bytes:
    money = _money_of(order, formats)
    title = say("Credit note {number}", number=note.number)
    facts = [
        say("To invoice {number}", number=corrected),
        *_order_lines(order, note, money),
        *map(unlinked, seller.lines),
    ]
    rows = [
        AmountRow(say("Net amount"), note.net),
        *(AmountRow(tax_words(row, money.rate), row.tax) for row in tax_rows(note.taxes) if row.tax),
        AmountRow(say("Credited"), note.total, "total"),
    ]

    def parts() -> list[Any]:
        return [
            *_head(seller, title, facts, say("Refunded"), money.moment(about.refunded_at or note.issued_at)),
            _facts(order, money),
            Spacer(1, 8 * mm),
            *_credited_lines(about, money),
            Spacer(1, 4 * mm),
            KeepTogether([_totals(rows, money)]),
            *_missing_characters(order, (about,), seller, url),
        ]

    return _paper(title, seller, parts)


def _money_of(order: Order, formats: Formats) -> Formats:
    return replace(formats, currency=order.currency, digits=get_currency_precision(order.currency))


def _order_lines(order: Order, document: Invoice | None, money: Formats) -> list[str]:
    """Below the number of a document that has one of its own: its day, and the order's number."""
    if document is None:
        return []
    return [
        say("Issued on {time}", time=money.moment(document.issued_at)),
        say("Order {number}", number=order.number),
    ]


def _paper(title: str, seller: Seller, parts: Callable[[], list[Any]]) -> bytes:
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - FRAME_PADDING,
        rightMargin=MARGIN - FRAME_PADDING,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,
        title=title,
        author=seller.name,
        creator=seller.name,
        invariant=1,  # no time of drawing in it
    )
    document.build(typeset(parts), canvasmaker=numbered_pages(" · ".join((seller.name, title))))
    return out.getvalue()


def _head(seller: Seller, title: str, facts: Sequence[str], state: str, at: str) -> list[Flowable]:
    left: list[Flowable] = [
        *_logo(seller.logo),
        set_in(seller.name, _STORE),
        set_in(title, _TITLE),
        *(set_in(line, _SMALL) for line in facts),
    ]
    right = [set_in(state, _STATE), set_in(at, _HEAD_NUMBER)]
    head = Table([mirrored([left, right])], colWidths=mirrored((WIDTH - 55 * mm, 55 * mm)))
    head.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_no_padding(), ("LINEBELOW", (0, 0), (-1, 0), 0.75, LINE)])
    head.setStyle([("BOTTOMPADDING", (0, 0), (-1, -1), 5 * mm)])
    return [head, Spacer(1, 6 * mm)]


def _logo(png: bytes) -> list[Flowable]:
    if not png:
        return []
    width, height = ImageReader(BytesIO(png)).getSize()
    scale = min(LOGO_HEIGHT / height, LOGO_WIDTH / width)
    side = "RIGHT" if is_mirrored() else "LEFT"
    drawn = Image(BytesIO(png), width * scale, height * scale, mask="auto", hAlign=side)
    return [drawn, Spacer(1, 2 * mm)]


def _state_words(order: Order) -> str:
    if not order.refunded:
        return say("Paid")
    return say("Paid, refunded") if order.refunded >= order.total else say("Paid, partly refunded")


def _facts(order: Order, money: Formats) -> Table:
    assert order.paid_at is not None
    payment = [method_words(order.payment_method) if order.payment_method else "–"]
    if order.payment_reference:
        payment.append(say("Reference {reference}", reference=order.payment_reference))
    # It goes out with the receipt, and programs that show it make links of addresses too.
    address = [unlinked(line) for line in order.address.lines(money.country(order.address.country))]
    number = say("VAT number {number}", number=order.vat_number) if order.vat_number else ""
    contact = [text for text in (order.email, order.address.phone, number) if text]
    columns = (
        _fact(say("Sent to"), address or ["–"]),
        [*_fact(say("Contact"), contact or ["–"]), *_delivery(order, money)],
        _fact(say("Payment"), [*payment, say("on {time}", time=money.moment(order.paid_at))]),
    )
    table = Table([mirrored(columns)], colWidths=mirrored((WIDTH * 0.38, WIDTH * 0.33, WIDTH * 0.29)))
    after = "LEFTPADDING" if is_mirrored() else "RIGHTPADDING"
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *_no_padding(), (after, (0, 0), (-1, -1), 4 * mm)])
    return table


def _delivery(order: Order, money: Formats) -> list[Paragraph]:
    if order.delivery is None:
        return []
    return _fact(say("Delivery"), [unlinked(line) for line in delivery_lines(order.delivery, money)])


def _fact(words: str, rows: Sequence[str]) -> list[Paragraph]:
    return [set_in(words, _SMALL), *[set_in(row, _TEXT) for row in rows]]


def _lines(order: Order, money: Formats) -> LongTable:
    head = [
        set_in(say("Product"), _HEAD),
        set_in(say("Quantity"), _HEAD_NUMBER),
        set_in(say("Price"), _HEAD_NUMBER),
        set_in(say("Amount"), _HEAD_NUMBER),
    ]
    rows = [
        [
            [set_in(line.name, _TEXT)]
            + ([set_in(say("{count} returned", count=money.number(line.returned)), _SMALL)] if line.returned else []),
            set_in(money.number(line.quantity), _NUMBER),
            set_in(money.money(line.unit_price), _NUMBER),
            set_in(money.money(line.total), _NUMBER),
        ]
        for line in order.lines
    ]
    table = LongTable([mirrored(row) for row in (head, *rows)], colWidths=mirrored(COLUMNS), repeatRows=1)
    table.setStyle(_LINES)
    return table


def _totals(amounts: Sequence[AmountRow], money: Formats) -> Table:
    rows = [(row.words, row.minor, row.kind == "total") for row in amounts]
    cells = [
        [
            set_in(words, _STRONG if is_total else _SMALL),
            set_in(money.money(minor), _STRONG_NUMBER if is_total else _NUMBER),
        ]
        for words, minor, is_total in rows
    ]
    table = Table(
        [mirrored(row) for row in cells], colWidths=mirrored(TOTALS), hAlign="LEFT" if is_mirrored() else "RIGHT"
    )
    at = next(i for i, (_, _, is_total) in enumerate(rows) if is_total)
    table.setStyle(
        [
            *_no_padding(),
            ("TOPPADDING", (0, 0), (-1, -1), 1.2 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2 * mm),
            ("LINEABOVE", (0, at), (-1, at), 0.75, SOFT),
        ]
    )
    return table


def _credited_lines(about: OrderReturn, money: Formats) -> list[Any]:
    if not about.lines:
        return [set_in(reason_words(about.reason), _TEXT)]
    head = [set_in(say("Product"), _HEAD), set_in(say("Quantity"), _HEAD_NUMBER)]
    rows = [[set_in(one.name, _TEXT), set_in(money.number(one.quantity), _NUMBER)] for one in about.lines]
    widths = (sum(COLUMNS[:-1]), COLUMNS[-1])
    table = LongTable([mirrored(row) for row in (head, *rows)], colWidths=mirrored(widths), repeatRows=1)
    table.setStyle(_LINES)
    return [table, Spacer(1, 2 * mm), set_in(reason_words(about.reason), _SMALL)]


def _returns(returns: Sequence[OrderReturn], money: Formats) -> list[Any]:
    if not returns:
        return []
    rows: list[list[Any]] = []
    ruled: list[tuple[Any, ...]] = []
    for entry in returns:
        ruled += [(name, (0, len(rows)), (-1, len(rows)), *how) for name, *how in _RETURN_BEGINS]
        # A row for each line: a table breaks between rows, and no row may be taller than a page.
        texts = [(f"{one.quantity} × {one.name}", _TEXT) for one in entry.lines]
        texts.append((" · ".join(filter(None, (money.moment(entry.at), reason_words(entry.reason)))), _SMALL))
        refunded = say("{amount} refunded", amount=money.money(entry.refund))
        rows += [
            [set_in(words, style), set_in("" if at else refunded, _NUMBER)] for at, (words, style) in enumerate(texts)
        ]
        ruled.append(("BOTTOMPADDING", (0, len(rows) - 1), (-1, len(rows) - 1), 1.5 * mm))
    table = LongTable([mirrored(row) for row in rows], colWidths=mirrored((WIDTH - 60 * mm, 60 * mm)))
    table.setStyle([*_no_padding(), ("VALIGN", (0, 0), (-1, -1), "TOP"), *ruled])
    return [Spacer(1, 8 * mm), set_in(say("Returns"), _STRONG), Spacer(1, 2 * mm), table]


def _missing_characters(order: Order, returns: Sequence[OrderReturn], seller: Seller, url: str) -> list[Any]:
    texts = [seller.name, *seller.lines, order.email or "", *order.address.lines("")]
    texts += [line.name for line in order.lines] + [entry.reason for entry in returns]
    if not any(lacks(text) for text in texts):
        return []
    words = say(
        "Characters that cannot be printed here are shown as {sign} – {url} has all of them.", sign=MISSING, url=url
    )
    return [Spacer(1, 6 * mm), set_in(words, _SMALL)]


def _no_padding() -> list[Any]:
    return [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
