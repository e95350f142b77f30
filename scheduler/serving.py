"""The service: a patrol for ever, with its HTTP side, its gauges and an eye on the register file."""

import asyncio
import logging
import os
import signal
from datetime import datetime
from importlib import metadata
from pathlib import Path

from aiohttp import web

from crawler.accounts.bridgesettings import Bridges
from crawler.read import READER
from crawler.records import BEIJING
from register import Register, RegisterUnreadable, accepted_path, load
from scheduler.accounts.desk import AccountDesk
from scheduler.calendar import Revisit
from scheduler.canary import Canaries
from scheduler.clock import Clock
from scheduler.conclude import House
from scheduler.dispatch import Dispatch
from scheduler.doubt import Doubt
from scheduler.enrol import Enrolment, enrol
from scheduler.errors import Refused
from scheduler.folder import Folder
from scheduler.hosts import PlatformSettings
from scheduler.keeping import NOTHING_THERE, Gauges, Ourselves, RegisterWatch, Shelving, fingerprint, for_ever, trim
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.outage import Outage, since_last_line, spread
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.retention import Keeper, Terms
from scheduler.service import Health, Service
from scheduler.settings import Settings
from scheduler.writer import Entry, Writer, Written

VERSION = metadata.version("xunwang")
CLOSE_S = 2.5
GRACE_S = 3.5

_log = logging.getLogger(__name__)


class Serving:
    def __init__(self, folder: Folder, settings: Settings, register_path: Path, *, dispatch: Dispatch, clock: Clock) -> None:
        self._folder, self._settings, self._register_path = folder, settings, register_path
        self._dispatch, self._clock = dispatch, clock
        self._revisit = revisit_of(settings)
        self._metrics = Metrics()
        reports = register_path.parent / settings.reports if settings.reports else None
        self._desk = AccountDesk(Bridges(settings.bridges), reports, clock=clock, metrics=self._metrics)
        self._ready = False
        self._last_line = clock.monotonic()

    # ---- start-up: before any thread of ours runs ----

    def first_register(self) -> Register:
        """The register to start with; the last good one of this folder where the file cannot be read now."""
        self._register_seen = fingerprint(self._register_path)
        try:
            register = load(self._register_path, self._folder.path / "register")
            if not any(register.targets.values()):
                raise RegisterUnreadable(f"{self._register_path} {NOTHING_THERE}")
            return register
        except RegisterUnreadable as error:
            digest = self._folder.ledger.meta("register")
            kept = accepted_path(self._folder.path / "register", digest or "")
            if digest is None or not kept.exists():
                raise Refused(str(error)) from error
            _log.error("the register is unreadable, the last good one stays in force: %s", error)
            return Register(digest=digest, subjects={}, targets={}, problems=(), totals={}, kept=kept)

    def _enrol(self, ledger: Ledger, register: Register) -> Enrolment:
        now_ms = self._clock.now_ms()
        today = datetime.fromtimestamp(now_ms / 1000, BEIJING).date().isoformat()

        def first_due(kind: str, category: str, key: str) -> int:
            return self._revisit.first_due_ms(kind, category, key, now_ms)

        probes = self._settings.probes.per_day > 0
        enrolment = enrol(ledger, register, first_due, today, probes=probes, routes=self._desk.routes)
        self._desk.enrolled(ledger, register)
        self._metrics.scheduled.inc(enrolment.scheduled)
        self._metrics.withdrawn.inc(enrolment.dropped)
        return enrolment

    def _spread(self, ledger: Ledger, outage: Outage) -> int:
        skipped = spread(ledger, self._revisit, outage)
        self._metrics.skipped.inc(skipped)
        self._metrics.scheduled.inc(skipped)
        return skipped

    # ---- the run ----

    async def run(self, token: str) -> int:
        """Serve until SIGTERM or SIGINT; returns the exit code."""
        loop = asyncio.get_running_loop()
        ledger, clock, metrics = self._folder.ledger, self._clock, self._metrics
        register = self.first_register()
        metrics.scheduled.inc(ledger.outstanding(0)[0])
        enrolment = self._enrol(ledger, register)
        skipped = self._spread(ledger, since_last_line(ledger, clock.now_ms()))
        _log.info("enrolled", extra={**enrolment._asdict(), "skipped": skipped, "register": register.digest})
        writer = self._folder.writer(
            lambda batch: loop.call_soon_threadsafe(self._written, batch),
            lambda sentence: loop.call_soon_threadsafe(patrol.troubled, sentence),
        )
        reader = ledger.reader()
        canaries = self._settings.canaries
        doubt = Doubt(canaries.urls, canaries.every)
        patrol = self._patrol(reader, writer, register, doubt)
        self._patrol_now = patrol
        self._desk.begin(ledger, writer, patrol.enrolled)
        patrol.returns.weigh, patrol.closed_to = self._desk.weigh, self._desk.closed_to
        self._service = Service(
            metrics=metrics,
            journal=self._folder.journal,
            synced=lambda: writer.synced,
            health=self._health,
            ready=lambda: self._ready,
            token=token,
            reports=self._desk.post,
        )
        runner = await self._listen(self._service.app())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, patrol.stop)
        writer.start()
        self._ready = True
        helpers = self._helpers(patrol, writer, doubt)
        try:
            await patrol.run(GRACE_S)
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            self._desk.keep_soon()
            closed = await asyncio.to_thread(writer.close, CLOSE_S)
            await runner.cleanup()
            reader.close()
        _log.info("stopped", extra={"lines": patrol.lines})
        return 0 if closed and writer.failure is None else 1

    def _patrol(self, reader: Ledger, writer: Writer, register: Register, doubt: Doubt) -> Patrol:
        pace = self._settings.pace
        patrol = Patrol(
            ledger=reader,
            writer=writer,
            dispatch=self._dispatch,
            calendar=self._revisit,
            house=self._house(register),
            clock=self._clock,
            metrics=self._metrics,
            settings=PatrolSettings(
                gap=pace.gap,
                rounds=pace.rounds_in_flight,
                probe_rounds=pace.probe_rounds,
                requests_per_s=pace.total_ceiling,
                platforms=PlatformSettings(pace.platform_ceiling, pace.platform_hosts, self._settings.platforms),
                breaker=self._settings.breaker,
                reader=READER,
                full_every=pace.full_every,
            ),
            doubt=doubt,
        )
        patrol.on_line = _log_line
        patrol.endless = True
        return patrol

    def _helpers(self, patrol: Patrol, writer: Writer, doubt: Doubt) -> list[asyncio.Task[None]]:
        """The side tasks, begun."""
        clock, metrics, canary = self._clock, self._metrics, self._settings.canaries
        canaries = Canaries(canary.urls, canary.every, patrol.asides, doubt, clock, metrics)
        patrol.returns.ask_canaries = canaries.ask_soon
        ourselves = Ourselves(patrol, writer, doubt, clock, metrics, self._spread)
        gauges = Gauges(
            patrol, self._folder.ledger.glance, writer, clock, metrics, self._settings.policy, self._settings.probes.per_day
        )
        watch = RegisterWatch(
            self._register_path,
            self._folder.path / "register",
            self._register_seen,
            writer,
            self._enrol,
            self._take_register,
            metrics,
        )
        kept = self._settings.journal
        terms = Terms(kept.keep_days, kept.pack, int(kept.grace_hours * 3_600_000))
        shelving = Shelving(Keeper(self._folder.journal, terms), self._folder.ledger.glance, clock)
        desk = self._desk
        jobs = (
            watch.look,
            ourselves.look,
            ourselves.measure_lag,
            gauges.sample,
            canaries.run,
            trim,
            shelving.look,
            desk.look_at_bridges,
            desk.look_into_folder,
        )
        return [asyncio.get_running_loop().create_task(for_ever(job)) for job in jobs]

    def _take_register(self, register: Register) -> None:
        self._patrol_now.house = self._house(register)
        self._patrol_now.enrolled()

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
        self._desk.written(batch)
        self._nudging = asyncio.get_running_loop().create_task(self._service.nudge())

    def _health(self) -> Health:
        if self._patrol_now.trouble:
            return Health(False, self._patrol_now.trouble)
        idle = self._clock.monotonic() - self._last_line
        http = self._settings.http
        allowed = max(http.stalled_after, http.stalled_gaps * self._metrics.expected_gap_s)
        if idle > allowed and self._metrics.overdue_s > allowed:
            return Health(False, f"visits are due, but no line was written for {idle:.0f} s")
        if self._patrol_now.held:
            return Health(True, f"columns are not asked for a trouble of ours: {self._patrol_now.held}")
        return Health(True)


def revisit_of(settings: Settings) -> Revisit:
    """The calendar that the settings ask for."""
    return Revisit(settings.policy, max(1, settings.probes.per_day))


def _log_line(entry: Entry) -> None:
    line = entry.line
    if line.outcome != "ok":
        _log.info(
            "not ok",
            extra={"id": line.id, "target": line.target, "outcome": line.outcome, "reason": line.reason, "seq": line.seq},
        )
