"""The streams of one session ask together whether it still holds."""

from __future__ import annotations

from app.web.streams.rechecks import Rechecks


def test_the_database_is_asked_once_for_all_streams_of_a_session():
    rechecks, asked = Rechecks(3_600), []

    def ask() -> bool:
        asked.append("ada")
        return False

    assert [rechecks.still("ada", ask) for _ in range(3)] == [False, False, False]
    assert asked == ["ada"]
    assert rechecks.still("bob", lambda: True)


def test_who_comes_while_the_database_is_asked_does_not_ask_too():
    rechecks, meanwhile = Rechecks(3_600), []

    def ask() -> bool:
        meanwhile.append(rechecks.still("ada", lambda: not meanwhile.append("asked too")))
        return False

    assert not rechecks.still("ada", ask)
    assert meanwhile == [True]


def test_an_answer_holds_for_its_seconds_only():
    rechecks = Rechecks(0)
    assert rechecks.still("ada", lambda: True)
    assert not rechecks.still("ada", lambda: False)
