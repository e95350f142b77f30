"""Which columns sites have, by category, and how often such a column is updated: data."""

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A column as sites name it.

    label     栏目类别 as a register writes it
    slug      the folder of its address; `parent` the folder above it ("" for a first-level column)
    days      the shortest and longest usual gap between two items
    """

    name: str
    label: str
    slug: str
    parent: str
    days: tuple[int, int]


KINDS: Final = (
    Kind("工作动态", "动态", "gzdt", "xwzx", (1, 4)),
    Kind("要闻聚焦", "要闻", "ywjj", "xwzx", (1, 3)),
    Kind("通知公告", "通知公告", "tzgg", "", (3, 14)),
    Kind("政策文件", "政策文件", "zcwj", "", (8, 40)),
    Kind("部门动态", "动态", "bmdt", "xwzx", (1, 5)),
    Kind("人事任免", "人事", "rsrm", "xxgk", (10, 60)),
    Kind("规划计划", "规划计划", "ghjh", "xxgk", (20, 120)),
    Kind("图片新闻", "动态要闻", "tpxw", "xwzx", (1, 6)),
    Kind("公示公告", "通知公告", "gsgg", "", (2, 12)),
    Kind("政策解读", "政策文件", "zcjd", "zcwj", (8, 40)),
    Kind("统计信息", "其他", "tjxx", "xxgk", (20, 45)),
    Kind("财政预决算", "其他", "czyjs", "xxgk", (30, 120)),
    Kind("乡镇动态", "动态", "xzdt", "xwzx", (1, 7)),
    Kind("规范性文件", "政策文件", "gfxwj", "zcwj", (20, 60)),
    Kind("招考录用", "人事", "zkly", "xxgk", (10, 60)),
    Kind("行政处罚", "其他", "xzcf", "xxgk", (4, 30)),
    Kind("招标采购", "其他", "zbcg", "xxgk", (3, 25)),
    Kind("建议提案", "其他", "jyta", "xxgk", (10, 90)),
    Kind("应急管理", "其他", "yjgl", "xxgk", (6, 40)),
    Kind("专题专栏", "其他", "ztzl", "", (5, 60)),
    Kind("安全生产", "其他", "aqsc", "xxgk", (4, 30)),
    Kind("民生实事", "其他", "msss", "xxgk", (6, 45)),
    Kind("乡村振兴", "动态", "xczx", "xwzx", (2, 9)),
    Kind("政务公开年报", "其他", "zwgknb", "xxgk", (60, 180)),
)

FOLDERS: Final = {"xwzx": "新闻中心", "xxgk": "政府信息公开", "zcwj": "政策文件"}


def kinds(count: int) -> list[Kind]:
    """`count` columns: the table, and past its end the same names with a number, in folders of their own."""
    rows = list(KINDS[:count])
    for number in range(len(KINDS), count):
        kind = KINDS[number % len(KINDS)]
        turn = number // len(KINDS) + 1
        rows.append(kind._replace(name=f"{kind.name}（{turn}）", slug=f"{kind.slug}{turn}"))
    return rows
