"""Passwords: length counts, what guessers try first does not pass, and judging one is never much work."""

from __future__ import annotations

import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from zxcvbn.matching import RANKED_DICTIONARIES

from app.domain import PASSWORD_LONGEST
from app.errors import InvalidInput
from app.services.accounts.passwords import clean_password, hash_password, password_matches

GOOD = "seven wild geese"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 257,
        "password12",
        "Passwordpassword",
        "P@ssw0rd123",
        "aaaaaaaaaaaa",
        "1234567890",
        "0123456789",
        "9876543210",
        "abcabcabcabc",
        "qwertyuiop",
        "Ada Lovelace",
        "ada@shop.example",
        "adalovelace1815",
        "ada.lovelace.1815",
        "ecalevoladaecalevol",
        "4d4 l0v3l4c3!",
        "shop example 2026",
        "thisismypassword",
        "testing password!",
        "letmeinplease",
        "hunter2hunter2",
        "trustno1trustno1",
        "1q2w3e4r5t6y",
        "qazwsxedcrfv",
        "Summer2024!!",
        "correcthorsebatterystaple",
        "Correct Horse Battery Staple!",
        "Mary had a little lamb.",
        "to be or not to be",
        "iloveyou1234",
        "21.03.1985 !",
        "password" * 32,
        "🦆" * 12,
        "\ud800" * 12,
        b"seven wild geese",
        None,
        1234567890,
    ],
)
def test_guessable_passwords_are_refused_by_name(password):
    with pytest.raises(InvalidInput) as caught:
        clean_password(password, "ada@shop.example", "Ada Lovelace")
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "ten chars!", "пароль из слов", "kX9$vQ2mLp", "3c1f3a-9a8b7c"]
)
def test_long_passwords_need_no_special_characters(password):
    assert clean_password(password, "ada@shop.example", "Ada") == password


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 10 characters"),
        ("x" * 257, "at most 256 characters"),
        ("password1234", "first passwords that guessers try"),
        ("abcabcabcabc", "Repeats, dates and rows of keys"),
        ("Lovelace 1815!", "your name, your e-mail address and the shop's name"),
        ("retail-sync-1", "your name, your e-mail address and the shop's name"),
    ],
)
def test_the_message_says_what_is_wrong_with_it(password, words):
    with pytest.raises(InvalidInput, match=words):
        clean_password(password, "Ada Lovelace", "ada@shop.example", "Retail Sync")


def test_composed_and_decomposed_letters_are_the_same_password():
    typed = "drei grüne Bäume"
    kept = hash_password(unicodedata.normalize("NFD", typed))
    assert kept.startswith("$argon2id$")
    assert password_matches(kept, typed)
    assert not password_matches(kept, "drei grune Baume")


def test_a_hash_costs_a_guesser_what_owasp_asks_for() -> None:
    """In a process of its own: this one hashes quickly. Nobody's hash takes as long to check as somebody's."""
    program = """
from app.services.accounts import accounts, passwords
assert accounts.HASHING is passwords.HASHING
print(passwords.hash_password("seven wild geese"))
"""
    kept = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$"), kept


def test_the_longest_password_counts_to_its_end():
    password = (GOOD + " ") * 20
    longest = password[:PASSWORD_LONGEST]
    kept = hash_password(longest)
    assert password_matches(kept, longest)
    assert not password_matches(kept, longest[:-1] + "!")


def test_judging_a_password_made_to_be_much_work_takes_a_moment():
    start = time.process_time()
    clean_password("4@8({[<369&#!10+$57%2" * 12)
    assert time.process_time() - start < 2, "some 0.2 s; the work grows faster than the length"


def test_nobodys_words_stay_behind_or_count_for_somebody_else():
    people = [f"Person{letter * 6} Quaint{letter * 4}" for letter in "bcdfghjk"]

    def judge(name: str) -> list[bool]:
        refused = []
        for other in people:
            try:
                clean_password(f"{other.replace(' ', '')}!", name)
                refused.append(False)
            except InvalidInput:
                refused.append(True)
        return refused

    alone = [judge(name) for name in people]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(judge, people)) == alone
    assert all(refused[n] for n, refused in enumerate(alone))
    assert not any("personbbbbbb" in words for words in RANKED_DICTIONARIES.values())
