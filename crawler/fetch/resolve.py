"""Name resolution: DNS by aiodns, or a fixed map for test networks and split DNS.

"The name does not exist" is said only when a second resolver agrees; servers in trouble and silence are told apart from it.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import aiodns
import orjson
import pycares
from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.fetch.settings import FetchSettings

HostMap = Mapping[str, Mapping[str, tuple[str, int]]]
Trouble = Literal["nxdomain", "not_confirmed", "servfail", "resolver", "no_address", "bad_url"]

MOST_LOOKUPS: Final = 100
"""Look-ups in flight at once."""

_TIMEOUT_S: Final = 2.5
_TRIES: Final = 2
_CODES: Final[dict[int, Trouble]] = {
    pycares.errno.ARES_ENOTFOUND: "nxdomain",
    pycares.errno.ARES_ENODATA: "no_address",
    pycares.errno.ARES_ESERVFAIL: "servfail",
    pycares.errno.ARES_EREFUSED: "servfail",
    pycares.errno.ARES_ENOTIMP: "servfail",
    pycares.errno.ARES_EFORMERR: "servfail",
    pycares.errno.ARES_EBADRESP: "servfail",
    pycares.errno.ARES_EBADNAME: "bad_url",
}
"""Everything else (timeouts, refused connections, no servers) is our resolver's trouble."""


class NameFailure(OSError):
    """No address for a name. `trouble` says whose fault it is."""

    def __init__(self, trouble: Trouble, text: str = "") -> None:
        super().__init__(text or trouble)
        self.trouble: Trouble = trouble


class HostsUnreadable(Exception):
    """The hosts file is not one; the text says what one looks like."""


def read_hosts(path: Path) -> dict[str, Any]:
    """A hosts file: `{"hosts": {"www.example.gov.cn": {"80": ["127.0.0.1", 80]}}, "ca": …}`; else HostsUnreadable."""
    try:
        content = orjson.loads(path.read_bytes())
        hosts = content["hosts"]
        if not all(isinstance(ports, dict) for ports in hosts.values()):
            raise TypeError("ports must be an object")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise HostsUnreadable(
            f'{path} is not a hosts file ({error}); one looks like {{"hosts": {{"www.example.gov.cn": {{"80": '
            '["127.0.0.1", 8080]}}}}'
        ) from error
    return dict(content)


def _result(name: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=name, host=address, port=port, family=family, proto=socket.IPPROTO_TCP, flags=socket.AI_NUMERICHOST
    )


class MappedResolver(AbstractResolver):
    """Answers from a map of (host, port) to (address, port) alone; a host that is not in it does not exist, for certain."""

    def __init__(self, hosts: HostMap) -> None:
        self._hosts = hosts

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        ports = self._hosts.get(host.rstrip("."))
        if not ports:
            raise NameFailure("nxdomain", f"{host} is not in the hosts file")
        address, real_port = ports.get(str(port)) or next(iter(ports.values()))
        if str(port) not in ports:
            real_port = 1  # a closed port at the host's address: refused, as it would be there
        return [_result(host, address, real_port)]

    async def close(self) -> None:
        return None


class DnsResolver(AbstractResolver):
    """DNS without threads. A name that one resolver does not know is asked of the second before it is said to be missing."""

    def __init__(self, nameservers: Sequence[str] = (), second: Sequence[str] = ()) -> None:
        self._first = _channel(nameservers)
        if not second and not nameservers:
            second = self._split()
        self._second = _channel(second) if second else None
        self._slots = asyncio.Semaphore(MOST_LOOKUPS)

    def _split(self) -> list[str]:
        """Leave the first channel the system's first name server alone, where it names several; the second one is ours."""
        servers = list(dict.fromkeys(server.strip("[]") for server in self._first.nameservers))
        if len(servers) < 2:
            return []
        self._first.nameservers = servers[:1]
        return servers[1:2]

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        async with self._slots:
            try:
                return await _ask(self._first, host, port, family)
            except NameFailure as failure:
                if failure.trouble != "nxdomain":
                    if self._second is None:
                        raise
                    return await self._instead(failure, host, port, family)
            return await self._confirm(host, port, family)

    async def _instead(self, failure: NameFailure, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        """The second resolver's addresses, where the first one was in trouble; its silence proves nothing further."""
        assert self._second is not None
        try:
            return await _ask(self._second, host, port, family)
        except NameFailure:
            raise failure from None

    async def _confirm(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        if self._second is None:
            raise NameFailure("not_confirmed", f"one resolver does not know {host}; there is no second one to ask")
        try:
            return await _ask(self._second, host, port, family)
        except NameFailure as failure:
            raise NameFailure("nxdomain" if failure.trouble == "nxdomain" else "not_confirmed", str(failure)) from None

    async def close(self) -> None:
        await self._first.close()
        if self._second is not None:
            await self._second.close()


def _channel(nameservers: Sequence[str]) -> aiodns.DNSResolver:
    return aiodns.DNSResolver(
        nameservers=list(nameservers) or None, timeout=_TIMEOUT_S, tries=_TRIES, flags=pycares.ARES_FLAG_NOSEARCH
    )


async def _ask(channel: aiodns.DNSResolver, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    try:
        answer = await channel.getaddrinfo(host, port=port, family=family, type=socket.SOCK_STREAM)
    except aiodns.error.DNSError as error:
        raise NameFailure(_CODES.get(error.args[0], "resolver"), str(error.args[1])) from None
    addresses = dict.fromkeys(node.addr[0].decode("ascii") for node in answer.nodes)
    if not addresses:
        raise NameFailure("no_address", f"{host} has no address")
    return [_result(host, address, port) for address in addresses]


def make_resolver(settings: FetchSettings) -> AbstractResolver:
    """The resolver that the settings ask for. Needs a running loop."""
    if settings.hosts is not None:
        return MappedResolver(settings.hosts)
    return DnsResolver(settings.nameservers, settings.second_nameservers)
