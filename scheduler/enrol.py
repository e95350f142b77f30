"""The register into the ledger: rows that are new, changed, withdrawn or paused.

Runs at start-up, and again when the register of a service changes; in one transaction, so a killed enrolment leaves the
ledger as it was. A withdrawn target keeps its state; should it come back, its history goes on.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
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
        """The due column of a target that was never looked at."""
        ...


def enrol(ledger: Ledger, register: Register, initial_due: InitialDue, today: str) -> Enrolment:
    """Make the ledger hold what `register` says. `today` (ISO date) decides which pauses have ended."""
    connection = ledger.transaction()
    connection.execute("BEGIN IMMEDIATE")
    try:
        if ledger.meta("register") != register.digest or ledger.meta("enrolled_on") != today:
            generation = int(ledger.meta("generation") or 0) + 1
            _take_rows(connection, read_accepted(register.path), generation, today)
            _settle(connection, generation, initial_due)
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
    hosts = dict(connection.execute("SELECT name, id FROM hosts"))
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
        _take_hosts(connection, hosts, targets, platforms)
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


def _take_hosts(
    connection: sqlite3.Connection,
    hosts: dict[str, int],
    targets: Iterable[Target],
    platforms: dict[str, str | None],
) -> None:
    """Host rows; the widest gap that any row of a host asks for holds for the host, and a subject's platform for its hosts."""
    for target in targets:
        platform = platforms.get(target.subject)
        if target.host not in hosts:
            cursor = connection.execute(
                "INSERT INTO hosts(name, platform, least_s) VALUES (?, ?, ?)",
                (target.host, platform, target.pace_s),
            )
            assert cursor.lastrowid is not None
            hosts[target.host] = cursor.lastrowid
        elif target.pace_s is not None or (platform and target.kind == "home"):
            connection.execute(
                "UPDATE hosts SET least_s = max(coalesce(least_s, 0), coalesce(?, least_s)), "
                "platform = coalesce(?, platform) WHERE name = ?",
                (target.pace_s, platform, target.host),
            )


def _settle(connection: sqlite3.Connection, generation: int, initial_due: Callable[[str], int]) -> None:
    """Due times: none for withdrawn and paused targets; new ones get their first; returned ones go on from their last."""
    connection.create_function("initial_due", 1, initial_due, deterministic=True)
    connection.create_function("last_due", 1, lambda state: decode_state(state).due_ms, deterministic=True)
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
        "UPDATE states SET due = CASE WHEN state IS NULL THEN initial_due(t.key) ELSE last_due(state) END "
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
