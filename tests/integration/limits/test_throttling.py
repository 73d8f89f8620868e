"""Throttled sign-in, sign-up and reset on the wired shop: over HTTP, under attack, behind proxies, after a restart."""

from __future__ import annotations

import statistics
import time
from collections import Counter

import flask
import pytest
import requests
from sqlalchemy import select

from app.domain import Role
from app.errors import Throttled, WrongCredentials
from app.server import _trust_proxies
from app.services.accounts.sign_in import Device
from app.services.limits.throttle import MAIL_MAILBOX, SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_UP_ADDRESS
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import throttles
from app.web.identity import caller, devices
from app.wiring import composition
from tests.support.browsers import after, is_signed_in, new_person
from tests.support.concurrency import at_once
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, forget_attempts, refused
from tests.support.world import hire

WRONG = "wrong wrong wrong"


@pytest.fixture
def person(wired_app):
    return new_person(wired_app)


def login(client, email, password=WRONG, address="203.0.113.1", **headers):
    return client.post(
        "/api/login",
        json={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
        headers=headers,
    )


class TestOverHttp:
    def test_too_many_wrong_passwords_are_a_429_that_says_when(self, wired_app, person):
        client = wired_app.client()
        for _ in range(SIGN_IN_ACCOUNT.burst):
            refused(login(client, person.email), 401, "wrong_credentials")
        answer = login(client, person.email, PASSWORD)
        body = refused(answer, 429, "throttled")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert "Try again in" in body["message"]
        assert not is_signed_in(client)

    def test_being_throttled_tells_nobody_who_exists(self, wired_app, person):
        def shape(email):
            answers = [login(wired_app.client(), email, address="203.0.113.2") for _ in range(8)]
            return [(one.status_code, one.json["code"], sorted(one.headers.keys())) for one in answers]

        assert shape(person.email) == shape("nobody-at-all@shop.example")

    def test_a_refused_attempt_costs_no_hashing(self, wired_app, person):
        def milliseconds():
            started = time.perf_counter()
            login(wired_app.client(), person.email, address="203.0.113.3")
            return (time.perf_counter() - started) * 1000

        looked_at = [milliseconds() for _ in range(SIGN_IN_ACCOUNT.burst)]
        refused_ = [milliseconds() for _ in range(20)]
        assert statistics.median(refused_) < statistics.median(looked_at)

    def test_parallel_guesses_do_not_slip_through(self, wired_app, person, monkeypatch):
        clients = [wired_app.client() for _ in range(24)]
        looked_at, authenticate = [], wired_app.services.accounts.authenticate

        def counting(email, password):
            looked_at.append(email)
            return authenticate(email, password)

        monkeypatch.setattr(wired_app.services.accounts, "authenticate", counting)
        codes = at_once(24, lambda n: login(clients[n], person.email, address=f"203.0.114.{n}").status_code)
        assert Counter(codes) == {401: SIGN_IN_ACCOUNT.burst, 429: 24 - SIGN_IN_ACCOUNT.burst}
        assert len(looked_at) == SIGN_IN_ACCOUNT.burst

    def test_right_passwords_are_never_throttled(self, wired_app, person):
        for _ in range(SIGN_IN_ADDRESS.burst + 5):
            assert login(wired_app.client(), person.email, PASSWORD, "203.0.113.4").status_code == 200

    def test_signing_up_has_a_bound_per_address(self, wired_app, person):
        taken = {"fullname": "Ada", "email": person.email, "password": PASSWORD}
        client = wired_app.client()

        def sign_up(address):
            return client.post("/api/signup", json=taken, environ_base={"REMOTE_ADDR": address})

        answers = [sign_up("203.0.113.5") for _ in range(SIGN_UP_ADDRESS.burst + 5)]  # a slow machine gains one or two
        assert {one.status_code for one in answers[: SIGN_UP_ADDRESS.burst]} == {409}
        refused(answers[-1], 429, "throttled")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 20
        refused(sign_up("203.0.113.6"), 409, "email_taken")

    @pytest.mark.parametrize("email", ["someone-or-nobody@shop.example", None])
    def test_resets_have_a_bound_per_account(self, wired_app, person, email):
        email = email or person.email
        for _ in range(MAIL_MAILBOX.burst):
            wired_app.services.sign_ins.request_reset(email, "203.0.113.7")
        with pytest.raises(Throttled):
            wired_app.services.sign_ins.request_reset(email.upper(), "203.0.113.8")


class TestUnderAttack:
    @pytest.mark.parametrize("guesses", [1_600, pytest.param(10_000, marks=pytest.mark.soak)])
    def test_thousands_of_guesses_do_not_keep_the_owner_out(self, wired_app, person, guesses):
        owner = wired_app.client()
        assert login(owner, person.email, PASSWORD, "198.51.100.1").status_code == 200
        owner.post("/api/logout")
        sign_ins, outcomes = wired_app.services.sign_ins, Counter()

        def attack(thread):
            for n in range(guesses // 16):
                try:
                    sign_ins.password(person.email, WRONG, f"203.{thread}.{n % 250}.7", Device())
                except (Throttled, WrongCredentials) as error:
                    outcomes[type(error)] += 1

        started = time.monotonic()
        at_once(16, attack)
        minutes = int((time.monotonic() - started) / 60) + 1
        assert outcomes.total() == guesses
        assert outcomes[WrongCredentials] <= SIGN_IN_ACCOUNT.burst + minutes
        assert login(owner, person.email, PASSWORD, "198.51.100.1").status_code == 200
        refused(login(wired_app.client(), person.email, PASSWORD, "198.51.100.2"), 429, "throttled")

    def test_a_reset_link_lets_in_whoever_has_no_known_device(self, wired_app, person):
        for _ in range(20):
            login(wired_app.client(), person.email, address="203.0.113.9")
        refused(login(wired_app.client(), person.email, PASSWORD), 429, "throttled")
        client, _ = after(wired_app, lambda: devices.know_device(person))  # what following the link does
        assert login(client, person.email, PASSWORD).status_code == 200


class TestAddresses:
    def guess_as(self, wired_app, forwarded: list[str]) -> list[int]:
        """Statuses of guesses at ever other accounts, each with a forwarding header of its own."""
        return [
            login(
                wired_app.client(), f"x{n}@forwarded.example", address="203.0.113.10", **{"X-Forwarded-For": value}
            ).status_code
            for n, value in enumerate(forwarded)
        ]

    def test_a_forwarding_header_buys_no_new_attempts(self, wired_app):
        codes = self.guess_as(wired_app, [f"198.51.100.{n}" for n in range(SIGN_IN_ADDRESS.burst + 10)])
        assert codes[: SIGN_IN_ADDRESS.burst] == [401] * SIGN_IN_ADDRESS.burst
        assert set(codes[SIGN_IN_ADDRESS.burst + 3 :]) == {429}

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "198.51.100.1", "203.0.113.9"),
            (1, "198.51.100.1", "198.51.100.1"),
            (1, "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the first one is what the caller wrote
            (2, "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            (2, "198.51.100.1", "203.0.113.9"),  # did not come through both
            (1, "", "203.0.113.9"),
            (1, "198.51.100.1:49152", "198.51.100.1"),
            (1, "[2001:db8::1]:443", "2001:db8::1"),
            (2, "198.51.100.1:1, 10.0.0.2:2", "198.51.100.1"),
            (1, "unknown", "203.0.113.9"),  # no caller gets a budget of their own by writing something else
            (1, "x" * 5_000, "203.0.113.9"),
        ],
    )
    def test_who_asks_is_what_the_trusted_proxies_saw(self, proxies, forwarded, address):
        server = flask.Flask("x")
        server.add_url_rule("/", view_func=caller.client_address)
        _trust_proxies(server, proxies)
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        answer = server.test_client().get("/", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert answer.text == address

    @pytest.mark.parametrize(("proxies", "scheme"), [(0, "http"), (1, "https"), (2, "https")])
    def test_the_scheme_is_forwarded_and_the_host_is_not(self, proxies, scheme):
        server = flask.Flask("x")
        server.add_url_rule("/", view_func=lambda: flask.request.url_root)
        _trust_proxies(server, proxies)
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
        assert server.test_client().get("/", headers=headers).text == f"{scheme}://localhost/"


class TestAtRest:
    def test_a_restart_forgets_nothing(self, wired_app, person):
        for _ in range(SIGN_IN_ACCOUNT.burst):
            login(wired_app.client(), person.email, address="203.0.113.11")
        database = Database(wired_app.database.url.render_as_string(hide_password=False))
        restarted = composition.build(wired_app.services.settings, database)
        with pytest.raises(Throttled):
            restarted.sign_ins.password(person.email, PASSWORD, "203.0.113.12", Device())
        restarted.live.close()
        database.dispose()

    def test_no_address_or_account_is_kept(self, wired_app, person, caplog):
        login(wired_app.client(), person.email, address="203.0.113.13")
        rows = wired_app.database.read(lambda c: c.execute(select(throttles)).all())
        kept = "".join(str(row) for row in rows)
        assert rows
        assert person.email not in kept + caplog.text
        assert "203.0.113" not in kept + caplog.text

    def test_what_the_worker_forgets_makes_no_difference(self, wired_app, person):
        for _ in range(SIGN_IN_ACCOUNT.burst):
            login(wired_app.client(), person.email, address="203.0.113.15")
        while wired_app.services.throttle.purge():
            pass
        refused(login(wired_app.client(), person.email, PASSWORD), 429, "throttled")


def test_staff_are_throttled_like_anybody(wired_app):
    admin = wired_app.people[Role.ADMIN]
    try:
        codes = [login(wired_app.client(), admin.email, address="203.0.113.14").status_code for _ in range(7)]
        assert codes == [401] * 5 + [429] * 2
    finally:
        forget_attempts(wired_app.database)  # other tests sign in as this person


@pytest.mark.server
def test_two_server_processes_and_their_successors_share_one_limit(tmp_path):
    with RunningServer(tmp_path, workers=2) as server:
        admin = "admin@shop.example"
        database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
        hire(database, "admin", Role.ADMIN)
        database.dispose()

        def guess(number: int) -> requests.Response:
            return requests.post(
                f"{server.url}/api/login",
                json={"email": admin, "password": WRONG},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
                timeout=60,
            )

        codes = Counter(
            answer.status_code for answers in at_once(16, lambda n: [guess(n) for _ in range(6)]) for answer in answers
        )
        assert codes == {401: SIGN_IN_ACCOUNT.burst, 429: 96 - SIGN_IN_ACCOUNT.burst}
        server.kill()
        server.start()
        answer = guess(200)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
