"""W2 站点无法访问: probes of a week, at least 20 conclusive ones a day, failing from 5 % on (indicators.md W2).

Days are 24 hours back from T. What a browser check, a firewall or our own trouble answered is not conclusive and counts for
nobody; server errors and the like count as opened, unless with them the threshold would be reached: then a person decides.
"""

from checker.indicators.case import Case
from checker.indicators.finding import PASS_IDS, Finding, ids
from checker.rules import Rule, Threshold
from checker.verdict import Coverage, Detail, Result


def availability(case: Case, rule: Rule) -> Finding:
    days = _days(case, rule)
    probes = case.probes
    opened, failed, review, unseen = (sum(counts[place] for counts in days) for place in range(4))
    visits = opened + failed + review
    wanted = rule.visits_per_day * len(days)
    threshold = rule.threshold or Threshold(">=", 5, percent=True)
    thin = sum(sum(counts[:3]) < case.rules.coverage * rule.visits_per_day for counts in days)
    result: Result
    if thin:
        result, reason = "undetermined", f"{thin} of {len(days)} days have fewer than {rule.visits_per_day} conclusive probes"
    elif threshold.reached(failed, visits):
        result, reason = "fail", None
    elif threshold.reached(failed + review, visits):
        result, reason = "undetermined", f"{review} probes were answered with errors: a person must look"
    else:
        result, reason = "pass", None
    home = case.home.target if case.home else None
    listed = result != "pass" and home is not None
    text = ", ".join(f"{outcome} {count}" for outcome, count in sorted((probes.outcomes if probes else {}).items()))
    return Finding(
        result=result,
        numerator=failed,
        denominator=visits,
        window=(case.moment.before(len(days)), case.moment.text),
        coverage=Coverage(visits, max(visits + unseen, wanted)),
        evidence=ids(probes.failed + probes.review if probes else ())
        if result != "pass"
        else ids(probes.failed if probes else (), PASS_IDS),
        detail=(
            Detail(
                target=home.key,
                url=home.url,
                name=home.name,
                unit=case.subject.unit,
                period=str(rule.window),
                note="unopened" if result == "fail" else "unknown",
                text=text or "no probes",
            ),
        )
        if listed and home is not None
        else (),
        confidence=round(min(1.0, visits / max(visits + unseen, wanted, 1)), 3),
        reason=reason,
    )


def _days(case: Case, rule: Rule) -> list[list[int]]:
    """Counts of each 24 hours of the window, the latest first."""
    count = window_days(case, rule)
    have = case.probes.days if case.probes else {}
    return [have.get(day, [0, 0, 0, 0]) for day in range(count)]


def window_days(case: Case, rule: Rule) -> int:
    return (case.moment.day - case.cutoff(rule.window)).days if rule.window else 7
