"""What the house itself needs: room on the disk, the journal's segments, who reads the journal and how far behind they are."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from scheduler.shelf import first_seq, kept_numbers, packed_path, segment_path


class HouseGauges:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._free = Gauge("xunwang_disk_free_bytes", "Room left on the disk of the data folder", registry=registry)
        self._size = Gauge("xunwang_disk_size_bytes", "Size of the disk of the data folder", registry=registry)
        self._segments = Gauge("xunwang_journal_segments", "Segments of the journal by form", ("form",), registry=registry)
        self._kept = Gauge("xunwang_journal_kept_bytes", "Bytes of the journal on the disk", registry=registry)
        self._first = Gauge("xunwang_journal_first_seq", "First line that is kept, 0 before there is one", registry=registry)

    def sample(self, folder: Path) -> None:
        """folder: where the ledger and the folder `journal` are."""
        disk = os.statvfs(folder)
        self._free.set(disk.f_bavail * disk.f_frsize)
        self._size.set(disk.f_blocks * disk.f_frsize)
        journal = folder / "journal"
        numbers = kept_numbers(journal)
        paths = [form(journal, number) for number in numbers for form in (segment_path, packed_path)]
        sizes = {path: size for path in paths if (size := _size(path)) is not None}
        packed = sum(path.suffix == ".zst" for path in sizes)
        self._segments.labels("plain").set(len(sizes) - packed)
        self._segments.labels("compressed").set(packed)
        self._kept.set(sum(sizes.values()))
        self._first.set((first_seq(journal, numbers[0]) if numbers else None) or 0)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


@dataclass
class Reader:
    """One who follows the journal: the seq handed out last, and since when (monotonic s) it has not been level with it."""

    seq: int
    level_s: float = field(default_factory=time.monotonic)


class Readers:
    """Who follows the journal at present. synced: the seq of the last line that may be read."""

    def __init__(self, registry: CollectorRegistry, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._count = Gauge("xunwang_journal_readers", "Connections that read /observations", registry=registry)
        self._lag = Gauge("xunwang_journal_reader_lag_lines", "Lines the slowest follower has not taken", registry=registry)
        self._behind = Gauge(
            "xunwang_journal_reader_behind_seconds", "Longest time that a follower has not been level", registry=registry
        )
        self._monotonic = monotonic
        self._open: list[Reader] = []

    def opened(self, seq: int) -> Reader:
        """Somebody follows, after line `seq`."""
        reader = Reader(seq, self._monotonic())
        self._open.append(reader)
        return reader

    def took(self, reader: Reader, seq: int, synced: int) -> None:
        """The reader has been sent everything up to `seq`."""
        reader.seq = seq
        if seq >= synced:
            reader.level_s = self._monotonic()

    def closed(self, reader: Reader) -> None:
        self._open.remove(reader)

    def sample(self, synced: int) -> None:
        """Show them as they are now."""
        now = self._monotonic()
        for reader in self._open:
            if reader.seq >= synced:
                reader.level_s = now
        behind = [reader for reader in self._open if reader.seq < synced]
        self._count.set(len(self._open))
        self._lag.set(max((synced - reader.seq for reader in behind), default=0))
        self._behind.set(max((now - reader.level_s for reader in behind), default=0.0))
