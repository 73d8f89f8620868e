"""The original shop's own pages, by which its clients go on after signing in: each leads to this shop's page."""

from __future__ import annotations

import flask

from app.web.identity.principal import home_of
from app.web.identity.sessions import signed_in_user

CUSTOMERS_PAGE, STAFF_PAGE = "/user_dashboard.html", "/admin_dashboard.html"

# Names that clients of the original ask for, without ".html".
_PAGES = {
    "index": "/",
    "user_dashboard": "/",
    "login": "/login",
    "signup": "/register",
    "cart": "/cart",
    "checkout": "/checkout",
    "payment": "/checkout",
    "orders": "/orders",
    "admin_dashboard": "/admin",
}

blueprint = flask.Blueprint("original", __name__)


@blueprint.get(f"/<any({','.join(_PAGES)}):original>.html")
def page(original: str) -> flask.typing.ResponseReturnValue:
    """Not for good: who is signed in decides where staff begin."""
    user = signed_in_user() if original == "admin_dashboard" else None
    return flask.redirect(home_of(user) if user is not None and user.is_staff else _PAGES[original])
