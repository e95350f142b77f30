"""The loop between the ledger, the crawlers and the writer.

A host's life:   agenda ──ready──► planned (its due targets become a round) ──► in flight ──RoundEnd──► waiting for its lines
                    ▲                                                                                        │ durable
                    └────────────────────────── more due, or visits handed over to it ◄──────────────────────┘

A host is in exactly one of these places, so it is never asked by two rounds at once, and never planned from a ledger
that does not hold its last lines yet. Every task that is planned ends in one of four ways: a line (also when nothing could be
learned), a handover (its task moves to the other host), `left` (no line: still due), or lost with its crawler (given out once
more, then ended as `internal`).
"""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final

import msgspec

from crawler.records import Gap, Handover, RoundEnd, Sighting
from crawler.visit import host_of
from scheduler.agenda import Agenda
from scheduler.calendar import Calendar
from scheduler.clock import Clock
from scheduler.conclude import House, Task, conclude
from scheduler.dispatch import Dispatch, Message
from scheduler.hosts import Hosts
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.pace import Throttle
from scheduler.plan import DEADLINE_S, MOST_VISITS, PLANNED_S, round_of, task_of
from scheduler.writer import Entry, Writer, Written

MOST_HOPS: Final = 5
MOST_LOSSES: Final = 2
LATE_S: Final = 35.0
"""A round may run over its deadline by one request; after this much more it is given up."""

_log = logging.getLogger(__name__)


class PatrolSettings(msgspec.Struct, frozen=True):
    """rounds: rounds in flight at most. requests_per_s: the ceiling over all hosts (0: none)."""

    gap: Gap = Gap()
    rounds: int = 256
    requests_per_s: int = 0
    platform_requests_per_s: float = 10.0
    reader: int = 1


class _Flight:
    """One round in flight: its tasks by visit number, lines not durable yet, and when it is late."""

    __slots__ = ("ended", "host", "late_at", "tasks", "unwritten")

    def __init__(self, host: int, tasks: dict[int, Task], late_at: float) -> None:
        self.host, self.tasks, self.late_at = host, tasks, late_at
        self.unwritten = 0
        self.ended = False


class Patrol:
    def __init__(
        self,
        *,
        ledger: Ledger,
        writer: Writer,
        dispatch: Dispatch,
        calendar: Calendar,
        house: House,
        clock: Clock,
        metrics: Metrics,
        settings: PatrolSettings,
    ) -> None:
        self._ledger, self._writer, self._dispatch = ledger, writer, dispatch
        self._calendar, self._clock = calendar, clock
        self.house = house
        """What every line carries; set anew when the register changes."""
        self.endless = False
        """A service goes on when there is nothing to do; a pass ends."""
        self._metrics, self._settings = metrics, settings
        self._agenda = Agenda()
        self._hosts = Hosts(settings.gap, settings.platform_requests_per_s)
        self._flights: dict[int, _Flight] = {}
        self._waiting: defaultdict[int, deque[Task]] = defaultdict(deque)  # handed over, or given out once more
        self._moving: set[int] = set()  # targets handed over or given out again: in flight, whatever the ledger says
        self._busy: set[int] = set()
        self._next_round = 1
        self._wake = asyncio.Event()
        self._stopping = False
        self._stopped = asyncio.Event()
        self._trouble: str | None = None
        self._throttle = Throttle(settings.requests_per_s) if settings.requests_per_s > 0 else None
        self.on_line: Callable[[Entry], None] | None = None
        self.lines = 0
        self.late_results = 0

    # ---- what the rest of the program may ask ----

    @property
    def in_flight(self) -> int:
        """Visits planned and not durable yet."""
        flying = sum(len(flight.tasks) + flight.unwritten for flight in self._flights.values())
        return flying + sum(len(tasks) for tasks in self._waiting.values())

    @property
    def hosts_waiting(self) -> int:
        """Hosts on the agenda."""
        return len(self._agenda)

    @property
    def hosts_paused(self) -> int:
        """Hosts that rest for more than a minute: they asked for it."""
        return self._hosts.resting_until(self._clock.monotonic() + 60.0)

    @property
    def trouble(self) -> str | None:
        """Why the patrol is paused; None when it is not."""
        return self._trouble

    def stop(self) -> None:
        """Hand no round out any more; `run` returns when the crawlers have let go."""
        self._stopping = True
        self._stopped.set()
        self._wake.set()

    def enrolled(self) -> None:
        """The register in the ledger has changed: take its hosts onto the agenda."""
        for stranger, host in self._hosts.learn(self._ledger.hosts()):
            self._welcome(stranger, host)
        for due in self._ledger.due_hosts(self._horizon_ms()):
            if due.id not in self._busy:
                self._schedule(due.id, due.due, self._hosts.pace(due.id).not_before)
        self._wake.set()

    def _welcome(self, stranger: int, host: int) -> None:
        """A host that visits were handed over to is in the register now: what waits for it goes on under its own number."""
        pace = self._hosts.pace(host)
        if stranger in self._busy:
            pace.not_before = self._clock.monotonic() + DEADLINE_S  # its round under the old number ends first
        self._agenda.remove(stranger)
        self._waiting[host].extend(self._waiting.pop(stranger, ()))
        if self._waiting[host]:
            self._agenda.schedule(host, pace.not_before)

    # ---- the loop ----

    async def run(self, grace_s: float = 4.0) -> None:
        """Patrol until nothing is left to do (a pass) or until `stop`."""
        await self._dispatch.start(self._receive)
        try:
            self.enrolled()
            while not self._stopping and not self._done():
                self._wake.clear()
                await self._hand_out()
                self._give_up_late()
                await self._sleep()
        finally:
            await self._dispatch.stop(grace_s)

    def _done(self) -> bool:
        return not self.endless and not self._flights and not len(self._agenda) and not any(self._waiting.values())

    async def _hand_out(self) -> None:
        while not self._stopping and self._trouble is None and len(self._flights) < self._settings.rounds:
            host = self._agenda.pop(self._clock.monotonic())
            if host is None:
                return
            await self._begin_round(host)

    async def _begin_round(self, host: int) -> None:
        now = self._clock.monotonic()
        pace = self._hosts.pace(host)
        most = pace.visits_within(PLANNED_S, MOST_VISITS)
        tasks = self._tasks(host, most)
        if not tasks:
            self._rest(host)
            return
        number = self._next_round
        round, planned = round_of(number, self._hosts.name(host), pace, tasks, now)
        for task in tasks[len(planned) :]:
            self._put_back(host, task)
        if not planned:
            self._agenda.schedule(host, pace.platform.free_at() if pace.platform else now + 1.0)
            return
        self._next_round += 1
        self._busy.add(host)
        if self._throttle and not await self._take_turns(self._throttle, len(planned)):
            self._busy.discard(host)
            for task in planned:
                self._put_back(host, task)
            return
        now = self._clock.monotonic()
        self._flights[number] = _Flight(host, {task.visit.number: task for task in planned}, now + DEADLINE_S + LATE_S)
        self._metrics.rounds.set(len(self._flights))
        self._dispatch.send(round)

    async def _take_turns(self, throttle: Throttle, count: int) -> bool:
        """Take `count` requests of the house's ceiling; False where a stop comes first."""
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            for _ in range(count):
                turn = asyncio.ensure_future(throttle.acquire())
                await asyncio.wait((turn, stopped), return_when=asyncio.FIRST_COMPLETED)
                if not turn.done():
                    turn.cancel()
                    await asyncio.gather(turn, return_exceptions=True)
                    return False
            return True
        finally:
            stopped.cancel()

    def _tasks(self, host: int, most: int) -> list[Task]:
        waiting = self._waiting[host]
        tasks = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        if len(tasks) < most and host > 0:
            before = self._calendar.before_ms(self._clock.now_ms())
            limit = most - len(tasks) + len(self._moving)
            fresh = [due for due in self._ledger.due_targets(host, before, limit) if due.id not in self._moving]
            tasks += [task_of(due, host, self._calendar, self._settings.reader) for due in fresh[: most - len(tasks)]]
        return tasks

    def _put_back(self, host: int, task: Task) -> None:
        """A task that got no slot: one from the ledger is simply still due, one that was moving goes on waiting."""
        if task.visit.progress or task.losses:
            self._wait_at(host, task)

    def _wait_at(self, host: int, task: Task) -> None:
        self._waiting[host].append(task)
        self._moving.add(task.target_id)

    async def _sleep(self) -> None:
        """Until something happens, a host is ready, or a second has passed."""
        delay = 1.0
        ready = self._agenda.next_ready()
        if ready is not None and self._trouble is None and len(self._flights) < self._settings.rounds:
            delay = min(delay, ready - self._clock.monotonic())
        if delay > 0:
            try:
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            except TimeoutError:
                pass

    # ---- what comes back ----

    def _receive(self, message: Message) -> None:
        flight = self._flights.get(message.round)
        if flight is None or flight.ended:
            self.late_results += 1
            self._metrics.late.inc()
            return
        if isinstance(message, Sighting):
            task = flight.tasks.pop(message.number, None)
            if task is not None:
                self._hosts.charge(flight.host, message.requests - 1, self._clock.monotonic())
                self._write(flight, message.round, task, message)
        elif isinstance(message, Handover):
            task = flight.tasks.pop(message.number, None)
            if task is not None:
                self._hosts.charge(flight.host, message.progress.requests - 1, self._clock.monotonic())
                self._hand_over(flight, message, task)
        elif isinstance(message, RoundEnd):
            self._end(flight, message)
        else:
            self._lost(flight, message.round)

    def _write(self, flight: _Flight, number: int, task: Task, sighting: Sighting) -> None:
        line, state = conclude(task, sighting, self.house)
        due = self._calendar.next_due_ms(task.visit.kind, task.visit.target, task.part, state)
        flight.unwritten += 1
        self._metrics.saw(task.visit.kind, task.subject, sighting)
        self._writer.submit(Entry(line, state, due, task.target_id, task.host_id, number))

    def _hand_over(self, flight: _Flight, message: Handover, task: Task) -> None:
        visit = task.visit
        if message.progress.hops > MOST_HOPS:
            self._write(
                flight,
                message.round,
                task,
                Sighting(
                    message.round,
                    visit.number,
                    message.progress.at_ms,
                    "redirected",
                    "too_many",
                    final_url=message.url,
                    redirects=message.progress.hops,
                    requests=message.progress.requests,
                    elapsed_s=message.progress.elapsed_s,
                ),
            )
            return
        host = self._hosts.number_of(host_of(message.url))
        moved = msgspec.structs.replace(
            task, visit=msgspec.structs.replace(visit, next_url=message.url, progress=message.progress)
        )
        self._wait_at(host, moved)
        if host not in self._busy:
            self._agenda.schedule(host, max(self._clock.monotonic(), self._hosts.pace(host).not_before))

    def _end(self, flight: _Flight, message: RoundEnd) -> None:
        flight.ended = True
        for task in flight.tasks.values():
            self._put_back(flight.host, task)
        flight.tasks.clear()
        self._hosts.pace(flight.host).rest(self._clock.monotonic(), message.response_s, message.retry_after_s)
        self._settle(message.round, flight)

    def _lost(self, flight: _Flight, number: int) -> None:
        """The crawler died. Its first unanswered visit is the one it had in hand: it is given out once more, then given up."""
        flight.ended = True
        tasks = [flight.tasks[index] for index in sorted(flight.tasks)]
        flight.tasks.clear()
        for index, task in enumerate(tasks):
            losses = task.losses + (index == 0)
            if losses >= MOST_LOSSES:
                now = self._clock.now_ms()
                self._write(flight, number, task, Sighting(number, task.visit.number, now, "internal", "worker_died"))
            else:
                again = msgspec.structs.replace(task, losses=losses)
                if losses or task.visit.progress:
                    self._wait_at(flight.host, again)
        self._hosts.pace(flight.host).rest(self._clock.monotonic(), 0.0, 1.0)
        self._settle(number, flight)

    def _give_up_late(self) -> None:
        now = self._clock.monotonic()
        for number, flight in list(self._flights.items()):
            if not flight.ended and now > flight.late_at:
                _log.error("round %d of %s is long past its deadline: given up", number, self._hosts.name(flight.host))
                self._dispatch.abandon(number)
                self._lost(flight, number)

    # ---- what the writer says, brought onto the loop by the caller ----

    def written(self, batch: Written) -> None:
        """A batch is durable: its rounds may end, its hosts go on."""
        self._metrics.wrote(batch)
        self.lines += len(batch.entries)
        for entry in batch.entries:
            self._moving.discard(entry.target_id)
            flight = self._flights.get(entry.round)
            if flight is not None:
                flight.unwritten -= 1
                self._settle(entry.round, flight)
            if entry.host not in self._busy and entry.host not in self._agenda and entry.host in self._hosts:
                self._rest(entry.host)  # a visit that was handed over has come home
            if self.on_line:
                self.on_line(entry)

    def troubled(self, sentence: str | None) -> None:
        self._trouble = sentence
        self._metrics.paused.set(sentence is not None)
        if self._writer.failure is not None:
            self._stopping = True
        self._wake.set()

    def _settle(self, number: int, flight: _Flight) -> None:
        if flight.ended and flight.unwritten == 0 and number in self._flights:
            del self._flights[number]
            self._busy.discard(flight.host)
            self._metrics.rounds.set(len(self._flights))
            self._rest(flight.host)
            self._wake.set()

    def _rest(self, host: int) -> None:
        """Put a host that is not in flight back on the agenda, if there is anything to do for it."""
        not_before = self._hosts.pace(host).not_before
        if self._waiting.get(host):
            self._agenda.schedule(host, not_before)
            return
        self._waiting.pop(host, None)
        due = self._ledger.next_due(host) if host > 0 else None
        if due is not None and due < self._horizon_ms() and not self._only_moving(host, due):
            self._schedule(host, due, not_before)

    def _only_moving(self, host: int, due: int) -> bool:
        """Whether all that is due at `host` is on its way elsewhere: then its return will wake the host."""
        if not self._moving:
            return False
        before = self._calendar.before_ms(self._clock.now_ms())
        rows = self._ledger.due_targets(host, before, len(self._moving) + 1)
        return bool(rows) and all(row.id in self._moving for row in rows)

    def _schedule(self, host: int, due_ms: int, not_before: float) -> None:
        wait = max(0.0, (due_ms - self._clock.now_ms()) / 1000)
        self._agenda.schedule(host, max(not_before, self._clock.monotonic() + wait))

    def _horizon_ms(self) -> int:
        return self._calendar.horizon_ms()
