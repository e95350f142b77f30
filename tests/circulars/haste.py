"""Days of patrol in seconds: a loop that never waits, a clock that runs ahead of it, and a writer that writes at once.

Sockets, pages, journal and ledger are the real ones; only waiting is left out. Where nothing is ready, the loop's time jumps to
its next timer; the patrol's clock runs `SPEED` times as fast as the loop's, so that a week is a few thousand wakings of the
patrol and not a hundred thousand. A visit is made at most one waking after it is due.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, Self, TypeVar

from crawler.records import BEIJING
from scheduler.folder import Folder
from scheduler.journal import SEGMENT_BYTES, Journal
from scheduler.writer import Entry, Writer, Written

T = TypeVar("T")
SPEED: Final = 300.0
_STUCK_S: Final = 10.0


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: time that would be slept is added to `now`."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            return super().select(_STUCK_S)
        if not ready and timeout:
            self.now += timeout
        return ready


class HastyLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class HastyClock:
    """Both clocks of a patrol, from `begin` on. Make it on the running loop."""

    def __init__(self, begin: datetime) -> None:
        self._begin_ms = round(begin.timestamp() * 1000)
        self._loop = asyncio.get_running_loop()
        self._zero = self._loop.time()

    def monotonic(self) -> float:
        return (self._loop.time() - self._zero) * SPEED

    def now_ms(self) -> int:
        return self._begin_ms + round(self.monotonic() * 1000)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, BEIJING)


class _Unsynced(Journal):
    """Its lines need not outlive a power cut: synced once, when it is closed."""

    def sync(self) -> None:
        return None

    def close(self) -> None:
        super().sync()
        super().close()


class PromptWriter(Writer):
    """The writer without its thread: what was submitted in one turn of the loop is one batch at the end of it."""

    @classmethod
    def of(cls, folder: Folder, on_written: Callable[[Written], object]) -> Self:
        journal = _Unsynced(folder.journal, folder.position, SEGMENT_BYTES)
        return cls(journal, folder.ledger, folder.position, on_written, lambda sentence: None)

    def start(self) -> None:
        self._batch: list[Entry] = []

    def submit(self, entry: Entry) -> None:
        if not self._batch:
            asyncio.get_running_loop().call_soon(self._flush)
        self._batch.append(entry)

    def waiting(self) -> int:
        return len(self._batch)

    def close(self, timeout: float) -> bool:
        self._flush()
        self._journal.close()
        return True

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._write(batch)


def hasten(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` on a loop of its own."""
    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        return runner.run(main)
