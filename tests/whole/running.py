"""`xunwang serve` as a process, over a folder in which everything is due when the test wants it to be.

A service spreads its first looks over minutes, at the least; tests have seconds.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from crawler.records import BEIJING
from register import load
from scheduler.enrol import enrol
from scheduler.folder import open_folder
from scheduler.ledger import Ledger
from scheduler.serving import revisit_of
from scheduler.settings import load_settings
from tests.whole.conftest import XUNWANG


def prepare(config: Path, give_due_times: Callable[[Ledger, int], None]) -> None:
    """Leave the ledger as a service would that was stopped a moment ago. give_due_times: told the ledger and now (ms)."""
    settings = load_settings(config)
    opened = open_folder(config.parent / settings.out, "serve", revisit_of(settings))
    try:
        register = load(config.parent / settings.register, opened.path / "register")
        now = datetime.now(BEIJING)
        today = now.date().isoformat()
        probes = settings.probes.per_day > 0
        enrol(opened.ledger, register, lambda kind, category, key: 1, today, probes=probes)
        give_due_times(opened.ledger, round(now.timestamp() * 1000))
    finally:
        opened.close()


def all_due_in(seconds: float) -> Callable[[Ledger, int], None]:
    """Everything is due `seconds` from now: later than a service needs to start, or it would be spread anew."""

    def give(ledger: Ledger, now_ms: int) -> None:
        ledger.transaction().execute("UPDATE states SET due = ? WHERE due IS NOT NULL", (now_ms + round(1000 * seconds),))

    return give


class Process(NamedTuple):
    process: subprocess.Popen[bytes]
    url: str


@contextmanager
def running(config: Path, log: Path) -> Iterator[Process]:
    """`xunwang serve`, from when it listens; what still runs in the end must stop cleanly."""
    with log.open("wb") as errors:
        process = subprocess.Popen([XUNWANG, "serve", "--config", config], stderr=errors)
    try:
        end = time.monotonic() + 20
        while '"listening"' not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        line = next(json.loads(line) for line in log.read_text().splitlines() if '"listening"' in line)
        yield Process(process, f"http://127.0.0.1:{line['addresses'][0][1]}")
        if process.poll() is None:
            process.terminate()
            assert process.wait(8) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
