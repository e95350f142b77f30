"""What a service does for new-media accounts beside the patrol: bridges watched, reports taken in (newmedia.md §4)."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from crawler.accounts.bridgesettings import Bridges
from crawler.records import Sighting
from register import Register, Subject, read_accepted
from register.problems import Problem
from scheduler.accounts.bridgebook import BridgeBook, BridgeGauges, asked_of_bridges, keep
from scheduler.accounts.reportdesk import ReportDesk, files_seen, keep_files
from scheduler.accounts.reportfolder import Batch, look_into, read_body
from scheduler.accounts.routes import Routes
from scheduler.clock import Clock
from scheduler.conclude import Task
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.writer import Writer, Written

LOOK_S: Final = 15.0
FOLDER_S: Final = 5.0
T = TypeVar("T")
_log = logging.getLogger(__name__)


class AccountDesk:
    """reports: the drop folder, None where there is none. `begin` before anything else but `routes`."""

    def __init__(self, bridges: Bridges, reports: Path | None, *, clock: Clock, metrics: Metrics) -> None:
        self.routes = Routes(bridges)
        self._folder, self._clock, self._metrics = reports, clock, metrics
        gauges = BridgeGauges.of(metrics.registry) if bridges else None
        self._book = BridgeBook(bridges.names, gauges, now_ms=clock.now_ms)
        self._desk = ReportDesk(self.routes)
        self._seen: frozenset[str] = frozenset()
        self._filing: set[asyncio.Task[None]] = set()
        self._complained: tuple[Problem, ...] = ()
        self._asked: dict[str, frozenset[str]] | None = None  # by bridge, where another register has just come into force

    def enrolled(self, ledger: Ledger, register: Register) -> None:
        """The ledger holds this register now: reports may name its accounts, and those without a line yet are due again.

        Done at the start, and by the writer's thread when the register changes.
        """
        self._asked = asked_of_bridges(ledger)
        self._desk.register(row for row in read_accepted(register.path) if isinstance(row, Subject))
        every, unwritten = self._desk.resume(ledger)
        self._desk.resumed(every, unwritten)
        self._metrics.scheduled.inc(len(unwritten))

    def begin(self, ledger: Ledger, writer: Writer, changed: Callable[[], None]) -> None:
        """changed: told when visits became due."""
        self._writer, self._changed = writer, changed
        self._book.load(ledger)
        self._seen = files_seen(ledger)

    # ---- on the patrol's loop ----

    def closed_to(self, host: str) -> str | None:
        """Why a host is not asked now (`Patrol.closed_to`)."""
        return self._book.closed_to(host)

    def weigh(self, task: Task, sighting: Sighting) -> Sighting:
        """What a sighting is worth (`Returns.weigh`)."""
        if task.visit.kind == "report":
            return self._desk.weigh(task, sighting)
        return self._book.weigh_task(task, sighting)

    def written(self, batch: Written) -> None:
        """A report that came while the visit for another one of its account was out is due again."""
        for entry in batch.entries:
            if entry.line.kind == "report" and self._desk.overtaken(entry.line.target):
                self._resuming = asyncio.get_running_loop().create_task(self._resume())
                return

    async def _resume(self) -> None:
        every, unwritten = await _done(self._writer.work(self._desk.resume))
        self._desk.resumed(every, unwritten)
        self._changed()

    # ---- reports ----

    async def post(self, body: bytes) -> dict[str, Any]:
        """The answer to a body of reports: what was accepted, and is on the disk, and what was not, with its place."""
        now_ms = self._clock.now_ms()
        batch = await asyncio.to_thread(read_body, body, self._desk.known, now_ms)
        filing = asyncio.get_running_loop().create_task(self._file(batch, now_ms))
        self._filing.add(filing)
        filing.add_done_callback(self._filing.discard)
        await asyncio.shield(filing)  # who hands it in may lose patience; what is filed is filed all the same
        return {
            "accepted": [{"id": each.id, "account": each.account, "updated": each.updated} for each in batch.reports],
            "problems": [_plain(problem) for problem in batch.problems],
        }

    async def _file(self, batch: Batch, now_ms: int) -> None:
        new = self._desk.new(batch.reports)
        if new:
            await _done(self._writer.work(lambda ledger: self._desk.file(ledger, new, now_ms)))
            self._desk.filed(new)
            self._metrics.scheduled.inc(len(new))
            self._changed()

    # ---- side tasks ----

    async def look_at_bridges(self) -> None:
        await asyncio.sleep(LOOK_S)
        asked, self._asked = self._asked, None
        if asked is not None:
            self._book.forget(asked)
        self._book.look(self._clock.now_ms())
        await self.keep()

    async def keep(self) -> None:
        """Write down what is known of the bridges."""
        job = self.keep_soon()
        if job is not None:
            await _done(job)

    def keep_soon(self) -> "Future[None] | None":
        """As `keep`, without waiting for it."""
        text = self._book.kept()
        return self._writer.work(lambda ledger: keep(ledger, text)) if text is not None else None

    async def look_into_folder(self) -> None:
        if self._folder is not None:
            await self.take_folder(self._folder)
        await asyncio.sleep(FOLDER_S)

    def _complain(self, problems: tuple[Problem, ...]) -> None:
        """Of what is wrong with the folder itself, once until it changes."""
        if problems != self._complained:
            self._complained = problems
            for problem in problems:
                _log.error("reports cannot be read", extra=_plain(problem))

    async def take_folder(self, folder: Path) -> None:
        """Read the files that are new in the drop folder."""
        now_ms = self._clock.now_ms()
        looked = await asyncio.to_thread(look_into, folder, self._seen, self._desk.known, now_ms)
        if not looked.files:
            self._complain(looked.batch.problems)
            return
        await self._file(looked.batch, now_ms)
        for problem in looked.batch.problems:
            _log.warning("a report was not taken, or not wholly", extra=_plain(problem))
        _log.info("reports read", extra={"files": looked.files, "reports": len(looked.batch.reports)})
        self._seen = looked.seen
        await _done(self._writer.work(lambda ledger: keep_files(ledger, looked.seen)))


def _done(job: "Future[T]") -> "asyncio.Future[T]":
    """The writer's job, to be waited for: giving up waiting does not take it away from the writer."""
    return asyncio.shield(asyncio.wrap_future(job))


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "value": problem.value,
        "severity": problem.severity,
        "reason": problem.reason,
        "mend": problem.mend,
    }
