"""The printed circulars, where they are at hand, and the program that compares with them. Nothing here is read by a run.

XUNWANG_ACCEPT names their folder; without it, `shared/accept` beside the project is looked for.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

BESIDE: Final = Path(__file__).parents[3] / "shared" / "accept"


class Compared(NamedTuple):
    """Whether every annex cell and every figure is as printed, and the comparison in words."""

    equal: bool
    said: str


def accept_folder() -> Path | None:
    """The folder of the printed circulars; None where there is none."""
    named = os.environ.get("XUNWANG_ACCEPT")
    folder = Path(named) if named else BESIDE
    return folder if (folder / "circular.py").is_file() else None


def compared(folder: Path, name: str, got: Path) -> Compared:
    """Compare a generated circular, as .json, with the printed one of that name: `S0` … `S4`."""
    command = [sys.executable, str(folder / "circular.py"), str(folder / "circulars" / f"{name}.json"), str(got)]
    done = subprocess.run([*command, "--statistics"], capture_output=True, text=True, check=False)
    return Compared(done.returncode == 0, done.stdout + done.stderr)
