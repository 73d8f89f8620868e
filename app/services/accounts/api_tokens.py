"""API tokens: keys with which a machine uses the API in its owner's name, within scopes.

A token is `rs_<id>_<secret>`. The secret is 32 random bytes, so a plain SHA-256 of it is as good at rest as
a slow hash would be, and costs no time on every call.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.domain import Actor, ApiToken, AuditAction, AuditEntry, Role, Scope, User
from app.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn, ShopError
from app.services.accounts.ports import Users
from app.services.audit.log import entry_of
from app.services.checks import line
from app.words import mark

log = logging.getLogger(__name__)

NAME_LENGTH = 60
LIFETIMES = (30, 90, 365)  # days; None: until it is revoked
MOST_TOKENS = 25
USE_NOTED_EVERY = timedelta(minutes=1)
MOST_NETWORKS = 10  # that a token is known to be used from
_HINT_LENGTH = 4
_SHAPE = re.compile(r"rs_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")

_ADMIN_SCOPES = tuple(Scope)
_ANALYST_SCOPES = (Scope.SHOP, Scope.ANALYTICS)
_SHOPPER_SCOPES = (Scope.SHOP,)


class ApiTokens(Protocol):
    """Where tokens are kept."""

    def add(
        self,
        user_id: int,
        name: str,
        scopes: frozenset[Scope],
        secret_hash: str,
        hint: str,
        expires_at: datetime | None,
        session_version: int,
        entry: AuditEntry | None,
    ) -> ApiToken:
        """Keep a new one, and in the same transaction a notice to its owner and the entry, whose target it becomes.

        Raises Conflict when the owner's sessions ended since `session_version`: whoever makes it may be out.
        """

    def find(self, token_id: int) -> tuple[ApiToken, str] | None:
        """The token, whatever became of it, and the hash of its secret."""

    def of(self, user_id: int) -> tuple[ApiToken, ...]:
        """A user's tokens that were not revoked, newest first."""

    def revoke(self, user_id: int, token_id: int, entry: AuditEntry | None) -> bool:
        """End a user's own token, with the audit entry if it had not ended; False for one that is not theirs."""

    def used(self, token_id: int, pause: timedelta) -> bool:
        """Note that it was used now, unless that was noted less than `pause` ago."""

    def note_networks(
        self, token_id: int, known: tuple[str, ...], networks: tuple[str, ...], entry: AuditEntry | None
    ) -> bool:
        """Keep `networks` in the place of `known`, with the entry: of several at once, one does."""


class TokenService:
    """Makes, checks and revokes API tokens.

    `asks_staff_for_second_factor`: then staff who have none get nothing done with a token either.
    """

    def __init__(
        self,
        tokens: ApiTokens,
        users: Users,
        asks_staff_for_second_factor: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tokens = tokens
        self._users = users
        self._asks_for_second_factor = asks_staff_for_second_factor
        self._now = now

    def scopes_for(self, role: Role) -> tuple[Scope, ...]:
        """What a token of somebody with this role can be made for."""
        if role is Role.ADMIN:
            return _ADMIN_SCOPES
        return _ANALYST_SCOPES if role is Role.ANALYST else _SHOPPER_SCOPES

    def create(
        self, user: User, name: str, scopes: Collection[Scope], days: int | None, actor: Actor | None = None
    ) -> tuple[ApiToken, str]:
        """A new token and its text, which nobody can be shown again; for staff with an entry in the audit log.

        Raises InvalidInput for a wrong name, scope or lifetime, Forbidden for a scope beyond the role,
        Conflict when there are too many, or when `user` is out of date because a new password, say, ended its sessions.
        """
        name = line(name, "name", NAME_LENGTH, required=True)
        wanted = _scopes(scopes)
        if days is not None and (isinstance(days, bool) or days not in LIFETIMES):
            raise InvalidInput("Choose how long the token is valid: 30, 90 or 365 days, or without end.", "days")
        if not wanted <= set(self.scopes_for(user.role)):
            raise Forbidden(mark("Your account may not do all of what this token is meant for."))
        if len(self._tokens.of(user.user_id)) >= MOST_TOKENS:
            raise Conflict(
                mark("An account can have {count} tokens. Revoke one that is not needed any more.", count=MOST_TOKENS)
            )
        secret = secrets.token_urlsafe(32)
        expires_at = None if days is None else self._now() + timedelta(days=days)
        after: dict[str, object] = {"scopes": sorted(wanted), "owner": user.email, "days": days}
        stored = self._users.get(user.user_id) or user  # `user` may be somebody of the staff acting as a customer
        entry = _entry(stored, actor, AuditAction.MACHINE_CREATE, name, after)
        token = self._tokens.add(
            user.user_id,
            name,
            wanted,
            _hash(secret),
            secret[-_HINT_LENGTH:],
            expires_at,
            user.session_version,
            entry,
        )
        return token, f"rs_{token.token_id}_{secret}"

    def of(self, user_id: int) -> tuple[ApiToken, ...]:
        """The tokens that were not revoked, newest first; some may have expired."""
        return self._tokens.of(user_id)

    def revoke(self, user_id: int, token_id: int, actor: Actor | None = None) -> None:
        """End a token at once. Safe to run twice. Raises NotFound for one that is not this user's."""
        user, found = self._users.get(user_id), self._tokens.find(token_id)
        if user is None or found is None:
            raise NotFound(mark("There is no such token."))
        entry = _entry(user, actor, AuditAction.MACHINE_REVOKE, found[0].name, None)
        if not self._tokens.revoke(user_id, token_id, entry):
            raise NotFound(mark("There is no such token."))

    def resolve(self, text: str) -> tuple[User, ApiToken]:
        """The owner, as the account is now, and the token of `rs_<id>_<secret>`; notes the use.

        Raises NotSignedIn, in the same words whatever is wrong with it.
        """
        token = self._valid(text)
        user = self._users.get(token.user_id)
        if user is None or not self._may_act(user):
            raise _refused()
        self._note_use(token)
        return user, token

    def note_network(self, token: ApiToken, network: str, entry: AuditEntry | None) -> None:
        """Remember that a token is used from a network, and write the entry that says so."""
        networks = (network, *token.networks)[:MOST_NETWORKS]
        self._tokens.note_networks(token.token_id, token.networks, networks, entry)

    def _valid(self, text: str) -> ApiToken:
        shape = _SHAPE.fullmatch(text)
        found = self._tokens.find(int(shape[1])) if shape else None
        if shape is None or found is None:
            raise _refused()
        token, secret_hash = found
        is_right = hmac.compare_digest(_hash(shape[2]), secret_hash)
        is_over = token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= self._now())
        if not is_right or is_over:
            raise _refused()
        return token

    def _may_act(self, user: User) -> bool:
        if user.deactivated_at is not None or user.is_invited:
            return False
        return not (user.is_staff and self._asks_for_second_factor and not user.has_second_factor)

    def _note_use(self, token: ApiToken) -> None:
        if token.last_used_at is not None and self._now() - token.last_used_at < USE_NOTED_EVERY:
            return
        try:
            self._tokens.used(token.token_id, USE_NOTED_EVERY)
        except ShopError as error:  # a shop that cannot write right now can still be read
            log.warning("the use of token %s was not noted: %s", token.token_id, error.code)


def _entry(
    user: User, actor: Actor | None, action: AuditAction, name: str, after: dict[str, object] | None
) -> AuditEntry | None:
    """What the audit log gets to know: about the tokens of staff only."""
    if not user.is_staff:
        return None
    actor = actor or Actor(user.email or user.full_name, user.user_id)
    return entry_of(actor, action, "token", "", name, None, after)


def _scopes(scopes: Collection[Scope]) -> frozenset[Scope]:
    try:
        wanted = frozenset(Scope(scope) for scope in scopes)
    except ValueError:
        raise InvalidInput(mark("Choose what the token may be used for."), "scopes") from None
    if not wanted:
        raise InvalidInput(mark("Choose what the token may be used for."), "scopes")
    return wanted


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _refused() -> NotSignedIn:
    return NotSignedIn("This API token is not valid, or no longer valid.")
