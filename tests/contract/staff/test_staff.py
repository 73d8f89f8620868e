"""The staff on real databases: each change with its audit entry and mail, and always an admin left."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from app.domain import Actor, AuditAction, AuditOutcome, Role, Scope, User
from app.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from app.services.accounts.api_tokens import TokenService
from app.services.audit.log import AuditService
from app.services.staff.staff import StaffService, active_admins
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.staff.staff import SqlStaff
from app.stores.sql.tables import account_links, outbox, recovery_codes
from app.stores.sql.tables import users as users_table
from tests.support.concurrency import at_once

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADMINS = 8


class Shop:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.users = SqlUsers(database)
        log = SqlAuditLog(database)
        self.staff = StaffService(SqlStaff(database), self.users, log)
        self.audit = AuditService(log)
        self.asha = self.add("asha", Role.ADMIN)
        self.actor = Actor("asha@shop.example", self.asha.user_id, "203.0.113.9")

    def add(self, name: str, role: Role, verified: bool = True) -> User:
        person = User(0, name.title(), f"{name}@shop.example", role, "hash", 1, NOW)
        stored = self.users.add(person)
        if verified:
            self.set(stored, email_verified_at=NOW)
        return self.get(stored)

    def set(self, person: User, **values: Any) -> None:
        change = update(users_table).where(users_table.c.user_id == person.user_id).values(**values)
        self.database.write(lambda c: c.execute(change))

    def get(self, person: User) -> User:
        found = self.users.get(person.user_id)
        assert found is not None
        return found

    def last(self) -> tuple[Any, ...]:
        entry = self.audit.search(limit=1).entries[0]
        return entry.action, entry.target_id, entry.before, entry.after, entry.outcome

    def mails(self) -> list[dict[str, Any]]:
        query = select(outbox.c.payload).where(outbox.c.kind == "account_mail").order_by(outbox.c.entry_id)
        return list(self.database.read(lambda c: c.execute(query).scalars().all()))

    def notices(self) -> list[str]:
        return [mail["notice"] for mail in self.mails() if "notice" in mail]


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


class TestInvite:
    def test_a_person_without_a_password_and_a_link_on_its_way(self, shop: Shop):
        person = shop.staff.invite("  Ravi  Rao ", "Ravi@Shop.example", Role.ANALYST, shop.actor)
        assert (person.full_name, person.email, person.role) == ("Ravi Rao", "ravi@shop.example", Role.ANALYST)
        assert person.is_invited
        assert [mail["purpose"] for mail in shop.mails()] == ["invite"]
        until = shop.staff.invited_until([person.user_id])[person.user_id]
        left = until - shop.database.read(database_now)
        assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
        entry = shop.audit.search(limit=1).entries[0]
        assert (entry.actor, entry.target_name) == (shop.actor, "Ravi Rao <ravi@shop.example>")
        assert shop.last() == (
            AuditAction.STAFF_INVITE, str(person.user_id), None, {"role": "analyst"}, AuditOutcome.DONE,
        )  # fmt: skip

    def test_again_with_a_new_link_until_they_have_joined(self, shop: Shop):
        person = shop.staff.invite("Ravi", "ravi@shop.example", Role.OPS, shop.actor)
        shop.staff.resend_invite(person.user_id, shop.actor)
        links = shop.database.read(lambda c: c.execute(select(account_links)).all())
        assert len(links) == len(shop.mails()) == 2
        shop.set(person, password_hash="hash")
        with pytest.raises(Conflict, match="joined already"):
            shop.staff.resend_invite(person.user_id, shop.actor)

    def test_a_known_address_is_refused_in_words(self, shop: Shop):
        shop.add("meera", Role.CUSTOMER)
        with pytest.raises(Conflict, match="customer account"):
            shop.staff.invite("Meera", "meera@shop.example", Role.OPS, shop.actor)
        with pytest.raises(Conflict, match="on the staff already"):
            shop.staff.invite("Asha", "asha@shop.example", Role.OPS, shop.actor)

    def test_of_two_invitations_at_once_one_is_made(self, shop: Shop):
        def invite(_: int) -> bool:
            with contextlib.suppress(Conflict):
                shop.staff.invite("Ravi", "ravi@shop.example", Role.OPS, shop.actor)
                return True
            return False

        assert sum(at_once(4, invite)) == 1
        assert len(shop.mails()) == 1
        assert len(shop.audit.search(action=AuditAction.STAFF_INVITE).entries) == 1

    @pytest.mark.parametrize("role", [Role.CUSTOMER, "admin2", None])
    def test_only_into_a_role_of_the_staff(self, shop: Shop, role: Any):
        with pytest.raises(InvalidInput):
            shop.staff.invite("Ravi", "ravi@shop.example", role, shop.actor)


class TestRole:
    def test_a_new_role_ends_the_sessions_and_tells_the_person(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        changed = shop.staff.change_role(ravi.user_id, Role.ANALYST, shop.actor, Role.OPS)
        assert (changed.role, changed.session_version) == (Role.ANALYST, ravi.session_version + 1)
        assert shop.notices() == ["role_changed"]
        assert shop.last() == (
            AuditAction.STAFF_ROLE, str(ravi.user_id), {"role": "ops"}, {"role": "analyst"}, AuditOutcome.DONE,
        )  # fmt: skip

    def test_a_role_that_somebody_else_has_changed_meanwhile_is_told_and_stays(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        shop.staff.change_role(ravi.user_id, Role.CUSTOMER, shop.actor, Role.OPS)
        with pytest.raises(Conflict, match="from ops to customer"):
            shop.staff.change_role(ravi.user_id, Role.ANALYST, shop.actor, Role.OPS)
        assert shop.get(ravi).role is Role.CUSTOMER

    def test_the_same_role_changes_and_writes_nothing(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        assert shop.staff.change_role(ravi.user_id, Role.OPS, shop.actor, Role.OPS) == ravi
        assert shop.audit.search().entries == ()

    def test_a_customer_joins_with_a_confirmed_address_only(self, shop: Shop):
        stranger = shop.add("meera", Role.CUSTOMER, verified=False)
        with pytest.raises(Conflict, match="not been confirmed"):
            shop.staff.make_staff("Meera@shop.example", Role.ADMIN, shop.actor)
        assert shop.get(stranger).role is Role.CUSTOMER
        refusal = shop.audit.search(limit=1).entries[0]
        assert refusal.outcome is AuditOutcome.REFUSED
        assert "meera" not in f"{refusal.target_name} {refusal.note}".lower(), "the log keeps no customer's name"
        shop.set(stranger, email_verified_at=NOW)
        assert shop.staff.make_staff("Meera@shop.example", Role.ADMIN, shop.actor).role is Role.ADMIN
        with pytest.raises(NotFound, match="Invite"):
            shop.staff.make_staff("nobody@shop.example", Role.ADMIN, shop.actor)

    def test_somebody_leaves_the_staff_and_is_no_longer_listed(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        shop.staff.change_role(ravi.user_id, Role.CUSTOMER, shop.actor, Role.OPS)
        assert [person.full_name for person in shop.staff.people()] == ["Asha"]

    def test_an_invited_person_cannot_become_a_customer_without_a_password(self, shop: Shop):
        person = shop.staff.invite("Ravi", "ravi@shop.example", Role.OPS, shop.actor)
        with pytest.raises(Conflict, match="not joined"):
            shop.staff.change_role(person.user_id, Role.CUSTOMER, shop.actor, Role.OPS)


class TestShuttingOut:
    def test_deactivated_and_back(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        out = shop.staff.deactivate(ravi.user_id, shop.actor)
        assert out.deactivated_at is not None
        assert out.session_version == ravi.session_version + 1
        shop.staff.deactivate(ravi.user_id, shop.actor)
        back = shop.staff.reactivate(ravi.user_id, shop.actor)
        assert (back.deactivated_at, back.role) == (None, Role.OPS)
        actions = [entry.action for entry in shop.audit.search().entries]
        assert actions == [AuditAction.STAFF_REACTIVATE, AuditAction.STAFF_DEACTIVATE], "the repeat changed nothing"

    def test_their_api_tokens_end_for_good(self, shop: Shop):
        ravi, meera = shop.add("ravi", Role.OPS), shop.add("meera", Role.OPS)
        tokens = TokenService(SqlApiTokens(shop.database), shop.users)
        _, secret = tokens.create(ravi, "Robot", [Scope.SHOP], None)
        _, other = tokens.create(meera, "Robot", [Scope.SHOP], None)
        shop.staff.deactivate(ravi.user_id, shop.actor)
        shop.staff.reactivate(ravi.user_id, shop.actor)
        assert tokens.of(ravi.user_id) == ()
        with pytest.raises(NotSignedIn):
            tokens.resolve(secret)
        assert tokens.resolve(other)[0].user_id == meera.user_id

    @pytest.mark.parametrize(
        ("before", "after", "ends"),
        [
            (Role.ADMIN, Role.ANALYST, True),
            (Role.ADMIN, Role.OPS, True),
            (Role.ADMIN, Role.CUSTOMER, True),
            (Role.ANALYST, Role.OPS, True),
            (Role.OPS, Role.ANALYST, True),  # whoever watched the screens does not any more
            (Role.OPS, Role.ADMIN, False),
            (Role.CUSTOMER, Role.ADMIN, False),
        ],
    )
    def test_tokens_of_who_may_do_less_end_and_do_not_come_back_with_the_role(self, shop: Shop, before, after, ends):
        ravi, meera = shop.add("ravi", before), shop.add("meera", before)
        tokens = TokenService(SqlApiTokens(shop.database), shop.users)
        made = [tokens.create(ravi, "Robot", tokens.scopes_for(before), None)[1] for _ in range(2)]
        _, other = tokens.create(meera, "Robot", [Scope.SHOP], None)
        shop.staff.change_role(ravi.user_id, after, shop.actor, before)
        note = shop.audit.search(limit=1).entries[0].note
        assert note == ("2 API tokens revoked" if ends else "")
        assert len(tokens.of(ravi.user_id)) == (0 if ends else 2)
        shop.staff.change_role(ravi.user_id, before, shop.actor, after)
        assert tokens.of(ravi.user_id) == ()  # one of the two changes took something away
        for secret in made:
            with pytest.raises(NotSignedIn):
                tokens.resolve(secret)
        assert tokens.resolve(other)[0].user_id == meera.user_id

    def test_a_customer_is_none_of_the_staffs_business(self, shop: Shop):
        meera = shop.add("meera", Role.CUSTOMER)
        for act in (shop.staff.deactivate, shop.staff.reactivate):
            with pytest.raises(Conflict, match="customer"):
                act(meera.user_id, shop.actor)
        assert shop.get(meera) == meera

    def test_signed_out_everywhere(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        assert shop.staff.end_sessions(ravi.user_id, shop.actor).session_version == ravi.session_version + 1
        assert shop.last()[0] == AuditAction.STAFF_SESSIONS

    def test_a_lost_second_factor(self, shop: Shop):
        ravi = shop.add("ravi", Role.OPS)
        with pytest.raises(Conflict, match="no second factor"):
            shop.staff.reset_second_factor(ravi.user_id, shop.actor)
        shop.set(ravi, totp_secret="x", totp_enabled_at=NOW, totp_last_step=5)
        code = {"user_id": ravi.user_id, "code_hash": "0" * 64}
        shop.database.write(lambda c: c.execute(insert(recovery_codes).values(code)))
        assert not shop.staff.reset_second_factor(ravi.user_id, shop.actor).has_second_factor
        kept = select(users_table.c.totp_secret, users_table.c.totp_last_step).where(
            users_table.c.user_id == ravi.user_id
        )
        assert tuple(shop.database.read(lambda c: c.execute(kept).one())) == (None, None)
        assert shop.database.read(lambda c: c.execute(select(recovery_codes)).all()) == []
        assert shop.notices() == ["second_factor_off"]

    def test_nobody(self, shop: Shop):
        for act in (shop.staff.deactivate, shop.staff.end_sessions, shop.staff.resend_invite):
            with pytest.raises(NotFound):
                act(10**9, shop.actor)


class TestTheLastAdmin:
    def test_stays_an_admin_and_active(self, shop: Shop):
        shop.staff.invite("Ravi", "ravi@shop.example", Role.ADMIN, shop.actor)  # cannot sign in yet
        gone = shop.add("gone", Role.ADMIN)
        shop.staff.deactivate(gone.user_id, shop.actor)
        for act in (
            lambda: shop.staff.deactivate(shop.asha.user_id, shop.actor),
            lambda: shop.staff.change_role(shop.asha.user_id, Role.OPS, shop.actor, Role.ADMIN),
        ):
            with pytest.raises(Conflict, match="last admin"):
                act()
            assert shop.last()[1] == str(shop.asha.user_id)
            assert shop.last()[4] is AuditOutcome.REFUSED
        assert shop.get(shop.asha) == shop.asha

    def test_one_is_left_when_all_remove_each_other_at_once(self, shop: Shop):
        admins = [shop.asha, *(shop.add(f"admin{n}", Role.ADMIN) for n in range(1, ADMINS))]

        def remove_next(number: int) -> bool:
            victim = admins[(number + 1) % ADMINS]
            with contextlib.suppress(Conflict):
                if number % 2:
                    shop.staff.deactivate(victim.user_id, shop.actor)
                else:
                    shop.staff.change_role(victim.user_id, Role.OPS, shop.actor, Role.ADMIN)
                return True
            return False

        removed = sum(at_once(ADMINS, remove_next))
        left = active_admins([shop.get(admin) for admin in admins])
        assert (removed, len(left)) == (ADMINS - 1, 1)
        done = [e for e in shop.audit.search().entries if e.outcome is AuditOutcome.DONE]
        assert len(done) == removed
