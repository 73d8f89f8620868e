"""Public answers are made once: per version, per entry that changed, and per way to compress them."""

from __future__ import annotations

import json

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from app.web.api.ready_bodies import ReadyBodies, ReadyBody, respond

Entry = tuple[str, int]
LONG = ReadyBody(json.dumps(["a lamp"] * 500).encode())


class Made:
    """Counts what is encoded."""

    def __init__(self) -> None:
        self.encoded: list[Entry] = []
        self.bodies: ReadyBodies[Entry] = ReadyBodies(self._encode, lambda entry: entry[0])

    def _encode(self, entry: Entry) -> bytes:
        self.encoded.append(entry)
        return json.dumps(entry).encode()

    def get(self, version: str, *entries: Entry, is_current: bool = True) -> object:
        return json.loads(self.bodies.get(version, lambda: (entries, ""), lambda: is_current).plain)


def test_a_version_is_made_once() -> None:
    made = Made()
    assert made.get("v1", ("a", 1), ("b", 2)) == made.get("v1") == [["a", 1], ["b", 2]]
    assert len(made.encoded) == 2


def test_of_the_next_version_only_what_changed_is_encoded() -> None:
    made = Made()
    made.get("v1", *((str(n), 5) for n in range(100)))
    made.encoded.clear()
    assert made.get("v2", *((str(n), 4 if n == 7 else 5) for n in range(100))) == [
        [str(n), 4 if n == 7 else 5] for n in range(100)
    ]
    assert made.encoded == [("7", 4)]


def test_what_changed_while_it_was_made_is_not_kept_under_that_version() -> None:
    """A stock of 5, 4 and 5 again has the version of the first."""
    made = Made()
    made.get("five", ("a", 4), is_current=False)
    assert made.get("five", ("a", 5)) == [["a", 5]]


def test_one_entry_is_found_by_its_thing_and_not_by_its_place() -> None:
    made = Made()
    made.get("v1", ("a", 1), ("b", 2))
    assert made.get("v2", ("b", 2), ("a", 1)) == [["b", 2], ["a", 1]]
    assert len(made.encoded) == 2


@pytest.mark.parametrize(
    ("accepted", "way"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("zstd", None),
        ("gzip;q=0", None),
        ("rubbish;;q==", None),
    ],
)
def test_it_is_sent_in_the_smallest_way_that_the_client_takes(accepted: str, way: str | None) -> None:
    request = Request(EnvironBuilder(headers={"Accept-Encoding": accepted}).get_environ())
    answer = respond(LONG, request)  # type: ignore[arg-type]
    assert answer.headers.get("Content-Encoding") == way
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (len(answer.data) < len(LONG.plain)) is (way is not None)
    again = respond(LONG, request)  # type: ignore[arg-type]
    assert again.data == answer.data


def test_a_short_one_is_not_compressed() -> None:
    request = Request(EnvironBuilder(headers={"Accept-Encoding": "br"}).get_environ())
    assert respond(ReadyBody(b"[]\n"), request).data == b"[]\n"  # type: ignore[arg-type]
