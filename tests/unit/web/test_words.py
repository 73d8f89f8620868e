"""Texts in the language that is spoken, and addresses that keep it."""

from __future__ import annotations

import pytest

from app.addresses import to, with_next
from app.errors import OutOfStock, Shortage, Throttled
from app.web.languages import spelt, split
from app.words import BY_CODE, ENGLISH, LANGUAGES, language, mark, mark_many, say, say_many, say_with, speaking
from app.words.languages import Language


class TestSpeaking:
    def test_is_english_wherever_nothing_else_is_said(self) -> None:
        assert language() is ENGLISH
        with speaking("xx"):
            assert language() is ENGLISH

    def test_ends_with_its_block_also_by_an_error(self) -> None:
        with pytest.raises(ValueError, match="over"), speaking("de"):
            raise ValueError("over")
        assert language() is ENGLISH


class TestSay:
    def test_translates_and_fills_in(self) -> None:
        assert say("Add {name} to the cart", name="Bowl {1}") == "Add Bowl {1} to the cart"
        with speaking("de"):
            assert say("Cart") == "Warenkorb"

    def test_what_no_catalogue_has_stays_as_it_is(self) -> None:
        with speaking("ar"):
            assert say("no such text") == "no such text"
            assert say("") == ""

    @pytest.mark.parametrize("one", LANGUAGES, ids=lambda one: one.code)
    def test_every_count_has_a_form(self, one: Language) -> None:
        with speaking(one):
            said = {number: say_many("{count} item", "{count} items", number) for number in (0, 1, 2, 3, 11, 100, 1001)}
        assert all("{" not in words for words in said.values())
        assert len(set(said.values())) > 1

    def test_children_stand_where_the_language_has_them(self) -> None:
        assert say_with("For {email}. Every session and API token of this account ends.", email=7) == [
            "For ", 7, ". Every session and API token of this account ends."
        ]  # fmt: skip


class TestMark:
    def test_is_the_english_sentence_until_it_is_said(self) -> None:
        wait = Throttled(30)
        assert wait.message == "Too many attempts. Try again in 30 seconds."
        with speaking("de"):
            assert wait.message == "Too many attempts. Try again in 30 seconds."
            assert say(wait.message) == "Zu viele Versuche. Versuchen Sie es in 30 Sekunden erneut."

    def test_sentences_in_a_row_are_each_translated(self) -> None:
        short = OutOfStock([Shortage("p1", "Bowl", 2, 0), Shortage("p2", "{Lamp}", 3, 1)])
        assert short.message == "Bowl is sold out. Only 1 of {Lamp} left; you asked for 3."
        with speaking("de"):
            assert say(short.message) == "Bowl ist ausverkauft. Von {Lamp} sind nur noch 1 da; Sie wollten 3."

    def test_counts_take_the_form_of_the_language_that_is_spoken_later(self) -> None:
        two = mark_many("{count} minute", "{count} minutes", 2)
        assert two == "2 minutes"
        with speaking("ar"):
            assert say(mark("Too many attempts. Try again in {time}.", time=two)).endswith("دقيقتين.")


class TestAddresses:
    def test_keep_the_language(self) -> None:
        assert to("/cart") == "/cart"
        with speaking("hi"):
            assert to("/cart") == "/hi/cart"
            assert with_next(to("/login"), to("/orders")) == "/hi/login?next=%2Fhi%2Forders"
            assert with_next(to("/login"), to("/")) == "/hi/login"

    @pytest.mark.parametrize(
        ("path", "parts"),
        [
            ("/de/cart", ("/de", "/cart")),
            ("/de/", ("/de", "/")),
            ("/de", ("", "/de")),
            ("/en/cart", ("", "/en/cart")),
            ("/design", ("", "/design")),
            ("/DE/cart", ("", "/DE/cart")),
            ("/de//evil.example", ("/de", "//evil.example")),
        ],
    )
    def test_are_parted_at_their_first_step(self, path: str, parts: tuple[str, str]) -> None:
        assert split(path) == parts

    @pytest.mark.parametrize(
        ("path", "right"),
        [("/de", "/de/"), ("/DE", "/de/"), ("/De/cart", "/de/cart"), ("/de/cart", None), ("/cart", None)],
    )
    def test_in_capitals_lead_to_the_right_ones(self, path: str, right: str | None) -> None:
        assert spelt(path) == right


def test_english_has_no_address_of_its_own_and_all_others_have() -> None:
    assert [one.prefix for one in LANGUAGES] == ["", "/hi", "/de", "/ar"]
    assert BY_CODE["ar"].direction == "rtl"
