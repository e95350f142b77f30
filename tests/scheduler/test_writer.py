import errno
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from crawler.records import Observation
from scheduler.journal import DiskFull, Journal, Position, SyncFailed, read_lines, segment_path
from scheduler.ledger import Ledger, LedgerFull, Update
from scheduler.writer import Entry, Writer, Written
from tests.scheduler.builders import (
    BEGINNING,
    bare,
    entry,
    half_write_then_full,
    new_journal_folder,
    populate,
)

PATIENCE_S = 10.0
KEYS = tuple(str(number) for number in range(200))


class BalkyJournal(Journal):
    """Has no room for the first `refusals` batches, and cannot sync where `broken`."""

    refusals = 0
    broken = False
    attempts = 0

    def append(self, batch: bytes) -> tuple[int, int]:
        self.attempts += 1
        if self.refusals:
            self.refusals -= 1
            raise DiskFull("No space left on device")
        return super().append(batch)

    def sync(self) -> None:
        if self.broken:
            raise SyncFailed("Input/output error")
        super().sync()


class BalkyLedger(Ledger):
    """Has no room for the first `refusals` commits."""

    refusals = 0
    commits = 0

    def commit(self, updates: Sequence[Update], position: Position, last_id: str) -> None:  # type: ignore[override]
        if self.refusals:
            self.refusals -= 1
            raise LedgerFull("database or disk is full")
        super().commit(updates, position, last_id)
        self.commits += 1


class House:
    """A writer with everything it says, and what was on the disk when it said it."""

    def __init__(self, folder: Path) -> None:
        self.folder = new_journal_folder(folder)
        self.journal = BalkyJournal(self.folder, BEGINNING)
        self.ledger = BalkyLedger.open(folder / "ledger.sqlite", "crawl")
        populate(self.ledger, {"a.test": KEYS})
        self.written: list[Written] = []
        self.troubles: list[str | None] = []
        self.committed_when_told: list[int] = []
        self.closed = False
        self._news = threading.Condition()
        self.writer = Writer(self.journal, self.ledger, BEGINNING, self._on_written, self._on_trouble)

    def _on_written(self, batch: Written) -> None:
        reader = self.ledger.reader()
        with self._news:
            self.committed_when_told.append(reader.position()[0].seq)
            self.written.append(batch)
            self._news.notify_all()
        reader.close()

    def _on_trouble(self, sentence: str | None) -> None:
        with self._news:
            self.troubles.append(sentence)
            self._news.notify_all()

    def submit(self, count: int, first: int = 1) -> list[Entry]:
        entries = [entry(seq, KEYS[seq], seq + 1) for seq in range(first, first + count)]
        for one in entries:
            self.writer.submit(one)
        return entries

    def close(self) -> None:
        self.closed = True
        assert self.writer.close(PATIENCE_S)

    def lines(self) -> int:
        return sum(len(batch.entries) for batch in self.written)

    def wait_for_lines(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.lines() >= count, PATIENCE_S)

    def wait_for_trouble(self, count: int = 1) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.troubles) >= count, PATIENCE_S)

    def on_disk(self) -> list[Observation]:
        return [msgspec.json.decode(raw, type=Observation) for _, raw in read_lines(self.folder, BEGINNING)]

    def targets(self) -> list[str]:
        return [line.target for line in self.on_disk()]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("scheduler.writer.BATCH_S", 0.001)
    monkeypatch.setattr("scheduler.writer.RETRY_S", 0.005)
    house = House(tmp_path)
    yield house
    if not house.closed:
        house.close()
    house.ledger.close()


# ---- when all is well ----


def test_lines_are_numbered_in_the_order_they_were_submitted(house: House) -> None:
    house.writer.start()
    house.submit(50)
    house.wait_for_lines(50)
    assert [(line.seq, line.target) for line in house.on_disk()] == [(seq, KEYS[seq]) for seq in range(1, 51)]


def test_what_came_in_together_is_one_batch_and_one_transaction(house: House) -> None:
    house.submit(150)
    house.writer.start()
    house.wait_for_lines(150)
    assert [len(batch.entries) for batch in house.written] == [150]
    assert house.ledger.commits == 1
    assert house.written[0].size == segment_path(house.folder, 1).stat().st_size


def test_a_batch_has_a_most(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.writer.BATCH_LINES", 40)
    house.submit(100)
    house.writer.start()
    house.wait_for_lines(100)
    assert [len(batch.entries) for batch in house.written] == [40, 40, 20]
    assert [line.seq for line in house.on_disk()] == list(range(1, 101))


def test_a_batch_is_told_of_only_when_the_ledger_holds_it(house: House) -> None:
    house.writer.start()
    for round in range(5):
        house.submit(10, first=1 + 10 * round)
        house.wait_for_lines(10 * (round + 1))
    assert house.committed_when_told == [batch.entries[-1].line.seq for batch in house.written]


def test_the_ledger_holds_what_the_entries_say(house: House) -> None:
    house.writer.start()
    entries = house.submit(20)
    house.wait_for_lines(20)
    found = bare(house.ledger)
    assert {key: due for (_, key), (due, _) in found.items()} == {one.line.target: one.due for one in entries}
    assert house.ledger.position() == (house.writer.synced, entries[-1].line.id)


def test_followers_are_shown_whole_lines_that_are_on_the_disk(house: House) -> None:
    house.writer.start()
    house.submit(20)
    house.wait_for_lines(20)
    synced = house.writer.synced
    assert [place for place, _ in read_lines(house.folder, BEGINNING, synced)][-1] == synced


def test_closing_writes_what_was_submitted(house: House) -> None:
    house.writer.start()
    house.submit(100)
    house.close()
    assert len(house.on_disk()) == 100
    assert house.ledger.position()[0].seq == 100


def test_other_work_on_the_ledger_is_done_between_two_batches(house: House) -> None:
    house.submit(10)
    position = house.writer.work(lambda ledger: ledger.position()[0])
    house.submit(10, first=11)
    house.writer.start()
    assert position.result(PATIENCE_S).seq == 10
    house.wait_for_lines(20)
    assert [len(batch.entries) for batch in house.written] == [10, 10]


def test_work_that_fails_says_so_to_whoever_asked_and_writing_goes_on(house: House) -> None:
    house.writer.start()
    with pytest.raises(ZeroDivisionError):
        house.writer.work(lambda ledger: 1 // 0).result(PATIENCE_S)
    house.submit(3)
    house.wait_for_lines(3)
    assert house.writer.failure is None


def test_closing_does_the_work_that_was_asked_for_before(house: House) -> None:
    house.submit(3)
    work = house.writer.work(lambda ledger: ledger.position()[0].seq)
    house.writer.start()
    house.close()
    assert work.result(0) == 3


# ---- a full disk ----


def test_a_full_disk_is_told_once_and_nothing_is_lost_when_there_is_room(house: House) -> None:
    house.journal.refusals = 4
    house.writer.start()
    house.submit(30)
    house.wait_for_trouble()
    assert house.on_disk() == []
    house.submit(30, first=31)
    house.wait_for_lines(60)
    assert len(house.troubles) == 2
    assert house.troubles[0] is not None
    assert "no room for the journal" in house.troubles[0]
    assert "make room on the disk" in house.troubles[0]
    assert house.troubles[1] is None
    assert house.targets() == list(KEYS[1:61])
    assert [line.seq for line in house.on_disk()] == list(range(1, 61))


def test_a_batch_that_was_half_written_is_written_again_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        half_write_then_full(patch)
        house.submit(10)
        house.writer.start()
        house.wait_for_trouble()
        assert segment_path(house.folder, 1).read_bytes() == b""
    house.wait_for_lines(10)
    assert house.targets() == list(KEYS[1:11])
    assert house.troubles[1:] == [None]


def test_closing_while_the_disk_is_full_gives_the_batch_up_with_nothing_written(house: House) -> None:
    house.journal.refusals = 1_000_000
    house.writer.start()
    house.submit(10)
    house.wait_for_trouble()
    house.close()
    assert house.on_disk() == []
    assert house.written == []
    assert bare(house.ledger) == {}
    assert house.ledger.position() == (BEGINNING, "")


def test_a_full_ledger_is_tried_again_without_writing_the_lines_twice(house: House) -> None:
    house.ledger.refusals = 4
    house.submit(30)
    house.writer.start()
    house.wait_for_lines(30)
    assert len(house.on_disk()) == 30
    assert house.journal.attempts == 1
    assert house.committed_when_told == [30]
    assert house.troubles[0] is not None
    assert "no room for the ledger" in house.troubles[0]
    assert house.troubles[1:] == [None]


def test_closing_while_the_ledger_is_full_leaves_the_lines_for_the_next_start(house: House) -> None:
    house.ledger.refusals = 1_000_000
    house.submit(10)
    house.writer.start()
    house.wait_for_trouble()
    house.close()
    assert len(house.on_disk()) == 10
    assert bare(house.ledger) == {}
    assert house.ledger.position() == (BEGINNING, "")


# ---- what cannot be mended ----


def test_a_failed_sync_stops_the_writer_for_good(house: House) -> None:
    house.journal.broken = True
    house.submit(5)
    house.writer.start()
    house.wait_for_trouble()
    assert isinstance(house.writer.failure, SyncFailed)
    assert house.troubles == ["fdatasync of the journal failed (Input/output error); the process ends, start it again"]
    house.journal.broken = False
    house.submit(5, first=6)
    house.close()
    assert house.journal.attempts == 1
    assert house.written == []
    assert house.writer.synced == BEGINNING
    assert bare(house.ledger) == {}


def test_the_failure_is_known_before_the_trouble_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.writer.BATCH_S", 0.001)
    house = House(tmp_path)
    known: list[bool] = []
    told = threading.Event()

    def on_trouble(sentence: str | None) -> None:
        known.append(writer.failure is not None)
        told.set()

    writer = Writer(house.journal, house.ledger, BEGINNING, lambda batch: None, on_trouble)
    house.journal.broken = True
    writer.start()
    writer.submit(entry(1))
    assert told.wait(PATIENCE_S)
    assert known == [True]
    writer.close(PATIENCE_S)
    house.ledger.close()


def test_any_other_error_stops_the_writer_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(fd: int, data: memoryview) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", broken)
        house.writer.start()
        house.submit(5)
        house.wait_for_trouble()
    assert house.writer.failure is not None
    assert house.troubles == ["the writer stopped on an unexpected error; the process ends, start it again"]
    assert house.on_disk() == []
