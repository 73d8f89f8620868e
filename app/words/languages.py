"""The languages that the shop speaks, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError


@dataclass(frozen=True)
class Language:
    """`name` is what it is called in itself."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"

    @property
    def prefix(self) -> str:
        """What addresses of its pages begin with; English has none."""
        return "" if self.code == "en" else f"/{self.code}"

    def locale(self, store_locale: str, country: str = "") -> str:
        """How it writes numbers and days: the shop's own locale where that is of this language, or English is read.

        Else the language as in `country`, if there is such a locale.
        """
        if self.code == "en" or store_locale.replace("-", "_").split("_")[0] == self.code:
            return store_locale
        return _regional(self.code, country)

    def tag(self, store_locale: str) -> str:
        """For `lang` in HTML."""
        is_own = store_locale.replace("-", "_").split("_")[0] == self.code
        return store_locale.replace("_", "-") if is_own else self.code


ENGLISH = Language("en", "English")
LANGUAGES = (ENGLISH, Language("hi", "हिन्दी"), Language("de", "Deutsch"), Language("ar", "العربية", "rtl"))
BY_CODE = {one.code: one for one in LANGUAGES}


@lru_cache
def _regional(code: str, country: str) -> str:
    try:
        return str(Locale.parse(f"{code}_{country}")) if country else code
    except (UnknownLocaleError, ValueError):
        return code
