"""An in-memory index of words that forgives typos.

A query word matches a word of a product exactly, as its beginning, or with a few letters wrong
(optimal string alignment, so that a swap of neighbours counts once). Products are ranked by what
their best match is and where it stands: in the name before category, brand, tags and numbers, and these
before the description.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from app.domain import Product
from app.domain.plain_words import plain

NAME, CATEGORY, DESCRIPTION = 4, 2, 1  # weights of where a word stands
EXACT, PREFIX, FUZZY = 10, 7, 3  # and of how well it matches
_STARTS_WITH_QUERY = 15
_MOST_QUERY_WORDS = 8
MOST_QUERY_LENGTH = 100
_FUZZY_FROM = 4  # letters; shorter words have too many neighbours
_MOST_FUZZY_WORDS = 40
_MOST_EDITS = 4  # between a word that nothing has and what was meant
_MOST_PREFIX_WORDS = 200  # a single letter begins thousands
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Match:
    """How well a product fits a query. `words` counts query words found, `typos` is True for guesses only."""

    words: int
    typos: bool
    score: int


@dataclass(frozen=True)
class _Entry:
    name: str
    weights: dict[str, int]
    texts: tuple[str, ...]  # as people wrote them, the name first


class SearchIndex:
    """Products can be put and dropped one by one. Not safe for several threads at once."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._postings: dict[str, dict[str, int]] = {}  # word -> product id -> weight
        self._vocabulary: list[str] = []  # the postings' words, sorted

    def put(self, product: Product) -> None:
        """Add a product, or take it up again with new words."""
        self.drop(product.product_id)
        weights: dict[str, int] = {}
        for source, weight in (
            (product.description, DESCRIPTION),
            (" ".join((*product.tags, product.category, product.brand)), CATEGORY),
            (" ".join((product.product_id, product.sku, product.barcode)), CATEGORY),
            (product.name, NAME),
        ):
            for word in words_of(source):
                weights[word] = weight
        texts = product.name, product.category, *product.tags, product.brand, product.description
        self._entries[product.product_id] = _Entry(" ".join(words_of(product.name)), weights, texts)
        for word, weight in weights.items():
            posting = self._postings.get(word)
            if posting is None:
                posting = self._postings[word] = {}
                insort(self._vocabulary, word)
            posting[product.product_id] = weight

    def drop(self, product_id: str) -> None:
        entry = self._entries.pop(product_id, None)
        for word in entry.weights if entry else ():
            posting = self._postings[word]
            del posting[product_id]
            if not posting:
                del self._postings[word]
                del self._vocabulary[bisect_left(self._vocabulary, word)]

    def search(self, query: str) -> dict[str, Match] | None:
        """The best matches by product id; None when the query has no word in it.

        Products that have every query word leave out those that miss some.
        """
        asked = words_of(query[:MOST_QUERY_LENGTH])[:_MOST_QUERY_WORDS]
        if not asked:
            return None
        found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        for word in asked:
            for product_id, hit in self._hits(word).items():
                found[product_id].append(hit)
        most = max((len(hits) for hits in found.values()), default=0)
        phrase = " ".join(asked)
        return {
            product_id: self._match(product_id, hits, phrase) for product_id, hits in found.items() if len(hits) == most
        }

    def put_right(self, query: str, *, is_rare: Callable[[int, int], bool] = lambda few, many: False) -> str | None:
        """`query` with words that no product has replaced by the nearest that some have; None where nothing is.

        `is_rare`: whether a word that this many products have is to give way to one a letter away that so many have.
        """
        pieces = query[:MOST_QUERY_LENGTH].split()[:_MOST_QUERY_WORDS]
        right = [self._put_right(piece, is_rare) for piece in pieces]
        return " ".join(right) if right != pieces else None

    def _put_right(self, piece: str, is_rare: Callable[[int, int], bool]) -> str:
        words = words_of(piece)
        if len(words) != 1 or len(words[0]) < _FUZZY_FROM or any(c.isdigit() for c in words[0]):
            return piece
        word = words[0]
        having = sum(len(self._postings[known]) for known in self._beginning_with(word))
        edits = 1 if having else min(max(2, len(word) // 3), _MOST_EDITS)
        near = process.extract(
            word, self._vocabulary, scorer=OSA.distance, score_cutoff=edits, limit=_MOST_FUZZY_WORDS, processor=None
        )
        others = [(int(away), -len(self._postings[known]), known) for known, away, _ in near if known != word]
        if not others:
            return piece
        _, many, best = min(others)
        return piece if having and not is_rare(having, -many) else self._as_written(best, piece)

    def _as_written(self, word: str, piece: str) -> str:
        """As the first product that has it writes it, in small letters; `piece` where that cannot be told."""
        texts = self._entries[min(self._postings[word])].texts
        found = (one for text in texts for one in _WRITTEN.findall(text) if words_of(one) == [word])
        return next(found, piece).lower()

    def _match(self, product_id: str, hits: list[tuple[int, bool]], phrase: str) -> Match:
        bonus = _STARTS_WITH_QUERY if self._entries[product_id].name.startswith(phrase) else 0
        return Match(len(hits), any(typo for _, typo in hits), sum(score for score, _ in hits) + bonus)

    def _hits(self, word: str) -> dict[str, tuple[int, bool]]:
        """Per product the score of its best word, and whether that is a guess."""
        hits: dict[str, tuple[int, bool]] = {}
        for known, quality in self._known_like(word).items():
            for product_id, weight in self._postings[known].items():
                score = quality * weight
                present = hits.get(product_id)
                if present is None or score > present[0]:
                    hits[product_id] = (score, quality <= FUZZY)
        return hits

    def _known_like(self, word: str) -> dict[str, int]:
        qualities: dict[str, int] = dict.fromkeys(self._beginning_with(word), PREFIX)
        if word in self._postings:
            qualities[word] = EXACT
        for known, edits in self._misspelt(word, certain=bool(qualities)):
            qualities.setdefault(known, FUZZY - edits + 1)
        return qualities

    def _beginning_with(self, word: str) -> list[str]:
        start = bisect_left(self._vocabulary, word)
        end = bisect_left(self._vocabulary, word + "\U0010ffff", lo=start)
        words = self._vocabulary[start:end]
        return words if len(words) <= _MOST_PREFIX_WORDS else nsmallest(_MOST_PREFIX_WORDS, words, key=len)

    def _misspelt(self, word: str, certain: bool) -> list[tuple[str, int]]:
        """Words a few edits away, nearest first; fewer edits when the word itself is known."""
        if len(word) < _FUZZY_FROM or any(c.isdigit() for c in word):
            return []
        edits = 1 if len(word) < 6 or certain else 2
        if certain and len(word) < 6:
            return []
        near = process.extract(
            word, self._vocabulary, scorer=OSA.distance, score_cutoff=edits, limit=_MOST_FUZZY_WORDS, processor=None
        )
        return [(known, int(distance)) for known, distance, _ in near]


def words_of(text: str) -> list[str]:
    """Words without case, accents and the plural's ending, in order."""
    if text.isascii():
        return [_singular(word) for word in _ASCII_WORD.findall(text.lower())]
    return [_singular(word) for word in "".join(map(_lettered, plain(text))).split()]


def _lettered(char: str) -> str:
    """Vowel signs of Indian scripts are parts of words, other marks are blanks."""
    return char if char.isalnum() or unicodedata.category(char).startswith("M") else " "


def _singular(word: str) -> str:
    """The singular of an English plural, near enough: both sides of a comparison go through it."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]
