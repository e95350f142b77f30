"""Sockets on loopback: one per (address, kind) that a host needs, opened before the server says where it is."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final, Literal

Kind = Literal["plain", "tls", "tls10", "closed"]
Address = tuple[str, int]

_BACKLOG: Final = 256
WECHAT_PLATFORM: Final = 9
PLATFORM_NETWORK: Final = "127.77.0"
MOST_ADDRESSES: Final = 500


def address_of(platform: int | None, number: int) -> str:
    """The loopback address of a host: its platform's, or one of its own (shared again past MOST_ADDRESSES)."""
    if platform is not None:
        return f"{PLATFORM_NETWORK}.{platform + 1}"
    number %= MOST_ADDRESSES - 10
    return f"127.77.{1 + number // 250}.{1 + number % 250}"


class Listeners:
    """Opens listeners as they are asked for, and closes them all."""

    def __init__(self) -> None:
        self._sockets: dict[tuple[str, Kind], socket.socket] = {}
        self._servers: list[asyncio.Server] = []

    async def open(
        self, address: str, kind: Kind, protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None
    ) -> Address:
        """The bound (address, port) of a kind; "closed" is bound but never listens, so it refuses connections."""
        raw = self._sockets.get((address, kind))
        if raw is None:
            raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            _bind(raw, address)
            raw.setblocking(False)
            self._sockets[address, kind] = raw
            if kind != "closed":
                loop = asyncio.get_running_loop()
                self._servers.append(await loop.create_server(protocol, sock=raw, ssl=tls, backlog=_BACKLOG))
        name = raw.getsockname()
        return str(name[0]), int(name[1])

    def close(self) -> None:
        for server in self._servers:
            server.close()
        for (_, kind), raw in self._sockets.items():
            if kind == "closed":
                raw.close()
        self._servers.clear()
        self._sockets.clear()


def _bind(raw: socket.socket, address: str) -> None:
    try:
        raw.bind((address, 0))
    except OSError as error:
        raw.close()
        raise OSError(
            f"{address} cannot be bound ({error.strerror}); the province needs all of 127.0.0.0/8, as Linux has it"
        ) from error
