"""S1: a province in the second half of the year: 759 sites and 4,206 accounts of 21 cities and the province itself.

Four accounts of one prefecture have stood still for more than two weeks; every site is in order. Who came out well in the
evaluations, what the platform for policies holds, and the messages of the public are the office's own tables.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from crawler.records import BEIJING
from province.scenarios import Account, Scene, Site
from tests.circulars.making import CHANNELS, NEWS, TOUTIAO, USUAL, WEIBO, Owner, account, accounts, dealt, site, until
from tests.circulars.scenario import ISSUES, Scenario, State, Table, figures, found, names, ranked, stated

NAMES: Final = names("S1")
T: Final = datetime(2024, 12, 20, 18, tzinfo=BEIJING)
KINDS: Final = (NEWS, USUAL[1], USUAL[2])


class City(NamedTuple):
    """A city's register: the beginning of its codes, its departments' and counties' sites, and its accounts."""

    name: str
    area: str
    departments: int
    counties: int
    accounts: int


CITIES: Final = (
    City("成都市", "5101", 43, 21, 915),
    City("自贡市", "5103", 2, 6, 99),
    City("攀枝花市", "5104", 34, 5, 92),
    City("泸州市", "5105", 38, 7, 208),
    City("德阳市", "5106", 3, 6, 90),
    City("绵阳市", "5107", 36, 9, 178),
    City("广元市", "5108", 35, 7, 232),
    City("遂宁市", "5109", 35, 5, 186),
    City("内江市", "5110", 4, 5, 96),
    City("乐山市", "5111", 36, 11, 170),
    City("南充市", "5113", 1, 9, 193),
    City("宜宾市", "5115", 37, 10, 347),
    City("广安市", "5116", 2, 6, 64),
    City("达州市", "5117", 27, 7, 184),
    City("巴中市", "5119", 32, 5, 106),
    City("雅安市", "5118", 25, 8, 169),
    City("眉山市", "5114", 1, 6, 97),
    City("资阳市", "5120", 26, 3, 41),
    City("阿坝州", "5132", 38, 13, 172),
    City("甘孜州", "5133", 19, 18, 128),
    City("凉山州", "5134", 34, 17, 182),
)
SILENT_IN: Final = "甘孜州"
PROVINCE: Final = "四川省"
PROVINCE_DEPARTMENTS: Final = 45
PROVINCE_ACCOUNTS: Final = 257

_FIRST, _SECOND, _THIRD = "第一梯队", "第二梯队", "第三梯队"
PORTALS: Final = {_FIRST: NAMES["portals_first"], _SECOND: NAMES["portals_second"]}
DEPARTMENTS: Final = {
    _FIRST: NAMES["departments_first"],
    _SECOND: NAMES["departments_second"],
    _THIRD: NAMES["departments_third"],
}
SUPERVISED_WELL: Final = NAMES["supervised_well"]
MEDIA_WELL: Final = NAMES["media_well"]


def portal(city: City) -> Owner:
    return Owner(f"{city.name}人民政府办公室", "政府办", city.name, "市级门户")


def departments(city: City) -> list[Owner]:
    return [Owner(f"{city.name}第{n}局", f"市第{n}局", city.name, "市级部门") for n in range(1, city.departments + 1)]


def counties(city: City) -> list[Owner]:
    return [
        Owner(f"{city.name}第{n}县人民政府", "县政府", f"{city.name}第{n}县", "县级门户") for n in range(1, city.counties + 1)
    ]


def sites() -> Iterator[Site]:
    """Of each city its portal, its departments and its counties; and the province's own."""
    for city in CITIES:
        owners = [portal(city), *departments(city), *counties(city)]
        for n, owner in enumerate(owners):
            yield site(f"{city.area}{n:06}", owner.unit, owner, f"w{city.area}x{n}.shu-sheng.test", KINDS)
    own = [Owner("四川省人民政府办公厅", "省政府办公厅", PROVINCE, "省级门户")]
    own += [Owner(f"四川省第{n}厅", f"第{n}厅", PROVINCE, "省级部门") for n in range(1, PROVINCE_DEPARTMENTS + 1)]
    for n, owner in enumerate(own):
        yield site(f"5100{n:06}", owner.unit, owner, f"w5100x{n}.shu-sheng.test", KINDS)


def all_accounts() -> Iterator[Account]:
    first = 1
    for city in CITIES:
        silent = tuple(still(city)) if city.name == SILENT_IN else ()
        yield from silent
        below = [owner._replace(unit=f"{owner.region}融媒体中心", level="县级部门") for owner in counties(city)]
        owners = dealt([portal(city), *departments(city), *counties(city), *below], city.accounts - len(silent))
        yield from accounts("SC", owners, first)
        first += len(owners)
    own = [Owner("四川省人民政府办公厅", "省政府办公厅", PROVINCE, "省级门户")]
    own += [Owner(f"四川省第{n}厅", f"第{n}厅", PROVINCE, "省级部门") for n in range(1, PROVINCE_DEPARTMENTS + 1)]
    yield from accounts("SC", dealt(own, PROVINCE_ACCOUNTS), first)


def still(city: City) -> Iterator[Account]:
    """Two seen on the platform's list, one in another's, and one by its unit's report."""
    lasts = (
        (WEIBO, date(2024, 11, 18)),
        (WEIBO, date(2024, 10, 30)),
        (TOUTIAO, date(2024, 12, 2)),
        (CHANNELS, date(2024, 9, 9)),
    )
    for n, (kind, last) in enumerate(lasts):
        owner = counties(city)[n]
        yield account(f"GZ{n:05}", f"{owner.region}发布", owner, kind, until(last, 4))


def evaluated() -> Table:
    rows: list[tuple[str, str, str, int]] = []
    for tier, listed in PORTALS.items():
        rows += [("市（州）政府门户网站", tier, f"{name}人民政府", len(rows) + n) for n, name in enumerate(listed, 1)]
    for tier, listed in DEPARTMENTS.items():
        rows += [("省直部门网站", tier, f"{PROVINCE}{name}", len(rows) + n) for n, name in enumerate(listed, 1)]
    for table, listed in (
        ("监管工作总体情况较好的市（州）", SUPERVISED_WELL),
        ("政务新媒体监管工作较好的市（州）", MEDIA_WELL),
    ):
        rows += [(table, "", name, n) for n, name in enumerate(listed, 1)]
    return ranked(rows)


def scenario() -> Scenario:
    own = stated(
        ("evaluation.supervision_cities", 21, None),
        ("sites.problem_share.no_interpretation", 17.2, None),
        ("sites.problem_share.missing_site_mark", 5, None),
        ("articles.policy_items_collected", 7600, "7600余"),
    )
    office = (
        found(("5100000000", "未提供办事服务", "合格", "2024-12-10", "评估组")),
        figures({"渠道": "我为政府网站找错", "办结件数": 239, "按期办结率": "100%"}),
        own,
        evaluated(),
    )
    scene = Scene(tuple(sites()), (), tuple(all_accounts()))
    return Scenario("S1", "sichuan", "sichuan-half-year", ISSUES / "sichuan.toml", State(T, scene, office))
