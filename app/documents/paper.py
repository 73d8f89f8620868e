"""What the pages of every document have: colours, margins, and a foot that counts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.documents.typeface import REGULAR, register

MARGIN = 20 * mm
FOOT = 12 * mm
FRAME_PADDING = 6  # points, that a page's frame adds to its margins
INK = colors.HexColor("#1f1d1a")
SOFT = colors.HexColor("#56544f")
LINE = colors.HexColor("#e2ded6")


def numbered_pages(words: str) -> Callable[..., Canvas]:
    """Makes canvases that write `words` and "Page 1 of 3" at the foot, which is known only at the end."""
    register()

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
            self.setFont(REGULAR, 8)
            self.setFillColor(SOFT)
            self.drawString(MARGIN, FOOT, words)
            self.drawRightString(A4[0] - MARGIN, FOOT, where)

    return Numbered
