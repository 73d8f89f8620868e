"""XML that is written as it is sent: whatever the shop has, little of it is in memory at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

AT_ONCE = 64 * 1024  # characters
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, text: str) -> str:
    """With its text escaped, without what no XML may hold; nothing at all where that is nothing."""
    plain = _NO_XML.sub("", text)
    return f"<{name}>{escape(plain, quote=False)}</{name}>" if plain else ""


def document(opening: str, entries: Iterable[str], closing: str) -> Iterator[bytes]:
    """In pieces of about `AT_ONCE`."""
    pieces, size = [f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}\n'], 0
    for entry in entries:
        pieces.append(entry)
        size += len(entry)
        if size >= AT_ONCE:
            yield "".join(pieces).encode()
            pieces, size = [], 0
    pieces.append(f"{closing}\n")
    yield "".join(pieces).encode()
