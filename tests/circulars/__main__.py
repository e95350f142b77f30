"""`python -m tests.circulars --out DIR`: all five circulars, from provinces patrolled in two processes side by side.

DIR holds S0 … S4 as .json .docx .xlsx .html afterwards. With --keep DIR the patrols' folders (register, journal, verdicts, the
office's tables) stay there. Exit code 1 where a circular could not be printed or is not as the printed one, which is compared
where it is at hand (XUNWANG_ACCEPT).
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.circulars.five import SCENARIOS, run


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.circulars", description=__doc__)
    made.add_argument("names", nargs="*", choices=[*SCENARIOS, []], metavar="S0 … S4", help="only these (default: all five)")
    made.add_argument("--out", type=Path, default=Path("build/circulars"), metavar="DIR", help="%(default)s")
    made.add_argument("--keep", type=Path, metavar="DIR", help="keep the patrols' folders here")
    return made


def main() -> int:
    options = parser().parse_args()
    begun = time.monotonic()
    names = options.names or list(SCENARIOS)
    good = True
    with tempfile.TemporaryDirectory() as temporary, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        folder = options.keep or Path(temporary)
        for told, equal in pool.map(run, names, [folder] * len(names), [options.out] * len(names)):
            print(told, flush=True)
            good = good and equal
    print(f"{len(names)} circulars in {time.monotonic() - begun:.0f} s: {options.out}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
