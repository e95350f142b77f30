"""What a crawler cannot see: rules that a person judges (W1, W5, W6, N1, N3), and how long messages waited (W5).

A rule that only a person can judge is passed where the office handed in its table of findings and the subject is not in it;
without that table nobody has looked, and it is undetermined. Findings themselves are laid over every rule in `judge`.
"""

from datetime import date

from checker.indicators.case import Case
from checker.indicators.finding import MOST_DETAILS, Finding
from checker.moments import Span, back, days_of
from checker.rules import Rule, Threshold
from checker.verdict import Detail
from register.inputs import Message

_NOBODY = "nobody has looked: hand in the table of manual findings"


def manual(case: Case, rule: Rule) -> Finding:
    if "findings" in case.tables.handed_in:
        return Finding(result="pass", decided_by="manual")
    return Finding(result="undetermined", reason=_NOBODY, confidence=0.0)


def manual_other(case: Case, rule: Rule) -> Finding:
    """Problems outside the indicators: nothing has to be looked for, so nothing is undetermined."""
    return Finding(result="pass", decided_by="manual" if "findings" in case.tables.handed_in else "observation")


def messages(case: Case, rule: Rule) -> Finding:
    """W5 (2): valid messages of the last year that waited longer than the limit for their answer, or still wait.

    Counted from the messages themselves where they were handed in, else from the office's own count of late answers.
    """
    since = back(case.moment.day, rule.window, case.rules.month_days) if rule.window else date.min
    limit = rule.limit or Span(3, "months")
    valid = [
        one for one in case.tables.messages if one.valid and since.isoformat() <= one.received <= case.moment.day.isoformat()
    ]
    late = [one for one in valid if _waited_too_long(one, limit, case)]
    figures = [one for one in case.tables.figures if one.channel == "replies"]
    stated = sum(one.overdue or 0 for one in figures)
    received = max(len(valid), sum(one.received or 0 for one in figures))
    count = max(len(late), stated)
    window = case.moment.window(since) if rule.window else None
    known = valid or figures or case.tables.handed_in & {"messages", "figures", "findings"}
    if not known:
        return Finding(result="undetermined", window=window, reason="no table of messages was handed in", confidence=0.0)
    threshold = rule.threshold or Threshold(">=", 1)
    details = [_detail(case, one, limit) for one in late]
    if stated > len(late):
        details += [
            Detail(unit=case.subject.unit, note="late_answers", text=f"{one.where}: overdue {one.overdue}")
            for one in figures
            if one.overdue
        ]
    return Finding(
        result="fail" if threshold.reached(count, received) else "pass",
        numerator=count,
        denominator=received,
        window=window,
        detail=tuple(details[:MOST_DETAILS]),
        decided_by="manual",
    )


def _waited_too_long(message: Message, limit: Span, case: Case) -> bool:
    until = days_of(message.answered) if message.answered else None
    last = min(until.first, case.moment.day) if until else case.moment.day
    received = days_of(message.received)
    return received is not None and received.first < back(last, limit, case.rules.month_days)


def _detail(case: Case, message: Message, limit: Span) -> Detail:
    answered = f"answered {message.answered}" if message.answered else "not answered"
    return Detail(
        name=message.number,
        unit=message.unit or case.subject.unit,
        category=message.kind,
        newest=message.answered,
        period=str(limit),
        note="late_answer",
        text=f"{message.where}: received {message.received}, {answered}",
    )
