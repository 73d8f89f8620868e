"""Money and times: parsing what people type, rounding, cutting store days, and words for them in the store's locale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent, get_decimal_symbol

from app import numbers
from app.errors import InvalidInput

MAX_MINOR = 10**12  # far above any price, far below what a BIGINT column holds
COMPACT_FROM = 100_000  # major units


def half_up(value: Decimal) -> int:
    """Round to an integer, halves away from zero (METRICS.md: half up)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def significant(value: Decimal, digits: int) -> Decimal:
    """`value` rounded half up to `digits` significant digits."""
    return value.quantize(Decimal(1).scaleb(value.adjusted() - digits + 1), rounding=ROUND_HALF_UP)


def tax_on(net: int, rate: Decimal) -> int:
    """Tax on the net amount of one order, rounded half up once per order."""
    return half_up(Decimal(net) * rate)


def refund_share(total: int, subtotal: int, returned: int, refunded: int, amount: int) -> int:
    """What to pay back for goods worth `amount` before tax: their share of an order's `total`, tax included.

    `returned` (before tax) and `refunded` are what came back of it already. Rounded half up on the sum, so
    that returning everything refunds exactly the total.
    """
    if not subtotal:
        return 0
    share = half_up(Decimal(total) * (returned + amount) / subtotal)
    return max(0, min(share, total) - refunded)


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


@dataclass(frozen=True)
class Formats:
    """How the store shows money, numbers and times. `zone` also cuts its days."""

    currency: str
    digits: int
    locale: str
    zone: ZoneInfo

    def money(self, minor: int) -> str:
        return _money(self, minor)

    def money_whole(self, minor: int) -> str:
        """All digits of the major units in the locale's grouping, without minor units."""
        pattern = Locale.parse(self.locale).currency_formats["standard"].pattern
        return format_currency(
            half_up(self.major(minor)),
            self.currency,
            locale=self.locale,
            currency_digits=False,
            format=re.sub(r"\.0+", "", pattern),
        )

    def money_short(self, minor: int) -> str:
        """For lists and axes: no minor units, from 100,000 on shortened to three significant digits."""
        return _money_short(self, minor)

    def number(self, value: float) -> str:
        return _number(self.locale, value)

    def percent(self, share: float | Decimal, digits: int = 0) -> str:
        return format_percent(share, format=_percent_pattern(self.locale, digits), locale=self.locale)

    def rate(self, rate: Decimal | str) -> str:
        """A tax rate with the decimals it has: `0.05` as `5%`, `0.175` as `17.5%`."""
        percent = (Decimal(rate) * 100).normalize()
        exponent = percent.as_tuple().exponent
        return self.percent(Decimal(rate), max(0, -exponent) if isinstance(exponent, int) else 0)

    def country(self, code: str) -> str:
        """The country's name; an imported history has names, and some that no list knows."""
        return str(Locale.parse(self.locale).territories.get(code, code))

    def day(self, value: date) -> str:
        return format_date(value, "d MMM y", locale=self.locale)

    def moment(self, value: datetime) -> str:
        return format_datetime(value, "d MMM y, HH:mm", tzinfo=self.zone, locale=self.locale)

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


# A page shows hundreds of amounts, most of them as the time before, and the locale's rules take their time.
@lru_cache(maxsize=20_000)
def _money(formats: Formats, minor: int) -> str:
    return str(format_currency(formats.major(minor), formats.currency, locale=formats.locale))


@lru_cache(maxsize=20_000)
def _number(locale: str, value: float) -> str:
    return str(format_decimal(value, locale=locale))


@lru_cache
def _percent_pattern(locale: str, digits: int) -> str:
    whole, _, rest = Locale.parse(locale).percent_formats[None].pattern.rpartition("0")
    decimals = f"0.{'0' * digits}" if digits else "0"
    return f"{whole}{decimals}{rest}"


@lru_cache(maxsize=20_000)
def _money_short(formats: Formats, minor: int) -> str:
    major = formats.major(minor)
    if abs(major) < COMPACT_FROM:
        return formats.money_whole(minor)
    rounded = significant(major, 3)
    words = str(format_compact_currency(rounded, formats.currency, locale=formats.locale, fraction_digits=2))
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
