"""From standings, tables and words to a circular. Everything is decided here; renderers only lay it out."""

from collections.abc import Iterable
from typing import Final

from checker.circular import listing, ranking
from checker.circular.annexes import annexes, unit_slips
from checker.circular.body import named_texts, paragraphs
from checker.circular.cells import Voice
from checker.circular.charts import charts
from checker.circular.draft import Draft
from checker.circular.follow import Following, follow_up
from checker.circular.form import Form
from checker.circular.issue import Issue
from checker.circular.model import Circular, CircularRefused, Statistic
from checker.circular.standing import Province
from checker.circular.statistics import Counting, observed, rounding_of
from checker.circular.supplied import stated
from checker.circular.texts import Texts
from checker.circular.times import chinese
from checker.circular.warn import cross_foot, hold_undetermined, warn
from checker.circular.words import Words, vocabulary
from checker.verdict import BadLine, Verdict
from register.inputs import Inputs

_ENTRIES: Final = ("list", "problems")


def compose(
    province: Province,
    form: Form,
    issue: Issue,
    inputs: Inputs | None = None,
    previous: Iterable[Verdict | BadLine] | None = None,
    lenient: bool = False,
) -> Circular:
    """The circular of one issue in one form. Raises CircularRefused with every reason.

    1. refuse while a subject is undetermined, unless `lenient` counts it as passing and a note says how many
    2. figures: observed, followed up, stated   3. annexes   4. body   5. cross-foot what is printed   6. warn of the rest
    """
    draft = _draft(province, form, issue, inputs or Inputs(), previous, lenient)
    hold_undetermined(draft, lenient)
    for annex in form.annexes:
        if annex.layout in _ENTRIES and annex.of != "previous":
            draft.listed.setdefault(annex.of, []).extend(listing.entries(annex, draft))
    texts = Texts(draft.figures, named_texts(issue, province.T, draft.listed, draft.voice))
    body = tuple(paragraphs(form, issue, texts))
    drawn = annexes(draft, texts)
    cross_foot(draft, texts.used, drawn)
    warn(draft, drawn)
    if draft.refused:
        raise CircularRefused(draft.refused)
    return Circular(
        title=issue.title,
        issuer=issue.issuer,
        number=issue.number,
        period=issue.period,
        issued=chinese(issue.issued) if issue.issued else None,
        addressees=issue.addressees,
        T=province.T,
        rules=province.rules,
        register=province.register,
        statistics=tuple(draft.figures.values()),
        paragraphs=body,
        annexes=tuple(annex for _, annex in drawn),
        slips=unit_slips(draft),
        charts=charts(draft),
        notes=tuple(draft.notes),
        warnings=tuple(dict.fromkeys(draft.warnings)),
        copies_to=issue.copies_to,
        published=issue.published,
    )


def _draft(
    province: Province,
    form: Form,
    issue: Issue,
    inputs: Inputs,
    previous: Iterable[Verdict | BadLine] | None,
    lenient: bool,
) -> Draft:
    rounding = rounding_of(issue.rounding, form.rounding)
    back = follow_up(province, previous) if previous is not None else Following()
    counting = Counting(rounding, lenient, back.known)
    words = Words(vocabulary(), {**form.words, **issue.words}, {**form.body_words, **issue.body_words})
    draft = Draft(province, form, issue, inputs, counting, Voice(words, issue))
    supplied, contradictions = stated(inputs, rounding)
    draft.figures = observed(province, counting) | back.figures
    draft.figures |= ranking.counted(form.annexes, inputs) | _unless_observed(draft, supplied)
    draft.followed = back.entries
    draft.warnings += [*back.warnings, *contradictions]
    return draft


def _unless_observed(draft: Draft, supplied: dict[str, Statistic]) -> dict[str, Statistic]:
    """The office's figures; where one is observed as well and differs, what was observed stays."""
    kept = {}
    for key, figure in supplied.items():
        own = draft.figures.get(key)
        if own is None:
            kept[key] = figure
        elif own.value != figure.value:
            where = "、".join(figure.places)
            draft.warnings.append(f"{key}：{where} 填 {figure.printed}，按名录和判定结果应为 {own.printed}，取后者")
    return kept
