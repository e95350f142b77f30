"""A client that sees bytes: what a server of the province really sends, without a library's kindness."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from province import Province
from province.model import Column, Site

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=BEIJING)
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Seen:
    """Everything that came before the end; `reset` tells that the end was an RST, `ended` that there was one."""

    raw: bytes
    reset: bool
    ended: bool

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> bytes | None:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name.lower().encode():
                return value.strip()
        return None


def small(seed: int = 7, sites: int = 4, columns: int = 3, **more: object) -> Province:
    """A healthy province of a few plain hosts, at NOW."""
    return Province(sites, columns, 2, seed, faults=False, now=NOW, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def running(province: Province) -> AsyncIterator[Province]:
    await province.start()
    try:
        yield province
    finally:
        await province.close()


def plain_site(province: Province) -> Site:
    """A site over http."""
    return next(site for site in province.plan.sites if site.scheme == "http")


def listed(site: Site, shape: str = "plain") -> Column:
    return next(column for column in site.columns if column.shape == shape and column.delivery == "page")


async def ask(
    province: Province,
    host: str,
    target: str = "/",
    *,
    port: str = "80",
    tls: ssl.SSLContext | None = None,
    within_s: float = PATIENCE_S,
    most: int = 64_000_000,
    method: str = "GET",
    form: bytes | None = None,
    **headers: str,
) -> Seen:
    """One request on a connection of its own, read to its end, for `within_s` seconds or up to `most` bytes.

    `form` is posted, in two pieces.
    """
    address, real = province.hosts()[host][port]
    reader, writer = await asyncio.open_connection(address, real, ssl=tls, server_hostname=host if tls else None)
    sent = form or b""
    if form is not None:
        method, headers = "POST", {**headers, "Content-Length": str(len(sent))}
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + sent[: len(sent) // 2])
    await writer.drain()
    writer.write(sent[len(sent) // 2 :])
    raw, reset, ended = bytearray(), False, False
    try:
        async with asyncio.timeout(within_s):
            while len(raw) < most and not ended:
                piece = await reader.read(65_536)
                raw += piece
                ended = not piece
    except TimeoutError:
        pass
    except ConnectionResetError:
        reset = ended = True
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
    return Seen(bytes(raw), reset, ended)
