"""A service without network, threads or time: registers are enrolled, hosts answer as a script says, hours cost nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from crawler.records import BEIJING, Gap
from register import Register, Subject, Target
from scheduler.calendar import Revisit
from scheduler.conclude import Line
from scheduler.doubt import Doubt
from scheduler.enrol import enrol
from scheduler.keeping import Ourselves, for_ever
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.outage import Outage, spread
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.revisit import Policy
from scheduler.writer import Writer
from tests.scheduler.builders import HOUSE
from tests.scheduler.crew import OK, Asked, Crawlers, World
from tests.scheduler.field import DirectWriter
from tests.scheduler.virtual import VirtualClock

T = TypeVar("T")
GAP = Gap(5.0, 1.0, 15.0)
CANARY = "http://canary.test/"


class SettableClock(VirtualClock):
    """`ahead_ms`: by how much somebody set the wall clock. Before the loop runs it is time 0."""

    ahead_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self.ahead_ms

    def monotonic(self) -> float:
        try:
            return super().monotonic()
        except RuntimeError:
            return 0.0


class WorkingWriter(DirectWriter):
    """A DirectWriter that does odd jobs too, after what was submitted before; `killed`: it writes nothing any more."""

    killed = False

    def flush(self) -> None:
        if not self.killed:
            super().flush()

    def work(self, job: Callable[[Ledger], T]) -> "Future[T]":
        self.flush()
        done: Future[T] = Future()
        done.set_result(job(self._ledger))
        return done


class Station:
    def __init__(
        self,
        folder: Path,
        world: World = lambda visit, host, vantage: OK,
        *,
        settings: PatrolSettings = PatrolSettings(gap=GAP),  # noqa: B008 - frozen
        policy: Policy = Policy(),  # noqa: B008 - frozen
        per_day: int = 26,
        canaries: tuple[str, ...] = (),
        doubts: bool = False,
        vantages: tuple[str, ...] = ("default",),
    ) -> None:
        self.folder = folder
        self.clock = SettableClock()
        (folder / "journal").mkdir(exist_ok=True)
        self.ledger = Ledger.open(folder / "ledger.sqlite", "serve")
        self.revisit, self.metrics = Revisit(policy, per_day), Metrics()
        self.doubt = Doubt(canaries, 15.0) if doubts or canaries else None
        self.crawlers = Crawlers(world, vantages, self.clock.now_ms)
        self.writer = WorkingWriter(self.ledger)
        self.patrol = Patrol(
            ledger=self.ledger,
            writer=cast(Writer, self.writer),
            dispatch=self.crawlers,
            calendar=self.revisit,
            house=HOUSE,
            clock=self.clock,
            metrics=self.metrics,
            settings=settings,
            doubt=self.doubt,
        )
        self.patrol.endless = True
        self.writer.written = self.patrol.written
        self._registers = 0
        self.metrics.scheduled.inc(self.ledger.outstanding(0)[0])

    # ---- what a service does ----

    def register(self, *rows: Subject | Target, due_ms: int | None = None, probes: bool = False) -> None:
        """Another register is in force. due_ms: when what is new in it is due, probes excepted; spread by the calendar else."""
        self._registers += 1
        path = self.folder / f"register-{self._registers}.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        register = Register(f"sha256:{self._registers}", {}, {}, (), {}, path)
        now = self.clock.now_ms()

        def first_due(kind: str, category: str, key: str) -> int:
            if due_ms is not None and kind != "probe":
                return due_ms
            return self.revisit.first_due_ms(kind, category, key, now)

        today = datetime.fromtimestamp(now / 1000, BEIJING).date().isoformat()
        enrolment = self.writer.work(lambda ledger: enrol(ledger, register, first_due, today, probes=probes)).result()
        self.metrics.scheduled.inc(enrolment.scheduled)
        self.metrics.withdrawn.inc(enrolment.dropped)
        self.patrol.enrolled()

    def spread(self, ledger: Ledger, outage: Outage) -> int:
        skipped = spread(ledger, self.revisit, outage)
        self.metrics.skipped.inc(skipped)
        self.metrics.scheduled.inc(skipped)
        return skipped

    @asynccontextmanager
    async def patrolling(self, *, watched: bool = False, canary: Callable[[float], bool] | None = None) -> AsyncIterator[None]:
        """The patrol runs within. watched: our own state is looked at beside it, as in a service.

        canary: whether the first canary answers at a moment (loop seconds); it is asked every 15 s.
        """
        tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(self.patrol.run())]
        if watched:
            assert self.doubt is not None
            eye = Ourselves(self.patrol, cast(Writer, self.writer), self.doubt, self.clock, self.metrics, self.spread)
            tasks.append(asyncio.ensure_future(for_ever(eye.look)))
        if canary is not None:
            tasks.append(asyncio.ensure_future(self._hear(canary)))
        try:
            yield
            assert not tasks[0].done()
        finally:
            self.patrol.stop()
            for task in tasks[1:]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.ledger.close()

    async def _hear(self, canary: Callable[[float], bool]) -> None:
        assert self.doubt is not None
        while True:
            begun = seconds()
            self.doubt.canary(CANARY, begun, begun + 0.1, canary(begun))
            await asyncio.sleep(15.0)

    # ---- what is seen of it ----

    @property
    def lines(self) -> list[Line]:
        return self.writer.lines

    def of(self, key: str, kind: str = "column") -> list[Line]:
        return [line for line in self.lines if line.target == key and line.kind == kind]

    def told(self, key: str, kind: str = "column") -> list[str]:
        """The outcomes of a target's lines, with their reasons."""
        return [f"{line.outcome}/{line.reason}" if line.reason else line.outcome for line in self.of(key, kind)]

    def asked(self, host: str, kind: str | None = None) -> list[Asked]:
        return [one for one in self.crawlers.asked if one.host == host and kind in (None, one.kind)]

    def due(self, key: str, kind: str = "column") -> int | None:
        """The target's due time in the ledger."""
        found = self.ledger.state_of(kind, key)
        assert found is not None
        return found[1]

    def set_due(self, key: str, due_ms: int, kind: str = "column") -> None:
        """Make a target due at another time, as if it had always been."""
        connection = self.ledger.transaction()
        connection.execute(
            "UPDATE states SET due = ? WHERE id = (SELECT id FROM targets WHERE kind = ? AND key = ?)", (due_ms, kind, key)
        )
        self.patrol.enrolled()

    def metric(self, name: str, **labels: str) -> float:
        """The value of a sample; 0 for one that never was."""
        return self.metrics.registry.get_sample_value(f"xunwang_{name}", labels) or 0.0

    def outstanding(self) -> float:
        """Visits with a due time and no line yet, as the metrics tell after a sample."""
        self.metrics.sample_ledger(self.ledger, self.clock.now_ms(), self.patrol.in_flight)
        return sum(self.metric("visits_outstanding", state=state) for state in ("later", "due", "in_flight"))

    def unaccounted(self) -> float:
        """Due times given, less those answered, withdrawn, skipped or outstanding."""
        ends = sum(self.metric(f"{name}_total") for name in ("journal_lines", "visits_withdrawn", "skipped"))
        return self.metric("visits_scheduled_total") - ends - self.outstanding()


# ---- rows of registers ----


def site(code: str = "5115000001", **more: Any) -> Subject:
    return Subject(**({"code": code, "kind": "site", "name": "某县人民政府", "region": "宜宾市"} | more))


def home(host: str = "a.test", code: str = "5115000001") -> Target:
    return Target(f"{code}/@home", "home", code, f"http://{host}/", host)


def column(number: int, host: str = "a.test", code: str = "5115000001", **more: Any) -> Target:
    fields: dict[str, Any] = {
        "key": f"{code}/c{number}",
        "kind": "column",
        "subject": code,
        "url": f"http://{host}/c{number}/",
        "host": host,
        "name": f"栏目{number}",
        "category": "news",
    }
    return Target(**(fields | more))


def columns(count: int, host: str = "a.test", code: str = "5115000001") -> Iterator[Target]:
    return (column(number, host, code) for number in range(count))


def seconds() -> float:
    return asyncio.get_running_loop().time()


async def until(at_s: float) -> None:
    """Let time go on to `at_s` on the loop."""
    await asyncio.sleep(max(0.0, at_s - seconds()))
