"""Followers of the journal: they read the files behind the writer and are shown synced lines only.

A slow follower falls behind, a closed one ends; neither is ever waited for.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import orjson

from scheduler.journal import Position, read_lines, segment_numbers, segment_path


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
    best = Position(1, 0, 0)
    for number in segment_numbers(folder):
        first = _first_seq(folder, number)
        if first is None:
            continue
        if best.offset == 0 and best.seq == 0 and after < first - 1:
            raise Gone(first)
        if first > after + 1:
            break
        best = Position(number, 0, first - 1)
    for position, _ in read_lines(folder, best):
        if position.seq > after:
            break
        best = position
    return best


def _first_seq(folder: Path, number: int) -> int | None:
    with segment_path(folder, number).open("rb") as file:
        line = file.readline()
    return int(orjson.loads(line)["seq"]) if line.endswith(b"\n") else None


def chunk(folder: Path, after: Position, until: Position, size: int = 1 << 18) -> tuple[bytes, Position]:
    """About `size` bytes of synced lines after `after`, and the position behind them; empty where there are none."""
    pieces: list[bytes] = []
    length, position = 0, after
    for reached, line in read_lines(folder, after, until):
        pieces.append(line)
        length, position = length + len(line), reached
        if length >= size:
            break
    return b"".join(pieces), position
