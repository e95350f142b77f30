"""What an office would hand in: CSV files and workbooks, written by us, and the short way to load them."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from register import Problem, Register, Severity, Subject, Target, load, read_accepted

Cells = Sequence[object]

SITE = ("网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址", "平台")
COLUMN = ("网站标识码", "栏目编号", "栏目名称", "栏目网址", "栏目类别", "一级栏目", "上级栏目", "责任单位")
SECTION = ("网站标识码", "专栏编号", "专栏名称", "主办单位", "单位简称", "地区", "级别", "首页网址")
ACCOUNT = ("账号标识", "账号名称", "类型", "主办单位", "单位简称", "地区", "级别", "网址")

CITY = (
    "5115000001",
    "南溪市人民政府网",
    "南溪市人民政府办公室",
    "市政府办",
    "南溪市",
    "市级门户",
    "http://www.nanxi.gov.cn/",
    "省平台",
)
COUNTY = (
    "5115240001",
    "江北县人民政府网",
    "江北县人民政府办公室",
    "县政府办",
    "江北县",
    "县级门户",
    "http://www.jiangbei.gov.cn/",
    "",
)
NEWS = ("5115000001", "gzdt", "工作动态", "http://www.nanxi.gov.cn/gzdt/", "动态", "是", "", "市政府办")
NOTICE = ("5115000001", "tzgg", "通知公告", "http://www.nanxi.gov.cn/tzgg/", "通知公告", "是", "", "市政府办")
OPEN_PAGE = (
    "5115000001",
    "mzj",
    "市民政局信息公开",
    "市民政局",
    "民政局",
    "南溪市",
    "市级部门",
    "http://www.nanxi.gov.cn/mzj/",
)
WEIBO = ("wb01", "南溪发布", "新浪微博", "市政府办", "府办", "南溪市", "市级门户", "https://weibo.com/u/100200")


def changed(row: Cells, **cells: object) -> tuple[object, ...]:
    """`row` with the cells at the given positions replaced: changed(CITY, c0="…")."""
    new = list(row)
    for name, value in cells.items():
        new[int(name[1:])] = value
    return tuple(new)


def csv_text(rows: Sequence[Cells], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def write_csv(path: Path, rows: Sequence[Cells], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(rows, delimiter).encode(encoding))
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Cells]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell:
                        sheet.write_string(number, column, cell)
                    elif cell != "":
                        sheet.write(number, column, cell)
    return path


def write_folder(folder: Path, **tables: Sequence[Cells]) -> Path:
    """One UTF-8 CSV file per keyword."""
    for name, rows in tables.items():
        write_csv(folder / f"{name}.csv", rows)
    return folder


def load_folder(folder: Path, keep: Path | None = None, **tables: Sequence[Cells]) -> Register:
    return load(write_folder(folder, **tables), keep)


def accepted(register: Register) -> list[Subject | Target]:
    return list(read_accepted(register.path))


def subjects(register: Register) -> dict[str, Subject]:
    return {row.code: row for row in accepted(register) if isinstance(row, Subject)}


def targets(register: Register) -> dict[str, Target]:
    return {row.key: row for row in accepted(register) if isinstance(row, Target)}


def found(register: Register, severity: Severity) -> list[Problem]:
    return [problem for problem in register.problems if problem.severity == severity]


def only(register: Register) -> Problem:
    """The one problem of a register that has no other."""
    assert len(register.problems) == 1, "\n".join(map(str, register.problems))
    return register.problems[0]
