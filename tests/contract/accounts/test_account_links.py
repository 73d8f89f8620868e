"""Links from e-mails: each works once, in time, for its purpose and its address, however many try at once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain import LinkPurpose, Role, Scope
from app.errors import Conflict, EmailTaken, InvalidInput, LinkInvalid, ShopError, WrongCredentials
from app.stores.sql.accounts.links import KEPT_AFTER_EXPIRY
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import account_links, api_tokens, outbox, recovery_codes, users
from tests.support.account_shop import OTHER, PASSWORD, THIRD, AccountShop
from tests.support.concurrency import at_once

MOMENT = timedelta(seconds=1)


@pytest.fixture
def shop(database: Database) -> AccountShop:
    return AccountShop(database)


def age(shop: AccountShop, by: timedelta) -> None:
    """Every link was made so much earlier."""
    for row in shop.rows(select(account_links)):
        times = {"created_at": row.created_at - by, "expires_at": row.expires_at - by}
        change = update(account_links).where(account_links.c.link_id == row.link_id).values(times)
        shop.database.write(lambda c, change=change: c.execute(change))


def outcome(work) -> str:
    try:
        work()
    except ShopError as error:
        return error.code
    return "done"


class TestConfirming:
    def test_a_new_account_gets_a_link_that_confirms_its_address_once(self, shop: AccountShop):
        user = shop.ada(verified=False)
        assert user.email_verified_at is None
        assert shop.mailed() == [("ada@shop.example", "Confirm your e-mail address")]
        token = shop.token(LinkPurpose.VERIFY)
        confirmed = shop.accounts.confirm_email(token)
        assert confirmed.email_verified_at is not None
        with pytest.raises(LinkInvalid):
            shop.accounts.confirm_email(token)

    def test_looking_at_a_link_uses_nothing_up(self, shop: AccountShop):
        user = shop.ada(verified=False)
        token = shop.token(LinkPurpose.VERIFY)
        for _ in range(3):
            link, account = shop.accounts.link(token, LinkPurpose.VERIFY)
            assert (link.email, account) == ("ada@shop.example", user)
        shop.accounts.confirm_email(token)

    def test_a_confirmed_address_gets_no_other_link(self, shop: AccountShop):
        with pytest.raises(Conflict):
            shop.accounts.request_verification(shop.ada().user_id)

    def test_the_mail_of_a_link_that_was_used_meanwhile_is_not_sent(self, shop: AccountShop):
        shop.ada(verified=False)
        shop.accounts.confirm_email(shop.token(LinkPurpose.VERIFY))
        assert shop.mails() == []
        assert [row.state for row in shop.rows(select(outbox.c.state).where(outbox.c.kind == "account_mail"))] == [
            "done"
        ]

    def test_the_mail_holds_the_link_in_a_fragment_and_the_outbox_holds_no_token(self, shop: AccountShop):
        shop.ada(verified=False)
        token = shop.token(LinkPurpose.VERIFY)
        mail = shop.mails()[0]
        assert f"https://shop.example/confirm#{token}" in mail.text
        assert f'href="https://shop.example/confirm#{token}"' in mail.html
        assert all(token not in str(payload) for payload in shop.payloads())


class TestWhatALinkIsNotGoodFor:
    def test_another_purpose(self, shop: AccountShop):
        shop.ada(verified=False)
        token = shop.token(LinkPurpose.VERIFY)
        with pytest.raises(LinkInvalid):
            shop.accounts.reset_password(token, OTHER)
        with pytest.raises(LinkInvalid):
            shop.accounts.accept_invite(token, "Ada", OTHER)
        shop.accounts.confirm_email(token)

    def test_another_time(self, shop: AccountShop):
        shop.ada()
        token = shop.reset_token()
        age(shop, timedelta(hours=1) - 30 * MOMENT)
        shop.accounts.link(token, LinkPurpose.RESET)
        age(shop, 30 * MOMENT)
        with pytest.raises(LinkInvalid):
            shop.accounts.link(token, LinkPurpose.RESET)
        with pytest.raises(LinkInvalid):
            shop.links.reset_password(shop.rows(select(account_links))[0].link_id, "hash")
        assert shop.accounts.authenticate("ada@shop.example", PASSWORD)

    def test_another_address(self, shop: AccountShop):
        user = shop.ada()
        token = shop.reset_token()
        shop.change_user(user, email="new@shop.example")
        with pytest.raises(LinkInvalid):
            shop.accounts.reset_password(token, OTHER)

    def test_an_account_that_is_not_active(self, shop: AccountShop):
        user = shop.ada()
        reset, change = shop.reset_token(), shop.new_address_token(user, "new@shop.example")
        shop.change_user(user, deactivated_at=user.created_at)
        for token in (reset, change):
            with pytest.raises(LinkInvalid):
                shop.accounts.link(token, *LinkPurpose)

    @pytest.mark.parametrize("token", ["", "MQ", "MQ.x", "x" * 10_000, "\ud800", "é", None, 7, b"MQ", "..", "a.b.c"])
    def test_made_up_tokens(self, shop: AccountShop, token):
        shop.ada(verified=False)
        with pytest.raises(LinkInvalid):
            shop.accounts.confirm_email(token)

    def test_another_link_with_this_ones_signature(self, shop: AccountShop):
        shop.ada()
        first = shop.reset_token()
        second = shop.reset_token()
        mixed = f"{second.split('.')[0]}.{first.split('.')[1]}"
        with pytest.raises(LinkInvalid):
            shop.accounts.reset_password(mixed, OTHER)


class TestForgottenPassword:
    def test_it_sets_the_password_ends_the_sessions_and_confirms_the_address(self, shop: AccountShop):
        before = shop.ada(verified=False)
        after = shop.accounts.reset_password(shop.reset_token(), OTHER)
        assert after.session_version == before.session_version + 1
        assert after.email_verified_at is not None
        assert shop.accounts.authenticate("ada@shop.example", OTHER) == after
        with pytest.raises(WrongCredentials):
            shop.accounts.authenticate("ada@shop.example", PASSWORD)
        assert shop.mailed()[-1] == ("ada@shop.example", "Your password was changed")

    def test_a_refused_password_leaves_the_link_usable(self, shop: AccountShop):
        shop.ada()
        token = shop.reset_token()
        with pytest.raises(InvalidInput):
            shop.accounts.reset_password(token, "password123")
        shop.accounts.reset_password(token, OTHER)

    def test_it_voids_every_other_way_into_the_account_that_is_on_its_way(self, shop: AccountShop):
        user = shop.ada()
        others = [shop.reset_token(), shop.new_address_token(user, "thief@shop.example")]
        shop.accounts.reset_password(shop.reset_token(), OTHER)
        assert [outcome(lambda: shop.accounts.reset_password(others[0], THIRD))] == ["link_invalid"]
        assert [outcome(lambda: shop.accounts.confirm_email(others[1]))] == ["link_invalid"]

    def test_so_does_a_changed_password(self, shop: AccountShop):
        user = shop.ada()
        others = [shop.reset_token(), shop.new_address_token(user, "thief@shop.example")]
        shop.accounts.change_password(user.user_id, PASSWORD, OTHER)
        for token in others:
            with pytest.raises(LinkInvalid):
                shop.accounts.link(token, *LinkPurpose)

    def test_an_owner_who_confirmed_the_address_keeps_the_second_factor(self, shop: AccountShop):
        user = shop.ada()
        shop.set_up_machines(user)
        assert shop.accounts.reset_password(shop.reset_token(), OTHER).has_second_factor

    @pytest.mark.parametrize("verified", [True, False])
    def test_nobody_comes_back_through_an_api_token(self, shop: AccountShop, verified: bool):
        shop.set_up_machines(shop.ada(verified=verified))
        other = shop.ada(email="other@shop.example")
        others, _ = shop.machines.create(other, "Till", [Scope.SHOP], None)
        shop.accounts.reset_password(shop.reset_token(), OTHER)
        kept = shop.rows(select(api_tokens.c.token_id).where(api_tokens.c.revoked_at.is_(None)))
        assert [row.token_id for row in kept] == [others.token_id]

    def test_nor_through_one_that_is_made_at_the_same_time(self, shop: AccountShop):
        before = shop.ada()
        link, _ = shop.accounts.link(shop.reset_token(), LinkPurpose.RESET)

        def act(number: int) -> None:
            if number == 0:
                shop.links.reset_password(link.link_id, "another hash")  # without the time that hashing takes
                return
            with suppress(Conflict):
                shop.machines.create(before, f"Till {number}", [Scope.SHOP], None)

        at_once(8, act)
        assert shop.machines.of(before.user_id) == ()

    def test_nor_through_one_that_is_made_by_whoever_was_signed_in_before(self, shop: AccountShop):
        before = shop.ada()
        shop.accounts.reset_password(shop.reset_token(), OTHER)
        with pytest.raises(Conflict):
            shop.machines.create(before, "Till", [Scope.SHOP], None)
        assert shop.rows(select(api_tokens)) == []

    def test_what_a_stranger_set_up_before_the_owner_came_goes(self, shop: AccountShop):
        user = shop.ada(verified=False)
        shop.set_up_machines(user)
        assert not shop.accounts.reset_password(shop.reset_token(), OTHER).has_second_factor
        assert shop.rows(select(recovery_codes)) == []
        assert shop.rows(select(api_tokens))[0].revoked_at is not None
        assert shop.rows(select(users.c.totp_secret))[0].totp_secret is None

    def test_whoever_asks_the_same_is_written_and_nobody_without_an_account_is_mailed(self, shop: AccountShop):
        user = shop.ada()
        shop.change_user(shop.ada(email="gone@shop.example"), deactivated_at=user.created_at)
        for email in ("ada@shop.example", "nobody@shop.example", "gone@shop.example"):
            shop.accounts.request_reset(email)
        kinds = shop.rows(select(outbox.c.kind, func.count()).group_by(outbox.c.kind))
        assert [tuple(row) for row in kinds] == [("password_reset", 3)]
        assert shop.mailed() == [("ada@shop.example", "Set a new password")]

    def test_no_address_stays_in_what_is_done(self, shop: AccountShop):
        shop.ada()
        shop.accounts.request_reset("ada@shop.example")
        shop.accounts.request_reset("nobody@shop.example")
        shop.work()
        assert {row.state for row in shop.rows(select(outbox.c.state))} == {"done"}
        assert all("@" not in str(payload) for payload in shop.payloads())
        assert all("@" not in row.key for row in shop.rows(select(outbox.c.key)))

    def test_a_worker_that_does_it_again_makes_one_link(self, shop: AccountShop):
        shop.ada()
        for _ in range(2):
            shop.links.answer_reset("ada@shop.example", "request-1")
        assert len(shop.rows(select(account_links))) == 1

    @pytest.mark.parametrize(
        "typed",
        ["ADA@Shop.Example", "ada@ｓｈｏｐ.example", " ada@shop.example ", "ada@shop。example"],
    )
    def test_other_spellings_of_the_address_write_to_the_one_that_is_kept(self, shop: AccountShop, typed):
        shop.ada()
        shop.accounts.request_reset(typed)
        assert [to for to, _ in shop.mailed()] == ["ada@shop.example"]

    @pytest.mark.parametrize(
        "typed",
        ["ada@shоp.example", "ada@shop.exampłe", "adа@shop.example", "ａda@shop.example", "ada\u200b@shop.example",
         "ada@sh\u200bop.examp1e", "ada+x@shop.example", "ada@shop.example.evil.example"],
    )  # fmt: skip
    def test_addresses_that_only_look_alike_are_somebody_elses(self, shop: AccountShop, typed):
        shop.ada()
        assert outcome(lambda: shop.accounts.request_reset(typed)) in ("done", "invalid_input")
        assert shop.mailed() == []

    def test_a_dotless_i_is_not_an_i(self, shop: AccountShop):
        shop.ada(email="mike@ship.example")
        for typed in ("mıke@ship.example", "mike@shıp.example", "MİKE@ship.example"):
            outcome(lambda typed=typed: shop.accounts.request_reset(typed))
        assert shop.mailed() == []


class TestInvitations:
    def test_accepting_gives_a_name_and_a_password_once(self, shop: AccountShop):
        shop.invited()
        token = shop.token(LinkPurpose.INVITE)
        joined = shop.accounts.accept_invite(token, "Ravi Kulkarni", PASSWORD)
        assert (joined.full_name, joined.role, joined.is_invited) == ("Ravi Kulkarni", Role.OPS, False)
        assert joined.email_verified_at is not None
        with pytest.raises(LinkInvalid):
            shop.accounts.accept_invite(token, "Eve", OTHER)

    def test_somebody_invited_who_forgot_the_password_gets_the_invitation_again(self, shop: AccountShop):
        shop.invited()
        shop.accounts.request_reset("ravi@shop.example")
        assert shop.mailed() == [("ravi@shop.example", "You are invited")] * 2

    def test_accepting_one_voids_the_others(self, shop: AccountShop):
        shop.invited()
        first = shop.token(LinkPurpose.INVITE)
        shop.accounts.request_reset("ravi@shop.example")
        shop.work()
        shop.accounts.accept_invite(shop.token(LinkPurpose.INVITE), "Ravi", PASSWORD)
        with pytest.raises(LinkInvalid):
            shop.accounts.accept_invite(first, "Eve", OTHER)


class TestAnotherAddress:
    def test_the_link_goes_to_the_new_address_and_the_notice_to_the_old_one(self, shop: AccountShop):
        user = shop.ada(verified=False)
        shop.work()
        token = shop.new_address_token(user, "Lovelace@Shop.example")
        changed = shop.accounts.confirm_email(token)
        assert (changed.email, changed.session_version) == ("lovelace@shop.example", user.session_version)
        assert changed.email_verified_at is not None
        assert shop.mailed()[1:] == [("ada@shop.example", "Your e-mail address was changed")]
        assert all("ada@" not in str(payload) for payload in shop.payloads())

    def test_it_takes_the_password(self, shop: AccountShop):
        user = shop.ada()
        with pytest.raises(WrongCredentials):
            shop.accounts.request_email_change(user.user_id, OTHER, "new@shop.example")

    def test_it_is_refused_for_an_address_that_has_an_account(self, shop: AccountShop):
        user, _ = shop.ada(), shop.ada(email="other@shop.example")
        with pytest.raises(EmailTaken):
            shop.accounts.request_email_change(user.user_id, PASSWORD, "OTHER@shop.example")

    def test_an_address_that_was_taken_meanwhile_leaves_everything_as_it_was(self, shop: AccountShop):
        user = shop.ada()
        token = shop.new_address_token(user, "new@shop.example")
        shop.ada(email="new@shop.example")
        for _ in range(2):
            with pytest.raises(EmailTaken):
                shop.accounts.confirm_email(token)
        assert shop.accounts.get(user.user_id) == user
        assert "Your e-mail address was changed" not in [title for _, title in shop.mailed()]

    def test_of_two_new_addresses_the_first_one_followed_counts(self, shop: AccountShop):
        user = shop.ada()
        tokens = [shop.new_address_token(user, f"{name}@shop.example") for name in ("one", "two")]
        shop.accounts.confirm_email(tokens[0])
        with pytest.raises(LinkInvalid):
            shop.accounts.confirm_email(tokens[1])


class TestAtOnce:
    def test_of_sixteen_uses_of_one_reset_link_one_counts(self, shop: AccountShop):
        before = shop.ada()
        token = shop.reset_token()
        passwords = [f"{n} and seven wild geese" for n in range(16)]
        results = at_once(16, lambda n: outcome(lambda: shop.accounts.reset_password(token, passwords[n])))
        assert sorted(results) == ["done"] + ["link_invalid"] * 15
        winner = passwords[results.index("done")]
        assert shop.accounts.authenticate("ada@shop.example", winner).session_version == before.session_version + 1
        assert [title for _, title in shop.mailed()].count("Your password was changed") == 1

    def test_nor_does_a_second_one_that_saw_the_link_unused(self, shop: AccountShop):
        user = shop.ada()
        for round_ in range(4):
            shop.links.answer_reset("ada@shop.example", f"request-{round_}")
            link_id = max(row.link_id for row in shop.rows(select(account_links)))
            results = at_once(
                16, lambda n, link_id=link_id: outcome(lambda: shop.links.reset_password(link_id, f"hash {n}"))
            )
            assert sorted(results) == ["done"] + ["link_invalid"] * 15
        after = shop.accounts.get(user.user_id)
        assert after is not None
        assert after.session_version == user.session_version + 4

    def test_of_two_reset_links_one_counts(self, shop: AccountShop):
        shop.ada()
        links = [shop.links.open(row.link_id) for row in _reset_links(shop, 2)]
        hashes = ["hash-0", "hash-1"]
        results = at_once(2, lambda n: outcome(lambda: shop.links.reset_password(links[n][0].link_id, hashes[n])))
        assert sorted(results) == ["done", "link_invalid"]

    def test_of_many_accounts_that_take_one_address_one_gets_it(self, shop: AccountShop):
        people = [shop.ada(email=f"ada{n}@shop.example") for n in range(4)]
        tokens = [shop.new_address_token(person, "same@shop.example") for person in people]
        results = at_once(4, lambda n: outcome(lambda: shop.accounts.confirm_email(tokens[n])))
        assert sorted(results) == ["done"] + ["email_taken"] * 3
        owner = shop.accounts.by_email("same@shop.example")
        assert owner is not None
        assert owner.user_id == people[results.index("done")].user_id

    def test_of_a_changed_and_a_reset_password_one_counts(self, shop: AccountShop):
        for round_ in range(6):
            user = shop.ada(email=f"ada{round_}@shop.example")
            token = shop.reset_token(user.email or "")
            ways = [
                lambda user=user: shop.accounts.change_password(user.user_id, PASSWORD, OTHER),
                lambda token=token: shop.accounts.reset_password(token, THIRD),
            ]
            results = at_once(2, lambda n, ways=ways: outcome(ways[n]))
            assert results in (["done", "link_invalid"], ["wrong_credentials", "done"])
            shop.accounts.authenticate(user.email or "", OTHER if results[0] == "done" else THIRD)
            after = shop.accounts.get(user.user_id)
            assert after is not None
            assert after.session_version == user.session_version + 1

    def test_of_two_changed_passwords_one_counts(self, shop: AccountShop):
        user = shop.ada()
        new = [OTHER, THIRD]
        results = at_once(2, lambda n: outcome(lambda: shop.accounts.change_password(user.user_id, PASSWORD, new[n])))
        assert sorted(results) == ["done", "wrong_credentials"]
        shop.accounts.authenticate("ada@shop.example", new[results.index("done")])


def _reset_links(shop: AccountShop, count: int):
    for _ in range(count):
        shop.reset_token()
    return shop.rows(select(account_links.c.link_id))


def test_links_that_expired_long_ago_are_forgotten(shop: AccountShop):
    shop.ada(verified=False)
    age(shop, timedelta(days=7) + KEPT_AFTER_EXPIRY - timedelta(hours=1))
    assert shop.links.purge(10) == 0
    age(shop, timedelta(hours=2))
    assert shop.links.purge(10) == 1
    assert shop.rows(select(account_links)) == []


def test_a_new_link_never_gets_the_number_of_a_forgotten_one(shop: AccountShop):
    shop.ada(verified=False)
    old = shop.token(LinkPurpose.VERIFY)
    shop.mails()
    age(shop, timedelta(days=7) + KEPT_AFTER_EXPIRY + timedelta(hours=1))
    assert shop.links.purge(10) == 1

    shop.ada(verified=False, email="grace@shop.example")
    assert [to for to, _ in shop.mailed()] == ["ada@shop.example", "grace@shop.example"]
    with pytest.raises(LinkInvalid):
        shop.accounts.link(old, LinkPurpose.VERIFY)
