"""W3 首页不更新: nothing on the home page newer than two weeks; of a mere gate, nothing on any second-level page."""

from checker.indicators.case import Case, detail_of
from checker.indicators.columns import judge_columns
from checker.indicators.finding import Finding, ids
from checker.indicators.silence import silence
from checker.moments import Span
from checker.rules import Rule
from checker.verdict import Coverage, Result

_GATE = frozenset({"undated", "blank"})
"""A home page that shows no dated item at all is a gate: its columns are looked at instead."""
_RESULTS: dict[str, Result] = {"fresh": "pass", "silent": "fail", "blank": "undetermined", "unknown": "undetermined"}
_CONTRADICTED = 0.7
"""Confidence where columns of the same site are up to date: the home page may show them in a way that was not read."""


def home_silence(case: Case, rule: Rule) -> Finding:
    period = rule.period or Span(14, "days")
    window = case.moment.window(case.cutoff(period))
    if case.home is None:
        return Finding(
            result="undetermined", denominator=1, window=window, coverage=Coverage(0, 1), reason="no home page in the register"
        )
    facts = case.home.facts
    found = silence(facts, period, case)
    gate = facts is not None and facts.last is not None and facts.last.state in _GATE and facts.last.newest is None
    if gate and (found.state != "fresh" or found.newest is None):
        return _gate(case, period, window)
    result = _RESULTS[found.state]
    confidence = found.weight if result != "undetermined" else 0.0
    if result == "fail" and any(silence(column.facts, period, case).state == "fresh" for column in case.columns):
        confidence = min(confidence, _CONTRADICTED)
    detail = detail_of(
        case.home,
        case,
        newest=found.newest,
        overdue_days=found.overdue_days,
        period=str(period),
        note=found.state,
        text=found.reason or (found.look.text if found.look else None),
    )
    return Finding(
        result=result,
        numerator=int(result == "fail"),
        denominator=1,
        window=window,
        coverage=Coverage(int(result != "undetermined"), 1),
        evidence=ids([found.id]),
        detail=(detail,) if result != "pass" else (),
        confidence=confidence,
        reason=found.reason if result == "undetermined" else None,
    )


def _gate(case: Case, period: Span, window: tuple[str, str]) -> Finding:
    judged = [silence(column.facts, period, case) for column in case.columns]
    fresh = [one for one in judged if one.state == "fresh"]
    seen = [one for one in judged if one.state != "unknown"]
    coverage = Coverage(len(seen), len(judged))
    if fresh:
        return Finding(result="pass", numerator=0, denominator=1, window=window, coverage=coverage, evidence=ids([fresh[0].id]))
    proved = bool(judged) and len(seen) == len(judged)
    late = [one.detail(case) for one in judge_columns(case, case.columns)]
    return Finding(
        result="fail" if proved else "undetermined",
        numerator=int(proved),
        denominator=1,
        window=window,
        coverage=coverage,
        evidence=ids(one.id for one in seen),
        detail=tuple(late[:20]),
        confidence=0.8 if proved else 0.0,
        reason="the home page is a gate: its columns were looked at instead",
    )
