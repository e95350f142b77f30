"""Messages between the scheduler and a crawler process: msgpack in frames with a four-byte length before each."""

import asyncio
from collections.abc import Callable
from typing import Final, cast

import msgspec
from msgspec import Struct

from crawler.fetch import FetchSettings
from crawler.records import Round
from scheduler.dispatch import Message


class Hello(Struct, frozen=True, array_like=True, tag=True):
    """The first word to a crawler process."""

    settings: FetchSettings


class Ready(Struct, frozen=True, array_like=True, tag=True):
    """A crawler process has read its settings and can take rounds; its start took so many CPU-seconds."""

    cpu_s: float


class Given(Struct, frozen=True, array_like=True, tag=True):
    """A round, and when the scheduler began it: seconds of this machine's monotonic clock, which all its processes share.

    A round that waited for a process to start has so much less time: its slots and its deadline are the scheduler's promise
    to others.
    """

    round: Round
    begun: float


class Stop(Struct, frozen=True, array_like=True, tag=True):
    """Start no request any more, give those under way `grace_s` seconds, end every round, and exit."""

    grace_s: float


Order = Hello | Given | Stop
Report = list[Message | Ready]

LARGEST: Final = 256 * 1024 * 1024

encode = msgspec.msgpack.Encoder().encode
decode_order: Callable[[bytes], Order] = msgspec.msgpack.Decoder(Order).decode
decode_report: Callable[[bytes], Report] = msgspec.msgpack.Decoder(Report).decode


class Frames(asyncio.Protocol):
    """One end of the socket. `lost` is called once, when the other end is gone."""

    def __init__(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self._received, self._lost = received, lost
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= 4:
            size = int.from_bytes(buffer[start : start + 4], "big")
            if len(buffer) - start - 4 < size:
                break
            frame = bytes(buffer[start + 4 : start + 4 + size])
            start += 4 + size
            self._received(frame)
        del buffer[:start]

    def connection_lost(self, error: Exception | None) -> None:
        self._lost()

    def send(self, payload: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.writelines((len(payload).to_bytes(4, "big"), payload))

    def close(self) -> None:
        if self._transport:
            self._transport.close()
