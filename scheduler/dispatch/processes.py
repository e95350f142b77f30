"""Crawler processes on this machine, a group of them per vantage. One that dies is started again; its rounds are lost.

A host always goes to the same process of its group, so its kept-alive connection is there.
"""

import asyncio
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from zlib import crc32

from crawler.fetch import FetchSettings
from crawler.records import Round, RoundEnd
from scheduler.dispatch import DEFAULT_VANTAGE, Receive, RoundLost
from scheduler.dispatch.frames import Frames, Given, Hello, Ready, Stop, decode_report, encode

BACK_OFF_S = 1.0
"""A process that dies this soon after its start is not started again at once."""

START_S = 30.0

_log = logging.getLogger(__name__)


class _Crawler:
    """One crawler process and the rounds it has."""

    def __init__(self, hello: bytes, receive: Receive) -> None:
        self._hello, self._receive = hello, receive
        self.rounds: dict[int, Given] = {}
        self.stopping = False
        self.gone = asyncio.Event()
        self.ready = asyncio.Event()
        self.start_cpu_s = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._frames: Frames | None = None
        self._begun = 0.0

    async def start(self) -> None:
        ours, theirs = socket.socketpair()
        self._begun = time.monotonic()
        self.process = subprocess.Popen(  # noqa: ASYNC220 - a fork and exec, milliseconds
            [sys.executable, "-m", "scheduler.dispatch.worker"], stdin=theirs.fileno(), stdout=subprocess.DEVNULL
        )
        theirs.close()
        frames = Frames(self._report, self._lost)
        await asyncio.get_running_loop().create_connection(lambda: frames, sock=ours)
        frames.send(self._hello)
        for given in self.rounds.values():  # given to us while there was no process
            frames.send(encode(given))
        self._frames = frames

    def send(self, round: Round) -> None:
        given = self.rounds[round.number] = Given(round, time.monotonic())
        if self._frames:
            self._frames.send(encode(given))

    def stop(self, grace_s: float) -> None:
        self.stopping = True
        if self._frames:
            self._frames.send(encode(Stop(grace_s)))

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()

    def _report(self, frame: bytes) -> None:
        for message in decode_report(frame):
            if isinstance(message, Ready):
                self.start_cpu_s += message.cpu_s
                self.ready.set()
                continue
            if isinstance(message, RoundEnd | RoundLost):
                self.rounds.pop(message.round, None)
            self._receive(message)

    def _lost(self) -> None:
        """The socket is closed: the process has ended, or is about to."""
        self._frames = None
        self.kill()
        code = self.process.wait() if self.process else 0
        lost, self.rounds = list(self.rounds), {}
        if self.stopping:
            self.gone.set()
        else:
            _log.error("a crawler process ended with %d; %d rounds are lost, another one is started", code, len(lost))
        for number in lost:
            self._receive(RoundLost(number))
        if not self.stopping:
            delay = 0.0 if time.monotonic() - self._begun > BACK_OFF_S else BACK_OFF_S
            asyncio.get_running_loop().call_later(delay, self._again)

    def _again(self) -> None:
        if self.stopping:
            self.gone.set()
            return
        self._restart = asyncio.get_running_loop().create_task(self.start())


class Processes:
    """`workers` processes for each vantage. `settings` by vantage, the default one first; or those of the only one."""

    def __init__(self, settings: FetchSettings | Mapping[str, FetchSettings], workers: int) -> None:
        vantages = settings if isinstance(settings, Mapping) else {DEFAULT_VANTAGE: settings}
        if not vantages or workers < 1:
            raise ValueError("a dispatch needs a vantage and a worker")
        self._hellos = {vantage: encode(Hello(each)) for vantage, each in vantages.items()}
        self._workers = workers
        self._groups: dict[str, list[_Crawler]] = {}

    @property
    def vantages(self) -> tuple[str, ...]:
        return tuple(self._hellos)

    @property
    def _crawlers(self) -> list[_Crawler]:
        return [crawler for group in self._groups.values() for crawler in group]

    async def start(self, receive: Receive) -> None:
        self._groups = {
            vantage: [_Crawler(hello, receive) for _ in range(self._workers)] for vantage, hello in self._hellos.items()
        }
        for crawler in self._crawlers:
            await crawler.start()
        try:
            async with asyncio.timeout(START_S):
                await asyncio.gather(*(crawler.ready.wait() for crawler in self._crawlers))
        except TimeoutError:
            _log.error("not every crawler process was ready within %.0f s; the patrol begins with those that are", START_S)

    @property
    def start_cpu_s(self) -> float:
        return sum(crawler.start_cpu_s for crawler in self._crawlers)

    def pids(self) -> list[int]:
        """The crawler processes, for those who watch or end them."""
        return [crawler.process.pid for crawler in self._crawlers if crawler.process]

    def send(self, round: Round, vantage: str | None = None) -> None:
        group = self._groups[vantage or self.vantages[0]]
        group[crc32(round.host.encode()) % len(group)].send(round)

    def abandon(self, round: int) -> None:
        for crawler in self._crawlers:
            if round in crawler.rounds:
                del crawler.rounds[round]
                crawler.kill()

    async def stop(self, grace_s: float) -> None:
        for crawler in self._crawlers:
            crawler.stop(grace_s)
        waiting = [asyncio.create_task(crawler.gone.wait()) for crawler in self._crawlers]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=grace_s + 1.0)
            for task in late:
                task.cancel()
        for crawler in self._crawlers:
            crawler.kill()
            if crawler.process:
                await asyncio.to_thread(crawler.process.wait)  # it has ended or was killed: reap it
