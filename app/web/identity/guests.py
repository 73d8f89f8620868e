"""Guests: the key in their session that their cart and orders hang on, and orders opened by a receipt's link."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

import flask

from app.errors import (
    ShopError,
)
from app.services import services
from app.web.identity.devices import DAY

GUEST = "guest"


RENEWED = "renewed"  # the key of a guest before the latest paid order, "" once all has moved, and that order's id


OPENED = "opened"  # orders that this session may see by a receipt's link: [order id, until when]


OPENED_SECONDS = DAY // 2


# Owns nothing: for whom a page is made that everybody without a session gets.
NOBODY = "guest#"


MOST_OPENED = 10


def serve_anybody() -> None:
    """Have this request answered with what everybody without a session gets: it begins none."""
    flask.g.is_for_anybody = True


def is_for_anybody() -> bool:
    return bool(flask.g.get("is_for_anybody"))


def guest_owner() -> str:
    if is_for_anybody():
        return NOBODY
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


def opened_orders() -> frozenset[int]:
    now = time.time()
    return frozenset(order_id for order_id, until in flask.session.get(OPENED, []) if until > now)
