"""The staff: who works here, in which role, and everything an admin may do about it.

There is always an admin who can sign in: the last one can be neither demoted nor deactivated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from app.domain import Actor, AuditAction, Role, User, loses_rights
from app.errors import Conflict, EmailTaken, InvalidInput, NotFound
from app.services.accounts.accounts import clean_email, clean_name
from app.services.accounts.ports import Users
from app.services.audit.log import entry_of, refused
from app.services.audit.ports import AuditLog
from app.services.staff.ports import Decide, StaffChange, StaffStore, called

STAFF_ROLES = (Role.OPS, Role.FULFILMENT, Role.ANALYST, Role.ADMIN)
_LAST_ADMIN = "{name} is the last admin who can sign in. Make somebody else an admin first."


class StaffService:
    """Invites, changes and dismisses the people who work here.

    Every change ends in the audit log, in the same transaction. Raises NotFound for an unknown person.
    """

    def __init__(
        self,
        staff: StaffStore,
        users: Users,
        log: AuditLog,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._staff = staff
        self._log = log
        self._users = users
        self._now = now

    def people(self) -> tuple[User, ...]:
        """Everybody with a role beyond customer, also invited and deactivated, by name."""
        return self._staff.people()

    def invited_until(self, user_ids: Collection[int]) -> Mapping[int, datetime]:
        """When the latest invitation of each person expires, or expired."""
        return self._staff.invited_until(user_ids) if user_ids else {}

    def invite(self, full_name: str, email: str, role: Role, actor: Actor) -> User:
        """Send somebody who has no account a link that lets them join. Raises Conflict, InvalidInput."""
        name, address, role = clean_name(full_name), clean_email(email), _staff_role(role)
        self._refuse_known(address)
        person = User(0, name, address, role, None, 1, self._now())
        try:
            return self._staff.invite(person, entry_of(actor, AuditAction.STAFF_INVITE, "user", "", ""))
        except EmailTaken:
            self._refuse_known(address)  # somebody was faster
            raise

    def make_staff(self, email: str, role: Role, actor: Actor) -> User:
        """Give an existing account a role. Raises Conflict unless its address has been confirmed, NotFound."""
        address, role = clean_email(email), _staff_role(role)
        person = self._users.by_email(address)
        if person is None:
            raise NotFound("There is no account with this address. Invite the person instead.")
        return self.change_role(person.user_id, role, actor, person.role)

    def resend_invite(self, user_id: int, actor: Actor) -> User:
        """Send the invitation again, with a new link. Raises Conflict for somebody who has joined."""

        def decide(person: User, _others: int) -> StaffChange:
            if not person.is_invited:
                raise Conflict(f"{person.full_name} has joined already.")
            if person.deactivated_at is not None:
                raise Conflict(f"{person.full_name} is deactivated. Reactivate the account first.")
            return StaffChange(invites_again=True)

        return self._change(user_id, decide, actor, AuditAction.STAFF_INVITE_AGAIN)

    def change_role(self, user_id: int, role: Role, actor: Actor, seen: Role) -> User:
        """Give a person another role, ending their sessions; Role.CUSTOMER takes them off the staff.

        Whoever may do less then loses all API tokens: none comes back with a role that is given again.
        Raises Conflict when the role is not the one that was `seen` any more, for the last admin, and for an account
        that is not fit for the staff.
        """
        if not isinstance(role, Role):
            raise InvalidInput("Choose one of the roles shown.", "role")

        def decide(person: User, other_admins: int) -> StaffChange | None:
            if person.role is role:
                return None
            if person.role is not seen:
                raise Conflict(
                    f"Somebody else changed the role of {person.full_name} meanwhile: from {seen} to {person.role}. "
                    f"It was not changed to {role}. Open the person again and choose."
                )
            _refuse_unfit(person, role)
            _refuse_last_admin(person, other_admins)
            return StaffChange(
                role=role,
                ends_sessions=True,
                ends_tokens=loses_rights(person.role, role),
                notice=None if person.is_invited else "role_changed",
                before={"role": person.role.value},
                after={"role": role.value},
            )

        return self._change(user_id, decide, actor, AuditAction.STAFF_ROLE, {"role": role.value})

    def deactivate(self, user_id: int, actor: Actor) -> User:
        """Shut the person out at once, API tokens too; what they did stays.

        Raises Conflict for the last admin and for customers.
        """

        def decide(person: User, other_admins: int) -> StaffChange | None:
            _refuse_customer(person)
            if person.deactivated_at is not None:
                return None
            _refuse_last_admin(person, other_admins)
            return StaffChange(
                is_active=False,
                ends_sessions=True,
                ends_tokens=True,
                before={"is_active": True},
                after={"is_active": False},
            )

        return self._change(user_id, decide, actor, AuditAction.STAFF_DEACTIVATE)

    def reactivate(self, user_id: int, actor: Actor) -> User:
        """Let a deactivated person in again, with the password and role they had. Raises Conflict for customers.

        The API tokens they had stay revoked.
        """

        def decide(person: User, _others: int) -> StaffChange | None:
            _refuse_customer(person)
            if person.deactivated_at is None:
                return None
            return StaffChange(is_active=True, before={"is_active": False}, after={"is_active": True})

        return self._change(user_id, decide, actor, AuditAction.STAFF_REACTIVATE)

    def reset_second_factor(self, user_id: int, actor: Actor) -> User:
        """For somebody who lost their phone: the next sign-in asks for the password only. Ends their sessions."""

        def decide(person: User, _others: int) -> StaffChange:
            if not person.has_second_factor:
                raise Conflict(f"{person.full_name} has no second factor.")
            return StaffChange(
                drops_second_factor=True,
                ends_sessions=True,
                notice="second_factor_off",
                before={"second_factor": True},
                after={"second_factor": False},
            )

        return self._change(user_id, decide, actor, AuditAction.STAFF_SECOND_FACTOR)

    def end_sessions(self, user_id: int, actor: Actor) -> User:
        """Sign the person out everywhere. API tokens stay."""
        return self._change(
            user_id, lambda _person, _others: StaffChange(ends_sessions=True), actor, AuditAction.STAFF_SESSIONS
        )

    def _change(
        self,
        user_id: int,
        decide: Decide,
        actor: Actor,
        action: AuditAction,
        wanted: Mapping[str, object] | None = None,
    ) -> User:
        """`wanted`: what the log keeps of an attempt that was refused."""
        try:
            return self._staff.change(user_id, decide, entry_of(actor, action, "user", "", ""))
        except Conflict as error:
            self._log.append(
                refused(entry_of(actor, action, "user", user_id, self._called(user_id), None, wanted), error)
            )
            raise

    def _called(self, user_id: int) -> str:
        """The log keeps its entries for good: no customer's name or address for what never came to be."""
        person = self._users.get(user_id)
        return f"customer {user_id}" if person is None or not person.is_staff else called(person)

    def _refuse_known(self, address: str) -> None:
        person = self._users.by_email(address)
        if person is None:
            return
        if not person.is_staff:
            raise Conflict("There is a customer account with this address. Use “Give an account a role” instead.")
        raise Conflict(f"{person.full_name} is on the staff already.")


def active_admins(people: Collection[User]) -> tuple[User, ...]:
    """Those who can sign in as an admin now; an invited one cannot yet."""
    return tuple(p for p in people if p.role is Role.ADMIN and p.password_hash is not None and p.deactivated_at is None)


def _staff_role(role: Role) -> Role:
    if role not in STAFF_ROLES:
        raise InvalidInput("Choose one of the roles shown.", "role")
    return role


def _refuse_last_admin(person: User, other_admins: int) -> None:
    if active_admins([person]) and not other_admins:
        raise Conflict(_LAST_ADMIN.format(name=person.full_name))


def _refuse_customer(person: User) -> None:
    if not person.is_staff:
        raise Conflict("This is a customer's account. Only its owner can close it.")


def _refuse_unfit(person: User, role: Role) -> None:
    """Whoever typed an address into the sign-up form must not get the rights of the person it belongs to."""
    if person.is_staff:
        if role is Role.CUSTOMER and person.is_invited:
            raise Conflict(f"{person.full_name} has not joined yet. Deactivate the invitation instead.")
        return
    if person.email is None or person.password_hash is None or person.deactivated_at is not None:
        raise Conflict("Nobody can sign in to this account, so it cannot join the staff.")
    if person.email_verified_at is None:
        raise Conflict(
            "The e-mail address of this account has not been confirmed. Its owner has to follow the link in the e-mail."
        )
