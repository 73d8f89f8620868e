"""Addresses that people enter for webhooks: what they may be, before anybody looks where they lead."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

import idna

from app.errors import InvalidInput
from app.services.checks import line

LONGEST = 500
HTTPS_PORT, HTTP_PORT = 443, 80
FIRST_FREE_PORT = 1024
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
WHAT = "Enter an address that begins with https://, such as https://example.com/hooks."


def checked_address(text: str, *, allows_local: bool) -> str:
    """The address as it is kept, its host in ASCII. Raises InvalidInput("address") with what is wrong.

    `allows_local`: for development, http too.
    """
    address = line(text, "address", LONGEST, required=WHAT, label="The address")
    try:
        parts = urlsplit(address)
        host = ascii_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        raise InvalidInput(WHAT, "address") from None
    if parts.scheme not in (("https", "http") if allows_local else ("https",)) or not host:
        raise InvalidInput(WHAT, "address")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("The address must hold no name or password before the host.", "address")
    after = parts.path + parts.query
    if parts.fragment or not after.isascii() or " " in after:
        raise InvalidInput("After the host the address may hold no blank, no # and no letters but A to Z.", "address")
    own = HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    if port is not None and port != own and port < FIRST_FREE_PORT:
        raise InvalidInput(f"The port must be {own}, or {FIRST_FREE_PORT} or above.", "address")
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, own) else f"{shown}:{port}"
    return SplitResult(parts.scheme, netloc, parts.path or "/", parts.query, "").geturl()


def place_of(address: str) -> tuple[str, int]:
    """Host and port of a checked address."""
    parts = urlsplit(address)
    return parts.hostname or "", parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)


def shown_address(address: str, *, is_secret: bool) -> str:
    """For lists and logs: of one whose path is a key, the host only."""
    return f"{place_of(address)[0]}/…" if is_secret else address


def ascii_host(host: str) -> str:
    """Raises ValueError for what no host can be called."""
    if ":" in host and "%" not in host:
        return str(IPv6Address(host))
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError as error:
            raise ValueError(str(error)) from error
    if not _HOST.fullmatch(host):
        raise ValueError(host)
    return host.lower()
