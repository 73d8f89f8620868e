"""Drawn pictures for programs that show no SVG: link previews, comparison services."""

from __future__ import annotations

import io

WIDTH = 800  # pixels; 4:5, above the 600 that large previews ask for


def as_jpeg(svg: str) -> bytes:
    """A drawing in the usual size. Takes some tenths of a second of a processor."""
    import resvg_py  # few ask for it
    from PIL import Image

    png = resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, skip_system_fonts=True)
    out = io.BytesIO()
    with Image.open(io.BytesIO(bytes(png))) as drawn:
        drawn.convert("RGB").save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()
