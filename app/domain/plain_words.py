"""Words without case and accents, as people search for them: "Zoe" finds "Zoë", and "Zoë" finds "Zoe"."""

from __future__ import annotations

import unicodedata

# Letters that are no letter with an accent, and what people type for them.
_OWN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "þ": "th"}
)


def plain(words: str) -> str:
    """Of scripts whose vowel signs are parts of words, only what combines with a letter is left out."""
    if words.isascii():
        return words.lower()
    apart = unicodedata.normalize("NFKD", words).casefold().translate(_OWN)
    return "".join(c for c in apart if not unicodedata.combining(c))
