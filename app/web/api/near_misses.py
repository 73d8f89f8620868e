"""Fields that a client did not name quite right. Ignoring one would do something else than was asked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping

from rapidfuzz.distance import OSA

MOST_LOOKED_AT = 100  # unknown fields of one body
LONGEST_NAME = 64
# What others call these fields; not similar as words.
SYNONYMS: Mapping[str, frozenset[str]] = {
    "stock": frozenset({"qty", "quantity", "count", "units", "inventory"}),
    "qty": frozenset({"quantity", "count", "units"}),
    "fullname": frozenset({"name", "username"}),
    "email": frozenset({"username", "login", "mail"}),
    "password": frozenset({"pass", "pwd"}),
    "image": frozenset({"picture", "photo", "img", "imageurl", "imgurl"}),
    "description": frozenset({"details", "text"}),
    "cvc": frozenset({"cvv"}),
    "name": frozenset({"title"}),
    "id": frozenset({"sku"}),
}
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def near_miss(given: Iterable[str], known: Collection[str], still_open: Collection[str]) -> tuple[str, str] | None:
    """The first unknown field that looks like a known one, and that one.

    Another spelling of a known field is one in any case; what is only similar is one if the known field was not given
    itself (`still_open`): clients may well send more than is asked for.
    """
    spelt = {_plain(name): name for name in known}
    for field in itertools.islice((name for name in given if name not in known), MOST_LOOKED_AT):
        if len(field) > LONGEST_NAME:
            continue
        if (name := spelt.get(_plain(field))) is not None:
            return field, name
        if (name := next((name for name in still_open if _is_similar(field, name)), None)) is not None:
            return field, name
    return None


def _is_similar(field: str, name: str) -> bool:
    """`productName` for name, `qty` for stock, `thresold` for threshold; a name's first letter is seldom wrong."""
    words = [word.lower() for word in _WORD.findall(field)]
    plain = _plain(field)
    if {name, *SYNONYMS.get(name, ())} & {plain, words[-1] if words else ""}:
        return True
    mistakes = 0 if min(len(plain), len(name)) < 4 else 1 if len(name) < 7 else 2
    return plain[:1] == name[:1] and OSA.distance(plain, name, score_cutoff=mistakes) <= mistakes


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
