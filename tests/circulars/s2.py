"""S2: a county in August: 174 columns of its site, 42 disclosure platforms below it, six of them behind; letters and hotlines.

The platforms' columns stand at one address of the site, told apart by the query. What was published in August is dealt out over
columns one item at a time, so that the sums are those of the county's own count; a page reaches back before the month.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from crawler.records import BEIJING
from province.scenarios import Account, Column, Diary, Scene, Section, Site
from tests.circulars.making import NEWS, Kind, Owner, accounts, publishing, section, site
from tests.circulars.scenario import ISSUES, Scenario, State, Table, figures, found, names

NAMES: Final = names("S2")
T: Final = datetime(2024, 9, 2, 12, tzinfo=BEIJING)
COUNTY: Final = "高县"
SITE: Final = "5115250001"
HOST: Final = "www.gaoxian.gov.cn"
COLUMNS: Final = 174
SITE_ITEMS: Final = 548
SECTION_ITEMS: Final = 315
"""Published in August, on the site and on the platforms."""
_LIST: Final = "/nn/doclist.html?deptId={}&chnlId=40009,40026&id=11a1b30c-4bfc-4317-8736-02308e114aef"


class Late(NamedTuple):
    """A platform that is behind: its unit's number in the address, its last update, and its items of the month."""

    unit: str
    number: int
    last: date
    items: int


LATE_DEPARTMENTS: Final = (
    Late("县经信科技局", 92338048, date(2024, 8, 17), 2),
    Late("县民政局", 92338115, date(2024, 8, 14), 2),
    Late("县医保局", 92338990, date(2024, 8, 10), 2),
    Late("县综合执法局", 92338991, date(2024, 8, 12), 1),
)
LATE_TOWNS: Final = (Late("沙河镇", 92338226, date(2024, 8, 18), 2), Late("胜天镇", 92338183, date(2024, 8, 12), 2))
DEPARTMENTS: Final = NAMES["departments"]
TOWNS: Final = NAMES["towns"]
OFFICE: Final = Owner("高县人民政府办公室", "县政府办", COUNTY, "县级门户")


def august(items: int, last: date, spacing: int = 1) -> Diary:
    """`items` days of August up to `last`, `spacing` days apart and then closer, and some older ones in July."""
    span = (last - date(2024, 8, 1)).days
    step = min(spacing, span // max(1, items - 1)) if items > 1 else 0
    own = [last - timedelta(days=step * n) for n in range(items)]
    older = [date(2024, 7, 28) - timedelta(days=3 * n) for n in range(4)]
    return Diary((*own, *older))


def shares(total: int, parts: int) -> list[int]:
    """`total` in `parts` whole parts that differ by one at most."""
    return [total // parts + (place < total % parts) for place in range(parts)]


def the_site() -> Site:
    """60 columns of news, updated at the end of August; notices and policies within the half year, plans within the year."""
    kinds = [
        *(Kind(f"工作动态{n}", "动态", True, 3) for n in range(60)),
        *(Kind(f"通知公告{n}", "通知公告", n < 4, 20) for n in range(50)),
        *(Kind(f"政策文件{n}", "政策文件", n < 4, 20) for n in range(34)),
        *(Kind(f"规划计划{n}", "规划计划", False, 60) for n in range(30)),
    ]
    made = site(SITE, "高县人民政府", OFFICE, HOST, kinds)
    counts = [*shares(SITE_ITEMS - 84, 60), *[1] * 84, *[0] * 30]
    columns = [
        publishing(column, august(count, date(2024, 8, 31 - place % 9)))
        for place, (column, count) in enumerate(zip(made.columns, counts, strict=True))
    ]
    return replace(made, columns=tuple(columns))


def platforms() -> tuple[Section, ...]:
    """29 of departments and 13 of towns, each with its column 工作动态."""
    late = sum(one.items for one in (*LATE_DEPARTMENTS, *LATE_TOWNS))
    counts = iter(shares(SECTION_ITEMS - late, len(DEPARTMENTS) + len(TOWNS)))
    return (
        *_platforms(LATE_DEPARTMENTS, [f"县{name}" for name in DEPARTMENTS], "县级部门", 1, counts),
        *_platforms(LATE_TOWNS, TOWNS, "乡镇", 51, counts),
    )


def _platforms(late: Sequence[Late], others: Sequence[str], level: str, first: int, counts: Iterable[int]) -> list[Section]:
    made = [_platform(first + n, one.unit, level, one.number, august(one.items, one.last, 8)) for n, one in enumerate(late)]
    for n, (unit, count) in enumerate(zip(others, counts), first + len(late)):  # noqa: B905 -- the counts go on for the next level
        made.append(_platform(n, unit, level, 92337000 + n, august(count, date(2024, 8, 22 + n % 10), 2)))
    return made


def _platform(serial: int, unit: str, level: str, number: int, published: Diary) -> Section:
    made = section(f"{SITE}{serial:02}", f"{unit}信息公开平台", Owner(unit, unit, COUNTY, level), SITE, [NEWS])
    column: Column = replace(made.columns[0], target=_LIST.format(number), published=published)
    return replace(made, columns=(column,))


def all_accounts() -> tuple[Account, ...]:
    departments = [Owner(f"县{name}", f"县{name}", COUNTY, "县级部门") for name in DEPARTMENTS[:18]]
    towns = [Owner(name, name, COUNTY, "乡镇") for name in (*TOWNS, "沙河镇", "胜天镇", "庆符镇")]
    return accounts("GX", [OFFICE, OFFICE, *departments, *towns])


def messages() -> Table:
    """The head's mailbox, the hotline and the forum, as the county's letter office counts them, by kind and by unit."""
    rows: list[dict[str, str | int | None]] = [
        {"渠道": "县长信箱", "收到件数": 5, "按期办结": 5, "涉及单位数": 5, "满意率": "100%"},
        {"渠道": "12345", "收到件数": 868, "办结件数": 868, "满意率": "100%"},
        {"渠道": "麻辣社区", "办结件数": 13, "按期办结": 13},
    ]
    kinds: dict[str, dict[str, int]] = {
        "县长信箱": {"咨询": 3, "建议": 1, "投诉": 1},
        "12345": {"求助": 676, "投诉": 182, "举报": 6, "表扬": 2, "建议": 1, "咨询": 1},
        "麻辣社区": {"求助": 6, "投诉": 5, "建言": 1, "咨询": 1},
    }
    units: dict[str, dict[str, int]] = {
        "县长信箱": {"县民政局": 2, "县应急管理局": 1, "县发展改革局": 1, "县教育体育局": 1},
        "麻辣社区": {"县住房城乡建设局": 4, "庆符镇": 3, "沙河镇": 3, "县教育体育局": 1, "蕉村镇": 1, "庆岭镇": 1},
    }
    rows += [{"渠道": channel, "类别": kind, "收到件数": n} for channel, by in kinds.items() for kind, n in by.items()]
    rows += [{"渠道": channel, "单位": unit, "收到件数": n} for channel, by in units.items() for unit, n in by.items()]
    return figures(*rows)


def scenario() -> Scenario:
    looked_at = found((SITE, "未提供办事服务", "合格", "2024-09-02", "政府信息与政务公开股"))
    scene = Scene((the_site(),), platforms(), all_accounts())
    return Scenario(
        "S2", "gaoxian-monthly", "gaoxian-monthly", ISSUES / "gaoxian.toml", State(T, scene, (looked_at, messages()))
    )
