"""Public holidays by the library `holidays`, which is loaded when somebody first asks for one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from threading import Lock

from cachetools import LRUCache

from app.blocking import offload
from app.domain import Holiday

# Where a country's own holidays leave out what nearly all of its shops keep: Easter Monday and August's bank holiday.
_MOST_OF_IT = {"GB": "ENG"}
_SUFFIXES = (" (estimated)",)
_MOST_COUNTRIES, _MOST_YEARS = 21, 110  # the shop's own and those added; as far as the calendar goes


class PublicHolidays:
    """The `HolidayBook` port."""

    def knows(self, country: str) -> bool:
        return country in _known()

    def known_countries(self) -> tuple[str, ...]:
        return _known()

    def between(self, countries: Collection[str], start: date, end: date) -> list[Holiday]:
        known = [country for country in sorted(set(countries)) if self.knows(country)]
        wanted = [(country, year) for country in known for year in range(start.year, end.year + 1)]
        found = [one for holidays in _years(wanted) for one in holidays]
        return sorted(
            (one for one in found if start <= one.day < end), key=lambda one: (one.day, one.country, one.name)
        )


_Year = tuple[str, int]
_kept: LRUCache[_Year, tuple[Holiday, ...]] = LRUCache(_MOST_COUNTRIES * _MOST_YEARS)
_lock = Lock()  # never held while a year is made


def _years(wanted: list[_Year]) -> list[tuple[Holiday, ...]]:
    """Milliseconds for each that was not asked for before: beside the loop."""
    with _lock:
        found = {one: _kept[one] for one in wanted if one in _kept}
    missing = [one for one in wanted if one not in found]
    if missing:
        made = offload(lambda: {one: _year(*one) for one in missing})
        with _lock:
            _kept.update(made)
        found |= made
    return [found[one] for one in wanted]


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    from holidays import list_supported_countries  # a sixth of a second to load

    return tuple(sorted(code for code in list_supported_countries(include_aliases=False) if len(code) == 2))


def _year(country: str, year: int) -> tuple[Holiday, ...]:
    from holidays import country_holidays

    made = country_holidays(country, subdiv=_MOST_OF_IT.get(country), years=year)
    if "en_US" in made.supported_languages:  # one name of a feast, whatever the country's tongue
        made = country_holidays(country, subdiv=_MOST_OF_IT.get(country), years=year, language="en_US")
    return tuple(Holiday(day, country, _plain(name)) for day in sorted(made) for name in made.get_list(day))


def _plain(name: str) -> str:
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name
