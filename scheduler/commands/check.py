"""Judge a journal: one verdict line per subject and rule, as JSON lines on stdout or in a file; a summary on stderr.

JOURNAL is the folder of a run (or its journal folder, or one file). T may lie in the past: what was written later is not
looked at. Exit code 1 where something failed, is undetermined, or a line or row could not be read.
"""

import argparse
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from time import time
from typing import IO, Any, Self

from checker.moments import Moment, moment
from checker.review import Review
from checker.rules import RuleSet, RulesUnreadable, built_in, load_rules
from checker.run import Asked, Check
from checker.segments import JournalUnreadable
from checker.summary import metrics, summary
from checker.tally import Tallier, Tally
from checker.verdict import Result, VerdictsUnreadable, encode
from crawler.records import stamp
from register import TableUnreadable
from register.inputs import Inputs, read_inputs
from scheduler.errors import Refused


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("journal", type=Path, metavar="JOURNAL")
    parser.add_argument("--register", type=Path, metavar="R", help="judge by this register; else by the one of T's day")
    parser.add_argument("--rules", default="national-2019", metavar="NAME-or-FILE", help=" ".join(built_in()))
    parser.add_argument("--at", required=True, metavar="T", help="2024-09-02T12:00 (Beijing), 2024-09-02 (its end), or now")
    parser.add_argument(
        "--inputs", type=Path, metavar="DIR", help="the office's tables: findings, messages, exemptions, decisions"
    )
    parser.add_argument(
        "--previous",
        type=Path,
        action="append",
        default=[],
        metavar="VERDICTS",
        help="earlier verdicts; may be repeated: the latest gives first detections, all of them repeat offenders",
    )
    parser.add_argument("--month", metavar="YYYY-MM", help="the month of 月更新篇数; else as the rules say")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the verdicts here, not to stdout")
    parser.add_argument(
        "--review", type=Path, metavar="FILE.csv", help="write what a person must decide, as a table to fill in and hand back"
    )
    parser.add_argument("--metrics", type=Path, metavar="FILE", help="write a Prometheus textfile")


def run(options: argparse.Namespace) -> int:
    at, rules, month = _moment(options.at), _rules(options.rules), _month(options.month)
    inputs = _inputs(options.inputs)
    asked = Asked(
        journal=options.journal,
        moment=at,
        rules=rules,
        register=options.register,
        inputs=inputs,
        previous=tuple(options.previous),
        month=month,
    )
    try:
        check = Check(asked)
        with Outputs(options.out, options.review) as outputs:
            tally, by = _stream(check, outputs)
    except (JournalUnreadable, VerdictsUnreadable, TableUnreadable) as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{error.filename or options.out} cannot be written ({error.strerror}): name another file") from error
    remarks = [*check.remarks(), *_said(inputs)]
    print(summary(tally, rules, at, remarks, check.follow_up.counts()), file=sys.stderr)
    if options.metrics:
        try:
            with whole(options.metrics) as file:
                file.write(metrics(by, at.ms / 1000).encode())
        except OSError as error:
            raise Refused(f"{options.metrics} cannot be written ({error.strerror}): name another file") from error
    subjects = tally.subjects.values()
    findings = any(count.failed or count.undetermined for count in subjects)
    return 1 if findings or check.bad_lines() or check.bad_previous or inputs.totals.get("bad") else 0


class Outputs:
    """Where verdicts go: to a file that is whole or not there, or to stdout as they come; and the table for review beside."""

    def __init__(self, out: Path | None, review: Path | None) -> None:
        self._paths = (out, review)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        out, review = self._paths
        self.lines: IO[bytes] = self._open.enter_context(whole(out)) if out else sys.stdout.buffer
        table = self._open.enter_context(whole(review)) if review else None
        self.review = Review(TextIOWrapper(table, "utf-8", newline="", write_through=True)) if table else None
        return self

    def __exit__(self, *raised: Any) -> None:
        self._open.__exit__(*raised)


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that replaces `path` once it is whole; where something goes wrong nothing is left."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        file = os.fdopen(handle, "wb")
        yield file
        if not file.closed:
            file.close()
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _stream(check: Check, outputs: Outputs) -> tuple[Tally, "Counter[tuple[str, Result, str]]"]:
    tallier, by = Tallier(), Counter[tuple[str, Result, str]]()
    for verdict in check.verdicts():
        subject = check.roster.subjects[verdict.subject]
        outputs.lines.write(encode(verdict))
        tallier.add(verdict)
        by[verdict.rule, verdict.result, subject.region or ""] += 1
        if outputs.review is not None:
            outputs.review.add(verdict, subject)
    outputs.lines.flush()
    return tallier.close(), by


def _moment(text: str) -> Moment:
    try:
        return moment(stamp(round(time() * 1000)) if text == "now" else text)
    except ValueError as error:
        raise Refused(f"--at {text!r} is no time: write 2024-09-02T12:00, 2024-09-02, or now") from error


def _month(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise Refused(f"--month {text!r} is no month: write it as 2024-08")
    return text


def _rules(name: str) -> RuleSet:
    try:
        return load_rules(name)
    except RulesUnreadable as error:
        raise Refused(f"the rules cannot be used:\n{error}") from error


def _inputs(folder: Path | None) -> Inputs:
    if folder is None:
        return Inputs()
    try:
        return read_inputs(folder)
    except TableUnreadable as error:
        raise Refused(str(error)) from error


def _said(inputs: Inputs) -> list[str]:
    shown = [str(problem) for problem in inputs.problems[:20]]
    hidden = sum(inputs.totals.values()) - len(shown)
    return [*shown, f"… and {hidden} more findings in the office's tables"] if hidden > 0 else shown
