"""A static server for the benchmarks: many virtual hosts on loopback, bodies made beforehand, no ETag, no Last-Modified.

`python -m tests.benchmarks.static_server HOSTS COLUMNS GBK_SHARE` prints its address and port, then serves until its standard
input closes. `/change` on any host moves every page on by one version.
"""

import asyncio
import sys
from typing import cast

import uvloop

from tests.benchmarks.pages import page


class Pages:
    """The bodies of all columns, as ready answers."""

    def __init__(self, hosts: int, columns: int, gbk_share: float) -> None:
        self._shape = hosts, columns, gbk_share
        self.version = 0
        self.answers: dict[bytes, bytes] = {}
        self.render()

    def render(self) -> None:
        hosts, columns, gbk_share = self._shape
        for host in range(hosts):
            charset = "gbk" if host < hosts * gbk_share else "utf-8"
            for column in range(columns):
                text = page(host, column, self.version)
                body = text.replace('charset="utf-8"', f'charset="{charset}"').encode(charset)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                self.answers[f"/h{host}/c{column}/".encode()] = head + body


class Server(asyncio.Protocol):
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            path = self._buffer.split(b" ", 2)[1]
            self._buffer = self._buffer[end + 4 :]
            if path == b"/change":
                self._pages.version += 1
                self._pages.render()
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                continue
            missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            self._transport.write(self._pages.answers.get(path, missing))


async def serve(hosts: int, columns: int, gbk_share: float) -> None:
    loop = asyncio.get_running_loop()
    pages = Pages(hosts, columns, gbk_share)
    server = await loop.create_server(lambda: Server(pages), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
