"""What an account needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain import AccountLink, AuditEntry, LinkPurpose, Notice, Order, OrderReturn, Session, User
from app.domain.fulfilment import Shipment, Step
from app.domain.invoices import Invoice


@dataclass(frozen=True)
class Written:
    """What staff wrote about an order, and its invoices, which name their buyer. `hold`: why it must wait."""

    hold: str | None = None
    tags: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    invoices: tuple[Invoice, ...] = ()


NOTHING_WRITTEN = Written()


@dataclass(frozen=True)
class SecondFactor:
    """What is kept of a user's second factor; `secret` as it was handed in, encrypted."""

    secret: str | None
    enabled_at: datetime | None


class SecondFactors(Protocol):
    """Where second factors are kept. Every change is one guarded step: of two at once, one happens."""

    def get(self, user_id: int) -> SecondFactor | None:
        """None for an unknown user."""

    def propose(self, user_id: int, secret: str, instead_of: str | None) -> bool:
        """Keep a secret that is not enabled yet, if `instead_of` is what is kept now."""

    def enable(self, user_id: int, secret: str, step: int, code_hashes: Sequence[str]) -> bool:
        """Turn on the proposed `secret`, whose code of time step `step` was given, with new recovery codes.

        Ends every session: raises `session_version` by one. False, and nothing changed, when another
        secret is kept or one is on already.
        """

    def take_step(self, user_id: int, step: int) -> bool:
        """Use up a time step and all before it; False when it was used up, or no second factor is on."""

    def take_recovery_code(self, user_id: int, code_hash: str) -> bool:
        """Use up a recovery code; False for an unknown or a used one, or while no second factor is on."""

    def replace_recovery_codes(self, user_id: int, code_hashes: Sequence[str]) -> bool:
        """The old ones, used or not, stop working; False while no second factor is on."""

    def remaining(self, user_id: int) -> int:
        """Recovery codes that were not used."""

    def clear(self, user_id: int) -> bool:
        """Forget secret and codes; whether a second factor was on."""


@dataclass(frozen=True)
class Browser:
    """From where somebody comes: the network address, what the browser calls itself, and the way, as an `Actor`'s."""

    address: str = ""
    agent: str = ""
    via: str = "page"


@dataclass(frozen=True)
class FoundSession:
    """The answer to a look for a session.

    `now` by the clock that the session's times are of; `session` is None when there is no such row.
    """

    user: User
    session: Session | None
    now: datetime


class SessionStore(Protocol):
    """Where sessions are kept, by the hash of their key."""

    def begin(
        self, user: User, key_hash: str, browser: Browser, is_remembered: bool, instead_of: str | None, most: int
    ) -> None:
        """A new session of the user's version; of more than `most` the oldest end, and all of other versions.

        `instead_of`: the session that it goes on from, which ends; the time of that one's sign-in is taken over.
        """

    def find(self, user_id: int, key_hash: str) -> FoundSession | None:
        """In one statement; None for an unknown user."""

    def of(self, user: User) -> tuple[Sequence[Session], datetime]:
        """Those of the user's version, latest seen first, and the time."""

    def seen(self, session_id: int, browser: Browser, pause: timedelta) -> bool:
        """Note that it is used from there, unless that was noted less than `pause` ago."""

    def end(self, key_hash: str) -> None:
        """One that is not there has ended."""

    def end_one(self, user_id: int, session_id: int) -> Session | None:
        """End a session of that user and give what it was; None when there is no such one."""

    def purge(self, longest: timedelta, limit: int) -> int:
        """Delete up to `limit` whose sign-in is longer ago; how many."""


class Users(Protocol):
    def get(self, user_id: int) -> User | None: ...

    def get_many(self, user_ids: Collection[int]) -> Mapping[int, User]:
        """Those that exist, by id."""

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


class TaxExemptStore(Protocol):
    def set_tax_exempt(self, user_id: int, seen: str, reason: str, audited: AuditEntry) -> bool:
        """Keep why somebody pays no tax, "" for nothing, with its audit entry; False, and nothing is written, where it
        is not `seen` any more."""


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

        Links, recovery codes, API tokens and sessions are deleted. Raises Conflict for staff, and while
        an order of theirs is being paid or is still to be sent.
        """

    def erase(self, user_id: int, email: str) -> None:
        """Make the orders of a closed account anonymous and delete the messages to it. Safe to run twice."""

    def orders(self, user_id: int) -> tuple[Order, ...]:
        """Oldest first, with lines."""

    def returns(self, user_id: int) -> tuple[OrderReturn, ...]:
        """Oldest first."""

    def shipments(self, user_id: int) -> tuple[Shipment, ...]:
        """Of the same orders, oldest first."""

    def written(self, user_id: int) -> Mapping[int, Written]:
        """What staff wrote about the same orders, and whom invoices name, by order; those without are left out."""

    def recovery_codes_left(self, user_id: int) -> int: ...
