"""One patrol of a scene: a week of probes, one look at everything, and the units' reports, all before T.

The same folder can be patrolled again for a later T: its journal and its ledger go on.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from crawler.fetch import Fetcher, FetchSettings
from crawler.read import READER
from crawler.records import Gap
from crawler.visit import Crawler
from province.scenarios import Scene, Stage, write_register
from register import Register, load
from scheduler.accounts.bridgebook import BridgeBook
from scheduler.accounts.routes import Routes
from scheduler.calendar import FOREVER_MS, Look
from scheduler.conclude import House
from scheduler.dispatch.inline import Inline
from scheduler.enrol import enrol
from scheduler.folder import Folder, open_folder
from scheduler.hosts import PlatformSettings
from scheduler.ledger import DueTarget
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.probes import next_probe_ms
from scheduler.revisit import Next
from scheduler.writer import Written
from tests.circulars.haste import HastyClock, PromptWriter, hasten
from tests.circulars.reports import desk_of

PER_DAY: Final = 22
"""Probes of a home page: W2 wants at least 20 conclusive ones in every 24 hours."""
WEEK: Final = timedelta(days=7)
LOOK_BEFORE: Final = timedelta(hours=3)
"""Everything but home pages' probes is looked at once, so long before T."""
REPORTS_BEFORE: Final = timedelta(hours=1)
"""The units report so long before T."""
ENDS_BEFORE: Final = timedelta(minutes=10)
"""No probe is due in the last minutes, so that none is made after T."""
SETTINGS: Final = PatrolSettings(
    gap=Gap(0.0, 0.0, 0.0), platforms=PlatformSettings(ceiling=1e9, hosts_at_least=0), reader=READER
)
"""Hosts that are our own need no pauses."""

_DAY_MS: Final = 86_400_000
_DAYS_BEFORE: Final = 6
"""Accounts behind bridges are looked at on so many days before the look at everything."""
_NEVER_MS: Final = FOREVER_MS - 1


@dataclass(frozen=True)
class Patrolled:
    """What came of a patrol: the register as it was accepted, lines by (kind, outcome), requests that were answered."""

    folder: Path
    register: Path
    lines: Counter[tuple[str, str]]
    requests: int


class Course:
    """A calendar: probes on their grid until shortly before T, every other target once before T, and then before `again`.

    daily  accounts that are looked at every day of the week: those behind bridges, whose health is learnt from their answers
    """

    def __init__(self, T: datetime, again: datetime | None, daily: frozenset[str] = frozenset()) -> None:
        self._look_ms = _ms(T - LOOK_BEFORE)
        self._end_ms = _ms(T - ENDS_BEFORE)
        self._daily = daily
        self._again_ms = _ms(again - LOOK_BEFORE) if again else _NEVER_MS

    def before_ms(self, now_ms: int) -> int:
        return now_ms + 1

    def horizon_ms(self) -> int:
        return self._end_ms

    def due_ms(self, target: DueTarget) -> int:
        return target.due

    def next(self, look: Look) -> Next:
        return Next(self._next_ms(look.kind, look.key, max(look.after.at_ms, look.after.due_ms)), 0, None, False)

    def first_due_ms(self, kind: str, key: str, now_ms: int) -> int:
        if kind == "probe":
            return next_probe_ms(key, now_ms, PER_DAY)
        return self._daily_ms(now_ms) if key in self._daily else self._look_ms

    def _next_ms(self, kind: str, key: str, at_ms: int) -> int:
        if kind == "probe":
            return next_probe_ms(key, at_ms, PER_DAY)
        if kind == "report":
            return _NEVER_MS
        if key not in self._daily:
            return self._again_ms
        return self._daily_ms(at_ms) if at_ms < self._look_ms else self._again_ms - _DAYS_BEFORE * _DAY_MS

    def _daily_ms(self, at_ms: int) -> int:
        """The first time later than `at_ms` that lies whole days before the look at everything."""
        return self._look_ms - (self._look_ms - at_ms - 1) // _DAY_MS * _DAY_MS


def patrol(scene: Scene, folder: Path, T: datetime, *, probes: bool = True, again: datetime | None = None) -> Patrolled:
    """Patrol `scene` up to `T` (aware). `again`: the T of the next patrol of this folder. Raises ValueError for a scene whose
    register is not read as it stands.
    """
    return hasten(_patrol(scene, folder, T, probes, again))


async def _patrol(scene: Scene, folder: Path, T: datetime, probes: bool, again: datetime | None) -> Patrolled:
    course = Course(T, again, frozenset(account.code for account in scene.accounts if account.bridge))
    clock = HastyClock(T - (WEEK if probes else LOOK_BEFORE))
    bridges = Bridges(settings_of(scene))
    routes, book = Routes(bridges), BridgeBook(bridges.names, now_ms=clock.now_ms)
    stage = Stage(scene, clock.now)
    await stage.start()
    opened = open_folder(folder, "serve", course)
    try:
        register = _enrolled(scene, folder / f"register-{T:%Y-%m-%d}", opened, course, clock, routes, probes)
        crawler = _crawler(stage, folder, clock, bridges)
        house = House(register.digest, READER, "default", "0")
        lines: Counter[tuple[str, str]] = Counter()

        def written(batch: Written) -> None:
            lines.update((entry.line.kind, entry.line.outcome) for entry in batch.entries)
            made.written(batch)

        writer = PromptWriter.of(opened, written)
        made = Patrol(
            ledger=opened.ledger.reader(),
            writer=writer,
            dispatch=Inline(crawler),
            calendar=course,
            house=house,
            clock=clock,
            metrics=Metrics(),
            settings=SETTINGS,
        )
        inbox = folder / f"reports-{T:%Y-%m-%d}"
        desk = desk_of(scene, inbox, T - REPORTS_BEFORE, register, routes, opened.ledger)
        made.returns.weigh = lambda task, seen: (desk.weigh if task.visit.kind == "report" else book.weigh_task)(task, seen)
        made.closed_to = book.closed_to
        writer.start()
        await made.run()
        writer.close(1.0)
        return Patrolled(folder, register.path, lines, stage.requests)
    finally:
        opened.close()
        await stage.close()


def _enrolled(
    scene: Scene, tables: Path, opened: Folder, course: Course, clock: HastyClock, routes: Routes, probes: bool
) -> Register:
    write_register(scene, tables)
    register = load(tables, opened.path / "register")
    if register.totals.get("bad") or register.totals.get("mended"):
        raise ValueError("; ".join(map(str, register.problems[:5])))
    now_ms, today = clock.now_ms(), clock.now().date().isoformat()
    enrol(
        opened.ledger,
        register,
        lambda kind, category, key: course.first_due_ms(kind, key, now_ms),
        today,
        probes=probes,
        routes=routes,
    )
    return register


def settings_of(scene: Scene) -> tuple[BridgeSettings, ...]:
    """The scene's bridges as an operator's settings name them."""
    return tuple(
        BridgeSettings(
            bridge.name,
            bridge.profile,
            f"http://{bridge.host}",
            bridge.token,
            accounts={account.code: {"id": account.ident} for account in scene.accounts if account.bridge == bridge.name},
        )
        for bridge in scene.bridges
    )


def _crawler(stage: Stage, folder: Path, clock: HastyClock, bridges: Bridges) -> Crawler:
    authority = folder / "ca.pem"
    stage.certificates.write(authority)
    settings = FetchSettings(allow=("127.0.0.0/8",), hosts=stage.hosts(), ca=str(authority))
    through = (bridges, Fetcher(settings, bridges.origins)) if bridges else None
    return Crawler(Fetcher(settings), clock.now_ms, bridges=through)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
