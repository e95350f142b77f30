"""S3: a city in the third quarter: 54 sites, four of them failing, and 142 accounts, four of them in the annex.

Looked at twice: in June fifteen accounts stood still, and all have been mended by October. Two findings of accounts are a
person's: a menu without interaction, and an account that a search does not find. One of the silent accounts is seen on its own
page, the other is known by its unit's report.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from crawler.records import BEIJING
from province.scenarios import NEVER, Account, Column, Rhythm, Scene, Site
from tests.circulars.making import (
    SUBSCRIPTION,
    TOUTIAO_HOME,
    USUAL,
    WEIBO,
    Kind,
    Owner,
    account,
    accounts,
    dealt,
    publishing,
    site,
    until,
)
from tests.circulars.scenario import ISSUES, Scenario, State, Table, decided, found, names, stated

NAMES: Final = names("S3")
BEFORE: Final = datetime(2023, 6, 30, 18, tzinfo=BEIJING)
T: Final = datetime(2023, 10, 9, 12, tzinfo=BEIJING)
CITY: Final = "宜春市"
COUNTIES: Final = {
    "袁州区": "360902", "奉新县": "360921", "万载县": "360922", "上高县": "360923", "宜丰县": "360924",
    "靖安县": "360925", "铜鼓县": "360926", "丰城市": "360981", "樟树市": "360982", "高安市": "360983",
}  # fmt: skip
DEPARTMENTS: Final = NAMES["departments"]
STILL: Final = (date(2023, 5, 25), date(2023, 7, 12))
"""First and last day without anything of the accounts that were named in the second quarter."""
NAMED_BEFORE: Final = 15
CREDIT_NEWS: Final = tuple(Kind(f"{name}动态", "动态", True, 4) for name in ("信用", "联合奖惩", "县区", "行业", "政策"))
ZONE: Final = Owner("宜春经济技术开发区管理委员会", "宜春经开区", CITY, "市级部门")
MENU: Final = "YC00001"
UNFOUND: Final = "YC00002"
WRONG: Final = "3609240001"


def department(name: str) -> Owner:
    return Owner(f"{CITY}{name}", f"市{name}", CITY, "市级部门")


def county(name: str, unit: str = "人民政府", level: str = "县级门户") -> Owner:
    return Owner(f"{name}{unit}", unit, name, level)


def _stopped(columns: tuple[Column, ...], last: date) -> tuple[Column, ...]:
    return tuple(publishing(column, until(last)) if column.label == "动态" else column for column in columns)


def _emptied(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Six columns in which there never was anything."""
    extra = [Kind(f"专题{n}", "其他", False, 30) for n in range(6)]
    blank = [Column(f"k{n:03}", kind.name, kind.label, kind.first_level, f"/k{n:03}/", NEVER) for n, kind in enumerate(extra)]
    return (*columns, *blank)


def credit(area: str, name: str) -> Site:
    """A site of the county's credit platform: three of them fail, each for a reason of its own."""
    owner = county(name, "发展和改革委员会", "县级部门")
    made = site(f"{area}0002", f"信用{name[:2]}", owner, f"credit{area}.yichun-shi.test", (*CREDIT_NEWS, *USUAL))
    if name == "上高县":
        news = [column for column in made.columns if column.label == "动态"][:5]
        return replace(made, columns=(*_stopped(tuple(news), date(2023, 9, 1)), *made.columns[5:]))
    if name == "万载县":
        return replace(made, columns=_emptied(made.columns))
    if name == "高安市":
        return replace(made, down=(2, 4))
    return made


def sites() -> tuple[Site, ...]:
    portal = Owner("宜春市人民政府办公室", "市政府办", CITY, "市级门户")
    made = [site("3609000001", "宜春市人民政府", portal, "www.yichun-shi.test")]
    made += [
        site(f"{area}0001", f"{name}人民政府", county(name), f"x{area}.yichun-shi.test") for name, area in COUNTIES.items()
    ]
    made += [credit(area, name) for name, area in COUNTIES.items()]
    made += [
        site(f"36090000{n:02}", f"{CITY}{name}", department(name), f"b{n}.yichun-shi.test")
        for n, name in enumerate(DEPARTMENTS, 2)
    ]
    return (*made, site("3609000090", "宜春经济技术开发区", ZONE, "jkq.yichun-shi.test"))


def all_accounts() -> tuple[Account, ...]:
    listed = (
        account(
            MENU,
            "宜丰公安",
            county("宜丰县", "公安局", "县级部门"),
            SUBSCRIPTION,
            url="https://mp.weixin.qq.com/s/DjpbYh5ArlKUSFKTUw4VBA",
        ),
        replace(
            account(
                UNFOUND,
                "宜春市袁州生态环境局",
                Owner("宜春市袁州生态环境局", "袁州生态环境局", "袁州区", "县级部门"),
                SUBSCRIPTION,
                url="https://mp.weixin.qq.com/s/F0wqQYZRqlxJjyEMUctb6w",
            ),
            shows="deleted",
        ),
        replace(
            account(
                "YC00003",
                "中国丰城",
                Owner("丰城市人民政府办公室", "丰城市政府办", "丰城市", "县级门户"),
                SUBSCRIPTION,
                until(date(2023, 9, 14), 1),
                "https://mp.weixin.qq.com/s/yJYAOK4iee0OyfHd6uZTzw",
            ),
            reported=True,
        ),
        account(
            "YC00004",
            "宜春经开区",
            ZONE,
            TOUTIAO_HOME,
            until(date(2023, 9, 18), 3),
            "https://www.toutiao.com/c/user/token/MS4wLjABAAAATWkm8pBBPNO2yK3gX9dH9WXhmUqapQgqQ_jgYxw3MaA/?",
        ),
    )
    named = [
        account(f"YC{n:05}", f"{name}微博", department(name), WEIBO, Rhythm(2, date(2023, 1, 1), silent=STILL))
        for n, name in enumerate(DEPARTMENTS[:NAMED_BEFORE], 5)
    ]
    below = [county(name, unit, "县级部门") for name in COUNTIES for unit in ("教育局", "融媒体中心", "文化旅游局")]
    owners = dealt([*map(department, DEPARTMENTS), *(county(name) for name in COUNTIES), *below], 123)
    return (*listed, *named, *accounts("YC", owners, 20))


def by_hand() -> Table:
    return found(
        (MENU, "缺乏有效互动渠道菜单功能", "不合格", "2023-09-25", "市政府办"),
        (UNFOUND, "新媒体账号信息查询无结果", "不合格", "2023-09-26", "市政府办"),
        (WRONG, "严重表述错误", "不合格", "2023-09-12", "省政府办公厅通报"),
    )


def scenario() -> Scenario:
    scene = Scene(sites(), (), all_accounts())
    looked_at = found(("3609000001", "未提供办事服务", "合格", "2023-06-28", "市政府办"))
    june = State(
        BEFORE, scene, (looked_at, decided(("全部", "W2", "合格", "二季度可用性由省级监测平台检查", "市政府办"))), False
    )
    october = State(T, scene, (by_hand(), stated(("accounts.notices_this_year.宜春经开区", 4, "4"))))
    return Scenario("S3", "national-2019", "yichun-quarterly", ISSUES / "yichun.toml", october, june)
