"""The one thread that writes. Its protocol, for each batch of finished visits:

1. Take what has come in (at most BATCH_LINES, collected for BATCH_S after the first).
2. Give each line the next seq and append the batch to the journal.
   No room: the journal cuts the batch at once, the patrol is told to pause, and the same batch is tried again.
3. fdatasync. If it fails, nobody knows what is on the disk: the thread stops for good and the process must end.
4. One SQLite transaction: the targets' new states and due times, and the journal position behind the batch.
   No room: the lines stand, and only this step is tried again; killed here, the next start replays them.
5. Tell the patrol that the batch is durable. Only now may a host be planned again, and a follower be shown the lines.

A batch that never reached step 2 has cost nothing: its visits have no line, so they are still due.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

from scheduler.conclude import Line, encode_line
from scheduler.journal import DiskFull, Journal, Position, SyncFailed
from scheduler.ledger import Ledger, LedgerFull, Update
from scheduler.state import State, encode_state

BATCH_LINES: Final = 1000
BATCH_S: Final = 0.1
RETRY_S: Final = 1.0

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """One finished visit on its way to the disk. `host` (the target's own) and `round` are handed back when it is durable."""

    line: Line
    state: State
    due: int | None
    deadline: int | None
    target_id: int
    host: int
    round: int


class Written(NamedTuple):
    """A durable batch: its entries, and the seconds that fdatasync and the transaction took."""

    entries: list[Entry]
    sync_s: float
    commit_s: float
    size: int


class Writer:
    """Start it once; `submit` from one thread; the callbacks run in the writer's thread."""

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        position: Position,
        on_written: Callable[[Written], object],
        on_trouble: Callable[[str | None], object],
    ) -> None:
        """on_trouble gets a sentence when writing cannot go on, and None when it goes on again."""
        self._journal, self._ledger = journal, ledger
        self.synced = position
        """Up to here lines are on the disk: what followers may be shown."""
        self.failure: SyncFailed | None = None
        self._on_written, self._on_trouble = on_written, on_trouble
        self._queue: SimpleQueue[Entry | Callable[[], None] | None] = SimpleQueue()
        self._next: Callable[[], None] | None = None  # taken from the queue while a batch was collected, not done yet
        self._over = False
        self._jobs: list[Future[Any]] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, entry: Entry) -> None:
        self._queue.put(entry)

    def work(self, job: Callable[[Ledger], T]) -> "Future[T]":
        """Have `job` done by the writer's thread, between two batches: enrolling a changed register, a backup."""
        future: Future[T] = Future()
        self._jobs.append(future)

        def do() -> None:
            try:
                future.set_result(job(self._ledger))
            except BaseException as error:
                future.set_exception(error)

        self._queue.put(do)
        return future

    def waiting(self) -> int:
        """Entries not taken up yet."""
        return self._queue.qsize()

    def close(self, timeout: float) -> bool:
        """Write what has been submitted and stop; False where that took longer than `timeout` seconds."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(timeout)
        if self._thread.is_alive():
            return False
        self._journal.close()
        return True

    # ---- the thread ----

    def _run(self) -> None:
        try:
            while (batch := self._take()) is not None:
                if batch and not self._write(batch):
                    return
        except SyncFailed as error:
            self.failure = error
            self._on_trouble(f"fdatasync of the journal failed ({error}); the process ends, start it again")
        except Exception:
            _log.exception("the writer stopped")
            self.failure = SyncFailed("the writer stopped")
            self._on_trouble("the writer stopped on an unexpected error; the process ends, start it again")
        finally:
            for job in self._jobs:
                job.cancel()  # nobody is left to do it

    def _take(self) -> list[Entry] | None:
        """The next batch; None when the writer is closed and everything is taken."""
        first = self._next or (None if self._over else self._queue.get())
        self._next = None
        if first is None:
            return None
        if not isinstance(first, Entry):
            first()
            self._jobs = [job for job in self._jobs if not job.done()]
            return []
        batch = [first]
        self._closing.wait(BATCH_S)
        try:
            while len(batch) < BATCH_LINES:
                entry = self._queue.get_nowait()
                if entry is None:
                    self._over = True
                    break
                if not isinstance(entry, Entry):
                    self._next = entry
                    break
                batch.append(entry)
        except Empty:
            pass
        return batch

    def _write(self, batch: list[Entry]) -> bool:
        """Steps 2 to 5. False where the writer was closed before there was room for the lines."""
        seq = self.synced.seq
        pieces: list[bytes] = []
        for number, entry in enumerate(batch, seq + 1):
            entry.line.seq = number
            pieces += (encode_line(entry.line), b"\n")
        text = b"".join(pieces)
        place = self._until_room(lambda: self._journal.append(text), DiskFull, "the journal")
        if place is None:
            return False
        begun = monotonic()
        self._journal.sync()
        synced = monotonic()
        position = Position(*place, seq + len(batch))
        self.synced = position
        updates = [Update(encode_state(entry.state), entry.due, entry.deadline, entry.target_id) for entry in batch]
        last_id = batch[-1].line.id
        done = self._until_room(lambda: self._committed(updates, position, last_id), LedgerFull, "the ledger")
        self._on_written(Written(batch, synced - begun, monotonic() - synced, len(text)))
        return done is not None

    def _committed(self, updates: list[Update], position: Position, last_id: str) -> bool:
        self._ledger.commit(updates, position, last_id)
        return True

    def _until_room(self, attempt: Callable[[], T], full: type[Exception], what: str) -> T | None:
        """Try until the disk has room; None where the writer is closed first."""
        told = False
        while True:
            try:
                result = attempt()
            except full as error:
                if not told:
                    _log.error("no room for %s (%s): the patrol pauses until there is", what, error)
                    self._on_trouble(f"no room for {what} ({error}); make room on the disk, the patrol goes on by itself")
                    told = True
                if self._closing.wait(RETRY_S):
                    return None
            else:
                if told:
                    _log.warning("there is room again, the patrol goes on")
                    self._on_trouble(None)
                return result
