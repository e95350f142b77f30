"""Start a simulated province on loopback, patrol it once, and compare every line with the truth.

DIR holds the register, the truth, the journal and the ledger afterwards. The same --seed is the same province.
"""

import argparse
import shutil
import sys
import time
from collections import Counter
from datetime import datetime
from importlib import metadata
from pathlib import Path

import msgspec
import orjson
import uvloop
from rich.console import Console
from rich.table import Table

from crawler.fetch import FetchSettings
from crawler.fetch.resolve import read_hosts
from crawler.read import READER
from crawler.records import BEIJING, Gap, Observation
from province import Province
from province.agreement import disagreement
from register import load
from scheduler.breaker import BreakerSettings
from scheduler.calendar import Pass
from scheduler.clock import SystemClock
from scheduler.conclude import House
from scheduler.dispatch.choose import make_dispatch
from scheduler.errors import Refused
from scheduler.folder import Folder, open_folder
from scheduler.hosts import PlatformSettings
from scheduler.journal import Position, read_lines
from scheduler.metrics import Metrics
from scheduler.options import count, plain_logs
from scheduler.passes import Summary, begin, run_pass
from scheduler.patrol import PatrolSettings
from scheduler.progress import Progress

MARK = ".xunwang-demo"
GAP = Gap(0.1, 0.02, 0.2)
"""A demonstration asks hosts that are its own, so it need not be as polite as a patrol."""
BREAKER = BreakerSettings(first_s=5.0)
"""A host of a demonstration is not down for a minute."""

_decode = msgspec.json.Decoder(Observation).decode


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sites", type=count, default=60, metavar="N")
    parser.add_argument("--columns", type=count, default=20, metavar="N", help="columns per site")
    parser.add_argument("--accounts", type=count, default=20, metavar="N")
    parser.add_argument("--seed", type=count, default=1, metavar="S")
    parser.add_argument("--workers", type=count, default=0, metavar="N", help="crawler processes (default 0: one process)")
    parser.add_argument("--out", type=Path, default=Path("build/demo"), metavar="DIR", help="made anew by each demo")


def run(options: argparse.Namespace) -> int:
    plain_logs()
    out: Path = options.out
    _clear(out)
    begun = time.monotonic()
    summary = uvloop.run(_patrol(options, out))
    wrong = _compare(out, summary.finished)
    _tell(options, summary, wrong, time.monotonic() - begun)
    return 1 if wrong or not summary.finished else 0


def _clear(out: Path) -> None:
    """Empty the folder of an earlier demo; refuse to touch any other."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise Refused(f"{out} is not empty and not a demo's; name another folder with --out")
        shutil.rmtree(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).touch()
    except OSError as error:
        raise Refused(f"nothing can be written to {out} ({error.strerror}); name another folder with --out") from error


async def _patrol(options: argparse.Namespace, out: Path) -> Summary:
    province = Province(options.sites, options.columns, options.accounts, options.seed, now=datetime.now(BEIJING))
    await province.start()
    folder: Folder | None = None
    try:
        province.write(out)
        content = read_hosts(out / "hosts.json")
        authority = str(out / content["ca"]) if content.get("ca") else None
        settings = FetchSettings(
            version=metadata.version("xunwang"), allow=("127.0.0.0/8",), hosts=content["hosts"], ca=authority
        )
        folder = open_folder(out, "crawl", Pass())
        register = load(out / "register", out / "register")
        clock = SystemClock()
        plan = begin(folder, register, clock, datetime.now(BEIJING).date().isoformat())
        with Progress(plan.left) as progress:
            return await run_pass(
                folder,
                plan,
                dispatch=make_dispatch(settings, options.workers),
                house=House(register.digest, READER, "default", metadata.version("xunwang")),
                clock=clock,
                metrics=Metrics(),
                settings=PatrolSettings(gap=GAP, platforms=PlatformSettings(ceiling=200.0), breaker=BREAKER, reader=READER),
                on_line=progress.line,
            )
    finally:
        if folder:
            folder.close()
        await province.close()


def _compare(out: Path, finished: bool) -> list[str]:
    """Every line that the truth does not allow, as a sentence; of a finished pass also every line that is missing."""
    truth = {(row["kind"], row["target"]): row for row in map(orjson.loads, (out / "truth.jsonl").read_bytes().splitlines())}
    wrong = []
    for _, line in read_lines(out / "journal", Position(1, 0, 0)):
        observation = _decode(line)
        row = truth.pop((observation.kind, observation.target), None)
        why = "the truth does not know it" if row is None else disagreement(row, orjson.loads(line))
        if why:
            wrong.append(f"{observation.kind} {observation.target}: {why}")
    return wrong + [f"{kind} {target}: no line was written" for kind, target in truth if finished]


def _tell(options: argparse.Namespace, summary: Summary, wrong: list[str], seconds: float) -> None:
    table = Table()
    table.add_column("outcome")
    table.add_column("state")
    table.add_column("lines", justify="right")
    rows: Counter[tuple[str, str]] = Counter()
    for _, line in read_lines(options.out / "journal", Position(1, 0, 0)):
        observation = _decode(line)
        rows[observation.outcome, observation.reading.state] += 1
    for (outcome, state), number in rows.most_common():
        table.add_row(outcome, state, str(number))
    console = Console()
    size = f"{options.sites} sites × {options.columns} columns, {options.accounts} accounts"
    console.print(f"巡检汇总: {size}, seed {options.seed}", highlight=False)
    console.print(table)
    agree = summary.lines - len(wrong)
    console.print(f"{summary.lines} lines in {seconds:.1f} s; {agree} of {summary.lines} agree with the truth", highlight=False)
    if not summary.finished:
        console.print("stopped before the end; start the demo again for a whole one", highlight=False)
    for sentence in wrong[:20]:
        console.print(f"  disagrees: {sentence}", highlight=False, markup=False)
    console.print(f"journal: {options.out / 'journal'}\ntruth:   {options.out / 'truth.jsonl'}", highlight=False)
    sys.stdout.flush()
