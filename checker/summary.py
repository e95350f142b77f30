"""What a person reads of a check, and what Prometheus reads of it. Pure: text from a tally."""

from collections.abc import Mapping, Sequence

from checker.loop import FollowUp
from checker.moments import Moment, back
from checker.rules import RuleSet
from checker.tally import Count, Tally
from checker.verdict import Result, SubjectKind
from crawler.records import clean_text

_KINDS = {"site": "sites", "section": "sections", "account": "accounts"}
_MOST = 10


def summary(
    tally: Tally, rules: RuleSet, at: Moment, remarks: Sequence[str], follow: Mapping[SubjectKind, FollowUp] | None = None
) -> str:
    """T and the last days that are in time, a table by kind, one by rule, the commonest reasons for what is undetermined,
    and the remarks.
    """
    days = ", ".join(f"{key} {back(at.day, span, rules.month_days)}" for key, span in rules.periods.items())
    lines = [f"{rules.label} {rules.title}; T {at.text}", f"in time from: {days}", ""]
    lines += [f"{'':<14}{'checked':>9}{'passed':>9}{'failed':>9}{'undetermined':>14}{'exempt':>8}"]
    lines += [_row(_KINDS[kind], count) for kind, count in tally.subjects.items()]
    lines.append("")
    titles = {rule.id: rule.title for rule in rules.rules}
    for (rule, kind), count in tally.rules.items():
        mark = "" if kind == "single_veto" else f"  ({kind})"
        lines.append(f"{_row(rule, count)}  {titles.get(rule, '')}{mark}")
    for who, one in (follow or {}).items():
        counts = f"{one.rectified} put right, {one.open} not, {one.undetermined} not to be told"
        lines.append(f"\n{_KINDS[who]} that failed before: {one.found}: {counts}")
    if tally.reasons:
        lines.append("\nundetermined, for a person to decide:")
        lines += [f"  {number:>6} × {rule:<6} {reason}" for (rule, reason), number in tally.reasons.most_common(_MOST)]
    if remarks:
        lines.append("")
        lines += [f"note: {clean_text(remark, 600)}" for remark in remarks]
    return "\n".join(lines)


def _row(name: str, count: Count) -> str:
    return f"{name:<14}{count.checked:>9}{count.passed:>9}{count.failed:>9}{count.undetermined:>14}{count.exempt:>8}"


def metrics(by: Mapping[tuple[str, Result, str], int], at_s: float) -> str:
    """A textfile for Prometheus: verdicts by rule, result and region (bounded by the rule file and the register)."""
    lines = [
        "# HELP xunwang_verdicts Verdicts of the last check, by rule, result and region.",
        "# TYPE xunwang_verdicts gauge",
        *(
            f'xunwang_verdicts{{rule="{_label(rule)}",result="{result}",region="{_label(region)}"}} {number}'
            for (rule, result, region), number in sorted(by.items())
        ),
        "# HELP xunwang_check_timestamp_seconds The time T that was judged.",
        "# TYPE xunwang_check_timestamp_seconds gauge",
        f"xunwang_check_timestamp_seconds {at_s:.3f}",
    ]
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    return clean_text(text).replace("\\", "\\\\").replace('"', '\\"')
