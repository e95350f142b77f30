"""N2 内容不更新: an account without an update in its period, two weeks unless a rule file says otherwise (indicators.md §4).

One article proves that there was an update, never that there was none: silence needs a list, a bridge's feed, or the
operator's own report. Without one of these the account is undetermined and stands on a list for a person.
"""

from checker.facts import Look
from checker.indicators.case import Case, Column, detail_of
from checker.indicators.finding import Finding, ids
from checker.indicators.silence import Silence, silence
from checker.rules import Rule
from checker.verdict import Coverage, Detail, Result

_ORDER = {"fresh": 0, "silent": 1, "blank": 1, "unknown": 2}
_STATED = 0.9
"""Confidence in the operator's own word."""


def account_silence(case: Case, rule: Rule) -> Finding:
    target = case.accounts[0].target if case.accounts else None
    period = rule.period or case.period("account", target)
    if period is None:
        return Finding(result="pass", numerator=0, denominator=1, reason="no period for such accounts in the rule file")
    window = case.moment.window(case.cutoff(period))
    looked = [(silence(one.facts, period, case), one) for one in case.accounts]
    found, column = min(
        looked, key=lambda pair: _ORDER[pair[0].state], default=(Silence("unknown", reason="no address to look at"), None)
    )
    result: Result = "pass" if found.state == "fresh" else "undetermined" if found.state == "unknown" else "fail"
    weight = _STATED if found.look is not None and found.look.observed_by == "operator_report" else found.weight
    detail = _detail(case, column, found, str(period))
    return Finding(
        result=result,
        numerator=int(result == "fail"),
        denominator=1,
        window=window,
        coverage=Coverage(int(result != "undetermined"), 1),
        evidence=ids([found.id]),
        detail=(detail,) if result != "pass" else (),
        confidence=weight if result != "undetermined" else 0.0,
        reason=_reason(column, found) if result == "undetermined" else None,
    )


def _detail(case: Case, column: Column | None, found: Silence, period: str) -> Detail:
    if column is None:
        return Detail(name=case.subject.name, unit=case.subject.unit, period=period, note=found.state, text=found.reason)
    look: Look | None = found.look
    return detail_of(
        column,
        case,
        name=case.subject.name,
        category=None,
        newest=found.newest,
        overdue_days=found.overdue_days,
        period=period,
        note=found.state,
        text=found.reason or (look.text if look else None),
    )


def _reason(column: Column | None, found: Silence) -> str | None:
    state = column.facts.account_state if column is not None and column.facts is not None else None
    return f"{found.reason}; account {state}" if state not in (None, "alive", "unknown") else found.reason
