"""A name server on loopback that answers what a test wants of it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Literal

Reply = str | Literal["NXDOMAIN", "SERVFAIL", "REFUSED", "EMPTY", "SILENT"]
_CODES = {"NXDOMAIN": 3, "SERVFAIL": 2, "REFUSED": 5}


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, names: dict[str, Reply]) -> None:
        self._names = names
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode())
            at += data[at] + 1
        name, end = ".".join(labels).lower(), at + 5
        kind = struct.unpack(">H", data[at + 1 : at + 3])[0]
        self.asked.append(name)
        reply = self._names.get(name, "NXDOMAIN")
        if reply == "SILENT":
            return
        address = ip_address(reply).packed if reply not in (*_CODES, "EMPTY") else b""
        fits = (len(address), kind) in ((4, 1), (16, 28))
        record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(address)) + address if fits else b""
        head = data[:2] + struct.pack(">HHHHH", 0x8180 | _CODES.get(reply, 0), 1, int(fits), 0, 0)
        self._transport.sendto(head + data[12:end] + record, addr)  # type: ignore[attr-defined]


@asynccontextmanager
async def nameserver(**names: Reply) -> AsyncIterator[tuple[str, list[str]]]:
    """`address:port`, and the list of names it was asked for. Underscores in `names` are dots."""
    loop = asyncio.get_running_loop()
    table = {name.replace("_", "."): reply for name, reply in names.items()}
    transport, protocol = await loop.create_datagram_endpoint(lambda: _Protocol(table), ("127.0.0.1", 0))
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}", protocol.asked
    finally:
        transport.close()
