"""Signing up, in and out over the API."""

from __future__ import annotations

import flask

from app.api.reading import SignIn, SignUp, read_body
from app.api.routing import route
from app.api.writing import done
from app.auth import home_of, sign_in, sign_out, signed_in_user
from app.domain import Access, Role
from app.errors import WrongCredentials
from app.origin import check_origin
from app.services import services


@route("/api/signup", Access.PUBLIC, methods=("POST",))
def signup() -> flask.Response:
    wanted = read_body(SignUp)
    user = services().accounts.register(wanted.fullname, wanted.email, wanted.password)
    sign_in(user)
    return done(redirect="/")


@route("/api/login", Access.PUBLIC, methods=("POST",))
def login() -> flask.Response:
    given = read_body(SignIn)
    user = services().accounts.authenticate(given.email, given.password)
    if given.role is not None and user.role is not Role(given.role):
        raise WrongCredentials()
    sign_in(user)
    return done(redirect=home_of(user.role))


@route("/api/logout", Access.PUBLIC, methods=("GET", "POST"))
def logout() -> flask.Response:
    check_origin()  # also for GET: it changes something
    sign_out()
    return done()


@route("/api/current_user", Access.PUBLIC)
def current_user() -> flask.Response:
    user = signed_in_user()
    if user is None:
        return flask.jsonify({"is_logged_in": False})
    return flask.jsonify({"is_logged_in": True, "name": user.full_name, "role": user.role.value})
