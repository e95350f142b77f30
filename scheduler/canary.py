"""Whether we ourselves can see: well-known hosts, an echo on our own loopback, and our open files, asked every so often.

Canaries are metrics and evidence for doubt.py, never lines. Any HTTP answer of a canary is a good one: what is asked is
whether our network works, not whether the page is fine.
"""

import asyncio
import contextlib
import os
import resource
from collections.abc import Sequence
from typing import Final

from crawler.records import Handover, Sighting, Visit
from crawler.visit import host_of
from scheduler.asides import Asides
from scheduler.clock import Clock
from scheduler.doubt import Doubt
from scheduler.metrics import Metrics

AGAIN_S: Final = 2.0
"""Asked for sooner than planned, canaries are asked again after so long at the earliest."""

ECHO_S: Final = 5.0


class Echo:
    """A server of our own on loopback: an answer needs our loop, our sockets and our kernel, and nobody else."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)

    async def close(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    @staticmethod
    async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(await reader.read(64))
            await writer.drain()
        writer.close()

    async def ask(self) -> bool:
        """Whether the echo came back."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        try:
            async with asyncio.timeout(ECHO_S):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(b"xunwang")
                said = await reader.read(64)
                writer.close()
        except OSError:
            return False
        return said == b"xunwang"


def descriptors_free() -> float:
    """The share of this process's open-file limit that is free, from 0 to 1."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(0.0, 1.0 - len(os.listdir("/proc/self/fd")) / limit) if limit > 0 else 1.0  # noqa: PTH208 - counted often


class Canaries:
    def __init__(
        self,
        urls: Sequence[str],
        every_s: float,
        asides: Asides,
        doubt: Doubt,
        clock: Clock,
        metrics: Metrics,
        echo: Echo | None = None,
    ) -> None:
        self._urls, self._every_s = tuple(urls), every_s
        self._asides, self._doubt, self._clock, self._metrics = asides, doubt, clock, metrics
        self._echo = echo or Echo()
        self._soon = asyncio.Event()

    def ask_soon(self) -> None:
        """Somebody's failure waits for a judgement."""
        self._soon.set()

    async def run(self) -> None:
        """Ask for ever; cancel it to end."""
        await self._echo.open()
        try:
            while True:
                self._soon.clear()
                await self._ask()
                await asyncio.sleep(min(AGAIN_S, self._every_s))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, self._every_s - AGAIN_S)):
                        await self._soon.wait()
        finally:
            await self._echo.close()

    async def _ask(self) -> None:
        for index, url in enumerate(self._urls):
            self._ask_one(url, f"canary {index + 1}")
        begun = self._clock.monotonic()
        works = await self._echo.ask()
        self._metrics.canary(works, "loopback")
        self._doubt.descriptors(begun, descriptors_free() if works else 0.0)

    def _ask_one(self, url: str, name: str) -> None:
        begun = self._clock.monotonic()

        def told(said: Sighting | Handover | None) -> None:
            answered = isinstance(said, Handover) or (said is not None and said.status is not None)
            self._doubt.canary(url, begun, self._clock.monotonic(), answered)
            self._metrics.canary(answered, host_of(url))

        self._asides.ask(host_of(url), Visit(0, "probe", name, url, self._clock.now_ms()), told)
