"""One host's due targets become a round. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from crawler.records import Kind, Memory, Round, Rules, Visit
from scheduler.calendar import Calendar
from scheduler.conclude import Task
from scheduler.ledger import DueTarget
from scheduler.pace import HostPace
from scheduler.state import State, decode_state

PLANNED_S: Final = 15.0
DEADLINE_S: Final = 60.0
MOST_VISITS: Final = 64

_rules = msgspec.msgpack.Decoder(Rules).decode


def memory(kind: Kind, state: State | None, row: str, reader: int) -> Memory | None:
    """What the fetched page may be compared with: nothing where another reader or another register row read it last.

    An account's page is always read: its state (deleted, moved, …) is no part of the reading that is remembered.
    """
    if kind == "account" or state is None or state.reader != reader or state.row != row or not state.reading:
        return None
    return Memory(state.digest, state.etag, state.last_modified)


def task_of(target: DueTarget, host: int, calendar: Calendar, reader: int) -> Task:
    state = decode_state(target.state) if target.state else None
    kind: Kind = target.kind
    visit = Visit(
        number=0,
        kind=kind,
        target=target.key,
        url=target.url,
        due_ms=calendar.due_ms(target),
        rules=_rules(target.rules) if target.rules else None,
        memory=memory(kind, state, target.row, reader),
    )
    return Task(target.id, host, visit, target.subject, target.part, target.row, state)


def round_of(number: int, host: str, pace: HostPace, tasks: Sequence[Task], now: float) -> tuple[Round, list[Task]]:
    """A round of as many of `tasks` as the platform has slots for, and those tasks with their visits numbered."""
    starts = [0.0] * len(tasks)
    if pace.platform is not None:
        starts = pace.platform.slots(now, len(tasks), PLANNED_S)
    numbered = [
        msgspec.structs.replace(task, visit=msgspec.structs.replace(task.visit, number=index, start_after_s=start))
        for index, (task, start) in enumerate(zip(tasks, starts, strict=False))
    ]
    return Round(number, host, tuple(task.visit for task in numbered), pace.gap, DEADLINE_S), numbered
