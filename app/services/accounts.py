"""Accounts: signing up, signing in, staff. Passwords are kept as argon2id hashes only."""

from __future__ import annotations

import itertools
import secrets
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email

from app.blocking import offload
from app.domain import Role, User
from app.errors import EmailTaken, InvalidInput, WrongCredentials
from app.services.checks import is_showable
from app.services.ports import Users

NAME_LENGTH = 120
EMAIL_LENGTH = 254
PASSWORD_SHORTEST = 10
PASSWORD_LONGEST = 256  # a bound on the work a stranger can ask for, far above any passphrase

# OWASP's first choice for argon2id: 19 MiB and two passes per sign-in.
HASHING = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# What people type when they are only told a length. Compared without case, spaces and trailing digits.
_COMMON = """password passwort passw0rd p@ssword p@ssw0rd passwordpassword letmein letmeinplease welcome welcomeback
    qwertyuiop qwertyuiopasdf qwertzuiop qwerty azertyuiop asdfghjkl asdfghjklm zxcvbnm 1q2w3e4r5t 1qaz2wsx3edc
    iloveyou iloveyouforever changeme changemenow secret supersecret administrator admin adminadmin football
    baseball basketball sunshine princess superman batman starwars dragon monkey trustno letmeinnow whatever
    computer internet samsung retail retailsync shopping customer mypassword thisismypassword testtest test
    testing password!"""
TRIVIAL = frozenset(_COMMON.split())


class AccountService:
    """Who people are. Raises InvalidInput naming the field for anything malformed."""

    def __init__(self, users: Users, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._users = users
        self._now = now
        # Checked when there is no account, so that the answer takes as long as with one.
        self._nobody = HASHING.hash(secrets.token_urlsafe(24))

    def register(self, full_name: str, email: str, password: str, role: Role = Role.CUSTOMER) -> User:
        """Create an account. Raises EmailTaken, InvalidInput."""
        name = clean_name(full_name)
        address = clean_email(email)
        secret = clean_password(password, address, name)
        if self._users.by_email(address) is not None:
            raise EmailTaken()  # before the hash: the answer says it anyway
        return self._users.add(
            User(
                user_id=0,
                full_name=name,
                email=address,
                role=role,
                password_hash=offload(HASHING.hash, secret),
                session_version=1,
                created_at=self._now(),
            )
        )

    def authenticate(self, email: str, password: str) -> User:
        """The account of this pair. Raises WrongCredentials, after the same work whatever is wrong."""
        user = self._users.by_email(_lookup_key(email))
        stored = user.password_hash if user is not None else None
        matches = offload(_matches, stored or self._nobody, _normal(password)[:PASSWORD_LONGEST])
        if user is None or stored is None or user.deactivated_at is not None or not matches:
            raise WrongCredentials()
        return user

    def set_password(self, user_id: int, password: str) -> None:
        """For commands run by who owns the machine; ends every session of the account."""
        user = self._users.get(user_id)
        if user is None:
            raise InvalidInput("There is no such account.", "user_id")
        secret = clean_password(password, user.email or "", user.full_name)
        self._users.set_password(user_id, offload(HASHING.hash, secret))

    def get(self, user_id: int) -> User | None:
        return self._users.get(user_id)

    def by_email(self, email: str) -> User | None:
        return self._users.by_email(_lookup_key(email))


def clean_name(value: str) -> str:
    """A person's name: composed Unicode, single spaces, no control characters, 1 to 120 characters."""
    name = " ".join(_text(value, "fullname").split())
    if not name:
        raise InvalidInput("Tell us your name.", "fullname")
    if len(name) > NAME_LENGTH:
        raise InvalidInput(f"The name may have at most {NAME_LENGTH} characters.", "fullname")
    if not is_showable(name):
        raise InvalidInput("The name contains characters that cannot be shown.", "fullname")
    return name


def clean_email(value: str) -> str:
    """One spelling per mailbox: composed, lower case. Raises InvalidInput for what cannot be an address."""
    text = _text(value, "email").strip()
    if not text:
        raise InvalidInput("Give an e-mail address.", "email")
    if len(text) > EMAIL_LENGTH:
        raise InvalidInput(f"The e-mail address may have at most {EMAIL_LENGTH} characters.", "email")
    try:
        # ASCII before the @ only: few mail services, SES among them, deliver anything else.
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise InvalidInput("This is not an e-mail address we can write to.", "email") from None
    return address.normalized.lower()


def clean_password(value: str, email: str = "", name: str = "") -> str:
    """Length over composition (NIST SP 800-63B): long enough, not a common one, not the person's own name."""
    password = _normal(_text(value, "password"))
    if len(password) < PASSWORD_SHORTEST:
        raise InvalidInput(f"A password needs at least {PASSWORD_SHORTEST} characters.", "password")
    if len(password) > PASSWORD_LONGEST:
        raise InvalidInput(f"A password may have at most {PASSWORD_LONGEST} characters.", "password")
    if _is_trivial(password, email, name):
        raise InvalidInput("This password is too easy to guess. A few unrelated words make a good one.", "password")
    return password


def _is_trivial(password: str, email: str, name: str) -> bool:
    folded = password.casefold().replace(" ", "")
    stem = folded.rstrip("0123456789!.?*#-_") or folded
    own = {part.casefold().replace(" ", "") for part in (email, email.partition("@")[0], name) if part}
    return folded in TRIVIAL or stem in TRIVIAL or stem in own or folded in own or _has_pattern(folded)


def _has_pattern(text: str) -> bool:
    """aaaaaaaaaa, 1234567890, abcabcabcabc: one step, or a short piece, over and over."""
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(text)}
    if steps <= {0} or steps <= {1, -9} or steps <= {-1, 9}:
        return True
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, 5))


def _lookup_key(email: str) -> str:
    try:
        return clean_email(email)
    except InvalidInput:
        return ""  # no account has it, and the search still runs


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(f"{field} must be text.", field)
    return unicodedata.normalize("NFC", value)


def _normal(password: object) -> str:
    """The same password typed on another keyboard gives the same bytes."""
    if not isinstance(password, str):
        raise InvalidInput("password must be text.", "password")
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace").decode()


def _matches(stored: str, password: str) -> bool:
    try:
        return HASHING.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
