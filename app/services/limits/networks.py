"""What a caller's network address is, as proxies write it, and what of it counts as one caller."""

from __future__ import annotations

import ipaddress
import re

IPV6_PREFIX = 64  # what one customer of a provider gets: whoever has one address has them all
LONGEST = 64  # as the audit log keeps it, and more than any address takes

_BRACKETED = re.compile(r"\[([^\[\]]*)\](?::[0-9]{1,5})?")
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}")


def address_of(text: str) -> str:
    """The address in "203.0.113.7", "203.0.113.7:49152" or "[2001:db8::1]:443", in one spelling; "" for none."""
    if len(text) > LONGEST:
        return ""
    text = text.strip().strip('"')
    found = _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text)
    try:
        parsed = ipaddress.ip_address((found[1] if found else text).partition("%")[0])
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)


def network_of(address: str) -> str:
    """What is counted as one caller: an IPv4 address, an IPv6 network of 64 bits, or the text as it is."""
    known = address_of(address)
    if ":" in known:
        return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False))
    return known or address[:LONGEST]
