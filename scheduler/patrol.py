"""The loop between the ledger, the crawlers and the writer.

A host's life:   agenda ──ready──► planned (its due targets become a round) ──► in flight ──RoundEnd──► waiting for its lines
                    ▲                                                                                        │ durable
                    └────────────────────────── more due, or visits handed over to it ◄──────────────────────┘

A host is in exactly one of these places, so it is never asked by two rounds at once, and never planned from a ledger
that does not hold its last lines yet. What is due where is in queues.py, what becomes of a round in returns.py.

Probes go first: they have rounds of their own beside those that columns may fill, they stand first in their host's next round,
and no column's request starts on a host so shortly before its probe is due that it could hold it up.

A host that is down is left alone by its breaker. Our own trouble (doubt.py) stops the columns of all hosts; whatever fell due
meanwhile is spread out anew when it is over, and probes end as inconclusive.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import msgspec

from crawler.records import Gap
from scheduler.accounts.routes import nobodys
from scheduler.asides import Asides
from scheduler.bookings import Backlog, Bookings
from scheduler.breaker import Breaker, BreakerSettings
from scheduler.calendar import Calendar
from scheduler.clock import Clock
from scheduler.conclude import House, Task
from scheduler.dispatch import Dispatch
from scheduler.doubt import Doubt
from scheduler.flights import Flight, Flights
from scheduler.hosts import Hosts, PlatformSettings
from scheduler.ledger import COLUMNS, PROBES, Ledger
from scheduler.metrics import Metrics
from scheduler.pace import Throttle
from scheduler.plan import DEADLINE_S, FULL_EVERY, MOST_VISITS, PLANNED_S, round_of
from scheduler.queues import LANES, Queues
from scheduler.returns import Returns
from scheduler.slots import Slots
from scheduler.writer import Entry, Writer, Written

QUIET_S: Final = 30.0
"""So long before a host's probe is due no other request to it starts, at most: as long as a column may take to answer."""

SOON_S: Final = 1.0
FORESEEN_S: Final = 90.0
"""A probe's platform slot is booked so long before it is due: further ahead than columns ever book."""

SATURATED_S: Final = 2.0
FEW_VISITS: Final = 3
"""A platform without a free slot for so long has more hosts than it can serve: each gets so many visits a round."""

READY_S: Final = 0.25
"""A host is ready so long before the slot that was booked for it."""

_log = logging.getLogger(__name__)


class PatrolSettings(msgspec.Struct, frozen=True):
    """rounds: rounds with columns in flight at most; probe_rounds: those of probes alone, beside them.

    requests_per_s: the ceiling over all hosts (0: none). full_every: answers 304 in a row before a full fetch is forced.
    """

    gap: Gap = Gap()
    rounds: int = 1024
    probe_rounds: int = 256
    requests_per_s: int = 0
    platforms: PlatformSettings = msgspec.field(default_factory=PlatformSettings)
    breaker: BreakerSettings = msgspec.field(default_factory=BreakerSettings)
    reader: int = 1
    full_every: int = FULL_EVERY


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
        doubt: Doubt | None = None,
    ) -> None:
        """doubt: what a service knows of its own troubles; a pass has none."""
        self._writer, self._dispatch, self._clock = writer, dispatch, clock
        self.house = house
        """What every line carries; set anew when the register changes."""
        self.closed_to: Callable[[str], str | None] = nobodys
        """Why what is due at a host now is not asked: a reason of `inconclusive`, empty where nobody is there; None: it is."""
        self.endless = False
        """A service goes on when there is nothing to do; a pass ends."""
        self._metrics, self._settings, self._doubt = metrics, settings, doubt
        self.hosts = Hosts(settings.gap, settings.platforms, settings.breaker)
        self._queues = Queues(ledger, calendar, clock, self.hosts, settings.reader, settings.full_every)
        self._flights = Flights()
        self.asides = Asides(dispatch, self._flights.take_number, clock)
        """Requests beside the rounds: canaries, second opinions."""
        self._returns = Returns(
            flights=self._flights,
            queues=self._queues,
            hosts=self.hosts,
            writer=writer,
            asides=self.asides,
            vantages=dispatch.vantages,
            calendar=calendar,
            clock=clock,
            metrics=metrics,
            house=lambda: self.house,
            doubt=doubt,
            landed=self._landed,
        )
        self._bookings, self._backlog = Bookings(), Backlog()
        self._wake = asyncio.Event()
        self._stopping = False
        self._stopped = asyncio.Event()
        self._trouble: str | None = None
        self._held: str | None = None
        self._waiting = False
        self._throttle = Throttle(settings.requests_per_s) if settings.requests_per_s > 0 else None
        self.on_line: Callable[[Entry], None] | None = None
        self.lines = 0

    # ---- what the rest of the program may ask ----

    @property
    def in_flight(self) -> int:
        """Visits planned and not durable yet."""
        return self._flights.visits + self._queues.visits_waiting

    @property
    def hosts_waiting(self) -> int:
        """Hosts on the agenda."""
        return self._queues.hosts_waiting

    @property
    def hosts_paused(self) -> int:
        """Hosts that rest for more than a minute: they asked for it, or are down."""
        return self.hosts.resting_until(self._clock.monotonic() + 60.0)

    @property
    def late_results(self) -> int:
        return self._returns.late_results

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written; None when it can."""
        return self._trouble

    @property
    def held(self) -> str | None:
        """The trouble of ours for which columns are not asked at present (a reason of `inconclusive`); None for none."""
        return self._held

    @property
    def returns(self) -> Returns:
        return self._returns

    def stop(self) -> None:
        """Hand no round out any more; `run` returns when the crawlers have let go."""
        self._stopping = True
        self._stopped.set()
        self._wake.set()

    def enrolled(self) -> None:
        """The ledger's due times have changed beneath us: another register, a spread after an outage, a clock set anew."""
        self._queues.enrolled()
        self._wake.set()

    def hold(self, reason: str | None) -> None:
        """Stop asking for columns for a trouble of ours, or go on (None)."""
        self._held = reason
        self._wake.set()

    def wait(self, waiting: bool) -> None:
        """Hand nothing out, even when the writer can go on: what fell due meanwhile is to be spread out anew before."""
        if waiting != self._waiting:
            self._waiting = waiting
            self._wake.set()

    # ---- the loop ----

    async def run(self, grace_s: float = 4.0) -> None:
        """Patrol until nothing is left to do (a pass) or until `stop`."""
        await self._dispatch.start(self._returns.receive)
        try:
            self.enrolled()
            while not self._stopping and not self._done():
                self._wake.clear()
                await self._hand_out()
                self._give_up_late()
                self._returns.settle_doubts()
                await self._sleep()
        finally:
            await self._dispatch.stop(grace_s)

    def _done(self) -> bool:
        return not self.endless and not self._flights and self._queues.empty

    def _has_room(self, lane: int) -> bool:
        if lane == PROBES:
            return len(self._flights) < self._settings.rounds + self._settings.probe_rounds
        return self._held is None and self._flights.ordinary < self._settings.rounds

    @property
    def _may_ask(self) -> bool:
        return self._trouble is None and not self._waiting

    async def _hand_out(self) -> None:
        while not self._stopping and self._may_ask:
            for lane in (PROBES, COLUMNS):
                host = self._queues.pop(lane, self._clock.monotonic()) if self._has_room(lane) else None
                if host is not None:
                    await self._begin_round(host)
                    break
            else:
                return

    async def _begin_round(self, host: int) -> None:
        """Plan and send a round for `host`, which is busy from now until its lines are durable; or put it back."""
        if (why := self.closed_to(self.hosts.name(host))) is not None:
            self._end_unasked(host, self._queues.tasks(host, COLUMNS, MOST_VISITS), why or None)
            return
        now = self._clock.monotonic()
        pace = self.hosts.pace(host)
        probes = self._queues.tasks(host, PROBES, MOST_VISITS)
        if self._held is not None:
            self._end_unasked(host, probes, self._held)
            return
        deadline_s = self._quiet_in(host, now) if not probes else DEADLINE_S
        most = min(pace.visits_within(PLANNED_S, self._fair_share(host, now)) - len(probes), self._columns_allowed(host, now))
        columns = (
            self._queues.tasks(host, COLUMNS, most) if most > 0 and deadline_s > SOON_S and self._has_room(COLUMNS) else []
        )
        if columns and self.hosts.breaker(host).ends_visits(now):
            self._queues.put_back(host, probes)
            self._end_unasked(host, columns, "breaker_open")
            return
        tasks = probes + columns
        if not tasks:
            self._rest(host, now, deadline_s)
            return
        await self._send(host, tasks, deadline_s, alone=not columns, more=0 < most == len(columns))

    def _quiet_in(self, host: int, now: float) -> float:
        """How long requests to `host` may still start before its next probe wants quiet.

        The platform slot of a probe that is not far is booked here, while it is sure to be free.
        """
        probe_at, slots = self._queues.probe_at(host), self.hosts.slots(host)
        if probe_at is None or probe_at <= now:
            return DEADLINE_S
        if slots is not None and probe_at < now + FORESEEN_S:
            self._bookings.book((host, PROBES), slots, now, probe_at, 0.0)
        return min(DEADLINE_S, probe_at - self._quiet_s(host) - now)

    def _quiet_s(self, host: int) -> float:
        """How long before its probe a host is left alone: the time of a request and its gap, if all goes as it did of late.

        At least its longest gap: after a request that takes all of QUIET_S unlooked-for, the probe is then late by no more.
        """
        pace = self.hosts.pace(host)
        known = pace.response_s is not None and self.hosts.breaker(host).idle
        return min(QUIET_S, max(pace.gap.most_s, 1.5 * pace.step() + SOON_S)) if known else QUIET_S

    def _wait_for_slot(self, host: int, lane: int, slots: Slots | None, now: float) -> None:
        """The platform has no slot for `host` in a round planned now: it takes the next free one and comes back for it."""
        start = None
        if slots is not None:
            start = self._bookings.book((host, lane), slots, now, now, self.hosts.pace(host).step())
        for each in LANES:
            self._queues.postpone(host, each, max(now, start - READY_S) if start else now + SOON_S)

    def _fair_share(self, host: int, now: float) -> int:
        """How many visits a round may have: few where others wait for the platform, so that all its hosts end together."""
        slots = self.hosts.slots(host)
        return FEW_VISITS if slots is not None and slots.free_at(now) > now + SATURATED_S else MOST_VISITS

    def _columns_allowed(self, host: int, now: float) -> int:
        """How many visits the host's breaker, and what it asked for, let through now: its probe may come before its columns."""
        breaker: Breaker = self.hosts.breaker(host)
        if breaker.holding(now) or now < self.hosts.pace(host).not_before:
            return 0
        return 1 if breaker.state(now) == "half_open" else MOST_VISITS

    def _rest(self, host: int, now: float, deadline_s: float) -> None:
        """Nothing may be asked of `host` now: it comes back when its breaker, or the quiet before its probe, is over."""
        self._queues.release(host)
        breaker = self.hosts.breaker(host)
        if breaker.holding(now):
            self._queues.postpone(host, COLUMNS, max(breaker.open_until, now + SOON_S))
        elif deadline_s <= SOON_S:
            self._queues.postpone(host, COLUMNS, max(now, now + deadline_s + self._quiet_s(host)) + SOON_S)

    async def _send(self, host: int, tasks: list[Task], deadline_s: float, *, alone: bool, more: bool) -> None:
        """Hand out a round, or as much of it as there are slots for; `more`: the host has further visits due."""
        now = self._clock.monotonic()
        pace, slots = self.hosts.pace(host), self.hosts.slots(host)
        number = self._flights.take_number()
        lane = PROBES if tasks[0].visit.kind == "probe" else COLUMNS
        first = self._bookings.take((host, lane), slots, now, now + deadline_s)
        if first is None and slots is not None and lane == PROBES and slots.free_at(now) > now + SATURATED_S:
            first = self._bookings.steal(COLUMNS, slots, now)
        after = None if first is None else first - now
        round, planned = round_of(number, self.hosts.name(host), pace, slots, tasks, now, deadline_s, after)
        self._queues.put_back(host, tasks[len(planned) :])
        if not planned:
            self._queues.release(host)
            self._wait_for_slot(host, lane, slots, now)
            return
        if self._throttle and not await self._throttle.take(len(planned), self._stopped):
            self._queues.put_back(host, planned)
            self._queues.release(host)
            return
        waited, now = self._clock.monotonic() - now, self._clock.monotonic()
        round = msgspec.structs.replace(round, slots=tuple(start - waited for start in round.slots))
        if self.hosts.breaker(host).state(now) == "half_open":
            self.hosts.breaker(host).begin_trial(now)
        if slots is not None and round.slots and more:
            step = pace.step()
            self._backlog.note(slots, host, self._queues.due_count(host))
            ahead = 2 if self._backlog.is_critical(slots, host, step) else 1
            self._bookings.book((host, COLUMNS), slots, now, now + round.slots[-1] + step, step, ahead)
        flying = {task.visit.number: task for task in planned}
        self._flights.begin(number, Flight(host, flying, now, deadline_s, slots, round.slots, alone))
        self._metrics.rounds.set(len(self._flights))
        self._dispatch.send(round)

    def _end_unasked(self, host: int, tasks: list[Task], reason: str | None) -> None:
        """End due visits as inconclusive, without a request; without a reason: those that there is nobody to ask about."""
        if not tasks:
            self._queues.release(host)
            return
        number = self._flights.take_number()
        flight = Flight(host, {}, self._clock.monotonic(), DEADLINE_S, probes=True)
        self._flights.begin(number, flight)
        self._returns.unasked(flight, number, tasks, reason)

    async def _sleep(self) -> None:
        """Until something happens, a host is ready, or a second has passed."""
        delay = SOON_S
        if self._may_ask:
            now = self._clock.monotonic()
            for lane in (PROBES, COLUMNS):
                ready = self._queues.next_ready(lane)
                if ready is not None and self._has_room(lane):
                    delay = min(delay, ready - now)
        if delay > 0:
            try:
                async with asyncio.timeout(delay):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _give_up_late(self) -> None:
        for number, flight in self._flights.late(self._clock.monotonic()):
            _log.error("round %d of %s is long past its deadline: given up", number, self.hosts.name(flight.host))
            self._dispatch.abandon(number)
            self._returns.lost(flight, number)
        self.asides.give_up_late(self._clock.monotonic())

    # ---- what the writer says, brought onto the loop by the caller ----

    def written(self, batch: Written) -> None:
        """A batch is durable: its rounds may end, its hosts go on."""
        self._metrics.wrote(batch)
        self.lines += len(batch.entries)
        self._returns.written(batch.entries)
        if self.on_line:
            for entry in batch.entries:
                self.on_line(entry)

    def troubled(self, sentence: str | None) -> None:
        self._trouble = sentence
        self._metrics.paused.set(sentence is not None)
        if self._writer.failure is not None:
            self._stopping = True
        self._wake.set()

    def _landed(self, flight: Flight) -> None:
        """A round is over and its lines are durable."""
        self._metrics.rounds.set(len(self._flights))
        self._queues.release(flight.host)
        self._wake.set()
