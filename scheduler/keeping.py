"""What a service does beside the patrol: an eye on the register file, on our own state, on the clock, and the gauges."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from crawler.heap import EVERY_S, trim_heap
from register import Register, RegisterUnreadable, load
from scheduler.clock import Clock
from scheduler.doubt import Doubt
from scheduler.enrol import Enrolment
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.outage import ClockWatch, Outage, Stillness, shift
from scheduler.patrol import Patrol
from scheduler.retention import Keeper
from scheduler.revisit import Policy
from scheduler.writer import Writer

SAMPLE_S: Final = 5.0
FRESHNESS_EVERY: Final = 12
"""The table of regions and categories is counted with every so many samples: it looks at every target."""

WATCH_S: Final = 5.0
OURSELVES_S: Final = 1.0
LAG_S: Final = 0.25
SHELVE_S: Final = 3600.0

NOTHING_THERE: Final = "holds nothing to look at; check it with `xunwang register`"
"""A register of zero rows is nobody's wish: it would withdraw all that is watched."""

Enrol = Callable[[Ledger, Register], Enrolment]
_log = logging.getLogger(__name__)


def fingerprint(path: Path) -> object:
    """What tells a changed register file or folder from an unchanged one: names, sizes, modification times; or why not."""
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        return tuple((file.name, stat.st_size, stat.st_mtime_ns) for file in files if (stat := file.stat()))
    except OSError as error:
        return str(error)


class RegisterWatch:
    """Loads and enrols the register again when its files change; a bad one changes nothing but a log line and a gauge."""

    def __init__(
        self,
        path: Path,
        kept: Path,
        seen: object,
        writer: Writer,
        enrol: Enrol,
        in_force: Callable[[Register], None],
        metrics: Metrics,
    ) -> None:
        """kept: the folder of accepted registers. seen: the fingerprint of the one in force. in_force: told of a new one."""
        self._path, self._kept, self._seen = path, kept, seen
        self._writer, self._enrol, self._in_force, self._metrics = writer, enrol, in_force, metrics

    async def look(self) -> None:
        await asyncio.sleep(WATCH_S)
        seen = await asyncio.to_thread(fingerprint, self._path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            register = await asyncio.to_thread(load, self._path, self._kept)
            if not any(register.targets.values()):
                raise RegisterUnreadable(f"{self._path} {NOTHING_THERE}")
        except RegisterUnreadable as error:
            self._metrics.register_bad.set(1)
            _log.error("the changed register is not taken, the last good one stays in force: %s", error)
            return
        enrolment = await asyncio.wrap_future(self._writer.work(lambda ledger: self._enrol(ledger, register)))
        self._metrics.register_bad.set(0)
        self._in_force(register)
        _log.info("register changed", extra={**enrolment._asdict(), "register": register.digest})


class Ourselves:
    """Whether visits can be made at present: holds the patrol's columns while not, spreads what fell due when it is over."""

    def __init__(
        self,
        patrol: Patrol,
        writer: Writer,
        doubt: Doubt,
        clock: Clock,
        metrics: Metrics,
        spread: Callable[[Ledger, Outage], int],
    ) -> None:
        self._patrol, self._writer, self._doubt, self._clock, self._metrics = patrol, writer, doubt, clock, metrics
        self._spread = spread
        self._watch = ClockWatch(clock)
        self._stillness = Stillness(clock)
        self._lag = 0.0

    async def look(self) -> None:
        await asyncio.sleep(OURSELVES_S)
        jump = self._watch.jumped_ms()
        if jump:
            _log.error("the clock was set by %.0f s: all due times move with it", jump / 1000)
            await asyncio.wrap_future(self._writer.work(lambda ledger: shift(ledger, jump, self._clock.now_ms())))
            self._patrol.enrolled()
        reason = self._doubt.troubled(self._clock.monotonic())
        if reason != self._patrol.held and reason:
            _log.error("the trouble is ours (%s): columns are not asked until it is over", reason)
            self._patrol.hold(reason)
        self._metrics.held.set(reason is not None)
        stuck = self._patrol.trouble is not None
        if stuck:
            self._patrol.wait(True)
        outage = self._stillness.is_still(reason is not None or stuck)
        if outage:
            skipped = await asyncio.wrap_future(self._writer.work(lambda ledger: self._spread(ledger, outage)))
            _log.warning("nothing was looked at for %.0f s; %d due times are spread anew", outage.length_ms / 1000, skipped)
            self._patrol.enrolled()
        self._patrol.wait(stuck)
        if reason is None and self._patrol.held:
            _log.warning("our own trouble is over, columns are asked again")
            self._patrol.hold(None)

    async def measure_lag(self) -> None:
        """How late our loop runs its timers: evidence at once, and the worst of five seconds as a gauge."""
        loop = asyncio.get_running_loop()
        worst = 0.0
        for _ in range(20):
            begun = loop.time()
            await asyncio.sleep(LAG_S)
            lag = loop.time() - begun - LAG_S
            worst = max(worst, lag)
            self._doubt.lag(self._clock.monotonic(), max(0.0, lag))
        self._metrics.loop_lag.set(max(0.0, worst))


class Gauges:
    """Samples what no event tells: how much is due, how old the oldest is, how fresh the province is."""

    def __init__(
        self,
        patrol: Patrol,
        ledger: Callable[[], Ledger],
        writer: Writer,
        clock: Clock,
        metrics: Metrics,
        policy: Policy,
        per_day: int,
    ) -> None:
        """ledger: opens a connection of the sampling thread's own."""
        self._patrol, self._open, self._writer, self._clock, self._metrics = patrol, ledger, writer, clock, metrics
        self._policy, self._per_day = policy, per_day
        self._samples = 0

    async def sample(self) -> None:
        in_flight = self._patrol.in_flight
        await asyncio.to_thread(self._sample_ledger, in_flight, self._samples % FRESHNESS_EVERY == 0)
        self._samples += 1
        self._metrics.visits_in_flight.set(in_flight)
        self._metrics.hosts_waiting.set(self._patrol.hosts_waiting)
        self._metrics.hosts_paused.set(self._patrol.hosts_paused)
        self._metrics.breakers.set(self._patrol.hosts.breakers_open(self._clock.monotonic()))
        self._metrics.platforms.set(self._patrol.hosts.platforms())
        self._metrics.doubted.set(self._patrol.returns.doubted)
        moved = self._patrol.hosts.moved()
        if moved:
            await asyncio.wrap_future(self._writer.work(lambda ledger: ledger.note_addresses(moved)))
        await asyncio.sleep(SAMPLE_S)

    def _sample_ledger(self, in_flight: int, all_targets: bool) -> None:
        ledger = self._open()
        try:
            now = self._clock.now_ms()
            self._metrics.sample_ledger(ledger, now, in_flight)
            if all_targets:
                self._metrics.sample_freshness(ledger, now, int(self._policy.due_soon_days * 86_400_000))
                self._metrics.expected_gap.set(self._expected_gap(ledger))
        finally:
            ledger.close()

    def _expected_gap(self, ledger: Ledger) -> float:
        """Seconds between two lines if every interval has grown as long as it may."""
        rate = 0.0
        for category, count in ledger.scheduled_by_category():
            each_s = 86_400 / self._per_day if category == "probe" else self._policy.longest_ms(category) / 1000
            rate += count / each_s
        self._metrics.expected_gap_s = 1.0 / rate if rate else 0.0
        return self._metrics.expected_gap_s


class Shelving:
    """Compresses closed segments of the journal and lets those past their retention go, once an hour."""

    def __init__(self, keeper: Keeper, ledger: Callable[[], Ledger], clock: Clock) -> None:
        """ledger: opens a connection of the thread's own."""
        self._keeper, self._open, self._clock = keeper, ledger, clock

    async def look(self) -> None:
        await asyncio.to_thread(self._look)
        await asyncio.sleep(SHELVE_S)

    def _look(self) -> None:
        ledger = self._open()
        try:
            live = ledger.position()[0].segment
        finally:
            ledger.close()
        for step in self._keeper.look(live, self._clock.now_ms()):
            _log.info("journal", extra={"did": step.what, "segment": step.segment})


async def trim() -> None:
    """Once a minute."""
    await asyncio.to_thread(trim_heap)
    await asyncio.sleep(EVERY_S)


async def for_ever(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `job` again and again; what goes wrong in it is logged and does not end the service."""
    while True:
        try:
            await job()
        except Exception:
            _log.exception("a side task failed")
            await asyncio.sleep(SAMPLE_S)
