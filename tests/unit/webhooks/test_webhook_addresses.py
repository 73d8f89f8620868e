"""What people may enter as the address of a webhook."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.services.webhooks.addresses import checked_address, place_of, shown_address


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("https://example.com", "https://example.com/"),
        (" https://Example.com:443/Hook?a=1 ", "https://example.com/Hook?a=1"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://[2606:4700::1]:8443/x", "https://[2606:4700::1]:8443/x"),
    ],
)
def test_an_address_is_kept_in_one_spelling(entered: str, kept: str) -> None:
    assert checked_address(entered, allows_local=False) == kept


@pytest.mark.parametrize(
    "entered",
    [
        "", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:///x", "https://a:b@c.example/",
        "https://example.com@127.0.0.1/", "https://example.com\\@127.0.0.1/", "https://example.com/#x",
        "https://example.com/ä", "https://example.com/a b", "https://example.com:22/", "https://example.com:0/",
        "https://example.com:99999/", "https://exa mple.com/", "https://[fe80::1/", "https://[::1%25eth0]/",
        "https://\u202eexample.com/", "https://example.com/" + "x" * 500, "javascript:alert(1)", "https://..../",
    ],
)  # fmt: skip
def test_what_is_no_such_address_is_refused_in_words(entered: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_address(entered, allows_local=False)
    assert refused.value.field == "address"
    assert refused.value.message


def test_in_development_http_is_taken_too():
    assert checked_address("http://127.0.0.1:9000/x", allows_local=True) == "http://127.0.0.1:9000/x"
    assert place_of("http://127.0.0.1:9000/x") == ("127.0.0.1", 9000)
    assert (place_of("https://a.example/"), place_of("http://a.example/")) == (("a.example", 443), ("a.example", 80))


def test_of_an_address_that_is_a_key_only_the_host_is_shown():
    address = "https://hooks.slack.example/services/T0/B0/secret"
    assert shown_address(address, is_secret=True) == "hooks.slack.example/…"
    assert shown_address(address, is_secret=False) == address
