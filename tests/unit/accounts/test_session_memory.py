"""Who was signed in is remembered for minutes, of so many sessions, and exactly that session."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain import Role, User
from app.web.identity.session_memory import KEPT_SECONDS, SessionMemory, SessionName

ADA = User(7, "Ada", "ada@shop.example", Role.ADMIN, "hash", 3, datetime(2026, 1, 1, tzinfo=UTC))
NAME = SessionName("7:3", "key")


def test_it_is_at_most_a_quarter_of_an_hour():
    assert KEPT_SECONDS <= 15 * 60
    now = [0.0]
    memory = SessionMemory(clock=lambda: now[0])
    memory.remember(NAME, ADA)
    now[0] = KEPT_SECONDS - 1
    assert memory.recall(NAME) == ADA
    now[0] = KEPT_SECONDS
    assert memory.recall(NAME) is None


@pytest.mark.parametrize("other", [SessionName("7:4", "key"), SessionName("7:3", "other"), SessionName("8:3", "key")])
def test_another_version_key_or_user_is_another_session(other):
    memory = SessionMemory()
    memory.remember(NAME, ADA)
    assert memory.recall(other) is None


def test_what_was_ended_is_forgotten():
    memory = SessionMemory()
    memory.remember(NAME, ADA)
    memory.forget(NAME)
    assert memory.recall(NAME) is None


def test_the_oldest_make_room():
    memory = SessionMemory(most=2)
    for key in ("a", "b", "c"):
        memory.remember(SessionName("7:3", key), ADA)
    assert [memory.recall(SessionName("7:3", key)) is not None for key in ("a", "b", "c")] == [False, True, True]


def test_a_stand_in_is_the_same_in_every_process_and_nobody_elses():
    assert NAME.stand_in("secret") == NAME.stand_in("secret")
    assert len({NAME.stand_in("secret"), NAME.stand_in("other"), SessionName("7:4", "key").stand_in("secret")}) == 3
    memory = SessionMemory()
    memory.note_stand_in(NAME)
    assert [memory.had_stand_in(NAME) for _ in range(2)] == [True, False]
