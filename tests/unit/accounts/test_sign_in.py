"""Signing in and up under throttling: who waits, who does not, and what that tells a stranger."""

from __future__ import annotations

import contextlib

import pytest

from app.errors import EmailTaken, InvalidInput, Throttled, WrongCredentials
from app.services.accounts.sign_in import Device, SignInService
from app.services.limits.networks import network_of
from app.services.limits.throttle import MAIL_MAILBOX, SIGN_IN_ADDRESS, SIGN_UP_ADDRESS, Rule, ThrottleService
from tests.support.sign_in_fakes import PASSWORD, Clock, FakeAccounts, FakeThrottles, person

KEY = "a key for tests only, long enough to be one"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
NEW = Device()
ADA, ZOE = "ada@shop.example", "zoe@shop.example"
ADAS = Device("laptop", frozenset({1}))


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.store = FakeThrottles(self.clock)
        self.accounts = FakeAccounts(person(1, email=ADA), person(2, email=ZOE))
        self.throttle = ThrottleService(self.store, KEY)
        self.service = SignInService(self.accounts, self.throttle)

    def guess(self, email=ADA, address=ELSEWHERE, device=NEW, times=1) -> list[type[Exception]]:
        return [self.outcome(email, "wrong", address, device) for _ in range(times)]

    def outcome(self, email, password, address=HOME, device=NEW):
        try:
            self.service.password(email, password, address, device)
        except (Throttled, WrongCredentials) as error:
            return type(error)
        return None


@pytest.fixture
def world() -> World:
    return World()


class TestPassword:
    def test_after_five_wrong_ones_an_account_takes_one_a_minute(self, world):
        assert world.guess(times=8) == [WrongCredentials] * 5 + [Throttled] * 3
        world.clock.now += 61
        assert world.guess(times=3) == [WrongCredentials] + [Throttled] * 2

    def test_a_day_of_guessing_at_one_account_from_everywhere(self, world):
        tried = 0
        for second in range(0, 86_400, 20):
            world.clock.now += 20
            tried += world.guess(address=f"203.0.113.{second % 250}") == [WrongCredentials]
        assert tried == world.accounts.looked_at
        assert 1_400 < tried <= 1_445

    def test_the_password_is_not_looked_at_while_throttled(self, world):
        world.guess(times=50)
        assert world.accounts.looked_at == 5
        assert world.outcome(ADA, PASSWORD) is Throttled

    def test_a_right_one_does_not_count(self, world):
        assert [world.outcome(ADA, PASSWORD) for _ in range(100)] == [None] * 100

    def test_a_right_one_undoes_only_itself(self, world):
        world.guess(times=4)
        assert world.outcome(ADA, PASSWORD) is None
        assert world.guess(times=2) == [WrongCredentials, Throttled]

    def test_an_account_that_is_not_there_is_throttled_alike(self, world):
        assert world.guess("nobody@shop.example", times=8) == world.guess(ADA, times=8)

    def test_an_address_spelled_otherwise_is_the_same_account(self, world):
        spellings = [ADA, ADA.upper(), f" {ADA} ", "Ada@Shop.Example", "aDa@shop.example", ADA]
        outcomes = [world.guess(spelling)[0] for spelling in spellings]
        assert outcomes == [WrongCredentials] * 5 + [Throttled]

    def test_look_alikes_are_accounts_of_their_own(self, world):
        world.guess("аda@shop.example", times=8)  # a Cyrillic letter
        assert world.outcome(ADA, PASSWORD) is None

    @pytest.mark.parametrize("email", ["", "no address", "x" * 10_000, "\ud800@shop.example", None, 7, ["a@b.com"]])
    def test_what_is_no_address_is_counted_too(self, world, email):
        for _ in range(5):
            with contextlib.suppress(Exception):  # what is wrong with it is for the account service to say
                world.service.password(email, "wrong", HOME, NEW)
        with pytest.raises(Throttled):
            world.service.password(email, "wrong", HOME, NEW)

    def test_one_address_gets_a_hundred_guesses_on_whatever_account(self, world):
        outcomes = [world.guess(f"person{n}@shop.example", HOME)[0] for n in range(110)]
        assert outcomes == [WrongCredentials] * 100 + [Throttled] * 10
        assert world.guess(ADA, ELSEWHERE) == [WrongCredentials]

    def test_a_throttled_guess_at_one_account_does_not_use_up_the_address(self, world):
        world.guess(ADA, HOME, times=500)
        assert world.outcome(ZOE, PASSWORD, HOME) is None

    def test_how_long_to_wait_is_said(self, world):
        world.guess(times=5)
        with pytest.raises(Throttled) as refused:
            world.service.password(ADA, PASSWORD, HOME, NEW)
        assert 0 < refused.value.retry_after <= 60
        assert "Try again in" in refused.value.message


class TestDevices:
    def test_ten_thousand_guesses_elsewhere_do_not_hold_up_a_known_device(self, world):
        for n in range(10_000):
            world.guess(address=f"203.0.{n % 200}.{n % 250}")
        assert world.outcome(ADA, PASSWORD, HOME, ADAS) is None
        assert world.outcome(ADA, PASSWORD, HOME, NEW) is Throttled

    def test_nor_do_guesses_from_its_own_address(self, world):
        for n in range(200):
            world.guess(f"person{n}@shop.example", HOME)
        assert world.outcome(ADA, PASSWORD, HOME, ADAS) is None

    def test_a_known_device_has_its_own_bucket(self, world):
        assert world.guess(device=ADAS, times=12) == [WrongCredentials] * 10 + [Throttled] * 2
        assert world.guess(device=Device("phone", frozenset({1}))) == [WrongCredentials]
        assert world.guess(device=NEW) == [WrongCredentials]

    def test_a_device_known_to_another_account_is_none(self, world):
        mine = Device("attacker", frozenset({2}))
        assert world.guess(ADA, device=mine, times=8) == [WrongCredentials] * 5 + [Throttled] * 3


class TestSignUp:
    def sign_up(self, world, number, password=PASSWORD):
        return world.service.sign_up("Ada", f"new{number}@shop.example", password, HOME)

    def test_an_address_gets_a_bound_number(self, world):
        for number in range(SIGN_UP_ADDRESS.burst):
            self.sign_up(world, number)
        with pytest.raises(Throttled):
            self.sign_up(world, "one more")

    def test_refused_passwords_count_because_judging_them_costs_time(self, world):
        for _ in range(SIGN_UP_ADDRESS.burst):
            with pytest.raises(InvalidInput):
                self.sign_up(world, 1, password="short")
        with pytest.raises(Throttled):
            self.sign_up(world, 1, password="short")
        world.clock.now += SIGN_UP_ADDRESS.every_seconds + 1
        assert self.sign_up(world, 1).user_id == 3

    def test_asking_whether_an_address_is_taken_counts(self, world):
        for _ in range(SIGN_UP_ADDRESS.burst):
            with pytest.raises(EmailTaken):
                world.service.sign_up("Ada", ADA, PASSWORD, HOME)
        with pytest.raises(Throttled):
            world.service.sign_up("Ada", ADA, PASSWORD, HOME)


class TestReset:
    @pytest.mark.parametrize("email", [ADA, "nobody@shop.example"])
    def test_three_mails_and_then_one_every_ten_minutes(self, world, email):
        for _ in range(MAIL_MAILBOX.burst):
            world.service.request_reset(email, HOME)
        with pytest.raises(Throttled) as refused:
            world.service.request_reset(email, ELSEWHERE)
        assert 500 < refused.value.retry_after <= 600
        assert world.accounts.resets == [email] * 3


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("198.51.100.7", "198.51.100.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("fe80::1%eth0", "fe80::/64"),
            ("", ""),
            ("unix:" + "x" * 100, "unix:" + "x" * 59),
        ],
    )
    def test_what_counts_as_one_caller(self, address, network):
        assert network_of(address) == network

    def test_addresses_of_one_ipv6_network_share_a_bucket(self, world):
        outcomes = [world.guess(f"p{n}@shop.example", f"2001:db8::{n:x}")[0] for n in range(110)]
        assert outcomes.count(WrongCredentials) == SIGN_IN_ADDRESS.burst


class TestThrottle:
    def test_neither_rule_nor_value_is_readable_at_rest(self, world):
        world.guess(times=1)
        assert all(len(key) == 64 and int(key, 16) >= 0 for key in world.store.quiet_at)

    def test_the_same_value_under_another_rule_or_key_is_another_bucket(self, world):
        one, other = Rule("one", 1, 60), Rule("other", 1, 60)
        world.throttle.take(one, "x")
        world.throttle.take(other, "x")
        ThrottleService(world.store, "another key for tests only, as long as it").take(one, "x")
        with pytest.raises(Throttled):
            world.throttle.take(one, "x")

    def test_an_attempt_that_failed_stays_counted(self, world):
        rule = Rule("one", 1, 60)
        with pytest.raises(ZeroDivisionError), world.throttle.attempt((rule, "x")):
            raise ZeroDivisionError
        with pytest.raises(Throttled), world.throttle.attempt((rule, "x")):
            pytest.fail("ran although throttled")

    def test_what_is_given_back_can_be_taken_again(self, world):
        rule = Rule("one", 1, 60)
        world.throttle.take(rule, "x")
        world.throttle.give_back(rule, "x")
        world.throttle.take(rule, "x")

    def test_the_wait_is_at_least_a_second(self, world):
        rule = Rule("quick", 1, 0.2)
        world.throttle.take(rule, "x")
        with pytest.raises(Throttled) as refused:
            world.throttle.take(rule, "x")
        assert refused.value.retry_after == 1
