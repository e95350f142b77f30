"""From the positions of dates to rows, and from rows to groups that repeat: what a list is on a page.

A row is the smallest repeated block around a date that also holds a link: `li`, `tr`, `div.item`. Where no block repeats
(`<a>…</a> 2024-09-03<br>`, `<dt><a>…</a></dt><dd>2024-09-03</dd>`, `<a><div>…</div><div>2024-09-03</div></a>`), the stretch
between the dates is cut at the links. Rows whose blocks have the same names and classes all the way up form one group, so
that a list cut into several `ul`, or shown in several tabs, stays one list.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Final

from msgspec import Struct

from crawler.read.outline import Outline

_LINK: Final = re.compile(r"<[aA][\s>]")
_MARKS: Final = re.compile(r"\b(?:class|id|width)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_ROW_NAMES: Final = frozenset({"li", "tr", "td", "dd"})
LOOSE: Final = "(loose)"
_DIGITS: Final = re.compile(r"[0-9]+")
_HIGHEST: Final = 12
_ENOUGH_LINKS: Final = 12
_MOST_LINKS: Final = 4
_MOST_LOOSE: Final = 10
_MOST_ROWS: Final = 1_000
_LARGEST_LONE_ROW: Final = 4_000


class Row(Struct):
    """One row: its stretch of the markup, the positions of what may be dates in it, and the number of the list it is in."""

    start: int
    end: int
    dates: list[int]
    block: int = 0


@dataclass(slots=True)
class Group:
    """Rows of one make, in document order. `where` is their place as blocks from the outside in.

    outlined  what they were found in; None where they were found without an outline
    """

    where: str
    rows: list[Row] = field(default_factory=list)
    name: str = ""
    blocks: set[int] = field(default_factory=set)
    starts: dict[int, Row] = field(default_factory=dict)
    outlined: Outline | None = None

    @property
    def start(self) -> int:
        return self.rows[0].start

    @property
    def end(self) -> int:
        return self.rows[-1].end


def find_groups(outlined: Outline, positions: list[int], *, complete: bool = True) -> list[Group]:
    """The groups of rows around `positions`, in document order, with the rows of the same lists that bear no date.

    complete: `positions` are all there are; else rows without one are not known to bear no date, and are left out.
    """
    return _Finder(outlined, positions).groups(complete)


def call(name: str, tag: str) -> str:
    """A block by its name and marks, `ul.list`; digits of ids do not count, since tabs are numbered."""
    marks = [name]
    for mark in _MARKS.finditer(tag):
        value = mark[1] or mark[2] or mark[3] or ""
        marks.append(_DIGITS.sub("", value) if mark[0][0] in "iI" else value)
    return ".".join(marks)


class _Finder:
    def __init__(self, outlined: Outline, positions: list[int]):
        self.outlined = outlined
        self.text = outlined.text
        self.pending = {i: number for i, number in enumerate(outlined.at) if number >= 0}
        self.positions = positions
        self.places: dict[int, str] = {0: "", -1: ""}
        self.called: dict[int, str] = {}
        self.linked: dict[int, int] = {}
        self.link_starts = [match.start() for match in _LINK.finditer(self.text, outlined.start[0], outlined.end[0])]
        self.row_of: dict[int, Row] = {}
        self.found: dict[str, Group] = {}
        self.group_of: dict[tuple[int, str], Group] = {}

    def groups(self, complete: bool) -> list[Group]:
        self._cut_leaves()
        lone: dict[int, int] = {}
        for level in range(_HIGHEST):
            if not self.pending:
                break
            self._take_level(level, lone)
        for i in sorted(self.pending):
            self._take_lone(i, lone.get(i))
        found = list(self.found.values())
        if complete:
            self._add_undated(found)
        for group in found:
            group.rows.sort(key=lambda row: row.start)
            for row in group.rows:
                row.dates.sort()
        found.sort(key=lambda group: group.start)
        return found

    def _add_undated(self, found: list[Group]) -> None:
        """The other rows of the lists: blocks of the same name beside the dated ones that hold a link."""
        wanted: dict[int, Group] = {}
        for group in found:
            if group.name[0] != "(" and len(group.rows) > 1:
                wanted.update((block, group) for block in group.blocks)
        if not wanted:
            return
        name, start, end = self.outlined.name, self.outlined.start, self.outlined.end
        for number, parent in enumerate(self.outlined.parent):
            group_of = wanted.get(parent)
            if group_of is None or name[number] != group_of.name or start[number] in group_of.starts:
                continue
            if self.links(number):
                row = group_of.starts[start[number]] = Row(start[number], end[number], [], parent)
                group_of.rows.append(row)
                if len(group_of.rows) >= _MOST_ROWS:
                    return

    def links(self, number: int) -> int:
        count = self.linked.get(number)
        if count is None:
            start, end = self.outlined.start[number], self.outlined.end[number]
            count = bisect_left(self.link_starts, end) - bisect_left(self.link_starts, start)
            count = self.linked[number] = count or int(self.text.find("onclick", start, end) >= 0)
        return count

    def place(self, number: int) -> str:
        """Names, ids and classes of the nearest blocks from the outside in: `div.main > ul.list`."""
        known = self.places.get(number)
        if known is None:
            chain: list[str] = []
            at = number
            while at > 0 and len(chain) < _HIGHEST:
                chain.append(self._call(at))
                at = self.outlined.parent[at]
            if at > 0:
                chain.append(f"({at})")
            known = self.places[number] = " > ".join(reversed(chain))
        return known

    def _call(self, number: int) -> str:
        known = self.called.get(number)
        if known is None:
            known = self.called[number] = call(self.outlined.name[number], self.outlined.tag(number))
        return known

    def _cut_leaves(self) -> None:
        """Blocks that hold many dates and links themselves, with nothing but inline markup between."""
        parent, name = self.outlined.parent, self.outlined.name
        inside: dict[int, list[int]] = {}
        for i, number in self.pending.items():
            inside.setdefault(number, []).append(i)
        kin = Counter((parent[number], name[number]) for number in inside)
        for number, members in inside.items():
            if len(members) < 2 or self.links(number) < 2:
                continue
            row_like = name[number] in _ROW_NAMES
            if row_like and kin[parent[number], name[number]] >= 2:
                continue
            stops = [self.positions[i] for i in members]
            apart = sum(1 for a, b in pairwise(stops) if _LINK.search(self.text, a, b))
            if apart >= 2 or (apart and not row_like):
                self._cut(number, members, stops)

    def _take_level(self, level: int, lone: dict[int, int]) -> None:
        """The blocks that hold the pending dates are rows, or are cut, or are left for the blocks around them."""
        parent, name, links = self.outlined.parent, self.outlined.name, self.links
        inside: dict[int, list[int]] = {}
        for i, number in self.pending.items():
            inside.setdefault(number, []).append(i)
        siblings: dict[tuple[int, str], list[int]] = {}
        for number in inside:
            siblings.setdefault((parent[number], name[number]), []).append(number)
        alike = _Alike(self, level)
        rows: dict[int, list[int]] = {}
        cuts: dict[int, list[int]] = {}
        for number, members in inside.items():
            if known := self.row_of.get(number):
                known.dates.extend(self.positions[i] for i in members)
                self._done(members)
                continue
            key = parent[number], name[number]
            same = siblings[key]
            linked = links(number) if number else 0
            if number and linked and len(same) >= 2 and alike(number, key, same):
                rows[number] = members
            elif number and not linked and len(same) >= 3 and links(key[0]) * 2 >= min(len(same), _ENOUGH_LINKS):
                cuts.setdefault(key[0], []).extend(members)
            else:
                self._left(number, members, lone if linked else None)
        for number, members in rows.items():
            start, end = self.outlined.start[number], self.outlined.end[number]
            self.row_of[number] = self._add(parent[number], name[number], start, end, members)
            self._done(members)
        for number, members in cuts.items():
            self._cut(number, members, [self.outlined.start[self.pending[i]] for i in members])
            self._done(members)

    def _done(self, members: list[int]) -> None:
        for i in members:
            self.pending.pop(i, None)

    def _left(self, number: int, members: list[int], lone: dict[int, int] | None) -> None:
        """Dates of a block that is no row: the block around it is asked next; the first with a link may be a lone row."""
        if lone is not None:
            for i in members:
                lone.setdefault(i, number)
        around = self.outlined.parent[number]
        if number > 0 and around >= 0:
            for i in members:
                self.pending[i] = around

    def _add(self, parent: int, name: str, start: int, end: int, members: list[int]) -> Row:
        group = self.group_of.get((parent, name))
        if group is None:
            where = f"{self.place(parent)} > {name}" if parent else name
            group = self.found.setdefault(where, Group(where, name=name, outlined=self.outlined))
            self.group_of[parent, name] = group
            group.blocks.add(parent)
        row = group.starts.get(start)
        if row is None:
            row = group.starts[start] = Row(start, end, [], parent)
            group.rows.append(row)
        row.dates.extend(self.positions[i] for i in members)
        return row

    def _cut(self, number: int, members: list[int], stops: list[int]) -> None:
        """Rows of block `number`, which are not blocks: cut where a link begins, or where a date stands if dates come first."""
        first, last = self.outlined.start[number], self.outlined.end[number]
        inner = first + len(self.outlined.tag(number)) if number else first
        dates_first = _LINK.search(self.text, inner, stops[0]) is None
        starts = list(stops)
        if not dates_first:
            starts[0] = inner
            for k in range(1, len(stops)):
                link = _LINK.search(self.text, stops[k - 1], stops[k])
                starts[k] = self.text.rfind("<", 0, link.start() + 1) if link else stops[k]
        rows: list[tuple[int, list[int]]] = []
        for k, i in enumerate(members):
            if k and not _LINK.search(self.text, stops[k - 1], stops[k]):
                rows[-1][1].append(i)
            else:
                rows.append((starts[k], [i]))
        ends = [*(start for start, _ in rows[1:]), min(last, stops[-1] + 2_000)]
        for (start, dated), end in zip(rows, ends, strict=True):
            self._add(number, "(cut)", start, end, dated)
        for i in members:
            self.pending.pop(i, None)

    def _fit_for_a_row(self, number: int) -> bool:
        """Whether a block may be a row by itself: small, few links, and no other rows inside."""
        start, end = self.outlined.start[number], self.outlined.end[number]
        if end - start > _LARGEST_LONE_ROW or self.links(number) > _MOST_LINKS:
            return False
        return not any(start < row.start and row.end <= end for group in self.found.values() for row in group.rows)

    def _take_lone(self, i: int, number: int | None) -> None:
        if number is not None and not self._fit_for_a_row(number):
            number = None
        position = self.positions[i]
        if number is None:
            loose = self.found.get(LOOSE)
            if loose is not None and len(loose.rows) >= _MOST_LOOSE:
                return
            start = max(self.text.rfind(">", max(0, position - 300), position) + 1, position - 300, 0)
            self._add(0, LOOSE, start, min(len(self.text), position + 100), [i])
            return
        outlined = self.outlined
        self._add(outlined.parent[number], outlined.name[number], outlined.start[number], outlined.end[number], [i])


class _Alike:
    """Whether a block is a row among its neighbours: two of them hold a link, and high up two of them are of its class."""

    def __init__(self, finder: _Finder, level: int):
        self.finder = finder
        self.level = level
        self.known: dict[tuple[tuple[int, str], str], bool] = {}

    def __call__(self, number: int, key: tuple[int, str], same: list[int]) -> bool:
        tag = self.finder.outlined.tag
        wanted = ""
        if self.level >= 2:
            mine = _MARKS.search(tag(number))
            wanted = mine[0] if mine else ""
        answer = self.known.get((key, wanted))
        if answer is None:
            answer = _two(self.finder.links(other) for other in same)
            if answer and self.level >= 2:
                answer = _two(wanted in tag(other) for other in same)
            self.known[key, wanted] = answer
        return answer


def _two(found: Iterable[object]) -> bool:
    """Are two of them true?"""
    return sum(1 for _ in islice(filter(None, found), 2)) == 2
