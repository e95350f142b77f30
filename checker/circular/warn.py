"""What must be said of a circular that is printed, and what forbids printing it: sums, the undecided, what does not fit."""

from collections.abc import Iterator
from typing import Final

from checker.circular import crossfoot, oddities, ranking, unsaid
from checker.circular.body import unknown_slots
from checker.circular.draft import Draft
from checker.circular.follow import repeated
from checker.circular.form import AnnexForm, Form
from checker.circular.model import Annex
from checker.circular.statistics import CHECKED, undecided

_SHOWN: Final = 20
_NAMES: Final = (("sites", "网站"), ("sections", "专栏"), ("accounts", "账号"))
Drawn = list[tuple[AnnexForm, Annex]]


def hold_undetermined(draft: Draft, lenient: bool) -> None:
    waiting = list(undecided(draft.province))
    if draft.province.decided:
        draft.notes.append(f"{draft.province.decided} 项未能判定的结果已由人工判定")
    if not waiting:
        return
    if lenient:
        checked = sum(s.state in CHECKED for kind, _ in _NAMES for s in draft.province.of(kind))
        draft.notes.append(f"{checked} 个检查对象中有 {len(waiting)} 个未能判定，按合格计入")
        return
    for standing, rules in waiting[:_SHOWN]:
        subject = standing.subject
        draft.refused.append(f"{subject.name} ({subject.code}) is undetermined by {', '.join(rules)}")
    more = f" (and {len(waiting) - _SHOWN} more)" if len(waiting) > _SHOWN else ""
    draft.refused.append(
        f"{len(waiting)} subjects are undetermined{more}: decide each in the manual table, or give --undetermined pass"
    )


def cross_foot(draft: Draft, used: set[str], annexes: Drawn) -> None:
    """Failed sums of observed figures refuse the circular where a part or a total of them is printed."""
    for fault in crossfoot.failed(draft.figures):
        printed = sum(key in used for key in fault.keys) > 1
        (draft.refused if printed and not fault.stated else draft.warnings).append(fault.text)
    for form, annex in annexes:
        failing = draft.figures.get(f"{form.of}.failing")
        rows = sum(row.kind == "row" for row in annex.rows)
        if form.layout == "list" and form.of not in ("columns", "previous") and failing is not None and failing.value != rows:
            draft.refused.append(f"{annex.title}：{rows} 行 ≠ {failing.key} {failing.printed}")


def warn(draft: Draft, annexes: Drawn) -> None:
    province, issue, figures = draft.province, draft.issue, draft.figures
    rounding = {key: draft.counting.rounding(key) for key in figures}
    keys = [draft.voice.words.key(v) for s in province.standings.values() for v in s.failures]
    said = draft.warnings
    said += oddities.of_times(issue, province.T)
    said += oddities.of_rounding(figures.values(), rounding)
    said += oddities.of_unnamed(draft.form, figures)
    said += oddities.of_titles(issue, [(form, annex.title, annex.listed) for form, annex in annexes], figures)
    said += oddities.of_words(keys, draft.voice.words)
    said += [fault for form in draft.form.annexes for fault in ranking.twice(form, draft.inputs)]
    said += unsaid.of_issue(issue, figures)
    said += unsaid.of_scopes(draft.form, figures, province)
    said += unsaid.of_repeats(figures, province)
    said += unsaid.of_names(issue, province)
    said += repeated(province, figures, draft.form.repeated)
    said += [f"表样没有名为 {slot} 的段落位置，期次文件中的该段未印出" for slot in unknown_slots(draft.form, issue)]
    said += [f"表样没有名为 {name} 的附件，期次文件中的该附件表述未用上" for name in _unknown_annexes(draft)]
    said += _left_out(draft)
    draft.notes += _noted(draft)


def _left_out(draft: Draft) -> Iterator[str]:
    """What of the verdicts went into no figure."""
    province = draft.province
    if province.strangers:
        few = "、".join(province.strangers[:5])
        yield f"{len(province.strangers)} 个被判定的对象不在名录中（{few}），未计入"
    if province.bad_lines:
        yield f"判定文件有 {len(province.bad_lines)} 行无法读取（{province.bad_lines[0]}），未计入"
    if province.doubled:
        few = "、".join(province.doubled[:5])
        yield f"判定文件对同一对象同一规则有 {len(province.doubled)} 处重复（{few}），取最后一条"
    for kind, name in _NAMES:
        silent = [s.subject.name for s in province.of(kind) if s.state == "unchecked"]
        if silent:
            yield f"{len(silent)} 个{name}没有判定结果（{'、'.join(silent[:5])}），未计入检查数"


def _noted(draft: Draft) -> Iterator[str]:
    """How the totals came about."""
    province = draft.province
    for kind, name in _NAMES:
        if paused := province.paused(kind):
            yield f"{paused} 个{name}在监测时间点不检查，未计入总数"
        if exempt := sum(s.state == "exempt" for s in province.of(kind)):
            yield f"{exempt} 个{name}按豁免处理，未计入检查数"
    column = draft.figures.get("columns.undetermined")
    if column and column.value and speaks_of_columns(draft.form):
        yield f"{column.printed} 个栏目未能判定，未计入栏目合格率"


def speaks_of_columns(form: Form) -> bool:
    return any(annex.of == "columns" for annex in form.annexes) or any(
        "{columns." in t for part in form.body for t in part.text
    )


def _unknown_annexes(draft: Draft) -> list[str]:
    return sorted(draft.issue.annexes.keys() - {annex.name for annex in draft.form.annexes})
