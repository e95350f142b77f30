"""The annexes of a circular: each form's table under its title, numbered, with its notes filled in."""

from checker.circular import listing, ranking, regions, slips
from checker.circular.cells import Voice
from checker.circular.draft import Draft
from checker.circular.form import AnnexForm
from checker.circular.issue import AnnexWords
from checker.circular.model import Annex, Row, Slip
from checker.circular.texts import Texts
from checker.circular.times import chinese

Header = tuple[tuple[str, ...], ...]
_MERGED = {"ranking": 2}
"""layout → how many first columns have equal neighbours merged"""


def annexes(draft: Draft, texts: Texts) -> list[tuple[AnnexForm, Annex]]:
    """The annexes that have something to say, numbered in order; a single one has no number."""
    drawn: list[tuple[AnnexForm, Header, tuple[Row, ...]]] = []
    for form in draft.form.annexes:
        head, rows = _table(form, draft)
        if rows or form.when_empty == "say":
            drawn.append((form, head, rows or (Row(("无",) * max(1, len(head[-1]) if head else 1), "group"),)))
    numbered = sum(form.numbered for form, _, _ in drawn) > 1
    out: list[tuple[AnnexForm, Annex]] = []
    number = 0
    for form, head, rows in drawn:
        number += form.numbered
        place = number if numbered and form.numbered else None
        out.append((form, _titled(form, draft, texts, place, head, rows)))
    return out


def _titled(form: AnnexForm, draft: Draft, texts: Texts, number: int | None, head: Header, rows: tuple[Row, ...]) -> Annex:
    own = draft.issue.annexes.get(form.name, AnnexWords())
    title = texts.fill(own.title or form.title) or form.title
    listed = texts.fill(own.listed or form.listed or own.title or form.title) or title
    above = own.notes_above if own.notes_above is not None else form.notes_above
    below = own.notes_below if own.notes_below is not None else form.notes_below
    notes = [tuple(note for text in side if (note := texts.fill(text))) for side in (above, below)]
    return Annex(number, title, listed, head, rows, notes[0], notes[1], form.layout, _MERGED.get(form.layout, 0))


def _table(form: AnnexForm, draft: Draft) -> tuple[Header, tuple[Row, ...]]:
    voice = Voice(draft.voice.words, draft.issue, form.joined_by)
    if form.layout == "regions":
        drawn = regions.figures(form, draft.province, draft.issue, draft.counting)
        draft.refused += drawn.faults
        return regions.header(form), drawn.rows
    if form.layout == "slip":
        return (), tuple(slips.blank(form)) if any(draft.listed.values()) else ()
    if form.layout == "ranking":
        return ranking.header(form), tuple(ranking.tiers(form, draft.inputs))
    if form.layout == "units":
        return ranking.header(form), tuple(ranking.units(form, draft.inputs))
    found = listing.entries(form, draft)
    if form.layout == "problems":
        return (), tuple(listing.by_problem(form, found, voice))
    return listing.header(form), tuple(listing.rows(form, found, voice))


def unit_slips(draft: Draft) -> tuple[Slip, ...]:
    form = next((annex for annex in draft.form.annexes if annex.layout == "slip"), None)
    due = chinese(draft.issue.rectify_by) if draft.issue.rectify_by else None
    return slips.filled(form, draft.listed.values(), draft.voice, due) if form else ()
