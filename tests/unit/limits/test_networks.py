"""Addresses as proxies write them."""

from __future__ import annotations

import pytest

from app.services.limits.networks import address_of, network_of


@pytest.mark.parametrize(
    ("text", "address", "network"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:49152", "203.0.113.7", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
        ('"[2001:DB8::1]:443"', "2001:db8::1", "2001:db8::/64"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        (" 203.0.113.7 ", "203.0.113.7", "203.0.113.7"),
    ],
)
def test_an_address_is_read_without_its_port(text: str, address: str, network: str):
    assert (address_of(text), network_of(text)) == (address, network)


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "203.0.113.7:", "203.0.113.7:999999", "203.0.113.256", "1.2.3", "[203",
     "2001:db8::1]:443", "[]:1", "x" * 5_000, "2001:db8::" + "0" * 300, "１.2.3.4", "<script>",
     "203.0.113.7, 198.51.100.1"],
)  # fmt: skip
def test_junk_is_no_address(text: str):
    assert address_of(text) == ""
    assert len(network_of(text)) <= 64
