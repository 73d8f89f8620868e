"""The typeface of documents: Fira Sans, and for what it lacks Noto Sans of the character's script."""

from __future__ import annotations

import functools
import html
import itertools
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from io import BytesIO
from typing import Any, NamedTuple

from arabic_reshaper import reshape
from bidi import get_display
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from app.documents.eastern import eastern_font, has_eastern
from app.documents.scripts import CJK, SHAPED, SIGNS, noto, script_of

REGULAR, BOLD = "FiraSans-Regular", "FiraSans-SemiBold"
MISSING = "?"

_EASTERN = "NotoSansEastern"
_OF_ONE_DOCUMENT = frozenset(f"NotoSans{script}" for script in SHAPED)
_LAST_CHARACTER = 0xFFFF  # the drawing library writes none beyond into what readers search and copy
_COLUMNS = 32  # characters: text from right to left is broken before it is turned, so that its lines stay in order
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
    return "".join(piece.text for line in _lines(text) for piece in _pieces(line))


def lacks(text: str) -> bool:
    """Whether `printable` shows a mark in place of something."""
    return printable(text).count(MISSING) > text.count(MISSING)


def written(text: str, style: ParagraphStyle) -> Paragraph:
    """A paragraph in which each script has its font, and nothing in `text` is taken for markup."""
    lines = [[_ready(piece) for piece in _pieces(line)] for line in _lines(text)]
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


def _lines(text: str) -> list[str]:
    """In the order in which it is read from left to right."""
    composed = unicodedata.normalize("NFC", text).translate(_TURNING)
    if not any(unicodedata.bidirectional(c) in ("R", "AL") for c in composed):
        return [composed]
    return [get_display(reshape(line)) for line in textwrap.wrap(composed, _COLUMNS)]


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
