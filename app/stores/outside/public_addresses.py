"""Which addresses belong to the public internet: everything else may be a machine of our own.

Of the registries of special addresses (IANA, IPv4 and IPv6 Special-Purpose Address Registries) and of clouds. Python's
own `is_global` follows them by version, and lets through what leads to IPv4 from IPv6 (NAT64, 6to4, Teredo).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # behind a provider's NAT; also a cloud's metadata (100.100.100.200)
            "127.0.0.0/8",
            "168.63.129.16/32",  # a cloud's own services, on a public address
            "169.254.0.0/16",  # link-local: metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # for documentation, as the next ones
            "198.51.100.0/24",
            "203.0.113.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",  # for benchmarks
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # kept for later, and broadcast
        ),
    )
)
# All that is given out to networks. Mapped and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96), loopback, private
# (fc00::/7) and link-local ones are outside.
_PUBLIC_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # of protocols, such as Teredo: these hold an IPv4 address
            "2001:db8::/32",  # for documentation
            "2002::/16",  # 6to4: holds an IPv4 address
            "3fff::/20",  # for documentation
        ),
    )
)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    if address.scope_id is not None or address not in _PUBLIC_V6:
        return False
    return not any(address in network for network in _SPECIAL_V6)
