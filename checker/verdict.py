"""A verdict: what one rule says of one subject at one time T. One JSON line each, passes too; others may read the same lines.

Instants are text in Beijing time (`2024-09-02T12:00:00.000+08:00`); dates read from pages keep their own precision.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

VERSION: Final = 1
"""The `v` of a verdict line. New fields keep it."""

SubjectKind = Literal["site", "section", "account"]
RuleKind = Literal["single_veto", "score", "note"]
"""single_veto: one hit and the subject has failed (单项否决). score: points off. note: a lead for a human, fails nobody."""
Result = Literal["pass", "fail", "undetermined", "exempt"]
DecidedBy = Literal["observation", "manual"]


class Coverage(Struct, frozen=True):
    """How much could be seen: `seen` of `expected` looks (or columns) were conclusive."""

    seen: int
    expected: int


class Detail(Struct, frozen=True, omit_defaults=True):
    """One target behind a verdict: an overdue or blank column, a silent account, a message, a finding made by hand.

    newest             the last update that was proved, at its precision
    month_items        items dated in the month of T; `month_items_exact` is False where there may be more ("≥ n")
    overdue_days       whole days past the period: floor(age) - period
    period             the limit as the rule file writes it: `14 days`, `6 months`, `1 year`
    note               why it is listed: `stale` `blank` `unknown` (columns), `silent` (an account), `unopened`, `dead_link`,
                       `silent_site`, `late_answer` `late_answers`, `named` (before), `manual` `mended` `looked_at` (by a
                       person), the name of a flag, or an account's state
    text               what was read on the page, or what the office's table says
    """

    target: str | None = None
    url: str | None = None
    name: str | None = None
    unit: str | None = None
    category: str | None = None
    newest: str | None = None
    month_items: int | None = None
    month_items_exact: bool = False
    overdue_days: int | None = None
    period: str | None = None
    note: str | None = None
    text: str | None = None


class Verdict(Struct, frozen=True, kw_only=True):
    """What one rule says of one subject.

    rule_kind       see RuleKind; only a `single_veto` that fails makes its subject fail
    numerator       what counted against the subject; denominator: of how many. None where nothing is counted
    window          first and last instant that was looked at, None where the rule has no window
    coverage        how much of what had to be looked at was conclusive
    evidence        ids of the observations it rests on, at most 200
    detail          the targets behind it; those of a pass that lie within the rule's warning are listed too
    first_detected  when the finding was first made (earlier verdicts kept it); mended: when it was found put right
    T               监测时间点
    rules           name@version of the rule file; register: digest of the register judged by
    problem         key in the problem vocabulary, where the result is fail or the rule lists something
    confidence      0 … 1: how far the evidence carries the result
    reason          why it is undetermined or exempt, what was left out, or which row of the office's tables decided it
    """

    v: int = VERSION
    subject: str
    kind: SubjectKind
    rule: str
    rule_kind: RuleKind
    result: Result
    numerator: int | float | None = None
    denominator: int | float | None = None
    window: tuple[str, str] | None = None
    coverage: Coverage | None = None
    evidence: tuple[str, ...] = ()
    detail: tuple[Detail, ...] = ()
    first_detected: str | None = None
    mended: str | None = None
    T: str
    rules: str
    register: str
    decided_by: DecidedBy = "observation"
    problem: str | None = None
    confidence: float = 1.0
    reason: str | None = None


class VerdictsUnreadable(Exception):
    """A verdict file that cannot be read at all, or not to its end: one sentence that says what to do."""


class BadLine(Struct, frozen=True):
    """A line of a verdict file that is no verdict: its number from 1, and why."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Verdict).decode


def encode(verdict: Verdict) -> bytes:
    """The verdict as one JSON line, with its newline."""
    return _encode(verdict) + b"\n"


def decode(line: bytes | str) -> Verdict:
    """The verdict of one line. Raises ValueError with what is wrong with it; fields not known here are ignored."""
    try:
        verdict = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if verdict.v != VERSION:
        raise ValueError(f"v is {verdict.v}, this program reads v {VERSION}")
    return verdict


def read_verdicts(path: Path) -> Iterator[Verdict | BadLine]:
    """The verdicts of a file in its order; a line that is none comes as a BadLine. Raises VerdictsUnreadable."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield decode(line)
                except ValueError as error:
                    yield BadLine(number, str(error))
    except OSError as error:
        raise VerdictsUnreadable(f"{path} cannot be read ({error.strerror}): name a file that `xunwang check` wrote") from error
