"""A font with the Chinese, Japanese and Korean characters of one document.

The drawing library embeds TrueType outlines only, and the packaged font has others: those of the few characters that a
document needs are converted, which takes milliseconds; of the whole font it would take minutes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from app.documents.scripts import cjk_font

FARTHEST = 1.0  # of a converted curve from its original, in thousandths of the character's height


@functools.cache
def _source() -> tuple[TTFont, dict[int, str]]:
    """The packaged font and its characters, read once where they are needed: some 50 MB."""
    font = TTFont(str(cjk_font()), lazy=True)
    return font, font.getBestCmap()


def has_eastern(character: str) -> bool:
    return ord(character) in _source()[1]


def eastern_font(name: str, characters: Iterable[str]) -> bytes:
    """A TrueType file called `name`; the same characters give the same bytes."""
    source, cmap = _source()
    shapes = source.getGlyphSet()
    glyph_of = {ord(c): cmap[ord(c)] for c in sorted(set(characters))}
    order = [".notdef", *dict.fromkeys(glyph_of.values())]
    glyphs = {glyph: _converted(shapes, glyph) for glyph in order}
    head = source["hhea"]

    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.updateHead(created=0, modified=0)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(glyph_of)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({glyph: (shapes[glyph].width, glyphs[glyph].xMin) for glyph in order})
    builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=head.ascent, sTypoDescender=head.descent)
    builder.setupPost(keepGlyphNames=False)
    file = BytesIO()
    builder.save(file)
    return file.getvalue()


def _converted(shapes: Any, glyph: str) -> Any:
    pen = TTGlyphPen(None)
    shapes[glyph].draw(Cu2QuPen(pen, FARTHEST, reverse_direction=True))
    return pen.glyph()
