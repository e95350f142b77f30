"""S4: a city in the third quarter: 9 sites, 39 disclosure sections, 251 accounts, and what became of the second quarter's.

Looked at twice: at the end of June a site, five sections and three accounts stand still; by the end of September they have been
mended, nine accounts are new, three others have fallen silent, and one site answered messages late.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from crawler.records import BEIJING
from province.scenarios import Account, Bridge, Column, Rhythm, Scene, Section, Site
from tests.circulars.making import (
    SERVICE,
    SUBSCRIPTION,
    USUAL,
    WEIBO,
    Kind,
    Owner,
    account,
    accounts,
    dealt,
    publishing,
    section,
    site,
    until,
)
from tests.circulars.scenario import ISSUES, Scenario, State, Table, figures, found, names

NAMES: Final = names("S4")
BEFORE: Final = datetime(2022, 6, 30, 18, tzinfo=BEIJING)
T: Final = datetime(2022, 9, 29, 18, tzinfo=BEIJING)
CITY: Final = "临沧市"
COUNTIES: Final = {
    "临翔区": "530902", "凤庆县": "530921", "云县": "530922", "永德县": "530923",
    "镇康县": "530924", "双江自治县": "530925", "耿马自治县": "530926", "沧源自治县": "530927",
}  # fmt: skip
DEPARTMENTS: Final = NAMES["departments"]
PORTAL: Final = "5309000001"
LATE: Final = "镇康县"
NEW: Final = 9
ZOMBIE: Final = "LC00004"
BRIDGE: Final = Bridge("office", "wechat2rss", "bridge.lincang-shi.test", "an-invented-token")
LAST_BRIDGED: Final = "LC00060"
STILL: Final = (date(2022, 5, 20), date(2022, 7, 8))
"""First and last day without anything of those that were named in the second quarter."""
NEWS: Final = tuple(Kind(f"{name}动态", "动态", True, 3) for name in ("部门", "基层", "党建", "项目", "乡村"))


def department(name: str) -> Owner:
    return Owner(f"{CITY}{name}", f"市{name}", CITY, "市级部门")


def county(name: str, unit: str = "人民政府", level: str = "县级门户") -> Owner:
    return Owner(f"{name}{unit}", unit, name, level)


def interrupted(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The same columns of news, silent for some weeks before the end of June."""
    return tuple(
        publishing(column, Rhythm(3, date(2020, 1, 1), silent=STILL)) if column.label == "动态" else column
        for column in columns
    )


def sites() -> tuple[Site, ...]:
    portal = Owner("临沧市人民政府办公室", "市政府办", CITY, "市级门户")
    made = [site(PORTAL, "临沧市人民政府", portal, "www.lincang-shi.test", (*NEWS, *USUAL))]
    for name, area in COUNTIES.items():
        made.append(site(f"{area}0001", f"{name}人民政府", county(name), f"x{area}.lincang-shi.test", (*NEWS, *USUAL)))
    named = made[3]
    return (*made[:3], replace(named, columns=interrupted(named.columns)), *made[4:])


def sections() -> tuple[Section, ...]:
    made = [
        section(f"{PORTAL}{n:02}", f"{CITY}{name}信息公开专栏", department(name), PORTAL, (*NEWS, *USUAL[1:]))
        for n, name in enumerate(DEPARTMENTS, 1)
    ]
    return tuple(replace(one, columns=interrupted(one.columns)) if n < 5 else one for n, one in enumerate(made))


def old_accounts() -> tuple[Account, ...]:
    """242 that were registered in June already: three of them silent then, three others since August, and one a zombie that no
    bridge tells of and no unit reports: no list of it is public, so that only a person can say what it is.
    """
    bureau, culture = county("镇康县", "司法局", "县级部门"), county("沧源自治县", "文化和旅游局", "县级部门")
    schools = county("云县", "教育体育局", "县级部门")
    silent = [
        account("LC00001", "云县教育体育局", schools, SUBSCRIPTION, until(date(2022, 8, 3))),
        account("LC00002", "镇康司法行政", bureau, SUBSCRIPTION, until(date(2022, 7, 26))),
        account("LC00003", "世界佤乡秘境沧源", culture, SERVICE, until(date(2022, 8, 19))),
    ]
    zombie = account(
        ZOMBIE,
        "沧源县人社局",
        county("沧源自治县", "人力资源和社会保障局", "县级部门"),
        SUBSCRIPTION,
        until(date(2022, 6, 25)),
    )
    named = [
        account(f"LC{n:05}", f"{name}微博", department(name), WEIBO, Rhythm(2, date(2022, 1, 1), silent=STILL))
        for n, name in enumerate(DEPARTMENTS[:3], 5)
    ]
    below = [county(name, unit, "县级部门") for name in COUNTIES for unit in ("教育体育局", "公安局", "融媒体中心")]
    owners = [*map(department, DEPARTMENTS), *(county(name) for name in COUNTIES), *below]
    return (*silent, zombie, *named, *accounts("LC", dealt(owners, 235), 8))


def scene(*those: Account) -> Scene:
    """The city with these accounts; the bridge tells of those on WeChat whose numbers are low, but for the zombie."""
    bridged = [
        replace(one, bridge=BRIDGE.name)
        if one.platform == "wechat" and one.code <= LAST_BRIDGED and one.code != ZOMBIE
        else one
        for one in those
    ]
    return Scene(sites(), sections(), tuple(bridged), (BRIDGE,))


def messages() -> Table:
    """119 messages on ten platforms, of the nine sites and one section; two of one county were answered late."""
    counts = {PORTAL: 31, **{f"{area}0001": 7 + n for n, area in enumerate(COUNTIES.values())}}
    rest = 119 - sum(counts.values())
    rows: list[dict[str, str | int | None]] = [{"渠道": "网民留言", "收到件数": 119, "逾期件数": 2, "开设平台数": 10}]
    rows += [
        {"渠道": "网民留言", "主体标识码": code, "收到件数": n, "逾期件数": 2 if code.startswith(COUNTIES[LATE]) else 0}
        for code, n in counts.items()
    ]
    rows.append({"渠道": "网民留言", "主体标识码": f"{PORTAL}02", "收到件数": rest, "逾期件数": 0})
    return figures(*rows)


def scenario() -> Scenario:
    old = old_accounts()
    new = accounts("LC", dealt([county(name, "政务服务局", "县级部门") for name in COUNTIES], NEW), 8 + 235)
    june = State(
        BEFORE,
        scene(*old),
        (found((PORTAL, "未提供办事服务", "合格", "2022-06-28", "市政府办")),),
    )
    september = State(
        T,
        scene(*old, *new),
        (found((ZOMBIE, "未及时注销", "不合格", "2022-09-20", "市政府办")), messages()),
    )
    return Scenario("S4", "national-2019", "lincang-quarterly", ISSUES / "lincang.toml", september, june)
