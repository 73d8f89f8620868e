"""Throttling: how often somebody may try before waiting.

What an attacker gets in a day, whatever the number of connections and servers, and across restarts:

- on one account, from any number of addresses: 5 guesses and then one a minute, 1,445 passwords a day;
  about as many codes of a second factor, once the password is known: a chance of 0.5 % a day;
- from one address (IPv6: one /64), on any number of accounts: 100 and then one every ten seconds, 8,740;
- from one address, 100 sign-ups (good or refused: they say whether an address is taken, and judging a password
  costs time) and then one every 20 seconds;
- in one account, 20 new passwords to be judged and then one every 20 seconds;
- in one account, 10 API tokens made, each with its mail, and then one every ten minutes;
- from one address (IPv6: one /64), 30 codes for the wall's screens to show and then one every ten seconds; by one of
  the staff, 10 wrong codes entered and then one a minute;
- from one address, 10 whole product feeds and then one a minute;
- from one address, 60 drawn pictures to be made JPEG for the first time and then one every ten seconds;
- one owner, a guest or an account, 30 orders and then one a minute; guests from one address 60 and then two a minute,
  so that a fresh session is no fresh budget. Customers with accounts are not counted by address: hundreds may sit
  behind one;
- 10 declined cards of one owner, then one every ten minutes, and 30 from one address, then one every four. Cards are
  declined by others: what was on its way when the last one was counted may be declined too, and is waited for;
- 3 mails with links to one mailbox (an address without its +tag) and then one every ten minutes, whoever asked for
  them: by signing up, for a new password, to confirm an address, to change it. And as many by one account;
- of other mail to a mailbox that nobody has confirmed (receipts, notices of an account) 3 and then one every twenty
  minutes; the rest is not sent until it is confirmed.

Only failures count where somebody guesses: the attempt is taken before the password is looked at, so that
a thousand guesses at once do not slip through, and given back when it was right. Nobody is locked out for
good: a device that signed in to an account before has a bucket of its own for it, so guesses from elsewhere
do not close it, and a reset link by e-mail opens any account. An unknown address is counted like an account,
so being throttled tells nobody whether it is one.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.errors import Throttled
from app.services.limits.ports import Limit, Throttles

PURGE_LIMIT = 1_000


@dataclass(frozen=True)
class Rule:
    """How often something may be tried. `burst` attempts at once, then one per `every_seconds`."""

    name: str
    burst: int
    every_seconds: float


SIGN_IN_ACCOUNT = Rule("sign-in-account", 5, 60)
SIGN_IN_DEVICE = Rule("sign-in-device", 10, 60)  # an account on a device that it signed in on before
SIGN_IN_ADDRESS = Rule("sign-in-address", 100, 10)  # also bounds how many sign in from there in one instant
SIGN_UP_ADDRESS = Rule("sign-up-address", 100, 20)
RESET_ADDRESS = Rule("reset-address", 30, 60)
CODE_ACCOUNT = Rule("code-account", 5, 60)
MAIL_ACCOUNT = Rule("mail-account", 3, 600)
MAIL_MAILBOX = Rule("mail-mailbox", 3, 600)
UNCONFIRMED_MAILBOX = Rule("unconfirmed-mailbox", 3, 1_200)
PRODUCT_FEED = Rule("product-feed", 10, 60)  # by address, and unchanged ones are not counted
DRAWN_PICTURE = Rule("drawn-picture", 60, 10)  # by address; those that were made before are not counted
NEW_PASSWORD = Rule("new-password", 20, 20)  # tried for one account, by whoever is signed in or has a link
NEW_TOKEN = Rule("new-token", 10, 600)  # each is told to its owner by e-mail
PASSWORD_AGAIN = Rule("password-again", 5, 60)  # asked of a signed-in account before something that matters
PAIRING_ADDRESS = Rule("pairing-address", 30, 10)  # codes for screens to show
PAIRING_CODE = Rule("pairing-code", 10, 60)  # wrong codes entered, by account

# How much of signing in the audit log, which forgets nothing, writes down.
LOG_ACCOUNT = Rule("log-account", 10, 10 * 60)  # failures of one account
LOG_NETWORK = Rule("log-network", 20, 10 * 60)  # failures from one network, of accounts that are not of staff
LOG_ALL = Rule("log-all", 100, 5 * 60)  # and of all such accounts together
LOG_OWN = Rule("log-own", 60, 60)  # of one member of staff, or one token, without a failure

ORDERS_OWNER = Rule("orders-owner", 30, 60)
GUEST_ORDERS_ADDRESS = Rule("guest-orders-address", 60, 30)  # an office, or a shop's own till
GUEST_UNPAID_ADDRESS = Rule("guest-unpaid-address", 10, 3_600)  # to be paid later
DECLINES_OWNER = Rule("declines-owner", 10, 600)
DECLINES_ADDRESS = Rule("declines-address", 30, 240)


class ThrottleService:
    """Counts attempts by rule and value; of the value only a keyed hash is kept."""

    def __init__(self, store: Throttles, secret_key: str) -> None:
        self._store = store
        self._key = secret_key.encode()

    def take(self, rule: Rule, value: str) -> None:
        """Count one attempt. Raises Throttled, with the seconds to wait, when there is none left."""
        self.take_all((rule, value))

    def take_all(self, *wanted: tuple[Rule, str]) -> None:
        """Count one attempt against each, or against none when one is used up. Raises Throttled."""
        wait = self._store.take([self.limit(rule, value) for rule, value in wanted])
        if wait > 0:
            raise Throttled(max(1, math.ceil(wait)))

    def take_each(self, rule: Rule, values: Sequence[str]) -> list[bool]:
        """Count one attempt for each of these, one after the other, that has room; which had."""
        return [wait <= 0 for wait in self._store.take_each([self.limit(rule, value) for value in values])]

    def give_back(self, rule: Rule, *values: str) -> None:
        """Undo one attempt of each, as of somebody who succeeded."""
        self._store.give_back([self.limit(rule, value) for value in values])

    @contextmanager
    def attempt(self, *wanted: tuple[Rule, str]) -> Iterator[None]:
        """An attempt that counts unless the body succeeds. Raises Throttled before the body runs."""
        self.take_all(*wanted)
        yield
        self._store.give_back([self.limit(rule, value) for rule, value in wanted])

    @contextmanager
    def spending(self, rule: Rule, value: str) -> Iterator[None]:
        """An attempt that counts if the body succeeds. Raises Throttled before the body runs."""
        self.take(rule, value)
        try:
            yield
        except Exception:
            self.give_back(rule, value)
            raise

    def purge(self) -> int:
        """For the worker: forget who was quiet for long; how many rows."""
        return self._store.purge(PURGE_LIMIT)

    def key(self, rule: Rule, value: str) -> str:
        """Under which the store counts; there is none before the first attempt."""
        words = f"throttle\0{rule.name}\0{value}".encode("utf-8", "replace")
        return hmac.new(self._key, words, hashlib.sha256).hexdigest()

    def limit(self, rule: Rule, value: str) -> Limit:
        """For a store that counts in a transaction of its own."""
        return Limit(self.key(rule, value), rule.burst, rule.every_seconds)
