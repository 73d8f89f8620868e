"""Signing up, in and out over the API."""

from __future__ import annotations

import flask

from app.domain import Access, Role
from app.errors import SecondFactorRequired, WrongCredentials
from app.services import services
from app.web.api.answers import CurrentUser, Done, SignedIn
from app.web.api.failures import EMAIL_TAKEN, SECOND_FACTOR_REQUIRED, THROTTLED, WRONG_CODE, WRONG_CREDENTIALS
from app.web.api.reading import read_body
from app.web.api.requests import SignIn, SignUp
from app.web.api.routing import Doc, Tokens, route
from app.web.api.writing import done
from app.web.guards.origin import check_origin
from app.web.identity.caller import client_address, current_browser
from app.web.identity.principal import current_principal
from app.web.identity.sessions import signed_in_user
from app.web.identity.sign_in import check_code, check_password, sign_in, sign_out
from app.web.original_pages import CUSTOMERS_PAGE, STAFF_PAGE


@route(
    "/api/signup",
    Access.PUBLIC,
    methods=("POST",),
    doc=Doc(
        "Make an account and sign in",
        "people",
        answers=SignedIn,
        body=SignUp,
        example={"fullname": "Ada Lovelace", "email": "ada@shop.example", "password": "three quiet herons"},
        refusals=(EMAIL_TAKEN, THROTTLED),
    ),
)
def signup() -> flask.Response:
    wanted = read_body(SignUp)
    user = services().sign_ins.sign_up(wanted.fullname, wanted.email, wanted.password, client_address())
    sign_in(user)
    return done(redirect="/")


@route(
    "/api/login",
    Access.PUBLIC,
    methods=("POST",),
    doc=Doc(
        "Sign in",
        "people",
        answers=SignedIn,
        description="With `role`, only if the account has that one. The answer sets the session cookie.",
        body=SignIn,
        example={"email": "ada@shop.example", "password": "three quiet herons", "role": "customer"},
        refusals=(WRONG_CREDENTIALS, SECOND_FACTOR_REQUIRED, WRONG_CODE, THROTTLED),
    ),
)
def login() -> flask.Response:
    given = read_body(SignIn)
    user = check_password(given.email, given.password)
    if given.role is not None and user.role is not Role(given.role):
        services().sign_in_log.wrong_password(user, current_browser())  # for who asks, it is as good as wrong
        raise WrongCredentials()
    if user.has_second_factor and not given.code:
        raise SecondFactorRequired()
    sign_in(user, second_factor=check_code(user, given.code or "") if user.has_second_factor else "")
    return done(redirect=STAFF_PAGE if user.is_staff else CUSTOMERS_PAGE)


@route(
    "/api/logout",
    Access.PUBLIC,
    methods=("GET", "POST"),
    doc=Doc("Sign out", "people", answers=Done),
)
def logout() -> flask.Response:
    check_origin()  # also for GET: it changes something
    sign_out()
    return done()


@route(
    "/api/current_user",
    Access.PUBLIC,
    scope=Tokens.ANY,
    doc=Doc("Who is signed in, or whose token this is", "people", answers=CurrentUser),
)
def current_user() -> flask.Response:
    if signed_in_user() is None:
        return flask.jsonify({"is_logged_in": False})
    principal = current_principal()
    return flask.jsonify({"is_logged_in": True, "name": principal.name, "role": principal.role})
