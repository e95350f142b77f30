"""How far a pass is: a bar on a terminal, a plain line now and then in a log."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from scheduler.writer import Entry

EVERY_S = 5.0


class Progress:
    def __init__(self, total: int) -> None:
        self._total, self._done, self._ok = total, 0, 0
        self._console = Console(stderr=True)
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar = Bar(
                TextColumn("巡检"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[ok]} ok"),
                TimeRemainingColumn(),
                console=self._console,
                refresh_per_second=5,
            )
            self._task = self._bar.add_task("", total=self._total, ok=0)
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar:
            self._bar.update(self._task, completed=self._done, ok=self._ok)
            self._bar.stop()

    def line(self, entry: Entry) -> None:
        """One more line is durable."""
        self._done += 1
        self._ok += entry.line.outcome == "ok"
        now = time.monotonic()
        if now - self._told < (0.2 if self._bar else EVERY_S):
            return
        self._told = now
        if self._bar:
            self._bar.update(self._task, completed=self._done, ok=self._ok)
        else:
            print(f"{self._done} of {self._total} looked at, {self._ok} ok", file=sys.stderr, flush=True)
