"""The texts that the shop's scripts show, for the head of a document: those of its language, and none for English."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from pathlib import Path

from babel import Locale
from babel.plural import PluralRule

from app.words import Language, say, say_many, speaking
from app.words.languages import ENGLISH

_ASSETS = Path(__file__).parents[3] / "assets"
_CALLS = re.compile(r'\b(?:say|sayMany)\(\s*"([^"]+)"(?:,\s*"([^"]+)")?')
_COUNTED = 200  # from 100 on the rules of these languages repeat after each hundred


@cache
def meta(language: Language) -> str:
    if language is ENGLISH:
        return ""
    with speaking(language):
        words: dict[str, str | list[str]] = {"": _rule(language)}
        words |= {one: _forms(one, many, language) if many else say(one) for one, many in _texts()}
    content = json.dumps(words, separators=(",", ":"), ensure_ascii=False)
    return f'<meta name="shop-words" content="{escape(content)}">\n'


def _texts() -> list[tuple[str, str]]:
    code = "\n".join(path.read_text() for path in sorted(_ASSETS.glob("[0-4]*.js")))
    return sorted(set(_CALLS.findall(code)))


def _rule(language: Language) -> str:
    """For each number the place of its form."""
    return "".join(str(_tags(language).index(_of(language, number))) for number in range(_COUNTED))


def _forms(one: str, many: str, language: Language) -> list[str]:
    first = {_of(language, number): number for number in reversed(range(_COUNTED))}
    return [say_many(one, many, first[tag], count="{count}") for tag in _tags(language)]


def _tags(language: Language) -> list[str]:
    return sorted({_of(language, number) for number in range(_COUNTED)})


def _of(language: Language, number: int) -> str:
    rule: PluralRule = Locale.parse(language.code).plural_form
    return rule(number)
