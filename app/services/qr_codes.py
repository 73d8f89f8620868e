"""Codes that a phone's camera reads."""

from __future__ import annotations

import segno


def qr_code(text: str) -> str:
    """`text` as the address of a picture that needs no request (a `data:` URL of an SVG)."""
    # Black on white in every theme: cameras want it so.
    return str(segno.make_qr(text, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))
