"""The page of webhooks: what is wrong is said and changes nothing, and no secret stays anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import Role
from app.stores.sql.tables import audit_log, webhook_deliveries, webhook_endpoints
from tests.conftest import WiredApp
from tests.support.account_calls import arrive
from tests.support.staff_calls import Admin

PUBLIC = "https://93.184.215.14/hook"  # an address that is public, and that nothing is sent to


@pytest.fixture
def admin(wired_app: WiredApp) -> Iterator[Admin]:
    visitor = arrive(wired_app, Role.ADMIN)
    yield Admin(wired_app, visitor.client, visitor.user)
    wired_app.database.write(lambda c: [c.execute(t.delete()) for t in (webhook_endpoints, webhook_deliveries)])


def save(
    admin: Admin, name: Any = "Books", address: Any = PUBLIC, kind: Any = "signed", events: Any = ("order.paid",)
) -> Any:
    events = list(events) if isinstance(events, tuple) else events
    answer = admin.press("admin.webhooks.save", None, name, address, kind, events)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)["response"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Give the endpoint a name"),
        ({"address": ""}, "begins with https://"),
        ({"address": "http://93.184.215.14/"}, "begins with https://"),
        ({"address": "https://127.0.0.1/"}, "not public"),
        ({"address": "https://169.254.169.254/latest/meta-data/"}, "not public"),
        ({"address": "https://localhost/"}, "not public"),
        ({"address": "https://[::ffff:10.0.0.1]/"}, "not public"),
        ({"address": "https://no-such-host.invalid/"}, "cannot be found"),
        ({"kind": "fax"}, "one of the formats"),
        ({"events": ("order.eaten",)}, "among the events"),
        ({"events": [{"a": 1}]}, "among the events"),
        ({"name": 7}, "Enter text"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(admin: Admin, wrong: dict[str, Any], words: str) -> None:
    before = admin.app.services.webhooks.endpoints()  # of other tests
    assert words in save(admin, **wrong)["admin-webhooks-form-error"]["children"]
    assert admin.app.services.webhooks.endpoints() == before


def test_a_secret_is_shown_once_and_is_nowhere_else(admin: Admin) -> None:
    shown = json.dumps(save(admin))
    (endpoint,) = admin.app.services.webhooks.endpoints()
    secret = _unsealed(admin, endpoint.secret)
    assert secret in shown
    rows = admin.app.database.read(lambda c: [*c.execute(select(webhook_endpoints)), *c.execute(select(audit_log))])
    assert secret not in repr(rows)
    assert secret not in admin.client.get("/admin/webhooks").text


def test_the_address_of_a_chat_is_a_key_and_stands_in_no_log(admin: Admin) -> None:
    save(admin, kind="chat", address="https://93.184.215.14/services/T0/B0/key")
    (endpoint,) = admin.app.services.webhooks.endpoints()
    assert endpoint.secret == ""
    assert admin.entries()[-1].after == {
        "name": "Books", "address": "93.184.215.14/…", "format": "chat", "events": "order.paid",
    }  # fmt: skip
    admin.press("admin.webhooks.save", endpoint.endpoint_id, "Chat", "", "chat", ["order.paid"])
    (kept,) = admin.app.services.webhooks.endpoints()
    assert (kept.name, kept.address) == ("Chat", endpoint.address)


def test_there_are_twenty_at_most(admin: Admin) -> None:
    for number in range(20):
        save(admin, name=f"Books {number}")
    assert "already" in save(admin)["admin-webhooks-form-error"]["children"]
    assert len(admin.app.services.webhooks.endpoints()) == 20


def test_one_that_is_off_is_sent_nothing_by_hand_either(admin: Admin) -> None:
    save(admin)
    (endpoint,) = admin.app.services.webhooks.endpoints()
    admin.press("admin.webhooks.act", key=f"{endpoint.endpoint_id}:off", changed=1)
    answer = admin.press("admin.webhooks.act", key=endpoint.endpoint_id)
    assert "Turn the endpoint on first" in answer.text
    assert admin.app.services.webhooks.log().deliveries == ()


def _unsealed(admin: Admin, sealed: str) -> str:
    opened = admin.app.services.webhooks._seal.open(sealed)
    assert opened is not None
    return opened
