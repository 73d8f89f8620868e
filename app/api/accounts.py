"""Signing up, in and out over the API."""

from __future__ import annotations

import flask

from app.api.reading import SignIn, SignUp, read_body
from app.api.routing import route
from app.api.writing import done
from app.auth import client_address, current_device, current_principal, home_of_user, sign_in, sign_out, signed_in_user
from app.domain import Access, Role
from app.errors import SecondFactorRequired, WrongCredentials
from app.origin import check_origin
from app.services import services


@route("/api/signup", Access.PUBLIC, methods=("POST",))
def signup() -> flask.Response:
    wanted = read_body(SignUp)
    user = services().sign_ins.sign_up(wanted.fullname, wanted.email, wanted.password, client_address())
    sign_in(user)
    return done(redirect="/")


@route("/api/login", Access.PUBLIC, methods=("POST",))
def login() -> flask.Response:
    given = read_body(SignIn)
    user = services().sign_ins.password(given.email, given.password, client_address(), current_device())
    if given.role is not None and user.role is not Role(given.role):
        raise WrongCredentials()
    if user.has_second_factor:
        if not given.code:
            raise SecondFactorRequired()
        services().second_factor.check(user.user_id, given.code)
    sign_in(user)
    return done(redirect=home_of_user(user))


@route("/api/logout", Access.PUBLIC, methods=("GET", "POST"))
def logout() -> flask.Response:
    check_origin()  # also for GET: it changes something
    sign_out()
    return done()


@route("/api/current_user", Access.PUBLIC)
def current_user() -> flask.Response:
    if signed_in_user() is None:
        return flask.jsonify({"is_logged_in": False})
    principal = current_principal()
    return flask.jsonify({"is_logged_in": True, "name": principal.name, "role": principal.role})
