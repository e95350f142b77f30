"""`python -m tests.deploy.journal_server FOLDER PORT LINES`: a journal that grows and is followed, to be killed in between.

It goes on after the last whole line that is in FOLDER, and stops writing at LINES.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from scheduler.journal import Journal, Position, cut_torn_tail, read_lines, segment_numbers, segment_path
from scheduler.metrics import Metrics
from scheduler.service import Health, Service
from tests.scheduler.builders import BEGINNING, raw_line

SEGMENT_BYTES = 20_000


def line(seq: int) -> bytes:
    """A line with one new article, of one of five targets."""
    return raw_line(seq, f"k{seq % 5}", [f"第{seq}篇"])


def ended(folder: Path) -> Position:
    """Where the whole lines end."""
    numbers = segment_numbers(folder)
    if numbers:
        cut_torn_tail(segment_path(folder, numbers[-1]))
    position = BEGINNING
    for position, _ in read_lines(folder, BEGINNING):  # noqa: B007
        pass
    return Position(numbers[-1], 0, position.seq) if numbers and numbers[-1] > position.segment else position


async def serve(folder: Path, port: int, lines: int) -> None:
    position = ended(folder)
    journal = Journal(folder, position, SEGMENT_BYTES)
    service = Service(
        metrics=Metrics(),
        journal=folder,
        synced=lambda: position,
        health=lambda: Health(True),
        ready=lambda: True,
        token="open sesame",
    )
    runner = web.AppRunner(service.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    while True:
        if position.seq < lines:
            seq = position.seq + 1
            place = journal.append(line(seq))
            journal.sync()
            position = Position(*place, seq)
            await service.nudge()
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
