"""Counting verdicts: checked = passed + failed + undetermined, by kind of subject; exempt subjects were not checked."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from checker.verdict import Result, RuleKind, SubjectKind, Verdict

_NUMBER: Final = re.compile(r"\d[\d:.T+-]*")


class Count(Struct):
    passed: int = 0
    failed: int = 0
    undetermined: int = 0
    exempt: int = 0

    @property
    def checked(self) -> int:
        return self.passed + self.failed + self.undetermined

    def add(self, result: Result) -> None:
        if result == "pass":
            self.passed += 1
        elif result == "fail":
            self.failed += 1
        elif result == "undetermined":
            self.undetermined += 1
        else:
            self.exempt += 1


class Tally(Struct):
    """By kind of subject, by (rule, kind of rule), and by rule, result and region (for metrics)."""

    subjects: dict[SubjectKind, Count] = msgspec.field(default_factory=dict)
    rules: dict[tuple[str, RuleKind], Count] = msgspec.field(default_factory=dict)
    reasons: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)


def subject_result(verdicts: Iterable[Verdict]) -> Result:
    """The result of one subject: one veto that fails fails it; one veto undetermined leaves it undetermined."""
    results = {one.result for one in verdicts if one.rule_kind == "single_veto"}
    if "fail" in results:
        return "fail"
    if "undetermined" in results:
        return "undetermined"
    return "pass" if "pass" in results or not results else "exempt"


class Tallier:
    """Takes verdicts in the order of `judge`, all of a subject together."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._subject: tuple[SubjectKind, str] | None = None
        self._open: list[Verdict] = []

    def add(self, verdict: Verdict) -> None:
        if self._subject != (verdict.kind, verdict.subject):
            self.close()
            self._subject = verdict.kind, verdict.subject
        self._open.append(verdict)
        self.tally.rules.setdefault((verdict.rule, verdict.rule_kind), Count()).add(verdict.result)
        if verdict.result == "undetermined" and verdict.rule_kind == "single_veto":
            self.tally.reasons[verdict.rule, _plain(verdict.reason)] += 1

    def close(self) -> Tally:
        if self._subject is not None and self._open:
            self.tally.subjects.setdefault(self._subject[0], Count()).add(subject_result(self._open))
        self._open = []
        return self.tally


def _plain(reason: str | None) -> str:
    """A reason without its numbers: so that a thousand like ones are one line."""
    return _NUMBER.sub("…", reason or "no reason")[:80]
