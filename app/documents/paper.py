"""What the pages of every document have: colours, margins, and a foot that counts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.documents.typeface import REGULAR, written

MARGIN = 20 * mm
FOOT = 12 * mm
FRAME_PADDING = 6  # points, that a page's frame adds to its margins
INK = colors.HexColor("#1f1d1a")
SOFT = colors.HexColor("#56544f")
LINE = colors.HexColor("#e2ded6")
_FOOT = ParagraphStyle("foot", fontName=REGULAR, fontSize=8, leading=10, textColor=SOFT)
_FOOT_RIGHT = ParagraphStyle("foot right", parent=_FOOT, alignment=TA_RIGHT)


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
                self._foot(f"Page {number} of {len(self._pages)}")
                Canvas.showPage(self)
            Canvas.save(self)

        def _foot(self, where: str) -> None:
            for text, style in ((words, _FOOT), (where, _FOOT_RIGHT)):
                line = written(text, style)
                _, height = line.wrapOn(self, A4[0] - 2 * MARGIN, MARGIN)
                line.drawOn(self, MARGIN, FOOT + _FOOT.leading - height)

    return Numbered
