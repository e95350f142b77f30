"""S0: a city in the third quarter: 47 sites and 352 accounts; one department's columns stand still, one account is silent.

The silent account is on a platform that shows nothing to the public: its unit's report says when it was last updated. Found
errors are figures of the office.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from crawler.records import BEIJING
from province.scenarios import Account, Column, Scene, Site
from tests.circulars.making import (
    CHANNELS,
    NEWS,
    SUBSCRIPTION,
    USUAL,
    Kind,
    Owner,
    account,
    accounts,
    dealt,
    publishing,
    site,
    until,
)
from tests.circulars.scenario import OWN_ISSUES, Scenario, State, figures, found, names

NAMES: Final = names("S0")
T: Final = datetime(2024, 9, 6, 17, tzinfo=BEIJING)
CITY: Final = "宜宾市"
COUNTIES: Final = NAMES["counties"]
DEPARTMENTS: Final = NAMES["departments"]
HEALTH: Final = Owner("宜宾市卫生健康委员会", "市卫生健康委", CITY, "市级部门")
QUAKES: Final = Owner("宜宾市地震监测中心", "市地震监测中心", CITY, "市级部门")
"""Named in the text for what it left out of a reprint, which is no veto."""
POLICE: Final = Owner("宜宾市公安局", "市公安局", CITY, "市级部门")


def department(name: str) -> Owner:
    return Owner(f"{CITY}{name}", f"市{name}", CITY, "市级部门")


def county(name: str, level: str = "县级门户") -> Owner:
    return Owner(f"{name}人民政府", "县政府", name, level)


def health() -> Site:
    """Second-level columns that were left: 6 of notices and 3 of policies for more than 6 months, 4 of plans and posts for
    more than a year; and 2 of news for more than two weeks. Its home page and the other columns are alive.
    """
    left = (
        [(Kind(f"公示公告{n}", "通知公告", False, 20), date(2023, 11, 3 + n)) for n in range(6)]
        + [(Kind(f"卫生健康政策{n}", "政策文件", False, 30), date(2024, 1, 9 + n)) for n in range(3)]
        + [(Kind(f"规划总结{n}", "规划计划", False, 60), date(2023, 2, 1 + n)) for n in range(2)]
        + [(Kind(f"人事信息{n}", "人事", False, 60), date(2022, 12, 5 + n)) for n in range(2)]
        + [(Kind(f"基层动态{n}", "动态", False, 5), date(2024, 7, 30 + n)) for n in range(2)]
    )
    alive = (NEWS, *USUAL, *(Kind(f"健康科普{n}", "动态", False, 4) for n in range(6)))
    made = site("5115000036", HEALTH.unit, HEALTH, "wjw.yibin-shi.test", [*alive, *(kind for kind, _ in left)])
    stopped: tuple[Column, ...] = tuple(
        publishing(column, until(day)) for column, (_, day) in zip(made.columns[len(alive) :], left, strict=True)
    )
    return replace(made, columns=made.columns[: len(alive)] + stopped)


def sites() -> tuple[Site, ...]:
    portal = Owner("宜宾市人民政府办公室", "市政府办", CITY, "市级门户")
    made = [site("5115000001", "宜宾市人民政府", portal, "www.yibin-shi.test")]
    made += [
        site(f"51150100{n:02}", f"{name}人民政府", county(name), f"x{n}.yibin-shi.test") for n, name in enumerate(COUNTIES, 1)
    ]
    made += [
        site(f"51150001{n:02}", f"{CITY}{name}", department(name), f"b{n}.yibin-shi.test")
        for n, name in enumerate(DEPARTMENTS, 1)
    ]
    return (*made, health())


def all_accounts() -> tuple[Account, ...]:
    """3 of the city's government, 103 of its departments, 30 of county governments, 216 of county departments and towns."""
    city = [Owner("宜宾市人民政府办公室", "市政府办", CITY, "市级门户")] * 3
    departments = dealt([*map(department, DEPARTMENTS), HEALTH], 101)
    counties = dealt([county(name) for name in COUNTIES], 30)
    below = [Owner(f"{name}{kind}", kind, name, "县级部门") for name in COUNTIES for kind in ("教育局", "公安局", "民政局")]
    towns = [Owner(f"{name}第{n}镇人民政府", f"第{n}镇", name, "乡镇") for name in COUNTIES for n in range(1, 8)]
    silent = account("XM00000", "宜宾公安", POLICE, CHANNELS, until(date(2024, 8, 12)))
    named = account("XM99999", QUAKES.unit, QUAKES, SUBSCRIPTION)
    return (silent, named, *accounts("XM", [*city, *departments, *counties, *dealt(below, 126), *dealt(towns, 90)]))


def scenario() -> Scenario:
    office = (
        found(("5115000001", "未提供办事服务", "合格", "2024-09-04", "巡查组")),
        figures({"渠道": "我为政府网站找错", "收到件数": 4, "办结件数": 4, "按期办结": 4}),
    )
    return Scenario(
        "S0", "sichuan", "yibin-quarterly", OWN_ISSUES / "S0.toml", State(T, Scene(sites(), (), all_accounts()), office)
    )
