"""Write the circular: statistics, body and annexes, from verdicts, the register, the office's tables and an issue file.

The suffix of --out decides the format: .json .docx .xlsx .html .csv (the .json holds the tables that the others show).
--form is the name of a form that comes with the program, or a TOML file. Nothing is written where figures that must add up
do not, or where a subject is undetermined and nobody decided it; exit code 1, with every reason.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from checker.circular import (
    Circular,
    CircularRefused,
    Province,
    TomlUnreadable,
    compose,
    read_form,
    read_issue,
    shipped_forms,
    stand,
)
from checker.render import RENDERERS, render_slip
from checker.verdict import BadLine, Verdict, VerdictsUnreadable, read_verdicts
from register import RegisterUnreadable, Subject, TableUnreadable, Target, load, read_accepted
from register.inputs import Inputs, read_inputs
from scheduler.errors import Refused

_WARNINGS: Final = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verdicts", type=Path, metavar="VERDICTS", help="the lines that `xunwang check` wrote")
    parser.add_argument("--register", type=Path, required=True, metavar="FILE-or-FOLDER", help="the register judged by")
    parser.add_argument("--issue", type=Path, required=True, metavar="FILE.toml", help="title, period, times, rounding, words")
    parser.add_argument("--form", required=True, help=f"a .toml file, or one of {', '.join(shipped_forms())}")
    parser.add_argument("--out", type=Path, required=True, action="append", metavar="FILE", help="may be given several times")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="the office's tables: messages, rankings, decisions …")
    parser.add_argument("--undetermined", choices=("refuse", "pass"), default="refuse", help="what to do with the undecided")
    parser.add_argument("--previous", type=Path, metavar="VERDICTS", help="the previous circular's verdicts: what was mended")
    parser.add_argument("--slips", type=Path, metavar="DIR", help="also write 整改反馈单 of every unit there, as .docx")


def run(options: argparse.Namespace) -> int:
    outs: list[Path] = options.out
    _writable(outs)
    try:
        circular = _compose(options)
    except CircularRefused as refused:
        for reason in refused.reasons:
            print(f"refused: {reason}", file=sys.stderr)
        print("xunwang: the circular was not written; mend what is listed, then run it again", file=sys.stderr)
        return 1
    for out in outs:
        _write(out, RENDERERS[out.suffix.lower()](circular))
        print(out)
    if options.slips:
        _slips(circular, options.slips)
    for warning in circular.warnings[:_WARNINGS]:
        print(f"warning: {warning}", file=sys.stderr)
    return 0


def _compose(options: argparse.Namespace) -> Circular:
    """The circular of the options. Raises Refused for what cannot be read: every error of an issue or form on a line."""
    try:
        issue, form = read_issue(options.issue), read_form(options.form)
        inputs = _inputs(options.inputs)
        previous = read_verdicts(options.previous) if options.previous else None
        with tempfile.TemporaryDirectory() as folder:
            rows, digest = _register(options.register, Path(folder))
            province = stand(rows, _some(options.verdicts), inputs)
        _same_register(province, digest, options.register)
        return compose(province, form, issue, inputs, previous, lenient=options.undetermined == "pass")
    except TomlUnreadable as error:
        raise Refused("\n".join(f"{error.name}: {one}" for one in error.errors)) from error
    except (TableUnreadable, VerdictsUnreadable) as error:
        raise Refused(str(error)) from error


def _register(path: Path, folder: Path) -> tuple[Iterator[Subject | Target], str]:
    """The rows of a register, accepted (.jsonl) or still to be read, and its digest; bad rows are `check`'s to report."""
    if path.suffix != ".jsonl":
        register = load(path, folder)
        return read_accepted(register.path), register.digest
    try:
        return read_accepted(path), f"sha256:{sha256(path.read_bytes()).hexdigest()}"
    except OSError as error:
        raise RegisterUnreadable(f"{path} cannot be read ({error.strerror}): name the register judged by") from error


def _same_register(province: Province, digest: str, path: Path) -> None:
    """Figures counted in one register and verdicts made by another do not add up."""
    if province.register and province.register != digest:
        judged = province.register.removeprefix("sha256:")
        raise Refused(f"{path} is not the register of these verdicts: give the folder's register/{judged[:12]}….jsonl")


def _some(path: Path) -> Iterable[Verdict | BadLine]:
    lines = list(read_verdicts(path))
    if not any(isinstance(line, Verdict) for line in lines):
        raise VerdictsUnreadable(f"{path} holds no verdict: name a file that `xunwang check` wrote")
    return lines


def _inputs(folder: Path | None) -> Inputs | None:
    """The office's tables; a row that could not be read is told, because a figure of it will be missing."""
    if folder is None:
        return None
    inputs = read_inputs(folder)
    for problem in inputs.problems[:_WARNINGS]:
        print(problem, file=sys.stderr)
    return inputs


def _writable(outs: list[Path]) -> None:
    for out in outs:
        if out.suffix.lower() not in RENDERERS:
            raise Refused(f"{out.name}: no such format, end the name in one of {', '.join(RENDERERS)}")
        if not out.parent.is_dir():
            raise Refused(f"{out.parent} is no folder: create it, or write somewhere else")


def _write(out: Path, content: bytes) -> None:
    """The whole file or none: it replaces an older one only when it is complete."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Refused(f"{out} cannot be written ({error.strerror}): choose another place") from error


def _slips(circular: Circular, folder: Path) -> None:
    """One file for each unit, named by its number: no text of the data names a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be made ({error.strerror}): choose another place") from error
    for number, slip in enumerate(circular.slips, 1):
        _write(folder / f"slip-{number:03}.docx", render_slip(slip, circular.issuer))
        print(f"{folder}/slip-{number:03}.docx  {slip.unit}")
