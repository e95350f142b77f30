"""One host's due targets become a round. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from crawler.records import Kind, Memory, Round, Rules, Visit
from scheduler.calendar import Calendar
from scheduler.conclude import Task
from scheduler.ledger import DueTarget
from scheduler.pace import HostPace
from scheduler.slots import Slots
from scheduler.state import State, decode_state

PLANNED_S: Final = 15.0
DEADLINE_S: Final = 60.0
MOST_VISITS: Final = 64
FULL_EVERY: Final = 10
"""Answers 304 in a row after which a full fetch is asked for, whatever the validators say."""

_rules = msgspec.msgpack.Decoder(Rules).decode


class _Printed(msgspec.Struct, frozen=True):
    """The one field of a subject (JSON) that a visit needs."""

    platform: str | None = None


_OF_ACCOUNTS: Final = frozenset({"account", "report"})
_printed = msgspec.json.Decoder(_Printed).decode


def memory(kind: Kind, state: State | None, row: str, reader: int, full_every: int) -> Memory | None:
    """What the fetched page may be compared with: nothing where another reader or another register row read it last.

    An account's page is always read: its state (deleted, moved, …) is no part of the reading that is remembered. Validators
    that were caught lying are not sent, and now and then none are.
    """
    if kind == "account" or state is None or state.reader != reader or state.row != row or not state.reading:
        return None
    if state.distrusted or state.conditional >= full_every:
        return Memory(state.digest)
    return Memory(state.digest, state.etag, state.last_modified)


def task_of(
    target: DueTarget, host: int, calendar: Calendar, reader: int, full_every: int, twins: Sequence[DueTarget] = ()
) -> Task:
    """The due visit of `target`; `twins` are reported with it, unless their line for this very due time is written already."""
    due_ms = calendar.due_ms(target)
    task = _task(target, host, due_ms, reader, full_every)
    led = tuple(
        twin
        for twin in (_task(row, host, due_ms, reader, full_every) for row in twins)
        if twin.state is None or twin.state.due_ms != due_ms
    )
    if not led:
        return task
    known = task.visit.memory
    if known and any(twin.visit.memory is None or twin.visit.memory.digest != known.digest for twin in led):
        task = msgspec.structs.replace(task, visit=msgspec.structs.replace(task.visit, memory=None))
    return msgspec.structs.replace(task, twins=led)


def _task(target: DueTarget, host: int, due_ms: int, reader: int, full_every: int) -> Task:
    state = decode_state(target.state) if target.state else None
    kind: Kind = target.kind
    visit = Visit(
        number=0,
        kind=kind,
        target=target.key,
        url=target.url,
        due_ms=due_ms,
        rules=_rules(target.rules) if target.rules else None,
        memory=memory(kind, state, target.row, reader, full_every),
        platform=_printed(target.subject).platform if kind in _OF_ACCOUNTS else None,
    )
    return Task(target.id, host, visit, target.subject, target.part, target.row, state, target.category or kind)


def round_of(
    number: int,
    host: str,
    pace: HostPace,
    slots: Slots | None,
    tasks: Sequence[Task],
    now: float,
    deadline_s: float,
    first: float | None = None,
) -> tuple[Round, list[Task]]:
    """A round of as many of `tasks` as the platform has slots for, and those tasks with their visits numbered.

    `now` is the round's start. A visit that is wont to take several requests gets as many slots. `first` is a slot that was
    booked for the first visit before, in seconds after `now`.
    """
    starts: list[float] = []
    made = len(tasks)
    if slots is not None:
        each = max(1.0, pace.requests_per_visit)
        starts = [] if first is None else [first]
        begin, more = (0.0, made) if first is None else (max(0.0, first) + pace.step(), made - 1)
        starts += slots.book(now, round(more * each + 0.49), begin, pace.step(), min(PLANNED_S, deadline_s))
        made = min(made, max(min(1, len(starts)), int(len(starts) / each)))
    numbered = [
        msgspec.structs.replace(task, visit=msgspec.structs.replace(task.visit, number=index))
        for index, task in enumerate(tasks[:made])
    ]
    visits = tuple(task.visit for task in numbered)
    return Round(number, host, visits, pace.gap, deadline_s, tuple(starts)), numbered
