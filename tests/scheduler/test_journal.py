import errno
import os
from pathlib import Path

import pytest

from scheduler.journal import (
    DiskFull,
    Journal,
    Position,
    SyncFailed,
    cut_torn_tail,
    read_lines,
    segment_numbers,
    segment_path,
)
from tests.scheduler.builders import BEGINNING, half_write_then_full, largest_file


@pytest.fixture
def three_segments(tmp_path: Path) -> Path:
    """Six lines, two in each of three segments."""
    journal = Journal(tmp_path, BEGINNING, segment_bytes=4)
    for number in range(1, 7):
        journal.append(b"%d\n" % number)
    journal.close()
    return tmp_path


def test_append_says_where_the_batch_ended(tmp_path: Path) -> None:
    journal = Journal(tmp_path, BEGINNING)
    assert journal.append(b"one\n") == (1, 4)
    assert journal.append(b"two\nthree\n") == (1, 14)
    journal.sync()
    journal.close()
    assert segment_path(tmp_path, 1).read_bytes() == b"one\ntwo\nthree\n"


def test_a_full_segment_is_followed_by_the_next_and_never_touched_again(three_segments: Path) -> None:
    assert segment_numbers(three_segments) == [1, 2, 3]
    assert [segment_path(three_segments, number).read_bytes() for number in (1, 2, 3)] == [b"1\n2\n", b"3\n4\n", b"5\n6\n"]
    assert sorted(path.name for path in three_segments.iterdir()) == [
        "observations-000001.jsonl",
        "observations-000002.jsonl",
        "observations-000003.jsonl",
    ]


def test_segment_numbers_pass_over_other_files(tmp_path: Path) -> None:
    for name in ("observations-000002.jsonl", "observations-000001.jsonl.zst", "note.txt", "observations-1.jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "observations-1000000.jsonl").touch()
    assert segment_numbers(tmp_path) == [2, 1_000_000]


def test_a_journal_that_is_longer_than_its_position_is_not_written_to(tmp_path: Path) -> None:
    segment_path(tmp_path, 1).write_bytes(b"one\n")
    with pytest.raises(ValueError, match="not 0 bytes"):
        Journal(tmp_path, BEGINNING)
    assert segment_path(tmp_path, 1).read_bytes() == b"one\n"


@pytest.mark.parametrize("lost", range(1, len(b"a third one\n")))
def test_a_torn_tail_is_cut_at_every_byte_and_whole_lines_never(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "observations-000001.jsonl"
    whole = b"first\nsecond\n"
    path.write_bytes((whole + b"a third one\n")[:-lost])
    assert cut_torn_tail(path) == len(b"a third one\n") - lost
    assert path.read_bytes() == whole
    assert cut_torn_tail(path) == 0


@pytest.mark.parametrize("text", [b"", b"\n", b"first\n", b"first\nsecond\n"])
def test_whole_lines_are_never_cut(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "segment"
    path.write_bytes(text)
    assert cut_torn_tail(path) == 0
    assert path.read_bytes() == text


def test_a_torn_first_line_leaves_an_empty_segment(tmp_path: Path) -> None:
    path = tmp_path / "segment"
    path.write_bytes(b'{"v":1')
    assert cut_torn_tail(path) == 6
    assert path.read_bytes() == b""


@pytest.mark.parametrize("torn", [65_535, 65_536, 65_537, 200_000])
def test_a_torn_tail_longer_than_a_block_is_cut_whole(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "segment"
    path.write_bytes(b"first\n" + b"x" * torn)
    assert cut_torn_tail(path) == torn
    assert path.read_bytes() == b"first\n"


def test_a_half_written_batch_is_cut_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, BEGINNING)
    journal.append(b"kept\n")
    with monkeypatch.context() as patch:
        half_write_then_full(patch)
        with pytest.raises(DiskFull):
            journal.append(b"these two\nare one batch\n")
    assert segment_path(tmp_path, 1).read_bytes() == b"kept\n"
    assert journal.append(b"after\n") == (1, 11)
    journal.close()
    assert segment_path(tmp_path, 1).read_bytes() == b"kept\nafter\n"


def test_a_quota_is_a_full_disk(tmp_path: Path) -> None:
    journal = Journal(tmp_path, BEGINNING)
    journal.append(b"kept\n")
    with largest_file(20), pytest.raises(DiskFull):
        journal.append(b"x" * 30 + b"\n")
    journal.close()
    assert segment_path(tmp_path, 1).read_bytes() == b"kept\n"


def test_an_error_that_is_not_a_full_disk_also_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, BEGINNING)

    def broken(fd: int, data: memoryview) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", broken)
        with pytest.raises(OSError, match="Input/output") as caught:
            journal.append(b"lost\n")
    assert not isinstance(caught.value, DiskFull)
    journal.close()
    assert segment_path(tmp_path, 1).read_bytes() == b""


def test_no_room_for_the_next_segment_leaves_the_journal_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, BEGINNING, segment_bytes=4)
    journal.append(b"one\n")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        with pytest.raises(DiskFull):
            journal.append(b"two\n")
    assert journal.append(b"two\n") == (2, 4)
    journal.close()


def test_a_failed_fdatasync_is_told_apart_from_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path, BEGINNING)

    def broken(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", broken)
        with pytest.raises(SyncFailed, match="Input/output"):
            journal.sync()
    journal.close()


def test_lines_are_read_across_segments_with_the_position_behind_each(three_segments: Path) -> None:
    found = list(read_lines(three_segments, BEGINNING))
    assert [line for _, line in found] == [b"%d\n" % number for number in range(1, 7)]
    assert [place for place, _ in found] == [
        Position(1, 2, 1),
        Position(1, 4, 2),
        Position(2, 2, 3),
        Position(2, 4, 4),
        Position(3, 2, 5),
        Position(3, 4, 6),
    ]


def test_reading_goes_on_behind_any_position_that_reading_gave(three_segments: Path) -> None:
    everything = list(read_lines(three_segments, BEGINNING))
    for index, (place, _) in enumerate(everything):
        assert list(read_lines(three_segments, place)) == everything[index + 1 :]


def test_reading_ends_at_until(three_segments: Path) -> None:
    everything = list(read_lines(three_segments, BEGINNING))
    for index, (place, _) in enumerate(everything):
        assert list(read_lines(three_segments, BEGINNING, until=place)) == everything[: index + 1]


def test_a_line_without_its_newline_is_not_read(tmp_path: Path) -> None:
    segment_path(tmp_path, 1).write_bytes(b"one\ntwo\nthr")
    assert [line for _, line in read_lines(tmp_path, BEGINNING)] == [b"one\n", b"two\n"]


def test_reading_again_goes_on_when_the_rest_of_a_line_has_come(tmp_path: Path) -> None:
    path = segment_path(tmp_path, 1)
    path.write_bytes(b"one\ntw")
    (place, _), *more = read_lines(tmp_path, BEGINNING)
    assert not more
    path.write_bytes(b"one\ntwo\n")
    assert list(read_lines(tmp_path, place)) == [(Position(1, 8, 2), b"two\n")]
