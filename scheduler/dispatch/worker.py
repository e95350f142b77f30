"""A crawler process: `python -m scheduler.dispatch.worker`, with its end of the socket as standard input.

It ends when the scheduler's end closes, however that came about, so no crawler outlives its scheduler. Signals are the
scheduler's business: it says Stop.
"""

import asyncio
import signal
import socket
import time

import uvloop

from crawler.heap import EVERY_S, share_arenas, trim_heap
from crawler.visit import Crawler
from scheduler.dispatch import Message
from scheduler.dispatch.carry import carry
from scheduler.dispatch.frames import Frames, Given, Hello, Ready, Stop, decode_order, encode

FLUSH_S = 0.02
"""Sightings are collected for so long, so that a frame carries many."""


class Worker:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._crawler: asyncio.Future[Crawler] = self._loop.create_future()
        self._rounds: set[asyncio.Task[None]] = set()
        self._pending: list[Message] = []
        self._frames = Frames(self._order, self._over.set)
        self._started: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def run(self) -> None:
        await self._loop.create_connection(lambda: self._frames, sock=socket.socket(fileno=0))
        trimming = self._loop.create_task(self._trim())
        await self._over.wait()
        trimming.cancel()

    async def _trim(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await asyncio.to_thread(trim_heap)

    def _order(self, frame: bytes) -> None:
        order = decode_order(frame)
        if isinstance(order, Given):
            task = self._loop.create_task(self._make(order))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)
        elif isinstance(order, Hello):
            self._started = self._loop.create_task(self._open(order))
        else:
            self._stopping = self._loop.create_task(self._stop(order))

    async def _open(self, hello: Hello) -> None:
        crawler = Crawler.of(hello.settings)
        await crawler.open()
        self._crawler.set_result(crawler)
        self._frames.send(encode([Ready(time.process_time())]))

    async def _make(self, given: Given) -> None:
        crawler = await asyncio.shield(self._crawler)
        age_s = max(0.0, time.monotonic() - given.begun)
        await carry(crawler, given.round, self._report, lambda: self._stopping is not None, age_s)

    def _report(self, message: Message) -> None:
        if not self._pending:
            self._loop.call_later(FLUSH_S, self._flush)
        self._pending.append(message)

    def _flush(self) -> None:
        if self._pending:
            self._frames.send(encode(self._pending))
            self._pending = []

    async def _stop(self, stop: Stop) -> None:
        crawler = await self._crawler
        crawler.stop()
        if self._rounds:
            _, late = await asyncio.wait(set(self._rounds), timeout=stop.grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._flush()
        await crawler.close()
        self._frames.close()


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    share_arenas()

    async def work() -> None:
        await Worker().run()

    uvloop.run(work())


if __name__ == "__main__":
    main()
