"""Which hosts share a platform, and its slots: by the register's word, by settings, or by the address they answer from. Pure.

Named      the register (平台) names a host's platform; hosts of one name share one calendar of slots.
Learned    `least_hosts` hosts that answer from one address are a platform, without anybody's work. It stays one until fewer
           than half as many are left, so that a host that comes and goes changes nothing. Where hosts with a named platform
           answer from it, it is theirs: those without a name join the one most of them have.
Settings   `ceilings` gives a name, an address or a host its own ceiling in requests per second, or "none": a name or an address
           that is no platform, a host that belongs to none. An address or a host with its own ceiling is one by itself.
           The order: the host's own word, then its platform's name, then its address.

A host has one address, the last it answered from: one that moves leaves. A content network with thousands of addresses
therefore costs one entry per host, and an address nobody answers from is forgotten. Addresses are compared as numbers.
"""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from scheduler.slots import Slots

NONE: Final = "none"
_Rate = float | Literal["none"] | str
"""Requests per second, or "none"."""


class Platform(NamedTuple):
    """hosts: those that share it at present."""

    name: str
    slots: Slots
    hosts: int


class _Address:
    """Hosts that answer from one address: how many, what platforms they are named for, and the platform they are."""

    __slots__ = ("hosts", "names", "platform")

    def __init__(self) -> None:
        self.hosts = 0
        self.names: Counter[str] = Counter()
        self.platform: tuple[str, Slots] | None = None


class Platforms:
    """ceiling: requests per second of a platform without its own word (0: none). least_hosts: 0 learns none."""

    def __init__(self, ceiling: float = 10.0, least_hosts: int = 8, ceilings: Mapping[str, _Rate] | None = None) -> None:
        self._ceiling, self._least = ceiling, least_hosts
        self._rates = {_plain(key): rate for key, rate in (ceilings or {}).items()}
        self._slots: dict[str, Slots] = {}  # of named platforms and of hosts with a ceiling of their own
        self._names: dict[int, str] = {}  # host → its platform's name
        self._own: dict[int, str] = {}  # host → its own name, where settings speak of it
        self._at: dict[int, str] = {}
        self._addresses: dict[str, _Address] = {}

    def name(self, host: int, host_name: str, platform: str | None) -> None:
        """What the register says of a host: its name, and the platform it is named for ("none": it belongs to none)."""
        here = self._addresses.get(self._at.get(host, ""))
        if _plain(host_name) in self._rates:
            self._own[host] = _plain(host_name)
        before, after = self._names.get(host), _plain(platform or "") or None
        if before == after:
            return
        if after is None:
            del self._names[host]
        else:
            self._names[host] = after
        if here is not None:
            _count(here, before, -1)
            _count(here, after, 1)
            self._weigh(self._at[host], here)

    def saw(self, host: int, address: str) -> None:
        """`host` answered from `address`."""
        address = _plain(address)
        before = self._at.get(host)
        if before == address:
            return
        if before is not None:
            self._leave(host, before)
        self._at[host] = address
        here = self._addresses.get(address)
        if here is None:
            here = self._addresses[address] = _Address()
        here.hosts += 1
        _count(here, self._names.get(host), 1)
        self._weigh(address, here)

    def drop(self, host: int) -> None:
        """The host is watched no longer."""
        address = self._at.pop(host, None)
        if address is not None:
            self._leave(host, address)
        self._names.pop(host, None)
        self._own.pop(host, None)

    def of(self, host: int) -> Slots | None:
        """The slots that the host shares; None where it has no platform."""
        found = self._find(host)
        return found[1] if found else None

    def name_of(self, host: int) -> str | None:
        """The name of the host's platform, or the address that is one."""
        found = self._find(host)
        return found[0] if found else None

    def __len__(self) -> int:
        return sum(1 for _ in self.all())

    def all(self) -> Iterator[Platform]:
        """Every platform that a host shares now, in the order of their names. O(hosts): for gauges and people."""
        hosts: Counter[str] = Counter()
        slots: dict[str, Slots] = {}
        for host in self._names.keys() | self._at.keys() | self._own.keys():
            found = self._find(host)
            if found is not None:
                hosts[found[0]] += 1
                slots[found[0]] = found[1]
        return iter([Platform(name, slots[name], hosts[name]) for name in sorted(hosts)])

    def _find(self, host: int) -> tuple[str, Slots] | None:
        key = self._own.get(host) or self._names.get(host)
        if key is not None:
            return self._named(key)
        here = self._addresses.get(self._at.get(host, ""))
        return here.platform if here is not None else None

    def _named(self, key: str) -> tuple[str, Slots] | None:
        """The platform called `key`: a name, or an address or host with a ceiling of its own."""
        slots = self._slots.get(key)
        if slots is None:
            rate = self._rates.get(key, self._ceiling)
            if key == NONE or not isinstance(rate, int | float) or rate <= 0:
                return None
            slots = self._slots[key] = Slots(rate)
        return key, slots

    def _leave(self, host: int, address: str) -> None:
        here = self._addresses[address]
        here.hosts -= 1
        _count(here, self._names.get(host), -1)
        if here.hosts:
            self._weigh(address, here)
        else:
            del self._addresses[address]
            if address not in self._rates:
                self._slots.pop(address, None)

    def _weigh(self, address: str, here: _Address) -> None:
        """Decide anew whether the address is a platform, and whose. Called when who answers from it changes."""
        if address in self._rates:
            here.platform = self._named(address)
            return
        enough = self._least if here.platform is None else (self._least + 1) // 2
        if not self._least or here.hosts < enough:
            here.platform = None
        elif here.names:
            most = max(here.names.values())
            here.platform = self._named(min(name for name, count in here.names.items() if count == most))
        else:
            here.platform = self._named(address)


def _count(here: _Address, name: str | None, by: int) -> None:
    """A host with this platform's name came or went. "none" is no name that others could join."""
    if name is None or name == NONE:
        return
    here.names[name] += by
    if not here.names[name]:
        del here.names[name]


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """One writing per address: IPv4 within IPv6 is IPv4. Names lose the spaces around them, hosts their capitals."""
    text = text.strip().lower()
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
