"""The scene as an office keeps it: the register's tables, and the units' reports of accounts nobody else can see."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from province.scenarios.model import Column, Scene

SITES: Final = ("网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址")
SECTIONS: Final = ("专栏编号", "所属网站", "专栏名称", "主办单位", "单位简称", "地区", "级别")
COLUMNS: Final = ("网站标识码", "专栏编号", "栏目编号", "栏目名称", "栏目网址", "栏目类别", "一级栏目", "责任单位")
ACCOUNTS: Final = ("账号标识", "账号名称", "类型", "主办单位", "单位简称", "地区", "级别", "网址")
REPORTS: Final = ("账号标识", "账号名称", "最近更新时间", "链接", "填报人", "填报时间")


def write_register(scene: Scene, folder: Path) -> None:
    """sites.csv, sections.csv, columns.csv, accounts.csv; a table without rows is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    hosts = {site.code: site.host for site in scene.sites}
    _csv(
        folder / "sites.csv",
        SITES,
        [(s.code, s.name, s.unit, s.short, s.region, s.level, f"http://{s.host}/") for s in scene.sites],
    )
    _csv(
        folder / "sections.csv",
        SECTIONS,
        [(s.code, s.parent, s.name, s.unit, s.short, s.region, s.level) for s in scene.sections],
    )
    columns = [_column(s.code, "", s.host, s.unit, c) for s in scene.sites for c in s.columns]
    columns += [_column(s.parent, s.code, hosts[s.parent], s.unit, c) for s in scene.sections for c in s.columns]
    _csv(folder / "columns.csv", COLUMNS, columns)
    _csv(
        folder / "accounts.csv",
        ACCOUNTS,
        [(a.code, a.name, a.type, a.unit, a.short, a.region, a.level, a.url) for a in scene.accounts],
    )


def _column(site: str, section: str, host: str, unit: str, column: Column) -> tuple[str, ...]:
    first = "是" if column.first_level else "否"
    return site, section, column.number, column.name, f"http://{host}{column.target}", column.label, first, unit


def write_reports(scene: Scene, moment: datetime, path: Path) -> int:
    """A table of what the units report at `moment`: the day of each account's last update. Returns the rows."""
    rows = [
        (a.code, a.name, a.published.up_to(moment.date(), 1)[0].isoformat(), "", a.unit, f"{moment:%Y-%m-%d %H:%M}")
        for a in scene.accounts
        if a.reported
    ]
    _csv(path, REPORTS, rows)
    return len(rows)


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    listed = list(rows)
    if listed:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *listed])
