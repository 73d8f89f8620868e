"""What the audit log hears of signing in: staff coming and going, and whoever tries and fails.

Entries are kept for good, and strangers can cause them. So of failures only so many are written, by account, by
network and of all together; and of anybody but staff an entry has no name, no address that was typed, and no more
than the network and the kind of browser. Customers who sign in are not watched: they see their sessions themselves.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from app.domain import Actor, ApiToken, AuditAction, User, browser_words
from app.errors import ShopError, Throttled
from app.services.accounts.api_tokens import TokenService
from app.services.accounts.ports import Browser
from app.services.audit.log import AuditService, entry_of
from app.services.limits.networks import network_of
from app.services.limits.throttle import LOG_ACCOUNT, LOG_ALL, LOG_NETWORK, LOG_OWN, Rule, ThrottleService
from app.services.staff.ports import called

log = logging.getLogger(__name__)

SOMEBODY = "guest"  # as everywhere in the log: nobody who is signed in
KIND = "sign_in"  # of the target: an account as something to get into
NO_ACCOUNT = "an address without an account"
_KEPT_BITS = {4: 24, 6: 48}  # of an address that is not of staff


class SignInLog:
    """Writes sign-ins, and attempts at them, into the audit log.

    Nothing here stands in anybody's way: what cannot be written is said in the program's own log.
    """

    def __init__(self, audit: AuditService, throttle: ThrottleService, tokens: TokenService) -> None:
        self._audit = audit
        self._throttle = throttle
        self._tokens = tokens

    def signed_in(self, user: User, browser: Browser, second_factor: str = "") -> None:
        """`second_factor`: which code was given besides the password, if any."""
        if user.is_staff:
            after: dict[str, object] = {"agent": browser.agent}
            if second_factor:
                after["second_factor"] = second_factor
            self._write_own(AuditAction.SIGN_IN, user, browser, after)

    def signed_out(self, user: User, browser: Browser) -> None:
        if user.is_staff:
            self._write_own(AuditAction.SIGN_OUT, user, browser, {"agent": browser.agent})

    def wrong_password(self, user: User | None, browser: Browser) -> None:
        """`user`: whose account was tried, None for an address that has none."""
        self._write_failure(AuditAction.SIGN_IN_FAILED, user, browser)

    def wrong_code(self, user: User, browser: Browser) -> None:
        """The password was right: whoever this is knows it."""
        self._write_failure(AuditAction.SIGN_IN_CODE_FAILED, user, browser)

    def token_used(self, user: User, token: ApiToken, browser: Browser) -> None:
        """Remember the network that a token is used from; of staff, a new one is written down."""
        network = network_of(browser.address)
        if not network or network in token.networks:
            return
        entry = None
        if user.is_staff and self._has_room((LOG_OWN, f"token {token.token_id}")):
            actor = Actor(user.email or user.full_name, user.user_id, browser.address, f"token {token.name}")
            after = {"agent": browser.agent}
            entry = entry_of(actor, AuditAction.MACHINE_ELSEWHERE, "token", token.token_id, token.name, None, after)
        self._quietly(lambda: self._tokens.note_network(token, network, entry))

    def _write_own(self, action: AuditAction, user: User, browser: Browser, after: dict[str, object]) -> None:
        if self._has_room((LOG_OWN, str(user.user_id))):
            actor = Actor(user.email or user.full_name, user.user_id, browser.address, browser.via)
            self._record(actor, action, user.user_id, called(user), after)

    def _write_failure(self, action: AuditAction, user: User | None, browser: Browser) -> None:
        if user is not None and user.is_staff:
            if self._has_room((LOG_ACCOUNT, str(user.user_id))):
                actor = Actor(SOMEBODY, None, browser.address, browser.via)
                self._record(actor, action, user.user_id, called(user), {"agent": browser.agent})
            return
        network = _network(browser.address)
        limits = [(LOG_NETWORK, network), (LOG_ALL, "")]
        if user is not None:
            limits.append((LOG_ACCOUNT, str(user.user_id)))
        if self._has_room(*limits):
            actor = Actor(SOMEBODY, None, network, browser.via)
            name = NO_ACCOUNT if user is None else f"customer {user.user_id}"
            target_id = "" if user is None else user.user_id
            self._record(actor, action, target_id, name, {"browser": browser_words(browser.agent)})

    def _has_room(self, *limits: tuple[Rule, str]) -> bool:
        try:
            self._throttle.take_all(*limits)
        except Throttled:
            return False
        except ShopError as error:
            log.warning("a sign-in could not be written down: %s", error.code)
            return False
        return True

    def _record(
        self, actor: Actor, action: AuditAction, target_id: object, name: str, after: dict[str, object]
    ) -> None:
        self._quietly(lambda: self._audit.record(actor, action, KIND, target_id, name, None, after))

    def _quietly(self, write: Callable[[], object]) -> None:
        try:
            write()
        except ShopError as error:
            log.warning("a sign-in could not be written down: %s", error.code)


def _network(address: str) -> str:
    """The network that an address belongs to: of one among many customers, not of one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((mapped, _KEPT_BITS[mapped.version]), strict=False))
