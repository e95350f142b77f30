"""What doubt.py believes from: who answered when, how the canaries did, when we ourselves were slow. Pure.

Everything is forgotten `KEEP_S` after the newest word. A second holds at most `SAMPLE` hosts: past that only those whose number
hashes into one half, a quarter, … are kept, the same in every second, so that a host can still be counted once over many.
Memory and cost per word are constant, however many answers a second come in.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

KEEP_S: Final = 600
SAMPLE: Final = 64
GATHER_S: Final = 1.0
"""Canaries asked within so long of each other are one round."""
LONGEST_S: Final = 60.0
"""No canary takes longer to tell."""

ANSWERED: Final = 1
FAILED: Final = 2


class _Second:
    __slots__ = ("answered", "failed", "hosts", "level")

    def __init__(self) -> None:
        self.answered = self.failed = self.level = 0
        self.hosts: dict[int, int] = {}

    def add(self, host: int, bit: int) -> None:
        if bit == ANSWERED:
            self.answered += 1
        else:
            self.failed += 1
        if host in self.hosts:
            self.hosts[host] |= bit
        elif _sampled(host, self.level):
            self.hosts[host] = bit
            while len(self.hosts) > SAMPLE:
                self.level += 1
                self.hosts = {kept: bits for kept, bits in self.hosts.items() if _sampled(kept, self.level)}


def _sampled(host: int, level: int) -> bool:
    """Is `host` among the 1 in 2^level that are kept?"""
    return (host * 0x9E3779B1 & 0xFFFFFFFF) >> (32 - level) == 0


class Seconds:
    """Which hosts answered and which failed, by the second."""

    def __init__(self) -> None:
        self._seconds: dict[int, _Second] = {}
        self._newest = -(1 << 62)

    def add(self, at: float, host: int, bit: int) -> None:
        second = int(at)
        if second > self._newest:
            self._newest = second
            for old in [old for old in self._seconds if old < second - KEEP_S]:
                del self._seconds[old]
        elif second < self._newest - KEEP_S:
            return
        here = self._seconds.get(second)
        if here is None:
            here = self._seconds[second] = _Second()
        here.add(host, bit)

    def __len__(self) -> int:
        return len(self._seconds)

    def answered(self, second: int) -> bool:
        here = self._seconds.get(second)
        return here is not None and here.answered > 0

    def failed(self, second: int) -> bool:
        here = self._seconds.get(second)
        return here is not None and here.failed > 0

    def failed_hosts(self, seconds: Iterable[int], most: int) -> int:
        """How many distinct hosts failed in `seconds`; counts no further than `most`."""
        hosts: set[int] = set()
        for second in seconds:
            here = self._seconds.get(second)
            if here is not None:
                hosts.update(host for host, bits in here.hosts.items() if bits >= FAILED)
            if len(hosts) >= most:
                return most
        return len(hosts)

    def hosts(self, low: float, high: float) -> tuple[int, int]:
        """How many distinct hosts (answered and never failed, failed) from second `low` to `high`.

        An estimate where there were more than `SAMPLE` in a second.
        """
        seconds = [here for second in range(int(low), int(high) + 1) if (here := self._seconds.get(second))]
        level = max((here.level for here in seconds), default=0)
        hosts: dict[int, int] = {}
        for here in seconds:
            for host, bits in here.hosts.items():
                if here.level == level or _sampled(host, level):
                    hosts[host] = hosts.get(host, 0) | bits
        failed = sum(bits >= FAILED for bits in hosts.values())
        return (len(hosts) - failed) << level, failed << level


class Spans:
    """Stretches of time in which something was wrong, joined where they touch."""

    def __init__(self) -> None:
        self._spans: deque[tuple[float, float]] = deque(maxlen=KEEP_S)

    def add(self, begun: float, ended: float) -> None:
        while self._spans and begun <= self._spans[-1][1] + 1.0 and ended >= self._spans[-1][0] - 1.0:
            first, last = self._spans.pop()
            begun, ended = min(first, begun), max(last, ended)
        self._spans.append((begun, ended))
        while self._spans[0][1] < ended - KEEP_S:
            self._spans.popleft()

    def overlaps(self, begun: float, ended: float) -> bool:
        return any(first <= ended and last >= begun for first, last in reversed(self._spans))


class Round:
    """One round of canaries. `begun`: when the first was asked; `ended`: when the last that told was done."""

    __slots__ = ("_all", "begun", "ended", "told")

    def __init__(self, begun: float, canaries: int) -> None:
        self.begun = self.ended = begun
        self.told: dict[str, bool] = {}
        self._all = canaries

    @property
    def complete(self) -> bool:
        return len(self.told) == self._all

    @property
    def good(self) -> bool:
        """Most of all canaries answered, whatever the others will say."""
        return 2 * sum(self.told.values()) > self._all

    @property
    def bad(self) -> bool:
        """It cannot become good any more."""
        return 2 * (len(self.told) - sum(self.told.values())) >= self._all

    @property
    def dead(self) -> bool:
        """Not one of them answered."""
        return self.complete and not any(self.told.values())


class Canaries:
    """The rounds of the well-known hosts `names`, in the order in which they were begun."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self._rounds: deque[Round] = deque()

    def add(self, name: str, begun: float, ended: float, ok: bool) -> None:
        if name not in self.names:
            return
        round = self._round(name, begun)
        round.told[name] = ok
        round.ended = max(round.ended, ended)
        while self._rounds[0].begun < begun - KEEP_S:
            self._rounds.popleft()

    def _round(self, name: str, begun: float) -> Round:
        for place, round in enumerate(reversed(self._rounds)):
            if abs(round.begun - begun) <= GATHER_S and name not in round.told:
                round.begun = min(round.begun, begun)
                return round
            if round.begun < begun - GATHER_S:
                fresh = Round(begun, len(self.names))
                self._rounds.insert(len(self._rounds) - place, fresh)
                return fresh
        fresh = Round(begun, len(self.names))
        (self._rounds.appendleft if self._rounds and begun < self._rounds[0].begun else self._rounds.append)(fresh)
        return fresh

    def newest_first(self) -> Iterator[Round]:
        return reversed(self._rounds)

    def between(self, low: float, high: float) -> list[Round]:
        """Rounds of which any moment lies from `low` to `high`, the newest first."""
        found = []
        for round in reversed(self._rounds):
            if round.begun < low - LONGEST_S:
                break
            if round.begun <= high and round.ended >= low:
                found.append(round)
        return found
