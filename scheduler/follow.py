"""Followers of the journal: they read the files behind the writer and are shown synced lines only.

A slow follower falls behind, a closed one ends; neither is ever waited for.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from scheduler.journal import Position, read_lines
from scheduler.shelf import first_seq, kept_numbers, open_segment

BEGINNING: Final = Position(1, 0, 0)


class OutputFollower:
    """Copies lines to a stream, in a thread of its own: `crawl --journal -`."""

    def __init__(self, folder: Path, start: Position, synced: Callable[[], Position], out: BinaryIO | None = None) -> None:
        self._folder, self._at, self._synced = folder, start, synced
        self._out = out or sys.stdout.buffer
        self._more = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """There are new synced lines."""
        self._more.set()

    def close(self, patience_s: float) -> bool:
        """Copy what is left; False where the reader would not take it within `patience_s`."""
        self._ending = True
        self._more.set()
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while True:
                self._more.wait(1.0)
                self._more.clear()
                ending = self._ending
                self._copy()
                if ending:
                    return
        except (BrokenPipeError, ValueError):
            return  # the reader has gone; the patrol has not noticed and need not

    def _copy(self) -> None:
        until = self._synced()
        for position, line in read_lines(self._folder, self._at, until):
            self._out.write(line)
            self._at = position
        self._out.flush()


class Gone(Exception):
    """The lines asked for are past their retention; `first` is the first seq that is kept."""

    def __init__(self, first: int) -> None:
        super().__init__(f"the first line kept is {first}")
        self.first = first


def locate(folder: Path, after: int) -> Position:
    """Where line `after` ends, so that reading goes on with the next one. Raises Gone where that one is not kept any more."""
    best: Position | None = None
    for number in kept_numbers(folder):
        first = first_seq(folder, number)
        if first is None:
            continue
        if best is None and after < first - 1:
            raise Gone(first)
        if first > after + 1:
            break
        best = Position(number, 0, first - 1)
    best = best or BEGINNING
    try:
        for position, _ in read_lines(folder, best):
            if position.seq > after:
                break
            best = position
    except FileNotFoundError:
        return locate(folder, after)  # retention took the segment away meanwhile
    return best


class Tail:
    """Reads on from a position, plain segments and compressed ones alike; the segment it is in stays open between two reads.

    Not thread-safe: one read at a time.
    """

    def __init__(self, folder: Path, at: Position) -> None:
        self._folder = folder
        self.at = at
        self._file: BinaryIO | None = None

    def read(self, until: Position, size: int = 1 << 18) -> bytes:
        """About `size` bytes of whole lines up to `until`; empty where there are none. Raises Gone: they are kept no more."""
        pieces: list[bytes] = []
        length = 0
        while length < size and self.at.seq < until.seq:
            line = self._line(until)
            if line is None:
                break
            pieces.append(line)
            length += len(line)
        return b"".join(pieces)

    def _line(self, until: Position) -> bytes | None:
        while True:
            if self._file is None:
                self._file = self._open()
            before = self._file.tell()
            line = self._file.readline()
            segment, offset, seq = self.at
            if line.endswith(b"\n"):
                self.at = Position(segment, offset + len(line), seq + 1)
                return line
            self._file.seek(before)
            if segment >= until.segment:
                return None
            self.close()
            self.at = Position(segment + 1, 0, seq)

    def _open(self) -> BinaryIO:
        segment, offset, _ = self.at
        try:
            return open_segment(self._folder, segment, offset)
        except FileNotFoundError:
            kept = (first_seq(self._folder, number) for number in kept_numbers(self._folder) if number > segment)
            raise Gone(next((first for first in kept if first), self.at.seq + 1)) from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
