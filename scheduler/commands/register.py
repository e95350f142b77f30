"""Check a register: every bad row with its place, the reason and what to write instead; then what would be watched.

Exit code 1 where rows were left out.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from register import RegisterUnreadable, Severity, Target, load, read_accepted
from scheduler.errors import Refused

SEVERITIES: Final[dict[Severity, str]] = {"bad": "left out", "mended": "mended", "note": "noted"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("register", type=Path, metavar="FILE-or-FOLDER")


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            register = load(options.register, Path(folder))
        except RegisterUnreadable as error:
            raise Refused(str(error)) from error
        for problem in register.problems:
            print(problem)
        kinds: Counter[str] = Counter()
        paused, hosts = 0, set()
        for row in read_accepted(register.path):
            if isinstance(row, Target):
                kinds[row.kind] += 1
                hosts.add(row.host)
                paused += row.paused is not None
            else:
                kinds[f"{row.kind}s"] += 1
        if register.unlisted:
            print(f"… and {register.unlisted} more findings")
    totals = register.totals
    counts = ", ".join(f"{name} {number}" for name, number in sorted(kinds.items()))
    print(f"{options.register}: {counts or 'nothing'} on {len(hosts)} hosts; {paused} paused; {register.digest[:19]}…")
    counted = ", ".join(f"{name} {totals.get(key, 0)}" for key, name in SEVERITIES.items())
    print(f"findings: {counted}", file=sys.stderr)
    return 1 if totals.get("bad") else 0
