"""The service: a patrol for ever, with its HTTP side, its gauges and an eye on the register file."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Coroutine
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from aiohttp import web

from crawler.read import READER
from crawler.records import BEIJING
from register import Register, RegisterUnreadable, accepted_path, load
from scheduler.clock import Clock
from scheduler.conclude import House
from scheduler.dispatch import Dispatch
from scheduler.enrol import Enrolment, enrol
from scheduler.errors import Refused
from scheduler.folder import Folder
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.revisit import Revisit
from scheduler.service import Health, Service
from scheduler.settings import Settings
from scheduler.writer import Entry, Writer, Written

VERSION = metadata.version("xunwang")
SAMPLE_S = 5.0
WATCH_S = 5.0
CLOSE_S = 2.5
GRACE_S = 3.5

_log = logging.getLogger(__name__)


def fingerprint(path: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells a changed register file or folder from an unchanged one: names, sizes, modification times."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return tuple((file.name, stat.st_size, stat.st_mtime_ns) for file in files if (stat := file.stat()))


class Serving:
    def __init__(self, folder: Folder, settings: Settings, register_path: Path, *, dispatch: Dispatch, clock: Clock) -> None:
        self._folder, self._settings, self._register_path = folder, settings, register_path
        self._dispatch, self._clock = dispatch, clock
        self._revisit = Revisit(settings.intervals)
        self._metrics = Metrics()
        self._ready = False
        self._begun = clock.monotonic()
        self._last_line = clock.monotonic()
        self._register_seen: object = None

    # ---- start-up: before any thread of ours runs ----

    def first_register(self) -> Register:
        """The register to start with; the last good one of this folder where the file cannot be read now."""
        self._register_seen = self._look()
        try:
            return load(self._register_path, self._folder.path / "register")
        except RegisterUnreadable as error:
            digest = self._folder.ledger.meta("register")
            kept = accepted_path(self._folder.path / "register", digest or "")
            if digest is None or not kept.exists():
                raise Refused(str(error)) from error
            _log.error("the register is unreadable, the last good one stays in force: %s", error)
            return Register(digest=digest, subjects={}, targets={}, problems=(), totals={}, kept=kept)

    def _look(self) -> object:
        try:
            return fingerprint(self._register_path)
        except OSError as error:
            return str(error)

    def _enrol(self, ledger: Ledger, register: Register) -> Enrolment:
        now_ms = self._clock.now_ms()
        today = datetime.fromtimestamp(now_ms / 1000, BEIJING).date().isoformat()
        return enrol(
            ledger,
            register,
            lambda key: self._revisit.first_due_ms(key, now_ms),
            today,
        )

    def _skip_missed(self, ledger: Ledger) -> int:
        """Due times that passed while we were stopped: skipped and counted; the next look is spread over the first interval."""
        now_ms = self._clock.now_ms()
        connection = ledger.transaction()
        connection.create_function("spread", 1, lambda key: self._revisit.first_due_ms(key, now_ms), deterministic=True)
        cursor = connection.execute(
            "UPDATE states SET due = spread(t.kind || t.key) FROM targets t WHERE t.id = states.id AND states.due < ?",
            (now_ms,),
        )
        return cursor.rowcount

    # ---- the run ----

    async def run(self, token: str) -> int:
        """Serve until SIGTERM or SIGINT; returns the exit code."""
        loop = asyncio.get_running_loop()
        register = self.first_register()
        enrolment = self._enrol(self._folder.ledger, register)
        skipped = self._skip_missed(self._folder.ledger)
        self._metrics.skipped.inc(skipped)
        _log.info("enrolled", extra={**enrolment._asdict(), "skipped": skipped, "register": register.digest})
        writer = self._folder.writer(
            lambda batch: loop.call_soon_threadsafe(self._written, batch),
            lambda sentence: loop.call_soon_threadsafe(patrol.troubled, sentence),
        )
        reader = self._folder.ledger.reader()
        patrol = self._patrol(reader, writer, register)
        self._patrol_now, self._writer = patrol, writer
        self._service = Service(
            metrics=self._metrics,
            journal=self._folder.journal,
            synced=lambda: writer.synced,
            health=self._health,
            ready=lambda: self._ready,
            token=token,
        )
        runner = await self._listen(self._service.app())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, patrol.stop)
        writer.start()
        self._ready = True
        helpers = [loop.create_task(_forever(job)) for job in (self._watch_register, self._sample, self._measure_lag)]
        try:
            await patrol.run(GRACE_S)
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            closed = await asyncio.to_thread(writer.close, CLOSE_S)
            await runner.cleanup()
            reader.close()
        _log.info("stopped", extra={"lines": patrol.lines})
        return 0 if closed and writer.failure is None else 1

    def _patrol(self, reader: Ledger, writer: Writer, register: Register) -> Patrol:
        pace = self._settings.pace
        patrol = Patrol(
            ledger=reader,
            writer=writer,
            dispatch=self._dispatch,
            calendar=self._revisit,
            house=self._house(register),
            clock=self._clock,
            metrics=self._metrics,
            settings=PatrolSettings(pace.gap, pace.rounds_in_flight, pace.total_ceiling, pace.platform_ceiling, READER),
        )
        patrol.on_line = _log_line
        patrol.endless = True
        return patrol

    def _house(self, register: Register) -> House:
        return House(register.digest, READER, self._settings.crawler.vantage, VERSION)

    async def _listen(self, app: web.Application) -> web.AppRunner:
        http = self._settings.http
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, http.listen, http.port).start()
        except OSError as error:
            await runner.cleanup()
            raise Refused(
                f"cannot listen on {http.listen}:{http.port} ({os.strerror(error.errno or 0)}); set http.port to a free one"
            ) from error
        _log.info("listening", extra={"addresses": [list(address)[:2] for address in runner.addresses]})
        return runner

    def _written(self, batch: Written) -> None:
        self._last_line = self._clock.monotonic()
        self._patrol_now.written(batch)
        self._nudging = asyncio.get_running_loop().create_task(self._service.nudge())

    def _health(self) -> Health:
        if self._patrol_now.trouble:
            return Health(False, self._patrol_now.trouble)
        idle = self._clock.monotonic() - self._last_line
        if idle > self._settings.http.stalled_after and self._metrics.overdue_s > self._settings.http.stalled_after:
            return Health(False, f"visits are due, but no line was written for {idle:.0f} s")
        return Health(True)

    # ---- beside the patrol ----

    async def _watch_register(self) -> None:
        """A changed register is loaded and enrolled; a bad one changes nothing but a log line and a gauge."""
        await asyncio.sleep(WATCH_S)
        seen = await asyncio.to_thread(self._look)
        if seen == self._register_seen:
            return
        self._register_seen = seen
        try:
            register = await asyncio.to_thread(load, self._register_path, self._folder.path / "register")
        except RegisterUnreadable as error:
            self._metrics.register_bad.set(1)
            _log.error("the changed register is unreadable, the last good one stays in force: %s", error)
            return
        enrolment = await asyncio.wrap_future(self._writer.work(lambda ledger: self._enrol(ledger, register)))
        self._metrics.register_bad.set(0)
        self._patrol_now.house = self._house(register)
        self._patrol_now.enrolled()
        _log.info("register changed", extra={**enrolment._asdict(), "register": register.digest})

    async def _sample(self) -> None:
        await asyncio.to_thread(self._metrics.sample_ledger, self._folder.ledger.path, self._clock.now_ms())
        self._metrics.visits_in_flight.set(self._patrol_now.in_flight)
        self._metrics.hosts_waiting.set(self._patrol_now.hosts_waiting)
        self._metrics.hosts_paused.set(self._patrol_now.hosts_paused)
        await asyncio.sleep(SAMPLE_S)

    async def _measure_lag(self) -> None:
        worst = 0.0
        loop = asyncio.get_running_loop()
        for _ in range(20):
            begun = loop.time()
            await asyncio.sleep(0.25)
            worst = max(worst, loop.time() - begun - 0.25)
        self._metrics.loop_lag.set(max(0.0, worst))


async def _forever(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `job` again and again; what goes wrong in it is logged and does not end the service."""
    while True:
        try:
            await job()
        except Exception:
            _log.exception("a side task failed")
            await asyncio.sleep(SAMPLE_S)


def _log_line(entry: Entry) -> None:
    line = entry.line
    if line.outcome != "ok":
        _log.info(
            "not ok",
            extra={"id": line.id, "target": line.target, "outcome": line.outcome, "reason": line.reason, "seq": line.seq},
        )
