"""A bridge that dies for three served days: one alarm, no line that a checker could take for a silent account.

Crawler, bridges and lines are the real ones, asked over the wire; only time is served: two polls of each account a day.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from crawler.accounts.bridgesettings import PREFIX, BridgeSettings
from crawler.fetch import FetchSettings
from crawler.records import BEIJING, Gap, Round, Sighting, Visit
from crawler.visit import Crawler
from province import Province
from province.newmedia.model import Illness, Media, Sickness
from province.newmedia.truth import best_view, settings
from scheduler.accounts.bridgebook import BridgeBook
from scheduler.conclude import House, Task, conclude, encode_line

NOW = datetime(2026, 11, 2, 9, tzinfo=BEIJING)
STEP = timedelta(hours=12)
HOUSE = House("sha256:0", 1, "default", "0")
STALE = timedelta(days=14)


class Days:
    """A province whose time is served, a crawler that knows its bridges, and the lines that come of it."""

    def __init__(self, province: Province) -> None:
        self.province, self.now_ms = province, 0
        rows = settings(province.plan)
        self.bridges = tuple(
            BridgeSettings(row["name"], row["profile"], row["base"], row["token"], "", row["token_place"], (), row["accounts"])
            for row in rows
        )
        hosts = {host: dict(ports) for host, ports in province.hosts().items()}
        fetch = FetchSettings(allow=("127.0.0.0/8",), hosts=hosts, bridges=self.bridges)
        self.crawler = Crawler.of(fetch)
        self.crawler._now_ms = lambda: self.now_ms
        self.book = BridgeBook([row["name"] for row in rows], now_ms=lambda: self.now_ms)
        self.lines: list[tuple[datetime, str, dict[str, Any]]] = []

    async def poll(self, bridge: BridgeSettings) -> None:
        """Each account of the bridge, once, and its line."""
        moment = self.province.moment
        self.now_ms = round(moment.timestamp() * 1000)
        visits = tuple(
            Visit(number, "account", media.code, media.url, self.now_ms, platform=media.type)
            for number, media in enumerate(self.accounts(bridge.name))
        )
        async for seen in self.crawler.run(Round(1, PREFIX + bridge.name, visits, Gap(0.0, 0.0, 0.0))):
            if isinstance(seen, Sighting):
                visit = visits[seen.number]
                weighed = self.book.weigh(visit.target, seen)
                line, _ = conclude(
                    Task(1, 1, visit, b'{"code":"x","kind":"account","name":"x"}', None, "r", None), weighed, HOUSE
                )
                self.lines.append((moment, bridge.name, msgspec.json.decode(encode_line(line))))

    def accounts(self, bridge: str) -> list[Media]:
        return [media for media in self.province.plan.cast.media if media.bridge == bridge]

    async def go(self, days: float) -> None:
        for _ in range(round(days / (STEP / timedelta(days=1)))):
            self.province.advance(STEP / timedelta(days=1))
            for bridge in self.bridges:
                await self.poll(bridge)
            self.book.look(self.now_ms)


@pytest.fixture
async def days() -> AsyncIterator[Days]:
    province = Province(2, 1, 0, 7, False, NOW, newmedia=True)
    for bridge in province.plan.cast.bridges:
        province.set_illness(bridge.name, None)
    await province.start()
    made = Days(province)
    await made.crawler.open()
    try:
        yield made
    finally:
        await made.crawler.close()
        await province.close()


def falsely_stale(days: Days) -> list[str]:
    """Accounts that were not silent for two weeks, and of which a line proves that they were.

    A line proves silence only up to when its bridge was last known to be alive, and nothing where it is a lower bound.
    """
    wrong = []
    for moment, _, line in days.lines:
        flags = {flag["name"]: flag["evidence"] for flag in line["flags"]}
        if line["outcome"] != "ok" or "lower_bound" in flags:
            continue
        alive = datetime.fromisoformat(flags["bridge_alive_until"])
        newest = datetime.fromisoformat(line["reading"]["newest"])
        media = next(each for each in days.province.plan.cast.media if each.code == line["target"])
        true = best_view(days.province.plan, media, moment)
        if alive - newest >= STALE and not true["stale"]:
            wrong.append(f"{moment}: {media.code}")
    return wrong


@pytest.mark.parametrize("kind", ["502", "html", "empty", "old"])
async def test_three_days_of_illness_are_one_alarm_and_accuse_nobody(
    kind: Sickness, days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    name = days.bridges[1].name
    await days.go(2)
    with caplog.at_level(logging.WARNING):
        days.province.set_illness(name, Illness(kind, 2.25, 3.0))
        await days.go(3)
        assert days.book.health(name).state == "sick"
        days.province.set_illness(name, None)
        await days.go(2)
    alarms = Counter((record.levelname, getattr(record, "bridge", "")) for record in caplog.records)
    assert alarms == {("ERROR", name): 1, ("WARNING", name): 1}
    assert falsely_stale(days) == []
    sick = [line for _, bridge, line in days.lines if bridge == name and line["reason"] == "bridge_sick"]
    assert sick and {line["reading"]["newest"] for line in sick} == {None}


async def test_all_bridges_being_well_no_alarm_is_given_and_each_silent_account_is_proved_silent(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await days.go(3)
    assert caplog.records == []
    last = {line["target"]: line for _, _, line in days.lines}
    stale = {
        m.code
        for m in days.province.plan.cast.media
        if m.bridge and best_view(days.province.plan, m, days.province.moment)["stale"]
    }
    proved = set()
    for code, line in last.items():
        alive = next(flag["evidence"] for flag in line["flags"] if flag["name"] == "bridge_alive_until")
        if datetime.fromisoformat(alive) - datetime.fromisoformat(line["reading"]["newest"]) >= STALE:
            proved.add(code)
    assert stale and proved == stale
