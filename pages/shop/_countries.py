"""Countries for address forms, by name in the store's language."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale

from app.domain.places import countries as destinations


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """(ISO 3166 alpha-2 code, name), by name without accents; the browser knows how its language sorts those."""
    names = Locale.parse(locale).territories
    found = ((code, names.get(code, code)) for code in destinations())
    return tuple(sorted(found, key=lambda pair: _bare(pair[1])))


def _bare(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name).casefold() if not unicodedata.combining(sign))
