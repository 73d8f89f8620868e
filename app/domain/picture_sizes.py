"""In which sizes an uploaded picture is sent: few, so that each is made once."""

from __future__ import annotations

PICTURE_WIDTHS = (160, 320, 480, 800, 1200)  # pixels, beside the whole one
