"""Answers that are the same for everybody are sent again without the application, and only those."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import StoreUnavailable
from app.ops import request_log
from app.web.ready_answers import ReadyAnswers

PATH = "/api/products"


class Shop:
    """An application that counts what it is asked, behind the ready answers."""

    def __init__(self) -> None:
        self.asked, self.version, self.headers = 0, 1, [("Content-Type", "application/json")]
        self.status, self.while_asked = "200 OK", lambda: None
        self.is_away = False
        self._ready = ReadyAnswers(self._answer, {PATH: "api.products"}, self._now, "")

    def _now(self) -> int:
        if self.is_away:
            raise StoreUnavailable("away")
        return self.version

    def _answer(self, environ: Any, start_response: Any) -> list[bytes]:
        self.asked += 1
        body = f"{environ.get('HTTP_ACCEPT_ENCODING')} {environ['QUERY_STRING']} {self.version}".encode()
        self.while_asked()
        start_response(self.status, [*self.headers, (request_log.HEADER, f"request-{self.asked}")])
        return [body]

    def get(self, path: str = PATH, query: str = "", method: str = "GET", **headers: str) -> tuple[str, dict, bytes]:
        said: list[Any] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, **headers}
        body = b"".join(self._ready(environ, lambda *words: said.append(words)))
        return said[0][0], dict(said[0][1]), body


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_the_second_of_the_same_is_ready_but_for_its_request_id(shop: Shop):
    first, second = shop.get(), shop.get(HTTP_COOKIE="retail_session=somebody")
    assert shop.asked == 1
    assert (first[0], first[2]) == (second[0], second[2])
    ids = [answer[1].pop(request_log.HEADER) for answer in (first, second)]
    assert first[1] == second[1]
    assert len(set(ids)) == 2
    assert all(ids)


def test_a_new_version_is_asked_for_at_once(shop: Shop):
    shop.get()
    shop.version = 2
    assert shop.get()[2] == b"None  2"
    assert shop.asked == 2


def test_an_answer_during_which_something_changed_is_not_kept(shop: Shop):
    def change() -> None:
        shop.version = 2
        shop.while_asked = lambda: None

    shop.while_asked = change
    assert shop.get()[2] == b"None  1"
    assert shop.get()[2] == b"None  2"


@pytest.mark.parametrize(
    "other",
    [
        {"query": "limit=5"},
        {"HTTP_ACCEPT_ENCODING": "br"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_IF_NONE_MATCH": 'W/"a"'},
        {"HTTP_RANGE": "bytes=0-1"},
        {"CONTENT_LENGTH": "3"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"method": "POST"},
        {"method": "HEAD"},
        {"path": "/api/cart"},
        {"query": "q=" + "x" * 600},
    ],
)
def test_another_question_is_the_applications(shop: Shop, other: dict[str, str]):
    shop.get()
    shop.get(**other)
    assert shop.asked == 2


@pytest.mark.parametrize("special", [{"status": "404 NOT FOUND"}, {"headers": [("Set-Cookie", "a=b")]}])
def test_what_is_not_for_everybody_is_not_kept(shop: Shop, special: dict[str, Any]):
    vars(shop).update(special)
    shop.get()
    shop.get()
    assert shop.asked == 2


def test_while_the_catalogue_is_away_the_application_says_so(shop: Shop):
    shop.get()
    shop.is_away = True
    shop.get()
    assert shop.asked == 2


def test_ready_answers_are_counted_and_logged(shop: Shop, caplog: pytest.LogCaptureFixture):
    shop.get()
    with caplog.at_level("INFO", "app.access"):
        shop.get()
    assert [record.message.startswith("GET api.products 200 in ") for record in caplog.records] == [True]
