"""The ledger: what is remembered of each target, in SQLite. It is the journal's fold and can be made again from it.

One connection writes (the writer's thread), another reads (the patrol's). Rows live here; memory holds hosts, not targets.

    meta      mode, register digest
    position  the journal position that `states` stands for
    hosts     name, platform, least gap; the address that answered last
    subjects  code → the subject as observations carry it (JSON), and its region
    targets   what the register says of a target; `generation` tells rows of the present register from withdrawn ones.
              category: a column's, else the kind. Of targets with the same URL and rules one is asked, the leader; it counts
              its `twins`, and each of these names it as `leader`
    states    due, lane and State per target; due NULL = withdrawn, paused or led; lane 1 = probes, which go before all else;
              deadline: when the target will be overdue, NULL where that is unknown

`due` in a `crawl` ledger is the due time of the last pass that looked (0: none has), so that a new pass makes every
target due without touching a row; in a `serve` ledger it is the next due time.

synchronous=NORMAL: a power cut may lose the last transactions, never the file; the journal, which is synced before each of
them, brings them back at the next start.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self

from crawler.records import Kind
from scheduler.errors import Refused
from scheduler.journal import Position

Mode = Literal["crawl", "serve"]

APPLICATION_ID: Final = 0x78756E77  # "xunw"
SCHEMA_VERSION: Final = 2

_SCHEMA: Final = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), segment INTEGER, "offset" INTEGER, seq INTEGER, id TEXT);
CREATE TABLE passes(number INTEGER PRIMARY KEY, due INTEGER NOT NULL, finished INTEGER);
CREATE TABLE hosts(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, platform TEXT, least_s REAL, address TEXT);
CREATE TABLE subjects(code TEXT PRIMARY KEY, part BLOB NOT NULL, region TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE targets(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, host INTEGER NOT NULL,
    url TEXT NOT NULL, subject TEXT NOT NULL, part BLOB, rules BLOB, row TEXT NOT NULL, paused INTEGER NOT NULL,
    generation INTEGER NOT NULL, category TEXT NOT NULL DEFAULT '', leader INTEGER, twins INTEGER NOT NULL DEFAULT 0,
    UNIQUE(kind, key));
CREATE INDEX targets_leader ON targets(leader) WHERE leader IS NOT NULL;
CREATE TABLE states(id INTEGER PRIMARY KEY, host INTEGER NOT NULL, due INTEGER, state BLOB, lane INTEGER NOT NULL DEFAULT 0,
    deadline INTEGER);
CREATE INDEX states_due ON states(host, lane, due) WHERE due IS NOT NULL;
INSERT INTO position VALUES (1, 1, 0, 0, '');
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""

_FORWARD: Final = {
    1: """
ALTER TABLE hosts ADD COLUMN address TEXT;
ALTER TABLE subjects ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE targets ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE targets ADD COLUMN leader INTEGER;
ALTER TABLE targets ADD COLUMN twins INTEGER NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE states ADD COLUMN deadline INTEGER;
CREATE INDEX targets_leader ON targets(leader) WHERE leader IS NOT NULL;
DROP INDEX states_due;
CREATE INDEX states_due ON states(host, lane, due) WHERE due IS NOT NULL;
UPDATE subjects SET region = coalesce(json_extract(CAST(part AS TEXT), '$.region'), '');
UPDATE targets SET category = coalesce(json_extract(CAST(part AS TEXT), '$.category'), kind);
"""
}
"""What makes a ledger of form N one of form N + 1. There is no way back."""

COLUMNS: Final = 0
PROBES: Final = 1
"""Lanes: probes have capacity of their own."""


def out_of_room(error: sqlite3.Error) -> bool:
    """Whether SQLite could not write for want of room: a full disk, a quota, a limit on file sizes."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def unusable(path: Path, error: sqlite3.Error) -> Refused:
    """What to say of a ledger that SQLite will not open or read."""
    if out_of_room(error):
        return Refused(f"no room for the ledger {path} ({error}); make room on the disk and start again")
    return Refused(f"the ledger {path} is damaged ({error}); move it away and start again: it is made anew from the journal")


class LedgerFull(Exception):
    """The disk had no room for the transaction; nothing of it was kept."""


class Host(NamedTuple):
    id: int
    name: str
    platform: str | None
    least_s: float | None
    address: str | None


class DueHost(NamedTuple):
    """A host's targets in one lane that are due, its followers counted, and the earliest due."""

    id: int
    lane: int
    targets: int
    due: int


class DueTarget(NamedTuple):
    """One target as a round needs it. subject, part and rules are encoded as the journal and the round carry them."""

    id: int
    kind: Kind
    key: str
    url: str
    due: int
    subject: bytes
    part: bytes | None
    rules: bytes | None
    row: str
    state: bytes | None
    category: str
    twins: int


class Update(NamedTuple):
    """What one line changes: the state, the due column and the deadline."""

    state: bytes
    due: int | None
    deadline: int | None
    id: int


_DUE_TARGET: Final = (
    "SELECT t.id, t.kind, t.key, t.url, coalesce(s.due, 0), j.part, t.part, t.rules, t.row, s.state, t.category, t.twins "
    "FROM states s JOIN targets t ON t.id = s.id JOIN subjects j ON j.code = t.subject"
)


CACHE_KIB: Final = 32_768
GLANCE_CACHE_KIB: Final = 2_048


def _connect(path: Path, cache_kib: int = CACHE_KIB) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{cache_kib}")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _check(path: Path) -> bool:
    """Whether `path` holds a ledger of ours already; False where there is none yet. Raises Refused for anything else."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise Refused(f"{path} is not a xunwang ledger; name another --out folder")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)  # not even a checkpoint is written
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from error
    if application == 0 and version == 0 and tables == 0:
        return False  # killed before the first transaction of its making
    if application != APPLICATION_ID:
        raise Refused(f"{path} is not a xunwang ledger; name another --out folder")
    if version > SCHEMA_VERSION:
        raise Refused(
            f"the ledger {path} was written by a newer xunwang (form {version}, this one reads {SCHEMA_VERSION}); "
            "start that version"
        )
    return True


def _bring_forward(connection: sqlite3.Connection) -> None:
    """Make an older ledger one of this form; killed in the middle, it is still the older one."""
    for version in range(connection.execute("PRAGMA user_version").fetchone()[0], SCHEMA_VERSION):
        connection.executescript(f"BEGIN IMMEDIATE; {_FORWARD[version]} PRAGMA user_version = {version + 1}; COMMIT;")


class Ledger:
    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path, mode: Mode) -> Self:
        """Open the ledger for writing, making it where there is none. Raises Refused (foreign, newer, damaged, other mode)."""
        ours = _check(path)
        connection = _connect(path)
        try:
            if not ours:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN; {_SCHEMA} INSERT INTO meta VALUES ('mode', '{mode}'); COMMIT;")
            ledger = cls(path, connection)
            was = ledger.meta("mode")
            if was != mode:
                raise Refused(f"{path.parent} belongs to `xunwang {was}`; give `xunwang {mode}` a folder of its own")
            _bring_forward(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise unusable(path, error) from error
        except BaseException:
            connection.close()
            raise
        return ledger

    def reader(self) -> "Ledger":
        """A second connection, for reading while the first one writes in its own thread."""
        return self._read(CACHE_KIB)

    def glance(self) -> "Ledger":
        """A connection for one look, from whichever thread: a large cache would be filled once and thrown away."""
        return self._read(GLANCE_CACHE_KIB)

    def _read(self, cache_kib: int) -> "Ledger":
        connection = _connect(self.path, cache_kib)
        connection.execute("PRAGMA query_only = ON")
        return Ledger(self.path, connection)

    @classmethod
    def open_for_reading(cls, path: Path) -> Self:
        """A ledger that another process may be writing. Raises Refused where there is none, or one of an older form."""
        if not _check(path):
            raise Refused(f"there is no ledger at {path}; name the --out folder of a crawl or serve run")
        connection = _connect(path)
        connection.execute("PRAGMA query_only = ON")
        form = connection.execute("PRAGMA user_version").fetchone()[0]
        if form < SCHEMA_VERSION:
            connection.close()
            raise Refused(
                f"the ledger {path} was written by an older xunwang (form {form}, this one reads {SCHEMA_VERSION}); "
                "start the run that it belongs to, which brings it forward"
            )
        return cls(path, connection)

    def close(self) -> None:
        self._connection.close()

    # ---- meta ------------------------------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def position(self) -> tuple[Position, str]:
        """The committed journal position, and the id of the line that ends there ('' at the beginning)."""
        segment, offset, seq, last = self._connection.execute('SELECT segment, "offset", seq, id FROM position').fetchone()
        return Position(segment, offset, seq), last

    # ---- the fold --------------------------------------------------------------------------------------------------

    def commit(self, updates: Iterable[Update], position: Position, last_id: str) -> None:
        """One transaction: the states and the position they stand for. Raises LedgerFull with nothing changed."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                # a target that was withdrawn or paused while its visit was on its way stays so; one that is known from the
                # journal alone (generation 0) is not withdrawn
                "UPDATE states SET state = ?, due = CASE WHEN due IS NULL AND "
                "(SELECT generation FROM targets t WHERE t.id = states.id) > 0 THEN NULL ELSE ? END, deadline = ? WHERE id = ?",
                updates,
            )
            self._connection.execute('UPDATE position SET segment = ?, "offset" = ?, seq = ?, id = ?', (*position, last_id))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if out_of_room(error):
                raise LedgerFull(str(error)) from error
            raise

    def state_of(self, kind: str, key: str) -> tuple[int, int | None, bytes | None] | None:
        """(id, due, state) of a target, or None for one the ledger has never seen."""
        row: tuple[int, int | None, bytes | None] | None = self._connection.execute(
            "SELECT id, due, state FROM targets JOIN states USING (id) WHERE kind = ? AND key = ?",
            (kind, key),
        ).fetchone()
        return row

    def adopt(self, kind: str, key: str, url: str) -> int:
        """A row for a target that stands in the journal but in no register seen yet; returns its id."""
        self._connection.execute("INSERT OR IGNORE INTO hosts(id, name) VALUES (0, '')")
        cursor = self._connection.execute(
            "INSERT INTO targets(kind, key, host, url, subject, row, paused, generation) VALUES (?, ?, 0, ?, '', '', 0, 0)",
            (kind, key, url),
        )
        identifier = cursor.lastrowid
        assert identifier is not None
        self._connection.execute("INSERT INTO states(id, host, due, state) VALUES (?, 0, NULL, NULL)", (identifier,))
        return identifier

    def note_addresses(self, seen: Iterable[tuple[str, int]]) -> None:
        """(address, host id) of hosts that answered from a new address."""
        self._connection.executemany("UPDATE hosts SET address = ? WHERE id = ?", seen)

    def transaction(self) -> sqlite3.Connection:
        """The writing connection, for the start-up work (replay, enrolment) that runs before the writer's thread."""
        return self._connection

    # ---- planning --------------------------------------------------------------------------------------------------

    def hosts(self) -> Iterator[Host]:
        for row in self._connection.execute("SELECT id, name, platform, least_s, address FROM hosts WHERE id > 0"):
            yield Host(*row)

    def due_hosts(self, before_ms: int) -> Iterator[DueHost]:
        """Hosts with targets due before `before_ms`: how many, and the earliest due."""
        for row in self._connection.execute(
            "SELECT host, lane, count(*), min(due) FROM states WHERE due < ? GROUP BY host, lane", (before_ms,)
        ):
            yield DueHost(*row)

    def due_lines(self, before_ms: int) -> int:
        """Lines that the targets due before `before_ms` will end in: their own and those of their twins."""
        row = self._connection.execute(
            "SELECT count(*) + coalesce(sum(t.twins), 0) FROM states s JOIN targets t USING (id) WHERE s.due < ?", (before_ms,)
        ).fetchone()
        return int(row[0])

    def next_due(self, host: int, lane: int = COLUMNS) -> int | None:
        row = self._connection.execute(
            "SELECT min(due) FROM states WHERE host = ? AND lane = ? AND due IS NOT NULL", (host, lane)
        ).fetchone()
        due: int | None = row[0]
        return due

    def host_of(self, target: int) -> int:
        """The number of the host that `target` is asked at; 0 for a target the ledger does not know."""
        row = self._connection.execute("SELECT host FROM states WHERE id = ?", (target,)).fetchone()
        return int(row[0]) if row else 0

    def due_targets(self, host: int, before_ms: int, limit: int, lane: int = COLUMNS) -> list[DueTarget]:
        rows = self._connection.execute(
            f"{_DUE_TARGET} WHERE s.host = ? AND s.lane = ? AND s.due < ? ORDER BY s.due, s.id LIMIT ?",
            (host, lane, before_ms, limit),
        )
        return [DueTarget(*row) for row in rows]

    def due_count(self, host: int, before_ms: int) -> int:
        """How many columns of `host` are due."""
        row = self._connection.execute(
            "SELECT count(*) FROM states WHERE host = ? AND lane = ? AND due < ?", (host, COLUMNS, before_ms)
        ).fetchone()
        return int(row[0])

    def twins_of(self, leader: int) -> list[DueTarget]:
        """The targets that are looked at with `leader`; their `due` is 0."""
        return [
            DueTarget(*row) for row in self._connection.execute(f"{_DUE_TARGET} WHERE t.leader = ? ORDER BY t.id", (leader,))
        ]

    def outstanding(self, now_ms: int) -> tuple[int, int, int | None]:
        """Visits that the ledger holds a due time for, those of them that are due, and the oldest due."""
        count, due, oldest = self._connection.execute(
            "SELECT count(*), coalesce(sum(due <= :now), 0), min(due) FROM states WHERE due IS NOT NULL", {"now": now_ms}
        ).fetchone()
        return count, due, oldest if oldest is not None and oldest <= now_ms else None

    def scheduled_by_category(self) -> list[tuple[str, int]]:
        """(category, targets with a due time)."""
        return self._connection.execute(
            "SELECT t.category, count(*) FROM states s JOIN targets t USING (id) WHERE s.due IS NOT NULL GROUP BY t.category"
        ).fetchall()

    def freshness(self, now_ms: int, soon_ms: int) -> Iterator[tuple[str, str, str, int]]:
        """(region, category, fresh | due_soon | overdue | unknown, count) of what is watched, probes excepted."""
        yield from self._connection.execute(
            "SELECT j.region, t.category, CASE WHEN s.deadline IS NULL THEN 'unknown' WHEN s.deadline <= :now THEN 'overdue' "
            "WHEN s.deadline <= :soon THEN 'due_soon' ELSE 'fresh' END AS freshness, count(*) FROM states s "
            "JOIN targets t USING (id) JOIN subjects j ON j.code = t.subject WHERE s.lane = 0 "
            "AND (s.due IS NOT NULL OR t.leader IS NOT NULL) GROUP BY 1, 2, 3",
            {"now": now_ms, "soon": soon_ms},
        )

    # ---- passes ----------------------------------------------------------------------------------------------------

    def last_pass(self) -> tuple[int, int, int | None] | None:
        """(number, due, finished) of the latest pass."""
        row: tuple[int, int, int | None] | None = self._connection.execute(
            "SELECT number, due, finished FROM passes ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return row

    def begin_pass(self, number: int, due_ms: int, only: Iterable[str] | None = None) -> None:
        """A new pass over all targets, or over those with the keys `only`: the others count as looked at in it."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO passes VALUES (?, ?, NULL)", (number, due_ms))
        if only is not None:
            connection.execute(
                "UPDATE states SET due = ? WHERE due IS NOT NULL AND id NOT IN "
                "(SELECT coalesce(leader, id) FROM targets WHERE key IN (SELECT value FROM json_each(?)))",
                (due_ms, json.dumps(list(only))),
            )
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, 'yes')", (f"only {number}",))
        connection.execute("COMMIT")

    def finish_pass(self, number: int, finished_ms: int) -> None:
        self._connection.execute("UPDATE passes SET finished = ? WHERE number = ?", (finished_ms, number))
