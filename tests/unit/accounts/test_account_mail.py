"""What stands in e-mails about accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from app.domain import LinkPurpose, Message, Notice
from app.mail.account import link_mail, notice_mail
from app.money import Formats

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://shop.example/reset#Mg.signature"
EVIL = "<b>Ada's</b> {at} & {store}"
HEAD = {"to": "ada@shop.example", "base_url": "https://shop.example", "formats": FORMATS}


def link_of(purpose: LinkPurpose, store_name: str = "Retail Sync") -> Message:
    return link_mail(purpose, key="account:1:link:2", url=URL, expires_at=AT, store_name=store_name, **HEAD)


def notice_of(notice: Notice, store_name: str = "Retail Sync") -> Message:
    return notice_mail(notice, key=f"account:1:{notice}:x", at=AT, store_name=store_name, **HEAD)


@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_stands_in_both_parts_with_its_end(purpose: LinkPurpose) -> None:
    mail = link_of(purpose)
    assert (mail.kind, mail.to) == ("account", "ada@shop.example")
    assert f'href="{URL}"' in mail.html
    for part in (mail.html, mail.text):
        assert URL in part
        assert "works once" in part
        assert "17:30" in part, "in the store's zone"


@pytest.mark.parametrize("notice", get_args(Notice))
def test_a_notice_leads_nowhere_but_to_the_shop(notice: Notice) -> None:
    mail = notice_of(notice)
    assert mail.subject
    assert mail.html.count("href=") == 1
    assert "#" not in mail.text
    assert "{" not in mail.subject + mail.text


def test_a_token_is_called_by_its_name_as_text() -> None:
    mail = notice_mail("token_created", key="k", at=AT, store_name="Retail Sync", about=EVIL, **HEAD)
    assert "<b>" not in mail.html
    assert f"an API token “{EVIL}” was created" in mail.text
    assert "&lt;b&gt;" in mail.html
    assert EVIL not in mail.subject


def test_every_mail_is_told_apart_by_its_subject() -> None:
    mails = [link_of(purpose) for purpose in LinkPurpose] + [notice_of(notice) for notice in get_args(Notice)]
    assert len({mail.subject for mail in mails}) == len(mails)
    assert all("Retail Sync" in mail.subject for mail in mails)


def test_the_shops_name_is_text_in_html() -> None:
    mail = link_of(LinkPurpose.RESET, store_name=EVIL)
    assert "<b>" not in mail.html
    assert "&lt;b&gt;" in mail.html
    assert EVIL.partition(" {at}")[0] in mail.text
