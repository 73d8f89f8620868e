"""Pictures as clients send them: data URLs."""

from __future__ import annotations

import base64
import binascii
import re

from app.errors import InvalidInput

_DATA_URL = re.compile(r"data:image/(?:png|jpeg|jpg|webp);base64,")


def picture_of(data_url: str | None, field: str) -> bytes | None:
    """The bytes of a data URL; whether they are a picture is for the image store to say. Raises InvalidInput."""
    if data_url is None:
        return None
    start = _DATA_URL.match(data_url.strip())
    if start is None:
        raise InvalidInput(f"{field} must be a data URL of a PNG, JPEG or WebP.", field)
    try:
        return base64.b64decode(data_url.strip()[start.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(f"{field} did not arrive whole: its base64 cannot be read.", field) from None
