"""A ledger made anew from what the retention has left: compressed segments, and a journal that does not begin at 1."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler import retention
from scheduler.errors import Refused
from scheduler.journal import Journal, Position, segment_path
from scheduler.ledger import Ledger
from scheduler.replay import catch_up
from tests.scheduler.builders import PASS, bare, new_journal_folder, raw_line

KEYS = ("one", "two", "three")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Three segments of three lines."""
    folder = new_journal_folder(tmp_path)
    for number in (1, 2, 3):
        rows = (raw_line(seq, KEYS[seq % 3]) for seq in range(3 * number - 2, 3 * number + 1))
        segment_path(folder, number).write_bytes(b"".join(rows))
    return folder


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path / "ledger.sqlite", "crawl")
    yield opened
    opened.close()


def pack(folder: Path, *numbers: int) -> None:
    for number in numbers:
        retention.pack(folder, number)
        segment_path(folder, number).unlink()


def test_a_ledger_is_made_anew_from_compressed_segments_as_from_plain_ones(
    ledger: Ledger, journal: Path, tmp_path: Path
) -> None:
    other = Ledger.open(tmp_path / "other.sqlite", "crawl")
    end = catch_up(other, journal, PASS)
    pack(journal, 1, 2)
    assert catch_up(ledger, journal, PASS) == end
    assert bare(ledger) == bare(other)
    assert len(bare(ledger)) == 3
    other.close()


def test_a_ledger_is_made_anew_from_a_journal_whose_beginning_is_past_its_retention(ledger: Ledger, journal: Path) -> None:
    retention.drop(journal, 1)
    pack(journal, 2)
    assert catch_up(ledger, journal, PASS).seq == 9
    assert catch_up(ledger, journal, PASS) == Position(3, segment_path(journal, 3).stat().st_size, 9)


def test_a_copy_with_compressed_segments_only_is_gone_on_with_in_a_new_segment(ledger: Ledger, journal: Path) -> None:
    pack(journal, 1, 2, 3)
    position = catch_up(ledger, journal, PASS)
    assert position == Position(4, 0, 9)
    Journal(journal, position).close()
    assert catch_up(ledger, journal, PASS) == Position(4, 0, 9)


def test_a_compressed_segment_that_lacks_the_ledgers_last_line_is_refused(ledger: Ledger, journal: Path) -> None:
    catch_up(ledger, journal, PASS)
    segment_path(journal, 3).write_bytes(raw_line(7, "one"))
    pack(journal, 3)
    with pytest.raises(Refused, match="line 9 is not in the journal any more"):
        catch_up(ledger, journal, PASS)
