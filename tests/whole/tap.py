"""A tap between the crawler and one host of the province: it can be closed, made to hang up, or to ask for patience."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

Mood = Literal["fine", "closed", "resets", "busy"]


class Tap:
    """Listens on a port of loopback and passes everything on to `address`, as long as its mood is fine.

    closed: nobody listens. resets: hangs up at once. busy: 503 with a Retry-After of `patience_s`.
    """

    def __init__(self, address: tuple[str, int], patience_s: int = 68) -> None:
        self.address, self.patience_s = address, patience_s
        self.mood: Mood = "fine"
        self.port = 0
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def turn(self, mood: Mood) -> None:
        """Change its mood; connections made before are cut."""
        self.mood = mood
        for writer in list(self._talks):
            writer.transport.abort()
        if mood == "closed":
            await self.close()
        elif self._server is None:
            await self.open()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        try:
            if self.mood == "busy":
                await reader.readuntil(b"\r\n\r\n")
                head = f"HTTP/1.1 503 Busy\r\nRetry-After: {self.patience_s}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                writer.write(head.encode())
                await writer.drain()
            elif self.mood == "fine":
                await self._pass_on(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._talks.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self.address)
        self._talks.add(back)
        try:
            await asyncio.gather(_pour(reader, back), _pour(there, writer))
        finally:
            self._talks.discard(back)
            back.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class Taps:
    """Taps on a loop of their own, for tests that are not asynchronous themselves."""

    def __init__(self, addresses: dict[str, tuple[str, int]], loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.taps = {host: Tap(address) for host, address in addresses.items()}

    def turn(self, moods: dict[str, Mood]) -> None:
        """host → its mood from now on."""
        for host, mood in moods.items():
            asyncio.run_coroutine_threadsafe(self.taps[host].turn(mood), self._loop).result(10)


@contextmanager
def tapped(addresses: dict[str, tuple[str, int]]) -> Iterator[Taps]:
    """host → (address, port) where it really is; gives its taps, open and fine."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    taps = Taps(addresses, loop)
    try:
        for tap in taps.taps.values():
            asyncio.run_coroutine_threadsafe(tap.open(), loop).result(10)
        yield taps
    finally:
        for tap in taps.taps.values():
            asyncio.run_coroutine_threadsafe(tap.turn("closed"), loop).result(10)
        asyncio.run_coroutine_threadsafe(_settle(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _settle() -> None:
    """Let every talk that was cut come to its end."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.wait(others, timeout=5) if others else None
