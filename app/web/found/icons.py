"""The shop's mark as browsers, phones and link previews ask for it: drawn once, as in assets/favicon.svg."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache

GROUND = "#0f766e"
SIZES = (180, 192, 512)  # pixels: a touch icon, and what a web manifest asks for
FAVICON_SIZES = (16, 32, 48)
_FINER = 4  # drawn larger and made smaller, so that edges are smooth
_BARS = ((7, 10, 21, 14.5, (255, 255, 255)), (11, 17.5, 25, 22, (207, 228, 226)))  # on a field of 32


@dataclass(frozen=True)
class Picture:
    content: bytes
    mimetype: str
    tag: str


@cache
def favicon() -> Picture:
    return _picture(max(FAVICON_SIZES), "ICO", "image/vnd.microsoft.icon", sizes=[(n, n) for n in FAVICON_SIZES])


@cache
def icon(size: int) -> Picture:
    """Up to its edges: phones cut the corners themselves."""
    return _picture(size, "PNG", "image/png", optimize=True)


def _picture(size: int, kind: str, mimetype: str, **options: object) -> Picture:
    from PIL import Image, ImageDraw  # few ask for it, and it takes time to load

    unit = size * _FINER / 32
    field = Image.new("RGBA", (size * _FINER,) * 2, (0, 0, 0, 0) if kind == "ICO" else GROUND)
    pen = ImageDraw.Draw(field)
    if kind == "ICO":
        pen.rounded_rectangle((0, 0, size * _FINER - 1, size * _FINER - 1), 8 * unit, GROUND)
    for left, top, right, bottom, colour in _BARS:
        pen.rounded_rectangle((left * unit, top * unit, right * unit, bottom * unit), 2.25 * unit, colour)
    file = io.BytesIO()
    field.resize((size, size), Image.Resampling.LANCZOS).save(file, kind, **options)
    content = file.getvalue()
    return Picture(content, mimetype, hashlib.sha256(content).hexdigest()[:20])
