"""The texts of the shop in the language of whoever reads them.

In code a text stands as its English sentence, which is also its name in the catalogues (`po/`). `say` looks it up for
the language that is spoken at the moment, in a dict. What is made in one place and read in another, as an error of a
service, is marked: it is the English sentence, and `say` at the edge translates it. `make words` finds the texts by the
names of these functions, so they are called with literals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from app.words.catalogues import Translations, translations
from app.words.languages import BY_CODE, ENGLISH, LANGUAGES, Language

__all__ = [
    "BY_CODE",
    "ENGLISH",
    "LANGUAGES",
    "Language",
    "Sentence",
    "joined",
    "mark",
    "mark_many",
    "say",
    "say_many",
    "say_with",
    "speaking",
]

_spoken: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def language() -> Language:
    """That of the page in hand, by its address alone; English wherever there is none, as in the API."""
    return _spoken.get()


@contextmanager
def speaking(chosen: Language | str) -> Iterator[None]:
    """Within it texts, numbers and addresses are of this language; an unknown code is English."""
    token = _spoken.set(BY_CODE.get(chosen, ENGLISH) if isinstance(chosen, str) else chosen)
    try:
        yield
    finally:
        _spoken.reset(token)


class Sentence(str):
    """An English sentence that remembers what it is made of, so that it can be said in another language."""

    form: str
    plural: str | None
    number: int
    values: dict[str, Any]

    @classmethod
    def of(cls, form: str, values: dict[str, Any], plural: str | None = None, count: int = 1) -> Sentence:
        english = form if plural is None or count == 1 else plural
        made = cls(english.format(**values) if values else english)
        made.form, made.values, made.plural, made.number = form, values, plural, count
        return made

    @classmethod
    def named(cls, english: str, form: str) -> Sentence:
        """What English says in other words than those by which the catalogues know it."""
        made = cls(english)
        made.form, made.values, made.plural, made.number = form, {}, None, 1
        return made


def mark(text: str, /, **values: Any) -> Sentence:
    """A text to be said later. It is the English sentence; marked values are translated with it."""
    return Sentence.of(text, values)


def mark_many(one: str, many: str, count: int, /, **values: Any) -> Sentence:
    """As `say_many`, to be said later."""
    return Sentence.of(one, {"count": str(count)} | values, many, count)


def joined(sentences: Iterable[Sentence]) -> Sentence:
    """One after the other, with a blank between them."""
    known = {f"s{at}": one for at, one in enumerate(sentences)}
    return Sentence.of(" ".join(f"{{{name}}}" for name in known), known)


def say(text: str, /, **values: Any) -> str:
    """`text` in the language that is spoken, with `values` in its {places}; marked values are said too."""
    table = translations(_spoken.get())
    if isinstance(text, Sentence) and text.plural is not None:
        return _filled(_plural(table, text.form, text.plural, text.number), text.values)
    if isinstance(text, Sentence):
        return _filled(table.gettext(text.form) if table else text.form, text.values | values)
    return _filled(table.gettext(text) if table and text else text, values)


def say_with(text: str, **parts: Any) -> list[Any]:
    """`text` as children of an element: each of its {places} is one of `parts`, a component."""
    pieces = re.split(r"\{(\w+)\}", say(text))
    return [parts[piece] if at % 2 else piece for at, piece in enumerate(pieces) if piece]


def say_many(one: str, many: str, count: int, /, **values: Any) -> str:
    """The form that the language has for `count`. `{count}` is it in digits, or as in `values`."""
    return _filled(_plural(translations(_spoken.get()), one, many, count), {"count": str(count)} | values)


def _plural(table: Translations, one: str, many: str, count: int) -> str:
    if table is None:
        return one if count == 1 else many
    return table.ngettext(one, many, count)


def _filled(form: str, values: dict[str, Any]) -> str:
    if not values:
        return form
    said = {name: say(value) if isinstance(value, Sentence) else value for name, value in values.items()}
    return form.format(**said)
