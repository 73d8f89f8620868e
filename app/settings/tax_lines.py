"""Tax rates as admins write them: one per line, its parts parted by commas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from app import numbers
from app.domain.places import address_rules, countries
from app.domain.taxes import TAX_CLASSES, RateRule
from app.errors import InvalidInput

EVERYWHERE = "*"
MOST_RATES = 400
FORM = "country, region, class, percent, name, from, to"
_NAME, _REGION = 40, 80  # characters
_MOST_PERCENT = Decimal(100)
_LONGEST = 10  # characters of a percentage


def parse_rates(text: str, field: str) -> tuple[RateRule, ...]:
    """Raises InvalidInput that names the line."""
    rules: list[RateRule] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                rules.append(_rule(line))
            except ValueError as error:
                raise InvalidInput(f"Line {number}: {error}", field) from None
            if any(rules[-1].clashes_with(other) for other in rules[:-1]):
                raise InvalidInput(
                    f"Line {number}: there is a rate of this place, class and name already for some of these days. "
                    "End the earlier one, or give them different names if both are due.",
                    field,
                )
    if len(rules) > MOST_RATES:
        raise InvalidInput(f"There may be at most {MOST_RATES} rates.", field)
    return tuple(rules)


def rates_text(rules: Sequence[RateRule]) -> str:
    """As `parse_rates` reads it, each written the same way every time."""
    return "\n".join(_line(rule) for rule in rules)


def percent_text(rate: Decimal) -> str:
    """0.175 is 17.5."""
    return f"{(rate * 100).normalize():f}"


def _line(rule: RateRule) -> str:
    parts = [rule.country or EVERYWHERE, rule.region, rule.tax_class, percent_text(rule.rate), rule.name]
    parts += [day.isoformat() if day else "" for day in (rule.starts, rule.ends)]
    while not parts[-1]:
        parts.pop()
    return ", ".join(parts)


def _rule(line: str) -> RateRule:
    parts = [part.strip() for part in (line.split("\t") if "\t" in line else line.split(","))]
    if not 4 <= len(parts) <= 7:
        raise ValueError(f"write {FORM}. What comes after the percentage may be left out.")
    country, region, tax_class, percent, name, starts, ends = (*parts, "", "", "")[:7]
    country = _country(country)
    rule = RateRule(
        country, _region(country, region), _class(tax_class), _rate(percent), name, _day(starts), _day(ends)
    )
    if len(name) > _NAME or not name.isprintable():
        raise ValueError(f"a name has at most {_NAME} characters.")
    if rule.starts and rule.ends and rule.ends < rule.starts:
        raise ValueError("its last day is before its first.")
    return rule


def _country(text: str) -> str:
    code = text.upper()
    if code == EVERYWHERE:
        return ""
    if code not in countries():
        raise ValueError(
            f"{text[:20] or 'nothing'} is no country. Write its two letters, such as DE, or * for everywhere."
        )
    return code


def _region(country: str, text: str) -> str:
    if not text:
        return ""
    if not country:
        raise ValueError("a region needs its country.")
    areas = address_rules(country).areas
    if areas:
        known = address_rules(country).area(text)
        if known is None:
            raise ValueError(f"{text[:40]} is no region of {countries()[country]}, such as {areas[0].label}.")
        return known.value
    if len(text) > _REGION or not text.isprintable():
        raise ValueError(f"a region has at most {_REGION} characters.")
    return text


def _class(text: str) -> str:
    name = text.lower().replace(" ", "_")
    if name not in TAX_CLASSES:
        raise ValueError(f"{text[:20] or 'nothing'} is no class. They are {', '.join(TAX_CLASSES)}.")
    return name


def _rate(text: str) -> Decimal:
    try:
        percent = numbers.amount(text[:_LONGEST].removesuffix("%"))
        if len(text) > _LONGEST or not 0 <= percent <= _MOST_PERCENT or percent != round(percent, 4):
            raise ValueError
    except ValueError:
        raise ValueError("a percentage is a number from 0 to 100 such as 19 or 5.5.") from None
    return (percent / 100).normalize() if percent else Decimal(0)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return numbers.day(text)
    except ValueError:
        raise ValueError(f"{text[:20]} is no day. Write it like 2027-01-31.") from None
