"""What is kept of the journal and for how long: decided, done, and never at the cost of a line."""

import os
from pathlib import Path

import pytest

from scheduler import retention
from scheduler.journal import Journal, read_lines
from scheduler.retention import DAY_MS, Keeper, Segment, Step, Terms, decide
from scheduler.shelf import first_seq, kept_numbers, open_segment, packed_path, segment_numbers, segment_path
from tests.scheduler.builders import BEGINNING

NOW_MS = 1_800_000_000_000
TERMS = Terms(keep_days=400, grace_ms=DAY_MS)


def line(seq: int) -> bytes:
    return b'{"seq":%d,"title":"%s"}\n' % (seq, b"x" * 40)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four segments of three lines; the fourth is being written."""
    journal = Journal(tmp_path, BEGINNING, segment_bytes=3 * len(line(1)))
    for seq in range(1, 12):
        journal.append(line(seq))
    journal.close()
    assert segment_numbers(tmp_path) == [1, 2, 3, 4]
    return tmp_path


def aged(folder: Path, number: int, days: float, now_ms: int) -> None:
    """Make segment `number` look as if its last line had been written so many days ago."""
    second = now_ms / 1000 - days * 86_400
    os.utime(segment_path(folder, number), (second, second))


def now_of(folder: Path) -> int:
    return segment_path(folder, 4).stat().st_mtime_ns // 1_000_000


def lines(folder: Path) -> list[bytes]:
    return [raw for _, raw in read_lines(folder, BEGINNING)]


def segment(number: int, days: float = 0, *, plain: bool = True, packed_days: float | None = None) -> Segment:
    packed = None if packed_days is None else NOW_MS - round(packed_days * DAY_MS)
    return Segment(number, NOW_MS - round(days * DAY_MS), plain, packed)


# ---- deciding ----


def test_closed_segments_are_compressed_and_the_one_being_written_is_not() -> None:
    assert decide([segment(1), segment(2), segment(3)], 3, NOW_MS, TERMS) == [Step("pack", 1), Step("pack", 2)]


def test_a_plain_segment_goes_only_after_its_grace_time() -> None:
    assert decide([segment(1, packed_days=0.5)], 9, NOW_MS, TERMS) == []
    assert decide([segment(1, packed_days=1.5)], 9, NOW_MS, TERMS) == [Step("unplain", 1)]


def test_a_compressed_segment_is_left_alone_until_its_retention_is_over() -> None:
    assert decide([segment(1, 399, plain=False, packed_days=390)], 9, NOW_MS, TERMS) == []
    assert decide([segment(1, 401, plain=False, packed_days=390)], 9, NOW_MS, TERMS) == [Step("drop", 1)]


def test_what_is_kept_has_no_holes_even_where_times_are_out_of_order() -> None:
    segments = [segment(1, 500), segment(2, 10), segment(3, 500)]
    assert decide(segments, 9, NOW_MS, TERMS) == [Step("drop", 1), Step("pack", 2), Step("pack", 3)]


def test_a_clock_that_is_years_ahead_costs_one_segment_at_a_look() -> None:
    segments = [segment(number, 1, plain=False, packed_days=0.5) for number in range(1, 9)]
    assert decide(segments, 9, NOW_MS + 1000 * DAY_MS, TERMS) == [Step("drop", 1)]


def test_nothing_from_the_ledgers_position_on_is_touched_however_old() -> None:
    assert decide([segment(7, 5000), segment(8, 5000)], 7, NOW_MS, TERMS) == []


def test_no_retention_and_no_compression_where_the_terms_ask_for_none() -> None:
    assert decide([segment(1, 5000)], 9, NOW_MS, Terms(keep_days=0, pack=False)) == []


# ---- doing ----


def test_a_journal_reads_the_same_plain_compressed_and_in_between(folder: Path) -> None:
    before, now_ms = lines(folder), now_of(folder)
    keeper = Keeper(folder, TERMS)
    assert keeper.look(4, now_ms) == [Step("pack", 1), Step("pack", 2), Step("pack", 3)]
    assert segment_numbers(folder) == [1, 2, 3, 4]
    assert lines(folder) == before
    later = packed_path(folder, 3).stat().st_ctime_ns // 1_000_000 + 2 * DAY_MS
    assert keeper.look(4, later) == [Step("unplain", 1), Step("unplain", 2), Step("unplain", 3)]
    assert (segment_numbers(folder), kept_numbers(folder)) == ([4], [1, 2, 3, 4])
    assert lines(folder) == before
    assert keeper.look(4, later) == []


def test_a_compressed_segment_keeps_the_time_of_its_last_line(folder: Path) -> None:
    now_ms = now_of(folder)
    aged(folder, 1, 399, now_ms)
    keeper = Keeper(folder, Terms(grace_ms=0))
    keeper.look(2, now_ms)
    later = packed_path(folder, 1).stat().st_ctime_ns // 1_000_000 + 1
    assert keeper.look(2, max(later, now_ms)) == [Step("unplain", 1)]
    assert keeper.look(2, now_ms + 2 * DAY_MS) == [Step("drop", 1)]
    assert kept_numbers(folder) == [2, 3, 4]


def test_a_damaged_compressed_segment_never_takes_the_place_of_the_plain_one(folder: Path) -> None:
    before, now_ms = lines(folder), now_of(folder)
    keeper = Keeper(folder, Terms(grace_ms=0))
    keeper.look(2, now_ms)
    content = bytearray(packed_path(folder, 1).read_bytes())
    content[len(content) // 2] ^= 0xFF
    packed_path(folder, 1).write_bytes(content)
    later = now_ms + DAY_MS
    assert keeper.look(2, later) == []
    assert not packed_path(folder, 1).exists()
    assert lines(folder) == before
    assert keeper.look(2, later) == [Step("pack", 1)]


def test_a_compressed_segment_of_something_else_never_takes_the_place_of_the_plain_one(folder: Path) -> None:
    now_ms = now_of(folder)
    keeper = Keeper(folder, Terms(grace_ms=0))
    keeper.look(3, now_ms)
    packed_path(folder, 1).write_bytes(packed_path(folder, 2).read_bytes())
    assert Step("unplain", 1) not in keeper.look(3, now_ms + DAY_MS)
    assert segment_path(folder, 1).exists()


def test_what_a_full_disk_interrupts_leaves_no_trace_and_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names = sorted(path.name for path in folder.iterdir())

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    keeper = Keeper(folder, TERMS)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert keeper.look(4, now_of(folder)) == []
    assert "No space left" in caplog.text
    assert sorted(path.name for path in folder.iterdir()) == names
    assert len(keeper.look(4, now_of(folder))) == 3


def test_a_segment_that_cannot_be_removed_keeps_those_behind_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = now_of(folder)
    aged(folder, 1, 500, now_ms)
    aged(folder, 2, 500, now_ms)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        assert Keeper(folder, TERMS).look(4, now_ms) == []
    assert kept_numbers(folder) == [1, 2, 3, 4]


# ---- the shelf ----


def test_a_compressed_segment_is_opened_at_the_bytes_of_its_plain_text(folder: Path) -> None:
    retention.pack(folder, 2)
    segment_path(folder, 2).unlink()
    with open_segment(folder, 2, len(line(4))) as file:
        assert file.readlines() == [line(5), line(6)]
    assert first_seq(folder, 2) == 4


def test_a_segment_that_is_gone_has_no_first_line(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_segment(folder, 9)
    assert first_seq(folder, 9) is None


def test_reading_goes_on_from_any_place_in_a_compressed_segment(folder: Path) -> None:
    everything = list(read_lines(folder, BEGINNING))
    for number in (1, 2, 3):
        retention.pack(folder, number)
        segment_path(folder, number).unlink()
    for index, (place, _) in enumerate(everything):
        assert list(read_lines(folder, place)) == everything[index + 1 :]
