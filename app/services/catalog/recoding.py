"""Uploaded pictures in another format."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from app.blocking import offload

MOST_HIGH, MOST_WIDE = 192, 960  # pixels: of a mark at the head of a page, a mail or a sheet of paper, thrice as sharp


def to_png(data: bytes) -> bytes:
    """A picture as a small PNG, off the event loop."""
    return offload(_encoded, data)


def _encoded(data: bytes) -> bytes:
    with Image.open(BytesIO(data)) as picture:
        small = picture.convert("RGBA")
        small.thumbnail((MOST_WIDE, MOST_HIGH))
        out = BytesIO()
        small.save(out, "PNG", optimize=True)
        return out.getvalue()
