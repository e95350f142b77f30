"""How long a register of 870,000 columns takes to load, the first time and again, and how much memory.

    python -m tests.benchmarks.register_load [sites [columns per site]]

Writes the CSV files to a temporary folder; each load runs in a process of its own, whose highest memory is reported.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any, Final

SITES: Final = 5_000
COLUMNS: Final = 174

_LABELS: Final = ("动态", "要闻", "通知公告", "政策文件", "人事", "规划计划", "其他", "工作动态")
_NAMES: Final = ("工作动态", "政务要闻", "通知公告", "政策文件", "人事任免", "规划计划", "统计信息", "部门动态")

_LOAD: Final = """
import json, resource, sys, time
from pathlib import Path
from register import load, read_accepted
begin = time.perf_counter()
register = load(Path(sys.argv[1]), Path(sys.argv[2]))
loaded = time.perf_counter() - begin
begin = time.perf_counter()
rows = sum(1 for _ in read_accepted(register.path)) if sys.argv[3] == "read" else 0
print(json.dumps({
    "seconds": loaded, "cpu": time.process_time(), "read": time.perf_counter() - begin, "rows": rows,
    "columns": register.targets["column"], "totals": register.totals, "digest": register.digest,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "kept": register.path.stat().st_size,
}))
"""


def main() -> None:
    given = [int(text) for text in sys.argv[1:3]]
    sites, columns = (*given, *(SITES, COLUMNS)[len(given) :])
    with tempfile.TemporaryDirectory() as name:
        folder, keep = Path(name) / "register", Path(name) / "kept"
        folder.mkdir()
        write_register(folder, sites, columns)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        print(f"{sites} sites x {columns} columns = {sites * columns} rows, CSV of {size:.0f} MB in UTF-8")
        first = _load(folder, keep, "no")
        print(
            f"first load   {first['seconds']:6.2f} s  {1e6 * first['seconds'] / first['columns']:5.1f} us per row  "
            f"peak {first['peak_mib']:4.0f} MiB  {first['columns']} columns accepted, {first['totals']}, "
            f"{first['kept'] / 1e6:.0f} MB kept"
        )
        again = _load(folder, keep, "no")
        print(f"same again   {again['seconds']:6.2f} s  peak {again['peak_mib']:4.0f} MiB")
        read = _load(folder, keep, "read")
        print(f"reading back {read['read']:6.2f} s  {read['rows']} rows")
        if again["digest"] != first["digest"] or again["totals"] != first["totals"]:
            raise SystemExit("the second load gave another register")


def write_register(folder: Path, sites: int, columns: int, seed: int = 1) -> None:
    """sites.csv and columns.csv: clean for the most part, and one address in a hundred without its scheme."""
    random = Random(seed)
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址", "平台"))
        for site in range(sites):
            unit = f"第{site}县人民政府办公室"
            table.writerow(
                (
                    code_of(site),
                    f"第{site}县人民政府网站",
                    unit,
                    "政府办",
                    "某市",
                    "县级门户",
                    f"http://{host_of(site)}/",
                    "省集约化平台",
                )
            )
    with (folder / "columns.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(
            (
                "网站标识码",
                "栏目编号",
                "栏目名称",
                "栏目网址",
                "栏目类别",
                "一级栏目",
                "上级栏目",
                "责任单位",
                "不检查",
                "原因",
                "至",
            )
        )
        for site in range(sites):
            for column in range(columns):
                kind = column % len(_LABELS)
                scheme = "" if random.random() < 0.01 else "http://"
                paused = ("是", "改版", "2027-01-31") if random.random() < 0.01 else ("", "", "")
                url = f"{scheme}{host_of(site)}/xxgk/{kind}/{column}/index.html"
                first = "是" if column < 20 else "否"
                row = (
                    code_of(site),
                    f"C{column:04d}",
                    f"{_NAMES[kind]}{column}",
                    url,
                    _LABELS[kind],
                    first,
                    "信息公开",
                    "县民政局",
                )
                table.writerow((*row, *paused))


def code_of(site: int) -> str:
    return f"51{site // 100 % 100:02d}{site % 100:02d}{site % 10000:04d}"


def host_of(site: int) -> str:
    return f"www.xian{site}.gov.cn"


def _load(folder: Path, keep: Path, read: str) -> Any:
    command = [sys.executable, "-c", _LOAD, str(folder), str(keep), read]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
