"""The typeface of documents: Fira Sans, which has Latin, Greek, Cyrillic and the signs of currencies."""

from __future__ import annotations

import functools
import html
import unicodedata
from importlib.resources import files

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "FiraSans-Regular", "FiraSans-SemiBold"
MISSING = "?"


@functools.cache
def register() -> frozenset[int]:
    """Make the fonts known to the drawing library, once per process; the characters that both of them have."""
    folder = files("fontpkg_fira_sans") / "files"
    known: list[frozenset[int]] = []
    for name in (REGULAR, BOLD):
        font = TTFont(name, str(folder / f"{name}.ttf"))
        pdfmetrics.registerFont(font)
        known.append(frozenset(font.face.charToGlyph))
    return known[0] & known[1]


def printable(text: str) -> str:
    """`text` with a visible mark for each character that the typeface lacks; invisible ones are left out."""
    known = register()
    composed = unicodedata.normalize("NFC", text)
    kept = (c for c in composed if unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c.isspace())
    return "".join(c if ord(c) in known or c.isspace() else MISSING for c in kept)


def lacks(text: str) -> bool:
    """Whether `printable` shows a mark in place of something."""
    return printable(text).count(MISSING) > text.count(MISSING)


def markup(text: str) -> str:
    """Ready to stand in a paragraph: nothing in it is taken for markup."""
    return html.escape(printable(text), quote=False)
