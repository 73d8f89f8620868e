"""Mail to mailboxes that nobody has confirmed: a few an hour, whoever causes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from app.domain import User, mailbox_of
from app.errors import AwaitsConfirmation, Throttled
from app.services.accounts.ports import Users
from app.services.limits.throttle import UNCONFIRMED_MAILBOX, ThrottleService

WORDS = "Not sent: several mails went to this mailbox lately, and nobody has confirmed that it is theirs."


class UnconfirmedMail:
    """Counts mails to mailboxes that nobody has confirmed.

    Anybody may type any address into a checkout or a sign-up; the shop must not fill its mailbox for them.
    """

    def __init__(self, throttle: ThrottleService, users: Users) -> None:
        self._throttle = throttle
        self._users = users

    def is_confirmed(self, address: str, user_id: int | None) -> bool:
        """Whether the account that causes a mail has proved that the address is its own."""
        user = self._users.get(user_id) if user_id is not None else None
        return user is not None and is_confirmed_by(user, address)

    def confirmed(self, sent: Collection[tuple[str, int | None]]) -> frozenset[tuple[str, int | None]]:
        """Of these (address, user id) those of which `is_confirmed` holds."""
        users = self._users.get_many({user_id for _, user_id in sent if user_id is not None})
        return frozenset(
            (to, by) for to, by in sent if by is not None and by in users and is_confirmed_by(users[by], to)
        )

    def count(self, addresses: Sequence[str]) -> list[bool]:
        """Count one mail to each, one after the other; whether it is within its budget, else it is not counted."""
        return self._throttle.take_each(UNCONFIRMED_MAILBOX, [mailbox_of(address) for address in addresses])

    def uncount(self, addresses: Sequence[str]) -> None:
        """Those did not go out."""
        self._throttle.give_back(UNCONFIRMED_MAILBOX, *map(mailbox_of, addresses))

    @contextmanager
    def counted(self, address: str) -> Iterator[None]:
        """Round sending one mail: it counts unless that fails. Raises AwaitsConfirmation past the budget."""
        try:
            with self._throttle.spending(UNCONFIRMED_MAILBOX, mailbox_of(address)):
                yield
        except Throttled:
            raise AwaitsConfirmation(WORDS) from None


def is_confirmed_by(user: User, address: str) -> bool:
    return user.email == address and user.email_verified_at is not None
