"""How many live streams one session and one network hold."""

from __future__ import annotations

import pytest

from app.errors import Throttled
from app.services.limits.stream_caps import PER_NETWORK, PER_SESSION, StreamCaps
from tests.support.concurrency import at_once


def test_a_session_and_a_network_hold_so_many_until_one_is_given_back():
    caps = StreamCaps(per_session=2, per_network=3)
    held = [caps.take(session, "office") for session in ("ada", "ada", "zoe")]
    for session, network in (("ada", "home"), ("eva", "office")):
        for ask in (caps.take, caps.check):
            with pytest.raises(Throttled, match="Close some of them"):
                ask(session, network)
    for _ in range(2):
        held[0]()  # given back once, however often
    held.append(caps.take("eva", "office"))
    with pytest.raises(Throttled):
        caps.take("eva", "office")
    for give_back in held:
        give_back()
    assert len(caps) == 0, "nothing is remembered of who has left"


def test_of_sixteen_at_once_so_many_get_in_as_there_is_room():
    caps = StreamCaps(per_session=5)

    def try_one(_: int) -> bool:
        try:
            caps.take("ada", "office")
        except Throttled:
            return False
        return True

    assert sum(at_once(16, try_one)) == 5


def test_an_office_behind_one_address_has_room_for_many_browsers():
    assert PER_NETWORK >= 10 * PER_SESSION
