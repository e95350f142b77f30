"""Options that several commands share, and how they become settings."""

import argparse
import gc
import ipaddress
import logging
import sys
from importlib import metadata
from pathlib import Path

from crawler.fetch import FetchSettings
from crawler.fetch.resolve import HostsUnreadable, read_hosts
from crawler.records import Gap
from scheduler.errors import Refused


def printable(text: str, limit: int) -> str:
    """`text` fit for a terminal: what a page put into it can neither move the cursor nor colour anything."""
    return "".join(character if character.isprintable() else " " for character in text[:limit])


def seconds(text: str) -> float:
    """argparse type: a number of seconds, 0 or more."""
    value = float(text)
    if not 0 <= value < 86400:
        raise argparse.ArgumentTypeError("must be from 0 to 86400 seconds")
    return value


def count(text: str) -> int:
    """argparse type: a whole number, 0 or more."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return value


def network(text: str) -> str:
    """argparse type: a CIDR block."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a block of addresses such as 127.0.0.0/8 ({error})") from error


def fetch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow", type=network, action="append", default=[], metavar="CIDR", help="let the address guard through to this block"
    )
    parser.add_argument("--hosts", type=Path, metavar="FILE", help="names and ports of a test network (JSON), instead of DNS")
    parser.add_argument(
        "--min-delay", type=seconds, default=1.0, metavar="S", help="least pause between two requests to a host (default 1)"
    )
    parser.add_argument(
        "--max-delay", type=seconds, default=15.0, metavar="S", help="longest pause, for slow hosts (default 15)"
    )
    parser.add_argument("--workers", type=count, default=0, metavar="N", help="crawler processes (default 0: one process)")


def fetch_settings(options: argparse.Namespace) -> FetchSettings:
    hosts = None
    authority = None
    if options.hosts is not None:
        try:
            content = read_hosts(options.hosts)
        except HostsUnreadable as error:
            raise Refused(str(error)) from error
        hosts, authority = content["hosts"], content.get("ca")
        if authority is not None:
            authority = str(options.hosts.parent / authority)
    return FetchSettings(version=metadata.version("xunwang"), allow=tuple(options.allow), hosts=hosts, ca=authority)


def gap_of(options: argparse.Namespace) -> Gap:
    return Gap(5.0, options.min_delay, max(options.min_delay, options.max_delay))


def fewer_collections() -> None:
    """Look for reference cycles less often: pages and lines make none, and a hundred thousand of them pass every minute."""
    gc.set_threshold(50_000, 50, 100)


def plain_logs(level: int = logging.WARNING) -> None:
    """Log lines for a person, on stderr."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
