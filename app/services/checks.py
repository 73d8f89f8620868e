"""Checks of what people and clients send: a value that fits, or InvalidInput naming its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import InvalidInput
from app.money import grouped

_UNSHOWABLE = {"Cc", "Cs"}  # control characters and halves of surrogate pairs
# What turns the direction of the text after it: with these a name can show as another one, or hide its end.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


@contextmanager
def noting(wrong: dict[str, str]) -> Iterator[None]:
    """Writes down what a check says of a field, so that the next field is looked at too."""
    try:
        yield
    except InvalidInput as error:
        if not error.wrong:
            raise
        for field, words in error.wrong.items():
            wrong.setdefault(field, words)


def raise_noted(wrong: dict[str, str]) -> None:
    """Raises InvalidInput for all fields that were written down, if any."""
    if wrong:
        field, words = next(iter(wrong.items()))
        raise InvalidInput(words, field, wrong)


def is_showable(text: str, besides: str = "") -> bool:
    """Whether every character can be shown or stands in `besides`."""
    return not any((unicodedata.category(c) in _UNSHOWABLE or c in _TURNING) and c not in besides for c in text)


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: it is empty, or of blanks and characters without width."""
    return all(unicodedata.category(c) in _INVISIBLE for c in text)


def whole(value: object, field: str, least: int, most: int) -> int:
    """An integer from `least` to `most`; a float, a bool or text is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(f"{_words(field)} must be a whole number.", field)
    if value < least:
        words = "more than zero" if least == 1 else f"{least} or more"
        raise InvalidInput(f"{_words(field)} must be {words}.", field)
    if value > most:
        raise InvalidInput(f"{_words(field)} may be at most {grouped(most)}.", field)
    return value


def line(value: object, field: str, most: int, required: bool = False) -> str:
    """One line of text of at most `most` characters; runs of white space become one blank."""
    return paragraphs(" ".join(value.split()) if isinstance(value, str) else value, field, most, required)


def paragraphs(value: object, field: str, most: int, required: bool = False) -> str:
    """Stripped text of at most `most` characters that may have several lines."""
    if not isinstance(value, str):
        raise InvalidInput(f"{_words(field)} must be text.", field)
    stripped = value.strip()
    if required and not stripped:
        raise InvalidInput(f"{_words(field)} must not be empty.", field)
    if len(stripped) > most:
        raise InvalidInput(f"{_words(field)} may have at most {most} characters.", field)
    if not is_showable(stripped, besides="\r\n\t"):
        raise InvalidInput(f"{_words(field)} has characters that cannot be shown.", field)
    return stripped


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()
