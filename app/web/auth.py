"""Who is asking: flask-login sessions, guests, known devices, and what each role may open."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user
from itsdangerous import BadData, URLSafeTimedSerializer

from app.domain import LONGEST_REST, LONGEST_SESSION, MAY, Access, Actor, Principal, Role, Session, User
from app.errors import (
    Busy,
    Forbidden,
    NotSignedIn,
    SessionUnchecked,
    ShopError,
    StoreUnavailable,
    WrongCode,
    WrongCredentials,
)
from app.services import services
from app.services.accounts.ports import Browser
from app.services.accounts.sign_in import Device
from app.services.checks import is_showable
from app.services.limits.networks import address_of, network_of
from app.settings.environment import Settings
from app.web import cookies
from app.web.session_memory import SessionMemory, SessionName

GUEST = "guest"
RENEWED = "renewed"  # the key of a guest before the latest paid order, "" once all has moved, and that order's id
KEY = "key"  # the session's own name, by which the database knows it
SEEN = "seen"  # when this session last loaded a page, if it ends with the browser
OPENED = "opened"  # orders that this session may see by a receipt's link: [order id, until when]
PENDING = "pending"  # whose password was right and whose code is still missing

DAY = 24 * 60 * 60
REMEMBERED_SECONDS = int(LONGEST_SESSION.total_seconds())
UNREMEMBERED_SECONDS = int(LONGEST_REST.total_seconds())
PENDING_SECONDS = 10 * 60
OPENED_SECONDS = DAY // 2
MOST_OPENED = 10

MEMORY = "retail_session_memory"

SESSION_COOKIE = "retail_session"
DEVICE_COOKIE = "retail_device"
DEVICE_SECONDS = 365 * DAY

# What is kept of where somebody comes from.
ADDRESS_LENGTH = 64
AGENT_LENGTH = 200
DEVICE_ACCOUNTS = 10

# Where staff without the second factor that the shop asks of them set one up.
SECURITY_PAGE = "/account/security"


class SessionUser:
    """What flask-login keeps of a user. The id carries the session version, so a new one ends old sessions."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.user_id}:{self.user.session_version}"


class Sessions(SecureCookieSessionInterface):
    """Sends the session's cookie when it changed, and on loading a page, which makes it last longer.

    On every answer, as Flask does, a slow one would bring back the session that a sign-in or sign-out beside it
    just replaced. Nor does it go with what anyone may keep: pictures, scripts and styles.
    """

    def should_set_cookie(self, app: flask.Flask, session: SessionMixin) -> bool:
        return session.modified or (session.permanent and _is_page() and _is_alive(session))

    def save_session(self, app: flask.Flask, session: SessionMixin, response: flask.Response) -> None:
        if response.cache_control.public:
            return
        if SEEN in session and _is_page() and _is_alive(session) and not _has_lapsed(session):
            session[SEEN] = int(time.time())
        if session.modified and KEY in session and session[KEY] == flask.g.get("ended_session"):
            for name in (KEY, SEEN, "_user_id", "_fresh"):  # what a guest does next stays, without who it was
                session.pop(name, None)
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers and not response.cache_control.no_store:
            response.cache_control.private = True  # no cache on the way may hand one person's cookie to the next


def _is_page() -> bool:
    return flask.request.headers.get("Accept", "").startswith("text/html")


def _is_alive(session: SessionMixin) -> bool:
    """Whether a session may be signed anew: with somebody in it, only after this request found them signed in."""
    return "_user_id" not in session or "live_session" in flask.g


def _has_lapsed(session: SessionMixin) -> bool:
    """Whether a session that ends with the browser was left alone for too long.

    Such a session is left as it is: a change would send its cookie, perhaps after that of a new sign-in.
    """
    return SEEN in session and time.time() - session[SEEN] > UNREMEMBERED_SECONDS


def init_auth(server: flask.Flask, settings: Settings) -> None:
    server.secret_key = settings.resolved_secret_key()
    server.session_interface = Sessions()
    is_secure = settings.base_url.startswith("https://")
    server.config.update(
        SESSION_COOKIE_NAME=cookies.name_of(SESSION_COOKIE, is_secure),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        PERMANENT_SESSION_LIFETIME=REMEMBERED_SECONDS,
    )
    server.extensions[MEMORY] = SessionMemory()
    manager = LoginManager()
    # It would compare the caller's address, which changes on the way to work, as a forwarding header names it.
    manager.session_protection = None
    manager.init_app(server)
    manager.user_loader(_load)


def _load(session_id: str) -> SessionUser | None:
    if _has_lapsed(flask.session):
        return None
    key = flask.session.get(KEY)
    name, memory = SessionName(str(session_id), str(key)), _memory()
    try:
        user, session = _user_of(session_id, key)
    except (StoreUnavailable, Busy):
        flask.g.unchecked_session = name
        remembered = memory.recall(name)
        return SessionUser(remembered) if remembered is not None else None
    if user is None or session is None:
        memory.forget(name)
    if user is None:
        return None
    if session is None:  # it was ended or is too old, or this is a copy of its cookie that somebody kept
        flask.g.ended_session = key
        return None
    flask.g.live_session = session
    memory.remember(name, user)
    if memory.had_stand_in(name):
        _join_stand_in(name, user)
    return SessionUser(user)


def _memory() -> SessionMemory:
    memory: SessionMemory = flask.current_app.extensions[MEMORY]
    return memory


def _join_stand_in(name: SessionName, user: User) -> None:
    try:
        services().cart.merge(name.stand_in(str(flask.current_app.secret_key)), f"user#{user.user_id}")
    except ShopError:  # the carts are away now: the next request of this session tries again
        _memory().note_stand_in(name)


def _end(session: Mapping[str, Any]) -> None:
    if KEY in session:
        services().sessions.end(str(session[KEY]))


def _user_of(session_id: object, key: object = None) -> tuple[User | None, Session | None]:
    """The account of "<user id>:<session version>", while it is active and that is its version.

    And the session with that `key`, unless it has ended.
    """
    user_id, _, version = session_id.partition(":") if isinstance(session_id, str) else ("", "", "")
    if not (user_id.isascii() and user_id.isdecimal() and len(user_id) < 19):
        return None, None
    user, session = services().sessions.find(int(user_id), None if key is None else str(key), current_browser())
    if user is None or user.deactivated_at or str(user.session_version) != version:
        return None, None
    return user, session


# --- who is asking -----------------------------------------------------------------------------


def signed_in_user() -> User | None:
    """The account of this session or API token, or None; unlike `current_principal` it gives a guest no key."""
    token_user: User | None = flask.g.get("token_user")
    if token_user is not None:
        return token_user
    session_user: Any = current_user
    return session_user.user if session_user and session_user.is_authenticated else None


def session_name() -> str:
    """What tells this session from every other one, in this process only."""
    return f"{flask.session.get('_user_id')} {flask.session.get(KEY)}"


def current_session() -> Session | None:
    """The session of this request, while somebody is signed in with one."""
    signed_in_user()
    session: Session | None = flask.g.get("live_session")
    return session


def is_session_unchecked() -> bool:
    """Whether this request's session names somebody whom the database could not be asked about."""
    signed_in_user()
    return "unchecked_session" in flask.g


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
        _memory().note_stand_in(unchecked)
        return Principal(owner=unchecked.stand_in(str(flask.current_app.secret_key)), is_unchecked=True)
    if user is None:
        return Principal(owner=_guest_owner(), opened=_opened_orders())
    is_waiting = needs_second_factor(user)
    role = Role.CUSTOMER if is_waiting else user.role
    opened = frozenset() if "api_token" in flask.g else _opened_orders()
    return Principal(f"user#{user.user_id}", user.user_id, user.full_name, user.email, role, is_waiting, opened=opened)


def cart_changer() -> Principal:
    """Who changes their cart now, counted. Raises TooManyCartChanges."""
    principal = current_principal()
    is_guest = principal.user_id is None and not principal.is_unchecked
    services().cart_budget.count(principal.owner, network_of(client_address()) if is_guest else "")
    return principal


def current_actor() -> Actor:
    """Who to write down for what this request changes, and from where it comes."""
    user, address = signed_in_user(), client_address()
    via = _via()
    if user is None:
        return Actor("guest", address=address, via=via)
    return Actor(user.email or user.full_name, user.user_id, address, via)


def _via() -> str:
    token = flask.g.get("api_token")
    if token is not None:
        return f"token {token.name}"
    return "api" if flask.request.path.startswith("/api/") else "page"


def client_address() -> str:
    """The caller's network address, without a port; through `trusted_proxies` proxies, as the first of them saw it.

    What a proxy wrote and is no address stands for the proxy itself: nobody gets a budget of their own by it.
    """
    before_proxies: Mapping[str, str] = flask.request.environ.get("werkzeug.proxy_fix.orig", {})
    return address_of(flask.request.remote_addr or "") or address_of(before_proxies.get("REMOTE_ADDR") or "")


def current_browser() -> Browser:
    """From where this request comes."""
    agent = flask.request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    return Browser(client_address()[:ADDRESS_LENGTH], agent if is_showable(agent) else "", _via())


def needs_second_factor(user: User) -> bool:
    """Whether the account is of staff who have to set up a second factor before they can act as staff."""
    is_asked = services().settings.staff_second_factor and user.is_staff
    return is_asked and not user.has_second_factor


def _guest_owner() -> str:
    old, order_id = flask.session.get(RENEWED, ("", 0))
    if old:
        if not _is_handed_on(old, order_id):
            return _owner_of(old)
        flask.session[RENEWED] = ["", order_id]
    if GUEST not in flask.session:
        flask.session[GUEST] = secrets.token_urlsafe(18)
        flask.session.permanent = True
    return _owner_of(flask.session[GUEST])


def _owner_of(guest_key: str) -> str:
    return f"guest#{guest_key}"


def renew_guest(order_id: int) -> None:
    """Give a guest who has just paid for an order another key, so that who planted the old one does not see it.

    Orders and cart follow with the first request that brings the new key: until then the answer with it may be lost,
    or stand behind that of another click, and the browser still has the old one. Both clicks get the same new key;
    who orders something else with a copy of the old one gets another.
    """
    session = flask.session
    before, for_order = session.get(RENEWED, ("", 0))
    if for_order == order_id:
        return  # another click on it
    old = before or session[GUEST]
    words = f"renewed guest\0{old}\0{order_id}".encode()
    session[GUEST] = hmac.new(str(flask.current_app.secret_key).encode(), words, hashlib.sha256).hexdigest()[:24]
    session[RENEWED] = [old, order_id]


def _is_handed_on(old: str, order_id: int) -> bool:
    """Move what is the old key's to the new one; while that cannot be done, the guest goes on under the old one."""
    if "waits_for_stores" in flask.g:
        return False
    try:
        services().checkout.renew_guest(order_id, _owner_of(old), _owner_of(flask.session[GUEST]))
    except ShopError:
        flask.g.waits_for_stores = True
        return False
    return True


def open_order(order_id: int) -> None:
    """Let this session, which followed the link of its receipt, see an order for twelve hours, page and file."""
    others = [one for one in flask.session.get(OPENED, []) if one[0] != order_id]
    flask.session[OPENED] = [*others, [order_id, int(time.time()) + OPENED_SECONDS]][-MOST_OPENED:]


def _opened_orders() -> frozenset[int]:
    now = time.time()
    return frozenset(order_id for order_id, until in flask.session.get(OPENED, []) if until > now)


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
            "This shop asks its staff for a second factor. Set it up on your account's security page; "
            "until then your account may do what a customer's may."
        )
    raise Forbidden()


HOMES: dict[Role, str] = {
    Role.CUSTOMER: "/",
    Role.OPS: "/wall",
    Role.ANALYST: "/admin",
    Role.ADMIN: "/admin",
}


def home_of(user: User) -> str:
    """Where a user starts after signing in: staff without the second factor asked of them, where to set it up."""
    return SECURITY_PAGE if needs_second_factor(user) else HOMES[user.role]


# --- signing in and out ------------------------------------------------------------------------


def check_password(email: str, password: str) -> User:
    """The account of this pair, throttled; a wrong one is written down. Raises WrongCredentials, Throttled."""
    built = services()
    try:
        return built.sign_ins.password(email, password, client_address(), current_device())
    except WrongCredentials:
        built.sign_in_log.wrong_password(built.accounts.by_email(email), current_browser())
        raise


def check_code(user: User, code: str) -> str:
    """Use up a code of the second factor, and say which kind it was; a wrong one is written down.

    Raises WrongCode, Throttled.
    """
    try:
        return services().second_factor.check(user.user_id, code)
    except WrongCode:
        services().sign_in_log.wrong_code(user, current_browser())
        raise


def sign_in(user: User, remember: bool = False, second_factor: str = "") -> None:
    """Start the user's session; the guest's cart and orders of this browser become the user's.

    With `remember` it lasts 30 days, else until the browser is closed or no page was loaded for 12 hours; for staff
    12 hours in any case. Nothing of an earlier session stays, and the device is known to the account from now on.
    `second_factor`: the kind of code that was given, for the audit log.
    """
    _start(user, remember)
    services().sign_in_log.signed_in(user, current_browser(), second_factor)


def renew_session(user: User) -> None:
    """Go on in this session after `user`, as stored now, got a new session version; others have ended.

    It lasts no longer for that: what counts is when its owner signed in.
    """
    _start(user, flask.session.permanent, instead_of=flask.session.get(KEY))


def _start(user: User, remember: bool, instead_of: str | None = None) -> None:
    session, key = flask.session, secrets.token_urlsafe(12)
    if GUEST in session:  # without a key there is nothing that the guest could have left
        guest = _guest_owner()
        services().cart.merge(guest, f"user#{user.user_id}")
        services().orders.adopt(guest, user)
    services().orders.ask_to_join(user)  # for an address that was confirmed before orders were joined
    if instead_of is None:
        _end(session)
    services().sessions.begin(user, key, current_browser(), is_remembered=remember, instead_of=instead_of)
    session.clear()
    flask.g.pop("unchecked_session", None)  # who this is was just checked
    login_user(SessionUser(user))
    session.pop("_id", None)  # a hash of address and browser, which nothing here compares
    session[KEY] = key
    session.permanent = remember
    if not remember:
        session[SEEN] = int(time.time())
    know_device(user)


def start_second_factor(user: User, remember: bool = False) -> None:
    """Note that the password was right; `finish_second_factor` may follow within ten minutes."""
    flask.session[PENDING] = {"user": SessionUser(user).get_id(), "remember": remember, "at": int(time.time())}


def pending_second_factor() -> User | None:
    """Whose code this session is waiting for, or None (any more)."""
    pending = flask.session.get(PENDING)
    if pending is None:
        return None
    user, _ = _user_of(pending["user"]) if time.time() - pending["at"] <= PENDING_SECONDS else (None, None)
    if user is None or not user.has_second_factor:
        flask.session.pop(PENDING)
        return None
    return user


def finish_second_factor(code: str) -> User:
    """Sign in whoever `start_second_factor` noted. Raises WrongCode, Throttled, and NotSignedIn when too late."""
    user = pending_second_factor()
    if user is None:
        raise NotSignedIn("That took too long. Sign in with your password again.")
    remember = bool(flask.session[PENDING]["remember"])
    sign_in(user, remember, check_code(user, code))
    return user


def sign_out() -> None:
    """End the session, also for copies of its cookie; the device stays known to its accounts."""
    ended, user = dict(flask.session), signed_in_user()
    logout_user()
    flask.session.clear()  # first: this browser forgets it also when the database cannot be written right now
    flask.g.pop("unchecked_session", None)
    _memory().forget(SessionName(str(ended.get("_user_id")), str(ended.get(KEY))))
    _end(ended)
    if user is not None:
        services().sign_in_log.signed_out(user, current_browser())


# --- devices -----------------------------------------------------------------------------------


def current_device() -> Device:
    """What this browser's signed cookie says of it; one without a cookie, or with somebody else's, is new."""
    key, accounts = _device()
    return Device(key, frozenset(accounts))


def _device() -> tuple[str, list[int]]:
    try:
        known = _device_signer().loads(cookies.read(DEVICE_COOKIE), max_age=DEVICE_SECONDS)
    except BadData:
        return "", []
    return known["key"], known["accounts"]


def know_device(user: User) -> None:
    """Make this browser known to the account for a year: guesses from elsewhere do not slow its sign-ins down.

    For who has just proved to be the owner, by signing in or by a link from an e-mail.
    """
    key, accounts = _device()
    latest = [user.user_id, *(one for one in accounts if one != user.user_id)][:DEVICE_ACCOUNTS]
    value = _device_signer().dumps({"key": key or secrets.token_urlsafe(18), "accounts": latest})

    @flask.after_this_request
    def send(response: flask.Response) -> flask.Response:
        cookies.keep(response, DEVICE_COOKIE, str(value), DEVICE_SECONDS)
        return response


def _device_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(flask.current_app.secret_key), salt="device")
