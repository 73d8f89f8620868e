"""Which of the packaged fonts has a character: by the script that its Unicode name begins with."""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib.resources import files
from pathlib import Path

from noto_cjk_sans_jp_regular import FONT_PATH

# Noto Sans of these scripts, of Latin and the rest of Greek and Cyrillic, and of signs.
SCRIPTS = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
    "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
)  # fmt: skip
# Their letters join, turn or change places; without that they are not read as what they are.
SHAPED = frozenset([
    "Bengali", "Devanagari", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Malayalam", "Myanmar", "Oriya", "Sinhala",
    "Tamil", "Telugu",
])  # fmt: skip
SIGNS = ("NotoSans", "NotoSansSymbols", "NotoEmoji")
CJK = "CJK"  # Chinese, Japanese and Korean
_EASTERN = re.compile("CJK|HIRAGANA|KATAKANA|HANGUL|FULLWIDTH|HALFWIDTH|IDEOGRAPHIC|BOPOMOFO")


@functools.cache
def script_of(character: str) -> str:
    """One of `SCRIPTS` or `CJK`, "" for all others."""
    name = unicodedata.name(character, "")
    if _EASTERN.match(name):
        return CJK
    script = re.split("[ -]", name.removeprefix("EXTENDED "))[0].title()  # "ARABIC-INDIC DIGIT ONE" too
    return script if script in SCRIPTS else ""


def cjk_font() -> Path:
    """The file of Noto Sans CJK, which has all of Chinese, Japanese and Korean, in the shapes that Japan writes."""
    return Path(str(FONT_PATH))


def noto(name: str) -> Path:
    """The file of "NotoSans", "NotoSansThai", "NotoEmoji"..."""
    return Path(str(files("manimgx_fonts") / f"{name}[wght].ttf"))
