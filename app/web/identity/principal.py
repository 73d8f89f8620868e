"""Who is asking, and what each role may open."""

from __future__ import annotations

import flask

from app.addresses import to
from app.domain import MAY, Access, Actor, Principal, Role, User
from app.errors import (
    Forbidden,
    NotSignedIn,
    SessionUnchecked,
)
from app.services import services
from app.services.limits.networks import network_of
from app.web.identity.caller import client_address, via_of_request
from app.web.identity.guests import guest_owner, opened_orders
from app.web.identity.session_memory import SessionName
from app.web.identity.sessions import session_memory, signed_in_user
from app.words import mark

# Where staff without the second factor that the shop asks of them set one up.
SECURITY_PAGE = "/account/security"


def current_principal() -> Principal:
    """The signed-in user, or a guest who keeps a random owner key in the signed session cookie.

    Staff who lack the second factor that the shop asks of them act as customers, with `needs_second_factor`.
    """
    user = signed_in_user()
    unchecked: SessionName | None = flask.g.get("unchecked_session")
    if user is not None and unchecked:
        return Principal(
            f"user#{user.user_id}", user.user_id, user.full_name, user.email, Role.CUSTOMER, is_unchecked=True
        )
    if user is None and unchecked:
        session_memory().note_stand_in(unchecked)
        return Principal(owner=unchecked.stand_in(str(flask.current_app.secret_key)), is_unchecked=True)
    if user is None:
        return Principal(owner=guest_owner(), opened=opened_orders())
    is_waiting = needs_second_factor(user)
    role = Role.CUSTOMER if is_waiting else user.role
    opened = frozenset() if "api_token" in flask.g else opened_orders()
    return Principal(
        f"user#{user.user_id}", user.user_id, user.full_name, user.email, role, is_waiting, opened=opened,
        is_tax_exempt=bool(user.tax_exempt),
    )  # fmt: skip


def cart_changer() -> Principal:
    """Who changes their cart now, counted. Raises TooManyCartChanges."""
    principal = current_principal()
    is_guest = principal.user_id is None and not principal.is_unchecked
    services().cart_budget.count(principal.owner, network_of(client_address()) if is_guest else "")
    return principal


def current_actor() -> Actor:
    """Who to write down for what this request changes, and from where it comes."""
    user, address = signed_in_user(), client_address()
    via = via_of_request()
    if user is None:
        return Actor("guest", address=address, via=via)
    return Actor(user.email or user.full_name, user.user_id, address, via)


def needs_second_factor(user: User) -> bool:
    """Whether the account is of staff who have to set up a second factor before they can act as staff."""
    is_asked = services().settings.staff_second_factor and user.is_staff
    return is_asked and not user.has_second_factor


def require(access: Access, *, or_remembered: bool = False) -> Principal:
    """The caller, if `access` admits them. Raises NotSignedIn or Forbidden, SessionUnchecked when nobody knows.

    `or_remembered`: who this process saw signed in some minutes ago is good enough while nobody can be asked.
    """
    principal = current_principal()
    if principal.may(access) or (or_remembered and principal.is_unchecked and principal.role in MAY[access]):
        return principal
    if principal.is_unchecked:
        raise SessionUnchecked()
    if principal.user_id is None:
        raise NotSignedIn()
    if principal.needs_second_factor:
        raise Forbidden(
            mark(
                "This shop asks its staff for a second factor. Set it up on your account's security page; "
                "until then your account may do what a customer's may."
            )
        )
    raise Forbidden()


HOMES: dict[Role, str] = {
    Role.CUSTOMER: "/",
    Role.OPS: "/wall",
    Role.FULFILMENT: "/admin/orders",
    Role.ANALYST: "/admin",
    Role.ADMIN: "/admin",
}


def home_of(user: User) -> str:
    """Where a user starts after signing in: staff without the second factor asked of them, where to set it up."""
    if needs_second_factor(user):
        return to(SECURITY_PAGE)
    return to("/") if user.role is Role.CUSTOMER else HOMES[user.role]
