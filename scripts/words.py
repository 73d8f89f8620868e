"""Finds the shop's texts and brings the catalogues in `app/words/po/` up to them.

    python scripts/words.py          new texts come in untranslated, those that are gone go
    python scripts/words.py --check  say what is missing, translations too; a test calls this

A text is what `say`, `say_many`, `say_with`, `mark` and `mark_many` are called with: in Python, in the templates of
mails, and in the scripts that the shop's pages load (`say` and `sayMany` of assets/04-words.js).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from babel.plural import to_gettext

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from app.words import ENGLISH, LANGUAGES, Language  # noqa: E402
from app.words.catalogues import catalogue  # noqa: E402

KEYWORDS: Any = {
    "say": None,
    "say_with": None,
    "mark": None,
    "say_many": (1, 2),
    "mark_many": (1, 2),
    "sayMany": (1, 2),
}
SOURCES = (
    ("python", ("app/**/*.py", "pages/**/*.py", "components/**/*.py")),
    ("javascript", ("assets/[0-4]*.js",)),
    ("jinja2.ext.babel_extract", ("app/mail/templates/*.html", "app/mail/templates/*.txt")),
)


def texts() -> Iterator[str | tuple[str, ...]]:
    for method, patterns in SOURCES:
        for path in sorted(found for pattern in patterns for found in ROOT.glob(pattern)):
            if {"words", "tools"} & set(path.relative_to(ROOT).parts):
                continue
            with path.open("rb") as source:
                for _, message, _, _ in extract(method, source, KEYWORDS, options={"encoding": "utf-8"}):
                    yield message


def wanted() -> Catalog:
    """Every text of the shop."""
    found = Catalog(fuzzy=False)
    for message in texts():
        found.add(message)
    return found


def updated(language: Language, texts_now: Catalog) -> Catalog:
    """The language's catalogue with these texts and no others."""
    path = catalogue(language)
    known = read_po(BytesIO(path.read_bytes()), locale=language.code) if path.exists() else Catalog()
    made = Catalog(language.code, fuzzy=False)
    for message in texts_now:
        if message.id:
            had = known.get(message.id[0] if isinstance(message.id, tuple) else message.id)
            translated = had.string if had is not None and isinstance(had.id, tuple) == message.pluralizable else None
            made.add(message.id, translated or (("",) * made.num_plurals if message.pluralizable else ""))
    return made


def written(made: Catalog, language: Language) -> bytes:
    """Without places and dates, in the order of the texts, a line each: what two people add meets in few lines."""
    body = BytesIO()
    write_po(body, made, width=0, no_location=True, omit_header=True, sort_output=True)
    plurals = to_gettext(Locale.parse(language.code).plural_form)
    head = f'msgid ""\nmsgstr ""\n"Language: {language.code}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{head}"Plural-Forms: {plurals}\\n"\n\n'.encode() + body.getvalue().strip() + b"\n"


def untranslated(made: Catalog) -> list[str]:
    return [
        str(message.id)
        for message in made
        if message.id and not all(message.string if isinstance(message.string, tuple | list) else [message.string])
    ]


def main() -> int:
    texts_now, is_check, wrong = wanted(), "--check" in sys.argv[1:], False
    for language in LANGUAGES:
        if language is ENGLISH:
            continue
        path, made = catalogue(language), updated(language, texts_now)
        content = written(made, language)
        if not is_check:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            wrong = True
            print(f"{path.relative_to(ROOT)} is not up to the texts: run make words")
        for text in untranslated(made):
            wrong = True
            print(f"{path.relative_to(ROOT)}: no translation of {text}")
    return int(wrong and is_check)


if __name__ == "__main__":
    sys.exit(main())
