"""Countries for address forms, by name in the store's language."""

from __future__ import annotations

from functools import cache

from babel import Locale

from app.services.checkout import countries as checkout_countries


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """(ISO 3166 alpha-2 code, name) by name."""
    names = Locale.parse(locale).territories
    found = ((code, names.get(code, code)) for code in checkout_countries())
    return tuple(sorted(found, key=lambda pair: pair[1]))


def home_country(locale: str) -> str:
    """The store's own country, to start the form with."""
    return Locale.parse(locale).territory or ""
