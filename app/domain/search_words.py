"""The words that things are found by: without case and accents, and what a question asks of them.

A word is found by how it begins, so "pat" finds Patel; a number only as a whole, or an amount by its whole units.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.plain_words import plain

WORD_LENGTH = 40  # characters kept of a word; of a question's word no more are compared
MOST_TERMS = 8  # of a question; what follows is left out
_AFTER_ALL = "\U0010ffff"
_APOSTROPHES = re.compile("['\u2019\u02bc]")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_AMOUNT = re.compile(r"\d([\d.,'\u2019]*\d)?")
_SPACE_IN_NUMBER = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3})")
# Scripts that write no spaces between words: Thai to Myanmar, Khmer, Chinese, Japanese and Korean.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True)
class Term:
    """One thing that must be found: a word in one of `ranges`, each from its first up to, not including, its last."""

    ranges: tuple[tuple[str, str], ...]


def words_of(*texts: str) -> set[str]:
    """Every word of the texts. Of a script without spaces also what begins within a run of it."""
    found: set[str] = set()
    for text in texts:
        bare = plain(text)
        for word in (*_split(bare), *_split(_APOSTROPHES.sub("", bare))):
            found.update(word[start:][:WORD_LENGTH] for start in (range(len(word)) if _UNSPACED.search(word) else (0,)))
        found.update(number.replace(",", ".")[:WORD_LENGTH] for number in _DECIMAL.findall(bare))
    return found


def words_of_email(email: str) -> set[str]:
    """Its words, and the address as a whole."""
    return words_of(email) | {plain(email)[:WORD_LENGTH]}


def terms_of(question: str) -> tuple[Term, ...]:
    """What a question asks for, each once; nothing for one without a letter or digit."""
    found: dict[Term, None] = {}
    for token in _SPACE_IN_NUMBER.sub("", question).split():
        found.update(dict.fromkeys(_terms(plain(token))))
    return tuple(found)[:MOST_TERMS]


def _terms(token: str) -> Iterator[Term]:
    bare = _stripped(token)
    if "@" in bare:
        yield Term((_begins(bare),))
    elif _AMOUNT.fullmatch(bare):
        yield Term(tuple(_amounts(bare)))
    else:
        yield from (Term((_begins(word),)) for word in _split(_APOSTROPHES.sub("", bare)))


def _amounts(token: str) -> Iterator[tuple[str, str]]:
    """Readings of digits with separators: "1,234" is a thousand in one country and one and a bit in another."""
    whole = re.sub(r"\D", "", token)
    before, separator, after = re.fullmatch(r"(.*?)(?:([.,])(\d*))?", token).groups("")  # type: ignore[union-attr]
    is_decimal = bool(separator) and not re.search(r"[.,]", after)
    if not (is_decimal and len(after) < 3):
        yield whole, f"{whole}!"  # exactly this; a server that pads with spaces would put "\\0" before it
        yield f"{whole}.", f"{whole}/"  # with any decimals: "/" comes right after "."
    if is_decimal:
        units = re.sub(r"\D", "", before)
        yield _begins(f"{units}.{after}")


def _begins(word: str) -> tuple[str, str]:
    word = word[:WORD_LENGTH]
    return word, word + _AFTER_ALL


def _stripped(token: str) -> str:
    """Without what is no letter or digit at its ends, but for the @ of an address that is being typed."""
    start, end = 0, len(token)
    while start < end and not token[start].isalnum():
        start += 1
    while end > start and not _is_part(token[end - 1]) and token[end - 1] != "@":
        end -= 1
    return token[start:end]


def _split(text: str) -> list[str]:
    return "".join(c if _is_part(c) else " " for c in text).split()


def _is_part(character: str) -> bool:
    """Of a word: letters, digits, and the vowel signs that many scripts write beside their letters."""
    return character.isalnum() or unicodedata.category(character)[0] == "M"
