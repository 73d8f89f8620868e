"""Where to go after signing in, without letting a link send people to another site."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from app.addresses import to
from app.web.languages import without_prefix


def local_path(value: Any) -> str:
    """`value` when it is a path of this shop, else the front in the language that is spoken.

    Browsers read `//host`, `/\\host` and control characters inside as another host; all are refused.
    """
    default = to("/")
    if not isinstance(value, str) or not value.startswith("/") or len(value) > 500:
        return default
    if value.startswith("//") or "\\" in value or any(ord(c) <= 32 or ord(c) == 127 for c in value):
        return default
    try:
        parts = urlsplit(value)
    except ValueError:
        return default
    if parts.scheme or parts.netloc or without_prefix(parts.path).rstrip("/") in ("/login", "/login/code", "/register"):
        return default
    # As the browser reads it: "/./api/logout" and "/%61pi/logout" are no page either, and one that signs out again.
    steps = without_prefix(unquote(parts.path)).split("/")[1:]
    if steps[0] == "api" or any(step in (".", "..") for step in steps) or "" in steps[:-1]:
        return default
    return value
