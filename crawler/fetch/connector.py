"""aiohttp's connector with a stop-watch: it notes on the Course of the Ask when each step of a new connection was done.

Trace configs would do the same at several times the cost, for kept-alive connections too. The overridden names without a
public meaning (`_create_connection`, `_resolve_host`, `_factory`) are held by a test.
"""

import asyncio
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from crawler.fetch.course import COURSE
from crawler.fetch.guard import Network, guarded_socket_factory

if TYPE_CHECKING:
    from aiohttp.tracing import Trace

_KEEPALIVE_S = 30
_NAMES_KEPT = 20_000
_NAMES_FOR_S = 600


class ConnectTooSlow(Exception):
    """Name, connection and handshake together took longer than they may. The Course's phase says at which it stopped."""


class Handler(ResponseHandler):
    """One connection. broken: it ended with an error. used: it has served a request before."""

    broken = False
    used = False
    address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.address = peer[0] if peer else None

    def connection_lost(self, exc: BaseException | None) -> None:
        self.broken = isinstance(exc, OSError) and not isinstance(exc, ssl.SSLError)
        super().connection_lost(exc)


class Connector(aiohttp.TCPConnector):
    """Guarded, without limits of its own, with connections kept for 30 s and names for ten minutes.

    `source` is the address of ours that connections leave from; the machine's choice where it is None. `trusted` are the
    (host, port) that requests may go to though their addresses are not public.
    """

    def __init__(
        self,
        resolver: AbstractResolver,
        allowed: Sequence[Network],
        context: ssl.SSLContext,
        source: str | None = None,
        trusted: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        self._source = (source, 0) if source else None
        self._family = socket.AF_UNSPEC
        if source:
            self._family = socket.AF_INET6 if ipaddress.ip_address(source).version == 6 else socket.AF_INET
        self._trusted = trusted
        self._guarded_socket = guarded_socket_factory(allowed, self._is_trusted if trusted else None)
        super().__init__(
            limit=0,
            limit_per_host=0,
            ttl_dns_cache=_NAMES_FOR_S,
            dns_cache_max_size=_NAMES_KEPT,
            resolver=resolver,
            socket_factory=self._guarded_socket,
            keepalive_timeout=_KEEPALIVE_S,
            happy_eyeballs_delay=0.25,
            ssl=context,
            local_addr=self._source,
            family=self._family,
        )
        self._factory: Any = self._make_handler

    def _is_trusted(self) -> bool:
        return place_of(COURSE.get().url) in self._trusted

    def _make_handler(self) -> Handler:
        """Called when TCP is connected and before TLS begins."""
        course = COURSE.get()
        course.connected_at = perf_counter()
        course.phase = "tls"
        return Handler(self._loop)

    async def connect(self, req: aiohttp.ClientRequest, traces: "list[Trace]", timeout: Any) -> Connection:  # noqa: ASYNC109
        course = COURSE.get()
        course.requests += 1
        connection = await super().connect(req, traces, timeout)
        handler: Any = connection.protocol
        course.handler, course.address, course.reused = handler, handler.address, handler.used
        course.phase = "first_byte"
        handler.used = True
        return connection

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: "list[Trace]",
        timeout: Any,  # noqa: ASYNC109
    ) -> ResponseHandler:
        course = COURSE.get()
        try:
            async with asyncio.timeout(course.connect_s):
                made = await super()._create_connection(req, traces, timeout)
        except TimeoutError as error:
            raise ConnectTooSlow from error
        course.made_at = perf_counter()
        return made

    async def _resolve_host(self, host: str, port: int, traces: "Sequence[Trace] | None" = None) -> list[ResolveResult]:
        course = COURSE.get()
        begun = perf_counter()
        course.phase = "dns"
        found = self._reachable(await super()._resolve_host(host, port, traces))
        course.phase = "connect"
        course.dns_until = perf_counter()
        course.dns_s = course.dns_until - begun
        return found

    def _reachable(self, found: list[ResolveResult]) -> list[ResolveResult]:
        """The addresses that our source address has a way to; none is our trouble, not the host's."""
        if not self._source:
            return found
        ours = [one for one in found if one["family"] == self._family]
        if not ours:
            raise OSError(errno.EAFNOSUPPORT, os.strerror(errno.EAFNOSUPPORT))
        return ours

    async def dial(self, host: str, port: int) -> socket.socket:
        """A connected socket of our own, through the guard, within the time that a connection may take."""
        try:
            async with asyncio.timeout(COURSE.get().connect_s):
                return await self._dial(await self._resolve_host(host, port))
        except TimeoutError as error:
            raise ConnectTooSlow from error

    async def _dial(self, found: list[ResolveResult]) -> socket.socket:
        last: OSError | None = None
        for info in self._convert_hosts_to_addr_infos(found):
            try:
                made = self._guarded_socket(info)
                try:
                    made.setblocking(False)
                    if self._source:
                        made.bind(self._source)
                    await self._loop.sock_connect(made, info[4])
                    return made
                except BaseException:
                    made.close()
                    raise
            except OSError as error:
                last = error
        raise last or OSError("no address")


def place_of(url: str) -> tuple[str, int]:
    """The host and port that a URL is asked at."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
