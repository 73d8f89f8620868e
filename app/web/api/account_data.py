"""Taking one's own data along."""

from __future__ import annotations

from typing import Any

import flask

from app.domain import Access
from app.errors import NotSignedIn
from app.services import services
from app.web.api.answers import Answer, Moment
from app.web.api.routing import Doc, route
from app.web.identity.sessions import signed_in_user


class PersonalData(Answer):
    """What is kept about a person, in parts; amounts in major units."""

    store: str
    exported_at: Moment
    profile: dict[str, Any]
    sign_in: dict[str, Any]
    sessions: list[dict[str, Any]]
    api_tokens: list[dict[str, Any]]
    cart: list[dict[str, Any]]
    orders: list[dict[str, Any]]


@route(
    "/api/account/data",
    Access.SIGNED_IN,
    doc=Doc("Download everything kept about the caller", "data", answers=PersonalData),
)
def account_data() -> flask.Response:
    """As a file. No scope of a token covers it: it is more than any program was given its token for."""
    user = signed_in_user()
    if user is None:
        raise NotSignedIn()
    response = flask.jsonify(services().accounts.export(user.user_id))
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response
