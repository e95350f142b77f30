"""Bodies that are cut, too long, or not what their headers say."""

import asyncio
import gzip
from typing import Final

from province import pages
from province.answers import answer, encoded, head
from province.behaviours.bombs import bomb
from province.behaviours.case import Behaviour, Case
from province.server import Connection, Slow

OVERSIZED: Final = 5 * 1024 * 1024
EARLY: Final = 300
_FILLER: Final = b"<!-- cache node 3 hit, upstream 0.002, region yunling, keep padding for old browsers -->\n" * 200
_SETTLE_S: Final = 0.05
"""Between the last byte and the reset, so that the client's socket holds what was sent."""


def after_list(body: bytes) -> int:
    """Where the page's list is certainly over: the begin of its friendly links, or its end where it has none."""
    found = body.find(b'<div class="links')
    return found if found >= 0 else len(body)


def reset(case: Case, upto: int) -> Slow:
    async def slow(connection: Connection) -> bool:
        body = case.page.body
        await connection.send(head(200, len(body), case.page.headers, None) + body[:upto])
        await asyncio.sleep(_SETTLE_S)
        connection.reset()
        return False

    return slow


def hang_up(case: Case) -> Slow:
    """RST as the only answer: a host that has gone since its address was given."""

    async def slow(connection: Connection) -> bool:
        connection.reset()
        return False

    return slow


def endless(case: Case, pause_s: float) -> Slow:
    async def slow(connection: Connection) -> bool:
        await connection.send(head(200, None, case.page.headers, None) + case.page.body)
        while True:
            await connection.send(_FILLER if not pause_s else _FILLER[:90])
            await asyncio.sleep(pause_s)

    return slow


def oversized(case: Case) -> Slow:
    return _closing(answer(200, _long(case), case.page.headers, None))


def _long(case: Case) -> bytes:
    """The page with its list, or where it has none a filling, repeated until it has five megabytes."""
    site, column, renderer = case.site, case.column, case.renderer
    if column is None:
        return case.page.body + _FILLER * (1 + OVERSIZED // len(_FILLER))
    shown = renderer.listing(site, column)
    text = pages.column_body(site, column, shown, renderer.moment)
    more = encoded(text, site.declaration.charset)
    body, times = case.page.body, 1 + OVERSIZED // len(more)
    return body.replace(more, more * times) if more in body else body + _FILLER * (1 + OVERSIZED // len(_FILLER))


def bombed(encoding: str, page_first: bool) -> Behaviour:
    def behaviour(case: Case) -> Slow:
        body = bomb(encoding, case.page.body if page_first else b"")
        return _closing(answer(200, body, [*case.page.headers, ("Content-Encoding", encoding)], None))

    return behaviour


def gzip_unasked(case: Case) -> bytes:
    body = gzip.compress(case.page.body, 6, mtime=0)
    return answer(200, body, [*case.page.headers, ("Content-Encoding", "gzip")], None)


def gzip_false(case: Case) -> bytes:
    return answer(200, case.page.body, [*case.page.headers, ("Content-Encoding", "gzip")], None)


def _closing(data: bytes) -> Slow:
    """Sends as fast as the client reads, then ends the connection."""

    async def slow(connection: Connection) -> bool:
        for start in range(0, len(data), 65_536):
            await connection.send(data[start : start + 65_536])
        return False

    return slow


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "reset_early": lambda case: reset(case, EARLY),
    "reset_late": lambda case: reset(case, after_list(case.page.body)),
    "never_ending": lambda case: endless(case, 0.0),
    "never_ending_slow": lambda case: endless(case, 0.2),
    "oversized": oversized,
    "gzip_bomb": bombed("gzip", page_first=True),
    "br_bomb": bombed("br", page_first=False),
    "zstd_bomb": bombed("zstd", page_first=False),
    "gzip_unasked": gzip_unasked,
    "gzip_false": gzip_false,
    "empty_200": lambda case: answer(200, b""),
}
