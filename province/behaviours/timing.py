"""Hosts that take their time."""

import asyncio
from typing import Final

from province.answers import head
from province.behaviours.case import Behaviour, Case
from province.server import Connection, Slow

SIXTEEN_S: Final = 16.0
SLOW_BODY_S: Final = 2.0
_PIECES: Final = 10


def first_byte_s(case: Case) -> float:
    """One to three seconds, by the page."""
    return 1.0 + case.draw("first byte") % 2000 / 1000


def _late(seconds: float, data: bytes) -> Slow:
    async def slow(connection: Connection) -> bool:
        await asyncio.sleep(seconds)
        await connection.send(data)
        return True

    return slow


def slow_first_byte(case: Case) -> Slow:
    return _late(first_byte_s(case), case.page.answer)


def sixteen_seconds(case: Case) -> Slow:
    return _late(SIXTEEN_S, case.page.answer)


def slow_body(case: Case) -> Slow:
    async def slow(connection: Connection) -> bool:
        body = case.page.body
        await connection.send(head(200, len(body), case.page.headers, None))
        size = -(-len(body) // _PIECES)
        for start in range(0, len(body), size):
            await asyncio.sleep(SLOW_BODY_S / _PIECES)
            await connection.send(body[start : start + size])
        return True

    return slow


def slow_drip(case: Case) -> Slow:
    async def slow(connection: Connection) -> bool:
        await connection.send(head(200, len(case.page.body), case.page.headers, None))
        for byte in case.page.body:
            await connection.send(bytes((byte,)))
            await asyncio.sleep(1.0)
        return False

    return slow


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "slow_first_byte": slow_first_byte,
    "sixteen_seconds": sixteen_seconds,
    "slow_body": slow_body,
    "slow_drip": slow_drip,
}
