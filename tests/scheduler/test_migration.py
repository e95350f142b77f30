"""A ledger of the first form is brought forward with all it knows; there is no way back."""

import sqlite3
from pathlib import Path

import msgspec
import pytest

from crawler.records import ColumnPart, SubjectPart
from register import Register, Subject, Target
from scheduler.calendar import Revisit
from scheduler.enrol import enrol
from scheduler.errors import Refused
from scheduler.journal import Position
from scheduler.ledger import APPLICATION_ID, COLUMNS, PROBES, SCHEMA_VERSION, Ledger, Update
from scheduler.revisit import Policy
from scheduler.state import State, decode_state, encode_state
from tests.scheduler.builders import START_MS
from tests.scheduler.station import column, home, site

FORM_1 = f"""
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), segment INTEGER, "offset" INTEGER, seq INTEGER, id TEXT);
CREATE TABLE passes(number INTEGER PRIMARY KEY, due INTEGER NOT NULL, finished INTEGER);
CREATE TABLE hosts(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, platform TEXT, least_s REAL);
CREATE TABLE subjects(code TEXT PRIMARY KEY, part BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE targets(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, host INTEGER NOT NULL,
    url TEXT NOT NULL, subject TEXT NOT NULL, part BLOB, rules BLOB, row TEXT NOT NULL, paused INTEGER NOT NULL,
    generation INTEGER NOT NULL, UNIQUE(kind, key));
CREATE TABLE states(id INTEGER PRIMARY KEY, host INTEGER NOT NULL, due INTEGER, state BLOB);
CREATE INDEX states_due ON states(host, due) WHERE due IS NOT NULL;
INSERT INTO position VALUES (1, 1, 0, 0, '');
INSERT INTO meta VALUES ('mode', 'serve'), ('register', 'sha256:1'), ('generation', '1'), ('enrolled_on', '2026-11-20');
INSERT INTO hosts VALUES (1, 'a.test', 'cluster', 2.5);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""
OLD_STATE = [
    START_MS - 5000,
    START_MS - 4990,
    "ok",
    "digest",
    1,
    "row",
    b'{"state":"list","newest":"2026-11-01"}',
    b"",
    0,
    True,
]
"""As the first form wrote it: without the fields that came later."""
KEY = "5115000001/c0"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of form 1: a home page and a news column that was looked at, and a column without a category."""
    path = tmp_path / "ledger.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(FORM_1)
    part = msgspec.json.encode(SubjectPart("5115000001", "site", "某县", region="宜宾市"))
    connection.execute("INSERT INTO subjects VALUES ('5115000001', ?)", (part,))
    news = msgspec.json.encode(ColumnPart("动态", "news"))
    rows = [("home", "5115000001/@home", None, None), ("column", KEY, news, msgspec.msgpack.encode(OLD_STATE))]
    for identifier, (kind, key, column_part, state) in enumerate(rows, 1):
        connection.execute(
            "INSERT INTO targets VALUES (?, ?, ?, 1, ?, '5115000001', ?, NULL, 'row', 0, 1)",
            (identifier, kind, key, f"http://a.test/{identifier}", column_part),
        )
        connection.execute("INSERT INTO states VALUES (?, 1, ?, ?)", (identifier, START_MS + identifier, state))
    connection.commit()
    connection.close()
    return path


def tables(path: Path) -> list[tuple[str, str]]:
    """(table, column) of everything there is."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")]
    found = [(name, row[1]) for name in names for row in connection.execute(f"SELECT * FROM pragma_table_info('{name}')")]
    found += [(name, row[2]) for name in names for row in connection.execute(f"SELECT * FROM pragma_index_info('{name}')")]
    connection.close()
    return sorted(found, key=str)


def test_an_old_ledger_has_the_form_of_a_new_one_when_it_was_opened(path: Path, tmp_path: Path) -> None:
    Ledger.open(path, "serve").close()
    new = tmp_path / "new" / "ledger.sqlite"
    new.parent.mkdir()
    Ledger.open(new, "serve").close()
    assert tables(path) == tables(new)
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_due_times_states_and_hosts_are_kept(path: Path) -> None:
    ledger = Ledger.open(path, "serve")
    found = ledger.state_of("column", KEY)
    assert found is not None
    assert found[:2] == (2, START_MS + 2)
    state = decode_state(found[2] or b"")
    assert (state.digest, state.reader, state.looked) == ("digest", 1, True)
    assert (state.interval_ms, state.conditional, state.distrusted) == (0, 0, False)
    [host] = ledger.hosts()
    assert (host.name, host.platform, host.least_s, host.address) == ("a.test", "cluster", 2.5, None)
    ledger.close()


def test_what_is_new_is_filled_from_what_the_old_form_knew(path: Path) -> None:
    ledger = Ledger.open(path, "serve")
    rows = ledger.transaction().execute("SELECT category, leader, twins, lane FROM targets JOIN states USING (id) ORDER BY id")
    assert rows.fetchall() == [("home", None, 0, COLUMNS), ("news", None, 0, COLUMNS)]
    assert ledger.transaction().execute("SELECT region FROM subjects").fetchall() == [("宜宾市",)]
    assert [due.category for due in ledger.due_targets(1, START_MS + 100, 9)] == ["home", "news"]
    ledger.close()


def test_a_ledger_that_was_brought_forward_takes_lines_and_registers(path: Path) -> None:
    ledger = Ledger.open(path, "serve")
    ledger.commit([Update(encode_state(State(1, 1, "ok")), START_MS + 9, 5, 2)], Position(1, 10, 1), "id")
    rows: list[Subject | Target] = [site(), home(), column(0)]
    accepted = path.parent / "register.jsonl"
    accepted.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    calendar = Revisit(Policy(), 26)
    enrolment = enrol(
        ledger,
        Register("sha256:2", {}, {}, (), {}, accepted),
        lambda kind, category, key: calendar.first_due_ms(kind, category, key, START_MS),
        "2026-11-22",
        probes=True,
    )
    assert (enrolment.watched, enrolment.scheduled) == (3, 1)
    assert ledger.next_due(1, PROBES) is not None
    assert ledger.state_of("column", KEY) == (2, START_MS + 9, encode_state(State(1, 1, "ok")))
    ledger.close()


def test_opening_it_again_changes_nothing_more(path: Path) -> None:
    Ledger.open(path, "serve").close()
    before = path.read_bytes()
    Ledger.open(path, "serve").close()
    assert path.read_bytes() == before


def test_a_step_forward_that_fails_half_way_leaves_the_old_form(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE subjects SET part = ?", (b"no json",))
    connection.commit()
    connection.close()
    before = tables(path)
    with pytest.raises(Refused, match="damaged"):
        Ledger.open(path, "serve")
    assert tables(path) == before
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (1,)


def test_an_old_ledger_of_the_other_mode_is_refused_and_not_touched(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Refused, match="belongs to `xunwang serve`"):
        Ledger.open(path, "crawl")
    assert path.read_bytes() == before


def test_an_old_ledger_is_not_shown_before_its_run_has_brought_it_forward(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Refused, match="older xunwang"):
        Ledger.open_for_reading(path)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused_by_every_door(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(Refused, match=f"newer xunwang .form {SCHEMA_VERSION + 1}, this one reads {SCHEMA_VERSION}"):
        Ledger.open(path, "serve")
    with pytest.raises(Refused, match="newer xunwang"):
        Ledger.open_for_reading(path)
