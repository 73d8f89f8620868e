"""Texts that strangers typed, on their way to other people."""

from __future__ import annotations

import re

# What addresses of pages and mailboxes, and of everything else that opens at a click, are made with; the other
# full stops and the wide forms are read like them in host names.
_JOINS = re.compile("([.:@\u2024\u3002\ufe52\uff0e\uff1a\uff20\uff61])(?=\\S)")


def unlinked(text: str) -> str:
    """`text` in which no mail program finds an address to make a link of: "evil.example" is "evil. example".

    A space that is seen, not a character of no width: some programs drop these before they look for addresses,
    and whoever copies the text would carry them along.
    """
    return _JOINS.sub(r"\1 ", text)
