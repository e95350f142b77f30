"""Servers that say byte for byte what a test wants: each path is a list of steps."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from crawler.fetch import Fetcher, FetchSettings

Step = bytes | Iterator[bytes] | Literal["hang", "reset"]
"""Bytes are sent; an iterator's bytes are sent as long as the client takes them; `hang` waits for the client to go; `reset`
ends with RST. After the last step the connection is closed, unless the answer let it be kept."""

Paths = Mapping[str, Callable[[], Sequence[Step]]]
HOST = "www.example.gov.cn"
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass
class Wire:
    """A listening server and what it has seen."""

    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)


def page(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def bare(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer that only the end of the connection ends."""
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "", ""]).encode() + body


def always(*steps: Step) -> Callable[[], Sequence[Step]]:
    return lambda: steps


@asynccontextmanager
async def serving(paths: Paths, context: ssl.SSLContext | None = None, keep: bool = False) -> AsyncIterator[Wire]:
    """Serve `paths`; `keep` leaves connections open after an answer."""
    wire = Wire()
    tasks: set[asyncio.Task[object]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                wire.requests.append(request)
                wire.asked.set()
                for step in paths[request.split(b" ", 2)[1].decode()]():
                    await _take(step, reader, writer)
                if not keep:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _take(step: Step, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if step == "hang":
        await reader.read()
    elif step == "reset":
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionResetError
    elif isinstance(step, bytes):
        writer.write(step)
        await writer.drain()
    else:
        for piece in step:
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def fetching(ports: Mapping[str, int], host: str = HOST, **settings: object) -> AsyncIterator[Fetcher]:
    """A fetcher for which `host` is at 127.0.0.1, by port: {"80": real one, "443": real one}."""
    hosts = {host: {port: ("127.0.0.1", real) for port, real in ports.items()}}
    fetcher = Fetcher(FetchSettings(**{"hosts": hosts, "allow": LOOPBACK} | settings))  # type: ignore[arg-type]
    await fetcher.open()
    try:
        yield fetcher
    finally:
        await fetcher.close()


@asynccontextmanager
async def fetcher_for(
    paths: Paths, keep: bool = False, contact: str = "https://example.org"
) -> AsyncIterator[tuple[Fetcher, Wire]]:
    """A plain server and a fetcher that finds it at http://www.example.gov.cn/."""
    async with serving(paths, keep=keep) as wire, fetching({"80": wire.port}, contact=contact) as fetcher:
        yield fetcher, wire


def url(path: str = "/", scheme: str = "http") -> str:
    return f"{scheme}://{HOST}{path}"
