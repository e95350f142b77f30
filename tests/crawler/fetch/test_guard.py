"""Which addresses are public."""

import ipaddress
import socket

import pytest

from crawler.fetch.guard import AddressForbidden, check, guarded_socket_factory, is_public
from crawler.fetch.memory import Remembered

PUBLIC = [
    "1.1.1.1",
    "114.114.114.114",
    "223.5.5.5",
    "2400:3200::1",
    "2408:8000::1",
    "::ffff:1.1.1.1",
    "2002:101:101::",
    "64:ff9b::101:101",
]
PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.31.255.255",
    "192.0.0.192", "192.168.1.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::7f00:1", "::ffff:10.0.0.1", "::ffff:0:a00:1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:a00:1::",
    "2001::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    check(address, ())


@pytest.mark.parametrize("address", PRIVATE)
def test_all_others_are_forbidden(address: str) -> None:
    with pytest.raises(AddressForbidden):
        check(address, ())


def test_an_allowed_block_lets_its_addresses_through_and_no_others() -> None:
    allowed = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "fd00::1", "1.1.1.1"):
        check(address, allowed)
    for address in ("10.0.0.1", "::ffff:10.0.0.1", "fe80::1"):
        with pytest.raises(AddressForbidden):
            check(address, allowed)


def test_the_factory_makes_sockets_for_allowed_addresses_alone() -> None:
    factory = guarded_socket_factory([ipaddress.ip_network("127.0.0.0/8")])
    made = factory((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80)))
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    made.close()
    with pytest.raises(AddressForbidden):
        factory((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.1", 80)))


def test_a_public_address_is_public_in_every_writing() -> None:
    assert all(is_public(ipaddress.ip_address(address)) for address in PUBLIC)


def test_what_is_remembered_of_hosts_is_forgotten_in_time_and_bounded() -> None:
    now = 0.0
    memory: Remembered[str] = Remembered(10.0, most=2, clock=lambda: now)
    memory.keep("a", "1")
    memory.keep("b", "2", keep_s=100.0)
    memory.keep("c", "3")
    assert [memory.get(name) for name in "abc"] == [None, "2", "3"]
    now = 11.0
    assert [memory.get(name) for name in "abc"] == [None, "2", None]
    assert len(memory) == 1
