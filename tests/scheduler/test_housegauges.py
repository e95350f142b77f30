"""Room, segments and readers as the metrics tell them."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from scheduler import retention
from scheduler.housegauges import HouseGauges, Readers
from scheduler.shelf import segment_path


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


class Watch:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_disk_and_the_segments_of_both_forms_are_counted(tmp_path: Path, registry: CollectorRegistry) -> None:
    journal = tmp_path / "journal"
    journal.mkdir()
    for number, seq in ((3, 41), (4, 61)):
        segment_path(journal, number).write_bytes(b'{"seq":%d}\n' % seq)
    retention.pack(journal, 3)
    gauges = HouseGauges(registry)
    gauges.sample(tmp_path)
    value = registry.get_sample_value
    assert value("xunwang_journal_segments", {"form": "plain"}) == 2
    assert value("xunwang_journal_segments", {"form": "compressed"}) == 1
    assert value("xunwang_journal_first_seq") == 41
    assert value("xunwang_journal_kept_bytes") == sum(path.stat().st_size for path in journal.iterdir())
    free, size = value("xunwang_disk_free_bytes"), value("xunwang_disk_size_bytes")
    assert free is not None and size is not None
    assert 0 < free <= size


def test_an_empty_journal_has_no_first_line(tmp_path: Path, registry: CollectorRegistry) -> None:
    (tmp_path / "journal").mkdir()
    HouseGauges(registry).sample(tmp_path)
    assert registry.get_sample_value("xunwang_journal_first_seq") == 0
    assert registry.get_sample_value("xunwang_journal_kept_bytes") == 0


def test_the_slowest_reader_is_the_one_that_is_shown(registry: CollectorRegistry) -> None:
    watch = Watch()
    readers = Readers(registry, watch)
    fast, slow = readers.opened(90), readers.opened(0)
    watch.now += 60
    readers.took(fast, 100, 100)
    readers.took(slow, 20, 100)
    watch.now += 40
    readers.sample(101)
    value = registry.get_sample_value
    assert value("xunwang_journal_readers") == 2
    assert value("xunwang_journal_reader_lag_lines") == 81
    assert value("xunwang_journal_reader_behind_seconds") == 100
    readers.closed(slow)
    readers.sample(101)
    assert value("xunwang_journal_readers") == 1
    assert value("xunwang_journal_reader_lag_lines") == 1
    assert value("xunwang_journal_reader_behind_seconds") == 40


def test_a_reader_that_is_level_is_not_behind_however_long_nothing_is_written(registry: CollectorRegistry) -> None:
    watch = Watch()
    readers = Readers(registry, watch)
    readers.took(readers.opened(0), 7, 7)
    watch.now += 10_000
    readers.sample(7)
    assert registry.get_sample_value("xunwang_journal_reader_lag_lines") == 0
    assert registry.get_sample_value("xunwang_journal_reader_behind_seconds") == 0
    watch.now += 15
    readers.sample(8)
    assert registry.get_sample_value("xunwang_journal_reader_behind_seconds") == 15
