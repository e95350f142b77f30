"""The account of requests made, from the lines of a journal: what we asked of each host, platform and address. Pure.

Each line tells when its visit began, how many requests it took, how long they took together, and from which address the page
came. From that follow, per host,

requests         all of them: redirects, second tries, other schemes, robots.txt, what scripts and articles were asked for. Of
                 a visit that was led to another host, one request counts at the first host and the others at the last one
least_gap_s      the smallest pause between the end of a visit and the beginning of the next one. Only after visits of one
                 request is their end known to the millisecond, so only those are measured
response_s       mean seconds a request took
asking_share     the share of the whole period in which the host was busy with us
pushed_back      how often it answered 429 or 503, or a Retry-After kept us away
not_asked        visits that ended without a request: robots.txt, a Retry-After, a host known to be down

and per address `most_in_10s`, the most requests in any ten seconds. The pauses within a visit are not told: its requests are
taken to follow each other without any, so they are rather counted too close together than too far apart. Lines may come up to
five minutes later than a line that began after them (visits end in another order than they begin); where time goes back
further, the clock was set, and counting begins anew.

What leaves no line is not in here: visits handed back at a stop or lost with a crawler, second opinions from another vantage,
and our own canaries. A line that shares the page of another one has no requests of its own, and is no visit here.
"""

import heapq
from collections import deque
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from crawler.records import instant_ms, stamp
from crawler.visit import host_of

WINDOW_MS: Final = 10_000
LATE_MS: Final = 300_000
DAY_MS: Final = 86_400_000
_MOST_SPREAD: Final = 100
_PUSHED_BACK: Final = frozenset({429, 503})


class _Subject(Struct):
    platform: str | None = None


class Line(Struct):
    """What is needed of an observation."""

    at: str
    url: str
    subject: _Subject
    reason: str | None
    status: int | None
    elapsed_s: float
    attempts: int
    requests: int
    final_url: str | None = None
    address: str | None = None
    observed_by: str = "public_http"


class HostMade(Struct, frozen=True):
    host: str
    requests: int
    visits: int
    per_day: float
    least_gap_s: float | None
    response_s: float
    asking_share: float
    pushed_back: int
    not_asked: int


class PlatformMade(Struct, frozen=True):
    platform: str
    hosts: int
    requests: int
    visits: int
    per_day: float
    pushed_back: int


class AddressMade(Struct, frozen=True):
    address: str
    hosts: int
    requests: int
    per_day: float
    most_in_10s: int


class Account(Struct, frozen=True):
    """`since` and `until`: the first and the last visit; None where there is none. Most requests first in every table.

    `days` is the time between them, at least one: `per_day` never makes more of a short run than it was.
    """

    since: str | None
    until: str | None
    days: float
    requests: int
    visits: int
    hosts: tuple[HostMade, ...]
    platforms: tuple[PlatformMade, ...]
    addresses: tuple[AddressMade, ...]


class Busiest:
    """The most requests in any ten seconds, told in nearly any order: those of the last five minutes wait to be sorted."""

    __slots__ = ("_frontier", "_newest", "_waiting", "_window", "most")

    def __init__(self) -> None:
        self._waiting: list[int] = []
        self._window: deque[int] = deque()
        self._newest = self._frontier = 0
        self.most = 0

    def add(self, at_ms: int) -> None:
        if at_ms < self._frontier:
            self.close()
        self._newest = max(self._newest, at_ms)
        heapq.heappush(self._waiting, at_ms)
        while self._waiting[0] < self._newest - LATE_MS:
            self._take()

    def close(self) -> int:
        """Count what waits, and forget when it was; returns the most there ever was."""
        while self._waiting:
            self._take()
        self._window.clear()
        self._newest = self._frontier = 0
        return self.most

    def _take(self) -> None:
        window, at_ms = self._window, heapq.heappop(self._waiting)
        self._frontier = at_ms
        window.append(at_ms)
        while window[0] <= at_ms - WINDOW_MS:
            window.popleft()
        self.most = max(self.most, len(window))


class _Host:
    """`end_ms`: when its last visit ended, None where that is not known; `begun_ms`: when it began."""

    __slots__ = ("asked_s", "begun_ms", "end_ms", "least_ms", "not_asked", "pushed_back", "requests", "visits")

    def __init__(self) -> None:
        self.requests = self.visits = self.pushed_back = self.not_asked = self.begun_ms = 0
        self.asked_s = 0.0
        self.end_ms: float | None = None
        self.least_ms: float | None = None

    def began(self, at_ms: int) -> None:
        if self.end_ms is not None and at_ms >= self.begun_ms:
            gap = at_ms - self.end_ms
            self.least_ms = gap if self.least_ms is None else min(self.least_ms, gap)
        self.begun_ms, self.end_ms = at_ms, None


class _Group:
    """A platform or an address: the hosts behind it, and what was asked of them."""

    __slots__ = ("busiest", "hosts", "pushed_back", "requests", "visits")

    def __init__(self) -> None:
        self.requests = self.visits = self.pushed_back = 0
        self.hosts: set[str] = set()
        self.busiest = Busiest()


class Tally:
    """The account in the making. `add` takes lines as `decode` gives them; memory grows with hosts, not with lines."""

    def __init__(self, since_ms: int | None = None, host: str | None = None) -> None:
        """Only visits from `since_ms` on, and only those that asked `host`, where they are given."""
        self._since_ms, self._host = since_ms, host
        self._hosts: dict[str, _Host] = {}
        self._platforms: dict[str, _Group] = {}
        self._addresses: dict[str, _Group] = {}
        self._first_ms: int | None = None
        self._last_ms = 0
        self._visits = self._requests = 0

    def add(self, line: Line) -> None:
        at_ms = instant_ms(line.at)
        if self._since_ms is not None and at_ms < self._since_ms:
            return
        first, last = host_of(line.url), host_of(line.final_url or line.url)
        bridged = line.observed_by == "bridge_feed"
        if bridged:  # a program of ours was asked, not the platform; it is shown by what program it is
            first = last = "bridge:" + (line.final_url or "").partition(":")[0]
        if self._host is not None and self._host not in (first, last):
            return
        if line.requests == 0:
            self._of(first).not_asked += line.attempts == 0
            return
        self._first_ms = at_ms if self._first_ms is None else min(self._first_ms, at_ms)
        self._last_ms = max(self._last_ms, at_ms)
        self._visits += 1
        self._requests += line.requests
        self._count_hosts(line, at_ms, first, last)
        if not bridged:
            self._count_groups(line, at_ms, last)

    def _of(self, host: str) -> _Host:
        found = self._hosts.get(host)
        if found is None:
            found = self._hosts[host] = _Host()
        return found

    def _count_hosts(self, line: Line, at_ms: int, first: str, last: str) -> None:
        at = self._of(first)
        at.began(at_ms)
        if line.requests == 1 == line.attempts:
            at.end_ms = at_ms + line.elapsed_s * 1000
        there = 0 if first == last else max(1, line.requests - 1)
        for name, requests in ((first, max(1, line.requests - there)), (last, there)):
            if requests and self._host in (None, name):
                host = self._of(name)
                host.requests += requests
                host.asked_s += line.elapsed_s * requests / max(line.requests, 1)
        end = self._of(last)
        end.visits += 1
        if first != last:
            end.end_ms = None
        end.pushed_back += _was_pushed_back(line)

    def _count_groups(self, line: Line, at_ms: int, host: str) -> None:
        for groups, name in ((self._platforms, line.subject.platform), (self._addresses, line.address)):
            if name:
                group = groups.get(name)
                if group is None:
                    group = groups[name] = _Group()
                group.hosts.add(host)
                group.requests += line.requests
                group.visits += 1
                group.pushed_back += _was_pushed_back(line)
                if groups is self._addresses:
                    _spread(group.busiest, line, at_ms)

    def account(self) -> Account:
        """What has come together so far."""
        first_ms = self._first_ms
        span_ms = 0 if first_ms is None else self._last_ms - first_ms
        days = max(1.0, span_ms / DAY_MS)
        hosts = [self._host_made(name, host, span_ms, days) for name, host in self._hosts.items() if self._host in (None, name)]
        platforms = [
            PlatformMade(name, len(of.hosts), of.requests, of.visits, round(of.requests / days, 1), of.pushed_back)
            for name, of in self._platforms.items()
        ]
        addresses = [
            AddressMade(name, len(of.hosts), of.requests, round(of.requests / days, 1), of.busiest.close())
            for name, of in self._addresses.items()
        ]
        return Account(
            None if first_ms is None else stamp(first_ms),
            None if first_ms is None else stamp(self._last_ms),
            round(days, 2),
            self._requests,
            self._visits,
            tuple(sorted(hosts, key=lambda row: (-row.requests, row.host))),
            tuple(sorted(platforms, key=lambda row: (-row.requests, row.platform))),
            tuple(sorted(addresses, key=lambda row: (-row.requests, row.address))),
        )

    @staticmethod
    def _host_made(name: str, host: _Host, span_ms: int, days: float) -> HostMade:
        span_s = max(span_ms / 1000, host.asked_s)
        return HostMade(
            host=name,
            requests=host.requests,
            visits=host.visits,
            per_day=round(host.requests / days, 1),
            least_gap_s=None if host.least_ms is None else round(host.least_ms / 1000, 3),
            response_s=round(host.asked_s / host.requests, 3) if host.requests else 0.0,
            asking_share=round(host.asked_s / span_s, 6) if span_s else 0.0,
            pushed_back=host.pushed_back,
            not_asked=host.not_asked,
        )


def _spread(busiest: Busiest, line: Line, at_ms: int) -> None:
    step_ms = line.elapsed_s * 1000 / line.requests
    for index in range(min(line.requests, _MOST_SPREAD)):
        busiest.add(at_ms + round(index * step_ms))


def _was_pushed_back(line: Line) -> bool:
    return line.status in _PUSHED_BACK or line.reason == "retry_after"


decode = msgspec.json.Decoder(Line).decode
"""A line of the journal as a `Line`; raises msgspec.DecodeError for anything else."""


def requests_made(lines: Iterable[bytes], since_ms: int | None = None, host: str | None = None) -> Account:
    """The account of `lines`; raises msgspec.DecodeError or ValueError where one of them is no observation."""
    tally = Tally(since_ms, host)
    for line in lines:
        tally.add(decode(line))
    return tally.account()
