"""What accounts need from the store: people, links sent by e-mail, and a person's data as a whole."""

from __future__ import annotations

from typing import Protocol

from app.domain import AccountLink, LinkPurpose, Notice, Order, OrderReturn, User


class Users(Protocol):
    def get(self, user_id: int) -> User | None: ...

    def by_email(self, email: str) -> User | None: ...

    def add(self, user: User, link: LinkPurpose | None = None) -> User:
        """Store a new user (its `user_id` is ignored), and queue the mail with that link to its address.

        Raises EmailTaken, also for the second of two at once.
        """

    def set_name(self, user_id: int, full_name: str) -> None: ...

    def set_password(self, user_id: int, password_hash: str, instead_of: str | None = None) -> bool:
        """Also ends every session, and voids the account's links for a new password or address.

        `instead_of`: only if that is still the hash; the owner, who typed it, is told by e-mail then and keeps
        the API tokens. Without it they end too. False when nothing changed.
        """

    def end_sessions(self, user_id: int) -> None:
        """Raises `session_version` by one."""


class AccountLinks(Protocol):
    """Single-use links. Each use and its effect are one transaction, which of two at once does once.

    A link is open while it is unused, has not expired by the database's clock, its account is active and has
    the address that the link was sent to; one for a new address, while the account is active.
    """

    def open(self, link_id: int) -> tuple[AccountLink, User] | None:
        """The link and its account, or None for one that is not open."""

    def request(self, user_id: int, purpose: LinkPurpose, email: str) -> bool:
        """Make a link to `email` and queue its mail; False when the account is not active."""

    def request_reset(self, email: str) -> None:
        """Queue the search for the account of an address; the same work whether there is one."""

    def answer_reset(self, email: str, request: str) -> None:
        """Queue the mail with a link for a new password, or the invitation again, if the address has an account.

        Safe to run twice with one `request`.
        """

    def notify(self, user_id: int, notice: Notice) -> None:
        """Queue a notice to the address that the account will have when it is sent."""

    def verify(self, link_id: int) -> User:
        """Raises LinkInvalid, as the others do."""

    def change_email(self, link_id: int) -> User:
        """The link's address becomes the account's; the old one gets a notice. Raises EmailTaken."""

    def reset_password(self, link_id: int, password_hash: str) -> User:
        """Ends every session and API token, and voids the account's other links for a new password or address.

        If nobody had confirmed the address, whoever set up a second factor may have been a stranger: it goes.
        """

    def accept_invite(self, link_id: int, full_name: str, password_hash: str) -> User: ...

    def purge(self, limit: int) -> int:
        """Delete up to `limit` links that expired long ago; how many."""


class AccountRecords(Protocol):
    """Everything that is kept of one person."""

    def close(self, user_id: int, password_hash: str) -> bool:
        """Make an active customer's account anonymous, if that is still its hash, and queue what is left to erase.

        Links, recovery codes, API tokens and sessions are deleted. Raises Conflict for staff.
        """

    def erase(self, user_id: int, email: str) -> None:
        """Make the orders of a closed account anonymous and delete the messages to it. Safe to run twice."""

    def orders(self, user_id: int) -> tuple[Order, ...]:
        """Oldest first, with lines."""

    def returns(self, user_id: int) -> tuple[OrderReturn, ...]:
        """Oldest first."""

    def recovery_codes_left(self, user_id: int) -> int: ...
