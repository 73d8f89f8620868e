"""Calls of the account pages' callbacks: a browser with an account signed in, what it presses, and its mail."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain import Role, User
from app.stores.sql.tables import mailbox
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, changes, function_of, payload
from tests.support.shop import PASSWORD, add_people

NEW_PASSWORD = "nine slow herons wade"
RUBBISH: tuple[Any, ...] = (None, 7, True, 1.5, [], ["x"], {"a": 1}, "x" * 5_000)


@dataclass
class Visitor:
    """A browser, and the account signed in on it."""

    app: WiredApp
    client: FlaskClient
    user: User

    def press(self, function: str, *values: Any, pressed: Any = 1) -> TestResponse:
        """Call the page callback `module.name` with its button pressed and `values` for its state."""
        return press(self.client, function, *values, pressed=pressed)

    def now(self) -> User:
        found = self.app.services.accounts.get(self.user.user_id)
        assert found is not None
        return found

    def is_signed_in(self) -> bool:
        return bool(self.client.get("/api/current_user").json["is_logged_in"])


def press(client: FlaskClient, function: str, *values: Any, pressed: Any = 1) -> TestResponse:
    module, _, name = function.rpartition(".")
    found = [
        (output, entry)
        for output, entry in callback_map(client).items()
        if (function_of(entry).__module__, function_of(entry).__name__) == (f"pages.{module}", name)
    ]
    assert len(found) == 1, function
    (output, entry), *_ = found
    return call(client, payload(output, entry, [pressed, *values], changed=0))


def update(answer: TestResponse, component: str, prop: str = "children") -> Any:
    """What an answer sets; None for nothing."""
    assert answer.status_code in (200, 204), answer.text
    return changes(answer).get(component, {}).get(prop)


def words(answer: TestResponse) -> str:
    return json.dumps(answer.json, ensure_ascii=False)


def mailed_token(app: WiredApp, address: str, page: str) -> str:
    """The token of the newest link to `page` that was sent to `address`."""
    query = select(mailbox.c.text).where(mailbox.c.to == address).order_by(mailbox.c.message_id.desc())
    while app.services.worker.tick():  # a round sends twenty at most, also of what other tests left behind
        pass
    texts = app.database.read(lambda connection: connection.execute(query).scalars().all())
    links = [link[1] for text in texts if (link := re.search(rf"{page}#(\S+)", text))]
    assert links, f"no link to {page} was sent to {address}"
    return links[0]


def arrive(app: WiredApp, role: Role = Role.CUSTOMER) -> Visitor:
    """Somebody with a new account and `PASSWORD`, signed in."""
    user = add_people(app.database, 1, prefix=f"visitor-{secrets.token_hex(6)}-", role=role)[0]
    visitor = Visitor(app, app.server.test_client(), user)
    sign_in(visitor.client, user)
    return visitor


def sign_in(client: FlaskClient, user: User, password: str = PASSWORD) -> TestResponse:
    return press(client, "account.login.enter", user.email, password, False, "/")
