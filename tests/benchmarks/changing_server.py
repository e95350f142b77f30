"""A server for the soak: many virtual hosts on loopback whose columns show one more item each time they are asked.

`python -m tests.benchmarks.changing_server HOSTS` prints its port, then serves until its standard input closes. A few hosts are
broken, each in one way: they hang up, answer 503, never answer, or stop in the middle of the body.
"""

import asyncio
import re
import sys
from collections import Counter
from typing import Final, cast

import uvloop

from tests.benchmarks.pages import page

SHOWN: Final = 20
ITEMS: Final = 3000
"""Items there are; a column that has shown them all begins anew, long after the first are forgotten."""

BROKEN_EVERY: Final = 80
_BROKEN: Final = {7: "hangs_up", 27: "busy", 47: "silent", 67: "cut_short"}
_LIST: Final = re.compile(r'(?s)(.*<ul class="list-ul">\n)(.*)(\n</ul><div class="page">.*)')
_HOST: Final = re.compile(rb"(?i)\r\nhost: *www\.h(\d+)\.gov\.cn")


def _row(number: int) -> bytes:
    day = f"2026-11-{1 + number % 20:02d}"
    href = f"./202611/t202611{1 + number % 20:02d}_{number:07d}.html"
    title = f"青溪县关于第{number}项工作进展情况的通报"
    return f'<li><span class="date">{day}</span><a href="{href}" title="{title}">{title}</a></li>\n'.encode()


class Pages:
    """Bodies put together from parts made beforehand: one head and tail per host, rows for all."""

    def __init__(self, hosts: int) -> None:
        self._rows = [_row(number) for number in range(ITEMS + SHOWN)]
        self._frames: list[tuple[bytes, bytes]] = []
        for host in range(hosts):
            parts = _LIST.fullmatch(page(host, 0))
            assert parts is not None
            self._frames.append((parts[1].encode(), parts[3].encode()))
        self._asked: Counter[tuple[int, bytes]] = Counter()

    def answer(self, host: int, path: bytes) -> bytes:
        asked = self._asked[host, path]
        self._asked[host, path] = asked + 1
        first = (asked + hash(path)) % ITEMS
        head, tail = self._frames[host]
        body = b"".join((head, *reversed(self._rows[first : first + SHOWN]), tail))
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class Server(asyncio.Protocol):
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            request, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            named = _HOST.search(request)
            if named is None:
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")  # a canary
            else:
                self._answer(int(named[1]), request.split(b" ", 2)[1])

    def _answer(self, host: int, path: bytes) -> None:
        broken = _BROKEN.get(host % BROKEN_EVERY)
        if broken == "hangs_up":
            self._transport.close()
        elif broken == "busy":
            self._transport.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        elif broken == "cut_short":
            self._transport.write(self._pages.answer(host, path)[:20_000])
            self._transport.close()
        elif broken is None:
            self._transport.write(self._pages.answer(host, path))


async def serve(hosts: int) -> None:
    loop = asyncio.get_running_loop()
    pages = Pages(hosts)
    server = await loop.create_server(lambda: Server(pages), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
