"""The address guard: no connection to a private, loopback, link-local or otherwise non-public address, on any hop.

It sits in the connector's socket factory, which sees every address of every connection, whatever name, redirect or rebinding
led there. An address that carries an IPv4 address inside (mapped, 6to4, NAT64, …) is only as public as that one.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_IPV4_INSIDE: Final = tuple(
    (ipaddress.IPv6Network(block), shift)
    for block, shift in (
        ("::ffff:0:0/96", 0),  # mapped
        ("::ffff:0:0:0/96", 0),  # translated (SIIT)
        ("::/96", 0),  # compatible
        ("64:ff9b::/96", 0),  # NAT64
        ("64:ff9b:1::/48", 0),  # NAT64 of a local network
        ("2002::/16", 80),  # 6to4
    )
)
"""Blocks of IPv6 addresses with an IPv4 address inside, and how far it stands from the right, in bits."""

_NEVER: Final = tuple(
    ipaddress.ip_network(block)
    for block in (
        "168.63.129.16/32",  # a cloud's metadata and agent service at a public address
        "192.0.0.0/24",  # protocol assignments, among them a cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # Teredo and other protocol assignments
        "fec0::/10",  # site-local, of old
    )
)


class AddressForbidden(OSError):
    """The address is not a public one, and no setting lets it through."""


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    for network, shift in _IPV4_INSIDE:
        if address in network:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return None


def _layers(address: Address) -> Iterator[Address]:
    yield address
    if isinstance(address, ipaddress.IPv6Address) and (inside := _inside(address)) is not None:
        yield inside


def is_public(address: Address) -> bool:
    """May anybody on the Internet be at this address? Private, shared, reserved, multicast and metadata ones are not."""
    if isinstance(address, ipaddress.IPv6Address) and (inside := _inside(address)) is not None:
        return is_public(inside)
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def check(text: str, allowed: Sequence[Network]) -> None:
    """Raise AddressForbidden unless the address is public or in `allowed`, itself or by the IPv4 address it carries."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if is_public(address):
        return
    for layer in _layers(address):
        if any(layer in network for network in allowed if network.version == layer.version):
            return
    raise AddressForbidden(f"{address} is not a public address")


def guarded_socket_factory(
    allowed: Sequence[Network], trusted: Callable[[], bool] | None = None
) -> Callable[[Any], socket.socket]:
    """A socket factory for aiohttp's TCPConnector that lets public addresses and those in `allowed` through.

    trusted  whether the request under way goes to a place that settings name by host and port, wherever that is
    """

    def factory(info: Any) -> socket.socket:
        family, kind, protocol, _, where = info
        if trusted is None or not trusted():
            check(where[0], allowed)
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    return factory
