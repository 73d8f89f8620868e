"""Where people find a page in their language, and a product: its id, which decides, and words of its name."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from app import words as language_words

LONGEST_WORDS = 60  # characters


def to(path: str) -> str:
    """The address of one of the store's pages in the language that is spoken."""
    return f"{language_words.language().prefix}{path}"


def with_next(path: str, after: str) -> str:
    """`path` with where to go on afterwards, both whole; the start page needs no mention."""
    return path if after == to("/") else f"{path}?next={quote(after, safe='')}"


def product_path(product_id: str, name: str) -> str:
    """`/product/<id>/<words>`, percent-encoded, so that a slash in the id is none of the address; without words where
    the name has no letter and no digit."""
    told = words(name)
    path = f"/product/{quote(product_id, safe='')}"
    return f"{path}/{quote(told, safe='')}" if told else path


def words(name: str) -> str:
    """ "walnut-bowl-oiled": small letters and digits of any script, joined by hyphens and cut at a word."""
    letters = "".join([letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in name.lower()])
    told = "-".join(unicodedata.normalize("NFC", letters).split())
    if len(told) <= LONGEST_WORDS:
        return told
    return told[: LONGEST_WORDS + 1].rpartition("-")[0] or told[:LONGEST_WORDS]
