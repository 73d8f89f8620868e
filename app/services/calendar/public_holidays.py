"""Public holidays by the library `holidays`, which is loaded when somebody first asks for one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache

from app.domain import Holiday

# Where a country's own holidays leave out what nearly all of its shops keep: Easter Monday and August's bank holiday.
_MOST_OF_IT = {"GB": "ENG"}
_SUFFIXES = (" (estimated)",)
_KEPT_YEARS = 256


class PublicHolidays:
    """The `HolidayBook` port."""

    def knows(self, country: str) -> bool:
        return country in _known()

    def known_countries(self) -> tuple[str, ...]:
        return _known()

    def between(self, countries: Collection[str], start: date, end: date) -> list[Holiday]:
        known = [country for country in sorted(set(countries)) if self.knows(country)]
        found = [one for country in known for year in range(start.year, end.year + 1) for one in _year(country, year)]
        return sorted(
            (one for one in found if start <= one.day < end), key=lambda one: (one.day, one.country, one.name)
        )


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    from holidays import list_supported_countries  # a sixth of a second to load

    return tuple(sorted(code for code in list_supported_countries(include_aliases=False) if len(code) == 2))


@lru_cache(maxsize=_KEPT_YEARS)
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
