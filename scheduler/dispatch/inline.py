"""Crawlers on the scheduler's own loop, one per vantage: one task per round in flight."""

import asyncio
from collections.abc import Mapping

from crawler.records import Round
from crawler.visit import Crawler
from scheduler.dispatch import DEFAULT_VANTAGE, Receive
from scheduler.dispatch.carry import carry


class Inline:
    """`crawlers` by the vantage they look from, the default one first; or the only one."""

    def __init__(self, crawlers: Crawler | Mapping[str, Crawler]) -> None:
        self._crawlers = dict(crawlers) if isinstance(crawlers, Mapping) else {DEFAULT_VANTAGE: crawlers}
        if not self._crawlers:
            raise ValueError("a dispatch needs a vantage")
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._receive: Receive = lambda message: None
        self._stopping = False
        self.start_cpu_s = 0.0

    @property
    def vantages(self) -> tuple[str, ...]:
        return tuple(self._crawlers)

    async def start(self, receive: Receive) -> None:
        self._receive = receive
        for crawler in self._crawlers.values():
            await crawler.open()

    def send(self, round: Round, vantage: str | None = None) -> None:
        crawler = self._crawlers[vantage or self.vantages[0]]
        loop = asyncio.get_running_loop()
        self._tasks[round.number] = loop.create_task(self._run(crawler, round, loop.time()))

    async def _run(self, crawler: Crawler, round: Round, begun: float) -> None:
        age_s = asyncio.get_running_loop().time() - begun
        try:
            await carry(crawler, round, self._receive, lambda: self._stopping, age_s)
        finally:
            self._tasks.pop(round.number, None)

    def abandon(self, round: int) -> None:
        task = self._tasks.pop(round, None)
        if task:
            task.cancel()

    async def stop(self, grace_s: float) -> None:
        self._stopping = True
        for crawler in self._crawlers.values():
            crawler.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for crawler in self._crawlers.values():
            await crawler.close()
