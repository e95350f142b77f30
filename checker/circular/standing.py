"""Where every subject of the register stands: its verdicts at one T, and what follows from them (indicators.md §2)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec.structs import replace

from checker.circular.model import CircularRefused
from checker.verdict import BadLine, Verdict
from register import Subject, SubjectKind, Target
from register.inputs import Decision, Inputs, Ruling

State = Literal["pass", "fail", "undetermined", "exempt", "unchecked"]
KINDS: Final[dict[str, SubjectKind]] = {"sites": "site", "sections": "section", "accounts": "account"}
EVERY: Final = ("*", "全部", "所有")
"""A decision on one of these holds for every subject."""
_RULED: Final[dict[Ruling, Literal["pass", "fail"]]] = {
    "pass": "pass",
    "fail": "fail",
    "false_alarm": "pass",
    "reduced": "pass",
}


@dataclass(frozen=True)
class Standing:
    """A subject, its targets and its verdicts. `paused`: it was not to be checked at T and is no running subject."""

    subject: Subject
    state: State
    verdicts: tuple[Verdict, ...]
    targets: tuple[Target, ...] = ()
    paused: bool = False

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The vetoes that hit."""
        return tuple(v for v in self.verdicts if v.rule_kind == "single_veto" and v.result == "fail")


@dataclass
class Province:
    """All standings by code, in the register's order; `strangers`: verdicts on subjects that the register does not have."""

    standings: dict[str, Standing] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()
    bad_lines: tuple[BadLine, ...] = ()
    doubled: tuple[str, ...] = ()
    T: str | None = None
    rules: tuple[str, ...] = ()
    register: str | None = None
    decided: int = 0

    def of(self, kind: str) -> list[Standing]:
        """The running subjects of a kind (`sites`, `sections`, `accounts`)."""
        return [s for s in self.standings.values() if s.subject.kind == KINDS[kind] and not s.paused]

    def paused(self, kind: str) -> int:
        return sum(s.paused for s in self.standings.values() if s.subject.kind == KINDS[kind])


def stand(rows: Iterable[Subject | Target], lines: Iterable[Verdict | BadLine], inputs: Inputs | None) -> Province:
    """Every subject with its verdicts. Raises CircularRefused where verdicts of several T or registers are mixed."""
    subjects: dict[str, Subject] = {}
    targets: dict[str, list[Target]] = {}
    for row in rows:
        if isinstance(row, Subject):
            subjects[row.code] = row
        else:
            targets.setdefault(row.subject, []).append(row)
    good, bad = _sorted_out(lines)
    good, decided = _decide(good, inputs.decisions if inputs else ())
    T, register = _one_of_each(good)
    per_subject: dict[str, dict[str, Verdict]] = {}
    doubled: list[str] = []
    for verdict in good:
        rules = per_subject.setdefault(verdict.subject, {})
        if verdict.rule in rules:
            doubled.append(f"{verdict.subject} {verdict.rule}")
        rules[verdict.rule] = verdict
    province = Province(
        strangers=tuple(sorted(per_subject.keys() - subjects.keys())),
        bad_lines=tuple(bad),
        doubled=tuple(dict.fromkeys(doubled)),
        T=T,
        register=register,
        rules=tuple(sorted({v.rules for v in good})),
        decided=decided,
    )
    day = T[:10] if T else dt.date.max.isoformat()
    for code, subject in subjects.items():
        verdicts = tuple(per_subject.get(code, {}).values())
        paused = subject.paused is not None and (subject.paused.until is None or subject.paused.until >= day)
        province.standings[code] = Standing(subject, state_of(verdicts), verdicts, tuple(targets.get(code, ())), paused)
    return province


def state_of(verdicts: Iterable[Verdict]) -> State:
    """One veto hit and the subject has failed; no hit, but one undecided, and it is undecided."""
    results = Counter(v.result for v in verdicts if v.rule_kind == "single_veto")
    for state in ("fail", "undetermined", "pass", "exempt"):
        if results[state]:
            return state
    return "unchecked"


def failing_rules(lines: Iterable[Verdict | BadLine]) -> dict[str, tuple[SubjectKind, dict[str, Verdict]]]:
    """Of a file of verdicts: each subject's kind, and its failing vetoes by rule (empty where it passed)."""
    found: dict[str, tuple[SubjectKind, dict[str, Verdict]]] = {}
    for line in lines:
        if isinstance(line, Verdict):
            _, failing = found.setdefault(line.subject, (line.kind, {}))
            if line.rule_kind == "single_veto" and line.result == "fail":
                failing[line.rule] = line
    return found


def _sorted_out(lines: Iterable[Verdict | BadLine]) -> tuple[list[Verdict], list[BadLine]]:
    good: list[Verdict] = []
    bad: list[BadLine] = []
    for line in lines:
        (good if isinstance(line, Verdict) else bad).append(line)  # type: ignore[arg-type]
    return good, bad


def _decide(verdicts: list[Verdict], decisions: Iterable[Decision]) -> tuple[list[Verdict], int]:
    """The undetermined verdicts as the office decided them; what `check` has taken in already stays as it is."""
    ruled: Mapping[tuple[str, str], Decision] = {(d.subject, d.rule): d for d in decisions if d.target is None}
    out, decided = [], 0
    for verdict in verdicts:
        own = ruled.get((verdict.subject, verdict.rule))
        decision = own or next((ruled[one, verdict.rule] for one in EVERY if (one, verdict.rule) in ruled), None)
        if verdict.result == "undetermined" and decision is not None:
            verdict = _as_ruled(verdict, decision)
            decided += 1
        out.append(verdict)
    return out, decided


def _as_ruled(verdict: Verdict, decision: Decision) -> Verdict:
    said = f"{decision.where}: {decision.reason} ({decision.author})"
    return replace(verdict, result=_RULED[decision.ruling], decided_by="manual", reason=said)


def _one_of_each(verdicts: list[Verdict]) -> tuple[str | None, str | None]:
    times, registers = sorted({v.T for v in verdicts}), sorted({v.register for v in verdicts})
    reasons = []
    if len(times) > 1:
        reasons.append(f"the verdicts are of {len(times)} times T ({times[0]} … {times[-1]}): give the file of one check")
    if len(registers) > 1:
        reasons.append(f"the verdicts are of {len(registers)} registers: check again with one")
    if reasons:
        raise CircularRefused(reasons)
    return (times[0] if times else None), (registers[0] if registers else None)
