"""Accounts: signing up, signing in, what people change about themselves, and the links that do it by e-mail."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from email_validator import EmailNotValidError, validate_email

from app.domain import AccountLink, LinkPurpose, Notice, Role, User
from app.errors import Conflict, EmailTaken, InvalidInput, LinkInvalid, NotFound, WrongCredentials
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.passwords import HASHING, hash_password, password_matches
from app.services.accounts.personal_data import AccountData
from app.services.accounts.ports import AccountLinks, Users
from app.services.checks import composed, line
from app.words import mark

NAME_LENGTH = 120
EMAIL_LENGTH = 254
_WRONG_PASSWORD = mark("The password is wrong.")


class AccountService:
    """Who people are. Raises InvalidInput naming the field for anything malformed, NotFound for an unknown id.

    Nothing here is throttled: pages and API come through `SignInService` where guessing must be slow.
    """

    def __init__(
        self,
        users: Users,
        links: AccountLinks,
        tokens: LinkTokens,
        data: AccountData,
        store_name: Callable[[], str] = str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._users = users
        self._links = links
        self._tokens = tokens
        self._data = data
        self._store_name = store_name
        self._now = now
        # Checked when there is no account, so that the answer takes as long as with one.
        self._nobody = HASHING.hash(secrets.token_urlsafe(24))

    # --- signing up and in --------------------------------------------------------------------------

    def register(
        self, full_name: str, email: str, password: str, role: Role = Role.CUSTOMER, *, verified: bool = False
    ) -> User:
        """Create an account; unless `verified`, a link to confirm the address is mailed to it. Raises EmailTaken."""
        name = clean_name(full_name)
        address = clean_email(email)
        if self._users.by_email(address) is not None:
            raise EmailTaken()  # before the hash: the answer says it anyway
        now = self._now()
        user = User(
            user_id=0,
            full_name=name,
            email=address,
            role=role,
            password_hash=hash_password(password, name, address, self._store_name()),
            session_version=1,
            created_at=now,
            email_verified_at=now if verified else None,
        )
        return self._users.add(user, link=None if verified else LinkPurpose.VERIFY)

    def authenticate(self, email: str, password: str) -> User:
        """The account of this pair. Raises WrongCredentials, after the same work whatever is wrong."""
        user = self._users.by_email(_lookup_key(email))
        stored = user.password_hash if user is not None else None
        matches = password_matches(stored or self._nobody, password)
        if user is None or stored is None or user.deactivated_at is not None or not matches:
            raise WrongCredentials()
        return user

    def check_password(self, user_id: int, password: str) -> User:
        """For what needs the password again. Raises WrongCredentials."""
        if password == "":
            raise WrongCredentials(mark("Type your current password."))
        user = self._get(user_id)
        if user.deactivated_at or not password_matches(user.password_hash or self._nobody, password):
            raise WrongCredentials(_WRONG_PASSWORD)
        return user

    def get(self, user_id: int) -> User | None:
        return self._users.get(user_id)

    def by_email(self, email: str) -> User | None:
        return self._users.by_email(_lookup_key(email))

    # --- what people change about themselves ----------------------------------------------------------

    def change_name(self, user_id: int, full_name: str) -> User:
        self._users.set_name(user_id, clean_name(full_name))
        return self._get(user_id)

    def change_password(self, user_id: int, current: str, new: str) -> User:
        """Ends every session, voids links on their way, and tells the owner. Raises WrongCredentials.

        Wrong is also a password that was right until someone else changed it a moment ago.
        """
        user = self.check_password(user_id, current)
        if not self._users.set_password(user_id, self._hash(new, user), instead_of=user.password_hash):
            raise WrongCredentials(_WRONG_PASSWORD)
        return self._get(user_id)

    def set_password(self, user_id: int, password: str) -> None:
        """For commands run by who owns the machine; ends every session and API token of the account."""
        user = self._users.get(user_id)
        if user is None:
            raise InvalidInput(mark("There is no such account."), "user_id")
        self._users.set_password(user_id, self._hash(password, user))

    def request_verification(self, user_id: int) -> None:
        """Mail another link to confirm the account's address. Raises Conflict when that was done."""
        user = self._get(user_id)
        if user.email is None or user.email_verified_at is not None:
            raise Conflict(mark("This e-mail address is confirmed already."))
        self._request(user_id, LinkPurpose.VERIFY, user.email)

    def request_reconfirmation(self, user_id: int) -> None:
        """Mail a link that confirms the account's address, also one that was confirmed before."""
        user = self._get(user_id)
        if user.email is None:
            raise Conflict(mark("This account has no e-mail address."))
        self._request(user_id, LinkPurpose.VERIFY, user.email)

    def request_email_change(self, user_id: int, password: str, new_email: str) -> None:
        """Mail a link to the new address; following it changes the account's. Raises WrongCredentials, EmailTaken."""
        address = clean_email(new_email)
        user = self.check_password(user_id, password)
        if address == user.email:
            raise InvalidInput(mark("This is the account's e-mail address already."), "email")
        if self._users.by_email(address) is not None:
            raise EmailTaken(mark("There is already another account with this e-mail address."))
        self._request(user_id, LinkPurpose.CHANGE_EMAIL, address)

    def request_reset(self, email: str) -> None:
        """Mail a link for a new password, if the address has an account: the caller cannot tell.

        Only queues the search, so that the answer and its time are the same for every address.
        """
        address = clean_email(email)
        self._links.request_reset(address)

    def sign_out_everywhere(self, user_id: int) -> User:
        """End every session; the caller signs this one in again."""
        self._users.end_sessions(user_id)
        return self._get(user_id)

    def notify(self, user_id: int, notice: Notice) -> None:
        """Tell the account's owner by e-mail what just happened to it."""
        self._links.notify(user_id, notice)

    # --- links from e-mails -----------------------------------------------------------------------------

    def link(self, token: str, *purposes: LinkPurpose) -> tuple[AccountLink, User]:
        """What a token stands for, using nothing up. Raises LinkInvalid."""
        return self._tokens.open(token, *purposes)

    def confirm_email(self, token: str) -> User:
        """Confirm the account's address, or make a new one its address. Raises LinkInvalid, EmailTaken."""
        link, _ = self.link(token, LinkPurpose.VERIFY, LinkPurpose.CHANGE_EMAIL)
        if link.purpose is LinkPurpose.VERIFY:
            return self._links.verify(link.link_id)
        return self._links.change_email(link.link_id)

    def reset_password(self, token: str, new: str) -> User:
        """Set the password by a link, once. Ends sessions and API tokens, confirms the address. Raises LinkInvalid."""
        link, user = self.link(token, LinkPurpose.RESET)
        return self._links.reset_password(link.link_id, self._hash(new, user))

    def accept_invite(self, token: str, full_name: str, password: str) -> User:
        """Join the staff by a link, once. Raises LinkInvalid."""
        link, user = self.link(token, LinkPurpose.INVITE)
        name = clean_name(full_name)
        password_hash = hash_password(password, name, user.email or "", self._store_name())
        return self._links.accept_invite(link.link_id, name, password_hash)

    # --- leaving ------------------------------------------------------------------------------------------

    def export(self, user_id: int) -> dict[str, object]:
        """All that the shop keeps about a person, ready for JSON; amounts in major units."""
        return self._data.export(self._get(user_id))

    def close(self, user_id: int, password: str) -> None:
        """Delete a customer's account: orders stay, without the person. Raises WrongCredentials, Conflict for staff."""
        self._data.close(self.check_password(user_id, password))

    def _request(self, user_id: int, purpose: LinkPurpose, email: str) -> None:
        if not self._links.request(user_id, purpose, email):
            raise LinkInvalid(mark("This account was closed."))

    def _hash(self, password: str, user: User) -> str:
        return hash_password(password, user.full_name, user.email or "", self._store_name())

    def _get(self, user_id: int) -> User:
        user = self._users.get(user_id)
        if user is None:
            raise NotFound(mark("There is no such account."))
        return user


def clean_name(value: str) -> str:
    """A person's name: composed Unicode, single spaces, no control characters, 1 to 120 characters."""
    return line(value, "fullname", NAME_LENGTH, required=mark("Enter your name."), label=mark("The name"))


def clean_email(value: str) -> str:
    """One spelling per mailbox: composed, lower case. Raises InvalidInput for what cannot be an address."""
    text = composed(value, "email", EMAIL_LENGTH, mark("The e-mail address")).strip()
    if not text:
        raise InvalidInput(mark("Enter an e-mail address."), "email")
    if len(text) > EMAIL_LENGTH:
        raise InvalidInput(mark("The e-mail address may have at most {count} characters.", count=EMAIL_LENGTH), "email")
    try:
        # ASCII before the @ only: few mail services, SES among them, deliver anything else.
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise InvalidInput(mark("This is not an e-mail address we can write to."), "email") from None
    return address.normalized.lower()


def _lookup_key(email: str) -> str:
    try:
        return clean_email(email)
    except InvalidInput:
        return ""  # no account has it, and the search still runs
