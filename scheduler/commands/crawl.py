"""Look at every target of a register once, then exit.

Over the same DIR an unfinished pass is resumed, a finished one is followed by a new one. Lines go to DIR/journal.
"""

import argparse
import asyncio
import sys
from collections import Counter
from datetime import datetime
from importlib import metadata
from pathlib import Path

import msgspec
import uvloop

from checker.loop import targets_of
from checker.verdict import BadLine, Verdict, VerdictsUnreadable, read_verdicts
from crawler.accounts.bridgesettings import Bridges
from crawler.read import READER
from crawler.records import BEIJING
from register import RegisterUnreadable, load
from scheduler.accounts.bridgebook import BridgeBook
from scheduler.accounts.bridgefile import load_bridges
from scheduler.accounts.routes import Routes
from scheduler.breaker import BreakerSettings
from scheduler.calendar import Pass
from scheduler.clock import SystemClock
from scheduler.conclude import House
from scheduler.dispatch import Dispatch
from scheduler.dispatch.choose import make_dispatch
from scheduler.errors import Refused
from scheduler.folder import open_folder
from scheduler.metrics import Metrics
from scheduler.options import fetch_options, fetch_settings, fewer_collections, gap_of, plain_logs
from scheduler.passes import Plan, Summary, begin, run_pass
from scheduler.patrol import PatrolSettings
from scheduler.progress import Progress

BREAKER = BreakerSettings(first_s=15.0)
"""A pass tries a host that is down once more after this; if it still is, the rest of its visits end as inconclusive."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", type=Path, metavar="REGISTER", help="a workbook, a CSV file, or a folder of them")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where journal and ledger are kept")
    fetch_options(parser)
    parser.add_argument("--bridges", type=Path, metavar="FILE", help="feeds of ours that tell of accounts (TOML, [[bridges]])")
    parser.add_argument("--only", type=Path, metavar="VERDICTS", help="look again at what `xunwang check` failed or left open")
    parser.add_argument("--journal", choices=["-"], help="also write each line to standard output, once it is on the disk")


def run(options: argparse.Namespace) -> int:
    plain_logs()
    fewer_collections()
    only = _targets(options.only) if options.only else None
    rows = load_bridges(options.bridges) if options.bridges else ()
    settings = msgspec.structs.replace(fetch_settings(options), bridges=rows)
    bridges = Bridges(rows)
    folder = open_folder(options.out, "crawl", Pass())
    clock = SystemClock()
    try:
        try:
            register = load(options.register, folder.path / "register")
        except RegisterUnreadable as error:
            raise Refused(str(error)) from error
        if register.totals.get("bad"):
            print(
                f"the register has {register.totals['bad']} findings that leave rows out: "
                f"`xunwang register {options.register}` lists them",
                file=sys.stderr,
            )
        plan = begin(folder, register, clock, datetime.now(BEIJING).date().isoformat(), Routes(bridges), only)
        _announce(plan)
        house = House(register.digest, READER, "default", metadata.version("xunwang"))
        patrol = PatrolSettings(gap=gap_of(options), breaker=BREAKER, reader=READER)
        dispatch: Dispatch = make_dispatch(settings, options.workers)

        async def work() -> Summary:
            with Progress(plan.left) as progress:
                return await run_pass(
                    folder,
                    plan,
                    dispatch=dispatch,
                    house=house,
                    clock=clock,
                    metrics=Metrics(),
                    settings=patrol,
                    on_line=progress.line,
                    to_stdout=options.journal == "-",
                    book=BridgeBook(bridges.names),
                )

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            summary = runner.run(work())
    finally:
        folder.close()
    return _report(summary, options.out)


def _targets(path: Path) -> frozenset[str]:
    """The targets behind the failures and the open questions of a verdict file."""
    try:
        read = list(read_verdicts(path))
    except VerdictsUnreadable as error:
        raise Refused(str(error)) from error
    bad = [one for one in read if isinstance(one, BadLine)]
    if bad:
        raise Refused(f"{path} line {bad[0].line} is no verdict ({bad[0].reason}); name the file that `xunwang check` wrote")
    wanted = targets_of(one for one in read if isinstance(one, Verdict))
    if not wanted:
        raise Refused(f"{path} holds nothing to look at again: no failure and nothing undetermined")
    return wanted


def _announce(plan: Plan) -> None:
    what = "resumed: {} left" if plan.resumed else "{} targets"
    paused = f", {plan.enrolment.paused} paused by the register" if plan.enrolment.paused else ""
    print(f"pass {plan.number}: {what.format(plan.left)}{paused}", file=sys.stderr)


def _report(summary: Summary, out: Path) -> int:
    counts = ", ".join(f"{outcome} {number}" for outcome, number in Counter(summary.outcomes).most_common())
    print(
        f"pass {summary.plan.number}: {summary.lines} lines ({counts or 'none'}) in {out / 'journal'}; {summary.wall_s:.1f} s, "
        f"CPU {summary.own_cpu_s:.2f} s + crawlers {summary.crawler_cpu_s:.2f} s",
        file=sys.stderr,
    )
    if summary.finished:
        return 0
    why = f": {summary.trouble}" if summary.trouble else ""
    print(f"xunwang: stopped before the end{why}; the same command goes on where it stopped", file=sys.stderr)
    return 1
