"""The loop: what earlier verdicts say of today's. First detection, mending, follow-up, repeat offenders, re-check lists.

`previous` is the latest earlier file of verdicts: a first detection before its mending deadline, or last quarter's result.
What failed there and passes now is mended: its line is a pass that keeps `first_detected` and says `mended`. What fails still
keeps its first detection. What could not be judged this time keeps the first detection and is not mended.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from checker.verdict import Result, SubjectKind, Verdict

VETO: Final = "single_veto"


class Before(Struct, frozen=True):
    """What an earlier file says of one subject and rule."""

    result: str
    T: str
    first_detected: str | None
    mended: str | None


Earlier = Mapping[tuple[str, str], Before]


def remember(verdicts: Iterable[Verdict]) -> dict[tuple[str, str], Before]:
    """The findings of an earlier file: what failed, what was still open, and what was mended."""
    return {
        (one.subject, one.rule): Before(one.result, one.T, one.first_detected, one.mended)
        for one in verdicts
        if one.result == "fail" or one.first_detected is not None
    }


def with_previous(verdicts: Iterable[Verdict], earlier: Earlier) -> Iterator[Verdict]:
    """Today's verdicts with first detection and mending times."""
    for one in verdicts:
        before = earlier.get((one.subject, one.rule))
        first = mended = None
        open_before = before is not None and (before.result == "fail" or (before.first_detected and not before.mended))
        if one.result == "fail":
            first = (before.first_detected or before.T) if before is not None and open_before else one.first_detected or one.T
        elif one.mended:
            first, mended = one.first_detected, one.mended
        elif before is not None and open_before:
            first = before.first_detected or before.T
            mended = one.T if one.result == "pass" else None
        elif before is not None and before.mended:
            first, mended = before.first_detected, before.mended
        yield msgspec.structs.replace(one, first_detected=first, mended=mended) if first or mended else one


def notices(files: Iterable[Iterable[Verdict]]) -> dict[str, tuple[str, ...]]:
    """Subject → the instants at which it was named: one for each file in which a veto failed."""
    found: dict[str, set[str]] = {}
    for verdicts in files:
        named: dict[str, str] = {}
        for one in verdicts:
            if one.result == "fail" and one.rule_kind == VETO:
                named[one.subject] = max(one.T, named.get(one.subject, ""))
        for subject, at in named.items():
            found.setdefault(subject, set()).add(at)
    return {subject: tuple(sorted(times)) for subject, times in found.items()}


class FollowUp(Struct):
    """整改情况 of one kind of subject: failing then, put right since, failing still, and not to be told."""

    found: int = 0
    rectified: int = 0
    open: int = 0
    undetermined: int = 0


class FollowUps:
    """Follows the subjects that failed in an earlier file through today's verdicts, taken one at a time."""

    def __init__(self, previous: Iterable[Verdict] = ()) -> None:
        self._then: dict[tuple[SubjectKind, str], dict[str, Result]] = {}
        for one in previous:
            if one.result == "fail" and one.rule_kind == VETO:
                # what today says nothing of cannot be told: the subject, or the rule, is gone
                self._then.setdefault((one.kind, one.subject), {})[one.rule] = "undetermined"

    def add(self, verdict: Verdict) -> None:
        rules = self._then.get((verdict.kind, verdict.subject))
        if rules is not None and verdict.rule in rules:
            rules[verdict.rule] = verdict.result

    def counts(self) -> dict[SubjectKind, FollowUp]:
        """By kind of subject. A subject is put right where it passes every rule that it failed; exempt is not put right."""
        counts: dict[SubjectKind, FollowUp] = {}
        for (kind, _), rules in self._then.items():
            count = counts.setdefault(kind, FollowUp())
            count.found += 1
            if "fail" in rules.values():
                count.open += 1
            elif set(rules.values()) == {"pass"}:
                count.rectified += 1
            else:
                count.undetermined += 1
        return counts


def follow_up(previous: Iterable[Verdict], now: Iterable[Verdict]) -> dict[SubjectKind, FollowUp]:
    """How many subjects that failed before pass the rules they failed. One that left the register is not to be told."""
    follow = FollowUps(previous)
    for one in now:
        follow.add(one)
    return follow.counts()


def targets_of(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The keys of the targets to look at again: behind every failure and everything undetermined (`crawl --only`).

    A verdict without targets asks for its subject as a whole: its home page, or the account itself.
    """
    keys: set[str] = set()
    for one in verdicts:
        if one.result not in ("fail", "undetermined"):
            continue
        named = {detail.target for detail in one.detail if detail.target}
        keys |= named or {one.subject if one.kind == "account" else f"{one.subject}/@home"}
    return frozenset(keys)
