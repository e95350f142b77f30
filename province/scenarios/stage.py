"""A scene on loopback: every host of it answers with the pages of the moment that the clock says.

A page is made when it is first asked for on a day, and stays for that day; a bridge's feed is made at each request.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import Final

from province.answers import answer
from province.certificates import Certificates
from province.listeners import Address, Kind, Listeners
from province.log import Log
from province.newmedia.bridges import bridge_answer
from province.newmedia.model import BridgeHost, Media
from province.newmedia.posts import Post
from province.scenarios.model import Account, Bridge, Scene, Section, Shows, Site
from province.scenarios.pages import (
    deleted_post,
    held_list,
    home_page,
    list_page,
    media_list,
    media_of,
    post_page,
    posts_of,
    shell,
)
from province.server import Asked, Connection, Slow

Maker = Callable[[datetime], bytes]
ADDRESS: Final = "127.78.0.1"
_NOT_FOUND: Final = answer(404, b"<html><head><title>404</title></head><body>404 Not Found</body></html>")
SHOWN: Final[dict[Shows, Callable[[Account, datetime], bytes]]] = {
    "post": post_page,
    "deleted": deleted_post,
    "list": media_list,
    "held": held_list,
    "nothing": shell,
}
"""What stands at an account's address, by the word for it."""


class Stage:
    """Start it on a running loop, close it there. `clock`: the served moment, aware, Beijing time; read at each request."""

    def __init__(self, scene: Scene, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._makers = _makers(scene)
        self._bridges = {bridge.host: _Bridged(scene, bridge) for bridge in scene.bridges}
        self._down = {site.host: site.down for site in scene.sites if site.down}
        self._cache: dict[tuple[str, str], tuple[object, bytes]] = {}
        self._names = sorted({host for host, _ in self._makers} | self._bridges.keys())
        self._listeners = Listeners()
        self._crowd: set[Connection] = set()
        self._asked = 0
        self._ports: dict[str, Address] = {}
        self.certificates = Certificates()

    @property
    def requests(self) -> int:
        """How many were answered."""
        return self._asked

    def hosts(self) -> dict[str, dict[str, Address]]:
        """Virtual host → port → real address, for a resolver."""
        return {name: dict(self._ports) for name in self._names}

    async def start(self) -> None:
        """Raises OSError where nothing can listen on loopback."""
        kinds: tuple[tuple[str, Kind], ...] = (("80", "plain"), ("443", "tls"))
        for port, kind in kinds:
            tls = self.certificates.listener(lambda host: "good", False) if kind == "tls" else None
            self._ports[port] = await self._listeners.open(ADDRESS, kind, self._protocol, tls)

    async def close(self) -> None:
        self._listeners.close()
        jobs = [connection.job for connection in self._crowd if connection.job is not None]
        while self._crowd:
            for connection in tuple(self._crowd):
                connection.abort()
            await asyncio.sleep(0)
        await asyncio.gather(*jobs, return_exceptions=True)

    def _protocol(self) -> Connection:
        return Connection(self._answer, Log(), self._crowd)

    def _answer(self, asked: Asked) -> bytes | Slow:
        self._asked += 1
        down = self._down.get(asked.host)
        if down and down[0] <= self._clock().hour < down[1]:
            return _reset
        found = self._page(asked)
        return found[: found.index(b"\r\n\r\n") + 4] if asked.method == "HEAD" else found

    def _page(self, asked: Asked) -> bytes:
        bridged = self._bridges.get(asked.host)
        if bridged is not None:
            return bridged.answer(asked, self._clock())
        place = asked.host, asked.target
        make = self._makers.get(place)
        if make is None:
            return _NOT_FOUND
        moment = self._clock()
        kept = self._cache.get(place)
        if kept is None or kept[0] != moment.date():
            kept = self._cache[place] = moment.date(), make(moment)
        return kept[1]


class _Bridged:
    """A bridge with the accounts it tells of."""

    def __init__(self, scene: Scene, bridge: Bridge) -> None:
        self._host = BridgeHost(bridge.name, bridge.profile, bridge.host, bridge.token)
        self._stopped = bridge.stopped
        self._accounts = {account.code: account for account in scene.accounts if account.bridge == bridge.name}
        self._media = [media_of(account) for account in self._accounts.values()]

    def answer(self, asked: Asked, moment: datetime) -> bytes:
        return bridge_answer(self._host, self._media, asked.target, asked.headers, moment, moment, self._posts)

    def _posts(self, media: Media, moment: datetime) -> list[Post]:
        if self._stopped is not None and self._stopped < moment.date():
            moment = datetime.combine(self._stopped, time.max, moment.tzinfo)
        return posts_of(self._accounts[media.code], moment)


def _makers(scene: Scene) -> dict[tuple[str, str], Maker]:
    """(host, path and query) → what makes the answer."""
    found: dict[tuple[str, str], Maker] = {}
    sites = {site.code: site for site in scene.sites}
    owners: list[tuple[Site | Section, Site]] = [(site, site) for site in scene.sites]
    owners += [(section, sites[section.parent]) for section in scene.sections]
    for owner, site in owners:
        for column in owner.columns:
            found[site.host, column.target] = partial(list_page, owner, site, column)
    for site in scene.sites:
        found[site.host, "/"] = partial(home_page, site)
    for account in scene.accounts:
        found[_place(account)] = partial(SHOWN[account.shows], account)
    return found


def _place(account: Account) -> tuple[str, str]:
    host, _, path = account.url.partition("://")[2].partition("/")
    return host, f"/{path}".removesuffix("?")


async def _reset(connection: Connection) -> bool:
    connection.reset()
    return False
