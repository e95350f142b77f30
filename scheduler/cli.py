"""`xunwang`: the parser. One command, one module in `commands`; `xunwang --help` is the manual."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from typing import Final, NoReturn

from crawler.heap import share_arenas
from scheduler.errors import Refused

COMMANDS: Final = {
    "demo": "start a simulated province and patrol it once",
    "crawl": "look at every target of a register once, then exit",
    "serve": "patrol for ever; metrics, health and observations over HTTP",
    "explain": "what would be read from a page, and why",
    "show": "the last observations of one target",
    "pace": "the account of requests made, per host, platform and address",
    "read": "read saved pages offline: JSON lines in, JSON lines out",
    "register": "check a register: every bad row with its place and its mend",
    "check": "judge a journal: one verdict per subject and rule",
    "circular": "the circular of a check: its figures and annexes",
    "config": "the settings in force and where each comes from",
    "backup": "a copy of a patrol's folder, taken while it runs",
    "schema": "the JSON Schema of an observation",
}

_MANUAL: Final = """\
exit codes:  0 done   1 done, with bad rows or findings, or stopped before the end   2 wrong usage or unreadable input
`xunwang COMMAND --help` says more about each.
"""


class _Parser(argparse.ArgumentParser):
    """argparse, but an error is one sentence that says what to do."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"xunwang: {message}; see `{self.prog} --help`\n")


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="xunwang",
        description="巡网: when was every column of every government web site last updated?",
        epilog=_MANUAL,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"xunwang {metadata.version('xunwang')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, what in COMMANDS.items():
        module = import_module(f"scheduler.commands.{name}")
        sub = commands.add_parser(
            name, help=what, description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        module.arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = build_parser().parse_args(arguments)
    share_arenas()
    try:
        return int(options.run(options))
    except Refused as refusal:
        print(f"xunwang: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("xunwang: stopped", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
