"""A small city, all invented, whose circular changes with what its pages show: a portal, a department, three accounts."""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from crawler.records import BEIJING
from province.scenarios import Bridge, Published, Rhythm, Scene, Site
from tests.circulars.making import CHANNELS, NEWS, SUBSCRIPTION, USUAL, WEIBO, Kind, Owner, account, publishing, site, until
from tests.circulars.scenario import ISSUES, Scenario, State, Table, found

T: Final = datetime(2024, 9, 6, 17, tzinfo=BEIJING)
PORTAL, DEPARTMENT = "9801000001", "9801000002"
CITY: Final = "澜州市"
OFFICE: Final = Owner("澜州市人民政府办公室", "市政府办", CITY, "市级门户")
WATER: Final = Owner("澜州市水利局", "市水利局", CITY, "市级部门")
WIDE: Final = (*(Kind(f"{name}动态", "动态", True, 3) for name in ("部门", "基层", "党建", "项目", "乡村", "河湖")), *USUAL)
LOOKED: Final = found((PORTAL, "未提供办事服务", "合格", "2024-09-05", "巡查组"))
BRIDGE: Final = Bridge("office", "wechat2rss", "bridge.lanzhou-shi.test", "an-invented-token")
ALIVE: Final = Rhythm(2, date(2024, 9, 5))
SILENT: Final = until(date(2024, 8, 10))


def department(stopped: int = 0, last: date = date(2024, 8, 1), down: tuple[int, int] | None = None) -> Site:
    """The department's site; the first `stopped` of its columns of news end at `last`."""
    made = site(DEPARTMENT, "澜州市水利局", WATER, "slj.lanzhou-shi.test", WIDE)
    columns = [publishing(one, until(last)) if n < stopped else one for n, one in enumerate(made.columns)]
    return replace(made, columns=tuple(columns), down=down)


def town(
    water: Site | None = None,
    video: Published = ALIVE,
    reported: bool = True,
    weibo: Published = ALIVE,
    office: tuple[Table, ...] = (LOOKED,),
    probes: bool = True,
    bridge: Bridge | None = None,
) -> Scenario:
    """video: of the account that only reports tell of; reported: whether there is a report. bridge: one that tells of six more
    accounts, which publish every two days.
    """
    portal = site(PORTAL, "澜州市人民政府", OFFICE, "www.lanzhou-shi.test", (NEWS, *USUAL))
    accounts = (
        account("LZ00001", "澜州发布", OFFICE, SUBSCRIPTION),
        account("LZ00002", "澜州水利", WATER, WEIBO, weibo),
        replace(account("LZ00003", "澜州水利", WATER, CHANNELS, video), reported=reported),
    )
    bridges = (bridge,) if bridge else ()
    told = [
        replace(account(f"LZ1000{n}", f"澜州{n}", WATER, SUBSCRIPTION), bridge=one.name) for one in bridges for n in range(6)
    ]
    scene = Scene((portal, water or department()), (), (*accounts, *told), bridges)
    return Scenario("town", "national-2019", "yibin-quarterly", ISSUES / "yibin.toml", State(T, scene, office, probes))
