"""Drawn pictures for programs that show no SVG: link previews, comparison services.

A program of its own, run by its path: the library holds the interpreter for about a second a picture, and for as long
nobody else in the process would be answered. It reads a drawing and writes a JPEG.
"""

from __future__ import annotations

import io
import os
import resource
import sys

WIDTH = 800  # pixels; 4:5, above the 600 that large previews ask for
MOST_SECONDS = 30  # of a processor, also when nobody waits any more


def as_jpeg(svg: str) -> bytes:
    """A drawing in the usual size."""
    import resvg_py
    from PIL import Image

    png = resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH, skip_system_fonts=True)
    out = io.BytesIO()
    with Image.open(io.BytesIO(bytes(png))) as drawn:
        drawn.convert("RGB").save(out, "JPEG", quality=82, optimize=True, progressive=True)
    return out.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.nice(10)  # after whoever buys
    sys.stdout.buffer.write(as_jpeg(sys.stdin.buffer.read().decode()))
