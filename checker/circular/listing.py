"""Annexes that list: failing sites and accounts, late columns; with group rows, or by problem (circulars.md §2.1-2.3)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from checker.circular.cells import Entry, Voice, cell
from checker.circular.draft import Draft
from checker.circular.form import AnnexForm, Column, Grouping, Sorting
from checker.circular.issue import Issue, Order
from checker.circular.model import Row
from checker.circular.proofs import proofs
from checker.circular.standing import Province, Standing
from checker.verdict import Detail, Verdict
from register import LEVELS, Subject

_LATE_NOTES: Final = frozenset({"stale", "blank"})


def entries(form: AnnexForm, draft: Draft) -> list[Entry]:
    """What the annex has to list, in the form's order."""
    province, issue = draft.province, draft.issue
    found: Iterable[Entry] = draft.followed
    if form.of != "previous":
        found = _columns(form, province) if form.of == "columns" else _failing(form.of, province)
    order = Order(regions_in_order(province, issue), issue.order.units)
    keys = [_sorting(key, order) for key in ("code", *reversed(form.sort))]
    out = list(found)
    for key in keys:
        out.sort(key=key)
    return out


def header(form: AnnexForm) -> tuple[tuple[str, ...], ...]:
    """The header rows; a column with fewer texts than another repeats its last one downwards."""
    texts = [(column.header,) if isinstance(column.header, str) else column.header for column in form.columns]
    depth = max(map(len, texts))
    return tuple(tuple(text[min(n, len(text) - 1)] for text in texts) for n in range(depth))


def rows(form: AnnexForm, found: list[Entry], voice: Voice) -> Iterator[Row]:
    """The numbered rows, with a group row before each group where the form groups."""
    group = _grouping(form, voice) if form.group_by else None
    width = len(form.columns)
    number = 0
    ordered = sorted(found, key=_group_order(group, found)) if group else found
    for label, members in groupby(ordered, key=group) if group else [("", iter(ordered))]:
        if group:
            yield Row((label,) * width, "group")
        for entry in members:
            number += 1
            cells = tuple(_cell(column, entry, number, voice) for column in form.columns)
            yield Row(cells, proofs=proofs(entry, voice.words))


def by_problem(form: AnnexForm, found: list[Entry], voice: Voice) -> Iterator[Row]:
    """A heading with its count for each problem, the entries below it; one with two problems stands under both."""
    problems: dict[str, list[Entry]] = {}
    for entry in found:
        for problem in voice.problems(entry):
            problems.setdefault(problem, []).append(entry)
    for problem, members in problems.items():
        yield Row((f"{problem}（{len(members)}个）",), "group")
        for number, entry in enumerate(members, 1):
            text = "".join(_cell(column, entry, number, voice) for column in form.columns)
            yield Row((text,), proofs=proofs(entry, voice.words))


def _cell(column: Column, entry: Entry, number: int, voice: Voice) -> str:
    text = cell(column.value, entry, number, voice)
    return column.template.replace("{}", text) if text else ""


def _failing(of: str, province: Province) -> Iterator[Entry]:
    for standing in province.of(of):
        if standing.state == "fail":
            yield Entry(standing.subject, standing.failures, _own_url(standing))


def _columns(form: AnnexForm, province: Province) -> Iterator[Entry]:
    """Each late or blank column once, whichever rules list it; what a rule could not decide lists nothing."""
    for kind in form.kinds:
        for standing in province.of(f"{kind}s"):
            late: dict[str, tuple[Detail, list[Verdict]]] = {}
            for verdict in standing.verdicts:
                for detail in verdict.detail if verdict.result == "fail" else ():
                    if _is_late(detail):
                        key = detail.target or detail.url or detail.name or ""
                        late.setdefault(key, (detail, []))[1].append(verdict)
            for detail, verdicts in late.values():
                yield Entry(standing.subject, tuple(verdicts), _own_url(standing), detail)


def _is_late(detail: Detail) -> bool:
    return (detail.overdue_days or 0) > 0 or detail.note in _LATE_NOTES


def _own_url(standing: Standing) -> str | None:
    return next((target.url for target in standing.targets if target.kind in ("home", "account")), None)


def regions_in_order(province: Province, issue: Issue) -> tuple[str, ...]:
    """The office's order of regions; those it does not name follow as the register's codes bring them (sites first)."""
    found = (s.subject.region for s in province.standings.values() if s.subject.region)
    return tuple(dict.fromkeys((*issue.order.regions, *found)))


def _place(order: tuple[str, ...], *names: str | None) -> int:
    return min((order.index(name) for name in names if name in order), default=len(order))


def _sorting(key: Sorting, order: Order) -> Callable[[Entry], tuple[int, str]]:
    """Units that the office does not name keep together, in the order of their codes."""
    sortings: dict[Sorting, Callable[[Entry], tuple[int, str]]] = {
        "code": lambda entry: (0, entry.subject.code),
        "region": lambda entry: (_place(order.regions, entry.subject.region), ""),
        "unit": lambda entry: _unit_place(order.units, entry.subject),
        "level": lambda entry: (LEVELS.index(entry.subject.level) if entry.subject.level else len(LEVELS), ""),
        "platform": lambda entry: (0, entry.subject.platform or ""),
        "overdue": lambda entry: (-((entry.detail.overdue_days or 0) if entry.detail else 0), ""),
    }
    return sortings[key]


def _unit_place(order: tuple[str, ...], subject: Subject) -> tuple[int, str]:
    place = _place(order, subject.short, subject.unit, subject.name)
    return place, "" if place < len(order) else subject.code


def _grouping(form: AnnexForm, voice: Voice) -> Callable[[Entry], str]:
    labels: Mapping[str, str] = form.labels
    reads: dict[Grouping, Callable[[Entry], str]] = {
        "platform": lambda entry: entry.subject.platform or "未注明类型",
        "region": lambda entry: voice.issue.name(entry.subject.region or "未注明地区"),
        "problem": lambda entry: voice.joined_by.join(voice.problems(entry)),
        "level": lambda entry: entry.subject.level or "未注明级别",
    }
    read = reads[form.group_by or "platform"]
    return lambda entry: labels.get(read(entry), read(entry))


def _group_order(group: Callable[[Entry], str], found: list[Entry]) -> Callable[[Entry], int]:
    """Groups stand in the order of their first entry."""
    first = list(dict.fromkeys(map(group, found)))
    return lambda entry: first.index(group(entry))
