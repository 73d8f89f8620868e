"""What the pages of every document have: colours, margins, and a foot that counts them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from app.documents.typeface import REGULAR, written
from app.words import language, say

T = TypeVar("T")

MARGIN = 20 * mm
FOOT = 12 * mm
FRAME_PADDING = 6  # points, that a page's frame adds to its margins
INK = colors.HexColor("#1f1d1a")
SOFT = colors.HexColor("#56544f")
LINE = colors.HexColor("#e2ded6")
_FOOT = ParagraphStyle("foot", fontName=REGULAR, fontSize=8, leading=10, textColor=SOFT)
_FOOT_RIGHT = ParagraphStyle("foot right", parent=_FOOT, alignment=TA_RIGHT)


def is_mirrored() -> bool:
    """Whether the language that is spoken is read from right to left."""
    return language().direction == "rtl"


def mirrored(row: Sequence[T]) -> list[T]:
    """The cells of a row, or the widths of columns, in the order in which the language has them on paper."""
    return list(reversed(row)) if is_mirrored() else list(row)


def set_in(text: str, style: ParagraphStyle) -> Paragraph:
    """`text` at the side of its column where the language begins; numbers stand at the other one."""
    return written(text, _turned(style) if is_mirrored() else style)


@cache
def _turned(style: ParagraphStyle) -> ParagraphStyle:
    side = TA_LEFT if style.alignment == TA_RIGHT else TA_RIGHT
    return ParagraphStyle(f"{style.name} mirrored", parent=style, alignment=side)


def numbered_pages(words: str) -> Callable[..., Canvas]:
    """Makes canvases that write `words` and "Page 1 of 3" at the foot, which is known only at the end."""

    class Numbered(Canvas):  # type: ignore[misc]  # it ships no types
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self._foot(say("Page {number} of {count}", number=number, count=len(self._pages)))
                Canvas.showPage(self)
            Canvas.save(self)

        def _foot(self, where: str) -> None:
            for text, style in ((words, _FOOT), (where, _FOOT_RIGHT)):
                line = set_in(text, style)
                _, height = line.wrapOn(self, A4[0] - 2 * MARGIN, MARGIN)
                line.drawOn(self, MARGIN, FOOT + _FOOT.leading - height)

    return Numbered
