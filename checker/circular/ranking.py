"""Tiers and commendations that the office states (circulars.md §2.5): 梯队 ｜ 网站名称, 工作内容 ｜ 单位."""

from collections.abc import Iterable, Iterator

from checker.circular.form import AnnexForm
from checker.circular.model import Row, Statistic
from register.inputs import Inputs, Ranked

EVALUATED = "evaluation.sites"


def tiers(form: AnnexForm, inputs: Inputs) -> Iterator[Row]:
    """Tier, list and names, `abreast` names to a row; the last row of a list is filled up with empty cells."""
    places = {ranking.table: _places(inputs, ranking.table) for ranking in form.tables}
    for tier in _tiers(places.values()):
        for ranking in form.tables:
            names = [form.template.replace("{}", place.name) for place in places[ranking.table] if (place.tier or "") == tier]
            for start in range(0, len(names), form.abreast):
                abreast = names[start : start + form.abreast]
                yield Row((tier, ranking.label, *abreast, *[""] * (form.abreast - len(abreast))))


def units(form: AnnexForm, inputs: Inputs) -> Iterator[Row]:
    """One row for each list: what it is for, and its names joined."""
    for ranking in form.tables:
        names = [form.template.replace("{}", place.name) for place in _places(inputs, ranking.table)]
        if names:
            yield Row((ranking.label, form.separator.join(names)))


def header(form: AnnexForm) -> tuple[tuple[str, ...], ...]:
    """One header row; its last text covers the label and all names of a tier table."""
    if form.layout == "units":
        return (form.header,)
    width = 2 + form.abreast
    return ((*form.header, *[form.header[-1]] * (width - len(form.header))),)


def counted(forms: Iterable[AnnexForm], inputs: Inputs) -> dict[str, Statistic]:
    """How many places each list has, under the key that the form gives it; their sum is the number of evaluated sites."""
    found: dict[str, Statistic] = {}
    ranked = 0
    for form in forms:
        for ranking in form.tables:
            number = len(_places(inputs, ranking.table))
            if ranking.counts_as and number:
                found[ranking.counts_as] = Statistic(ranking.counts_as, number, str(number), "derived")
                ranked += number if form.layout == "ranking" else 0
    if ranked:
        found[EVALUATED] = Statistic(EVALUATED, ranked, str(ranked), "derived")
    return found


def twice(form: AnnexForm, inputs: Inputs) -> list[str]:
    """Names that stand in a tier table more than once."""
    names = [place.name for ranking in form.tables for place in _places(inputs, ranking.table)]
    doubled = sorted({name for name in names if names.count(name) > 1}) if form.layout == "ranking" else []
    return [f"{form.title}：“{name}”出现了不止一次" for name in doubled]


def _places(inputs: Inputs, table: str) -> list[Ranked]:
    """In the office's order, where it gives one; else as the rows stand."""
    places = [place for place in inputs.ranked if place.table == table]
    return sorted(places, key=lambda place: place.order if place.order is not None else 0)


def _tiers(tables: Iterable[list[Ranked]]) -> list[str]:
    """All tiers, in the order in which they first come."""
    merged: list[str] = []
    for places in tables:
        at = 0
        for tier in dict.fromkeys(place.tier or "" for place in places):
            if tier in merged:
                at = merged.index(tier) + 1
            else:
                merged.insert(at, tier)
                at += 1
    return merged
