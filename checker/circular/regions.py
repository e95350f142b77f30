"""Figures by region under a two-level header, with 合计 (circulars.md §2.4). A table that does not add up is not printed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from checker.circular.form import AnnexForm, Counted, Region
from checker.circular.issue import Issue
from checker.circular.listing import regions_in_order
from checker.circular.model import Row
from checker.circular.standing import Province, Standing
from checker.circular.statistics import Counting, measured

DASH: Final = "—"
Cells = list[int | None]


@dataclass(frozen=True)
class Figures:
    """The table: its rows as printed, and a sentence for each sum in it that does not hold."""

    rows: tuple[Row, ...]
    faults: tuple[str, ...]


def header(form: AnnexForm) -> tuple[tuple[str, ...], ...]:
    """One tuple per header row: the label column's text repeated down, merged headings repeated across."""
    depth = max(len(form.header), *(len(column.header) for column in form.counted))
    texts = [form.header, *(column.header for column in form.counted)]
    return tuple(tuple(text[min(n, len(text) - 1)] for text in texts) for n in range(depth))


def figures(form: AnnexForm, province: Province, issue: Issue, counting: Counting) -> Figures:
    """Each region's figures. A subject belongs to the first row that names its level, its region or its code; else to the
    row of the sites of its region, where they all stand in one (an account bears the name of its county, and no code).
    """
    plan = form.rows or _found(province, form, issue)
    belongs = _rows_of(province, plan)
    faults = _strays(form, province, belongs, plan)
    table: list[tuple[Region, Cells]] = []
    for row in plan:
        cells: Cells = []
        for number, column in enumerate(form.counted, 1):
            own = [s for s in _counted(column, province) if belongs[s.subject.code] is row]
            cells.append(None if number in row.dashes else measured(column.of, column.measure, own, counting))
        table.append((row, cells))
        faults += _across(row.label, cells, form.counted)
    rows = [Row((row.label, *map(_shown, cells))) for row, cells in table]
    if form.total:
        totals: Cells = [_total(column, province, counting) for column in form.counted]
        faults += _down(form, table, totals, province)
        rows.append(Row((form.total, *map(_shown, totals)), "total"))
    return Figures(tuple(rows), tuple(faults))


def _counted(column: Counted, province: Province) -> list[Standing]:
    kind = "sites" if column.of == "columns" else column.of
    return [s for s in province.of(kind) if not column.levels or s.subject.level in column.levels]


def _found(province: Province, form: AnnexForm, issue: Issue) -> tuple[Region, ...]:
    """Without rows in the form: one for each region of the register, in the office's order, then the register's."""
    kinds = {"sites" if column.of == "columns" else column.of for column in form.counted}
    seen = {s.subject.region for kind in kinds for s in province.of(kind)}
    return tuple(Region(issue.name(name), regions=(name,)) for name in regions_in_order(province, issue) if name in seen)


def _row_of(standing: Standing, plan: Sequence[Region]) -> Region | None:
    subject = standing.subject
    code = subject.parent or subject.code
    tests: tuple[Callable[[Region], bool], ...] = (
        lambda row: subject.level is not None and subject.level in row.levels,
        lambda row: subject.region is not None and subject.region in row.regions,
        lambda row: subject.kind != "account" and any(code.startswith(prefix) for prefix in row.codes),
    )
    return next((row for test in tests for row in plan if test(row)), None)


def _rows_of(province: Province, plan: Sequence[Region]) -> dict[str, Region | None]:
    """The row of each running subject, by its code."""
    running = [s for s in province.standings.values() if not s.paused]
    belongs = {s.subject.code: _row_of(s, plan) for s in running}
    of_region: dict[str, set[str]] = {}
    for standing in running:
        row = belongs[standing.subject.code]
        if row is not None and standing.subject.kind == "site" and standing.subject.region and not row.levels:
            of_region.setdefault(standing.subject.region, set()).add(row.label)
    rows = {row.label: row for row in plan}
    for standing in running:
        labels = of_region.get(standing.subject.region or "", set())
        if belongs[standing.subject.code] is None and len(labels) == 1:
            belongs[standing.subject.code] = rows[next(iter(labels))]
    return belongs


def _strays(form: AnnexForm, province: Province, belongs: dict[str, Region | None], plan: Sequence[Region]) -> list[str]:
    strays = {
        s.subject.code: f"{s.subject.name}（{s.subject.code}，{s.subject.region or '未注明地区'}）"
        for column in form.counted
        for s in _counted(column, province)
        if belongs[s.subject.code] is None
    }
    if not strays:
        return []
    few = "、".join(list(strays.values())[:5])
    return [f"{form.title}：{len(strays)} 个对象不属于表中任何一行，例如 {few}；请在表样中补充该地区"]


def _across(label: str, cells: Cells, columns: Sequence[Counted]) -> list[str]:
    """A row's first column of a kind is the sum of the columns marked as its parts."""
    faults = []
    for of in dict.fromkeys(column.of for column in columns):
        own = [(column, cell) for column, cell in zip(columns, cells, strict=True) if column.of == of]
        total = own[0][1]
        parts = [cell for column, cell in own if column.part]
        known = [cell for cell in parts if cell is not None]
        if total is not None and known and len(known) == len(parts) and sum(known) != total:
            faults.append(f"{label}：{own[0][0].header[-1]} {total} ≠ {' + '.join(map(str, known))} = {sum(known)}")
    return faults


def _total(column: Counted, province: Province, counting: Counting) -> int | None:
    return measured(column.of, column.measure, _counted(column, province), counting)


def _down(form: AnnexForm, table: Sequence[tuple[Region, Cells]], totals: Cells, province: Province) -> list[str]:
    """Every column adds up to its total: what a dash leaves out must be nought, and no row may be lost."""
    faults = []
    for number, (column, total) in enumerate(zip_longest(form.counted, totals)):
        parts = [cells[number] for _, cells in table]
        known = sum(cell for cell in parts if cell is not None)
        if column is not None and total is not None and known != total:
            faults.append(f"{form.title}：{column.header[-1]}各行之和 {known} ≠ {form.total} {total}")
    return faults


def _shown(cell: int | None) -> str:
    return DASH if cell is None else str(cell)
