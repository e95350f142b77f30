"""DIR: one patrol's folder, opened for the life of the process.

DIR/lock  DIR/journal/observations-000001.jsonl …  DIR/ledger.sqlite  DIR/register/<digest>.jsonl
"""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from scheduler.calendar import Calendar
from scheduler.errors import Refused
from scheduler.journal import SEGMENT_BYTES, Journal, Position
from scheduler.ledger import Ledger, LedgerFull, Mode, unusable
from scheduler.lock import hold
from scheduler.replay import catch_up
from scheduler.writer import Writer, Written


class Folder(NamedTuple):
    """What `open_folder` has locked and brought level."""

    path: Path
    lock: int
    ledger: Ledger
    position: Position

    @property
    def journal(self) -> Path:
        return self.path / "journal"

    def writer(
        self,
        on_written: Callable[[Written], object],
        on_trouble: Callable[[str | None], object],
        segment_bytes: int = SEGMENT_BYTES,
    ) -> Writer:
        journal = Journal(self.journal, self.position, segment_bytes)
        return Writer(journal, self.ledger, self.position, on_written, on_trouble)

    def close(self) -> None:
        self.ledger.close()
        os.close(self.lock)


def open_folder(path: Path, mode: Mode, calendar: Calendar) -> Folder:
    """Lock `path`, open its ledger and replay its journal; makes what is not there yet.

    Raises Refused: not writable, in use, a ledger that is foreign, newer, damaged, of the other mode or of another journal.
    """
    try:
        (path / "journal").mkdir(parents=True, exist_ok=True)
        (path / "register").mkdir(exist_ok=True)
        lock = hold(path, f"xunwang {mode}")
    except OSError as error:
        raise Refused(
            f"nothing can be written to {path} ({os.strerror(error.errno or 0)}); name a folder that this user may write to"
        ) from error
    try:
        ledger = Ledger.open(path / "ledger.sqlite", mode)
    except BaseException:
        os.close(lock)
        raise
    try:
        position = catch_up(ledger, path / "journal", calendar)
    except sqlite3.DatabaseError as error:
        ledger.close()
        os.close(lock)
        raise unusable(ledger.path, error) from error
    except LedgerFull as error:
        ledger.close()
        os.close(lock)
        raise Refused(f"no room for the ledger {ledger.path} ({error}); make room on the disk and start again") from error
    except BaseException:
        ledger.close()
        os.close(lock)
        raise
    return Folder(path, lock, ledger, position)
