"""The running province: a plan, served on loopback, with its clock, its log and its truth."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from province.behaviours.redirects import PARKED_HOST
from province.certificates import Certificates
from province.dialects import DIALECTS
from province.draw import BEIJING, draw
from province.faults import FAULTS
from province.files import WECHAT, write_hosts, write_lines, write_newmedia, write_registers
from province.history import Told, history
from province.listeners import WECHAT_PLATFORM, Address, Kind, Listeners, address_of
from province.log import Log, Request
from province.model import Plan, Site
from province.newmedia.model import Illness
from province.newmedia.truth import best_views
from province.renderer import Renderer
from province.server import Connection
from province.truth import Line, truth
from province.world import World

HTTP, HTTPS = "80", "443"
_UNSET_TLS: Final = ("tls10_only", "https_broken")
"""Faults of the listener itself, which a running host cannot be given."""


class Province:
    """A simulated province. Building it is pure; `start` opens sockets, `close` ends everything it opened.

    sites, columns, accounts  how many; every site has `columns` columns, a slow host fewer
    seed                      the same seed and `now` give the same province, byte for byte
    faults                    False: every target is an ordinary list with a date
    now                       the served moment at first, aware, Beijing time; by default the present
    think_s                   seconds every healthy answer takes, so that requests at one host can be seen to overlap
    newmedia                  also accounts on every platform in all their states, and the bridges that tell of some
    """

    def __init__(
        self,
        sites: int = 60,
        columns: int = 20,
        accounts: int = 20,
        seed: int = 1,
        faults: bool = True,
        now: datetime | None = None,
        dialects: Sequence[str] = tuple(DIALECTS),
        think_s: float = 0.0,
        newmedia: bool = False,
    ) -> None:
        self.plan: Plan = draw(sites, columns, accounts, seed, faults, now or datetime.now(BEIJING), dialects, newmedia)
        self.renderer = Renderer(self.plan)
        self.log = Log()
        self._sites: dict[str, Site] = {site.host: site for site in self.plan.sites}
        self._faults: dict[str, str] = {site.host: site.fault for site in self.plan.sites if site.fault}
        self._world = World(self.plan, self.renderer, self._faults, think_s)
        self._listeners = Listeners()
        self._crowd: set[Connection] = set()
        self._hosts: dict[str, dict[str, Address]] = {}
        self._closed: Address | None = None
        self._before = self.plan.now
        self._certificates: Certificates | None = None

    @property
    def moment(self) -> datetime:
        """The served moment, Beijing time."""
        return self.renderer.moment

    @property
    def requests(self) -> dict[str, list[Request]]:
        """What was asked, by host."""
        return self.log.requests

    @property
    def most_at_once(self) -> dict[str, int]:
        """The most requests that were in flight at once, by host."""
        return self.log.most_at_once

    def hosts(self) -> dict[str, dict[str, Address]]:
        """Virtual host -> port -> real address. A host that is absent does not exist (NXDOMAIN)."""
        return {host: self._ports(host) for host in self._hosts if self._faults.get(host) != "nxdomain"}

    def truth(self) -> Iterator[Line]:
        """What a careful human would say of every target now."""
        return truth(self.renderer, self._faults)

    def history(self) -> Iterator[Told]:
        """What a look now must say of the time since the moment before the last `advance`, where that is plain."""
        return history(self.plan, self._faults, self._before, self.moment)

    def advance(self, days: float) -> None:
        """Served time moves on: new items appear. The truth and the history are those of the new day."""
        self._before = self.moment
        self.renderer.turn(self.moment + timedelta(days=days))

    def break_host(self, host: str, fault: str) -> None:
        """Gives `host` a fault of the table from its next request on; `hosts()` and `truth()` follow.

        A client that holds an address of a host that is now refused or gone gets a reset. Raises KeyError for a host
        there is not, ValueError for a fault that this host cannot have.
        """
        site = self._sites[host]
        row = FAULTS.get(fault)
        if row is None or fault in _UNSET_TLS or (row.tls and site.scheme != "https"):
            raise ValueError(f"{host} cannot be given {fault}: it is not a fault of the table that this host can have")
        self._faults[host] = fault

    def mend_host(self, host: str) -> None:
        """Takes the host's fault away, also one the seed gave it; those of its columns stay. KeyError as above."""
        self._faults.pop(self._sites[host].host, None)

    def set_illness(self, bridge: str, illness: Illness | None) -> None:
        """Gives a bridge an illness, or takes it away, from its next request on. Raises KeyError for a bridge there is not."""
        self._world.media.set_illness(bridge, illness)

    def write(self, folder: Path) -> None:
        """register/*.csv, truth, history (empty before an advance), hosts.json, ca.pem; newmedia/ where there is any.

        After `start`, since only then ports are known.
        """
        write_registers(self.plan, folder / "register")
        write_lines(self.truth(), folder / "truth.jsonl")
        write_lines(self.history() if self._before != self.moment else (), folder / "history.jsonl")
        if self.plan.cast.media:
            write_newmedia(self.plan, best_views(self.plan, self.moment), folder / "newmedia")
        authority = folder / "ca.pem" if self._certificates else None
        if self._certificates and authority:
            self._certificates.write(authority)
        write_hosts(self.hosts(), authority, folder / "hosts.json")

    async def start(self) -> None:
        """Opens the listeners of every host. Raises OSError where one cannot be bound, and leaves none open then."""
        try:
            await self._listen_all()
        except BaseException:
            await self.close()
            raise

    async def _listen_all(self) -> None:
        self._closed = await self._open("127.77.0.254", "closed")
        own = 0
        for site in self.plan.sites:
            address = address_of(site.platform, own)
            own += site.platform is None
            await self._listen(site.host, address, *_listeners(site))
        for each, host in enumerate(self._world.media.hosts()):
            await self._listen(host, address_of(WECHAT_PLATFORM + 1 + each, 0), "plain", "tls")
        if self.plan.accounts or self.plan.cast.media:
            await self._listen(WECHAT, address_of(WECHAT_PLATFORM, 0), "plain", "tls")
        await self._listen(PARKED_HOST, address_of(None, own), "plain", "closed")

    async def close(self) -> None:
        """Ends listeners and connections, and waits until they are gone."""
        self._listeners.close()
        jobs = [connection.job for connection in self._crowd if connection.job is not None]
        while self._crowd:
            for connection in tuple(self._crowd):
                connection.abort()
            await asyncio.sleep(0)
        await asyncio.gather(*jobs, return_exceptions=True)

    def _ports(self, host: str) -> dict[str, Address]:
        if self._faults.get(host) == "refused" and self._closed:
            return {HTTP: self._closed, HTTPS: self._closed}
        return self._hosts[host]

    async def _listen(self, host: str, address: str, http: Kind, https: Kind) -> None:
        self._hosts[host] = {HTTP: await self._open(address, http), HTTPS: await self._open(address, https)}

    async def _open(self, address: str, kind: Kind) -> Address:
        if kind == "closed" and self._closed:
            return self._closed
        tls = None
        if kind in ("tls", "tls10"):
            self._certificates = self._certificates or Certificates()
            tls = self._certificates.listener(self._certificate_of, legacy=kind == "tls10")
        return await self._listeners.open(address, kind, lambda: Connection(self._world.answer, self.log, self._crowd), tls)

    def _certificate_of(self, host: str) -> str:
        return self._faults.get(host, "good")


def _listeners(site: Site) -> tuple[Kind, Kind]:
    """What stands behind ports 80 and 443 of a site."""
    fault = FAULTS[site.fault] if site.fault else None
    if fault is None or not fault.tls:
        return "plain", "tls" if site.scheme == "https" else "closed"
    if fault.name == "https_broken":
        return "plain", "plain"
    return "closed", "tls10" if fault.name == "tls10_only" else "tls"
