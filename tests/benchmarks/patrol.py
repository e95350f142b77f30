"""The whole path, everything on: `xunwang crawl` over a static server, in turn with a bare GET loop and with Scrapy.

100 hosts × 40 columns of 38 KB, bytes distinct per URL, no ETag, no delay between requests; pace, guard, reading, durable
journal and metrics all on. Figures are pages per CPU-second of all our processes after start-up; start-up is reported apart.
"""

import csv
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

HOSTS, COLUMNS, TURNS = 100, 40, 3
ROOT = Path(__file__).parents[2]
XUNWANG = Path(sys.executable).with_name("xunwang")
SCRAPY = ROOT / "build/bench-venv/bin/python"


class Pass(NamedTuple):
    """One pass: pages per CPU-second, CPU µs per page, the scheduler's own share, start-up CPU s, peak RSS in MB."""

    rate: float
    page_us: float
    scheduler_us: float
    start_s: float
    rss_mb: float


@contextmanager
def server(gbk_share: float) -> Iterator[int]:
    """A static server process; gives its port."""
    command = [sys.executable, "-m", "tests.benchmarks.static_server", str(HOSTS), str(COLUMNS), str(gbk_share)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.communicate()


def write_register(folder: Path, port: int) -> None:
    (folder / "register").mkdir(exist_ok=True)
    with (folder / "register/sites.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址"])
        for host in range(HOSTS):
            rows.writerow([f"51150{host:05d}", f"青溪县第{host}单位", "", "", "青溪县", "县级部门", ""])
    with (folder / "register/columns.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["网站标识码", "栏目编号", "栏目名称", "栏目网址", "栏目类别"])
        for host in range(HOSTS):
            for column in range(COLUMNS):
                url = f"http://www.h{host}.gov.cn/h{host}/c{column}/"
                rows.writerow([f"51150{host:05d}", f"c{column}", "工作动态", url, "动态"])
    hosts = {f"www.h{host}.gov.cn": {"80": ["127.0.0.1", port]} for host in range(HOSTS)}
    (folder / "hosts.json").write_text(json.dumps({"hosts": hosts}))


def crawl(folder: Path, workers: int = 0) -> Pass:
    """One pass over `folder`'s register; again over the same folder, the next pass."""
    command: list[str | Path] = [XUNWANG, "crawl", folder / "register", "--out", folder / "out"]
    command += ["--hosts", folder / "hosts.json"]
    command += ["--allow", "127.0.0.0/8", "--min-delay", "0", "--max-delay", "0", "--workers", str(workers)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True, env={**os.environ, "NO_COLOR": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = re.search(r"(\d+) lines \(ok (\d+)\).*CPU ([\d.]+) s \+ crawlers ([\d.]+) s", done.stderr)
    assert said is not None, done.stderr
    assert int(said[1]) == int(said[2]) == HOSTS * COLUMNS, done.stderr
    own, crawlers = float(said[3]), float(said[4])
    total = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pages = HOSTS * COLUMNS
    return Pass(
        pages / (own + crawlers),
        (own + crawlers) / pages * 1e6,
        own / pages * 1e6,
        total - own - crawlers,
        after.ru_maxrss / 1024,
    )


def yardstick(python: Path | str, *script: str, port: int) -> float:
    command = [str(python), *script, str(port), str(HOSTS), str(COLUMNS)]
    return float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)


def change(port: int) -> None:
    """Every page of the server moves on by one version."""
    with urlopen(f"http://127.0.0.1:{port}/change", timeout=60) as answer:
        answer.read()


def main() -> None:
    first: list[Pass] = []
    same: list[Pass] = []
    two: list[Pass] = []
    bare: list[float] = []
    scrapy: list[float] = []
    with tempfile.TemporaryDirectory() as name, server(0.0) as port:
        folder = Path(name)
        write_register(folder, port)
        for turn in range(TURNS):
            if turn:
                change(port)
            bare.append(yardstick(sys.executable, "-m", "tests.benchmarks.bare_get", port=port))
            first.append(crawl(folder))
            same.append(crawl(folder))
            change(port)
            two.append(crawl(folder, workers=2))
        if SCRAPY.exists():
            scrapy = [yardstick(SCRAPY, "tests/benchmarks/scrapy_newest.py", port=port) for _ in range(2)]
    with tempfile.TemporaryDirectory() as name, server(1 / 3) as port:
        folder = Path(name)
        write_register(folder, port)
        gbk = [crawl(folder)]
        for _ in range(TURNS - 1):
            change(port)
            gbk.append(crawl(folder))
    report(first, same, gbk, two, bare, scrapy)


def report(
    first: list[Pass], same: list[Pass], gbk: list[Pass], two: list[Pass], bare: list[float], scrapy: list[float]
) -> None:
    base = median(bare)
    print(f"{HOSTS} hosts x {COLUMNS} columns of 38 KB, medians of {TURNS} turns taken alternately; pages per CPU-second")
    print(f"{'bare aiohttp+uvloop GET':34}{base:8.0f}")
    rows = {"pages seen first": first, "a third in GBK": gbk, "body unchanged": same, "--workers 2": two}
    for name, passes in rows.items():
        rate = median(one.rate for one in passes)
        print(f"{name:34}{rate:8.0f}   {rate / base:5.2f} of the bare GET")
    if scrapy:
        best = max(scrapy)
        times = median(one.rate for one in first) / best
        print(f"{'Scrapy, newest date only':34}{best:8.0f}   ours does {times:.1f} times as many")
    else:
        print("Scrapy was not measured: `make bench-setup` installs it")
    inline = median(one.page_us for one in first)
    print(f"--workers 2: CPU per page {median(one.page_us for one in two) / inline:.2f} of inline; ", end="")
    print(f"scheduler {median(one.scheduler_us for one in two):.0f} µs per visit")
    print(
        f"start-up {median(one.start_s for one in first):.2f} s CPU; peak RSS {max(one.rss_mb for one in first + same):.0f} MB"
    )


if __name__ == "__main__":
    main()
