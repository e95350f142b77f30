"""The office's tables as judging needs them: by subject, and what of them was never used, which is named and not dropped."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, TypeVar

from checker.indicators.case import Tables
from checker.rules import Rule, RuleSet
from register import Subject
from register.inputs import Decision, Exemption, Inputs, ManualFinding, Message, MessageFigures

EVERY: Final = frozenset({"*", "全部", "所有"})
"""A decision on one of these holds for every subject: an office that has a rule checked elsewhere says so once."""


class Office:
    """Inputs by subject. `unused()` names the rows that no verdict could take up."""

    def __init__(self, inputs: Inputs, rules: RuleSet, day: str) -> None:
        self.inputs = inputs
        self._rules = rules
        self._day = day
        self._findings: dict[str, list[ManualFinding]] = _by_subject(inputs.findings)
        self._decisions: dict[str, list[Decision]] = _by_subject(inputs.decisions)
        self._exemptions: dict[str, list[Exemption]] = _by_subject(inputs.exemptions)
        self._messages: dict[str, list[Message]] = _by_subject(inputs.messages)
        self._figures: dict[str, list[MessageFigures]] = _by_subject(one for one in inputs.figures if one.subject)
        self._used: set[str] = set()
        self._missed: list[str] = []

    def tables(self, code: str) -> Tables:
        return Tables(frozenset(self.inputs.tables), tuple(self._messages.get(code, ())), tuple(self._figures.get(code, ())))

    def findings(self, subject: Subject, rule: Rule) -> list[ManualFinding]:
        """Manual findings that stand at T and belong to this rule of this subject."""
        chosen = [
            one
            for one in self._findings.get(subject.code, ())
            if self.rule_of(one, subject) == rule.id and (one.day is None or one.day <= self._day)
        ]
        self._used.update(one.where for one in chosen)
        return chosen

    def rule_of(self, finding: ManualFinding, subject: Subject) -> str | None:
        """The rule a finding belongs to: the one it names, else the one that lists its words, else the one for all others."""
        if finding.rule:
            return finding.rule
        mine = [rule for rule in self._rules.rules if subject.kind in rule.subjects]
        said = (finding.problem or "").strip()
        listed = (rule.id for rule in mine if said and (said == rule.problem or said in rule.problems))
        return next(listed, None) or next((rule.id for rule in mine if rule.measure == "manual_other"), None)

    def decisions(self, code: str, rule: str) -> list[Decision]:
        """误报, 核减 and rulings on this rule, the subject's own before those for every subject, whenever they were made."""
        own = [one for one in self._decisions.get(code, ()) if one.rule == rule]
        every = [one for name in EVERY for one in self._decisions.get(name, ()) if one.rule == rule]
        self._used.update(one.where for one in own + every)
        return own + every

    def exemptions(self, code: str, rule: str) -> list[Exemption]:
        """Exemptions of this subject that hold on T's day, for this rule or for all."""
        mine = self._exemptions.get(code, ())
        self._used.update(one.where for one in mine)
        return [
            one
            for one in mine
            if one.rule in (None, rule)
            and (not one.since or one.since <= self._day)
            and (not one.until or self._day <= one.until)
        ]

    def miss(self, row: Decision | Exemption) -> None:
        """Note that the target a row names is none of its subject's."""
        said = f"{row.where}: {row.target}"
        if said not in self._missed:
            self._missed.append(said)

    def unused(self) -> list[str]:
        """Places of findings, decisions and exemptions that no subject, rule or target took up."""
        rows: list[ManualFinding | Decision | Exemption] = [
            *self.inputs.findings,
            *self.inputs.decisions,
            *self.inputs.exemptions,
        ]
        return [
            f"{one.where}: {one.subject} {one.rule or ''}".rstrip() for one in rows if one.where not in self._used
        ] + self._missed


_Row = TypeVar("_Row", ManualFinding, Decision, Exemption, Message, MessageFigures)


def _by_subject(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: defaultdict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.subject or ""].append(row)
    return dict(found)
