"""A raw HTTP/1.1 server: faults need the bytes themselves.

One Connection per client connection, one request at a time on it, kept alive between requests. A Handler either gives
the whole answer at once (the healthy path: bytes already rendered) or a coroutine that writes to the connection as it
likes and says at its end whether the connection may be used again.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple, cast

from province.log import Log

_MOST_HEAD: Final = 65_536
_TLS_HELLO: Final = b"\x16\x03"
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class Asked(NamedTuple):
    """One request. `target` as sent, one character per byte; header names in lower case; `body` of a request that has one."""

    method: str
    target: str
    host: str
    headers: dict[str, str]
    body: bytes = b""


Slow = Callable[["Connection"], Awaitable[bool]]
Handler = Callable[[Asked], bytes | Slow]


class Connection(asyncio.Protocol):
    """One client connection."""

    def __init__(self, handler: Handler, log: Log, crowd: "set[Connection]") -> None:
        self._handler, self._log, self._crowd = handler, log, crowd
        self._buffer = b""
        self.job: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._room.set()
        self._crowd.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.discard(self)
        self._room.set()
        if self.job is not None:
            self.job.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._buffer.startswith(_TLS_HELLO):
            self._not_tls()
        elif self.job is None:
            self._serve()

    async def send(self, data: bytes) -> None:
        """Writes, and waits while the client does not read. Raises ConnectionResetError once it has gone."""
        transport = self._alive()
        transport.write(data)
        await self._room.wait()
        self._alive()

    def reset(self) -> None:
        """Ends the connection with RST instead of FIN."""
        transport = self._alive()
        with suppress(OSError, AttributeError):
            raw = cast("socket.socket", transport.get_extra_info("socket"))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _not_tls(self) -> None:
        """A TLS client at a port that speaks HTTP gets what such servers answer."""
        with suppress(ConnectionError):
            self._alive().write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        self.close()

    def _alive(self) -> asyncio.Transport:
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the client has gone")
        return self._transport

    def _serve(self) -> None:
        """Answers every whole request in the buffer, until one takes time."""
        while self.job is None and (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            asked = _parse(self._buffer[:end])
            if asked is None or self._transport is None or self._transport.is_closing():
                self.close()
                return
            over = end + 4 + _length(asked)
            if len(self._buffer) < over:
                break
            asked, self._buffer = asked._replace(body=self._buffer[end + 4 : over]), self._buffer[over:]
            start = self._log.begin(asked.host)
            found = self._handler(asked)
            if isinstance(found, bytes):
                self._transport.write(found)
                self._log.end(asked.host, asked.target, start)
                if asked.headers.get("connection", "").lower() == "close":
                    self.close()
            else:
                self.job = asyncio.get_running_loop().create_task(self._slowly(asked, found, start))
        if len(self._buffer) > _MOST_HEAD:
            self.close()

    async def _slowly(self, asked: Asked, slow: Slow, start: float) -> None:
        keep = False
        try:
            with suppress(ConnectionError):
                keep = await slow(self)
        finally:
            self._log.end(asked.host, asked.target, start)
            self.job = None
        if keep and asked.headers.get("connection", "").lower() != "close":
            self._serve()
        else:
            self.close()


def _length(asked: Asked) -> int:
    """Bytes of the request's body."""
    told = asked.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 6 else 0


def _parse(head: bytes) -> Asked | None:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) < 3:
        return None
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    host = headers.get("host", "").rsplit(":", 1)[0] if "[" not in headers.get("host", "") else headers["host"]
    return Asked(words[0], " ".join(words[1:-1]), host.lower(), headers)
