"""The hosts a patrol knows: their names, numbers and paces. Hosts in memory, targets in the ledger.

A host of the register has its number from the ledger. One that visits were only handed over to has a number below zero,
for this run.
"""

from collections.abc import Iterable, Iterator

from crawler.records import Gap
from scheduler.ledger import Host
from scheduler.pace import HostPace, PlatformPace


class Hosts:
    def __init__(self, gap: Gap, platform_ceiling: float) -> None:
        self._default, self._ceiling = gap, platform_ceiling
        self._names: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._paces: dict[int, HostPace] = {}
        self._platforms: dict[str, PlatformPace] = {}

    def learn(self, hosts: Iterable[Host]) -> Iterator[tuple[int, int]]:
        """Take in what the register says of `hosts`; yields (old, new) for each that had a number for this run only."""
        for host in hosts:
            stranger = self._numbers.get(host.name, 0)
            self._names[host.id], self._numbers[host.name] = host.name, host.id
            pace = self._paces.get(host.id)
            if pace is None:
                pace = self._paces[host.id] = HostPace(self._default)
            pace.gap, pace.platform = self._gap(host.least_s), self._platform(host.platform)
            if stranger < 0:
                pace.not_before = self._paces[stranger].not_before
                yield stranger, host.id

    def __contains__(self, number: int) -> bool:
        return number in self._paces

    def name(self, number: int) -> str:
        return self._names[number]

    def pace(self, number: int) -> HostPace:
        return self._paces[number]

    def number_of(self, name: str) -> int:
        """The number of the host `name`; an unknown one gets a number below zero."""
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = -1 - len(self._numbers)
            self._names[number] = name
            self._paces[number] = HostPace(self._default)
        return number

    def resting_until(self, after: float) -> int:
        """How many hosts are not to be asked before `after` (monotonic seconds)."""
        return sum(pace.not_before > after for pace in self._paces.values())

    def charge(self, number: int, requests: int, now: float) -> None:
        """Requests that no platform slot was taken for: redirects, retries, what a list's script asks."""
        platform = self._paces[number].platform
        if platform is not None and requests > 0:
            platform.charge(now, requests)

    def _gap(self, least_s: float | None) -> Gap:
        if least_s is None:
            return self._default
        return Gap(self._default.factor, least_s, max(self._default.most_s, least_s))

    def _platform(self, name: str | None) -> PlatformPace | None:
        if not name:
            return None
        platform = self._platforms.get(name)
        if platform is None:
            platform = self._platforms[name] = PlatformPace(self._ceiling)
        return platform
