"""Writes what others need to find and to judge the province: registers, truth, hosts."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from province.model import Plan
from province.newmedia.truth import reports_csv, settings
from province.places import PLATFORMS

SITES: Final = ("网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址", "平台")
COLUMNS: Final = ("网站标识码", "栏目编号", "栏目名称", "栏目网址", "栏目类别", "一级栏目", "责任单位")
ACCOUNTS: Final = ("账号标识", "账号名称", "类型", "主办单位", "单位简称", "地区", "级别", "网址")
WECHAT: Final = "mp.weixin.qq.com"


def write_registers(plan: Plan, folder: Path) -> None:
    """sites.csv, columns.csv and accounts.csv in `folder`, UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    _csv(
        folder / "sites.csv",
        SITES,
        ((s.code, s.name, s.unit, s.short, s.region, s.level, s.home_url, _platform(s.platform)) for s in plan.sites),
    )
    _csv(
        folder / "columns.csv",
        COLUMNS,
        (
            (s.code, c.code, c.name, s.url(c), c.label, "是" if c.first_level else "否", c.unit)
            for s in plan.sites
            for c in s.columns
        ),
    )
    _csv(
        folder / "accounts.csv",
        ACCOUNTS,
        [
            *((a.code, a.name, a.type, a.unit, a.short, a.region, a.level, f"https://{WECHAT}{a.path}") for a in plan.accounts),
            *((m.code, m.name, m.type, m.unit, m.short, m.region, m.level, m.url) for m in plan.cast.media),
        ],
    )


def write_newmedia(plan: Plan, views: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Beside the register: what only a service knows of accounts. Bridges with tokens, operators' reports, the best view."""
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    (folder / "bridges.json").write_text(json.dumps(settings(plan), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "reports" / "reports.csv").write_text(reports_csv(plan), encoding="utf-8")
    write_lines(views, folder / "views.jsonl")


def write_lines(lines: Iterable[Mapping[str, Any]], path: Path) -> None:
    """One JSON object per line."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def write_hosts(hosts: dict[str, dict[str, tuple[str, int]]], ca: Path | None, path: Path) -> None:
    """Virtual host -> port -> real address and port; and the authority that good TLS hosts are signed by."""
    data: dict[str, Any] = {"hosts": hosts, "ca": str(ca.resolve()) if ca else None}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _platform(number: int | None) -> str:
    return "" if number is None else PLATFORMS[number]


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
