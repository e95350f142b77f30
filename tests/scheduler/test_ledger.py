import sqlite3
from pathlib import Path

import pytest

from scheduler.errors import Refused
from scheduler.folder import open_folder
from scheduler.journal import Position, segment_path
from scheduler.ledger import APPLICATION_ID, COLUMNS, DueHost, Ledger, LedgerFull, Update
from scheduler.state import State, encode_state
from tests.scheduler.builders import PASS, largest_file, new_journal_folder, populate, raw_line, states

AFTER = Position(1, 100, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE addresses(name TEXT)")
    connection.commit()
    connection.close()


def refused(path: Path, mode: str = "crawl") -> str:
    """Opening is refused in one sentence and changes no byte; returns the sentence."""
    before = path.read_bytes()
    with pytest.raises(Refused) as refusal:
        Ledger.open(path, mode)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert str(path.parent) in sentence
    return sentence


def update(key: int, *, due: int | None = 7, blob: int = 0) -> Update:
    return Update(encode_state(State(due or 0, 1, "ok", reading=b"x" * blob)), due, None, key)


# ---- what is no ledger of ours ----


@pytest.mark.parametrize("content", [b"hello", b"x" * 5000, b"SQLite format 2\0" + b"\0" * 100])
def test_a_foreign_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert "not a xunwang ledger; name another --out folder" in refused(path)


def test_a_foreign_database_is_refused(path: Path) -> None:
    foreign_database(path)
    assert "not a xunwang ledger" in refused(path)


def test_a_foreign_database_with_a_write_ahead_log_is_refused_and_its_log_left_alone(path: Path) -> None:
    foreign_database(path)
    owner = sqlite3.connect(path, isolation_level=None)
    owner.execute("PRAGMA journal_mode = WAL")
    owner.execute("INSERT INTO addresses VALUES ('kept')")
    copy = path.parent / "copy"
    copy.mkdir()
    for name in (path.name, f"{path.name}-wal"):  # as a killed owner would leave them
        (copy / name).write_bytes((path.parent / name).read_bytes())
    owner.close()
    log = (copy / f"{path.name}-wal").read_bytes()
    assert log
    assert "not a xunwang ledger" in refused(copy / path.name)
    assert (copy / f"{path.name}-wal").read_bytes() == log


def test_a_ledger_of_a_newer_version_is_refused(path: Path) -> None:
    Ledger.open(path, "crawl").close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert "newer xunwang (form 99, this one reads 2); start that version" in refused(path)


@pytest.mark.parametrize(("made", "asked"), [("crawl", "serve"), ("serve", "crawl")])
def test_a_folder_of_the_other_mode_is_refused(path: Path, made: str, asked: str) -> None:
    Ledger.open(path, made).close()  # type: ignore[arg-type]
    assert f"belongs to `xunwang {made}`; give `xunwang {asked}` a folder of its own" in refused(path, asked)


def test_a_file_with_only_the_head_of_a_database_is_refused(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4080)
    assert "damaged" in refused(path)


@pytest.mark.parametrize("page", range(1, 10))
def test_a_damaged_ledger_is_refused_naming_what_to_do(path: Path, page: int) -> None:
    ledger = Ledger.open(path, "crawl")
    populate(ledger, {"a.test": [str(number) for number in range(200)]})
    ledger.close()
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xff" * 4096)
    before = path.read_bytes()
    journal = new_journal_folder(path.parent)
    segment_path(journal, 1).write_bytes(raw_line(1, "0"))
    try:
        folder = open_folder(path.parent, "crawl", PASS)
    except Refused as refusal:
        assert "damaged" in str(refusal)
        assert "made anew from the journal" in str(refusal)
        assert path.read_bytes() == before
    else:  # a page that opening need not read
        assert folder.position.seq == 1
        folder.close()


def test_a_ledger_that_lost_its_second_half_is_refused(path: Path) -> None:
    ledger = Ledger.open(path, "crawl")
    populate(ledger, {"a.test": [str(number) for number in range(200)]})
    ledger.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 // 4096 * 4096])
    assert "damaged" in refused(path)


def test_reading_where_there_is_no_ledger_is_refused_and_makes_none(path: Path) -> None:
    with pytest.raises(Refused, match="there is no ledger"):
        Ledger.open_for_reading(path)
    assert not path.exists()


# ---- a ledger in the making ----


def test_an_empty_file_is_taken_as_new(path: Path) -> None:
    path.touch()
    ledger = Ledger.open(path, "crawl")
    assert ledger.position() == (Position(1, 0, 0), "")
    ledger.close()


def test_a_ledger_killed_before_its_first_transaction_is_taken_as_new(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert path.stat().st_size > 0
    ledger = Ledger.open(path, "crawl")
    assert ledger.meta("mode") == "crawl"
    assert ledger.transaction().execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    ledger.close()


def test_a_ledger_whose_first_transaction_is_only_in_its_log_is_ours(path: Path, tmp_path: Path) -> None:
    ledger = Ledger.open(path, "serve")
    copy = tmp_path / "copy"
    copy.mkdir()
    for found in path.parent.glob("ledger.sqlite*"):
        (copy / found.name).write_bytes(found.read_bytes())
    ledger.close()
    again = Ledger.open(copy / path.name, "serve")
    assert again.meta("mode") == "serve"
    again.close()


def test_no_room_for_a_new_ledger_is_refused_in_one_sentence(path: Path) -> None:
    with largest_file(2048), pytest.raises(Refused):
        open_folder(path.parent, "crawl", PASS)
    open_folder(path.parent, "crawl", PASS).close()


@pytest.mark.parametrize("room", [16_384, 100_000], ids=["to open the ledger", "for the states"])
def test_no_room_for_the_replay_is_refused_without_calling_the_ledger_damaged(path: Path, room: int) -> None:
    open_folder(path.parent, "crawl", PASS).close()
    journal = path.parent / "journal"
    segment_path(journal, 1).write_bytes(b"".join(raw_line(number, str(number)) for number in range(1, 200)))
    with largest_file(room), pytest.raises(Refused) as refusal:
        open_folder(path.parent, "crawl", PASS)
    assert "damaged" not in str(refusal.value)
    folder = open_folder(path.parent, "crawl", PASS)
    assert folder.position.seq == 199
    folder.close()


# ---- one transaction per batch ----


@pytest.fixture
def ledger(path: Path) -> Ledger:
    ledger = Ledger.open(path, "crawl")
    populate(ledger, {"a.test": ["one", "two"], "b.test": ["three"]})
    return ledger


def test_states_and_position_are_committed_together(ledger: Ledger, path: Path) -> None:
    ledger.commit([update(1), update(3, due=None)], AFTER, "id-1")
    reader = ledger.reader()
    assert reader.position() == (AFTER, "id-1")
    assert {key: due for (_, key), (due, _) in states(reader).items()} == {"one": 7, "three": None}
    reader.close()
    ledger.close()
    again = Ledger.open(path, "crawl")
    assert again.position() == (AFTER, "id-1")
    again.close()


def test_a_commit_that_fails_half_way_changes_nothing(ledger: Ledger) -> None:
    with pytest.raises(Exception, match="type"):
        ledger.commit([update(1), Update(object(), 1, None, 2)], AFTER, "id-1")  # type: ignore[arg-type]
    assert states(ledger) == {}
    assert ledger.position() == (Position(1, 0, 0), "")
    ledger.commit([update(1)], AFTER, "id-1")
    assert set(states(ledger)) == {("home", "one")}
    ledger.close()


def test_a_full_disk_changes_nothing_and_the_same_commit_goes_through_when_there_is_room(ledger: Ledger) -> None:
    connection = ledger.transaction()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    updates = [update(1), update(2, blob=100_000)]
    with pytest.raises(LedgerFull):
        ledger.commit(updates, AFTER, "id-1")
    assert states(ledger) == {}
    assert ledger.position() == (Position(1, 0, 0), "")
    connection.execute(f"PRAGMA max_page_count = {pages + 200}")
    ledger.commit(updates, AFTER, "id-1")
    assert set(states(ledger)) == {("home", "one"), ("home", "two")}
    ledger.close()


def test_a_quota_is_a_full_disk(ledger: Ledger) -> None:
    with largest_file(200_000), pytest.raises(LedgerFull):
        ledger.commit([update(1, blob=400_000)], AFTER, "id-1")
    assert states(ledger) == {}
    ledger.commit([update(1, blob=400_000)], AFTER, "id-1")
    assert ledger.position() == (AFTER, "id-1")
    ledger.close()


# ---- planning ----


def test_due_targets_are_given_earliest_first_and_only_below_the_time_asked_for(ledger: Ledger) -> None:
    ledger.commit([update(1, due=50), update(2, due=20), update(3, due=None)], AFTER, "id-1")
    assert [target.key for target in ledger.due_targets(1, 100, 10)] == ["two", "one"]
    assert [target.key for target in ledger.due_targets(1, 50, 10)] == ["two"]
    assert [target.key for target in ledger.due_targets(1, 100, 1)] == ["two"]
    assert list(ledger.due_hosts(100)) == [DueHost(1, COLUMNS, 2, 20)]
    assert ledger.next_due(1) == 20
    assert ledger.next_due(2) is None
    ledger.close()


def test_a_reader_cannot_write(ledger: Ledger) -> None:
    reader = ledger.reader()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.begin_pass(1, 5)
    reader.close()
    ledger.close()


def test_passes_are_remembered_with_their_due_time_and_end(ledger: Ledger) -> None:
    assert ledger.last_pass() is None
    ledger.begin_pass(1, 5)
    assert ledger.last_pass() == (1, 5, None)
    ledger.finish_pass(1, 9)
    assert ledger.last_pass() == (1, 5, 9)
    ledger.close()
