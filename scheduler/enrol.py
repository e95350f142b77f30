"""The register into the ledger: rows that are new, changed, withdrawn or paused.

Runs at start-up, and again when the register of a service changes; in one transaction, so a killed enrolment leaves the
ledger as it was. A withdrawn target keeps its state; should it come back, its history goes on.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple, Protocol

import msgspec

from crawler.records import ColumnPart, Rules, SubjectPart
from register import Register, Subject, Target, read_accepted, row_digest
from scheduler.ledger import Ledger
from scheduler.state import decode_state

BATCH: Final = 5000

_json = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


class Enrolment(NamedTuple):
    """What the ledger now holds: targets watched, paused (不检查), and withdrawn since the register before."""

    watched: int
    paused: int
    withdrawn: int


class InitialDue(Protocol):
    def __call__(self, key: str) -> int:
        """The due column of a target that is new. One that comes back is due no earlier than its last look."""
        ...


def enrol(ledger: Ledger, register: Register, initial_due: InitialDue, today: str) -> Enrolment:
    """Make the ledger hold what `register` says. `today` (ISO date) decides which pauses have ended."""
    connection = ledger.transaction()
    connection.execute("BEGIN IMMEDIATE")
    try:
        if ledger.meta("register") != register.digest or ledger.meta("enrolled_on") != today:
            generation = int(ledger.meta("generation") or 0) + 1
            _take_rows(connection, read_accepted(register.path), generation, today)
            _settle(connection, generation, initial_due, int(ledger.meta("mode") == "serve"))
            _note(connection, register=register.digest, generation=str(generation), enrolled_on=today)
        counts = connection.execute(
            "SELECT sum(s.due IS NOT NULL), coalesce(sum(s.due IS NULL AND t.paused AND t.generation = :g), 0), "
            "coalesce(sum(t.generation < :g AND t.generation > 0), 0) FROM targets t JOIN states s USING (id)",
            {"g": int(ledger.meta("generation") or 0)},
        ).fetchone()
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return Enrolment(*(int(count or 0) for count in counts))


def _take_rows(connection: sqlite3.Connection, rows: Iterator[Subject | Target], generation: int, today: str) -> None:
    hosts: dict[str, int] = dict(connection.execute("SELECT name, id FROM hosts"))
    wishes = _Wishes()
    platforms: dict[str, str | None] = {}
    paused_subjects: set[str] = set()
    while chunk := list(islice(rows, BATCH)):
        subjects = [row for row in chunk if isinstance(row, Subject)]
        targets = [row for row in chunk if isinstance(row, Target)]
        for subject in subjects:
            platforms[subject.code] = subject.platform if subject.kind != "account" else None
            if _is_paused(subject, today) or subject.parent in paused_subjects:
                paused_subjects.add(subject.code)
        connection.executemany(
            "INSERT INTO subjects VALUES (?, ?) ON CONFLICT(code) DO UPDATE SET part = excluded.part",
            ((subject.code, _subject_part(subject)) for subject in subjects),
        )
        _take_hosts(connection, hosts, targets)
        for target in targets:
            wishes.add(target, platforms.get(target.subject))
        connection.executemany(
            "INSERT INTO targets(kind, key, host, url, subject, part, rules, row, paused, generation) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(kind, key) DO UPDATE SET host = excluded.host, "
            "url = excluded.url, subject = excluded.subject, part = excluded.part, rules = excluded.rules, "
            "row = excluded.row, paused = excluded.paused, generation = excluded.generation",
            (
                (
                    target.kind,
                    target.key,
                    hosts[target.host],
                    target.url,
                    target.subject,
                    _column_part(target),
                    _rules(target),
                    row_digest(target),
                    _is_paused(target, today) or target.subject in paused_subjects,
                    generation,
                )
                for target in targets
            ),
        )
    wishes.write(connection)


class _Wishes:
    """What the rows of each host ask for: the widest gap, and a platform, that of its home page before any other's."""

    def __init__(self) -> None:
        self._gaps: dict[str, float] = {}
        self._platforms: dict[str, tuple[bool, str]] = {}

    def add(self, target: Target, platform: str | None) -> None:
        if target.pace_s is not None:
            self._gaps[target.host] = max(target.pace_s, self._gaps.get(target.host, 0.0))
        if platform:
            wish = (target.kind == "home", platform)
            if target.host not in self._platforms or (wish[0] and not self._platforms[target.host][0]):
                self._platforms[target.host] = wish

    def write(self, connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE hosts SET least_s = NULL, platform = NULL")  # what an earlier register asked for ends
        connection.executemany("UPDATE hosts SET least_s = ? WHERE name = ?", ((gap, host) for host, gap in self._gaps.items()))
        connection.executemany(
            "UPDATE hosts SET platform = ? WHERE name = ?", ((wish[1], host) for host, wish in self._platforms.items())
        )


def _take_hosts(connection: sqlite3.Connection, hosts: dict[str, int], targets: Iterable[Target]) -> None:
    for target in targets:
        if target.host not in hosts:
            cursor = connection.execute("INSERT INTO hosts(name) VALUES (?)", (target.host,))
            assert cursor.lastrowid is not None
            hosts[target.host] = cursor.lastrowid


def _settle(connection: sqlite3.Connection, generation: int, initial_due: InitialDue, after_last: int) -> None:
    """Due times: none for withdrawn and paused targets; new ones get their first; returned ones go on from their last."""

    def due_of(key: str, state: bytes | None) -> int:
        first = initial_due(key)
        return max(first, decode_state(state).due_ms + after_last) if state else first

    connection.create_function("due_of", 2, due_of, deterministic=True)
    connection.execute(
        "INSERT INTO states(id, host, due, state) SELECT id, host, NULL, NULL FROM targets "
        "WHERE id NOT IN (SELECT id FROM states)"
    )
    connection.execute("UPDATE states SET host = t.host FROM targets t WHERE t.id = states.id AND t.host <> states.host")
    connection.execute(
        "UPDATE states SET due = NULL FROM targets t WHERE t.id = states.id AND states.due IS NOT NULL "
        "AND (t.generation <> ? OR t.paused)",
        (generation,),
    )
    connection.execute(
        "UPDATE states SET due = due_of(t.key, state) "
        "FROM targets t WHERE t.id = states.id AND states.due IS NULL AND t.generation = ? AND NOT t.paused",
        (generation,),
    )


def _note(connection: sqlite3.Connection, **values: str) -> None:
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def _is_paused(row: Subject | Target, today: str) -> bool:
    return row.paused is not None and not (row.paused.until and row.paused.until < today)


def _subject_part(subject: Subject) -> bytes:
    return _json(
        SubjectPart(
            subject.code,
            subject.kind,
            subject.name,
            subject.unit,
            subject.short,
            subject.region,
            subject.level,
            subject.platform,
            subject.parent,
        )
    )


def _column_part(target: Target) -> bytes | None:
    if target.kind != "column":
        return None
    return _json(ColumnPart(target.name or "", target.category or "other", target.first_level, target.unit))


def _rules(target: Target) -> bytes | None:
    if not (target.selector or target.json_path or target.charset):
        return None
    return _pack(Rules(target.selector, target.json_path, target.charset))
