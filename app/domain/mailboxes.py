"""What an e-mail address says by itself: whose mailbox it is, and whether there can be one."""

from __future__ import annotations

# Names that are nobody's for good (RFC 2606, RFC 6761, RFC 6762, RFC 7686), with all that ends in them.
RESERVED = (
    "test",
    "example",
    "invalid",
    "localhost",
    "local",
    "onion",
    "example.com",
    "example.net",
    "example.org",
)


def mailbox_of(address: str) -> str:
    """Where mail to an address arrives: ada+shop@ and ada+news@ are one mailbox."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def is_reserved(address: str) -> bool:
    """Whether the address is of a domain that can have no mailboxes, as invented people have."""
    domain = address.strip().lower().rpartition("@")[2].rstrip(".")
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)
