"""The hosts a patrol knows: their names, numbers, paces, breakers and platforms. Hosts in memory, targets in the ledger.

A host of the register has its number from the ledger. One that visits were only handed over to has a number below zero,
for this run.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from crawler.records import Gap, Sighting
from scheduler.breaker import Breaker, BreakerSettings
from scheduler.ledger import Host
from scheduler.pace import HostPace
from scheduler.platforms import Platforms
from scheduler.slots import Slots


class PlatformSettings(msgspec.Struct, frozen=True):
    """ceiling: requests per second of a platform. hosts_at_least: so many hosts behind one address are one (0: none ever is).

    ceilings  name or address → its own ceiling; "none" for hosts or addresses that are no platform
    """

    ceiling: float = 10.0
    hosts_at_least: int = 8
    ceilings: Mapping[str, float | str] = msgspec.field(default_factory=dict)


class Hosts:
    def __init__(self, gap: Gap, platforms: PlatformSettings, breaker: BreakerSettings) -> None:
        self._default, self._breaker_settings = gap, breaker
        self._names: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._paces: dict[int, HostPace] = {}
        self._breakers: dict[int, Breaker] = {}
        self._addresses: dict[int, str] = {}
        self._moved: dict[int, str] = {}  # hosts that answered from another address than the ledger remembers
        self._platforms = Platforms(platforms.ceiling, platforms.hosts_at_least, dict(platforms.ceilings))

    def learn(self, hosts: Iterable[Host]) -> Iterator[tuple[int, int]]:
        """Take in what the register says of `hosts`; yields (old, new) for each that had a number for this run only."""
        for host in hosts:
            stranger = self._numbers.get(host.name, 0)
            self._names[host.id], self._numbers[host.name] = host.name, host.id
            pace = self._paces.get(host.id)
            if pace is None:
                pace = self._paces[host.id] = HostPace(self._default)
                if host.address:
                    self._addresses[host.id] = host.address
                    if not _is_loopback(host.address):
                        self._platforms.saw(host.id, host.address)
            pace.gap = self._gap(host.least_s)
            self._platforms.name(host.id, host.name, host.platform)
            if stranger < 0:
                pace.not_before, pace.gap_until = self._paces[stranger].not_before, self._paces[stranger].gap_until
                yield stranger, host.id

    def __contains__(self, number: int) -> bool:
        return number in self._paces

    def __len__(self) -> int:
        return len(self._paces)

    def name(self, number: int) -> str:
        return self._names[number]

    def pace(self, number: int) -> HostPace:
        return self._paces[number]

    def slots(self, number: int) -> Slots | None:
        """The calendar of the host's platform, where it has one."""
        return self._platforms.of(number)

    def breaker(self, number: int) -> Breaker:
        breaker = self._breakers.get(number)
        if breaker is None:
            breaker = self._breakers[number] = Breaker(self._breaker_settings)
        return breaker

    def number_of(self, name: str) -> int:
        """The number of the host `name`; an unknown one gets a number below zero."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = -1 - len(self._numbers)
            self._names[number] = name
            self._paces[number] = HostPace(self._default)
        return number

    def resting_until(self, after: float) -> int:
        """How many hosts are not to be asked before `after` (monotonic seconds): they asked for it, or are down."""
        resting = {number for number, pace in self._paces.items() if pace.not_before > after}
        resting.update(number for number, breaker in self._breakers.items() if breaker.open_until > after)
        return len(resting)

    def breakers_open(self, now: float) -> int:
        return sum(breaker.state(now) != "closed" for breaker in self._breakers.values())

    def platforms(self) -> int:
        """How many platforms are known, named or learned."""
        return len(self._platforms)

    # ---- what is seen of them ----

    def saw(self, number: int, sighting: Sighting, now: float, probe: bool) -> None:
        """A visit to the host has ended: its address, and whether it is up."""
        self.breaker(number).saw(now, sighting.outcome, sighting.reason, probe)
        address = sighting.address
        if address and number > 0 and not sighting.redirects and self._addresses.get(number) != address:
            self._addresses[number] = self._moved[number] = address
            if not _is_loopback(address):  # a test network is no platform
                self._platforms.saw(number, address)

    def moved(self) -> list[tuple[str, int]]:
        """(address, host) of hosts that answered from a new address since this was asked last, for the ledger."""
        moved = [(address, number) for number, address in self._moved.items()]
        self._moved.clear()
        return moved

    def _gap(self, least_s: float | None) -> Gap:
        if least_s is None:
            return self._default
        return Gap(self._default.factor, least_s, max(self._default.most_s, least_s))


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"
