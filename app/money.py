"""Money and times: parsing what people type, rounding, cutting store days, and words for them in the store's locale."""

from __future__ import annotations

import copy
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import (
    NumberPattern,
    format_compact_decimal,
    get_currency_symbol,
    get_decimal_symbol,
)

from app import numbers, words
from app.errors import InvalidInput

MAX_MINOR = 10**12  # far above any price, far below what a BIGINT column holds
COMPACT_FROM = 100_000  # major units
_NO_BREAK = "\u00a0"
_MOST_DECIMALS = 3  # of a number that is not money


def significant(value: Decimal, digits: int) -> Decimal:
    """`value` rounded half up to `digits` significant digits."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1), rounding=ROUND_HALF_UP)


def parse_money(value: object, digits: int, field: str) -> int:
    """Minor units of an amount in major units, given as number or text.

    Raises InvalidInput for anything but a non-negative amount with at most `digits` decimals.
    """
    try:
        amount = numbers.amount(value)
    except ValueError:
        raise InvalidInput(f"{field} must be an amount such as 199.00.", field) from None
    if amount < 0:
        raise InvalidInput(f"{field} must be zero or more.", field)
    minor = amount.scaleb(digits)
    if minor > MAX_MINOR:
        raise InvalidInput(f"{field} is too large.", field)
    if minor != minor.to_integral_value():
        raise InvalidInput(f"{field} may have at most {digits} decimals.", field)
    return int(minor)


def grouped(value: int) -> str:
    """For words that belong to no locale, as errors of the API: thousands set apart by a narrow space (ISO 80000-1)."""
    return f"{value:,}".replace(",", "\u202f")


@dataclass(frozen=True)
class Formats:
    """How the store shows money, numbers and times. `zone` also cuts its days."""

    currency: str
    digits: int
    locale: str
    zone: ZoneInfo
    home: str = ""  # the country where the shop is, for languages other than its own

    def spoken(self) -> Formats:
        """The same money, days and zone as written in the language that is spoken."""
        language = words.language()
        return self if language is words.ENGLISH else _in_language(self, language)

    def money(self, minor: int) -> str:
        return _money(self, minor)

    def amount(self, minor: int) -> str:
        """Money without its sign, for columns whose head names the currency."""
        return _number(self.locale, self.major(minor), self.digits)

    def money_whole(self, minor: int) -> str:
        """All digits of the major units in the locale's grouping, without minor units."""
        return _currency(self, _half_up_to(self.major(minor), 0), 0)

    def money_short(self, minor: int) -> str:
        """For lists and axes: no minor units, from 100,000 on shortened to three significant digits."""
        return _money_short(self, minor)

    def money_compact(self, minor: int, digits: int = 1) -> str:
        """In thousands, millions and so on, with at most `digits` decimals of them."""
        return compact_money(self.major(minor), self.currency, self.locale, digits)

    def number(self, value: float | Decimal, digits: int | None = None) -> str:
        """With `digits` decimals, rounded half up; without, with those it has, three at most."""
        return _number(self.locale, value, digits)

    def counted(self, count: int, thing: str) -> str:
        """ "1 order", "1,200 orders"."""
        return f"{self.number(count)} {thing if count == 1 else f'{thing}s'}"

    def number_short(self, value: float) -> str:
        """For axes: from 100,000 on shortened."""
        if value < COMPACT_FROM:
            return self.number(round(value))
        return str(format_compact_decimal(value, locale=self.locale, fraction_digits=1))

    def percent(self, share: float | Decimal, digits: int = 0) -> str:
        return _percent(self.locale, share, digits)

    def hundredths(self, count: int) -> str:
        """95 as "95%"."""
        return self.percent(count / 100)

    def rate(self, rate: Decimal | str) -> str:
        """A tax rate with the decimals it has: `0.05` as `5%`, `0.175` as `17.5%`."""
        percent = (Decimal(rate) * 100).normalize()
        exponent = percent.as_tuple().exponent
        return self.percent(Decimal(rate), max(0, -exponent) if isinstance(exponent, int) else 0)

    def country(self, code: str) -> str:
        """The country's name; an imported history has names, and some that no list knows."""
        return str(Locale.parse(self.locale).territories.get(code, code))

    def day(self, value: date) -> str:
        """As the locale writes days, of medium length: 30 Nov 2026, Nov 30, 2026, 30.11.2026, 2026/11/30."""
        return format_date(value, day_patterns(self.locale)["day"], locale=self.locale)

    def day_short(self, value: date) -> str:
        """Without the year: 30 Nov, Nov 30."""
        return format_date(value, day_patterns(self.locale)["day_short"], locale=self.locale)

    def day_of_week(self, value: date) -> str:
        """With the short name of its weekday: Mon, 30 Nov 2026."""
        return format_date(value, day_patterns(self.locale)["day_of_week"], locale=self.locale)

    def weekday_short(self, value: date) -> str:
        """Mon."""
        return format_date(value, "EEE", locale=self.locale)

    def month(self, value: date) -> str:
        """Nov 2026."""
        return format_date(value, day_patterns(self.locale)["month"], locale=self.locale)

    def moment(self, value: datetime) -> str:
        return (
            joined_pattern(self.locale)
            .replace("{0}", self.clock(value))
            .replace("{1}", self.day(self.store_day(value)))
        )

    def clock(self, value: datetime) -> str:
        return format_time(value.astimezone(self.zone), "HH:mm", locale=self.locale)

    def major(self, minor: int) -> Decimal:
        return Decimal(minor).scaleb(-self.digits)

    def store_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def day_start(self, day: date) -> datetime:
        """The UTC instant at which a store day begins."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def today(self, now: datetime | None = None) -> date:
        return self.store_day(now or datetime.now(UTC))

    def same_clock_time(self, now: datetime, days_earlier: int) -> datetime:
        """The same clock time on an earlier store day."""
        local = now.astimezone(self.zone)
        earlier = datetime.combine(local.date() - timedelta(days=days_earlier), local.time(), self.zone)
        return earlier.astimezone(UTC)


@lru_cache
def _in_language(formats: Formats, language: words.Language) -> Formats:
    return replace(formats, locale=language.locale(formats.locale, formats.home))


# A page shows hundreds of amounts, most of them as the time before, and the locale's rules take their time.
@lru_cache(maxsize=20_000)
def _money(formats: Formats, minor: int) -> str:
    return _currency(formats, formats.major(minor), formats.digits)


def _currency(formats: Formats, value: Decimal, digits: int) -> str:
    pattern = Locale.parse(formats.locale).currency_formats["standard"]
    return apply_money(pattern, value, formats.currency, formats.locale, (digits, digits))


def compact_money(major: Decimal, currency: str, locale: str, digits: int) -> str:
    """Always in the words of the locale for many: abbreviations hardly differ for one."""
    for least, by, pattern in compact_patterns(locale):
        if abs(major) >= least:
            value = _half_up_to(major / by, digits)
            return apply_money(pattern, value, currency, locale, quantizes=False)
    standard = Locale.parse(locale).currency_formats["standard"]
    return apply_money(standard, _half_up_to(major, 0), currency, locale, (0, 0))


@lru_cache
def compact_patterns(locale: str) -> tuple[tuple[int, int, NumberPattern], ...]:
    """The largest first: from how much on, in units of how much, the pattern; without those that shorten nothing."""
    known = Locale.parse(locale).compact_currency_formats["short"]["other"]
    found = []
    for least, pattern in sorted(((int(name), pattern) for name, pattern in known.items()), reverse=True):
        zeros = pattern.pattern.count("0")
        if re.sub(r"[\s¤0]", "", pattern.pattern):
            found.append((least, least // 10 ** (zeros - 1), pattern))
    return tuple(found)


def apply_money(
    pattern: NumberPattern,
    value: Decimal,
    currency: str,
    locale: str,
    decimals: tuple[int, int] | None = None,
    *,
    quantizes: bool = True,
) -> str:
    if decimals is not None:
        pattern = _with_decimals(pattern, decimals)
    text = pattern.apply(value, locale, currency=currency, currency_digits=False, decimal_quantization=quantizes)
    return _spaced(str(text), currency, locale)


def _spaced(text: str, currency: str, locale: str) -> str:
    """CLDR's currency spacing, which Babel leaves out: a space before and after a sign of letters, as in EGP 5."""
    sign = get_currency_symbol(currency, locale)
    before, found, after = text.partition(sign)
    if not found:
        return text
    if after[:1].isalnum() and _is_word(sign[-1]):
        after = _NO_BREAK + after
    if before[-1:].isalnum() and _is_word(sign[0]):
        before += _NO_BREAK
    return before + sign + after


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "SZ"


@lru_cache(maxsize=20_000)
def _number(locale: str, value: float | Decimal, digits: int | None) -> str:
    pattern = Locale.parse(locale).decimal_formats[None]
    decimals = (0, _MOST_DECIMALS) if digits is None else (digits, digits)
    return str(_with_decimals(pattern, decimals).apply(_half_up_to(value, decimals[1]), locale))


@lru_cache(maxsize=20_000)
def _percent(locale: str, share: float | Decimal, digits: int) -> str:
    pattern = Locale.parse(locale).percent_formats[None]
    return str(_with_decimals(pattern, (digits, digits)).apply(_half_up_to(share, digits + 2), locale))


def _with_decimals(pattern: NumberPattern, decimals: tuple[int, int]) -> NumberPattern:
    """With so many decimals at least and at most."""
    changed = copy.copy(pattern)
    changed.frac_prec = decimals
    return changed


def _half_up_to(value: float | Decimal, digits: int) -> Decimal:
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def joined_pattern(locale: str) -> str:
    """How the locale joins a day {1} and a time {0}."""
    return str(get_datetime_format("medium", locale=locale)).replace("'", "")


@lru_cache
def day_patterns(locale: str) -> dict[str, str]:
    """How the locale writes days, as CLDR's patterns."""
    known = Locale.parse(locale)
    skeletons = {"day_short": "MMMd", "day_of_week": "yMMMEd", "month": "yMMM"}
    patterns = {name: str(known.datetime_skeletons[skeleton]) for name, skeleton in skeletons.items()}
    long = known.datetime_skeletons.get("MMMMEEEEd") or known.datetime_skeletons["MMMEd"]
    return {"day": str(known.date_formats["medium"].pattern), "day_long": str(long)} | patterns


@lru_cache(maxsize=20_000)
def _money_short(formats: Formats, minor: int) -> str:
    major = formats.major(minor)
    if abs(major) < COMPACT_FROM:
        return formats.money_whole(minor)
    rounded = significant(major, 3)
    words = compact_money(rounded, formats.currency, formats.locale, 2)
    return words if rounded == major else _padded(words, 3, formats.locale)


def _padded(words: str, digits: int, locale: str) -> str:
    """Zeros for the places that were rounded to: 1.9 of 1.8976 is not told from 1.9."""
    point = get_decimal_symbol(locale)

    def pad(found: re.Match[str]) -> str:
        missing = digits - sum(map(str.isdigit, found[0]))
        if missing <= 0:
            return found[0]
        return found[0] + ("" if point in found[0] else point) + "0" * missing

    return re.sub(rf"\d+(?:{re.escape(point)}\d+)?", pad, words, count=1)
