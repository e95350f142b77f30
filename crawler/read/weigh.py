"""Which group of rows is the column's own list, and which date of each row is its publication."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from crawler.read.dates import last_day
from crawler.read.links import Base
from crawler.read.page import Reason
from crawler.read.rowread import Dated, RowRead, header_kinds, read_row
from crawler.read.rows import Group

_STANDINGS: Final = frozenset({"alone", "labelled", "edge"})


@dataclass(slots=True)
class Weighed:
    """A group that was read. `dates` runs parallel to `rows`: the publication date of each, or None.

    doubtful  the newest that a row whose year nothing proves might be
    """

    group: Group
    rows: list[RowRead]
    dates: list[Dated | None]
    newest: str = ""
    dated: int = 0
    ahead: list[Dated] = field(default_factory=list)
    own: float = 0.0
    foreign: float = 0.0
    linked: float = 0.0
    yearless: int = 0
    doubtful: str = ""
    base: float = 0.0
    score: float = 0.0
    reason: Reason = "fewer_rows"


RowsRead = dict[tuple[int, int, tuple[int, ...]], RowRead]
"""Rows of one page by their place and their dates' places."""


def rows_read(weighed: list[Weighed]) -> RowsRead:
    """The rows of a first look, so that the second reads none of them again; table rows may change with their head."""
    return {
        (row.start, row.end, tuple(row.dates)): made
        for w in weighed
        if w.group.name != "tr"
        for row, made in zip(w.group.rows, w.rows, strict=True)
    }


def weigh(text: str, group: Group, base: Base, now: datetime, before: RowsRead | None = None) -> Weighed:
    """Read a group's rows and choose each row's date. `before`: rows of the same page that were read before."""
    rows = _read(text, group, now, before)
    last = last_day(now)
    dates = pick(rows)
    ahead = [d for d in dates if d is not None and d.value[:10] > last]
    if ahead:
        dates = [None if d is not None and d.value[:10] > last else d for d in dates]
    known = [d for d in dates if d is not None]
    made = Weighed(group, rows, dates, max((d.value for d in known), default=""), len(known), ahead)
    made.yearless = sum(d.yearless for d in known)
    _links(made, base)
    return made


def _read(text: str, group: Group, now: datetime, known: RowsRead | None) -> list[RowRead]:
    """The rows, where a table head is above them with the kinds of its columns: 成文日期 and 截止时间 are not 发布日期."""
    kinds = header_kinds(text, group.start) if group.name == "tr" else []
    if not any(kinds):
        if not known:
            return [read_row(text, row, now) for row in group.rows]
        return [known.get((row.start, row.end, tuple(row.dates))) or read_row(text, row, now) for row in group.rows]
    rows = [read_row(text, row, now, cells=True) for row in group.rows]
    named = {f"td{n}": kind for n, kind in enumerate(kinds, start=1)}
    for row in rows:
        row.dates = [replace(d, kind=named.get(d.slot) or d.kind) for d in row.dates]
    return rows


def pick(rows: list[RowRead]) -> list[Dated | None]:
    """The publication date of each row. Where rows bear several dates, one place in the row is chosen for all of them."""
    if (single := _single(rows)) is not None:
        return single
    edges = Counter(d.slot for row in rows for d in row.dates if d.standing == "title_edge")
    common = {slot for slot, count in edges.items() if count >= 3 and count * 5 >= len(rows) * 4}
    usable = [
        [d for d in row.dates if d.value and d.kind != "bad" and (d.standing in _STANDINGS or d.slot in common)] for row in rows
    ]
    if all(len(dates) <= 1 for dates in usable):
        return [dates[0] if dates else None for dates in usable]
    order = _slots(usable)
    return [min(dates, key=lambda d: order[_place(d)]) if dates else None for dates in usable]


def _single(rows: list[RowRead]) -> list[Dated | None] | None:
    """The dates of rows that bear one each, alone in its node and called nothing, or none; None where a row bears another."""
    found: list[Dated | None] = []
    for row in rows:
        if not row.dates:
            found.append(None)
            continue
        dated = row.dates[0]
        if len(row.dates) > 1 or dated.standing != "alone" or dated.kind or not dated.value:
            return None
        found.append(dated)
    return found


def _place(dated: Dated) -> tuple[str, str]:
    return dated.slot, dated.kind


def _slots(usable: list[list[Dated]]) -> dict[tuple[str, str], int]:
    """The places dates have in the rows, best first: called 发布, alone in its node, in most rows, in falling order."""
    values: dict[tuple[str, str], list[str]] = {}
    marks: Counter[tuple[str, str]] = Counter()
    for dates in usable:
        for dated in dates:
            place = _place(dated)
            values.setdefault(place, []).append(dated.value[:10])
            marks[place] += 2 * (dated.standing == "alone") + (dated.precision != "month")
    rows = len(usable)
    named = {"good": 3, "": 2, "written": 1, "bad": 0}

    def worth(place: tuple[str, str]) -> tuple[float, ...]:
        listed = values[place]
        falling = sum(a >= b for a, b in pairwise(listed)) / max(1, len(listed) - 1)
        common = len(listed) / rows >= 0.6
        return (
            common,
            named[place[1]],
            marks[place] / len(listed),
            falling > 0.9,
            place[0].startswith("@"),
            len(listed),
            falling,
        )

    return {place: n for n, place in enumerate(sorted(values, key=worth, reverse=True))}


def _links(made: Weighed, base: Base) -> None:
    for row in made.rows:
        row.url = base.absolute(row.href)
    addresses = [row.url for row in made.rows[:40] if row.url]
    made.linked = sum(1 for row in made.rows if row.title) / len(made.rows)
    if not addresses:
        return
    home = base.origin + "/"
    made.foreign = sum([not a.startswith(home) for a in addresses]) / len(addresses)
    made.own = sum([is_own(a, base) for a in addresses]) / len(addresses)


def is_own(address: str, base: Base) -> bool:
    """Whether an address lies under the column's own folder, or carries the column's own number."""
    if base.folder and address.startswith(base.folder):
        return True
    return base.number is not None and base.number.search(address) is not None and address.startswith(base.origin)
