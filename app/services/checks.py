"""Checks of what people and clients send: a value that fits, or InvalidInput naming its field.

A text's length is checked before anything else is done with it: what follows takes time, composing even the square.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import InvalidInput
from app.money import grouped
from app.words import mark

_UNSHOWABLE = {"Cc", "Cs"}  # control characters and halves of surrogate pairs
# What turns the direction of the text after it: with these a name can show as another one, or hide its end.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Blanks, characters without width, and marks, which are seen only on a character that is.
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}
# What Unicode counts among letters and symbols though nothing of it is seen: the fillers of Hangul, an empty pattern of
# Braille, a note without a head, and what is kept for characters to come that programs shall not show.
_EMPTY = frozenset("\u115f\u1160\u2065\u2800\u3164\uffa0\U0001d159")
_RESERVED = (range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))

_MOST_COMPOSED = 4  # so many characters become one at the most, when a text is composed
_MOST_MARKS = 30  # in a row, the bound of Unicode's stream-safe text (UAX #15): sorting them takes the square of it


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
    """Whether nothing of it can be seen: it is empty, or of blanks, marks and characters that show nothing."""
    return all(map(_is_unseen, text))


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or char in _EMPTY or any(ord(char) in block for block in _RESERVED)


def whole(value: object, field: str, least: int, most: int) -> int:
    """An integer from `least` to `most`; a float, a bool or text is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(mark("{field} must be a whole number.", field=_words(field)), field)
    if value < least:
        words = "more than zero" if least == 1 else f"{least} or more"
        raise InvalidInput(mark("{field} must be {words}.", field=_words(field), words=words), field)
    if value > most:
        raise InvalidInput(f"{_words(field)} may be at most {grouped(most)}.", field)
    return value


def composed(value: object, field: str, most: int, label: str = "") -> str:
    """Text in composed Unicode (NFC), if it can be one of at most `most` characters once it is tidied up.

    Takes time by `most`, never by what was sent. `label`: what people call the field. Raises InvalidInput.
    """
    label = label or _words(field)
    if not isinstance(value, str):
        raise InvalidInput(mark("{label} must be text.", label=label), field)
    if len(value) > most * _MOST_COMPOSED:
        raise _too_long(label, field, most)
    if value.isascii():
        return value
    if _has_pile_of_marks(value):
        raise InvalidInput(mark("{label} has too many marks on one letter.", label=label), field)
    return unicodedata.normalize("NFC", value)


def line(value: object, field: str, most: int, required: bool | str = False, label: str = "") -> str:
    """One line of text of at most `most` characters; runs of white space become one blank.

    `required`: something of it must be seen, and what to say otherwise.
    """
    text = " ".join(composed(value, field, most, label).split())
    return _fitting(text, field, most, required, label or _words(field))


def paragraphs(value: object, field: str, most: int, required: bool | str = False, label: str = "") -> str:
    """Stripped text of at most `most` characters that may have several lines."""
    return _fitting(composed(value, field, most, label).strip(), field, most, required, label or _words(field))


def _fitting(text: str, field: str, most: int, required: bool | str, label: str) -> str:
    if len(text) > most:
        raise _too_long(label, field, most)
    if not is_showable(text, besides="\r\n\t"):
        raise InvalidInput(mark("{label} has characters that cannot be shown.", label=label), field)
    if is_blank(text):
        if required:
            raise InvalidInput(
                required if isinstance(required, str) else mark("{label} must not be empty.", label=label), field
            )
        return ""
    return text


def _too_long(label: str, field: str, most: int) -> InvalidInput:
    return InvalidInput(mark("{label} may have at most {most} characters.", label=label, most=most), field)


def _has_pile_of_marks(text: str) -> bool:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > _MOST_MARKS:
            return True
    return False


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()
