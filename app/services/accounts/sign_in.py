"""Signing in and up, and asking for a new password: what the pages and the API share, throttled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from app.domain import User, mailbox_of
from app.errors import InvalidInput, Throttled, TooManyMails
from app.services.accounts.accounts import EMAIL_LENGTH, clean_email
from app.services.limits.networks import network_of
from app.services.limits.throttle import (
    MAIL_ACCOUNT,
    MAIL_MAILBOX,
    RESET_ADDRESS,
    SIGN_IN_ACCOUNT,
    SIGN_IN_ADDRESS,
    SIGN_IN_DEVICE,
    SIGN_UP_ADDRESS,
    Rule,
    ThrottleService,
)


@dataclass(frozen=True)
class Device:
    """A browser, by a random key, and the accounts that signed in on it."""

    key: str = ""
    accounts: frozenset[int] = frozenset()


class Accounts(Protocol):
    """What signing in needs of the account service."""

    def by_email(self, email: str) -> User | None: ...

    def authenticate(self, email: str, password: str) -> User: ...

    def register(self, full_name: str, email: str, password: str) -> User: ...

    def request_reset(self, email: str) -> None: ...


class SignInService:
    """Signs people in by password, and counts who tries.

    `address` is the caller's network address, `device` what `app.web.identity.devices.current_device()` says.
    """

    def __init__(self, accounts: Accounts, throttle: ThrottleService) -> None:
        self._accounts = accounts
        self._throttle = throttle

    def password(self, email: str, password: str, address: str, device: Device) -> User:
        """The account of this pair; whether a code is needed too is `User.has_second_factor`.

        The attempt is counted before the password is looked at, and given back when it is right.
        Raises WrongCredentials, Throttled, InvalidInput.
        """
        with self._throttle.attempt(*self._sign_in_limits(email, address, device)):
            return self._accounts.authenticate(email, password)

    def sign_up(self, full_name: str, email: str, password: str, address: str) -> User:
        """A new customer. Raises EmailTaken, InvalidInput, Throttled.

        Every attempt counts: one that is refused still answers whether an address is taken, or costs the time
        that judging a password takes.
        """
        self._throttle.take(SIGN_UP_ADDRESS, network_of(address))
        with _told_of_mails(), self._throttle.spending(MAIL_MAILBOX, _mailbox_key(email)):
            return self._accounts.register(full_name, email, password)

    def request_reset(self, email: str, address: str) -> None:
        """Ask for a reset link, whether or not there is such an account. Raises Throttled."""
        with _told_of_mails():
            self._throttle.take_all((MAIL_MAILBOX, _mailbox_key(email)), (RESET_ADDRESS, network_of(address)))
        self._accounts.request_reset(email)

    def count_mail(self, user_id: int, email: str) -> None:
        """One more mail with a link for an account, to its address or to one it wants to have. Raises Throttled."""
        with _told_of_mails():
            self._throttle.take_all((MAIL_ACCOUNT, str(user_id)), (MAIL_MAILBOX, _mailbox_key(email)))

    def _sign_in_limits(self, email: str, address: str, device: Device) -> tuple[tuple[Rule, str], ...]:
        """A device that knows the account is beside the others: what they guess does not hold its owner up."""
        user = self._accounts.by_email(email) if device.accounts else None
        if user is not None and user.user_id in device.accounts:
            return ((SIGN_IN_DEVICE, f"{device.key}:{user.user_id}"),)
        return (SIGN_IN_ACCOUNT, _account_key(email)), (SIGN_IN_ADDRESS, network_of(address))


def _mailbox_key(email: object) -> str:
    """One bucket per mailbox whatever its +tag, and whether or not it has an account."""
    return mailbox_of(_account_key(email))


@contextmanager
def _told_of_mails() -> Iterator[None]:
    try:
        yield
    except Throttled as error:
        raise TooManyMails(error.retry_after) from None


def _account_key(email: object) -> str:
    """One bucket per mailbox, however its address is spelled, and whether or not it has an account."""
    if not isinstance(email, str):
        return ""
    try:
        return clean_email(email)
    except InvalidInput:
        return email[:EMAIL_LENGTH].strip().lower()  # of no account
