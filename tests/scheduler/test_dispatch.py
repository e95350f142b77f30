"""What every way of carrying rounds does with them: vantages, ends, and a stop that comes in the midst of one."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest
import pytest_asyncio

from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from crawler.records import Gap, Handover, Round, RoundEnd, Sighting, Visit
from crawler.visit import Crawler
from scheduler.dispatch import DEFAULT_VANTAGE, Dispatch, Message, RoundLost
from scheduler.dispatch.choose import make_dispatch
from scheduler.dispatch.frames import Given, decode_order, encode
from scheduler.dispatch.inline import Inline
from scheduler.dispatch.processes import Processes

PATIENCE_S = 20.0
NO_GAP = Gap(0.0, 0.0, 0.0)
PAGE = b"<html><body><p>%s</p></body></html>"


class Mirror:
    """A server that tells its visitors from where they came, and holds whoever comes for /hang."""

    def __init__(self) -> None:
        self.hung = asyncio.Event()
        self.peers: list[str] = []
        self.port = 0
        self._talks: list[asyncio.Task[object]] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.append(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.peers.append(writer.get_extra_info("peername")[0])
                if head.startswith(b"GET /hang"):
                    self.hung.set()
                    await reader.read()
                    return
                body = PAGE % self.peers[-1].encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Mirror"]:
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    def settings(self, source: str | None = None) -> FetchSettings:
        hosts = {"a.test": {"80": ("127.0.0.1", self.port)}}
        return FetchSettings(allow=("127.0.0.0/8",), hosts=hosts, source_address=source)


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[Mirror]:
    async with Mirror().listening() as peer:
        yield peer


class Inbox:
    """What a dispatch has brought, by round."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._news = asyncio.Event()

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._news.set()

    def of(self, number: int) -> list[Message]:
        return [message for message in self.messages if message.round == number]

    async def ended(self, *numbers: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not all(any(isinstance(m, RoundEnd | RoundLost) for m in self.of(number)) for number in numbers):
                self._news.clear()
                await self._news.wait()


def a_round(number: int, *paths: str) -> Round:
    visits = tuple(Visit(n, "probe", path, f"http://a.test/{path}", 1) for n, path in enumerate(paths))
    return Round(number, "a.test", visits, NO_GAP)


@asynccontextmanager
async def started(dispatch: Dispatch) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    await dispatch.start(inbox)
    try:
        yield inbox
    finally:
        await dispatch.stop(0.1)


# ---- vantages ----


@pytest.mark.parametrize("workers", [0, 1])
async def test_a_round_is_made_from_the_vantage_it_is_sent_to_and_from_the_first_by_default(peer: Mirror, workers: int) -> None:
    dispatch = make_dispatch({"here": peer.settings(), "there": peer.settings("127.0.0.2")}, workers)
    assert dispatch.vantages == ("here", "there")
    async with started(dispatch) as inbox:
        dispatch.send(a_round(1, "x"))
        await inbox.ended(1)
        dispatch.send(a_round(2, "x"), "there")
        await inbox.ended(2)
        dispatch.send(a_round(3, "x"), "here")
        await inbox.ended(3)
    assert peer.peers == ["127.0.0.1", "127.0.0.2", "127.0.0.1"]
    assert [m.outcome for m in inbox.messages if isinstance(m, Sighting)] == ["ok"] * 3


@pytest.mark.parametrize("workers", [0, 1])
async def test_one_set_of_settings_is_one_vantage(peer: Mirror, workers: int) -> None:
    assert make_dispatch(peer.settings(), workers).vantages == (DEFAULT_VANTAGE,)


async def test_the_forms_with_one_crawler_or_one_set_of_settings_go_on_working(peer: Mirror) -> None:
    assert Inline(Crawler(Fetcher(peer.settings()))).vantages == (DEFAULT_VANTAGE,)
    assert Processes(peer.settings(), 2).vantages == (DEFAULT_VANTAGE,)


async def test_each_vantage_has_as_many_processes_as_were_asked_for(peer: Mirror) -> None:
    processes = Processes({"here": peer.settings(), "there": peer.settings("127.0.0.2")}, 2)
    async with started(processes):
        assert len(set(processes.pids())) == 4


@pytest.mark.parametrize("workers", [0, 1])
async def test_a_vantage_that_is_not_set_up_is_an_error(peer: Mirror, workers: int) -> None:
    dispatch = make_dispatch({"here": peer.settings()}, workers)
    async with started(dispatch):
        with pytest.raises(KeyError):
            dispatch.send(a_round(1, "x"), "nowhere")


def test_a_dispatch_without_a_vantage_is_an_error() -> None:
    with pytest.raises(ValueError, match="vantage"):
        Inline({})
    with pytest.raises(ValueError, match="vantage"):
        Processes({}, 1)


async def test_a_round_of_any_vantage_can_be_abandoned(peer: Mirror) -> None:
    dispatch = make_dispatch({"here": peer.settings(), "there": peer.settings("127.0.0.2")}, 0)
    async with started(dispatch) as inbox:
        dispatch.send(a_round(1, "hang"), "there")
        await asyncio.wait_for(peer.hung.wait(), PATIENCE_S)
        dispatch.abandon(1)
        dispatch.send(a_round(2, "x"), "there")
        await inbox.ended(2)
        assert inbox.of(1) == []
    assert inbox.of(1) == []


# ---- ends ----


@pytest.mark.parametrize("workers", [0, 1])
async def test_a_request_that_outlasts_the_grace_of_a_stop_leaves_its_visit(peer: Mirror, workers: int) -> None:
    dispatch = make_dispatch(peer.settings(), workers)
    async with started(dispatch) as inbox:
        dispatch.send(a_round(1, "x", "hang", "y"))
        await asyncio.wait_for(peer.hung.wait(), PATIENCE_S)
        await dispatch.stop(0.1)
        first, end = inbox.of(1)
    assert isinstance(first, Sighting) and first.number == 0
    assert isinstance(end, RoundEnd) and end.left == (1, 2)


class Halting:
    """A fetcher whose answers come when the test says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()

    async def open(self) -> None:
        self.answer.clear()

    async def close(self) -> None:
        self.answer.set()

    async def fetch(self, ask: Ask) -> Answer:
        self.asked.set()
        await self.answer.wait()
        return Answer(ask.url, "ok", status=200, headers={}, body=PAGE)


async def test_a_request_under_way_may_end_within_the_grace() -> None:
    fetcher = Halting()
    inline = Inline(Crawler(cast(Fetcher, fetcher)))
    inbox = Inbox()
    await inline.start(inbox)
    inline.send(a_round(1, "x", "y"))
    await fetcher.asked.wait()
    stopping = asyncio.create_task(inline.stop(PATIENCE_S))
    await asyncio.sleep(0)
    fetcher.answer.set()
    await asyncio.wait_for(stopping, PATIENCE_S)
    first, end = inbox.messages
    assert isinstance(first, Sighting) and first.number == 0
    assert isinstance(end, RoundEnd) and end.left == (1,)


class Broken(Crawler):
    """A crawler with an error of its own."""

    def run(self, round: Round, age_s: float = 0.0) -> AsyncIterator[Sighting | Handover | RoundEnd]:
        raise ZeroDivisionError


async def test_a_round_whose_crawler_fails_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    inline = Inline(Broken(cast(Fetcher, Halting())))
    with caplog.at_level(logging.CRITICAL, "scheduler.dispatch.carry"):
        async with started(inline) as inbox:
            inline.send(a_round(1, "x"))
            await inbox.ended(1)
    assert inbox.messages == [RoundLost(1)]


# ---- frames ----


def test_a_round_travels_with_the_moment_it_was_begun() -> None:
    given = Given(Round(1, "a.test", a_round(1, "x").visits, NO_GAP, 60.0, (0.0, 1.5), 0.3), 12.5)
    assert decode_order(encode(given)) == given
