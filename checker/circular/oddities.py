"""What does not fit together in an issue and is no sum: its times, its ways of rounding, its titles, failures nobody names.

Each is a warning: the office may mean it so (S0 reports a quarter before it ends), but it is never passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from checker.circular.form import AnnexForm, Form
from checker.circular.issue import Issue
from checker.circular.model import Statistic
from checker.circular.rates import Rounding, rate
from checker.circular.times import Moment, chinese, day_of, instant_of, moment, period_end
from checker.circular.words import Words

_NUMBER: Final = re.compile(r"^.*\S+〔\d{4}〕\d+号$|^.*\S+\[\d{4}\]\d+号$")
_SAMPLED: Final = re.compile("抽查")
_ALL: Final = re.compile("普查|全覆盖")


def of_times(issue: Issue, T: str | None) -> Iterator[str]:
    """The six times against each other. Two of them are compared by the day unless both have an hour."""
    judged = moment(T[:19]) if T else None
    if issue.T and judged and instant_of(issue.T) != judged:
        yield f"期次文件的监测时间点 {chinese(issue.T)} 与判定所用的 {chinese(judged)} 不一致"
    end = period_end(issue.period)
    named = {"复核截止时间": issue.recheck, "印发日期": issue.issued, "监测数据采集截止日": issue.window and issue.window.last}
    if end:
        for what, time in named.items():
            if time and day_of(time) < end:
                yield f"{what} {chinese(time)} 早于“{issue.period}”结束（{chinese(end)}）"
    for (earlier, first), (later, second) in (
        (("检查日期", issue.checked_on), ("复核截止时间", issue.recheck)),
        (("复核截止时间", issue.recheck), ("印发日期", issue.issued)),
        (("检查日期", issue.checked_on), ("印发日期", issue.issued)),
        (("监测时间点", issue.T), ("印发日期", issue.issued)),
    ):
        if first and second and _before(second, first):
            yield f"{later} {chinese(second)} 早于{earlier} {chinese(first)}"


def of_rounding(figures: Iterable[Statistic], rounding: Mapping[str, Rounding]) -> Iterator[str]:
    """Two rates of one text that no single way of rounding explains (circulars.md §4, S4)."""
    modes: dict[str, list[str]] = {}
    for figure in figures:
        if figure.numerator is None or not figure.denominator or figure.numerator == figure.denominator:
            continue
        used = rounding.get(figure.key, Rounding())
        half, cut = (
            rate(figure.numerator, figure.denominator, Rounding(mode, used.decimals)) for mode in ("half_up", "truncate")
        )
        if half.value != cut.value:
            shown = "截尾" if Decimal(str(figure.value)) == cut.value else "四舍五入"
            modes.setdefault(shown, []).append(f"{figure.key} {figure.numerator}/{figure.denominator} = {figure.printed}")
    if len(modes) > 1:
        said = "；".join(f"{mode}：{'、'.join(rates)}" for mode, rates in modes.items())
        yield f"同一通报内用了两种舍入方式（{said}）"


def of_unnamed(form: Form, figures: Mapping[str, Statistic]) -> Iterator[str]:
    """Failures that are counted, and named in no annex."""
    listed = {annex.of for annex in form.annexes if annex.layout in ("list", "problems")}
    for kind, name in (("sites", "网站"), ("sections", "专栏"), ("accounts", "账号")):
        failing = figures.get(f"{kind}.failing")
        covered = kind in listed or ("columns" in listed and kind != "accounts")
        if failing and failing.value and not covered:
            yield f"{failing.printed} 个不合格{name}未在任何附件中列名"


def of_titles(issue: Issue, annexes: Iterable[tuple[AnnexForm, str, str]], figures: Mapping[str, Statistic]) -> Iterator[str]:
    """(form, heading, name in the list of annexes): two names for one annex; a spot check that looked at everything."""
    if issue.number and not _NUMBER.match(issue.number):
        yield f"文号“{issue.number}”不完整：缺机关代字或“号”"
    for annex, heading, listed in annexes:
        if heading != listed:
            yield f"附件名称前后不一致：附件目录作“{listed}”，附件标题作“{heading}”"
        share = figures.get(f"{annex.of}.checked_share")
        if _SAMPLED.search(heading) and not _ALL.search(heading) and share and share.value == 100:
            yield f"“{heading}”称抽查，而检查比例是 100%"


def of_words(keys: Iterable[str], words: Words) -> Iterator[str]:
    """Problems without a word of their own: printed by their key."""
    for key in sorted({key for key in keys if key.isascii() and words.cell(key) == key}):
        yield f"问题“{key}”没有中文表述：在期次文件的 words 中补充"


def _before(one: Moment, other: Moment) -> bool:
    if type(one) is type(other):
        return one < other
    return day_of(one) < day_of(other)
