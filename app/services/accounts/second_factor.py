"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

The app's secret is kept encrypted with a key derived from SECRET_KEY; of a recovery code, 80 random bits,
only a hash. A code counts once: the time step it belongs to is used up, and all before it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pyotp
from cryptography.fernet import InvalidToken

from app import numbers
from app.blocking import offload
from app.domain import Notice, User
from app.errors import Conflict, NotFound, WrongCode
from app.services.accounts.ports import SecondFactors
from app.services.limits.throttle import CODE_ACCOUNT, PASSWORD_AGAIN, ThrottleService
from app.services.qr_codes import qr_code
from app.services.sealing import cipher
from app.words import mark

log = logging.getLogger(__name__)

RECOVERY_CODES = 10
STEP_SECONDS = 30
APP_CODE, RECOVERY_CODE = "code of the app", "recovery code"
STEPS_ASIDE = 1  # a clock may be off, and people type slowly
_DIGITS = 6
_RECOVERY_BYTES = 10  # sixteen letters in base 32
_SEPARATORS = str.maketrans("", "", " -\u00a0\u2010\u2011\u2013\t")


class Accounts(Protocol):
    """What the second factor needs of the account service."""

    def get(self, user_id: int) -> User | None: ...

    def check_password(self, user_id: int, password: str) -> User: ...

    def notify(self, user_id: int, notice: Notice) -> None: ...


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: `secret` to type in (base 32), `uri` to open, `qr_svg` a data URL to scan."""

    secret: str
    uri: str
    qr_svg: str


class SecondFactorService:
    def __init__(
        self,
        store: SecondFactors,
        accounts: Accounts,
        throttle: ThrottleService,
        *,
        secret_key: str,
        issuer: Callable[[], str],
        asked_of_staff: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._throttle = throttle
        self._cipher = cipher(secret_key, b"second factor")
        self._issuer = issuer
        self._asked_of_staff = asked_of_staff
        self._clock = clock

    def begin(self, user_id: int) -> Enrolment:
        """What to set up an app with; the same until it is enabled. Raises Conflict when one is on, NotFound."""
        user = self._user(user_id)
        secret = self._proposed(user_id)
        uri = pyotp.TOTP(secret).provisioning_uri(name=user.email or user.full_name, issuer_name=self._issuer())
        return Enrolment(secret, uri, offload(qr_code, uri))

    def enable(self, user_id: int, code: str) -> tuple[str, ...]:
        """Turn it on with a first code; returns ten recovery codes, which nobody can be shown again.

        Every session of the account ends, for none of them gave a code: the caller signs this one in again.
        Raises WrongCode, Throttled, and Conflict when there is nothing to turn on.
        """
        with self._throttle.attempt((CODE_ACCOUNT, str(user_id))):
            kept = self._store.get(user_id)
            if kept is None or kept.secret is None or kept.enabled_at is not None:
                raise _nothing_to_enable()
            step = self._step_of(self._decrypted(user_id, kept.secret), code)
            if step is None:
                raise WrongCode()
            codes = _new_codes()
            if not self._store.enable(user_id, kept.secret, step, [_hash(user_id, one) for one in codes]):
                raise _nothing_to_enable()
        self._accounts.notify(user_id, "second_factor_on")
        return codes

    def check(self, user_id: int, code: str) -> str:
        """Use up a code of the app, or a recovery code; which of the two, in words. Raises WrongCode, Throttled."""
        with self._throttle.attempt((CODE_ACCOUNT, str(user_id))):
            kept = self._store.get(user_id)
            if kept is None or kept.enabled_at is None or not self._is_taken(user_id, kept.secret, code):
                raise WrongCode()
        return APP_CODE if _is_totp(_plain(code)) else RECOVERY_CODE

    def disable(self, user_id: int, password: str) -> None:
        """Turn it off. Raises WrongCredentials, Throttled, and Conflict for staff who must have one."""
        user = self._with_password(user_id, password)
        if self._asked_of_staff and user.is_staff:
            raise Conflict(mark("This shop asks its staff for a second factor, so it stays on."))
        self.reset(user_id)

    def new_recovery_codes(self, user_id: int, password: str) -> tuple[str, ...]:
        """Ten new ones; the old ones stop working. Raises WrongCredentials, Throttled, Conflict when none is on."""
        self._with_password(user_id, password)
        codes = _new_codes()
        if not self._store.replace_recovery_codes(user_id, [_hash(user_id, one) for one in codes]):
            raise Conflict(mark("Turn on the second factor first."))
        return codes

    def remaining(self, user_id: int) -> int:
        """Recovery codes that were not used yet."""
        return self._store.remaining(user_id)

    def reset(self, user_id: int) -> None:
        """Turn it off without asking, for admins and the command line; its owner is told. Safe to run twice."""
        if self._store.clear(user_id):
            self._accounts.notify(user_id, "second_factor_off")

    def _user(self, user_id: int) -> User:
        user = self._accounts.get(user_id)
        if user is None:
            raise NotFound(mark("There is no such account."))
        return user

    def _with_password(self, user_id: int, password: str) -> User:
        with self._throttle.attempt((PASSWORD_AGAIN, str(user_id))):
            return self._accounts.check_password(user_id, password)

    def _proposed(self, user_id: int) -> str:
        """The secret that waits to be enabled; made when there is none that can be read."""
        while True:
            kept = self._store.get(user_id)
            if kept is None:
                raise NotFound(mark("There is no such account."))
            if kept.enabled_at is not None:
                raise Conflict(mark("The second factor is on already."))
            secret = self._decrypted(user_id, kept.secret) if kept.secret else None
            if secret is not None:
                return secret
            self._store.propose(user_id, self._encrypted(user_id, pyotp.random_base32()), kept.secret)

    def _is_taken(self, user_id: int, encrypted: str | None, code: str) -> bool:
        text = _plain(code)
        if not _is_totp(text):
            return bool(text) and self._store.take_recovery_code(user_id, _hash(user_id, text))
        secret = self._decrypted(user_id, encrypted) if encrypted else None
        step = self._step_of(secret, text)
        return step is not None and self._store.take_step(user_id, step)

    def _step_of(self, secret: str | None, code: str) -> int | None:
        """The time step whose code this is, if it is one of now."""
        text = _plain(code)
        if secret is None or not _is_totp(text):
            return None
        totp, now = pyotp.TOTP(secret, digits=_DIGITS, interval=STEP_SECONDS), int(self._clock()) // STEP_SECONDS
        steps = range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1)
        return max((step for step in steps if hmac.compare_digest(totp.generate_otp(step), text)), default=None)

    def _encrypted(self, user_id: int, secret: str) -> str:
        return self._cipher.encrypt(f"{user_id}:{secret}".encode()).decode()

    def _decrypted(self, user_id: int, encrypted: str) -> str | None:
        """The secret; None when it was encrypted with another SECRET_KEY, or for another account."""
        try:
            owner, _, secret = self._cipher.decrypt(encrypted.encode()).decode().partition(":")
        except InvalidToken:
            owner = secret = ""
        if owner != str(user_id) or not secret:
            log.warning(
                "A second factor cannot be read: SECRET_KEY is not the one it was set up with. Codes of the app are "
                "refused; recovery codes work, and an admin can reset the account's second factor."
            )
            return None
        return secret


def _new_codes() -> tuple[str, ...]:
    return tuple(_new_code() for _ in range(RECOVERY_CODES))


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _hash(user_id: int, code: str) -> str:
    """As random as a key, a recovery code needs no slow hash; not keyed, it survives a change of SECRET_KEY."""
    return hashlib.sha256(f"recovery code\0{user_id}\0{_plain(code)}".encode()).hexdigest()


def _plain(code: object) -> str:
    """As typed, without what people put in between; "" for what cannot be a code."""
    text = code.translate(_SEPARATORS).strip().upper() if isinstance(code, str) and len(code) <= 64 else ""
    return text if text.isascii() else ""


def _is_totp(text: str) -> bool:
    return len(text) == _DIGITS and numbers.natural(text) is not None


def _nothing_to_enable() -> Conflict:
    return Conflict(mark("There is no second factor waiting to be turned on. Start its set-up again."))
