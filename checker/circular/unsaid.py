"""What a circular leaves unsaid, and figures and names that do not speak of the same things. Warnings: none is a wrong sum.

Failures without the time that they were checked again at, or without a day to mend them by (S1, S3); a list of evaluated sites
that is not the register's (S1); a site whose columns are all in time beside sections of it that are late (S2); an account named
before that fails again (S3); somebody named in the office's own text who is in order (S0). circulars.md §1, §2.5, §5.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from checker.circular.follow import NOTICES
from checker.circular.form import Form
from checker.circular.issue import Issue
from checker.circular.model import Statistic
from checker.circular.standing import Province
from checker.circular.statistics import LATE_RULE

_QUOTED: Final = re.compile("“([^“”]{2,60})”")
Figures = Mapping[str, Statistic]


def of_issue(issue: Issue, figures: Figures) -> Iterator[str]:
    """What the reader of a circular with failures needs, and is not told: who, checked again when, to be mended by when."""
    failing = sum(_number(figures, f"{kind}.failing") for kind in ("sites", "sections", "accounts"))
    needed = {
        "发文机关": issue.issuer,
        "复核截止时间或监测数据采集时间": issue.recheck or issue.window,
        "整改期限": issue.rectify_by,
    }
    missing = [what for what, said in needed.items() if not said]
    if failing and missing:
        yield f"有 {failing} 个不合格对象，而未写明{'、'.join(missing)}"


def of_scopes(form: Form, figures: Figures, province: Province) -> Iterator[str]:
    """Figures whose scopes differ: what was evaluated and what is registered, columns of a site and of its sections."""
    sites = [standing.subject for standing in province.of("sites")]
    for ranking in (ranking for annex in form.annexes for ranking in annex.tables):
        ranked = figures.get(ranking.counts_as or "")
        if ranked is None or not ranking.levels:
            continue
        registered = sum(site.level in ranking.levels for site in sites)
        if ranked.value != registered:
            yield f"{ranking.label}：参评 {ranked.printed} 个，名录中同级网站 {registered} 个，范围不一致"
    late = sum(
        int(verdict.numerator or 0)
        for standing in province.of("sections")
        for verdict in standing.verdicts
        if verdict.rule == LATE_RULE
    )
    rate = figures.get("columns.pass_rate")
    if late and rate is not None and rate.value == 100:
        yield f"网站栏目合格率为 100%，而专栏有 {late} 个栏目逾期：仅在专栏栏目不计入网站栏目时成立"


def of_repeats(figures: Figures, province: Province) -> Iterator[str]:
    """Accounts that the office says were named before in the year, and that fail again."""
    failing = {s.subject.name for s in province.of("accounts") if s.state == "fail"}
    for key, figure in figures.items():
        name = key.removeprefix(NOTICES)
        if key.startswith(NOTICES) and figure.value and name in failing:
            yield f"“{name}”本年度已被通报 {figure.printed} 次，本期仍不合格"


def of_names(issue: Issue, province: Province) -> Iterator[str]:
    """Subjects that the office's own paragraphs name in quotes, and that no veto hits: an example need not be a failure."""
    states: dict[str, set[str]] = {}
    for standing in province.standings.values():
        states.setdefault(standing.subject.name, set()).add(standing.state)
    texts = (text for paragraphs in issue.paragraphs.values() for text in paragraphs)
    for name in dict.fromkeys(found for text in texts for found in _QUOTED.findall(text)):
        if name in states and "fail" not in states[name]:
            yield f"正文点名的“{name}”不是不合格对象，未列入附件"


def _number(figures: Figures, key: str) -> int:
    figure = figures.get(key)
    return int(figure.value) if figure is not None and isinstance(figure.value, int) else 0
