"""What comes back from the crawlers: every visit of a round ends here.

Every task that was given out ends in one of four ways: a line (also when nothing could be learned), a handover (the task moves
to the other host), `left` (no line: still due), or lost with its crawler (given out once more, then ended as `internal`).

A home page that "cannot be opened" is not believed at once: first the trouble must not be ours (doubt.py), then, for a probe,
another vantage is asked where there is one. Until that is settled the visit is in flight.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec

from crawler.outcomes import OURS, OUTCOMES
from crawler.records import Flag, Handover, Outcome, Reading, RoundEnd, Sighting
from crawler.visit import host_of
from scheduler.accounts.routes import sighting_unasked
from scheduler.asides import Asides
from scheduler.calendar import Calendar, Look
from scheduler.clock import Clock
from scheduler.conclude import House, Task, conclude
from scheduler.dispatch import Message
from scheduler.doubt import Doubt, Ours, Wait
from scheduler.flights import Flight, Flights
from scheduler.hosts import Hosts
from scheduler.metrics import Metrics
from scheduler.queues import Queues
from scheduler.state import newest_of
from scheduler.writer import Entry, Writer

MOST_HOPS: Final = 5
MOST_LOSSES: Final = 2
JUDGED: Final = frozenset({"probe", "home"})
"""Kinds whose failures accuse somebody (indicators.md W2), so that they are doubted first."""


class _Doubted(NamedTuple):
    """A failed visit that is not believed yet, and the span (monotonic seconds) in which it failed."""

    number: int
    flight: Flight
    task: Task
    sighting: Sighting
    begun: float
    ended: float


class Returns:
    def __init__(
        self,
        *,
        flights: Flights,
        queues: Queues,
        hosts: Hosts,
        writer: Writer,
        asides: Asides,
        vantages: Sequence[str],
        calendar: Calendar,
        clock: Clock,
        metrics: Metrics,
        house: Callable[[], House],
        doubt: Doubt | None,
        landed: Callable[[Flight], None],
    ) -> None:
        """house: what every line carries at this moment. landed: a round is over and durable. vantages: the first is ours."""
        self._flights, self._queues, self._hosts, self._writer = flights, queues, hosts, writer
        self._asides, self._vantages = asides, vantages
        self._calendar, self._clock, self._metrics = calendar, clock, metrics
        self._house, self._doubt, self._landed = house, doubt, landed
        self._doubted: list[_Doubted] = []
        self.late_results = 0
        self.ask_canaries: Callable[[], None] = lambda: None
        self.weigh: Callable[[Task, Sighting], Sighting] = lambda task, sighting: sighting
        """What a sighting is worth: told of each before its line is made (bridges, reports)."""

    def receive(self, message: Message) -> None:
        if self._asides.receive(message):
            return
        flight = self._flights.get(message.round)
        if flight is None or flight.ended:
            self.late_results += 1
            self._metrics.late.inc()
        elif isinstance(message, Sighting):
            task = flight.tasks.pop(message.number, None)
            if task is not None:
                self._saw(flight, task, message)
        elif isinstance(message, Handover):
            task = flight.tasks.pop(message.number, None)
            if task is not None:
                made = message.progress.requests - (task.visit.progress.requests if task.visit.progress else 0)
                flight.requests += made
                self._hosts.pace(flight.host).took(message.progress.elapsed_s, made)
                self._hand_over(flight, message, task)
        elif isinstance(message, RoundEnd):
            self._end(flight, message)
        else:
            self.lost(flight, message.round)

    def unasked(self, flight: Flight, number: int, tasks: Sequence[Task], reason: str | None) -> None:
        """End due visits without a request: the decision not to ask is what their lines tell.

        reason: why they are inconclusive; None: there is nobody to ask about them.
        """
        now = self._clock.now_ms()
        flight.ended = True
        for task in tasks:
            if reason is None:
                told = sighting_unasked(task, now, number)
            else:
                told = Sighting(number, 0, now, "inconclusive", reason, attempts=0, requests=0, reading=Reading("none"))
            self._write(flight, number, task, told)
        self._land(number, flight)

    def written(self, entries: Sequence[Entry]) -> None:
        """Lines are durable: their rounds may end, their hosts go on."""
        for entry in entries:
            self._queues.arrived(entry.target_id)
            flight = self._flights.get(entry.round)
            if flight is not None:
                flight.unwritten -= 1
                self._land(entry.round, flight)
            self._queues.came_home(entry.host)

    def lost(self, flight: Flight, number: int) -> None:
        """The crawler died. Its first unanswered visit is the one it had in hand: it is given out once more, then given up."""
        flight.ended = True
        tasks = [flight.tasks[index] for index in sorted(flight.tasks)]
        flight.tasks.clear()
        again: list[Task] = []
        for index, task in enumerate(tasks):
            losses = task.losses + (index == 0)
            if losses >= MOST_LOSSES:
                now = self._clock.now_ms()
                self._write(flight, number, task, Sighting(number, task.visit.number, now, "internal", "worker_died"))
            else:
                again.append(msgspec.structs.replace(task, losses=losses))
        self._queues.put_back(flight.host, again)
        self._hosts.pace(flight.host).rest(self._clock.monotonic(), 0.0, 1.0)
        self._land(number, flight)

    def settle_doubts(self) -> None:
        """Look again at the failures that were not believed at once."""
        waiting, self._doubted = self._doubted, []
        for doubted in waiting:
            doubted.flight.unwritten -= 1
            self._judge(doubted)

    @property
    def doubted(self) -> int:
        """Failures that wait for a judgement of our own state."""
        return len(self._doubted)

    # ---- one visit ----

    def _saw(self, flight: Flight, task: Task, sighting: Sighting) -> None:
        now = self._clock.monotonic()
        if task.visit.kind == "probe":
            self._metrics.probed((sighting.at_ms - task.visit.due_ms) / 1000)
        was = task.visit.progress
        made = sighting.requests - (was.requests if was else 0)
        flight.requests += made
        self._hosts.saw(flight.host, sighting, now, task.visit.kind == "probe")
        self._hosts.pace(flight.host).took(sighting.elapsed_s - (was.elapsed_s if was else 0.0), made)
        fails = OUTCOMES[sighting.outcome].availability == "fails"
        begun = now - sighting.elapsed_s
        if self._doubt is not None:
            if sighting.lag_s > 0:
                self._doubt.lag(now, sighting.lag_s)
            if fails:
                self._doubt.failed(flight.host, begun, now)
            elif sighting.status is not None and sighting.observed_by == "public_http":  # a bridge may be next door
                self._doubt.answered(flight.host, begun, now)
        doubted = _Doubted(sighting.round, flight, task, sighting, begun, now)
        if fails and self._doubt is not None and task.visit.kind in JUDGED:
            self._judge(doubted)
        else:
            self._write(flight, sighting.round, task, sighting)

    def _judge(self, doubted: _Doubted) -> None:
        number, flight, task, sighting, begun, ended = doubted
        assert self._doubt is not None
        judged = self._doubt.judge(begun, ended, self._clock.monotonic())
        if isinstance(judged, Wait):
            flight.unwritten += 1
            self._doubted.append(doubted)
            self.ask_canaries()
        elif isinstance(judged, Ours):
            told = _told(sighting, "inconclusive", judged.reason, Flag("doubted", f"{sighting.outcome}/{sighting.reason}"))
            self._write(flight, number, task, told)
            self._land(number, flight)
        elif task.visit.kind == "probe" and len(self._vantages) > 1:
            self._ask_elsewhere(doubted, self._vantages[1])
        else:
            self._write(flight, number, task, sighting)
            self._land(number, flight)

    def _ask_elsewhere(self, doubted: _Doubted, vantage: str) -> None:
        """The same home page from another vantage: whoever opens it there is not accused, and not cleared either."""

        def told(said: Sighting | Handover | None) -> None:
            if isinstance(said, Sighting) and OUTCOMES[said.outcome].availability == "fails":
                flag = Flag("confirmed_elsewhere", f"{vantage}: {said.outcome}/{said.reason}")
                sighting = _told(doubted.sighting, doubted.sighting.outcome, doubted.sighting.reason, flag)
            else:
                seen = said.outcome if isinstance(said, Sighting) else "redirected" if said else "no answer"
                sighting = _told(doubted.sighting, "inconclusive", "vantage", Flag("vantages_disagree", f"{vantage}: {seen}"))
            doubted.flight.unwritten -= 1
            self._write(doubted.flight, doubted.number, doubted.task, sighting)
            self._land(doubted.number, doubted.flight)

        doubted.flight.unwritten += 1
        visit = msgspec.structs.replace(doubted.task.visit, number=0, memory=None, progress=None, next_url=None)
        self._asides.ask(self._hosts.name(doubted.task.host_id), visit, told, vantage)

    def _write(self, flight: Flight, number: int, task: Task, sighting: Sighting) -> None:
        """The lines of one visit: first those of its twins, so that none is lost when the leader's is durable."""
        sighting = self.weigh(task, sighting)
        shared = Flag("shared", f"fetched once, for {task.visit.target}")
        for twin in task.twins:
            self._write_one(flight, number, twin, _told(sighting, sighting.outcome, sighting.reason, shared, requests=0))
        self._write_one(flight, number, task, sighting)

    def _write_one(self, flight: Flight, number: int, task: Task, sighting: Sighting) -> None:
        line, state = conclude(task, sighting, self._house())
        kind, before = task.visit.kind, task.state
        ours = (sighting.outcome, sighting.reason) in OURS
        changed = bool(line.new_items) or newest_of(before) != newest_of(state)
        after = self._calendar.next(Look(kind, task.category, task.visit.target, before, state, changed, ours))
        if after.due_soon:
            line.flags = (*line.flags, Flag("due_soon", newest_of(state) or ""))
        if after.interval_ms != state.interval_ms:
            state = msgspec.structs.replace(state, interval_ms=after.interval_ms)
        flight.unwritten += 1
        self._metrics.saw(kind, task.subject, sighting)
        due_ms = after.due_ms if kind != "report" else None  # a report is looked at once
        self._writer.submit(Entry(line, state, due_ms, after.deadline_ms, task.target_id, task.host_id, number))

    # ---- a round ----

    def _hand_over(self, flight: Flight, message: Handover, task: Task) -> None:
        visit, progress = task.visit, message.progress
        if progress.hops > MOST_HOPS:
            told = Sighting(
                message.round,
                visit.number,
                progress.at_ms,
                "redirected",
                "too_many",
                final_url=message.url,
                redirects=progress.hops,
                requests=progress.requests,
                elapsed_s=progress.elapsed_s,
            )
            self._write(flight, message.round, task, told)
            return
        host = self._hosts.number_of(host_of(message.url))
        onward = msgspec.structs.replace(visit, next_url=message.url, progress=progress)
        self._queues.wait_at(host, msgspec.structs.replace(task, visit=onward))

    def _end(self, flight: Flight, message: RoundEnd) -> None:
        flight.ended = True
        self._queues.put_back(flight.host, list(flight.tasks.values()))
        flight.tasks.clear()
        self._hosts.pace(flight.host).rest(self._clock.monotonic(), message.response_s, message.retry_after_s)
        if flight.platform is not None:
            flight.platform.release(flight.begun, flight.slots[message.slots_used :])
            flight.platform.charge(self._clock.monotonic(), max(0, flight.requests - message.slots_used))
        self._land(message.round, flight)

    def _land(self, number: int, flight: Flight) -> None:
        if self._flights.land(number, flight):
            self._landed(flight)


def _told(sighting: Sighting, outcome: Outcome, reason: str | None, flag: Flag, requests: int | None = None) -> Sighting:
    """The sighting with another outcome, and a flag that says why."""
    made = sighting.requests if requests is None else requests
    return msgspec.structs.replace(sighting, outcome=outcome, reason=reason, flags=(*sighting.flags, flag), requests=made)
