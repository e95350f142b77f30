"""What is to be looked at, where, and when: the ledger's due targets, and visits that wait in memory.

Two lanes, probes before columns. In each, a host stands on the agenda while it has something to do there and no round is
under way for it; a host that is taken for a round leaves both agendas and comes back with `rest`.

Visits wait in memory when they were handed over from another host or given out again after their crawler died. All others
wait in the ledger, so memory holds hosts and not targets.
"""

from collections import defaultdict, deque
from collections.abc import Sequence

from scheduler.agenda import Agenda
from scheduler.calendar import Calendar
from scheduler.clock import Clock
from scheduler.conclude import Task
from scheduler.hosts import Hosts
from scheduler.ledger import COLUMNS, PROBES, DueTarget, Ledger
from scheduler.plan import task_of

LANES = (COLUMNS, PROBES)


def lane_of(task: Task) -> int:
    return PROBES if task.visit.kind == "probe" else COLUMNS


class Queues:
    def __init__(self, ledger: Ledger, calendar: Calendar, clock: Clock, hosts: Hosts, reader: int, full_every: int) -> None:
        self._ledger, self._calendar, self._clock, self._hosts = ledger, calendar, clock, hosts
        self._reader, self._full_every = reader, full_every
        self._agendas = (Agenda(), Agenda())
        self._waiting: tuple[defaultdict[int, deque[Task]], ...] = (defaultdict(deque), defaultdict(deque))
        self._taken: set[int] = set()  # targets whose visit is out, from the moment a round took it until its line is durable
        self._moving: set[int] = set()  # those of them that the ledger may show as due at a host that is not busy with them
        self._busy: set[int] = set()

    # ---- what the patrol asks ----

    @property
    def hosts_waiting(self) -> int:
        """Hosts on an agenda."""
        return max(len(agenda) for agenda in self._agendas)

    @property
    def visits_waiting(self) -> int:
        """Visits that wait in memory."""
        return sum(len(tasks) for lane in self._waiting for tasks in lane.values())

    @property
    def empty(self) -> bool:
        return not any(len(agenda) for agenda in self._agendas) and not self.visits_waiting

    def next_ready(self, lane: int) -> float | None:
        """When the next host of `lane` is ready (monotonic seconds)."""
        return self._agendas[lane].next_ready()

    def pop(self, lane: int, now: float) -> int | None:
        """The host that has been ready longest in `lane`, taken off both agendas and busy from now on."""
        host = self._agendas[lane].pop(now)
        if host is not None:
            for agenda in self._agendas:
                agenda.remove(host)
            self._busy.add(host)
        return host

    def probe_at(self, host: int) -> float | None:
        """When the host's next probe that is still to come is due (monotonic seconds)."""
        due = self._ledger.next_due(host, PROBES) if host > 0 else None
        return None if due is None else self._clock.monotonic() + (due - self._clock.now_ms()) / 1000

    def due_count(self, host: int) -> int:
        """How many columns of `host` are due in the ledger."""
        return self._ledger.due_count(host, self._calendar.before_ms(self._clock.now_ms())) if host > 0 else 0

    def tasks(self, host: int, lane: int, most: int) -> list[Task]:
        """Up to `most` due visits of `host`, those that wait in memory first. Those that are not made then are `put_back`."""
        waiting = self._waiting[lane].get(host, ())
        tasks = [waiting.popleft() for _ in range(min(most, len(waiting)))]  # type: ignore[union-attr]
        if len(tasks) < most and host > 0:
            before = self._calendar.before_ms(self._clock.now_ms())
            limit = most - len(tasks) + len(self._moving)
            fresh = [due for due in self._ledger.due_targets(host, before, limit, lane) if due.id not in self._moving]
            fresh = fresh[: most - len(tasks)]
            self._taken.update(due.id for due in fresh)
            tasks += [
                task_of(
                    due,
                    host,
                    self._calendar,
                    self._reader,
                    self._full_every,
                    self._twins_of(due) if due.twins else (),
                )
                for due in fresh
            ]
        return tasks

    def _twins_of(self, leader: DueTarget) -> list[DueTarget]:
        """Those that are to be reported with `leader`. One that was out by itself when it became a twin has its own line."""
        return [twin for twin in self._ledger.twins_of(leader.id) if twin.id not in self._taken]

    # ---- what the patrol says ----

    def put_back(self, host: int, tasks: Sequence[Task]) -> None:
        """Visits that were not made: one from the ledger is simply still due, one that was moving goes on waiting."""
        for task in reversed(tasks):
            if task.visit.progress or task.losses:
                self._waiting[lane_of(task)][host].appendleft(task)
                self._moving.add(task.target_id)
            else:
                self._is_back(task.target_id)

    def wait_at(self, host: int, task: Task) -> None:
        """A visit that goes on at `host`, when that is ready."""
        lane = lane_of(task)
        self._waiting[lane][host].append(task)
        self._moving.add(task.target_id)
        if host not in self._busy:
            self._agendas[lane].schedule(host, max(self._clock.monotonic(), self._not_before(host, lane)))

    def arrived(self, target: int) -> None:
        """A line of `target` is durable."""
        self._is_back(target)

    def _is_back(self, target: int) -> None:
        """The visit of `target` is out no more: the host where the register has it now may go on with it."""
        self._taken.discard(target)
        if target in self._moving:
            self._moving.discard(target)
            self.came_home(self._ledger.host_of(target))

    def postpone(self, host: int, lane: int, until: float) -> None:
        """What `host` has to do in `lane`, if anything, is not to be begun before `until` (monotonic seconds)."""
        if host in self._agendas[lane]:
            self._agendas[lane].schedule(host, until)

    def release(self, host: int) -> None:
        """The round of `host` is over, and its lines are durable."""
        self._busy.discard(host)
        self.rest(host)

    def rest(self, host: int) -> None:
        """Put a host that is not busy back on the agendas where there is anything to do for it."""
        if host in self._busy:
            return
        for lane in LANES:
            self._rest_in(host, lane)

    def _rest_in(self, host: int, lane: int) -> None:
        not_before = self._not_before(host, lane)
        if self._waiting[lane].get(host):
            self._agendas[lane].schedule(host, not_before)
            return
        self._waiting[lane].pop(host, None)
        due = self._ledger.next_due(host, lane) if host > 0 else None
        if due is not None and due < self._calendar.horizon_ms() and not self._only_moving(host, lane):
            self._schedule(host, lane, due, not_before)

    def came_home(self, host: int) -> None:
        """A visit to a target of `host` has ended, perhaps elsewhere: lanes in which the host waited for it go on."""
        if host in self._hosts and host not in self._busy:
            for lane in LANES:
                if host not in self._agendas[lane]:
                    self._rest_in(host, lane)

    def enrolled(self) -> None:
        """The ledger has changed beneath us (another register, a clock set anew): take its hosts onto the agendas.

        A target may stand at another host now while the visit it was taken for is still out: it is not to be taken twice.
        """
        self._moving |= self._taken
        for stranger, host in self._hosts.learn(self._ledger.hosts()):
            self._welcome(stranger, host)
        for agenda in self._agendas:
            agenda.clear()
        for lane in LANES:
            for host in self._waiting[lane]:
                if host not in self._busy:
                    self._agendas[lane].schedule(host, self._not_before(host, lane))
        for due in self._ledger.due_hosts(self._calendar.horizon_ms()):
            if due.id not in self._busy and due.id not in self._agendas[due.lane]:
                self._schedule(due.id, due.lane, due.due, self._not_before(due.id, due.lane))

    def _not_before(self, host: int, lane: int) -> float:
        pace = self._hosts.pace(host)
        return pace.gap_until if lane == PROBES else pace.not_before

    def _welcome(self, stranger: int, host: int) -> None:
        """A host that visits were handed over to is in the register now: what waits for it goes on under its own number."""
        pace = self._hosts.pace(host)
        if stranger in self._busy:
            pace.not_before = pace.gap_until = self._clock.monotonic() + 60.0  # its round under the old number ends first
        for lane in LANES:
            self._agendas[lane].remove(stranger)
            moved = self._waiting[lane].pop(stranger, None)
            if moved:
                self._waiting[lane][host].extend(moved)

    def _only_moving(self, host: int, lane: int) -> bool:
        """Whether all that is due at `host` is on its way elsewhere: then its return will wake the host."""
        if not self._moving:
            return False
        before = self._calendar.before_ms(self._clock.now_ms())
        rows = self._ledger.due_targets(host, before, len(self._moving) + 1, lane)
        return bool(rows) and all(row.id in self._moving for row in rows)

    def _schedule(self, host: int, lane: int, due_ms: int, not_before: float) -> None:
        wait = max(0.0, (due_ms - self._clock.now_ms()) / 1000)
        self._agendas[lane].schedule(host, max(not_before, self._clock.monotonic() + wait))
