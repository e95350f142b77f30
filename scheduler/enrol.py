"""The register into the ledger: rows that are new, changed, withdrawn or paused.

Runs at start-up, and again when the register of a service changes; in one transaction, so a killed enrolment leaves the
ledger as it was. A withdrawn target keeps its state; should it come back, its history goes on.

A service probes each home page beside looking at it: one more target, of kind `probe`, in a lane of its own. Columns (or
accounts) of the same URL and the same rules are looked at together: the first is their leader, the others have no due time.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple, Protocol

import msgspec

from crawler.records import ColumnPart, Rules, SubjectPart
from register import Register, Subject, Target, read_accepted, row_digest
from scheduler.accounts.routes import Routes
from scheduler.ledger import COLUMNS, PROBES, Ledger
from scheduler.state import decode_state

BATCH: Final = 5000

_json = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode


class Enrolment(NamedTuple):
    """What the ledger now holds: targets watched, paused (不检查), and withdrawn since the register before.

    scheduled, dropped  due times that this enrolment gave and took away
    """

    watched: int
    paused: int
    withdrawn: int
    scheduled: int = 0
    dropped: int = 0


class InitialDue(Protocol):
    def __call__(self, kind: str, category: str, key: str) -> int:
        """The due column of a target that is new. One that comes back is due no earlier than its last look."""
        ...


def enrol(
    ledger: Ledger,
    register: Register,
    initial_due: InitialDue,
    today: str,
    *,
    probes: bool = False,
    routes: Routes | None = None,
) -> Enrolment:
    """Make the ledger hold what `register` says. `today` (ISO date) decides which pauses have ended.

    probes: each home page is a target of kind `probe` as well. routes: where the visits of accounts wait.
    """
    routes = routes or Routes()
    connection = ledger.transaction()
    connection.execute("BEGIN IMMEDIATE")
    scheduled = dropped = 0
    try:
        if _seen(ledger) != (register.digest, today, routes.digest):
            generation = int(ledger.meta("generation") or 0) + 1
            _take_rows(connection, read_accepted(register.path), generation, today, routes, probes=probes)
            _pair_twins(connection, generation)
            scheduled, dropped = _settle(connection, generation, initial_due, int(ledger.meta("mode") == "serve"))
            _note(connection, register=register.digest, generation=str(generation), enrolled_on=today, routes=routes.digest)
        counts = connection.execute(
            "SELECT sum(s.due IS NOT NULL OR (t.leader IS NOT NULL AND t.generation = :g)), "
            "coalesce(sum(s.due IS NULL AND t.paused AND t.generation = :g), 0), "
            "coalesce(sum(t.generation < :g AND t.generation > 0), 0) FROM targets t JOIN states s USING (id)",
            {"g": int(ledger.meta("generation") or 0)},
        ).fetchone()
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    watched, paused, withdrawn = (int(count or 0) for count in counts)
    return Enrolment(watched, paused, withdrawn, scheduled, dropped)


def _seen(ledger: Ledger) -> tuple[str | None, str | None, str]:
    """What the ledger was enrolled from."""
    return ledger.meta("register"), ledger.meta("enrolled_on"), ledger.meta("routes") or ""


def _take_rows(
    connection: sqlite3.Connection,
    rows: Iterator[Subject | Target],
    generation: int,
    today: str,
    routes: Routes,
    *,
    probes: bool,
) -> None:
    hosts: dict[str, int] = dict(connection.execute("SELECT name, id FROM hosts"))
    wishes = _Wishes()
    platforms: dict[str, str | None] = {}
    paused_subjects: set[str] = set()
    rows = routes.through(rows)
    while chunk := list(islice(rows, BATCH)):
        subjects = [row for row in chunk if isinstance(row, Subject)]
        targets = [row for row in chunk if isinstance(row, Target)]
        for subject in subjects:
            platforms[subject.code] = subject.platform if subject.kind != "account" else None
            if _is_paused(subject, today) or subject.parent in paused_subjects:
                paused_subjects.add(subject.code)
        connection.executemany(
            "INSERT INTO subjects VALUES (?, ?, ?) "
            "ON CONFLICT(code) DO UPDATE SET part = excluded.part, region = excluded.region",
            ((subject.code, _subject_part(subject), subject.region or "") for subject in subjects),
        )
        _take_hosts(connection, hosts, targets)
        for target in targets:
            wishes.add(target, platforms.get(target.subject))
        connection.executemany(
            "INSERT INTO targets(kind, key, host, url, subject, part, rules, row, paused, generation, category) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(kind, key) DO UPDATE SET host = excluded.host, "
            "url = excluded.url, subject = excluded.subject, part = excluded.part, rules = excluded.rules, "
            "row = excluded.row, paused = excluded.paused, generation = excluded.generation, category = excluded.category",
            (
                (
                    kind,
                    target.key,
                    hosts[target.host],
                    target.url,
                    target.subject,
                    _column_part(target),
                    _rules(target),
                    row_digest(target),
                    _is_paused(target, today) or target.subject in paused_subjects,
                    generation,
                    target.category or "other" if kind == "column" else kind,
                )
                for target in targets
                for kind in ((target.kind, "probe") if probes and target.kind == "home" else (target.kind,))
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


def _pair_twins(connection: sqlite3.Connection, generation: int) -> None:
    """Columns, and accounts, of the same URL and rules: the first is asked, the others are reported with it."""
    connection.execute("UPDATE targets SET leader = NULL, twins = 0 WHERE leader IS NOT NULL OR twins > 0")
    connection.execute("CREATE TEMP TABLE pairs(lead INTEGER, count INTEGER, kind TEXT, url TEXT, rules BLOB)")
    connection.execute(
        "INSERT INTO pairs SELECT min(id), count(*) - 1, kind, url, rules FROM targets WHERE generation = ? AND NOT paused "
        "AND url <> '' AND kind IN ('column', 'account') GROUP BY url, kind, rules HAVING count(*) > 1",
        (generation,),
    )
    connection.execute(
        "UPDATE targets SET leader = p.lead FROM pairs p WHERE targets.url = p.url AND targets.kind = p.kind "
        "AND targets.rules IS p.rules AND targets.id <> p.lead AND targets.generation = ? AND NOT targets.paused",
        (generation,),
    )
    connection.execute("UPDATE targets SET twins = p.count FROM pairs p WHERE targets.id = p.lead")
    connection.execute("DROP TABLE pairs")


def _settle(connection: sqlite3.Connection, generation: int, initial_due: InitialDue, after_last: int) -> tuple[int, int]:
    """Due times: none for withdrawn, paused and led targets; new ones get their first; returned ones go on from their last.

    Returns how many were given and how many taken away.
    """

    def due_of(kind: str, category: str, key: str, state: bytes | None) -> int:
        first = initial_due(kind, category, key)
        return max(first, decode_state(state).due_ms + after_last) if state else first

    connection.create_function("due_of", 4, due_of, deterministic=True)
    connection.execute(
        "INSERT INTO states(id, host, due, state, lane) SELECT id, host, NULL, NULL, CASE kind WHEN 'probe' THEN ? ELSE ? END "
        "FROM targets WHERE id NOT IN (SELECT id FROM states)",
        (PROBES, COLUMNS),
    )
    connection.execute("UPDATE states SET host = t.host FROM targets t WHERE t.id = states.id AND t.host <> states.host")
    dropped = connection.execute(
        "UPDATE states SET due = NULL FROM targets t WHERE t.id = states.id AND states.due IS NOT NULL "
        "AND (t.generation <> ? OR t.paused OR t.leader IS NOT NULL)",
        (generation,),
    ).rowcount
    scheduled = connection.execute(
        "UPDATE states SET due = due_of(t.kind, t.category, t.key, state) "
        "FROM targets t WHERE t.id = states.id AND states.due IS NULL AND t.generation = ? AND NOT t.paused "
        "AND t.leader IS NULL",
        (generation,),
    ).rowcount
    return scheduled, dropped


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
