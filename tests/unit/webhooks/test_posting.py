"""Posts to addresses of others: to public ones only, pinned to what was checked, within a time and a size."""

from __future__ import annotations

import ssl
import threading
import time
from pathlib import Path

import pytest

from app.services.webhooks.ports import NotPosted
from app.stores.outside.posting import MOST_READ, NOT_PUBLIC, HttpPoster
from tests.support.certificates import authority
from tests.support.hearing import hearing

HEADERS = {"content-type": "application/json", "webhook-id": "msg_1"}


def local(**options: object) -> HttpPoster:
    return HttpPoster(allows_local=True, **options)  # type: ignore[arg-type]


def leading_to(*addresses: str) -> HttpPoster:
    return HttpPoster(resolve=lambda host, port: addresses)


def test_an_answer_has_its_status_and_the_beginning_of_its_body():
    with hearing(status=202, body=b"\xff thanks", headers={"Retry-After": "7"}) as hearer:
        answer = local().post(hearer.url, HEADERS, b'{"a":1}')
    assert (answer.status, answer.body, answer.retry_after) == (202, "\ufffd thanks", 7.0)
    (heard,) = hearer.heard
    assert (heard.path, heard.body, heard.headers["webhook-id"]) == ("/hook", b'{"a":1}', "msg_1")


def test_redirects_are_not_followed():
    with hearing() as inside, hearing(status=307, headers={"Location": inside.url}) as hearer:
        assert local().post(hearer.url, HEADERS, b"{}").status == 307
    assert inside.heard == []


def test_of_a_long_answer_only_the_beginning_is_read():
    with hearing(body=b"x" * 10_000_000) as hearer:
        answer = local().post(hearer.url, HEADERS, b"{}")
    assert answer.body == "x" * MOST_READ


def test_an_answer_that_drips_is_left_after_the_time_of_the_whole_try():
    with hearing(drips=True) as hearer:
        began = time.monotonic()
        with pytest.raises(NotPosted, match="in time"):
            local(total_seconds=0.3).post(hearer.url, HEADERS, b"{}")
        assert time.monotonic() - began < 2


def test_a_lookup_that_hangs_ends_with_the_try_and_nothing_is_sent_after_it():
    """The turn of an endpoint lasts longer than a try: else another worker would send the same at one time."""
    over, looked = threading.Event(), threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        over.wait(5)
        looked.set()
        return ["127.0.0.1"]

    with hearing() as hearer:
        began = time.monotonic()
        with pytest.raises(NotPosted, match="in time"):
            local(total_seconds=0.2, resolve=hangs).post(f"http://hook.example:{hearer.port}/", HEADERS, b"{}")
        assert time.monotonic() - began < 2
        over.set()
        assert looked.wait(5)
    assert hearer.heard == []


def test_nobody_there_is_said_so():
    with hearing() as hearer:
        pass
    with pytest.raises(NotPosted, match="No connection"):
        local().post(hearer.url, HEADERS, b"{}")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/", "https://2130706433/", "https://127.1/",
        "https://0x7f000001/", "https://localhost/",
    ],
)  # fmt: skip
def test_addresses_of_our_own_are_never_connected_to_however_they_are_written(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("it connected"))
    with pytest.raises(NotPosted) as refused:
        HttpPoster().post(url, HEADERS, b"{}")
    assert refused.value.words == NOT_PUBLIC


def test_a_name_that_leads_to_one_address_of_our_own_is_refused_with_all_others():
    with pytest.raises(NotPosted, match="not public"):
        leading_to("8.8.8.8", "10.0.0.7").post("https://hook.example/", HEADERS, b"{}")


def test_it_is_connected_to_what_was_checked_and_not_to_what_the_name_leads_to_later():
    """DNS rebinding: the name is asked once, and the connection is to that answer."""
    with hearing() as hearer:
        answers = iter([["127.0.0.1"], ["10.0.0.7"]])
        poster = local(resolve=lambda host, port: next(answers))
        url = f"http://hook.example:{hearer.port}/hook"
        assert poster.post(url, HEADERS, b"{}").status == 200
        assert hearer.heard[0].headers["host"] == f"hook.example:{hearer.port}"
        with pytest.raises(NotPosted, match="not public"):
            poster.post(url, HEADERS, b"{}")
    assert len(hearer.heard) == 1


def test_the_next_address_of_a_host_is_tried_when_the_first_does_not_answer():
    with hearing() as hearer:
        poster = local(resolve=lambda host, port: ["127.0.0.99", "127.0.0.1"])
        assert poster.post(f"http://hook.example:{hearer.port}/", HEADERS, b"{}").status == 200


def test_a_host_that_cannot_be_found_is_said_so():
    with pytest.raises(NotPosted, match=r"nowhere\.example cannot be found"):
        leading_to().check("nowhere.example", 443)


def test_development_may_reach_this_machine_and_no_other():
    local().check("127.0.0.1", 80)
    for host in ("10.0.0.1", "169.254.169.254", "192.168.0.1"):
        with pytest.raises(NotPosted, match="not public"):
            local().check(host, 80)


class TestCertificates:
    def test_a_certificate_counts_for_the_name_and_not_for_the_address_behind_it(self, tmp_path: Path) -> None:
        files = tuple(map(str, authority().sign_for("127.0.0.1", tmp_path)))
        trusted = ssl.create_default_context(cadata=authority().pem)
        with hearing(certificate=files) as hearer:  # type: ignore[arg-type]
            poster = local(trusted=trusted, resolve=lambda host, port: ["127.0.0.1"])
            assert poster.post(f"https://127.0.0.1:{hearer.port}/", HEADERS, b"{}").status == 200
            with pytest.raises(NotPosted, match="certificate"):
                poster.post(f"https://hook.example:{hearer.port}/", HEADERS, b"{}")
        assert len(hearer.heard) == 1

    def test_one_that_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        files = tuple(map(str, authority("somebody").sign_for("127.0.0.1", tmp_path)))
        with (
            hearing(certificate=files) as hearer,  # type: ignore[arg-type]
            pytest.raises(NotPosted, match="certificate"),
        ):
            local().post(f"https://127.0.0.1:{hearer.port}/", HEADERS, b"{}")
        assert hearer.heard == []
