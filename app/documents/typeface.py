"""The typeface of documents: Fira Sans, and for what it lacks Noto Sans of the character's script."""

from __future__ import annotations

import functools
import html
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from io import BytesIO
from typing import Any, NamedTuple

from arabic_reshaper import reshape
from bidi.algorithm import get_display  # the package's own one leaves brackets as they are
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph

from app.documents.eastern import eastern_font, has_eastern
from app.documents.scripts import CJK, SHAPED, SIGNS, noto, script_of
from app.words import language

REGULAR, BOLD = "FiraSans-Regular", "FiraSans-SemiBold"
MISSING = "?"

_EASTERN = "NotoSansEastern"
_OF_ONE_DOCUMENT = frozenset(f"NotoSans{script}" for script in SHAPED)
_LAST_CHARACTER = 0xFFFF  # the drawing library writes none beyond into what readers search and copy
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_JOINERS = "\u200c\u200d"


class _Unshaped(TTFont):  # type: ignore[misc]  # it ships no types
    """A font whose words the library leaves as they are, in a paragraph that it shapes."""

    @property
    def hbFont(self) -> Any:
        raise AttributeError("hbFont")


class Piece(NamedTuple):
    """Text in one font; `font` is "" for that of the style."""

    text: str
    font: str = ""
    is_shaped: bool = False


@dataclass
class _Document:
    """Fonts of the document in hand. Shaping adds glyphs to a font, so that each document has its own of those."""

    fonts: set[str] = field(default_factory=set)
    eastern: frozenset[str] = frozenset()
    wanted: set[str] = field(default_factory=set)

    def add(self, font: TTFont) -> None:
        pdfmetrics.registerFont(font)
        self.fonts.add(font.fontName)

    def start(self) -> None:
        for name in self.fonts:
            pdfmetrics.getFont(name).unregister()
        self.fonts, self.eastern, self.wanted = set(), frozenset(), set()


_document = _Document()  # one is drawn at a time


def typeset(make: Callable[[], list[Any]]) -> list[Any]:
    """The parts of a new document: made twice where the first time told of CJK characters to cut a font for."""
    register()
    _document.start()
    parts = make()
    if _document.wanted:
        characters = frozenset(_document.wanted)
        _document.add(_Unshaped(_EASTERN, BytesIO(eastern_font(_EASTERN, characters))))
        _document.eastern = characters
        parts = make()
    return parts


@functools.cache
def register() -> frozenset[int]:
    """Make the fonts known to the drawing library, once per process; the characters that both of them have."""
    folder = files("fontpkg_fira_sans") / "files"
    known = [_registered(_Unshaped(name, str(folder / f"{name}.ttf"))) for name in (REGULAR, BOLD)]
    return known[0] & known[1]


def printable(text: str) -> str:
    """`text` as it is set, with a visible mark for each character that no font has; invisible ones are left out."""
    return "".join(piece.text for piece in _pieces(reshape(_composed(text))))


def lacks(text: str) -> bool:
    """Whether `printable` shows a mark in place of something."""
    return printable(text).count(MISSING) > text.count(MISSING)


def written(text: str, style: ParagraphStyle) -> Flowable:
    """A paragraph in which each script has its font, and nothing in `text` is taken for markup."""
    composed = _composed(text)
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in composed):
        return _FromTheRight(composed, style)
    return _paragraph([composed], style)


class _FromTheRight(Flowable):  # type: ignore[misc]  # it ships no types
    """Text with letters from right to left: broken to the width that it gets, and then turned line by line."""

    def __init__(self, text: str, style: ParagraphStyle) -> None:
        super().__init__()
        self._text, self._style = text, style
        self._inner = _paragraph([reshape(text)], style)  # tells of the fonts that it needs

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        base = "R" if language().direction == "rtl" else _first_direction(self._text)
        lines = [get_display(reshape(line), base_dir=base) for line in _broken(self._text, self._style, width - 1)]
        self._inner = _paragraph(lines, self._style)
        self.width, self.height = self._inner.wrap(width, height)
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        return list(self._inner.split(width, height))

    def draw(self) -> None:
        self._inner.drawOn(self.canv, 0, 0)


def _first_direction(text: str) -> str:
    strong = (unicodedata.bidirectional(character) for character in text)
    return next("L" if one == "L" else "R" for one in strong if one in ("L", "R", "AL"))


def _broken(text: str, style: ParagraphStyle, width: float) -> list[str]:
    """Lines that fit, still in the order in which they are read."""

    def fits(line: str) -> bool:
        pieces = map(_ready, _pieces(reshape(line)))
        widths = [pdfmetrics.stringWidth(p.text, p.font or style.fontName, style.fontSize) for p in pieces]
        return bool(sum(widths) <= width)

    lines = [""]
    for word in re.findall(r"[^ \t\r\n\f\v]+", text):
        longer = f"{lines[-1]} {word}".lstrip(" ")
        if fits(longer):
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for character in word:  # one that is longer than a line
            if lines[-1] and not fits(lines[-1] + character):
                lines.append("")
            lines[-1] += character
    return lines


def _paragraph(text_lines: Sequence[str], style: ParagraphStyle) -> Paragraph:
    """`text_lines` in the order of their characters from left to right."""
    lines = [[_ready(piece) for piece in _pieces(line)] for line in text_lines]
    shaped = next((piece.font for line in lines for piece in line if piece.is_shaped), "")
    if shaped:  # the library shapes a paragraph only where its style's own font can be
        lines = [[piece._replace(font=piece.font or style.fontName) for piece in _apart(line)] for line in lines]
        style = ParagraphStyle(f"{style.name} shaped", parent=style, fontName=shaped, shaping=1)
    return Paragraph("<br/>".join("".join(map(_markup, line)) for line in lines), style)


def _markup(piece: Piece) -> str:
    text = html.escape(piece.text, quote=False)
    return f'<font name="{piece.font}">{text}</font>' if piece.font else text


def _ready(piece: Piece) -> Piece:
    """With its font in the document."""
    if piece.font == _EASTERN and not _document.eastern.issuperset(piece.text):
        _document.wanted.update(piece.text)
        return Piece(MISSING * len(piece.text))
    if piece.font in _OF_ONE_DOCUMENT and piece.font not in _document.fonts:
        _document.add(TTFont(piece.font, str(noto(piece.font))))
    return piece


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_TURNING)


def _pieces(line: str) -> Iterator[Piece]:
    for (font, is_shaped), group in itertools.groupby(_characters(line), lambda piece: piece[1:]):
        yield Piece("".join(piece.text for piece in group), font, is_shaped)


def _characters(line: str) -> Iterator[Piece]:
    """One by one; of those that cannot be seen only joiners within a script that goes by them."""
    piece = Piece("")
    for character in line:
        if character in _JOINERS and piece.is_shaped:
            yield piece._replace(text=character)
        elif character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs"):
            piece = _in_font(character, script_of(character))
            yield piece


def _in_font(character: str, script: str) -> Piece:
    if (character.isspace() and script != CJK) or ord(character) in register():
        return Piece(character)
    if ord(character) > _LAST_CHARACTER:
        return Piece(MISSING)
    for name in () if script == CJK else (f"NotoSans{script}", *SIGNS) if script else SIGNS:
        if ord(character) in _known(name):
            is_shaped = name in _OF_ONE_DOCUMENT and unicodedata.category(character)[0] in "LM"
            return Piece(character, name, is_shaped)
    return Piece(character, _EASTERN) if has_eastern(character) else Piece(MISSING)


@functools.cache
def _known(name: str) -> frozenset[int]:
    font = _Unshaped(name, str(noto(name)))
    return frozenset(font.face.charToGlyph) if name in _OF_ONE_DOCUMENT else _registered(font)


def _registered(font: TTFont) -> frozenset[int]:
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def _apart(line: Sequence[Piece]) -> Iterator[Piece]:
    """With a blank where a script that is shaped meets another: the library shapes words, each in one font."""
    before = Piece(" ")
    for piece in line:
        is_edge = piece.font != before.font and (piece.is_shaped or before.is_shaped)
        if is_edge and not before.text[-1].isspace() and not piece.text[0].isspace():
            yield Piece(" ")
        yield piece
        before = piece
