"""A province's servers in simulated time: the real patrol, crawler and ledger, without sockets and without waiting.

`run` drives a loop whose time jumps to the next timer, so hours of patrol take as long as their CPU. The servers keep a log
of every request: what the promises on pace and probes are checked against.
"""

import asyncio
import random
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, cast

from crawler.accounts.bridgesettings import Bridges
from crawler.fetch import Answer, Ask, Fetcher
from crawler.records import BEIJING, Gap, Phases
from crawler.visit import Crawler, host_of
from scheduler.calendar import Revisit
from scheduler.conclude import House
from scheduler.dispatch.inline import Inline
from scheduler.doubt import Doubt
from scheduler.ledger import COLUMNS, PROBES, Ledger
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.writer import Writer
from tests.scheduler.builders import START_MS, SUBJECT
from tests.scheduler.field import DirectWriter
from tests.scheduler.virtual import VirtualClock

Fault = Literal["fine", "refused", "silent", "slow_drip", "resets", "unavailable", "redirects_away", "huge"]
FAULTS: tuple[Fault, ...] = ("refused", "silent", "slow_drip", "resets", "unavailable", "redirects_away", "huge")
COLUMN_PART = b'{"name":"c","category":"news","first_level":true,"unit":null}'


def page_of(day: str) -> bytes:
    """A small list page whose newest item is of `day`."""
    rows = "".join(f'<li><a href="/t{i}.html">关于做好第{i}次检查工作的通知</a><span>{day}</span></li>' for i in range(6))
    return f'<html><head><title>c</title></head><body><ul class="list">{rows}</ul></body></html>'.encode()


T = TypeVar("T")


class SteppedClock(VirtualClock):
    """The wall clock may be set: `ahead_ms` is by how much it is wrong. The monotonic one is not touched."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms


class PromptWriter(DirectWriter):
    """Does jobs for the ledger at once as well; while the disk is full they wait, as in the writer's thread."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._of = ledger
        self._jobs: list[Callable[[], None]] = []
        self.killed = False

    def work(self, job: Callable[[Ledger], T]) -> "Future[T]":
        future: Future[T] = Future()
        self._jobs.append(lambda: future.set_result(job(self._of)))
        self.flush()
        return future

    def flush(self) -> None:
        if self.killed or self.stuck:
            return
        super().flush()
        jobs, self._jobs = self._jobs, []
        for job in jobs:
            job()


class Host(NamedTuple):
    """A simulated host: how fast it answers, what is wrong with it, and the address of its platform."""

    name: str
    response_s: float
    fault: Fault
    address: str


class Servers:
    """What answers: stands in for the fetcher, in the loop's time. `gone` is whether the network of the house is out."""

    def __init__(self, hosts: list[Host], day: str) -> None:
        self.hosts = hosts
        self._numbers = {host.name: number for number, host in enumerate(hosts)}
        self._page = page_of(day)
        self.page: Callable[[str], bytes] = lambda url: self._page
        self.gone: Callable[[float], bool] = lambda now: False
        self.number = array("i")
        self.begun = array("d")
        self.ended = array("d")

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def fetch(self, ask: Ask) -> Answer:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        number = self._numbers.get(host_of(ask.url), -1)
        answer = await self._answer(ask, self.hosts[number] if number >= 0 else None, begun)
        self.number.append(number)
        self.begun.append(begun)
        self.ended.append(loop.time())
        return answer._replace(elapsed_s=loop.time() - begun)

    async def _answer(self, ask: Ask, host: Host | None, begun: float) -> Answer:
        if self.gone(begun):
            await asyncio.sleep(min(ask.deadline_s, 10.0))
            return Answer(ask.url, "timeout", "connect")
        if host is None:
            await asyncio.sleep(0.05)
            return Answer(ask.url, "dns", "nxdomain")
        fault = host.fault
        if fault == "silent":
            await asyncio.sleep(ask.deadline_s)
            return Answer(ask.url, "timeout", "first_byte", address=host.address)
        if fault == "slow_drip":
            await asyncio.sleep(ask.deadline_s)
            return Answer(ask.url, "timeout", "body", 200, body=self._page[:40], partial=True, address=host.address)
        await asyncio.sleep(host.response_s)
        if fault == "refused":
            return Answer(ask.url, "connect", "refused")
        if fault == "resets":
            return Answer(ask.url, "connect", "reset", address=host.address)
        if fault == "unavailable":
            return Answer(ask.url, "ok", None, 503, body=b"<html>busy</html>", address=host.address, retry_after_s=120.0)
        if fault == "redirects_away":
            return Answer(ask.url, "ok", None, 302, location=f"http://{host.name}.elsewhere.test/", address=host.address)
        return Answer(
            ask.url,
            "too_large" if fault == "huge" else "ok",
            "body" if fault == "huge" else None,
            200,
            {},
            self.page(ask.url),
            content_type="text/html; charset=utf-8",
            phases=Phases(first_byte=host.response_s),
            address=host.address,
        )


def fill(ledger: Ledger, hosts: list[Host], columns: int, due_ms: int, revisit: Revisit) -> None:
    """`columns` columns per host, all due at `due_ms`, and a probe per host on its grid."""
    connection = ledger.transaction()
    connection.execute("BEGIN")
    connection.execute("INSERT INTO subjects VALUES ('5115000001', ?, '某市')", (SUBJECT,))
    for host in hosts:
        identifier = connection.execute("INSERT INTO hosts(name) VALUES (?)", (host.name,)).lastrowid
        home = f"{host.name}/@home"
        probe_due = revisit.first_due_ms("probe", "probe", home, due_ms)
        rows: list[tuple[str, str, bytes | None, str, int, int]] = [("probe", home, None, "probe", PROBES, probe_due)]
        rows += [("column", f"{host.name}/{n}", COLUMN_PART, "news", COLUMNS, due_ms) for n in range(columns)]
        for kind, key, part, category, lane, due in rows:
            target = connection.execute(
                "INSERT INTO targets(kind, key, host, url, subject, part, row, paused, generation, category) "
                "VALUES (?, ?, ?, ?, '5115000001', ?, '', 0, 1, ?)",
                (kind, key, identifier, f"http://{key.replace('@home', '')}", part, category),
            ).lastrowid
            connection.execute("INSERT INTO states(id, host, due, lane) VALUES (?, ?, ?, ?)", (target, identifier, due, lane))
    connection.execute("COMMIT")


class World:
    """A patrol over simulated servers. Build it inside `tests.scheduler.virtual.run`.

    canaries: hosts that answer and are in no register. doubt: makes what a service knows of its own troubles.
    """

    def __init__(
        self,
        folder: Path,
        hosts: list[Host],
        columns: int,
        revisit: Revisit,
        settings: PatrolSettings,
        *,
        canaries: Sequence[Host] = (),
        doubt: Callable[[], Doubt] = Doubt,
        bridges: Bridges | None = None,
    ) -> None:
        self.clock = SteppedClock()
        today = datetime.fromtimestamp(START_MS / 1000, BEIJING).date().isoformat()
        self.hosts = hosts
        self.servers = Servers([*hosts, *canaries], today)
        self.ledger = Ledger.open(folder / "ledger.sqlite", "serve")
        fill(self.ledger, hosts, columns, START_MS, revisit)
        self._revisit, self._settings, self._make_doubt, self._bridges = revisit, settings, doubt, bridges
        self.begin()

    def begin(self) -> None:
        """A program that has just been started over the ledger as it is: it remembers nothing else."""
        self.writer = PromptWriter(self.ledger)
        self.writer.keep_lines = False
        self.metrics = Metrics()
        self.doubt = self._make_doubt()
        fetcher = cast(Fetcher, self.servers)
        crawler = Crawler(fetcher, self.clock.now_ms, bridges=(self._bridges, fetcher) if self._bridges else None)
        self.patrol = Patrol(
            ledger=self.ledger,
            writer=cast(Writer, self.writer),
            dispatch=Inline(crawler),
            calendar=self._revisit,
            house=House("sha256:0", 1, "default", "0"),
            clock=self.clock,
            metrics=self.metrics,
            settings=self._settings,
            doubt=self.doubt,
        )
        self.patrol.endless = True
        self.writer.written = self.patrol.written


def draw_hosts(seed: int, platforms: dict[str, int], alone: int, broken: float) -> list[Host]:
    """`platforms`: address → hosts behind it; `alone` hosts with an address each. Response times from 50 ms to 3 s."""
    chance = random.Random(seed)
    addresses = [address for address, count in platforms.items() for _ in range(count)]
    addresses += [f"192.0.{index // 250}.{index % 250}" for index in range(alone)]
    hosts = []
    for index, address in enumerate(addresses):
        fault: Fault = chance.choice(FAULTS) if chance.random() < broken else "fine"
        hosts.append(Host(f"h{index}.test", round(chance.uniform(0.05, 3.0), 3), fault, address))
    return hosts


GAP = Gap(5.0, 1.0, 15.0)
