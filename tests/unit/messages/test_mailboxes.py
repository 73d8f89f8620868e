"""Whose mailbox an address is, whether there can be one, and texts that no mail program makes a link of."""

from __future__ import annotations

import re

import pytest

from app.domain import is_reserved, mailbox_of, unlinked


@pytest.mark.parametrize(
    "address", ["ada@shop.com", "Ada@Shop.COM", "ada+1@shop.com", "ada+a+b@shop.com", " ada+@shop.com "]
)
def test_a_tag_and_capitals_make_no_other_mailbox(address: str):
    assert mailbox_of(address) == "ada@shop.com"


@pytest.mark.parametrize("address", ["a.da@shop.com", "ada@shop.com.evil.org", "ada@shop", "+ada@shop.com"])
def test_other_mailboxes_are_told_apart(address: str):
    assert mailbox_of(address) != "ada@shop.com"


@pytest.mark.parametrize(
    "domain",
    [
        "mail.example",
        "EXAMPLE.com",
        "a.b.example.org",
        "example.net.",
        "shop.test",
        "x.invalid",
        "localhost",
        "nas.local",
    ],
)
def test_domains_that_can_have_no_mailboxes(domain: str):
    assert is_reserved(f"asha@{domain}")


@pytest.mark.parametrize(
    "domain", ["shop.com", "example.de", "myexample.com", "example.com.au", "test.org", "local.ch"]
)
def test_domains_that_can(domain: str):
    assert not is_reserved(f"asha@{domain}")


LINKS = [
    "evil.example/free", "http://evil.example/free", "HTTPS://evil.example", "www.evil.example", "win@evil.example",
    "mailto:win@evil.example", "tel:+4912345", "http://127.0.0.1/x", "http://localhost", "evil\u3002example",
    "evil\uff0eexample", "evil\u2024example", "x.evil.example?a=b", "//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("text", LINKS)
def test_nothing_in_it_is_an_address_any_more(text: str):
    shown = unlinked(f"Free gift {text} now")
    assert not re.search(r"\w[.\u2024\u3002\ufe52\uff0e\uff1a\uff20\uff61:@]\S", shown)
    assert shown.replace(" ", "") == f"Free gift {text} now".replace(" ", ""), "and every character is there"


@pytest.mark.parametrize("text", ["Asha Rao", "1/4 Lake Road, c/o Mr. Iyer", "O'Brien-Łukasz", "", "St. John."])
def test_ordinary_names_stay_as_they_are(text: str):
    assert unlinked(text) == text
