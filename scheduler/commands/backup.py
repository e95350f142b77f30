"""A copy of a patrol's folder, taken while it runs: to start again on, when the disk is lost.

TARGET gets the ledger as it was at one moment, the journal up to the very line the ledger stands for, and every register that
was accepted. It is whole or it is not there. To restore, put it where DIR was and start: what was due meanwhile is looked at
again. Not in it: the settings file and the files of secrets.
"""

import argparse
import time
from pathlib import Path

from scheduler.backup import back_up


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", type=Path, metavar="TARGET", help="a folder that is not there yet, or an empty one")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of a crawl or serve run")


def run(options: argparse.Namespace) -> int:
    begun = time.monotonic()
    made = back_up(options.out, options.target)
    seconds = time.monotonic() - begun
    print(
        f"{options.target}: {made.position.seq} lines, {made.segments} segments, {made.registers} registers, "
        f"{made.size / 1e6:.1f} MB in {seconds:.1f} s"
    )
    return 0
