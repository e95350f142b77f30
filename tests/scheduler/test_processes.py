"""Crawler processes that are killed, against a small server on loopback."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from crawler.fetch import FetchSettings
from crawler.records import Gap, Observation, Round, RoundEnd, Sighting, Visit
from scheduler.calendar import Pass
from scheduler.clock import SystemClock
from scheduler.dispatch import Message, Receive, RoundLost
from scheduler.dispatch.processes import Processes
from scheduler.folder import open_folder
from scheduler.journal import read_lines
from scheduler.metrics import Metrics
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.writer import Written
from tests.scheduler.builders import BEGINNING, HOUSE, PASS, START_MS, populate

PATIENCE_S = 8.0
HOSTS = ("a.test", "b.test", "c.test")
NO_GAP = Gap(0.0, 0.0, 0.0)
ROWS = "".join(
    f'<li><a href="/t{day}.html">关于召开第{day}次会议的通知</a><span>2025-11-{day:02}</span></li>' for day in range(1, 21)
)
PAGE = f"<html><head><meta charset=utf-8><title>通知公告</title></head><body><ul>{ROWS}</ul></body></html>".encode()


class Server:
    """Answers every path with a list page; the first request for a path in `stall` is held for ever."""

    def __init__(self) -> None:
        self.stall: set[str] = set()
        self.stalled = asyncio.Event()
        self.asked: Counter[str] = Counter()
        self._talks: list[asyncio.Task[None]] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)

    @property
    def settings(self) -> FetchSettings:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return FetchSettings(allow=("127.0.0.0/8",), hosts={host: {"80": ("127.0.0.1", port)} for host in HOSTS})

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.append(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                self.asked[path] += 1
                if path in self.stall and self.asked[path] == 1:
                    self.stalled.set()
                    await reader.read()
                    return
                head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(PAGE)
                writer.write(head + PAGE)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.close()


class Office:
    """Processes that are stopped when the test is over, whatever came of it."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._started: list[Processes] = []

    async def start(self, receive: Receive, workers: int = 1) -> Processes:
        processes = Processes(self._settings, workers)
        self._started.append(processes)
        await processes.start(receive)
        return processes

    async def close(self) -> None:
        for processes in self._started:
            await processes.stop(0.1)
            for pid in processes.pids():
                if not dead(pid):
                    os.kill(pid, signal.SIGKILL)


@pytest_asyncio.fixture
async def office(server: Server) -> AsyncIterator[Office]:
    office = Office(server.settings)
    yield office
    await office.close()


@pytest.fixture(autouse=True)
def started_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.dispatch.processes.BACK_OFF_S", 0.0)


def dead(pid: int) -> bool:
    """Whether process `pid` has ended and was reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


class Inbox:
    """What a dispatch has brought."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._news = asyncio.Event()

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    async def until(self, kind: type[Message]) -> Message:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for message in self.messages:
                    if isinstance(message, kind):
                        return message
                self._news.clear()
                await self._news.wait()


def one_visit(path: str, number: int = 1) -> Round:
    return Round(number, "a.test", (Visit(0, "column", path, f"http://a.test/{path}", START_MS),), NO_GAP)


async def replaced(processes: Processes, pid: int) -> None:
    """Until another process stands in the place of `pid`, not necessarily ready."""
    async with asyncio.timeout(PATIENCE_S):
        while processes.pids() == [pid]:  # noqa: ASYNC110 - nobody tells, and the moment itself matters
            await asyncio.sleep(0)


# ---- the processes alone ----


async def test_a_round_goes_to_a_process_and_its_sightings_come_back(server: Server, office: Office) -> None:
    inbox = Inbox()
    processes = await office.start(inbox, 2)
    processes.send(one_visit("x"))
    await inbox.until(RoundEnd)
    (seen,) = (message for message in inbox.messages if isinstance(message, Sighting))
    assert (seen.round, seen.number, seen.outcome, seen.status) == (1, 0, "ok", 200)
    assert seen.reading is not None
    assert (seen.reading.state, seen.reading.newest) == ("list", "2025-11-20")
    pids = processes.pids()
    await processes.stop(1.0)
    assert len(set(pids)) == 2
    assert all(dead(pid) for pid in pids)


async def test_rounds_of_a_killed_process_are_reported_lost_and_another_takes_new_ones(server: Server, office: Office) -> None:
    inbox = Inbox()
    server.stall = {"/x"}
    processes = await office.start(inbox)
    processes.send(one_visit("x"))
    await asyncio.wait_for(server.stalled.wait(), PATIENCE_S)
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    assert await inbox.until(RoundLost) == RoundLost(1)
    processes.send(one_visit("x", 2))
    assert (await inbox.until(RoundEnd)).round == 2
    assert processes.pids() != [pid]
    assert dead(pid)


async def test_a_round_sent_while_the_new_process_is_being_started_is_made(server: Server, office: Office) -> None:
    inbox = Inbox()
    processes = await office.start(inbox)
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    await replaced(processes, pid)
    processes.send(one_visit("x"))
    await inbox.until(RoundEnd)


async def test_a_round_that_waited_longer_than_its_deadline_for_a_process_is_left(server: Server, office: Office) -> None:
    inbox = Inbox()
    processes = await office.start(inbox)
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    await replaced(processes, pid)
    late = one_visit("x")
    processes.send(Round(late.number, late.host, late.visits, NO_GAP, deadline_s=0.01))
    end = await inbox.until(RoundEnd)
    assert isinstance(end, RoundEnd) and end.left == (0,)
    assert server.asked["/x"] == 0


async def test_a_stop_while_the_new_process_is_being_started_leaves_none_behind(server: Server, office: Office) -> None:
    processes = await office.start(Inbox())
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGKILL)
    await replaced(processes, pid)
    begun = time.monotonic()
    await processes.stop(1.0)
    assert time.monotonic() - begun < 8.0
    assert all(dead(pid) for pid in processes.pids())


async def test_an_abandoned_round_ends_with_its_process(server: Server, office: Office) -> None:
    inbox = Inbox()
    server.stall = {"/x"}
    processes = await office.start(inbox)
    processes.send(one_visit("x"))
    await asyncio.wait_for(server.stalled.wait(), PATIENCE_S)
    (pid,) = processes.pids()
    processes.abandon(1)
    await replaced(processes, pid)
    assert dead(pid)
    assert inbox.messages == []


async def test_a_process_that_does_not_listen_is_killed_when_its_grace_is_over(server: Server, office: Office) -> None:
    processes = await office.start(Inbox())
    (pid,) = processes.pids()
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    await processes.stop(0.1)
    assert time.monotonic() - begun < 8.0
    assert dead(pid)


async def test_a_process_passes_over_the_signals_meant_for_its_scheduler(server: Server, office: Office) -> None:
    inbox = Inbox()
    processes = await office.start(inbox)
    (pid,) = processes.pids()
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)
    processes.send(one_visit("x"))
    await inbox.until(RoundEnd)
    assert processes.pids() == [pid]


# ---- a whole patrol over them ----


class House:
    """A patrol with real processes, a real journal and a real writer."""

    def __init__(self, folder: Path, settings: FetchSettings, workers: int) -> None:
        loop = asyncio.get_running_loop()
        self.folder = open_folder(folder, "crawl", PASS)
        self.targets = [f"{host[0]}{number}" for host in HOSTS for number in range(4)]
        populate(self.folder.ledger, {host: [key for key in self.targets if key[0] == host[0]] for host in HOSTS})

        def written(batch: Written) -> None:
            loop.call_soon_threadsafe(self.patrol.written, batch)

        self.writer = self.folder.writer(written, lambda word: loop.call_soon_threadsafe(self.patrol.troubled, word))
        self.processes = Processes(settings, workers)
        self.reader = self.folder.ledger.reader()
        self.patrol = Patrol(
            ledger=self.reader,
            writer=self.writer,
            dispatch=self.processes,
            calendar=Pass(START_MS),
            house=HOUSE,
            clock=SystemClock(),
            metrics=Metrics(),
            settings=PatrolSettings(gap=NO_GAP),
        )

    async def run(self, beside: Callable[[], Coroutine[Any, Any, None]]) -> list[Observation]:
        """Patrol while `beside` happens; returns the journal."""
        self.writer.start()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(self.patrol.run(), beside())
        finally:
            closed = await asyncio.to_thread(self.writer.close, 5.0)
            await asyncio.sleep(0)
            self.reader.close()
            self.folder.close()
        assert closed
        lines = read_lines(self.folder.journal, BEGINNING)
        return [msgspec.json.decode(raw, type=Observation) for _, raw in lines]


async def test_visits_of_a_killed_crawler_are_made_by_another_with_one_line_each(server: Server, tmp_path: Path) -> None:
    server.stall = {"/a1"}
    house = House(tmp_path, server.settings, workers=1)
    killed: list[int] = []

    async def kill() -> None:
        await server.stalled.wait()
        killed.extend(house.processes.pids())
        os.kill(killed[0], signal.SIGKILL)

    lines = await house.run(kill)
    assert sorted(line.target for line in lines) == sorted(house.targets)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert {(line.outcome, line.reading.newest) for line in lines} == {("ok", "2025-11-20")}
    assert server.asked["/a1"] == 2
    assert house.processes.pids() != killed
    assert all(dead(pid) for pid in [*killed, *house.processes.pids()])


async def test_a_patrol_over_processes_stops_within_8_seconds_while_a_server_hangs(server: Server, tmp_path: Path) -> None:
    server.stall = {"/a1", "/b1", "/c1"}
    house = House(tmp_path, server.settings, workers=2)
    begun: list[float] = []

    async def stop() -> None:
        await server.stalled.wait()
        begun.append(time.monotonic())
        house.patrol.stop()

    lines = await house.run(stop)
    assert time.monotonic() - begun[0] < 8.0
    assert len({line.id for line in lines}) == len(lines)
    assert "a1" not in {line.target for line in lines}
    assert all(dead(pid) for pid in house.processes.pids())
