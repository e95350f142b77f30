"""One pass over a register: what `crawl` and `demo` do.

A pass has a number and one due time. Over a folder whose last pass is unfinished, that pass goes on: what has no line yet is
looked at. Over a finished one, the next pass begins.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from register import Register
from scheduler.accounts.bridgebook import BridgeBook, keep
from scheduler.accounts.routes import Routes
from scheduler.calendar import Pass
from scheduler.clock import Clock
from scheduler.conclude import House
from scheduler.dispatch import Dispatch
from scheduler.enrol import Enrolment, enrol
from scheduler.errors import Refused
from scheduler.folder import Folder
from scheduler.follow import OutputFollower
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.writer import Entry, Written

CLOSE_S = 3.0


class Plan(NamedTuple):
    """What a pass is about to do."""

    number: int
    due_ms: int
    resumed: bool
    enrolment: Enrolment
    left: int


class Summary(NamedTuple):
    """What came of a pass. Seconds: by the clock, and of CPU in this process and in the crawler processes after their start."""

    plan: Plan
    lines: int
    outcomes: Counter[str]
    finished: bool
    trouble: str | None
    wall_s: float
    own_cpu_s: float
    crawler_cpu_s: float


def begin(
    folder: Folder,
    register: Register,
    clock: Clock,
    today: str,
    routes: Routes | None = None,
    only: frozenset[str] | None = None,
) -> Plan:
    """Enrol `register` and find out which pass to make. routes: where accounts wait, where some are asked of bridges.

    only: the keys of the targets that a new pass looks at; None for all.
    """
    ledger = folder.ledger
    enrolment = enrol(ledger, register, lambda kind, category, key: 0, today, routes=routes)
    if enrolment.watched == 0:
        raise Refused("the register holds nothing to look at; check it with `xunwang register`")
    last = ledger.last_pass() or _pass_of_journal(ledger)
    if last is not None and last[2] is None:
        number, due_ms, _ = last
        left = _left(ledger, due_ms)
        if left and only is not None and not ledger.meta(f"only {number}"):
            raise Refused(f"pass {number} in {folder.path} is not finished; finish it without --only first")
        if left:
            return Plan(number, due_ms, True, enrolment, left)
        ledger.finish_pass(number, clock.now_ms())
    number, due_ms = (1, clock.now_ms()) if last is None else (last[0] + 1, max(clock.now_ms(), last[1] + 1))
    ledger.begin_pass(number, due_ms, only)
    left = _left(ledger, due_ms)
    if only is not None and left == 0:
        ledger.finish_pass(number, clock.now_ms())
        raise Refused("none of the targets to look at again is in the register; name the register they are of")
    return Plan(number, due_ms, False, enrolment, left)


def _pass_of_journal(ledger: Ledger) -> tuple[int, int, None] | None:
    """The pass that a ledger made anew from the journal was in."""
    row = ledger.transaction().execute("SELECT max(due) FROM states WHERE due > 0").fetchone()
    if row[0] is None:
        return None
    ledger.begin_pass(1, row[0])
    return 1, row[0], None


def _left(ledger: Ledger, due_ms: int) -> int:
    return ledger.due_lines(due_ms)


async def run_pass(
    folder: Folder,
    plan: Plan,
    *,
    dispatch: Dispatch,
    house: House,
    clock: Clock,
    metrics: Metrics,
    settings: PatrolSettings,
    on_line: Callable[[Entry], None],
    to_stdout: bool = False,
    book: BridgeBook | None = None,
) -> Summary:
    """Make the pass; ends early, with everything that was seen written, on SIGTERM or SIGINT. book: of the bridges, if any."""
    loop = asyncio.get_running_loop()
    begun = os.times()
    outcomes: Counter[str] = Counter()
    follower: OutputFollower | None = None

    def count(entry: Entry) -> None:
        outcomes[entry.line.outcome] += 1
        on_line(entry)

    def written(batch: Written) -> None:
        loop.call_soon_threadsafe(patrol.written, batch)
        if follower:
            follower.nudge()

    writer = folder.writer(written, lambda sentence: loop.call_soon_threadsafe(patrol.troubled, sentence))
    reader = folder.ledger.reader()
    patrol = Patrol(
        ledger=reader,
        writer=writer,
        dispatch=dispatch,
        calendar=Pass(plan.due_ms),
        house=house,
        clock=clock,
        metrics=metrics,
        settings=settings,
    )
    patrol.on_line = count
    if book:
        book.load(folder.ledger)
        patrol.returns.weigh, patrol.closed_to = book.weigh_task, book.closed_to
    if to_stdout:
        follower = OutputFollower(folder.journal, folder.position, lambda: writer.synced)
        follower.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, patrol.stop)
    writer.start()
    try:
        await patrol.run()
    finally:
        closed = await asyncio.to_thread(writer.close, CLOSE_S)
        await asyncio.sleep(0)  # the last `written` calls are on the loop by now
        if follower:
            await asyncio.to_thread(follower.close, 1.0)
        reader.close()
    if closed and book and (text := book.kept()) is not None:
        keep(folder.ledger, text)
    finished = closed and writer.failure is None and _left(folder.ledger, plan.due_ms) == 0
    if finished:
        folder.ledger.finish_pass(plan.number, clock.now_ms())
    ended = os.times()
    return Summary(
        plan,
        sum(outcomes.values()),
        outcomes,
        finished,
        patrol.trouble,
        ended.elapsed - begun.elapsed,
        ended.user + ended.system - begun.user - begun.system,
        ended.children_user + ended.children_system - begun.children_user - begun.children_system - dispatch.start_cpu_s,
    )
