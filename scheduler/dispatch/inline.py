"""The crawler on the scheduler's own loop: one task per round in flight."""

import asyncio
import logging

from crawler.records import Round
from crawler.visit import Crawler
from scheduler.dispatch import Receive, RoundLost

_log = logging.getLogger(__name__)


class Inline:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._receive: Receive = lambda message: None
        self.start_cpu_s = 0.0

    async def start(self, receive: Receive) -> None:
        self._receive = receive
        await self._crawler.open()

    def send(self, round: Round) -> None:
        task = asyncio.get_running_loop().create_task(self._run(round))
        self._tasks[round.number] = task

    async def _run(self, round: Round) -> None:
        try:
            async for message in self._crawler.run(round):
                self._receive(message)
        except asyncio.CancelledError:
            raise
        except Exception:
            _log.exception("round %d of %s failed", round.number, round.host)
            self._receive(RoundLost(round.number))
        finally:
            self._tasks.pop(round.number, None)

    def abandon(self, round: int) -> None:
        task = self._tasks.pop(round, None)
        if task:
            task.cancel()

    async def stop(self, grace_s: float) -> None:
        self._crawler.stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._crawler.close()
