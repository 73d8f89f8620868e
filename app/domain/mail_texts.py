"""What a shop says in its own words in the mails that its buyers get, per mail and language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.words import LANGUAGES, language

# Of each mail the {places} that its texts may hold. Their names are stored in what people wrote.
PLACES: Mapping[str, tuple[str, ...]] = {
    "receipt": ("name", "number", "store", "amount"),
    "shipped": ("name", "number", "store", "carrier", "tracking"),
    "delivered": ("name", "number", "store"),
    "refund": ("name", "number", "store", "amount"),
}
PARTS = ("subject", "opening", "closing")
PART_LENGTHS = {"subject": 120, "opening": 800, "closing": 800}  # characters
_PLACE = re.compile(r"\{([a-z]+)\}")


def setting_of(mail: str, code: str, part: str) -> str:
    """The name under which a text is kept; `code`: of the language."""
    return f"mail_{mail}_{code}_{part}"


TEXT_SETTINGS: Mapping[str, tuple[str, str, str]] = {
    setting_of(mail, one.code, part): (mail, one.code, part) for mail in PLACES for one in LANGUAGES for part in PARTS
}


def wrong_place(mail: str, text: str) -> str | None:
    """What in braces the text of a mail holds and nothing stands for; None: all is right."""
    for found in _PLACE.finditer(text):
        if found[1] not in PLACES[mail]:
            return found[0]
    left = _PLACE.sub("", text)
    return next((brace for brace in "{}" if brace in left), None)


@dataclass(frozen=True)
class OwnTexts:
    """Of one mail in one language, its places filled; empty where the shop's usual words stand."""

    subject: str = ""
    opening: tuple[str, ...] = ()  # paragraphs
    closing: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailTexts:
    """All that are set, by the names of `TEXT_SETTINGS`."""

    texts: tuple[tuple[str, str], ...] = ()

    def of(self, mail: str, values: Mapping[str, str]) -> OwnTexts:
        """In the language that is spoken, with `values` in the places: texts, in which nothing is a place."""
        known, code = dict(self.texts), language().code

        def filled(part: str) -> str:
            text = known.get(setting_of(mail, code, part), "")
            return _PLACE.sub(lambda found: values.get(found[1], ""), text)

        return OwnTexts(filled("subject"), _paragraphs(filled("opening")), _paragraphs(filled("closing")))


NO_TEXTS = MailTexts()


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(one for part in re.split(r"\n\s*\n", text) if (one := part.strip()))
