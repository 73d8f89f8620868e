"""The catalogues in memory: each .po is compiled as a process first speaks its language, so that none is ever stale."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.words.languages import ENGLISH, Language

FOLDER = Path(__file__).parent / "po"

Translations = gettext.NullTranslations | None


def catalogue(language: Language) -> Path:
    return FOLDER / f"{language.code}.po"


@cache
def translations(language: Language) -> Translations:
    """None for English, whose texts stand in the code."""
    if language is ENGLISH:
        return None
    compiled = BytesIO()
    with catalogue(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language.code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
