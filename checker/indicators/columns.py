"""W4 and its notes: columns that are silent, blank or late, and what was published in the month (indicators.md §3, §5, §6, §7).

A column counts only where it is proved; what could not be seen lowers coverage. A rule that is not reached by the proved
columns is passed where enough could be seen, or where not even all the unseen together would reach it.
"""

from collections.abc import Iterable

from msgspec import Struct

from checker.indicators.case import Case, Column, detail_of, whole_month
from checker.indicators.finding import MOST_DETAILS, PASS_IDS, Finding, ids
from checker.indicators.silence import Silence, silence
from checker.moments import Span
from checker.rules import Rule, Threshold
from checker.verdict import Coverage, Detail, Result

_NOTES = {"silent": "stale"}


class Judged(Struct, frozen=True):
    """A column, its period, and its state."""

    column: Column
    period: Span | None
    silence: Silence

    def detail(self, case: Case) -> Detail:
        found = self.silence
        return detail_of(
            self.column,
            case,
            newest=found.newest,
            overdue_days=found.overdue_days,
            period=str(self.period) if self.period else None,
            note=_NOTES.get(found.state, found.state),
            text=found.reason or (found.look.text if found.look else None),
        )


def judge_columns(case: Case, columns: Iterable[Column]) -> list[Judged]:
    """Each column with its state, in the register's order."""
    judged: list[Judged] = []
    for column in columns:
        one = case.known.get(column.target.key)
        if one is None:
            period = case.period(column.category, column.target)
            one = case.known[column.target.key] = Judged(column, period, silence(column.facts, period, case, column.category))
        judged.append(one)
    return judged


def stale_columns(case: Case, rule: Rule) -> Finding:
    """W4a, W4b: silent columns of the rule's categories."""
    left = frozenset[str]().union(*(case.judged[name].counted for name in rule.not_counted_by if name in case.judged))
    chosen = [
        column
        for column in case.columns
        if column.target.key not in left
        and (column.category in rule.categories or (column.category in rule.first_level and column.target.first_level))
    ]
    return _counted(case, rule, judge_columns(case, chosen), {"silent", "blank"} if rule.blank else {"silent"})


def late_columns(case: Case, rule: Rule) -> Finding:
    """Every column behind its period, whatever its kind: what an annex of overdue columns lists. Of all columns."""
    bad = {"silent", "blank"} if rule.blank else {"silent"}
    judged = judge_columns(case, case.columns)
    finding = _counted(
        case, rule, [one for one in judged if one.column.category in rule.categories or one.silence.state == "blank"], bad
    )
    seen = sum(one.silence.state != "unknown" for one in judged)
    unseen = tuple(
        one.detail(case) for one in judged if one.silence.state == "unknown" and one.column.category not in rule.categories
    )
    return Finding(
        result=finding.result,
        numerator=finding.numerator,
        denominator=len(judged),
        window=finding.window,
        coverage=Coverage(seen, len(judged)),
        evidence=finding.evidence,
        detail=(finding.detail + unseen)[:MOST_DETAILS],
        confidence=finding.confidence,
        reason=finding.reason,
    )


def blank_columns(case: Case, rule: Rule) -> Finding:
    """W4c: columns proved to be blank, of every category. Whatever once bore a dated item is not (indicators.md §6)."""
    judged = [Judged(one, None, silence(one.facts, None, case, one.category)) for one in case.columns]
    return _counted(case, rule, judged, {"blank"})


def month_items(case: Case, rule: Rule) -> Finding:
    """月更新篇数 of every column and of all together: distinct items dated in the month. Lists the columns that had any."""
    listed = [column for column in case.columns if column.facts is not None and column.facts.month]
    seen = [column for column in case.columns if column.facts is not None and column.facts.read_at]
    exact = sum(whole_month(column.facts, case) for column in seen if column.facts is not None)
    distinct: set[int] = set()
    for column in listed:
        if column.facts is not None:
            distinct |= column.facts.month or set()
    return Finding(
        result="pass",
        numerator=len(distinct),
        coverage=Coverage(exact, len(case.columns)),
        detail=tuple(detail_of(column, case, period=case.month) for column in listed)[:MOST_DETAILS],
        evidence=ids((column.facts.last.id for column in listed if column.facts and column.facts.last), PASS_IDS),
        reason=None if exact == len(case.columns) else "at least so many: not every page reached back before the month",
        confidence=round(exact / len(case.columns), 3) if case.columns else 1.0,
    )


def all_silent(case: Case) -> list[Judged] | None:
    """The columns of a site every one of which is silent, if there are enough of them to raise the alarm; else None."""
    judged = [one for one in judge_columns(case, case.columns) if one.period is not None and one.silence.state != "blank"]
    silent = [one for one in judged if one.silence.state == "silent"]
    enough = len(silent) >= case.rules.alarm_columns and len(silent) >= case.rules.coverage * len(judged)
    return silent if enough and all(one.silence.state in ("silent", "unknown") for one in judged) else None


def _counted(case: Case, rule: Rule, judged: list[Judged], bad: set[str]) -> Finding:
    found = [one for one in judged if one.silence.state in bad]
    unseen = [one for one in judged if one.silence.state == "unknown"]
    threshold = rule.threshold or Threshold(">=", 1)
    expected, seen = len(judged), len(judged) - len(unseen)
    alarm = all_silent(case) if found and "silent" in bad else None
    result: Result
    if not case.columns:
        return Finding(result="undetermined", coverage=Coverage(0, 0), reason="no columns in the register", confidence=0.0)
    if alarm is not None:
        return _alarmed(case, alarm, expected, seen)
    if threshold.reached(len(found), expected):
        result, confidence = "fail", _confidence(found, threshold)
    elif seen >= case.rules.coverage * expected or (seen and not threshold.reached(len(found) + len(unseen), expected)):
        result, confidence = "pass", round(seen / expected, 3) if expected else 1.0
    else:
        result, confidence = "undetermined", round(seen / expected, 3)
    warned = rule.warn is not None and len(found) >= rule.warn
    listed = found + (unseen if result == "undetermined" or rule.kind == "note" else [])
    reasons = [f"{len(unseen)} of {expected} columns could not be judged"] if result == "undetermined" else []
    reasons += [f"{len(found)} columns: warned from {rule.warn} on"] if warned and result == "pass" else []
    return Finding(
        result=result,
        numerator=len(found),
        denominator=expected,
        window=_window(case, judged),
        coverage=Coverage(seen, expected),
        evidence=ids(one.silence.id for one in found) if found else ids((one.silence.id for one in judged), PASS_IDS),
        detail=tuple(one.detail(case) for one in listed[:MOST_DETAILS]),
        confidence=confidence,
        reason="; ".join(reasons) or None,
        counted=frozenset(one.column.target.key for one in found),
    )


def _alarmed(case: Case, alarm: list[Judged], expected: int, seen: int) -> Finding:
    reason = f"all {len(alarm)} columns are silent at once: one alarm about the site, to be looked at by a person"
    home = case.home.target if case.home else alarm[0].column.target
    return Finding(
        result="undetermined",
        numerator=len(alarm),
        denominator=expected,
        window=_window(case, alarm),
        coverage=Coverage(seen, expected),
        evidence=ids((one.silence.id for one in alarm), PASS_IDS),
        detail=(
            Detail(target=home.key, url=home.url, name=home.name, unit=case.subject.unit, note="silent_site", text=reason),
        ),
        confidence=0.5,
        reason=reason,
        counted=frozenset(one.column.target.key for one in alarm),
    )


def _window(case: Case, judged: list[Judged]) -> tuple[str, str] | None:
    """From the day after which the longest period of these columns asks for an update, to T."""
    days = [case.cutoff(one.period) for one in judged if one.period is not None]
    return case.moment.window(min(days)) if days else None


def _confidence(found: list[Judged], threshold: Threshold) -> float:
    """The weakest of the columns that are needed to reach the threshold, the strongest being taken first."""
    weights = sorted((one.silence.weight for one in found), reverse=True)
    needed = int(threshold.number) + (threshold.operator == ">") if not threshold.percent else len(weights)
    return weights[min(max(needed, 1), len(weights)) - 1] if weights else 1.0
