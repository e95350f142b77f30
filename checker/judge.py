"""Subjects × rules → verdicts. Pure: evidence, roster, rules, tables and T in; one verdict per subject and rule out.

For each rule that is meant for a subject: exempted or paused → `exempt`; else the indicator's finding, without the targets
that are exempt or struck off (误报, 核减); over it the office's own findings; over an undetermined one the office's decision.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from checker.evidence import Evidence
from checker.indicators import INDICATORS, Case, Column, Finding
from checker.indicators.case import applies
from checker.moments import Moment
from checker.office import Office
from checker.roster import Roster
from checker.rules import Rule, RuleSet
from checker.verdict import Detail, Result, Verdict
from register import Pause, Subject, Target
from register.inputs import Decision, Exemption, ManualFinding

_RULED: Final[Mapping[str, Result]] = {"pass": "pass", "fail": "fail", "false_alarm": "pass", "reduced": "pass"}
_HOME_MEASURES: Final = frozenset({"availability", "home_silence"})
_SAID: Final = {"false_alarm": "误报", "reduced": "核减", "pass": "decided: pass", "fail": "decided: fail"}


class Bench(Struct, frozen=True, kw_only=True):
    """All that judging needs. `notices`: subject → stamps of the times it failed before (earlier verdict files)."""

    moment: Moment
    month: str
    rules: RuleSet
    roster: Roster
    evidence: Evidence
    office: Office
    notices: Mapping[str, tuple[str, ...]]


def judge(bench: Bench) -> Iterator[Verdict]:
    """Every verdict, in the order of the register and then of the rules."""
    for subject in bench.roster.subjects.values():
        yield from judge_subject(bench, subject)


def judge_subject(bench: Bench, subject: Subject) -> Iterator[Verdict]:
    case = _case(bench, subject)
    rules = [rule for rule in bench.rules.rules if applies(rule, subject)]
    for rule in sorted(rules, key=lambda rule: rule.measure == "repeat"):
        finding, problem = _judged(bench, case, rule)
        case.judged[rule.id] = finding
        yield Verdict(
            subject=subject.code,
            kind=subject.kind,
            rule=rule.id,
            rule_kind=rule.kind,
            result=finding.result,
            numerator=finding.numerator,
            denominator=finding.denominator,
            window=finding.window,
            coverage=finding.coverage,
            evidence=finding.evidence,
            detail=finding.detail,
            T=bench.moment.text,
            rules=bench.rules.label,
            register=bench.roster.digest,
            decided_by=finding.decided_by,
            problem=problem if finding.result == "fail" else None,
            confidence=round(finding.confidence, 3),
            reason=finding.reason,
            first_detected=finding.first_detected,
            mended=finding.mended,
        )


def _case(bench: Bench, subject: Subject) -> Case:
    evidence = bench.evidence
    day = bench.moment.day.isoformat()
    targets = [target for target in bench.roster.targets.get(subject.code, ()) if not _paused(target.paused, day)]
    home = next((target for target in targets if target.kind == "home"), None)
    accounts = [Column(target, evidence.facts.get(("account", target.key))) for target in targets if target.kind == "account"]
    if subject.kind == "account" and all(one.target.key != subject.code for one in accounts):
        # reports of an account whose register row has no address come under the account's code
        reported = evidence.facts.get(("account", subject.code))
        if reported is not None:
            accounts.append(Column(Target(subject.code, "account", subject.code, reported.url, "", subject.name), reported))
    return Case(
        moment=bench.moment,
        rules=bench.rules,
        subject=subject,
        month=bench.month,
        columns=tuple(Column(one, evidence.facts.get(("column", one.key))) for one in targets if one.kind == "column"),
        home=Column(home, evidence.facts.get(("home", home.key))) if home else None,
        accounts=tuple(accounts),
        probes=evidence.probes.get(home.key) if home else None,
        tables=bench.office.tables(subject.code),
        notices=bench.notices.get(subject.code, ()),
    )


def _paused(pause: Pause | None, day: str) -> bool:
    return pause is not None and not (pause.until and pause.until < day)


def _judged(bench: Bench, case: Case, rule: Rule) -> tuple[Finding, str | None]:
    """The finding of one rule and the problem it is."""
    subject, office = case.subject, bench.office
    if _paused(subject.paused, bench.moment.day.isoformat()):
        why = subject.paused.reason if subject.paused else None
        return Finding(result="exempt", decided_by="manual", reason=f"not checked (不检查): {why or 'no reason given'}"), None
    own = _own_targets(case, rule)
    exemptions, decisions = office.exemptions(subject.code, rule.id), office.decisions(subject.code, rule.id)
    whole = next((one for one in exemptions if one.target in own), None)
    if whole is not None:
        return Finding(result="exempt", decided_by="manual", reason=f"{whole.reason} ({whole.author}; {whole.where})"), None
    struck = _struck([*exemptions, *decisions], case, own, office)
    finding = INDICATORS[rule.measure](_without(case, set(struck)) if struck else case, rule)
    if struck:
        reasons = "; ".join(f"{key} left out: {why}" for key, why in struck.items())
        finding = msgspec.structs.replace(finding, reason="; ".join(filter(None, (finding.reason, reasons))))
    found = office.findings(subject, rule)
    finding = _laid_over(finding, found, case, rule)
    finding = _decided(finding, [one for one in decisions if one.target in own])
    return finding, next((one.problem for one in found if one.result == "fail" and one.problem), None) or rule.problem


def _own_targets(case: Case, rule: Rule) -> set[str | None]:
    """What a row of the office's tables may name to mean the whole verdict: nothing, the subject, or the one target judged."""
    home = {case.home.target.key} if case.home is not None and rule.measure in _HOME_MEASURES else set[str]()
    return {None, case.subject.code, *home, *(column.target.key for column in case.accounts)}


def _struck(rows: Sequence[Exemption | Decision], case: Case, own: set[str | None], office: Office) -> dict[str, str]:
    """Columns that are not to be counted, and why. A row about a column that is not there, or that rules one to fail, is named:
    only a finding by hand can add one.
    """
    struck: dict[str, str] = {}
    columns = {column.target.key for column in case.columns} if rows else set[str]()
    for row in rows:
        if row.target is None or row.target in own:
            continue
        if row.target not in columns or (isinstance(row, Decision) and row.ruling == "fail"):
            office.miss(row)
        else:
            said = f"{_SAID[row.ruling]}: " if isinstance(row, Decision) else ""
            struck[row.target] = f"{said}{row.reason} ({row.author}; {row.where})"
    return struck


def _without(case: Case, keys: set[str]) -> Case:
    """The case less some columns."""
    return msgspec.structs.replace(case, columns=tuple(one for one in case.columns if one.target.key not in keys))


def _laid_over(finding: Finding, found: list[ManualFinding], case: Case, rule: Rule) -> Finding:
    """What a person found, over what was observed. A finding that was mended by T fails nobody; it stays in the detail."""
    if not found:
        return finding
    day = case.moment.day.isoformat()
    standing = [one for one in found if one.result == "fail" and not (one.mended and one.mended <= day)]
    details = tuple(_manual_detail(one, case) for one in found)
    days = [one.day for one in found if one.result == "fail" and one.day]
    first = min(days) if days else None
    if standing:
        return msgspec.structs.replace(
            finding,
            result="fail",
            detail=details + finding.detail,
            decided_by="manual",
            confidence=1.0,
            numerator=finding.numerator if finding.result == "fail" else len(standing),
            first_detected=first,
            reason="; ".join(filter(None, ("; ".join(one.where for one in standing), finding.reason))),
        )
    mended = max((one.mended for one in found if one.mended), default=None)
    if finding.result == "undetermined":
        finding = msgspec.structs.replace(finding, result="pass", detail=(), decided_by="manual", reason=found[0].where)
    return msgspec.structs.replace(finding, detail=details + finding.detail, first_detected=first, mended=mended)


def _manual_detail(found: ManualFinding, case: Case) -> Detail:
    return Detail(
        target=found.target,
        url=found.url or (case.accounts[0].target.url if case.accounts else case.home.target.url if case.home else None),
        name=case.subject.name,
        unit=case.subject.unit,
        newest=found.day,
        note="mended" if found.mended else "manual" if found.result == "fail" else "looked_at",
        text=found.text or found.problem,
    )


def _decided(finding: Finding, decisions: list[Decision]) -> Finding:
    """误报 and 核减 turn a failure into a pass; a ruling decides what is undetermined, and nothing else."""
    for one in decisions:
        strikes = one.ruling in ("false_alarm", "reduced")
        if (strikes and finding.result == "fail") or (finding.result == "undetermined"):
            said = f"{_SAID[one.ruling]}: {one.reason} ({one.author}; {one.where})"
            reason = "; ".join(filter(None, (said, finding.reason)))
            return msgspec.structs.replace(
                finding, result=_RULED[one.ruling], decided_by="manual", reason=reason, confidence=1.0
            )
    return finding
