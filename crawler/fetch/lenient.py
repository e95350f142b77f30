"""The second chance: reads answers that no strict parser takes, as browsers do.

One connection, one request, `Connection: close`, and everything that comes back is kept; only then is it taken apart. So a
length that contradicts itself or the body, a line without a colon, a header name in GBK, a `http/1.1` in lower case or a bare
CR spoil nothing. http.client in a thread would read most of these; here the same timer ends it and no thread can hang.
"""

import asyncio
import re
import socket
import ssl
from typing import Final, NamedTuple

from multidict import CIMultiDict

_MOST_HEAD: Final = 256 * 1024
_OVERLAP: Final = 64
_SETTLE_S: Final = 0.3
"""How long more bytes are waited for once all that was announced has come."""

_STATUS: Final = re.compile(rb"(?i)\s*(?:http|icy)[^\s]{0,9}[ \t]+(\d{3})(?!\d)")
_HEAD_END: Final = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_LINE_END: Final = re.compile(rb"\r*\n|\r")
_CHUNK_SIZE: Final = re.compile(rb"\s*([0-9a-fA-F]{1,15})[^\r\n]{0,1000}\r?\n")


class Salvaged(NamedTuple):
    """body: its chunks joined, packed as it came. broken: it ended before its end."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    broken: bool


async def receive(
    connected: socket.socket, context: ssl.SSLContext | None, host: str, request: bytes, cap: int, received: bytearray
) -> bool:
    """Ask over a connected socket and put all that comes back into `received`: to its end, or to where all that was
    announced has come. Did it end well? Raises OSError where nothing came.
    """
    server = host.strip("[]") if context else None
    reader, writer = await asyncio.open_connection(sock=connected, ssl=context, server_hostname=server)
    try:
        writer.write(request)
        return await _receive(reader, cap, received)
    finally:
        writer.transport.abort()


async def _receive(reader: asyncio.StreamReader, cap: int, received: bytearray) -> bool:
    expected: int | None = None
    head_end = 0
    while len(received) <= head_end + cap + _MOST_HEAD:
        complete = _complete(received, head_end, expected)
        try:
            async with asyncio.timeout(_SETTLE_S if complete else None):
                piece = await reader.read(65_536)
        except TimeoutError:
            return True
        except OSError:
            if not received:
                raise
            return complete
        if not piece:
            return True
        seen = max(0, len(received) - _OVERLAP)
        received += piece
        if head_end:
            continue
        if end := _HEAD_END.search(received, seen):
            head_end = end.end()
            expected = _announced(_headers(bytes(received[:head_end])))
        elif len(received) > _MOST_HEAD:
            return False
    return False


def _complete(received: bytearray, head_end: int, expected: int | None) -> bool:
    if not head_end or expected is None:
        return False
    return received.endswith(b"0\r\n\r\n") if expected < 0 else len(received) - head_end >= expected


def _announced(headers: CIMultiDict[str]) -> int | None:
    """The longest Content-Length, -1 for chunks, None where only the end of the connection says it."""
    if _chunked(headers):
        return -1
    lengths = [int(text) for value in headers.getall("Content-Length", ()) for text in re.findall(r"(?<![-\d])\d{1,12}", value)]
    return max(lengths, default=None)


def _chunked(headers: CIMultiDict[str]) -> bool:
    return any("chunked" in value.lower() for value in headers.getall("Transfer-Encoding", ()))


def _headers(head: bytes) -> CIMultiDict[str]:
    """The headers that can be told apart; values as aiohttp gives them, foreign bytes as lone surrogates."""
    made: CIMultiDict[str] = CIMultiDict()
    name: str | None = None
    for line in _LINE_END.split(head)[1:]:
        text = line.decode("utf-8", "surrogateescape")
        if text[:1] in (" ", "\t") and name is not None:
            made[name] = f"{made[name]} {text.strip()}"
            continue
        left, colon, value = text.partition(":")
        if colon and left.strip():
            name = left.strip()
            made.add(name, value.strip(" \t\0"))
    return made


def parse(received: bytes, ended: bool = True) -> Salvaged | None:
    """Take apart what a server sent. `ended`: it closed the connection by itself."""
    while True:
        status = _STATUS.match(received)
        if status is None:
            return None
        end = _HEAD_END.search(received)
        if end is None:
            return None
        head, body = received[: end.start()], received[end.end() :]
        code = int(status[1])
        if not 100 <= code < 200 or not body:
            break
        received = body
    headers = _headers(head.lstrip())
    if code in (204, 304):
        return Salvaged(code, headers, b"", False)
    if _chunked(headers):
        joined = _unchunk(body)
        if joined is not None:
            return Salvaged(code, headers, *joined)
    return Salvaged(code, headers, body, not ended)


def _unchunk(body: bytes) -> tuple[bytes, bool] | None:
    """The chunks joined, and whether the last one is missing; None where the body is not in chunks at all."""
    out = bytearray()
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return bytes(out), False
        out += body[size.end() : size.end() + length]
        at = size.end() + length
        if at > len(body):
            break
    return (bytes(out), True) if at else None
