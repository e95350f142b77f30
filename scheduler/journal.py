"""The journal: append-only JSON lines in numbered segments, `observations-000001.jsonl`, …

Segments are never renamed or rewritten. The only bytes ever taken back are those after the last newline (a torn tail after a
crash, or a batch that the disk had no room for). Not thread-safe: the writer thread owns it.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from scheduler.shelf import kept_numbers, open_segment
from scheduler.shelf import segment_numbers as segment_numbers
from scheduler.shelf import segment_path as segment_path

SEGMENT_BYTES: Final = 64 * 1024 * 1024


class Position(NamedTuple):
    """A place in the journal: after `offset` bytes of segment `segment`, where line `seq` ended. (1, 0, 0) is its beginning."""

    segment: int
    offset: int
    seq: int


class DiskFull(Exception):
    """The batch found no room; nothing of it is left in the segment."""


class SyncFailed(Exception):
    """fdatasync failed: what is on the disk is unknown, so the process must end (it is never called a second time)."""


def cut_torn_tail(path: Path) -> int:
    """Remove what follows the last newline of `path`; returns how many bytes that was."""
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        keep, position = 0, end
        while position > 0:
            start = max(0, position - 65536)
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                keep = start + newline + 1
                break
            position = start
        if keep < end:
            file.truncate(keep)
            os.fsync(file.fileno())
        return end - keep


def read_lines(folder: Path, after: Position, until: Position | None = None) -> Iterator[tuple[Position, bytes]]:
    """Every whole line after `after`, with the position behind it, across segments in either form; up to `until` where given.

    The seq in a position is counted on from `after.seq`; the caller checks it against the line's own.
    """
    segment, offset, seq = after
    for number in kept_numbers(folder):
        if number < segment or (until and number > until.segment):
            continue
        start = offset if number == segment else 0
        end = until.offset if until and number == until.segment else None
        with open_segment(folder, number, start) as file:
            for line in file:
                if not line.endswith(b"\n") or (end is not None and start + len(line) > end):
                    break
                start += len(line)
                seq += 1
                yield Position(number, start, seq), line


class Journal:
    """Appends batches behind the last whole line. `position` is where the last appended batch ended."""

    def __init__(self, folder: Path, position: Position, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._segment = position.segment
        self._size = position.offset
        self._fd = self._open(position.segment)
        if os.fstat(self._fd).st_size != position.offset:
            raise ValueError(f"segment {position.segment} is not {position.offset} bytes long")

    def _open(self, number: int) -> int:
        path = segment_path(self._folder, number)
        new = not path.exists()
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        if new:
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return fd

    def append(self, batch: bytes) -> tuple[int, int]:
        """Append whole lines; returns (segment, offset behind them). Raises DiskFull with nothing left behind."""
        if self._size >= self._segment_bytes:
            self._rotate()
        view = memoryview(batch)
        try:
            while view:
                view = view[os.write(self._fd, view) :]
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(os.strerror(error.errno)) from error
            raise
        self._size += len(batch)
        return self._segment, self._size

    def sync(self) -> None:
        """Make what was appended survive a power cut. Raises SyncFailed, after which the journal must not be used."""
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            raise SyncFailed(os.strerror(error.errno or 0)) from error

    def _rotate(self) -> None:
        try:
            fd = self._open(self._segment + 1)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(os.strerror(error.errno)) from error
            raise
        os.close(self._fd)
        self._fd, self._segment, self._size = fd, self._segment + 1, 0

    def close(self) -> None:
        os.close(self._fd)
