"""Connections that leave from an address of ours: what a vantage point is to the fetcher."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crawler.fetch import Ask, Fetcher, FetchSettings
from tests.crawler.fetch.wire import HOST, LOOPBACK, Step, page, url

OURS = "127.0.0.2"


@asynccontextmanager
async def choosy(*answer: Step, only: str = OURS) -> AsyncIterator[tuple[int, list[str]]]:
    """A server that answers only who comes from `only`; its port, and the peers that came."""
    peers: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer.get_extra_info("peername")[0])
        try:
            if peers[-1] == only:
                await reader.readuntil(b"\r\n\r\n")
                for step in answer:
                    assert isinstance(step, bytes)
                    writer.write(step)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], peers
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def fetching_from(source: str | None, port: int, address: str = "127.0.0.1") -> AsyncIterator[Fetcher]:
    hosts = {HOST: {"80": (address, port)}}
    fetcher = Fetcher(FetchSettings(allow=LOOPBACK, hosts=hosts, source_address=source))
    await fetcher.open()
    try:
        yield fetcher
    finally:
        await fetcher.close()


async def test_requests_leave_from_the_address_that_was_set() -> None:
    async with choosy(page(b"hello")) as (port, peers), fetching_from(OURS, port) as fetcher:
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.body, peers) == ("ok", b"hello", [OURS])


async def test_without_one_the_machine_chooses() -> None:
    async with choosy(page(b"hello")) as (port, peers), fetching_from(None, port) as fetcher:
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert answer.outcome == "connect"
    assert set(peers) == {"127.0.0.1"}


async def test_the_lenient_reader_leaves_from_it_too() -> None:
    broken = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello"
    async with choosy(broken) as (port, peers), fetching_from(OURS, port) as fetcher:
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert answer.body.startswith(b"hel")
    assert len(peers) == 2 and set(peers) == {OURS}


@pytest.mark.parametrize(
    ("source", "address"),
    [("192.0.2.1", "127.0.0.1"), ("127.0.0.2", "::1"), ("::1", "127.0.0.1")],
    ids=["not ours", "a host of IPv6 only", "a host of IPv4 only"],
)
async def test_a_source_address_that_leads_nowhere_is_our_trouble_not_the_hosts(source: str, address: str) -> None:
    async with choosy(page(b"hello")) as (port, peers), fetching_from(source, port, address) as fetcher:
        answer = await fetcher.fetch(Ask(url(), deadline_s=5.0))
    assert (answer.outcome, answer.reason, peers) == ("inconclusive", "local_network", [])
