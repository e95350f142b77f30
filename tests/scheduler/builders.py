"""Small ledgers, tasks, sightings and lines for tests, made without a register or a crawler."""

import errno
import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from crawler.records import Item, Kind, Memory, Outcome, Reading, Sighting, SubjectPart, Visit, observation_id
from scheduler.calendar import Pass
from scheduler.conclude import House, Task, conclude, encode_line
from scheduler.journal import Position
from scheduler.ledger import COLUMNS, PROBES, Ledger
from scheduler.state import State, decode_state
from scheduler.writer import Entry

START_MS = 1_763_780_000_000
HOUSE = House("sha256:0", 1, "default", "0")
SUBJECT = msgspec.json.encode(SubjectPart("5115000001", "site", "某县"))
LIST = Reading("list", newest="2026-11-20", precision="day", source="row", text="2026-11-20", items=1, dated=1)
ROW = "row-1"


def populate(
    ledger: Ledger, hosts: Mapping[str, Sequence[str]], *, due: int = 0, platform: str | None = None, kind: Kind = "home"
) -> None:
    """Hosts with their home targets, never looked at, as an enrolment leaves them."""
    connection = ledger.transaction()
    connection.execute("INSERT OR IGNORE INTO subjects VALUES ('5115000001', ?, '')", (SUBJECT,))
    for name, keys in hosts.items():
        cursor = connection.execute("INSERT INTO hosts(name, platform) VALUES (?, ?)", (name, platform))
        for key in keys:
            target = connection.execute(
                "INSERT INTO targets(kind, key, host, url, subject, row, paused, generation, category) "
                "VALUES (?, ?, ?, ?, '5115000001', ?, 0, 1, ?)",
                (kind, key, cursor.lastrowid, f"http://{name}/{key}", ROW, kind),
            ).lastrowid
            connection.execute(
                "INSERT INTO states(id, host, due, lane) VALUES (?, ?, ?, ?)",
                (target, cursor.lastrowid, due, PROBES if kind == "probe" else COLUMNS),
            )


def task(
    key: str = "k", *, due_ms: int = START_MS, target_id: int = 1, state: State | None = None, memory: Memory | None = None
) -> Task:
    visit = Visit(0, "home", key, f"http://a.test/{key}", due_ms, memory=memory)
    return Task(target_id, 1, visit, SUBJECT, None, ROW, state)


def sighting(outcome: Outcome = "ok", reading: Reading | None = LIST, *titles: str, at_ms: int = START_MS + 5) -> Sighting:
    """A look with one item per title, each at an address of its own."""
    items = tuple(Item(title, f"http://a.test/{title}", "2026-11-20") for title in titles)
    return Sighting(1, 0, at_ms, outcome, reading=reading, items=items, digest="d", etag='"e"', last_modified="Sun")


def entry(seq: int, key: str = "k", target_id: int = 1, titles: Sequence[str] = ()) -> Entry:
    """The finished visit that becomes line `seq`, if it is written in that place."""
    line, state = conclude(task(key, due_ms=START_MS + seq), sighting("ok", LIST, *titles, at_ms=START_MS + seq), HOUSE)
    line.seq = seq
    return Entry(line, state, state.due_ms, None, target_id, 1, 1)


def raw_line(seq: int, key: str = "k", titles: Sequence[str] = ()) -> bytes:
    return encode_line(entry(seq, key, titles=titles).line) + b"\n"


def line_id(key: str, due_ms: int) -> str:
    return observation_id("home", key, due_ms, "default", "public_http")


def states(ledger: Ledger) -> dict[tuple[str, str], tuple[int | None, State]]:
    """(kind, key) → (due, state) of every target that was looked at."""
    rows = ledger.transaction().execute(
        "SELECT kind, key, due, state FROM targets JOIN states USING (id) WHERE state IS NOT NULL"
    )
    return {(kind, key): (due, decode_state(state)) for kind, key, due, state in rows}


def without_validators(state: State) -> State:
    """What a journal can give back: lines carry no validators and no register row."""
    return msgspec.structs.replace(state, row="", etag=None, last_modified=None)


def bare(ledger: Ledger) -> dict[tuple[str, str], tuple[int | None, State]]:
    return {key: (due, without_validators(state)) for key, (due, state) in states(ledger).items()}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes: a disk quota, as far as the kernel's answers go."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def half_write_then_full(patch: pytest.MonkeyPatch) -> None:
    """The next os.write takes half of what it is given, the one after finds no room."""
    real = os.write
    calls: list[int] = []

    def write(fd: int, data: memoryview) -> int:
        calls.append(len(data))
        if len(calls) == 1:
            return real(fd, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr(os, "write", write)


BEGINNING = Position(1, 0, 0)


PASS = Pass()
"""The calendar of a crawl's ledger."""


def new_journal_folder(folder: Path) -> Path:
    path = folder / "journal"
    path.mkdir(parents=True, exist_ok=True)
    return path
