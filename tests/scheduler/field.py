"""A patrol without network, threads or time: a real ledger, scripted crawlers, a writer that writes at once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast

from crawler.records import Gap, Handover, Outcome, Progress, Reading, Round, RoundEnd, Sighting, Visit
from scheduler.calendar import Pass
from scheduler.conclude import Line
from scheduler.dispatch import Message, Receive, RoundLost
from scheduler.journal import Position, SyncFailed
from scheduler.ledger import Ledger, Update
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.state import encode_state
from scheduler.writer import Entry, Writer, Written
from tests.scheduler.builders import HOUSE, LIST, START_MS, populate
from tests.scheduler.virtual import VirtualClock

RESPONSE_S = 0.1
WRITE_S = 0.05


class Deed(NamedTuple):
    """What a crawler does with one visit."""

    what: Literal["see", "go", "leave", "die", "hang"]
    url: str = ""
    outcome: Outcome = "ok"


SEE, LEAVE, DIE, HANG = Deed("see"), Deed("leave"), Deed("die"), Deed("hang")


def go(url: str) -> Deed:
    return Deed("go", url)


Script = Callable[[Visit, str, int], Deed]
"""(visit, host, how often this target was given to a crawler before) → what comes of it."""


def always_see(visit: Visit, host: str, before: int) -> Deed:
    return SEE


class Request(NamedTuple):
    host: str
    target: str
    url: str
    begun: float
    ended: float


class ScriptedDispatch:
    """Makes rounds as a crawler would, in the loop's time, and notes whatever it should never have been asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.rounds: list[Round] = []
        self.requests: list[Request] = []
        self.abandoned: list[int] = []
        self.complaints: list[str] = []
        self.most_at_once = 0
        self.retry_after_s = 0.0
        self.stopped = False
        self.start_cpu_s = 0.0
        self.vantages = ("default",)
        self.receive: Receive = lambda message: None
        self._busy: dict[str, int] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._given: Counter[str] = Counter()

    async def start(self, receive: Receive) -> None:
        self.receive = receive

    def send(self, round: Round, vantage: str | None = None) -> None:
        if round.host in self._busy:
            self.complaints.append(f"{round.host} is in rounds {self._busy[round.host]} and {round.number} at once")
        if self.stopped:
            self.complaints.append(f"round {round.number} was sent after the stop")
        if not round.visits:
            self.complaints.append(f"round {round.number} is empty")
        self._busy[round.host] = round.number
        self.most_at_once = max(self.most_at_once, len(self._busy))
        self.rounds.append(round)
        self._tasks[round.number] = asyncio.get_running_loop().create_task(self._make(round))

    def abandon(self, round: int) -> None:
        self.abandoned.append(round)
        self._tasks[round].cancel()
        self._busy = {host: number for host, number in self._busy.items() if number != round}

    async def stop(self, grace_s: float) -> None:
        self.stopped = True
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _end(self, round: Round, message: Message) -> None:
        self._busy.pop(round.host, None)
        self.receive(message)

    async def _make(self, round: Round) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        used = 0
        for index, visit in enumerate(round.visits):
            if index:
                await asyncio.sleep(round.gap.after(RESPONSE_S))
            if round.slots:
                while used < len(round.slots) and begun + round.slots[used] + round.slot_slack_s < loop.time():
                    used += 1
                if used == len(round.slots):
                    self._end(round, RoundEnd(round.number, tuple(one.number for one in round.visits[index:]), slots_used=used))
                    return
                await asyncio.sleep(max(0.0, begun + round.slots[used] - loop.time()))
                used += 1
            deed = self.script(visit, round.host, self._given[visit.target])
            if deed.what == "leave":
                self._end(round, RoundEnd(round.number, tuple(one.number for one in round.visits[index:])))
                return
            self._given[visit.target] += 1
            asked = loop.time()
            await asyncio.sleep(RESPONSE_S)
            if deed.what == "hang":
                await asyncio.Event().wait()
            self.requests.append(Request(round.host, visit.target, visit.next_url or visit.url, asked, loop.time()))
            if deed.what == "die":
                self._end(round, RoundLost(round.number))
                return
            self.receive(self._answer(round, visit, deed))
        self._end(round, RoundEnd(round.number, (), RESPONSE_S, self.retry_after_s, used))

    @staticmethod
    def _answer(round: Round, visit: Visit, deed: Deed) -> Message:
        now_ms = VirtualClock().now_ms()
        progress = visit.progress or Progress(now_ms)
        if deed.what == "go":
            onward = Progress(progress.at_ms, progress.hops + 1, progress.requests + 1)
            return Handover(round.number, visit.number, deed.url, onward)
        reading = LIST if deed.outcome == "ok" else Reading("none")
        return Sighting(round.number, visit.number, progress.at_ms, deed.outcome, reading=reading, redirects=progress.hops)


class DirectWriter:
    """Writes each entry WRITE_S after it was submitted, into a real ledger; `stuck` while the disk is full."""

    def __init__(self, ledger: Ledger) -> None:
        self.lines: list[Line] = []
        self.failure: SyncFailed | None = None
        self.written: Callable[[Written], None] = lambda batch: None
        self.stuck = False
        self.keep_lines = True
        self.on_line: Callable[[Entry], None] = lambda entry: None
        self.seq = 0
        self._ledger = ledger
        self._waiting: list[Entry] = []

    def submit(self, entry: Entry) -> None:
        self._waiting.append(entry)
        asyncio.get_running_loop().call_later(WRITE_S, self.flush)

    def flush(self) -> None:
        if self.stuck or not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        self.seq += len(batch)
        if self.keep_lines:
            self.lines += [entry.line for entry in batch]
        for entry in batch:
            self.on_line(entry)
        updates = [Update(encode_state(entry.state), entry.due, entry.deadline, entry.target_id) for entry in batch]
        self._ledger.commit(updates, Position(1, 0, self.seq), batch[-1].line.id)
        self.written(Written(batch, 0.0, 0.0, 0))


class Field:
    """Hosts with targets, all due for one pass."""

    def __init__(
        self,
        folder: Path,
        hosts: Mapping[str, Sequence[str]],
        script: Script = always_see,
        settings: PatrolSettings = PatrolSettings(gap=Gap(5.0, 1.0, 15.0)),  # noqa: B008 - frozen
        platform: str | None = None,
    ) -> None:
        self.ledger = Ledger.open(folder / "ledger.sqlite", "crawl")
        populate(self.ledger, hosts, platform=platform)
        self.targets = [key for keys in hosts.values() for key in keys]
        self.dispatch = ScriptedDispatch(script)
        self.writer = DirectWriter(self.ledger)
        self.clock = VirtualClock()
        self.patrol = Patrol(
            ledger=self.ledger,
            writer=cast(Writer, self.writer),
            dispatch=self.dispatch,
            calendar=Pass(START_MS),
            house=HOUSE,
            clock=self.clock,
            metrics=Metrics(),
            settings=settings,
        )
        self.writer.written = self.patrol.written

    @property
    def lines(self) -> list[Line]:
        return self.writer.lines

    async def run(self) -> None:
        await self.patrol.run()
        self.ledger.close()

    def outcomes(self) -> dict[str, list[str]]:
        """target → the outcomes of its lines, each with its reason where it has one."""
        found: dict[str, list[str]] = {key: [] for key in self.targets}
        for line in self.lines:
            found[line.target].append(f"{line.outcome}/{line.reason}" if line.reason else line.outcome)
        return found

    def visited(self, host: str) -> list[str]:
        return [request.target for request in self.dispatch.requests if request.host == host]


def once(target: str, deed: Deed) -> Script:
    """`deed` the first time `target` is given out, and a plain look at everything else."""

    def script(visit: Visit, host: str, before: int) -> Deed:
        return deed if visit.target == target and before == 0 else SEE

    return script


async def when(condition: Callable[[], object], limit_s: float = 600.0) -> None:
    """Let the loop go on until `condition()` holds."""
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 - in virtual time, where a look costs nothing
            await asyncio.sleep(0.01)


async def stopped_within(field: Field, begin_s: float, limit_s: float) -> None:
    """Stop `begin_s` after the start; the patrol must have ended `limit_s` later, and no round follow."""
    patrol = asyncio.ensure_future(field.run())
    await asyncio.sleep(begin_s)
    given = len(field.dispatch.rounds)
    field.patrol.stop()
    await asyncio.wait_for(patrol, limit_s)
    assert field.dispatch.stopped
    assert len(field.dispatch.rounds) == given
