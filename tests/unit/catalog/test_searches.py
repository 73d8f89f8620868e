"""Searches: counted by visits, told from three on, and nothing of who asked kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import mean

import pytest

from app.errors import StoreUnavailable
from app.services.catalog import searches
from app.services.catalog.ports import SearchedDay
from app.services.catalog.searches import MOST_WAITING, SearchedWords, Searches

TODAY = date(2026, 11, 20)


@dataclass
class FakeCounts:
    kept: dict[tuple[date, str], tuple[int, int]] = field(default_factory=dict)
    broken: bool = False

    def add(self, day: date, words: Mapping[str, tuple[int, int]], most: int) -> None:
        if self.broken:
            raise StoreUnavailable("away")
        for key, (asked, nothing) in words.items():
            before = self.kept.get((day, key), (0, 0))
            self.kept[day, key] = before[0] | asked, before[1] | nothing

    def since(self, day: date) -> Sequence[SearchedDay]:
        return [SearchedDay(at, words, *maps) for (at, words), maps in self.kept.items() if at >= day]

    def forget(self, before: date) -> int:
        return 0


class Shop:
    def __init__(self, key: str = "key") -> None:
        self.store, self.day, self.due = FakeCounts(), TODAY, []
        self.searches = Searches(self.store, key, lambda: self.day, lambda _, work: self.due.append(work))

    def search(self, q: str, *people: str, found_nothing: bool = False) -> None:
        for one in people:
            self.searches.note(one, q, found_nothing=found_nothing)
        self.write()

    def write(self) -> None:
        while self.due:
            self.due.pop()()


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_words_of_three_visits_are_told_those_that_found_nothing_first(shop: Shop):
    shop.search("Mugs", "a", "b", "c", "d")
    shop.search("tajine", "a", "b", "c", found_nothing=True)
    shop.search("secret plan", "a", "b")
    assert shop.searches.told() == (SearchedWords("tajine", 3, 3), SearchedWords("mug", 4, 0))


def test_one_who_asks_again_counts_once_in_a_month_and_however_it_is_written(shop: Shop):
    for q in ("mug", "MUGS", " mug!", "múg"):
        shop.search(q, "a", "b", "a")
    shop.day += timedelta(days=2)
    shop.search("mug", "a", "b")
    assert shop.searches.told() == ()
    shop.search("mug", "c")
    assert shop.searches.told() == (SearchedWords("mug", 3, 0),)


def test_nobody_is_named_in_what_is_kept_and_another_month_has_other_bits(shop: Shop):
    shop.search("mug", "user#7")
    shop.day = date(2026, 12, 1)
    shop.search("mug", "user#7")
    assert list(shop.store.kept) == [(TODAY, "mug"), (date(2026, 12, 1), "mug")]
    assert len({asked for asked, _ in shop.store.kept.values()}) == 2
    assert all(asked.bit_count() == 1 for asked, _ in shop.store.kept.values())


@pytest.mark.parametrize("q", ["", "   ", "!?", "-" * 500])
def test_what_has_no_word_is_no_search(shop: Shop, q: str):
    shop.search(q, "a", "b", "c")
    assert shop.store.kept == {}


def test_long_words_are_cut_and_many_find_an_end(shop: Shop):
    shop.search("x" * 99, "a")
    for n in range(2 * MOST_WAITING):
        shop.searches.note("a", f"rubbish{n}", found_nothing=True)
    shop.write()
    assert len(shop.store.kept) == MOST_WAITING + 1
    assert max(len(words) for _, words in shop.store.kept) == searches.LONGEST_WORDS


def test_hundreds_are_counted_nearly():
    """Linear counting has a standard error of 3.6 % here: the mean of nine keys one of 1.2 %."""
    found = []
    for key in "abcdefghi":
        shop = Shop(key)
        shop.search("mug", *(f"guest#{n}" for n in range(400)))
        found += [one.visits for one in shop.searches.told()]
    assert mean(found) == pytest.approx(400, rel=0.05)


def test_a_store_that_is_away_stops_no_search(shop: Shop):
    shop.store.broken = True
    shop.search("mug", "a")
    shop.store.broken = False
    shop.search("mug", "b")
    assert [asked.bit_count() for asked, _ in shop.store.kept.values()] == [1]


def test_what_is_old_is_not_told(shop: Shop):
    shop.search("mug", "a", "b", "c")
    shop.day += timedelta(days=searches.DAYS)
    assert shop.searches.told() == ()
