"""Passwords: what is accepted, how it is kept, and whether one matches. Kept as argon2id hashes only.

Length counts and not what kinds of characters (NIST SP 800-63B). What is too easy to guess is judged by
zxcvbn, whose bundled lists of leaked passwords, names and common words need no connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.blocking import offload
from app.domain import PASSWORD_LONGEST, PASSWORD_SHORTEST
from app.errors import InvalidInput
from app.services.checks import composed
from app.words import mark

# OWASP's first choice for argon2id: 19 MiB and two passes per sign-in.
HASHING = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Fewer guesses than this and a password is refused. Ten random characters take 10^10, three unrelated words 10^13.
FEWEST_GUESSES = 10**9
# zxcvbn's work grows with the square of the length: what is beyond is not looked at.
_JUDGED_LENGTH = 24
_OWN_WORD_LENGTH = 3  # shorter parts of a name are in half of all words

# Whole phrases from lists of leaked passwords: word by word zxcvbn takes them for hard to guess.
# Nothing but letters and digits, as they are compared.
_FAMOUS = frozenset((Path(__file__).parent / "famous_phrases.txt").read_text().split())
_COMMON = mark("This is among the first passwords that guessers try. A few unrelated words make a good one.")
_PATTERN = mark("Repeats, dates and rows of keys are easy to guess. A few unrelated words make a good one.")
_OWN = mark(
    "Without your name, your e-mail address and the shop's name too little is left of this password. "
    "A few unrelated words make a good one."
)
_REASONS = {"user_inputs": _OWN, "dictionary": _COMMON}


def clean_password(value: object, *own: str) -> str:
    """The password in composed Unicode, if it is long enough and not easy to guess.

    `own`: the person's name and e-mail address and the shop's name, which count for nothing in it.
    Takes up to half a second of computing for passwords made for that. Raises InvalidInput("password").
    """
    password = _normal(value)
    if len(password) < PASSWORD_SHORTEST:
        raise InvalidInput(mark("A password needs at least {count} characters.", count=PASSWORD_SHORTEST), "password")
    if re.sub(r"[\W_]+", "", password.casefold()) in _FAMOUS:
        raise InvalidInput(_COMMON, "password")
    words = _own_words(own)
    rest = _without(password, words)
    guesses, pattern = _judge(rest, words)
    if guesses < FEWEST_GUESSES:
        reason = "user_inputs" if rest != password else pattern
        raise InvalidInput(_REASONS.get(reason, _PATTERN), "password")
    return password


def hash_password(value: object, *own: str) -> str:
    """The hash of a password that `clean_password` accepts, computed off the hub. Raises InvalidInput."""
    return offload(lambda: HASHING.hash(clean_password(value, *own)))


def password_matches(stored: str, given: object) -> bool:
    """Whether it is the password behind a hash; computed off the hub. Raises InvalidInput for what is no text."""
    try:
        password = _normal(given)
    except InvalidInput:
        if not isinstance(given, str):
            raise
        password = ""  # nobody's; that takes as long to find out as with any other
    return offload(_matches, stored, password)


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHING.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: object) -> str:
    """The same password typed on another keyboard gives the same bytes."""
    text = composed(password, "password", PASSWORD_LONGEST, mark("A password")).encode("utf-8", "replace").decode()
    if len(text) > PASSWORD_LONGEST:
        raise InvalidInput(mark("A password may have at most {count} characters.", count=PASSWORD_LONGEST), "password")
    return text


def _own_words(own: Iterable[str]) -> tuple[str, ...]:
    """Names and their parts, written together too, the longest first: "ada lovelace", "adalovelace", "lovelace"..."""
    words: set[str] = set()
    for text in own:
        folded = text.casefold()
        parts = [part for part in re.split(r"[\W_]+", folded) if part]
        words |= {folded, folded.partition("@")[0], "".join(parts), *parts}
    return tuple(sorted((word for word in words if len(word) >= _OWN_WORD_LENGTH), key=lambda w: (-len(w), w)))


def _without(password: str, words: Iterable[str]) -> str:
    for word in words:
        password = re.sub(re.escape(word), "", password, flags=re.IGNORECASE)
    return password


def _judge(password: str, own: Iterable[str]) -> tuple[Decimal, str]:
    """How many guesses it takes, and what covers most of it: "dictionary", "repeat", "user_inputs"...

    Not by `zxcvbn.zxcvbn`, which keeps the words it is given in a global that the next thread overwrites.
    """
    judged = password[:_JUDGED_LENGTH]
    if not judged:
        return Decimal(1), "dictionary"
    # Its lists are 13 MB, and new passwords are rare.
    from zxcvbn.matching import RANKED_DICTIONARIES, build_ranked_dict, omnimatch
    from zxcvbn.scoring import most_guessable_match_sequence

    dictionaries = {**RANKED_DICTIONARIES, "user_inputs": build_ranked_dict(list(own))}
    result: dict[str, Any] = most_guessable_match_sequence(judged, omnimatch(judged, dictionaries))
    longest = max(result["sequence"], key=lambda match: match["j"] - match["i"], default={"pattern": ""})
    is_own = longest.get("dictionary_name") == "user_inputs"
    return Decimal(result["guesses"]), "user_inputs" if is_own else str(longest["pattern"])
