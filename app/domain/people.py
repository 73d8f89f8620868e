"""Who somebody is and what they may do: roles and access, accounts, links by e-mail, API tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    CUSTOMER = "customer"
    OPS = "ops"
    FULFILMENT = "fulfilment"  # packs and sends orders, receives and counts stock
    ANALYST = "analyst"
    ADMIN = "admin"


class Access(StrEnum):
    """Who may open a page or route; declared once per page, see `MAY`."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    WATCH = "watch"  # wall and read-only overview
    ANALYTICS = "analytics"
    NOTES = "notes"  # note what happened on a day, for every chart to show
    SCREENS = "screens"  # who looks after the wall's screens
    FULFIL = "fulfil"  # pack and send orders, receive and count stock
    ADMIN = "admin"


MAY: dict[Access, frozenset[Role | None]] = {
    Access.PUBLIC: frozenset({None, *Role}),
    Access.SIGNED_IN: frozenset(Role),
    Access.WATCH: frozenset({Role.OPS, Role.ANALYST, Role.ADMIN}),
    Access.ANALYTICS: frozenset({Role.ANALYST, Role.ADMIN}),
    Access.NOTES: frozenset({Role.ANALYST, Role.ADMIN}),
    Access.SCREENS: frozenset({Role.OPS, Role.ADMIN}),
    Access.FULFIL: frozenset({Role.FULFILMENT, Role.ADMIN}),
    Access.ADMIN: frozenset({Role.ADMIN}),
}


def loses_rights(before: Role, after: Role) -> bool:
    """Whether there is something that only the role before may do."""
    return any(before in roles and after not in roles for roles in MAY.values())


@dataclass(frozen=True)
class Principal:
    """Who is asking. `owner` keys carts and orders: `user#7` or `guest#<random>`.

    `role` is what the caller may act as now: staff who still have to set up the second factor that the
    shop asks of them act as customers until they have, and `needs_second_factor` says so. `is_unchecked`: the
    database that knows sessions is away, so this is who it was a few minutes ago, or a guest's stand-in for whoever
    it is; good for browsing and the cart, and for nothing else. `opened`: ids of orders that this session may see
    because it followed the link in their receipts.
    """

    owner: str
    user_id: int | None = None
    name: str = ""
    email: str | None = None
    role: Role | None = None
    needs_second_factor: bool = False
    is_unchecked: bool = False
    opened: frozenset[int] = frozenset()
    is_tax_exempt: bool = False

    @property
    def is_stand_in(self) -> bool:
        """A guest for now, who was signed in and will be again."""
        return self.is_unchecked and self.user_id is None

    def may(self, access: Access) -> bool:
        return self.role in MAY[access] and (access is Access.PUBLIC or not self.is_unchecked)


PASSWORD_SHORTEST = 10  # characters
PASSWORD_LONGEST = 256  # a bound on the work a stranger can ask for, far above any passphrase


class Scope(StrEnum):
    """What a machine's API token may be used for, on top of what its owner's role may do."""

    SHOP = "shop"  # the owner's own cart, checkout and orders
    CATALOG = "catalogue"  # write products and stock
    CUSTOMERS = "customers"  # read the customer list
    ANALYTICS = "analytics"  # read the analytics
    METRICS = "metrics"  # read /metrics


@dataclass(frozen=True)
class Actor:
    """Whoever does something that is written down: `name` as ledgers show it, and from where it was done."""

    name: str
    user_id: int | None = None
    address: str = ""  # network address; "" for commands and the worker
    via: str = "page"  # "page", "api", "token <name>", "command line"


@dataclass(frozen=True)
class User:
    user_id: int
    full_name: str
    email: str | None  # None: an imported customer who never signed up
    role: Role
    password_hash: str | None
    session_version: int
    created_at: datetime
    external_id: str | None = None
    country: str | None = None
    deactivated_at: datetime | None = None
    email_verified_at: datetime | None = None
    totp_enabled_at: datetime | None = None
    tax_exempt: str = ""  # why an admin says that this customer pays no tax, "" for everybody else

    @property
    def has_second_factor(self) -> bool:
        return self.totp_enabled_at is not None

    @property
    def is_staff(self) -> bool:
        return self.role is not Role.CUSTOMER

    @property
    def is_invited(self) -> bool:
        """Asked to join the staff, and not yet followed the link."""
        return self.is_staff and self.password_hash is None


@dataclass(frozen=True)
class Session:
    """A browser in which somebody is signed in; times by the database's clock."""

    session_id: int
    created_at: datetime  # of the sign-in
    seen_at: datetime  # some minutes late
    is_remembered: bool  # else it ends with the browser
    address: str  # the network address that it was last seen from
    agent: str  # what that browser calls itself


# How long after the sign-in a session ends, however much it is used.
LONGEST_SESSION = timedelta(days=30)
LONGEST_STAFF_SESSION = timedelta(hours=12)
# And after how long without a page, unless it is remembered.
LONGEST_REST = timedelta(hours=12)


def longest_session(role: Role) -> timedelta:
    return LONGEST_SESSION if role is Role.CUSTOMER else LONGEST_STAFF_SESSION


class LinkPurpose(StrEnum):
    VERIFY = "verify"  # this address is mine
    RESET = "reset"  # a new password
    CHANGE_EMAIL = "change_email"  # this new address is mine
    INVITE = "invite"  # join the staff


LINK_LIFETIMES: dict[LinkPurpose, timedelta] = {
    LinkPurpose.VERIFY: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.CHANGE_EMAIL: timedelta(hours=24),
    LinkPurpose.INVITE: timedelta(days=3),
}

# What the owner of an account is told by e-mail after it happened.
Notice = Literal[
    "password_changed",
    "email_changed",
    "second_factor_on",
    "second_factor_off",
    "token_created",
    "role_changed",
    "closed",
]


@dataclass(frozen=True)
class AccountLink:
    """A single-use link that goes by e-mail. `email` is the address it was sent to."""

    link_id: int
    purpose: LinkPurpose
    user_id: int
    email: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class ApiToken:
    """A machine's key to the API; of the secret only a hash is kept, and `hint`, its last four characters."""

    token_id: int
    user_id: int
    name: str
    scopes: frozenset[Scope]
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    networks: tuple[str, ...] = ()  # the latest it was used from
