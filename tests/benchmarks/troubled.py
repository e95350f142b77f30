"""A service in simulated time, through troubles of its own: the network gone, the disk full, a kill, a clock that is set.

The real patrol, canaries, doubt, outage and keeping over simulated servers (simulated.py) and a province in steady state
(steady.py). `live` returns every line that was written, and whether the accounts held at every sample.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, cast

from crawler.outcomes import OUTCOMES
from scheduler.calendar import Revisit
from scheduler.canary import Canaries, Echo
from scheduler.doubt import Doubt
from scheduler.hosts import PlatformSettings
from scheduler.keeping import Ourselves, for_ever
from scheduler.ledger import Ledger
from scheduler.outage import Outage, since_last_line, spread
from scheduler.patrol import PatrolSettings
from scheduler.revisit import Policy
from scheduler.writer import Entry, Writer
from tests.benchmarks.simulated import GAP, Host, World
from tests.benchmarks.steady import Pages, draw_columns, settle, windows_of
from tests.scheduler.builders import START_MS
from tests.scheduler.virtual import VirtualLoop

What = Literal["network_gone", "disk_full", "killed", "clock"]
PROBES_PER_DAY: Final = 26
SAMPLE_S: Final = 600.0
HOUR_S: Final = 3600.0
YEAR_S: Final = 365 * 86_400
CANARY_PERIOD_S: Final = 15.0


class Trouble(NamedTuple):
    """From `at_s`, for `length_s`; a clock is set by `by_s` at once. All in simulated seconds since the start."""

    what: What
    at_s: float
    length_s: float = 0.0
    by_s: float = 0.0


class Seen(NamedTuple):
    """One line: when it was written (simulated s), of which host, and what it says. asked: a request was made."""

    at_s: float
    id: str
    host: str
    probe: bool
    outcome: str
    reason: str | None
    asked: bool


class Result(NamedTuple):
    """What a day left behind. breaches: samples at which the accounting identity did not hold, as sentences."""

    hours: float
    hosts: list[Host]
    lines: list[Seen]
    breaches: list[str]
    cpu_s: float

    @property
    def accused(self) -> list[Seen]:
        """Probes of sound hosts that say "cannot be opened"."""
        sound = {host.name for host in self.hosts if host.fault == "fine"}
        return [
            line
            for line in self.lines
            if line.probe and line.host in sound and OUTCOMES[line.outcome].availability == "fails"  # type: ignore[index]
        ]

    @property
    def unfound(self) -> list[Host]:
        """Broken hosts of which no probe said anything else than that all is well."""
        told = {line.host for line in self.lines if line.probe and line.asked and line.outcome not in ("ok", "inconclusive")}
        return [host for host in self.hosts if host.fault != "fine" and host.name not in told]

    @property
    def probes(self) -> Counter[str]:
        """Probes that were asked and told something, by host."""
        counted: Counter[str] = Counter({host.name: 0 for host in self.hosts})
        counted.update(line.host for line in self.lines if line.probe and line.asked and line.outcome != "inconclusive")
        return counted

    @property
    def twice(self) -> int:
        """Lines that bear the name of an earlier one."""
        return len(self.lines) - len({line.id for line in self.lines})

    def windows(self, width_s: float) -> list[int]:
        """Visits asked in each window of so many seconds."""
        return windows_of([line.at_s for line in self.lines if line.asked], width_s, self.hours * HOUR_S)


class NoEcho(Echo):
    """Our own loopback, which no trouble of this day touches: it needs no sockets here."""

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def ask(self) -> bool:
        return True


class Day:
    """One service, through its troubles. Build and run it on a virtual loop."""

    def __init__(
        self,
        folder: Path,
        hosts: list[Host],
        columns: int,
        troubles: Sequence[Trouble],
        hours: float,
        seed: int,
        doubt: type[Doubt] = Doubt,
    ) -> None:
        policy = Policy()
        self._hosts, self._troubles, self._hours = hosts, troubles, hours
        self._revisit = Revisit(policy, PROBES_PER_DAY)
        canaries = [Host(f"canary{number}.test", 0.1 + 0.1 * number, "fine", f"203.0.113.{number}") for number in range(3)]
        self._urls = tuple(f"http://{canary.name}/" for canary in canaries)
        self.world = World(
            folder,
            hosts,
            columns,
            self._revisit,
            PatrolSettings(gap=GAP, platforms=PlatformSettings(10.0)),
            canaries=canaries,
            doubt=lambda: doubt(self._urls, CANARY_PERIOD_S),
        )
        drawn = draw_columns(hosts, columns, seed)
        settle(self.world.ledger, hosts, drawn, policy, seed)
        pages = Pages(drawn)
        loop = asyncio.get_running_loop()
        self.world.servers.page = lambda url: pages.page(url, START_MS + int(loop.time() * 1000))
        gone = [(one.at_s, one.at_s + one.length_s) for one in troubles if one.what == "network_gone"]
        self.world.servers.gone = lambda now: any(begin <= now < end for begin, end in gone)
        self._lines: list[Seen] = []
        self._breaches: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def run(self) -> Result:
        begun = time.process_time()
        self._start()
        for trouble in self._troubles:
            await self._until(trouble.at_s)
            await self._suffer(trouble)
        await self._until(self._hours * HOUR_S)
        self._check_accounts("at the end")
        self.world.patrol.stop()
        await asyncio.gather(self._tasks[0], return_exceptions=True)
        await self._drop_tasks()
        self._check_accounts("after the stop")
        cpu_s = time.process_time() - begun
        self.world.ledger.close()
        return Result(self._hours, self._hosts, self._lines, self._breaches, cpu_s)

    async def _until(self, at_s: float) -> None:
        """Let time go on, looking at the accounts now and then."""
        loop = asyncio.get_running_loop()
        while loop.time() < at_s:
            await asyncio.sleep(min(SAMPLE_S, at_s - loop.time()))
            self._check_accounts(f"at {loop.time() / HOUR_S:.2f} h")

    # ---- the service ----

    def _start(self) -> None:
        """As the service starts: what fell due while nobody looked is spread out, then the patrol and its helpers run."""
        world, clock = self.world, self.world.clock
        world.metrics.scheduled.inc(world.ledger.outstanding(0)[0])
        self._spread(world.ledger, since_last_line(world.ledger, clock.now_ms()))
        world.writer.on_line = self._on_line
        canaries = Canaries(self._urls, CANARY_PERIOD_S, world.patrol.asides, world.doubt, clock, world.metrics, NoEcho())
        world.patrol.returns.ask_canaries = canaries.ask_soon
        ourselves = Ourselves(world.patrol, cast(Writer, world.writer), world.doubt, clock, world.metrics, self._spread)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(world.patrol.run())]
        self._tasks += [loop.create_task(for_ever(job)) for job in (ourselves.look, canaries.run)]

    def _spread(self, ledger: Ledger, outage: Outage) -> int:
        skipped = spread(ledger, self._revisit, outage)
        self.world.metrics.skipped.inc(skipped)
        self.world.metrics.scheduled.inc(skipped)
        return skipped

    def _on_line(self, entry: Entry) -> None:
        line = entry.line
        host = line.target.partition("/")[0]
        at_s = asyncio.get_running_loop().time()
        self._lines.append(
            Seen(at_s, line.id, host, line.kind == "probe", line.outcome, line.reason, line.attempts > 0 and line.requests > 0)
        )

    async def _drop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ---- the troubles ----

    async def _suffer(self, trouble: Trouble) -> None:
        match trouble.what:
            case "network_gone":
                return  # the servers know
            case "disk_full":
                await self._fill_disk(trouble.length_s)
            case "killed":
                await self._kill(trouble.length_s)
            case "clock":
                self.world.clock.ahead_ms += int(trouble.by_s * 1000)

    async def _fill_disk(self, length_s: float) -> None:
        self.world.writer.stuck = True
        self.world.patrol.troubled("no room for the journal")
        await asyncio.sleep(length_s)
        self.world.writer.stuck = False
        self.world.writer.flush()
        self.world.patrol.troubled(None)

    async def _kill(self, length_s: float) -> None:
        """Whatever is not in the ledger is forgotten; some time later the program is started again."""
        loop = asyncio.get_running_loop()
        back = loop.time() + length_s
        self.world.writer.killed = True
        await self._drop_tasks()
        await asyncio.sleep(back - loop.time())
        self.world.begin()
        self._start()

    # ---- the accounts ----

    def _check_accounts(self, when: str) -> None:
        """Due times given = lines + withdrawn + skipped + those outstanding, by the metrics and the ledger as they stand."""
        registry = self.world.metrics.registry
        names = ("visits_scheduled", "journal_lines", "visits_withdrawn", "skipped")
        given, lines, withdrawn, skipped = (int(registry.get_sample_value(f"xunwang_{name}_total") or 0) for name in names)
        outstanding = self.world.ledger.outstanding(0)[0]
        if given != lines + withdrawn + skipped + outstanding:
            self._breaches.append(f"{when}: {given} given, {lines} + {withdrawn} + {skipped} + {outstanding} accounted for")


def live(
    hosts: list[Host], columns: int, troubles: Sequence[Trouble], hours: float, seed: int, doubt: type[Doubt] = Doubt
) -> Result:
    """A day, on a loop and in a folder of its own. doubt: how the house judges itself."""

    async def day(folder: Path) -> Result:
        return await Day(folder, hosts, columns, troubles, hours, seed, doubt).run()

    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(day(Path(folder)))
