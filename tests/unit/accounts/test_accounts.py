"""Accounts: what is accepted, and that a stranger learns nothing from signing in."""

from __future__ import annotations

import dataclasses
import statistics
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import LinkPurpose, Role, User
from app.errors import EmailTaken, InvalidInput, LinkInvalid, NotFound, WrongCredentials
from app.services.accounts.accounts import AccountService, clean_email, clean_name
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.personal_data import AccountData
from tests.support.fakes import FakeCatalog

GOOD = "seven wild geese"


class FakeUsers:
    def __init__(self) -> None:
        self.rows: dict[int, User] = {}
        self.links: list[LinkPurpose | None] = []  # that were mailed, by new account

    def get(self, user_id: int) -> User | None:
        return self.rows.get(user_id)

    def by_email(self, email: str) -> User | None:
        return next((u for u in self.rows.values() if u.email == email), None)

    def add(self, user: User, link: LinkPurpose | None = None) -> User:
        if self.by_email(user.email or "") is not None:
            raise EmailTaken()
        stored = dataclasses.replace(user, user_id=len(self.rows) + 1)
        self.rows[stored.user_id] = stored
        self.links.append(link)
        return stored

    def set_name(self, user_id: int, full_name: str) -> None:
        self.rows[user_id] = dataclasses.replace(self.rows[user_id], full_name=full_name)

    def set_password(self, user_id: int, password_hash: str, instead_of: str | None = None) -> bool:
        user = self.rows[user_id]
        if instead_of not in (None, user.password_hash):
            return False
        self.rows[user_id] = dataclasses.replace(
            user, password_hash=password_hash, session_version=user.session_version + 1
        )
        return True

    def end_sessions(self, user_id: int) -> None:
        user = self.rows[user_id]
        self.rows[user_id] = dataclasses.replace(user, session_version=user.session_version + 1)


class NoLinks:
    """No link is open."""

    def open(self, link_id: int) -> None:
        return None


@pytest.fixture
def users() -> FakeUsers:
    return FakeUsers()


@pytest.fixture
def accounts(users: FakeUsers) -> AccountService:
    links: Any = NoLinks()
    nothing: Any = None
    data = AccountData(nothing, nothing, FakeCatalog(), lambda _: (), lambda: "INR")
    return AccountService(users, links, LinkTokens("k" * 32, links), data, lambda: "Retail Sync")


class TestRegister:
    def test_a_new_customer_can_sign_in_with_another_spelling_of_the_address(self, accounts):
        user = accounts.register("  Ada   Lovelace ", "Ada@Shop.Example", GOOD)
        assert (user.full_name, user.email, user.role) == ("Ada Lovelace", "ada@shop.example", Role.CUSTOMER)
        assert accounts.authenticate(" ADA@shop.example ", GOOD) == user

    def test_the_password_is_kept_as_an_argon2id_hash_only(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        assert user.password_hash is not None
        assert user.password_hash.startswith("$argon2id$")

    def test_an_address_is_taken_in_any_case(self, accounts):
        accounts.register("Ada", "ada@shop.example", GOOD)
        with pytest.raises(EmailTaken):
            accounts.register("Eve", "ADA@SHOP.example", GOOD)

    def test_the_address_is_to_be_confirmed_unless_somebody_vouches_for_it(self, accounts, users):
        asked = accounts.register("Ada", "ada@shop.example", GOOD)
        vouched = accounts.register("Bo", "bo@shop.example", GOOD, verified=True)
        assert (asked.email_verified_at is None, vouched.email_verified_at is None) == (True, False)
        assert users.links == [LinkPurpose.VERIFY, None]

    def test_the_own_name_the_address_and_the_shops_name_are_no_password(self, accounts):
        for password in ("AdaLovelace1815", "countess1815!", "RetailSync2026"):
            with pytest.raises(InvalidInput) as caught:
                accounts.register("Ada Lovelace", "countess@shop.example", password)
            assert caught.value.field == "password"


class TestChanges:
    def test_the_name_is_cleaned(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        assert accounts.change_name(user.user_id, " Ada   King ").full_name == "Ada King"
        with pytest.raises(InvalidInput):
            accounts.change_name(user.user_id, " ")

    def test_a_new_password_takes_the_current_one_and_ends_the_sessions(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        with pytest.raises(WrongCredentials):
            accounts.change_password(user.user_id, "wrong wrong wrong", "eight tame ducks")
        changed = accounts.change_password(user.user_id, GOOD, "eight tame ducks")
        assert changed.session_version == user.session_version + 1
        assert accounts.authenticate("ada@shop.example", "eight tame ducks") == changed

    def test_a_weak_new_password_changes_nothing(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        with pytest.raises(InvalidInput):
            accounts.change_password(user.user_id, GOOD, "password123")
        assert accounts.get(user.user_id) == user

    def test_signing_out_everywhere_raises_the_session_version(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        assert accounts.sign_out_everywhere(user.user_id).session_version == user.session_version + 1

    def test_a_deactivated_account_has_no_right_password(self, accounts, users):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        users.rows[user.user_id] = dataclasses.replace(user, deactivated_at=datetime.now(UTC))
        with pytest.raises(WrongCredentials):
            accounts.check_password(user.user_id, GOOD)

    def test_an_unknown_id_is_not_found(self, accounts):
        with pytest.raises(NotFound):
            accounts.check_password(99, GOOD)

    def test_a_malformed_address_is_named_and_not_looked_for(self, accounts):
        with pytest.raises(InvalidInput) as caught:
            accounts.request_reset("no address")
        assert caught.value.field == "email"

    def test_a_link_is_looked_at_before_the_password_is_judged(self, accounts):
        with pytest.raises(LinkInvalid):
            accounts.reset_password("MQ.made-up", "short")


class TestAuthenticate:
    def test_every_failure_has_the_same_words(self, accounts, users):
        accounts.register("Ada", "ada@shop.example", GOOD)
        imported = User(0, "Imported", "old@shop.example", Role.CUSTOMER, None, 1, datetime.now(UTC))
        users.add(imported)
        pairs = [
            ("ada@shop.example", "wrong wrong wrong"),
            ("nobody@shop.example", GOOD),
            ("no address", GOOD),
            ("old@shop.example", ""),
            ("ada@shop.example", "x" * 100_000),
            ("ada@shop.example", "\ud800"),
        ]
        words = set()
        for email, password in pairs:
            with pytest.raises(WrongCredentials) as caught:
                accounts.authenticate(email, password)
            words.add(caught.value.message)
        assert len(words) == 1

    def test_it_takes_as_long_without_an_account(self, accounts):
        accounts.register("Ada", "ada@shop.example", GOOD)

        def median(email: str) -> float:
            times = []
            for _ in range(5):
                start = time.process_time()
                with pytest.raises(WrongCredentials):
                    accounts.authenticate(email, "wrong wrong wrong")
                times.append(time.process_time() - start)
            return statistics.median(times)

        known, unknown = median("ada@shop.example"), median("nobody@shop.example")
        assert 0.5 < known / unknown < 2

    def test_a_deactivated_account_is_nobody(self, accounts, users):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        users.rows[user.user_id] = dataclasses.replace(user, deactivated_at=datetime.now(UTC))
        with pytest.raises(WrongCredentials):
            accounts.authenticate("ada@shop.example", GOOD)

    def test_a_new_password_ends_the_sessions(self, accounts):
        user = accounts.register("Ada", "ada@shop.example", GOOD)
        accounts.set_password(user.user_id, "eight tame ducks")
        changed = accounts.authenticate("ada@shop.example", "eight tame ducks")
        assert changed.session_version == user.session_version + 1
        with pytest.raises(WrongCredentials):
            accounts.authenticate("ada@shop.example", GOOD)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@shop.example",
        "a b@shop.example",
        "ada@shop",
        "ada@shop.example\nBcc: x@y.com",
        "x" * 250 + "@shop.example",
        "ada@shop.example\x00",
        None,
        7,
    ],
)
def test_malformed_addresses_are_refused_by_name(email):
    with pytest.raises(InvalidInput) as caught:
        clean_email(email)
    assert caught.value.field == "email"


def test_names_are_composed_and_may_contain_html_as_text():
    assert clean_name("Zoe\u0308  <b>Smith</b>") == "Zoë <b>Smith</b>"


@pytest.mark.parametrize("name", ["نور", "ביתר", "ra\u200dj", "Zoë 🐝"])
def test_every_script_is_fit_for_a_name(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("name", ["\u200b", "\u2060 \ufeff", "\u202enimda", "a\u2066b", "a\u202c"])
def test_names_that_show_as_nothing_or_as_another_one_are_refused(name):
    with pytest.raises(InvalidInput) as caught:
        clean_name(name)
    assert caught.value.field == "fullname"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b", "a\ud800b", None, 5])
def test_impossible_names_are_refused_by_name(name):
    with pytest.raises(InvalidInput) as caught:
        clean_name(name)
    assert caught.value.field == "fullname"
