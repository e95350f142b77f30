"""A ledger of a million targets beside one of ten thousand: opening, memory, and what the scheduler itself costs per visit.

The real patrol, writer, journal and ledger, on disk; a dispatch that answers every round at once with sightings made before, so
nothing is fetched or read. Each host has 150 columns, and in each turn the same number of them is due, spread over them
all, so a turn of the large ledger touches every host once. Two visits of three find the page unchanged, one reads 20 items, of
which one is new. Each size in a process of its own.
"""

import argparse
import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from crawler.records import ColumnPart, Gap, Item, Reading, Round, RoundEnd, Sighting, SubjectPart
from register import Register
from scheduler.accounts.routes import Routes
from scheduler.calendar import Revisit
from scheduler.clock import SystemClock
from scheduler.conclude import House
from scheduler.dispatch import DEFAULT_VANTAGE, Receive
from scheduler.doubt import Doubt
from scheduler.enrol import enrol
from scheduler.folder import open_folder
from scheduler.ledger import COLUMNS, Ledger
from scheduler.metrics import Metrics
from scheduler.options import fewer_collections
from scheduler.outage import since_last_line, spread
from scheduler.patrol import Patrol, PatrolSettings
from scheduler.revisit import Policy
from scheduler.state import State, encode_state, item_key, remember
from scheduler.writer import Writer, Written

COLUMNS_PER_HOST: Final = 150
DIGEST: Final = "sha256:" + 64 * "a"
HOUR_MS: Final = 3_600_000
ROW: Final = "row"
REVISIT: Final = Revisit(Policy(), 26)
TODAY: Final = "2026-11-22"
ITEMS: Final = tuple(
    Item(f"关于做好第{number}次检查工作的通知", f"http://www.qx.gov.cn/t{number}.html", "2026-11-20") for number in range(20)
)
READING: Final = Reading(
    "list", "2026-11-20", "day", "row", "2026-11-20", ITEMS[0].title, ITEMS[0].url, 20, 20, oldest="2026-09-01"
)


# ---- the ledger ----


def make(folder: Path, targets: int) -> None:
    """A serve folder whose ledger holds `targets` columns that were looked at an hour ago and are due in a day."""
    opened = open_folder(folder, "serve", REVISIT)
    connection = opened.ledger.transaction()
    now = SystemClock().now_ms()
    known = remember(b"", [item_key(item.title, item.url) for item in ITEMS], now - HOUR_MS)
    state = encode_state(
        State(
            now - HOUR_MS,
            now - HOUR_MS,
            "ok",
            DIGEST,
            1,
            ROW,
            msgspec.json.encode(READING),
            known,
            looked=True,
            etag='"5f3a-61"',
            interval_ms=24 * HOUR_MS,
        )
    )
    part = msgspec.json.encode(ColumnPart("工作动态", "news", True, "某县民政局"))
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for first in range(0, targets, 50_000):
        some = range(first, min(first + 50_000, targets))
        hosts = {number // COLUMNS_PER_HOST for number in some}
        connection.executemany(
            "INSERT OR IGNORE INTO hosts(id, name) VALUES (?, ?)", ((h + 1, f"www.h{h}.gov.cn") for h in hosts)
        )
        connection.executemany(
            "INSERT OR IGNORE INTO subjects VALUES (?, ?, '宜宾市')", ((f"51150{host:05d}", _subject(host)) for host in hosts)
        )
        connection.executemany(
            "INSERT INTO targets(id, kind, key, host, url, subject, part, row, paused, generation, category) "
            "VALUES (?, 'column', ?, ?, ?, ?, ?, ?, 0, 1, 'news')",
            ((number + 1, *_names(number), part, ROW) for number in some),
        )
        connection.executemany(
            "INSERT INTO states(id, host, due, state, lane, deadline) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (number + 1, number // COLUMNS_PER_HOST + 1, now + 24 * HOUR_MS, state, COLUMNS, now + 200 * HOUR_MS)
                for number in some
            ),
        )
    seen = {"register": "sha256:0", "generation": "1", "enrolled_on": TODAY, "routes": Routes().digest}
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", seen.items())
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


def _subject(host: int) -> bytes:
    return msgspec.json.encode(
        SubjectPart(f"51150{host:05d}", "site", f"某县第{host}单位", "某县人民政府", f"第{host}单位", "宜宾市", "县级部门")
    )


def _names(number: int) -> tuple[str, int, str, str]:
    host, column = divmod(number, COLUMNS_PER_HOST)
    code = f"51150{host:05d}"
    return f"{code}/c{column}", host + 1, f"http://www.h{host}.gov.cn/zwgk/gzdt/c{column}/", code


# ---- the crawlers ----


class AtOnce:
    """Answers every round on the loop's next turn. `read`: what a third of the visits bring back."""

    vantages = (DEFAULT_VANTAGE,)
    start_cpu_s = 0.0

    def __init__(self) -> None:
        self._unchanged = Sighting(0, 0, 0, "ok", status=200, elapsed_s=0.1, digest=DIGEST, unchanged=True, etag='"5f3a-61"')
        self._unchanged = msgspec.structs.replace(self._unchanged, bytes=38_000, charset="utf-8", address="127.0.0.1")
        self.next_turn(0)

    def next_turn(self, turn: int) -> None:
        """From now on pages that changed show one more item."""
        fresh = Item(f"关于第{turn}轮巡检情况的通报和整改要求", f"http://www.qx.gov.cn/r{turn}.html", "2026-11-21")
        self._changed = msgspec.structs.replace(
            self._unchanged, unchanged=False, reading=READING, items=(fresh, *ITEMS[:-1]), read_s=0.0005
        )

    async def start(self, receive: Receive) -> None:
        self._receive = receive

    def send(self, round: Round, vantage: str | None = None) -> None:
        asyncio.get_running_loop().call_soon(self._answer, round)

    def _answer(self, round: Round) -> None:
        now = time.time_ns() // 1_000_000
        for visit in round.visits:
            told = self._unchanged if visit.number % 3 else self._changed
            self._receive(msgspec.structs.replace(told, round=round.number, number=visit.number, at_ms=now))
        self._receive(RoundEnd(round.number, (), 0.001))

    def abandon(self, round: int) -> None:
        raise AssertionError("nothing is ever late here")

    async def stop(self, grace_s: float) -> None:
        return None


# ---- the measurement ----


class Figures(msgspec.Struct):
    """One size; seconds, µs of CPU, visits per second of wall time, and MB, the most ever resident.

    sample_s, freshness_s: the queries of the gauges every 5 s and every minute, in a thread of their own.
    """

    targets: int
    open_s: float = 0.0
    start_s: float = 0.0
    rss_open_mb: float = 0.0
    visits: int = 0
    visit_us: float = 0.0
    rate: float = 0.0
    rss_mb: float = 0.0
    sample_s: float = 0.0
    freshness_s: float = 0.0
    ledger_mb: float = 0.0


def resident_mb() -> float:
    """The most this process ever had in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("VmHWM is not told by this kernel")


def forget_cached(path: Path) -> None:
    """Have the kernel read the file from the disk again."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fdatasync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


async def measure(folder: Path, targets: int, due_per_host: int, turns: int) -> Figures:
    """Open, then `turns` times have `due_per_host` columns of every host fall due, and patrol until all have their line."""
    loop = asyncio.get_running_loop()
    figures = Figures(targets, ledger_mb=(folder / "ledger.sqlite").stat().st_size / 1e6)
    dispatch, clock, metrics = AtOnce(), SystemClock(), Metrics()
    begun = time.perf_counter()
    opened = open_folder(folder, "serve", REVISIT)
    hosts = -(-targets // COLUMNS_PER_HOST)
    writer = opened.writer(lambda batch: loop.call_soon_threadsafe(written, batch), _trouble)
    patrol = _patrol(opened.ledger.reader(), writer, dispatch, clock, metrics)
    patrol.enrolled()
    figures.open_s = time.perf_counter() - begun
    _start_up(opened.ledger, folder, clock.now_ms())
    figures.start_s = time.perf_counter() - begun
    figures.rss_open_mb = resident_mb()

    done, wanted = asyncio.Event(), 0

    def written(batch: Written) -> None:
        patrol.written(batch)
        if patrol.lines >= wanted:
            done.set()

    writer.start()
    running = loop.create_task(patrol.run())
    await asyncio.sleep(0.2)
    cpu_s = spent_s = 0.0
    for turn in range(turns):
        dispatch.next_turn(turn)
        job = partial(fall_due, per_host=due_per_host, turn=turn, now_ms=clock.now_ms())
        count = await asyncio.wrap_future(writer.work(job))
        wanted += count
        done.clear()
        patrol.enrolled()
        cpu, wall = time.process_time(), time.perf_counter()
        await done.wait()
        cpu_s += time.process_time() - cpu
        spent_s += time.perf_counter() - wall
    assert patrol.lines == wanted >= hosts * due_per_host * turns * 0.99
    figures.visits, figures.visit_us, figures.rate = wanted, cpu_s / wanted * 1e6, wanted / spent_s
    figures.rss_mb = resident_mb()
    _sample(figures, metrics, opened.ledger, clock.now_ms())
    patrol.stop()
    await running
    await asyncio.to_thread(writer.close, 30.0)
    opened.close()
    return figures


def _patrol(reader: Ledger, writer: Writer, dispatch: AtOnce, clock: SystemClock, metrics: Metrics) -> Patrol:
    patrol = Patrol(
        ledger=reader,
        writer=writer,
        dispatch=dispatch,
        calendar=REVISIT,
        house=House("sha256:0", 1, "default", "0"),
        clock=clock,
        metrics=metrics,
        settings=PatrolSettings(gap=Gap(0.0, 0.0, 0.0)),
        doubt=Doubt(),
    )
    patrol.endless = True
    return patrol


def _start_up(ledger: Ledger, folder: Path, now_ms: int) -> None:
    """What a service asks of its ledger besides, when it starts with a register that has not changed."""
    ledger.outstanding(0)
    register = Register(digest="sha256:0", subjects={}, targets={}, problems=(), totals={}, kept=folder / "none")
    enrolment = enrol(ledger, register, lambda kind, category, key: now_ms, TODAY)
    assert enrolment.scheduled == 0, "the register was taken for a new one"
    spread(ledger, REVISIT, since_last_line(ledger, now_ms))


def fall_due(ledger: Ledger, per_host: int, turn: int, now_ms: int) -> int:
    """Columns of every host become due: others in each turn. Returns how many."""
    step = COLUMNS_PER_HOST // per_host
    cursor = ledger.transaction().execute(
        "UPDATE states SET due = ? - (id * 7919) % 1000 WHERE (id + ?) % ? = 0 AND id % ? < ?",
        (now_ms - 1, turn, step, COLUMNS_PER_HOST, step * per_host),
    )
    return cursor.rowcount


def _sample(figures: Figures, metrics: Metrics, ledger: Ledger, now_ms: int) -> None:
    begun = time.perf_counter()
    metrics.sample_ledger(ledger, now_ms, 0)
    figures.sample_s = time.perf_counter() - begun
    begun = time.perf_counter()
    metrics.sample_freshness(ledger, now_ms, 3 * 24 * HOUR_MS)
    figures.freshness_s = time.perf_counter() - begun


def _trouble(sentence: str | None) -> None:
    raise RuntimeError(sentence or "the disk was full for a while")


# ---- the table ----


def in_a_process(folder: Path, targets: int, due: int, turns: int) -> Figures:
    command = [sys.executable, "-m", "tests.benchmarks.million", "--one", str(folder)]
    command += ["--targets", str(targets), "--due", str(due), "--turns", str(turns)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Figures)


def report(figures: list[Figures]) -> None:
    print(f"{'targets':>10}{'open cold':>11}{'+ start-up':>11}{'visits':>9}{'µs/visit':>10}{'visits/s':>10}", end="")
    print(f"{'RSS open':>10}{'RSS most':>10}{'sample':>9}{'fresh.':>9}{'ledger':>9}")
    for one in figures:
        print(f"{one.targets:>10,}{one.open_s:>9.2f} s{one.start_s:>9.2f} s{one.visits:>9,}{one.visit_us:>10.0f}", end="")
        print(f"{one.rate:>10.0f}{one.rss_open_mb:>7.0f} MB{one.rss_mb:>7.0f} MB", end="")
        print(f"{one.sample_s:>7.2f} s{one.freshness_s:>7.2f} s{one.ledger_mb:>6.0f} MB")
    times = figures[-1].visit_us / figures[0].visit_us
    print(f"a visit at {figures[-1].targets:,} targets costs {times:.2f} × one at {figures[0].targets:,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=15, help="columns of each host that are due in a turn (a divisor of 150)")
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--one", type=Path, metavar="DIR", help="measure this one folder and print JSON")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    if options.one:
        fewer_collections()
        figures = uvloop.run(measure(options.one, options.targets, options.due, options.turns))
        print(msgspec.json.encode(figures).decode())
        return
    sizes = ((10_000, max(1, min(options.targets // 10_000, 50))), (options.targets, options.turns))
    found = []
    with tempfile.TemporaryDirectory() as name:
        for targets, turns in sizes:
            folder = Path(name) / str(targets)
            make(folder, targets)
            forget_cached(folder / "ledger.sqlite")
            found.append(in_a_process(folder, targets, options.due, turns))
    print(f"{COLUMNS_PER_HOST} columns per host, {options.due} of them due in a turn; CPU of all threads of the process")
    report(found)


if __name__ == "__main__":
    main()
