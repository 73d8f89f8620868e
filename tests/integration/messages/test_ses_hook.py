"""The hook for bounces and complaints, called over HTTP, and what people see of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain import OutboxState, Role
from app.services import install
from app.services.messages.mail_events import MailEventService
from app.stores.aws.ses_events import SesEvents
from app.stores.sql.messages.address_blocks import SqlAddressBlocks
from app.stores.sql.tables import address_blocks, hook_messages, mailbox
from app.web.api.hooks import LARGEST
from tests.conftest import WiredApp
from tests.support.account_calls import Visitor, arrive, words
from tests.support.dash_calls import navigate
from tests.support.sns_messages import TOPIC, Web, body, bounce, complaint, notification, signed

HOOK = "/api/hooks/ses"


@dataclass
class Hook:
    app: WiredApp
    client: FlaskClient
    web: Web

    def call(self, data: bytes, **options: Any) -> TestResponse:
        return self.client.post(HOOK, data=data, content_type="text/plain; charset=UTF-8", **options)

    def tell(self, event: Any) -> TestResponse:
        return self.call(body(notification(event)))

    def state(self) -> tuple[Any, ...]:
        """What a refused message must leave as it is."""
        tables = (address_blocks, hook_messages)
        return tuple(self.app.database.read(lambda c, t=t: c.execute(select(t)).all()) for t in tables)

    def block_of(self, email: str) -> Any:
        return SqlAddressBlocks(self.app.database).of(email)


@pytest.fixture
def hook(wired_app: WiredApp) -> Iterator[Hook]:
    web = Web()
    events = MailEventService(SesEvents(TOPIC, web.fetch), SqlAddressBlocks(wired_app.database))
    install(replace(wired_app.services, mail_events=events))
    yield Hook(wired_app, wired_app.client(), web)
    install(wired_app.services)


def somebody() -> str:
    return f"gone-{secrets.token_hex(5)}@elsewhere.example"


class TestCalls:
    def test_a_bounce_blocks_the_address(self, hook: Hook):
        email = somebody()
        answer = hook.tell(bounce(email))
        assert (answer.status_code, answer.json) == (200, {"success": True})
        assert hook.block_of(email) is not None

    def test_a_replay_is_taken_and_changes_nothing(self, hook: Hook):
        message = body(notification(bounce(somebody())))
        assert hook.call(message).status_code == 200
        before = hook.state()
        assert hook.call(message).status_code == 200
        assert hook.state() == before

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda m: {**m, "Message": m["Message"].replace("gone", "else")},
            lambda m: {k: v for k, v in m.items() if k != "Signature"},
            lambda m: {**m, "Signature": "AAAA"},
            lambda m: signed(m, "a stranger"),
            lambda m: signed({**m, "TopicArn": TOPIC + "x"}),
            lambda m: signed({**m, "SigningCertURL": "https://evil.example/SimpleNotificationService-1.pem"}),
            lambda m: signed({**m, "Timestamp": "2026-01-01T00:00:00.000Z"}),
            lambda m: [m],
            lambda m: "hello",
        ],
        ids=["tampered", "unsigned", "wrong", "stranger", "topic", "host", "old", "list", "text"],
    )
    def test_what_nobody_vouches_for_changes_nothing(self, hook: Hook, spoil: Any):
        before = hook.state()
        answer = hook.call(body(spoil(notification(bounce(somebody())))))
        assert (answer.status_code, answer.json["code"]) == (400, "message_refused")
        assert hook.state() == before

    @pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"{" * 10_000, b"null"])
    def test_rubbish_is_refused(self, hook: Hook, rubbish: bytes):
        assert hook.call(rubbish).status_code == 400

    def test_a_huge_body_is_not_read(self, hook: Hook):
        before = hook.state()
        assert hook.call(b"x" * (LARGEST + 1)).status_code == 413
        assert hook.state() == before

    def test_browsers_of_other_sites_get_nowhere(self, hook: Hook):
        message = body(notification(bounce(somebody())))
        assert hook.call(message, headers={"Origin": "https://evil.example"}).status_code == 403

    def test_only_posts_are_taken(self, hook: Hook):
        assert hook.client.get(HOOK).status_code == 405

    def test_a_certificate_that_cannot_be_had_makes_sns_send_it_again(self, hook: Hook):
        hook.web.pages.clear()
        answer = hook.tell(bounce(somebody()))
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers

    def test_a_shop_that_takes_none_says_so(self, wired_app: WiredApp):
        answer = wired_app.client().post(HOOK, data=body(notification(bounce(somebody()))))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


class TestConsequences:
    def test_what_is_not_sent_is_shown_as_such_and_goes_out_after_the_block_was_lifted(self, hook: Hook):
        visitor = arrive(hook.app)
        email = str(visitor.user.email)
        hook.tell(bounce(email))
        hook.app.services.accounts.request_reconfirmation(visitor.user.user_id)
        drain(hook.app)
        assert mails_to(hook.app, email) == 0
        admin = hook.app.client(Role.ADMIN)
        page = navigate(admin, "/admin/notifications").text
        assert "Not sent: the address bounced on 1 Mar 2026." in page
        assert email in page
        unsent = hook.app.services.notifications.deliveries(OutboxState.NOT_SENT)[0]
        block = hook.block_of(email)
        assert press_item(admin, "admin.notifications.lift", block.block_id).status_code == 200
        assert press_item(admin, "admin.notifications.resend", unsent.entry_id).status_code == 200
        drain(hook.app)
        assert mails_to(hook.app, email) == 1

    def test_the_account_page_says_so_and_its_owner_tries_again(self, hook: Hook):
        visitor = arrive(hook.app)
        email = str(visitor.user.email)
        hook.tell(bounce(email))
        assert "the address bounced on 1 Mar 2026" in navigate(visitor.client, "/account").text
        assert "A link is on its way" in words(visitor.press("account.profile.try_again"))
        assert hook.block_of(email) is None
        drain(hook.app)
        assert mails_to(hook.app, email) == 1

    def test_trying_again_is_as_rare_as_other_mails_with_links(self, hook: Hook):
        visitor = arrive(hook.app)
        for _ in range(4):
            hook.tell(bounce(str(visitor.user.email)))
            last = visitor.press("account.profile.try_again")
        assert "Several e-mails went to this address a moment ago" in words(last)
        assert hook.block_of(str(visitor.user.email)) is not None

    def test_who_complained_cannot_be_written_to_by_whoever_has_the_account(self, hook: Hook):
        visitor = arrive(hook.app)
        email = str(visitor.user.email)
        hook.tell(complaint(email))
        page = navigate(visitor.client, "/account").text
        assert "reported a mail as spam on 2 Mar 2026" in page
        assert "reported as spam" in words(visitor.press("account.profile.try_again"))
        assert hook.block_of(email) is not None

    def test_a_closed_account_leaves_no_block_behind(self, hook: Hook):
        visitor = arrive(hook.app)
        email = str(visitor.user.email)
        hook.tell(bounce(email))
        assert "bounce" in str(hook.app.services.accounts.export(visitor.user.user_id)["profile"])
        close(visitor)
        drain(hook.app)
        assert hook.block_of(email) is None


def close(visitor: Visitor) -> None:
    from tests.support.shop import PASSWORD

    visitor.app.services.accounts.close(visitor.user.user_id, PASSWORD)


def drain(app: WiredApp) -> None:
    while app.services.worker.tick():
        pass


def mails_to(app: WiredApp, email: str) -> int:
    query = select(mailbox.c.message_id).where(mailbox.c.to == email)
    return len(app.database.read(lambda c: c.execute(query).all()))


def press_item(client: FlaskClient, function: str, key: int) -> TestResponse:
    from tests.support.dash_calls import call, callback_map, function_of, payload

    module, _, name = function.rpartition(".")
    for output, entry in callback_map(client).items():
        found = function_of(entry)
        if (found.__module__, found.__name__) == (f"pages.{module}", name):
            return call(client, payload(output, entry, [1], changed=0, key=key))
    raise AssertionError(function)
