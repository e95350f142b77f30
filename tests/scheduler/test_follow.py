"""Followers: after which line they go on, what they are shown, and what they are told when it is kept no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler import follow, retention
from scheduler.follow import Gone, Tail, locate
from scheduler.journal import Journal, Position, read_lines
from scheduler.shelf import kept_numbers, segment_path
from tests.scheduler.builders import BEGINNING


def line(seq: int) -> bytes:
    return b'{"seq":%d}\n' % seq


class Written:
    """A journal of `lines` lines, four in each segment."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.journal = Journal(folder, BEGINNING, segment_bytes=4 * len(line(1)))
        self.end = BEGINNING
        self.write(count)

    def write(self, count: int) -> Position:
        for _ in range(count):
            seq = self.end.seq + 1
            self.end = Position(*self.journal.append(line(seq)), seq)
        return self.end


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path, 9)


def pack(folder: Path, *numbers: int) -> None:
    for number in numbers:
        assert retention.pack(folder, number)
        segment_path(folder, number).unlink()


def test_a_follower_goes_on_after_each_line_of_either_form(written: Written) -> None:
    pack(written.folder, 1)
    for after in range(10):
        tail = Tail(written.folder, locate(written.folder, after))
        assert tail.read(written.end) == b"".join(line(seq) for seq in range(after + 1, 10))
        assert tail.at == written.end if after < 9 else tail.at.seq == 9
        tail.close()


def test_a_follower_ahead_of_the_journal_waits_at_its_end(written: Written) -> None:
    tail = Tail(written.folder, locate(written.folder, 1000))
    assert tail.read(written.end) == b""
    assert tail.read(written.write(1)) == line(10)
    tail.close()


def test_lines_that_are_not_synced_yet_are_not_shown(written: Written) -> None:
    tail = Tail(written.folder, BEGINNING)
    synced = Position(2, len(line(5)), 5)
    assert tail.read(synced) == b"".join(map(line, range(1, 6)))
    assert tail.read(synced) == b""
    assert tail.read(written.end) == b"".join(map(line, range(6, 10)))
    tail.close()


def test_a_follower_is_given_about_as_much_as_it_asks_for(written: Written) -> None:
    tail = Tail(written.folder, BEGINNING)
    assert tail.read(written.end, size=2 * len(line(1))) == line(1) + line(2)
    assert tail.read(written.end, size=1) == line(3)
    tail.close()


def test_a_follower_reads_on_where_the_plain_segment_under_it_is_removed(written: Written) -> None:
    tail = Tail(written.folder, BEGINNING)
    assert tail.read(written.end, size=1) == line(1)
    pack(written.folder, 1, 2)
    assert tail.read(written.end) == b"".join(map(line, range(2, 10)))
    tail.close()


def test_a_journal_that_is_empty_has_a_beginning_to_wait_at(tmp_path: Path) -> None:
    assert locate(tmp_path, 0) == BEGINNING
    assert Tail(tmp_path, BEGINNING).read(BEGINNING) == b""


def test_a_line_past_its_retention_is_refused_with_the_first_one_kept(written: Written) -> None:
    retention.drop(written.folder, 1)
    pack(written.folder, 2)
    for after in (0, 1, 3):
        with pytest.raises(Gone) as refused:
            locate(written.folder, after)
        assert refused.value.first == 5
    assert locate(written.folder, 4) == Position(2, 0, 4)


def test_a_follower_that_the_retention_overtakes_is_told_where_to_go_on(written: Written) -> None:
    tail = Tail(written.folder, BEGINNING)
    assert tail.read(written.end, size=1) == line(1)
    written.write(8)
    for number in (1, 2):
        retention.drop(written.folder, number)
    assert kept_numbers(written.folder)[0] == 3
    assert tail.read(written.end, size=3 * len(line(1))) == line(2) + line(3) + line(4)
    with pytest.raises(Gone) as overtaken:
        tail.read(written.end)
    assert overtaken.value.first == 9
    tail.close()


def test_a_segment_that_goes_while_it_is_looked_through_is_refused_like_one_that_is_gone(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(folder: Path, after: Position) -> Iterator[tuple[Position, bytes]]:
        if after.segment == 1:
            retention.drop(folder, 1)
        return read_lines(folder, after) if after.segment > 1 else _gone()

    monkeypatch.setattr(follow, "read_lines", overtaken)
    with pytest.raises(Gone) as refused:
        locate(written.folder, 2)
    assert refused.value.first == 5


def _gone() -> Iterator[tuple[Position, bytes]]:
    yield from ()
    raise FileNotFoundError(2, "No such file or directory")
