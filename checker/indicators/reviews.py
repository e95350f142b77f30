"""Leads for a person, which fail nobody: dead column links, a site that fell silent at once, subjects named again and again."""

from checker.indicators.availability import window_days
from checker.indicators.case import Case, Column, detail_of
from checker.indicators.columns import all_silent
from checker.indicators.finding import MOST_DETAILS, PASS_IDS, Finding, ids
from checker.rules import Rule, Threshold
from checker.verdict import Coverage, Detail

_LEAST_LOOKS = 2


def dead_links(case: Case, rule: Rule) -> Finding:
    """栏目链接失效: columns whose address answered that nothing is there, at every conclusive look of the whole window."""
    since = case.moment.before(window_days(case, rule))
    dead = [column for column in case.columns if _is_dead(column, since, case)]
    threshold = rule.threshold or Threshold(">=", 1)
    return Finding(
        result="fail" if threshold.reached(len(dead), len(case.columns)) else "pass",
        numerator=len(dead),
        denominator=len(case.columns),
        window=(since, case.moment.text),
        evidence=ids(column.facts.gone_id for column in dead if column.facts),
        detail=tuple(
            detail_of(column, case, note="dead_link", text=f"since {column.facts.gone_since}, {column.facts.gone_looks} looks")
            for column in dead[:MOST_DETAILS]
            if column.facts
        ),
    )


def _is_dead(column: Column, since: str, case: Case) -> bool:
    facts = column.facts
    if facts is None or facts.gone_since is None or facts.gone_looks < _LEAST_LOOKS:
        return False
    return (
        facts.gone_since <= since and facts.tried_id == facts.gone_id and facts.tried_at >= case.silence_since(column.category)
    )


def silent_site(case: Case, rule: Rule) -> Finding:
    """Every column of a site silent at once: one alarm about the site."""
    silent = all_silent(case)
    count = len(case.columns)
    if silent is None:
        return Finding(result="pass", numerator=0, denominator=count)
    home = case.home.target if case.home else silent[0].column.target
    newest = max((one.silence.newest or "" for one in silent), default="")
    return Finding(
        result="fail",
        numerator=len(silent),
        denominator=count,
        coverage=Coverage(len(silent), count),
        evidence=ids((one.silence.id for one in silent), PASS_IDS),
        detail=(
            Detail(
                target=home.key, url=home.url, name=home.name, unit=case.subject.unit, newest=newest or None, note="silent_site"
            ),
        ),
    )


def leads(case: Case, rule: Rule) -> Finding:
    """Marks that readers left on pages within the window (hidden links, re-dated articles): one line per page and mark."""
    since = case.moment.before(window_days(case, rule))
    looked = [column for column in (*([case.home] if case.home else []), *case.columns) if column.facts is not None]
    found = [
        (column, flag, *mark)
        for column in looked
        for flag in rule.flags
        if column.facts and column.facts.marks and (mark := column.facts.marks.get(flag)) and mark[0] >= since
    ]
    return Finding(
        result="fail" if found else "pass",
        numerator=len({column.target.key for column, *_ in found}),
        denominator=len(looked),
        window=(since, case.moment.text),
        evidence=ids(one for _, _, _, one, _ in found),
        detail=tuple(
            detail_of(column, case, note=flag, text=evidence) for column, flag, _, _, evidence in found[:MOST_DETAILS]
        ),
    )


def account_state(case: Case, rule: Rule) -> Finding:
    """An account whose page says that it is cancelled, blocked or moved: the register may be behind, or the office."""
    found = [column for column in case.accounts if column.facts and column.facts.account_state in rule.states]
    return Finding(
        result="fail" if found else "pass",
        numerator=len(found),
        denominator=len(case.accounts),
        evidence=ids(column.facts.tried_id for column in found if column.facts),
        detail=tuple(detail_of(column, case, note=column.facts.account_state) for column in found if column.facts),
    )


def repeat(case: Case, rule: Rule) -> Finding:
    """Times the subject was named within the window, this time included (S3: 三次以上)."""
    since = case.moment.window(case.cutoff(rule.window))[0] if rule.window else ""
    named = [at for at in case.notices if since <= at < case.moment.text]
    vetoes = {one.id for one in case.rules.rules if one.kind == "single_veto"}
    now = any(finding.result == "fail" and name in vetoes for name, finding in case.judged.items())
    count = len(named) + now
    threshold = rule.threshold or Threshold(">=", 3)
    return Finding(
        result="fail" if threshold.reached(count) and now else "pass",
        numerator=count,
        window=(since, case.moment.text) if since else None,
        detail=tuple(Detail(name=case.subject.name, unit=case.subject.unit, note="named", text=at) for at in named),
    )
