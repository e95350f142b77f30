"""The account of the requests that were made, per host, platform and address: what can be shown to a site's owner.

It is read from the journal in DIR, while a patrol runs too. A gap is measured only after visits of one request, whose end is
known exactly; visits handed back at a stop are not in the journal.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.records import clean_text
from scheduler.clock import SystemClock
from scheduler.errors import Refused
from scheduler.options import count
from scheduler.requests_made import DAY_MS, Account, Tally, decode
from scheduler.segments import whole_lines

_HOST_HEADERS: Final = (
    "主机\nhost",
    "请求\nrequests",
    "巡检\nvisits",
    "每日\nper day",
    "最短间隔 s\nleast gap s",
    "平均响应 s\nmean response s",
    "占用时间\ntime asking",
    "被要求缓行\npushed back",
    "未请求\nnot asked",
)
_PLATFORM_HEADERS: Final = ("平台\nplatform", "主机\nhosts", *_HOST_HEADERS[1:4], "被要求缓行\npushed back")
_ADDRESS_HEADERS: Final = ("地址\naddress", "主机\nhosts", "请求\nrequests", "每日\nper day", "任意10秒最多\nmost in any 10 s")

_WIDE: Final = 160
"""Columns where the output is no terminal: nothing is cut there."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of a crawl or serve run")
    parser.add_argument("--days", type=count, metavar="N", help="only the last N days (default: all that the journal holds)")
    parser.add_argument("--host", metavar="NAME", help="only this host, such as www.example.gov.cn")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")


def run(options: argparse.Namespace) -> int:
    since_ms = None if options.days is None else SystemClock().now_ms() - options.days * DAY_MS
    account = _account(options.out / "journal", since_ms, options.host.lower() if options.host else None)
    if options.json:
        sys.stdout.buffer.write(msgspec.json.encode(account) + b"\n")
        sys.stdout.flush()
        return 0
    if not account.hosts:
        whom = f" to {options.host}" if options.host else ""
        when = f" in the last {options.days} days" if options.days is not None else ""
        raise Refused(f"no request{whom} is in the journal of {options.out}{when}; see `xunwang show` for what was looked at")
    _print(account, Console() if sys.stdout.isatty() else Console(width=_WIDE))
    return 0


def _account(journal: Path, since_ms: int | None, host: str | None) -> Account:
    tally = Tally(since_ms, host)
    for path, number, line in whole_lines(journal):
        try:
            tally.add(decode(line))
        except (msgspec.DecodeError, ValueError) as error:
            raise Refused(f"{path} line {number} is no observation ({clean_text(str(error), 120)})") from error
    return tally.account()


def _print(account: Account, console: Console) -> None:
    if account.since and account.until:
        console.print(
            f"{account.since[:19]} – {account.until[:19]}: {account.requests} requests, {account.visits} visits",
            highlight=False,
        )
    _table(
        console,
        "主机 hosts",
        _HOST_HEADERS,
        [
            (
                row.host,
                f"{row.requests}",
                f"{row.visits}",
                f"{row.per_day:.1f}",
                "-" if row.least_gap_s is None else f"{row.least_gap_s:.2f}",
                f"{row.response_s:.3f}",
                f"{row.asking_share:.2%}",
                f"{row.pushed_back}",
                f"{row.not_asked}",
            )
            for row in account.hosts
        ],
    )
    _table(
        console,
        "平台 platforms",
        _PLATFORM_HEADERS,
        [
            (row.platform, f"{row.hosts}", f"{row.requests}", f"{row.visits}", f"{row.per_day:.1f}", f"{row.pushed_back}")
            for row in account.platforms
        ],
    )
    _table(
        console,
        "地址 addresses",
        _ADDRESS_HEADERS,
        [
            (row.address, f"{row.hosts}", f"{row.requests}", f"{row.per_day:.1f}", f"{row.most_in_10s}")
            for row in account.addresses
        ],
    )


def _table(console: Console, title: str, headers: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """One table, where it has rows; names are shown as they are, whatever signs are in them."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for index, header in enumerate(headers):
        table.add_column(header, justify="right" if index else "left", no_wrap=bool(index), overflow="fold")
    for name, *numbers in rows:
        table.add_row(Text(clean_text(name, 100)), *numbers)
    console.print(table)
