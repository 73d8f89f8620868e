"""The second factor: which codes count, how often, and what is kept of them."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote

import pyotp
import pytest

from app.domain import Role
from app.errors import Conflict, NotFound, Throttled, WrongCode, WrongCredentials
from app.services.accounts.second_factor import SecondFactorService
from app.services.limits.throttle import ThrottleService
from tests.support.sign_in_fakes import PASSWORD, Clock, FakeAccounts, FakeSecondFactors, FakeThrottles, person

KEY = "a key for tests only, long enough to be one"
ADA, ROOT = 1, 2


class World:
    def __init__(self, **settings) -> None:
        self.clock = Clock()
        self.store = FakeSecondFactors()
        self.accounts = FakeAccounts(person(ADA), person(ROOT, Role.ADMIN))
        self.service = self.with_key(KEY, **settings)

    def with_key(self, key: str, **settings) -> SecondFactorService:
        throttle = ThrottleService(FakeThrottles(self.clock), key)
        return SecondFactorService(
            self.store,
            self.accounts,
            throttle,
            secret_key=key,
            issuer=lambda: "Retail Sync",
            clock=self.clock,
            **settings,
        )

    def code(self, user_id: int = ADA, steps: int = 0, service: SecondFactorService | None = None) -> str:
        """What the user's app shows `steps` time steps from now."""
        encrypted = self.store.secrets[user_id]
        secret = (service or self.service)._decrypted(user_id, encrypted)
        return pyotp.TOTP(secret).at(int(self.clock()) + 30 * steps)

    def enabled(self, user_id: int = ADA) -> tuple[str, ...]:
        """Turn it on, a while ago; its recovery codes."""
        self.service.begin(user_id)
        codes = self.service.enable(user_id, self.code(user_id))
        self.clock.now += 3_600
        return codes

    def is_right(self, code: str, user_id: int = ADA) -> bool:
        try:
            self.service.check(user_id, code)
        except WrongCode:
            return False
        return True


@pytest.fixture
def world() -> World:
    return World()


class TestEnrolment:
    def test_what_an_app_needs(self, world):
        enrolment = world.service.begin(ADA)
        assert re.fullmatch(r"[A-Z2-7]{32}", enrolment.secret)
        parsed = pyotp.parse_uri(enrolment.uri)
        assert (parsed.secret, parsed.name, parsed.issuer) == (enrolment.secret, "person1@shop.example", "Retail Sync")
        assert enrolment.qr_svg.startswith("data:image/svg+xml")
        assert "<script" not in unquote(enrolment.qr_svg)

    def test_looking_again_shows_the_same_secret(self, world):
        assert world.service.begin(ADA) == world.service.begin(ADA)

    def test_the_secret_is_kept_encrypted_and_for_its_account_only(self, world):
        secret = world.service.begin(ADA).secret
        kept = world.store.secrets[ADA]
        assert secret not in kept
        assert world.service._decrypted(ADA, kept) == secret
        assert world.service._decrypted(ROOT, kept) is None

    def test_a_proposed_secret_that_cannot_be_read_is_replaced(self, world):
        world.service.begin(ADA)
        other = world.with_key("another key for tests only, as long as the first")
        enrolment = other.begin(ADA)
        assert other._decrypted(ADA, world.store.secrets[ADA]) == enrolment.secret

    def test_a_code_of_the_app_turns_it_on(self, world):
        world.service.begin(ADA)
        codes = world.service.enable(ADA, world.code())
        assert len(set(codes)) == 10
        assert all(re.fullmatch(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)
        assert world.accounts.notices == [(ADA, "second_factor_on")]
        assert not any(code.replace("-", "") in str(world.store.codes) for code in codes)

    def test_a_wrong_code_turns_nothing_on(self, world):
        world.service.begin(ADA)
        with pytest.raises(WrongCode):
            world.service.enable(ADA, "000000")
        assert world.store.on == set()
        assert world.accounts.notices == []

    def test_the_code_it_was_turned_on_with_is_used_up(self, world):
        world.service.begin(ADA)
        code = world.code()
        world.service.enable(ADA, code)
        assert not world.is_right(code)

    def test_there_is_nothing_to_turn_on_before_the_beginning_or_twice(self, world):
        with pytest.raises(Conflict):
            world.service.enable(ADA, "123456")
        world.enabled()
        with pytest.raises(Conflict):
            world.service.enable(ADA, world.code())
        with pytest.raises(Conflict):
            world.service.begin(ADA)

    def test_nobody_has_none(self, world):
        with pytest.raises(NotFound):
            world.service.begin(99)


class TestCodes:
    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_a_step_aside_is_right(self, world, steps):
        world.enabled()
        assert world.is_right(world.code(steps=steps))

    @pytest.mark.parametrize("steps", [-3, -2, 2, 3])
    def test_further_aside_is_wrong(self, world, steps):
        world.enabled()
        assert not world.is_right(world.code(steps=steps))

    def test_no_code_counts_twice_nor_one_before_it(self, world):
        world.enabled()
        assert world.is_right(world.code(steps=0))
        assert not world.is_right(world.code(steps=0))
        assert not world.is_right(world.code(steps=-1))
        assert world.is_right(world.code(steps=1))

    def test_people_type_blanks(self, world):
        world.enabled()
        code = world.code()
        assert world.is_right(f" {code[:3]}\u00a0{code[3:]} ")

    @pytest.mark.parametrize(
        "code", ["", " ", "12345", "1234567", "١٢٣٤٥٦", "²²²²²²", "abcdef", "x" * 100_000, "\ud800", None, 123456, []]
    )
    def test_what_cannot_be_a_code_is_wrong(self, world, code):
        world.enabled()
        assert not world.is_right(code)

    def test_without_a_second_factor_no_code_is_right(self, world):
        world.service.begin(ADA)
        assert not world.is_right(world.code())

    def test_another_accounts_codes_are_wrong(self, world):
        codes = world.enabled(ROOT)
        world.enabled(ADA)
        assert not world.is_right(world.code(ROOT), ADA)
        assert not world.is_right(codes[0], ADA)

    def test_guessing_is_slow(self, world):
        world.enabled()
        for _ in range(5):
            assert not world.is_right("000000")
        with pytest.raises(Throttled) as refused:
            world.service.check(ADA, world.code())
        assert 0 < refused.value.retry_after <= 60
        world.clock.now += 61
        assert world.is_right(world.code())

    def test_right_codes_do_not_count_as_guesses(self, world):
        world.enabled()
        for _ in range(50):
            world.clock.now += 30
            assert world.is_right(world.code())


class TestRecovery:
    def test_each_code_is_right_once(self, world):
        codes = world.enabled()
        for left, code in enumerate(reversed(codes)):
            assert world.is_right(code)
            assert not world.is_right(code)
            world.clock.now += 3_600
            assert world.service.remaining(ADA) == 9 - left

    def test_it_may_be_typed_in_small_letters_without_dashes(self, world):
        codes = world.enabled()
        assert world.is_right(codes[0].lower().replace("-", " "))

    def test_new_ones_replace_the_old_ones(self, world):
        old = world.enabled()
        new = world.service.new_recovery_codes(ADA, PASSWORD)
        assert not set(old) & set(new)
        assert not world.is_right(old[0])
        assert world.is_right(new[0])

    def test_new_ones_need_the_password_and_a_second_factor(self, world):
        with pytest.raises(Conflict):
            world.service.new_recovery_codes(ADA, PASSWORD)
        old = world.enabled()
        with pytest.raises(WrongCredentials):
            world.service.new_recovery_codes(ADA, "wrong")
        assert world.is_right(old[0])


class TestTurningOff:
    def test_with_the_password_and_its_owner_is_told(self, world):
        codes = world.enabled()
        world.service.disable(ADA, PASSWORD)
        assert not world.is_right(codes[0])
        assert world.accounts.notices[-1] == (ADA, "second_factor_off")

    def test_not_with_a_wrong_password_however_often(self, world):
        world.enabled()
        for _ in range(5):
            with pytest.raises(WrongCredentials):
                world.service.disable(ADA, "wrong")
        with pytest.raises(Throttled):
            world.service.disable(ADA, PASSWORD)
        assert ADA in world.store.on

    def test_staff_may_not_where_it_is_asked_of_them(self):
        world = World(asked_of_staff=True)
        world.enabled(ROOT)
        world.enabled(ADA)
        with pytest.raises(Conflict):
            world.service.disable(ROOT, PASSWORD)
        world.service.disable(ADA, PASSWORD)
        assert world.store.on == {ROOT}

    def test_an_admin_needs_no_password_and_twice_tells_once(self, world):
        world.enabled()
        world.service.reset(ADA)
        world.service.reset(ADA)
        assert world.accounts.notices == [(ADA, "second_factor_on"), (ADA, "second_factor_off")]
        assert world.service.begin(ADA).secret


class TestAnotherSecretKey:
    def test_codes_are_wrong_recovery_codes_work_and_the_log_says_why(self, world, caplog):
        codes = world.enabled()
        right = world.code()
        world.service = world.with_key("another key for tests only, as long as the first")
        with caplog.at_level(logging.WARNING):
            assert not world.is_right(right)
        assert "SECRET_KEY" in caplog.text
        assert "recovery codes work" in caplog.text
        assert "person1" not in caplog.text
        assert right not in caplog.text
        assert world.is_right(codes[0])
