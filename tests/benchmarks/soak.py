"""`xunwang serve` at full speed for half an hour of real time: does its memory grow, does it lose open files?

A server on loopback whose pages change at every look (changing_server.py), more columns than can be looked at in the minute
that is their shortest interval, no gap between requests, a probe of every home page each minute, canaries. A few hosts are
broken. At every sample somebody asks for /metrics, /healthz and the newest observations, and hangs up in the middle of them.

Sampled every 10 s over all processes of the service: resident memory and open files. Judged from minute 5 on (of a short run,
from a third of it): the slope of memory by least squares, and open files at the end against the beginning.
"""

import argparse
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import linear_regression, median
from typing import Final, NamedTuple
from urllib.request import urlopen

from tests.benchmarks.changing_server import BROKEN_EVERY

ROOT: Final = Path(__file__).parents[2]
XUNWANG: Final = Path(sys.executable).with_name("xunwang")
HOSTS, COLUMNS = 300, 1200
EVERY_S: Final = 10.0
SETTLED_S: Final = 300.0
MOST_MB: Final = 1.0
"""How much memory may grow in ten minutes."""

SETTINGS: Final = """
register = "register"
out = "out"
[pace]
gap_factor = 0
gap_least = 0
gap_most = 0
[intervals]
home = 0.1
account = 0.1
news = 0.1
notice = 0.1
policy = 0.1
personnel = 0.1
plan = 0.1
other = 0.1
[revisit]
floor = 0.01
cap = 1.0
first_spread_hours = 0.05
[probes]
per_day = 1440
[canaries]
urls = ["http://canary1.test/", "http://canary2.test/", "http://canary3.test/"]
[http]
port = 0
[crawler]
allow = ["127.0.0.0/8"]
hosts = "hosts.json"
workers = {workers}
"""


class Sample(NamedTuple):
    """at_s since the start; rss_mb and files over all processes of the service; lines written so far."""

    at_s: float
    rss_mb: float
    files: int
    lines: int


# ---- the province and the service ----


def furnish(folder: Path, port: int, workers: int) -> Path:
    """The register, the hosts file and the settings; returns the settings' path."""
    (folder / "register").mkdir()
    with (folder / "register/sites.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址"])
        for host in range(HOSTS):
            home = f"http://www.h{host}.gov.cn/"
            rows.writerow([f"51150{host:05d}", f"青溪县第{host}单位", "", "", "青溪县", "县级部门", home])
    with (folder / "register/columns.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["网站标识码", "栏目编号", "栏目名称", "栏目网址", "栏目类别"])
        for host in range(HOSTS):
            for column in range(COLUMNS):
                rows.writerow([f"51150{host:05d}", f"c{column}", "工作动态", f"http://www.h{host}.gov.cn/c{column}/", "动态"])
    names = [f"www.h{host}.gov.cn" for host in range(HOSTS)] + [f"canary{number}.test" for number in (1, 2, 3)]
    (folder / "hosts.json").write_text(json.dumps({"hosts": {name: {"80": ["127.0.0.1", port]} for name in names}}))
    config = folder / "xunwang.toml"
    config.write_text(SETTINGS.format(workers=workers))
    return config


@contextmanager
def server() -> Iterator[int]:
    """The pages; gives their port."""
    command = [sys.executable, "-m", "tests.benchmarks.changing_server", str(HOSTS)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.communicate()


@contextmanager
def service(config: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running service and its address; ended with SIGTERM."""
    with log.open("wb") as errors:
        process = subprocess.Popen([XUNWANG, "serve", "--config", config], stderr=errors)
    try:
        yield process, _address(process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text().splitlines():
            said = json.loads(line)
            if "addresses" in said:
                host, port = said["addresses"][0]
                return f"http://{host}:{port}"
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start: {log.read_text()[-2000:]}")


# ---- the samples ----


def family(pid: int) -> list[int]:
    """The process and all that it started."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(child) for child in tasks.read_text().split()]
    return found


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def ask(url: str, most: int = -1) -> bytes:
    with urlopen(url, timeout=30) as answer:
        return bytes(answer.read(most))


def lines_written(metrics: bytes) -> int:
    for line in metrics.decode().splitlines():
        if line.startswith("xunwang_journal_lines_total "):
            return int(float(line.split()[1]))
    raise RuntimeError("the metrics do not tell the lines written")


def take(pid: int, url: str, begun: float) -> Sample:
    """One sample; before it, everybody who may look at a service does."""
    lines = lines_written(ask(f"{url}/metrics"))
    ask(f"{url}/healthz")
    if lines:
        ask(f"{url}/observations?follow=1&after={max(0, lines - 200)}", 65_536)  # and hangs up in the middle
    pids = family(pid)
    return Sample(time.monotonic() - begun, sum(map(resident_mb, pids)), sum(map(open_files, pids)), lines)


def tell(samples: Sequence[Sample]) -> None:
    """One line about the last minute."""
    first, last = samples[0], samples[-1]
    rate = (last.lines - first.lines) / (last.at_s - first.at_s)
    print(f"{last.at_s / 60:5.1f} min  {last.rss_mb:7.1f} MB  {last.files:5} files  {rate:6.0f} lines/s", flush=True)


# ---- the verdict ----


class Verdict(NamedTuple):
    """slope_mb: per ten minutes. files_change: from the first fifth of the settled samples to the last, medians."""

    since_s: float
    slope_mb: float
    files_change: float

    @property
    def kept(self) -> bool:
        return self.slope_mb < MOST_MB and self.files_change <= 0


def judge(samples: Sequence[Sample], minutes: float) -> Verdict:
    since = SETTLED_S if minutes * 60 > 2 * SETTLED_S else minutes * 20
    settled = [one for one in samples if one.at_s >= since]
    slope = linear_regression([one.at_s for one in settled], [one.rss_mb for one in settled]).slope * 600
    fifth = max(1, len(settled) // 5)
    files = median(one.files for one in settled[-fifth:]) - median(one.files for one in settled[:fifth])
    return Verdict(since, slope, files)


def plot(name: str, at: Sequence[float], values: Sequence[float], width: int = 90, height: int = 10) -> str:
    """Values over time as text: each column the median of its share of the samples."""
    span = at[-1] - at[0] or 1.0
    columns: list[list[float]] = [[] for _ in range(width)]
    for when, value in zip(at, values, strict=True):
        columns[min(width - 1, int((when - at[0]) / span * width))].append(value)
    points = [median(column) if column else None for column in columns]
    low, high = min(values), max(values)
    step = (high - low) / (height - 1) or 1.0
    rows = []
    for row in reversed(range(height)):
        marks = "".join("*" if point is not None and round((point - low) / step) == row else " " for point in points)
        rows.append(f"{low + row * step:10.1f} |{marks.rstrip()}")
    return "\n".join([name, *rows, f"{'':10} +{'-' * width} {at[-1] / 60:.0f} min"])


def report(samples: Sequence[Sample], minutes: float, workers: int) -> Verdict:
    verdict = judge(samples, minutes)
    at = [one.at_s for one in samples]
    settled = [one for one in samples if one.at_s >= verdict.since_s]
    rate = (settled[-1].lines - settled[0].lines) / (settled[-1].at_s - settled[0].at_s)
    broken = HOSTS // BROKEN_EVERY * 4
    print(
        f"{HOSTS} hosts ({broken} broken) × {COLUMNS} columns, --workers {workers}, {at[-1] / 60:.0f} min, {rate:.0f} lines/s"
    )
    print(plot("RSS of all processes, MB", at, [one.rss_mb for one in samples]))
    print(plot("open files of all processes", at, [float(one.files) for one in samples]))
    print(f"after {verdict.since_s / 60:.1f} min: memory {verdict.slope_mb:+.2f} MB per 10 minutes", end=", ")
    print(f"open files {verdict.files_change:+.0f}: {'kept' if verdict.kept else 'BROKEN'}")
    return verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=0)
    options = parser.parse_args()
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as name, server() as port:
        folder = Path(name)
        config = furnish(folder, port, options.workers)
        with service(config, folder / "log") as (process, url):
            begun = time.monotonic()
            while time.monotonic() < begun + options.minutes * 60:
                samples.append(take(process.pid, url, begun))
                if len(samples) % 6 == 0:
                    tell(samples[-6:])
                time.sleep(max(0.0, begun + len(samples) * EVERY_S - time.monotonic()))
            code = process.poll()
        if code is not None:
            print(f"the service ended by itself ({code}): {(folder / 'log').read_text()[-2000:]}")
            return 1
    return 0 if report(samples, options.minutes, options.workers).kept else 1


if __name__ == "__main__":
    sys.exit(main())
