"""`xunwang backup`: a copy taken while the writer writes, that a patrol can be started on."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler import backup
from scheduler.backup import back_up
from scheduler.calendar import Pass
from scheduler.cli import main
from scheduler.errors import Refused
from scheduler.folder import Folder, open_folder
from scheduler.journal import Position
from scheduler.ledger import SCHEMA_VERSION
from scheduler.shelf import packed_path, segment_path
from scheduler.writer import Writer, Written
from tests.scheduler.builders import bare, entry, largest_file, populate
from tests.whole.contract import breaches, observations

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PATIENCE_S = 10.0
SEGMENT = 4000
KEYS = tuple(str(number) for number in range(400))


class Running:
    """A folder that a writer of this process writes to."""

    def __init__(self, path: Path, segment_bytes: int = SEGMENT) -> None:
        self.path = path
        self.folder: Folder = open_folder(path, "crawl", Pass())
        if not list(self.folder.ledger.hosts()):
            populate(self.folder.ledger, {"a.test": KEYS})
        self.lines = self.folder.position.seq
        self._news = threading.Condition()
        self._writer: Writer = self.folder.writer(self._heard, lambda sentence: None, segment_bytes)
        self._given = self.lines
        self._writer.start()

    def _heard(self, batch: Written) -> None:
        with self._news:
            self.lines += len(batch.entries)
            self._news.notify_all()

    def give(self, count: int) -> None:
        for number in range(self._given, self._given + count):
            self._writer.submit(entry(number + 1, KEYS[number % len(KEYS)], number % len(KEYS) + 1))
        self._given += count

    def wait_for(self, lines: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.lines >= lines, PATIENCE_S)

    def write(self, count: int, at_once: int = 10) -> None:
        """Give and wait, in batches small enough for segments to change."""
        end = self._given + count
        while self._given < end:
            self.give(min(at_once, end - self._given))
            self.wait_for(self._given)

    def close(self) -> None:
        assert self._writer.close(PATIENCE_S)
        self.folder.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(tmp_path / "patrol")
    yield made
    made.close()


def started_on(copy: Path) -> int:
    """Start on a copy, write ten more lines; returns how many there are then."""
    again = Running(copy)
    again.write(10)
    lines = again.lines
    again.close()
    return lines


def test_a_copy_taken_while_lines_are_written_is_whole_and_a_patrol_goes_on_from_it(running: Running, tmp_path: Path) -> None:
    running.write(60)
    running.give(200)
    made = back_up(running.path, tmp_path / "copy")
    running.wait_for(260)
    assert made.position.seq >= 60
    assert made.segments > 1
    lines = observations(tmp_path / "copy/journal")
    assert [line["seq"] for line in lines] == list(range(1, made.position.seq + 1))
    assert lines == observations(running.path / "journal")[: made.position.seq]
    assert started_on(tmp_path / "copy") == made.position.seq + 10
    assert breaches(running.path / "journal") == []


def test_many_copies_taken_in_the_midst_of_batches_are_all_whole(running: Running, tmp_path: Path) -> None:
    running.give(300)
    for number in range(8):
        made = back_up(running.path, tmp_path / f"copy{number}")
        folder = open_folder(tmp_path / f"copy{number}", "crawl", Pass())
        assert folder.position == made.position  # nothing to cut, nothing to replay
        folder.close()
    running.wait_for(300)


def test_the_copy_knows_what_the_running_ledger_knows(running: Running, tmp_path: Path) -> None:
    running.write(30)
    back_up(running.path, tmp_path / "copy")
    folder = open_folder(tmp_path / "copy", "crawl", Pass())
    assert bare(folder.ledger) == bare(running.folder.ledger)
    folder.close()


def test_a_folder_that_nothing_was_written_to_yet_can_be_copied(running: Running, tmp_path: Path) -> None:
    assert back_up(running.path, tmp_path / "copy").position == Position(1, 0, 0)
    assert started_on(tmp_path / "copy") == 10


def test_registers_and_other_files_are_copied_and_the_lock_is_not(running: Running, tmp_path: Path) -> None:
    (running.path / "register" / "abc.jsonl").write_text("{}\n")
    (running.path / "reports").mkdir()
    (running.path / "reports" / "day.json").write_text("[]")
    running.write(5)
    made = back_up(running.path, tmp_path / "copy")
    assert made.registers == 1
    assert (tmp_path / "copy/reports/day.json").read_text() == "[]"
    assert not (tmp_path / "copy/lock").exists()
    assert not list((tmp_path / "copy").glob("ledger.sqlite-*"))


def test_compressed_segments_are_copied_as_they_are_and_lost_ones_stay_lost(running: Running, tmp_path: Path) -> None:
    running.write(120)
    journal = running.path / "journal"
    packed_path(journal, 2).write_bytes(zstd.compress(segment_path(journal, 2).read_bytes()))
    segment_path(journal, 2).unlink()
    segment_path(journal, 1).unlink()
    made = back_up(running.path, tmp_path / "copy")
    copied = sorted(path.name for path in (tmp_path / "copy/journal").iterdir())
    assert copied[:2] == ["observations-000002.jsonl.zst", "observations-000003.jsonl"]
    assert made.segments == len(copied)
    assert started_on(tmp_path / "copy") == 130


def test_a_last_segment_that_is_closed_and_compressed_already_is_plain_in_the_copy(tmp_path: Path) -> None:
    running = Running(tmp_path / "patrol")
    running.write(10)
    running.close()
    plain = segment_path(running.path / "journal", 1)
    packed_path(plain.parent, 1).write_bytes(zstd.compress(plain.read_bytes()))
    plain.unlink()
    back_up(running.path, tmp_path / "copy")
    assert len(observations(tmp_path / "copy/journal")) == 10


def test_a_disk_that_went_read_only_under_a_patrol_can_be_copied(running: Running, tmp_path: Path) -> None:
    running.write(40)
    assert (running.path / "ledger.sqlite-wal").stat().st_size > 0  # what a patrol leaves that could not end cleanly
    disk = tmp_path / "disk"
    shutil.copytree(running.path, disk)
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    wrapped = ["unshare", "--mount", "sh", "-c", mount, str(disk)]
    if subprocess.run([*wrapped, "true"], capture_output=True).returncode:
        pytest.skip("only root may mount a folder read-only")
    code = "import sys; from scheduler.cli import main; sys.exit(main(sys.argv[1:]))"
    asked = [*wrapped, sys.executable, "-c", code, "backup", "--out", str(disk), str(tmp_path / "copy")]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert started_on(tmp_path / "copy") == 50


def test_a_damaged_ledger_is_told_from_one_that_cannot_be_opened(running: Running, tmp_path: Path) -> None:
    running.write(10)
    shutil.copytree(running.path, tmp_path / "other", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    ledger = tmp_path / "other/ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:100] + b"\xff" * (ledger.stat().st_size - 100))
    with pytest.raises(Refused, match="is damaged"):
        back_up(tmp_path / "other", tmp_path / "copy")
    assert left(tmp_path) == {"patrol", "other"}


# ---- what is refused ----


def test_a_target_that_holds_something_is_left_as_it_is(running: Running, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/mine").touch()
    with pytest.raises(Refused, match="is there already"):
        back_up(running.path, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["mine"]


def test_an_empty_target_will_do(running: Running, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    running.write(3)
    assert back_up(running.path, tmp_path / "copy").position.seq == 3


def test_a_target_within_the_folder_is_refused(running: Running) -> None:
    with pytest.raises(Refused, match="name a folder elsewhere"):
        back_up(running.path, running.path / "copy")


def test_a_folder_without_a_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no ledger"):
        back_up(tmp_path, tmp_path / "copy")


def test_another_programs_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "patrol").mkdir()
    with sqlite3.connect(tmp_path / "patrol/ledger.sqlite") as connection:
        connection.execute("CREATE TABLE theirs(x)")
    connection.close()
    with pytest.raises(Refused, match="not a xunwang ledger"):
        back_up(tmp_path / "patrol", tmp_path / "copy")
    assert left(tmp_path) == {"patrol"}


def test_a_newer_ledger_is_refused(running: Running, tmp_path: Path) -> None:
    running.folder.ledger.transaction().execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(Refused, match="by a newer xunwang"):
        back_up(running.path, tmp_path / "copy")


def test_a_journal_shorter_than_the_ledger_knows_is_refused_and_nothing_is_left(running: Running, tmp_path: Path) -> None:
    running.write(10)
    shutil.copytree(running.path, tmp_path / "other")
    segment_path(tmp_path / "other/journal", 1).write_bytes(b"{}\n")
    with pytest.raises(Refused, match="is 3 bytes long where the ledger knows of"):
        back_up(tmp_path / "other", tmp_path / "copy")
    assert left(tmp_path) == {"patrol", "other"}


def test_another_journal_than_the_ledgers_is_refused(running: Running, tmp_path: Path) -> None:
    running.write(10)
    shutil.copytree(running.path, tmp_path / "other")
    path = segment_path(tmp_path / "other/journal", 1)
    path.write_bytes(path.read_bytes().replace(b'"id":"', b'"ID":"').swapcase())
    with pytest.raises(Refused, match="do not belong together"):
        back_up(tmp_path / "other", tmp_path / "copy")


def test_a_full_disk_leaves_nothing_behind(running: Running, tmp_path: Path) -> None:
    running.write(10)
    with largest_file(1000), pytest.raises(Refused, match="make room"):
        back_up(running.path, tmp_path / "copy")
    assert left(tmp_path) == {"patrol"}


def test_a_stop_in_the_middle_leaves_nothing_that_looks_like_a_backup(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(folder: Path) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_sync", stopped)
    with pytest.raises(KeyboardInterrupt):
        back_up(running.path, tmp_path / "copy")
    assert left(tmp_path) == {"patrol"}


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_command_says_what_was_copied(running: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running.write(10)
    assert main(["backup", "--out", str(running.path), str(tmp_path / "copy")]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'copy'}: 10 lines, ")
    assert main(["backup", "--out", str(running.path), str(tmp_path / "copy")]) == 2
    assert "is there already" in capsys.readouterr().err
