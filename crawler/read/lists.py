"""List and home pages: find the groups of dated rows, choose the column's own, and say what it proves.

1. positions of dates, the cheap way; groups of rows around them
2. the group that is the column's own (`choose.py`)
3. if that is not clear, once more with every writing of a date
4. if no row bears a date: the dates in the URLs of the largest group of links
5. if there are no rows: proof that the column is empty, or that a script fills it; else unknown
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from crawler.read import emptiness, scan
from crawler.read.choose import choose, choose_home
from crawler.read.column import column_names
from crawler.read.dates import date_in_url
from crawler.read.document import Document
from crawler.read.links import Base, plain
from crawler.read.outline import outline
from crawler.read.page import Candidate, Page, Trace
from crawler.read.place import has_pager
from crawler.read.regular import harmless, regular_groups
from crawler.read.rowread import Dated, RowRead
from crawler.read.rows import Group, find_groups
from crawler.read.scripted import scripted
from crawler.read.selector import BadSelectorError, select_rows
from crawler.read.undated import link_groups
from crawler.read.weigh import Weighed, rows_read, weigh
from crawler.read.years import settle
from crawler.records import Flag, Item, Reading, Source

MOST_ITEMS: Final = 100
LARGEST: Final = 300_000
"""Characters of a page that are looked at; what is cut off is treated as if it had not come."""
_AHEAD: Final = 1_500
"""Markup outlined before the first date and behind the last: enough to see where the rows begin and end."""
_BEHIND: Final = 2_000
_CLEAR_ROWS: Final = 5
_SURE_ORDER: Final = 5
_CLOSE_RIVAL: Final = 4.0
NO_YEAR: Final = "no_year"
"""Flag of a list dated by month and day alone; its items stand latest first, as if all were of the last twelve months."""


@dataclass(slots=True)
class ListFound:
    reading: Reading
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()
    trace: Trace | None = None


def read_list(text: str, page: Page, *, trace: bool = False, short_way: bool = True) -> ListFound:
    """The reading of an HTML page as a list (or, for a home page, of all its lists).

    short_way: rows of plain lists may be found without an outline; the answer is the same.
    """
    return _Reader(text, page, trace=trace, short_way=short_way and not trace).read()


class _Reader:
    __slots__ = ("base", "cut", "home", "names", "now", "page", "short_way", "text", "trace", "weighed")

    def __init__(self, text: str, page: Page, *, trace: bool, short_way: bool):
        self.text = text if len(text) <= LARGEST else text[:LARGEST]
        self.cut = len(text) > LARGEST
        self.page = page
        self.base = Base(page.url)
        self.now = page.now
        self.home = page.kind in ("home", "probe")
        self.trace = trace
        self.short_way = short_way
        self.weighed: list[Weighed] = []
        self.names: frozenset[str] | None = None

    def read(self) -> ListFound:
        chosen: list[Weighed] = []
        certain: list[int] | None = None
        if not self.home:
            certain = scan.with_year(self.text)
            chosen = self._dated(certain)
        if not self._clear(chosen) and (every := scan.all_writings(self.text, certain)) != certain:
            chosen = self._dated(every)
        if chosen:
            return self._list(chosen, "row")
        if any(w.reason in ("ambiguous", "few_dates") for w in self.weighed):
            return self._nothing(Reading("unknown"))
        yearless = [w for w in self.weighed if w.reason == "no_year"]
        if yearless:
            return self._without_year(yearless)
        return self._home_by_urls() if self.home else self._without_dates()

    def selected(self, made: Weighed) -> ListFound:
        """The reading of rows that somebody else chose."""
        return self._list([made], "row")

    def _dated(self, positions: list[int]) -> list[Weighed]:
        """The chosen groups among those around `positions`; all of them stay in `self.weighed`."""
        known = rows_read(self.weighed)
        self.weighed = [weigh(self.text, group, self.base, self.now, known) for group in self._groups(positions)]
        for made in self.weighed:
            if made.yearless:
                _settle(made, self.page)
        if self.home:
            return choose_home(self.text, self.weighed)
        return choose(self.text, self.weighed, self._called, thorough=self.trace)

    def _called(self) -> frozenset[str]:
        """The column's names, told once for both looks."""
        if self.names is None:
            self.names = column_names(self.text)
        return self.names

    def _groups(self, positions: list[int]) -> list[Group]:
        if not positions:
            return []
        self.cut = self.cut or len(positions) >= scan.MOST_DATES
        if self.short_way:
            groups = regular_groups(self.text, positions)
            if groups is not None:
                return groups
        if not self.trace:
            positions = self._inner(positions)
            if not positions:
                return []
        start, end = max(0, positions[0] - _AHEAD), min(len(self.text), positions[-1] + _BEHIND)
        outlined = outline(self.text, positions, start, end)
        self.cut = self.cut or not outlined.whole
        return find_groups(outlined, positions, complete=len(positions) < scan.MOST_DATES)

    def _inner(self, positions: list[int]) -> list[int]:
        """Without the clock at the top and the copyright at the foot: less to outline."""
        first, last = 0, len(positions)
        while first < last and harmless(self.text, positions[first]):
            first += 1
        while last > first and harmless(self.text, positions[last - 1]):
            last -= 1
        return positions[first:last]

    def _clear(self, chosen: list[Weighed]) -> bool:
        """Whether a second look, for rarer writings, is not needed."""
        if not chosen:
            return False
        best = chosen[0]
        return best.dated >= _CLEAR_ROWS and best.dated == len(best.rows) and best.score >= min(best.dated, 20) + 6

    def _list(self, chosen: list[Weighed], source: Source) -> ListFound:
        rows = [(row, dated) for w in chosen for row, dated in zip(w.rows, w.dates, strict=True)]
        if len(chosen) > 1:
            rows.sort(key=lambda pair: pair[0].start)
        known = [(row, dated) for row, dated in rows if dated is not None]
        top, newest = known[0]
        for row, dated in known:
            if dated.value > newest.value:
                top, newest = row, dated
        reading = Reading(
            "list",
            newest=newest.value,
            precision=newest.precision,
            source="script" if newest.slot == "script" else source,
            text=plain(newest.text),
            title=top.title or None,
            item_url=top.url,
            items=len(rows),
            dated=len(known),
            oldest=min(dated.value for _, dated in known),
        )
        items = tuple(_item(row, dated) for row, dated in rows[:MOST_ITEMS])
        if self.home:
            return ListFound(reading, items, tuple(self._flags()), self._trace())
        days = [dated.value[:10] for _, dated in known]
        if _oldest_first(days) and has_pager(self.text, chosen[0].group.end):
            evidence = f"row 1 says {days[0]}, the last row {days[-1]}, and pages follow"
            return self._nothing(Reading("unknown", items=len(rows)), items, Flag("oldest_first", evidence))
        flags = _order_flags(days, newest.value[:10])
        return ListFound(reading, items, (*flags, *self._flags()), self._trace())

    def _without_year(self, groups: list[Weighed]) -> ListFound:
        """Rows dated by month and day alone, the latest first if all are of the last twelve months: articles tell the year."""
        best = max(groups, key=lambda w: w.score)
        if any(w is not best and w.score > best.score - _CLOSE_RIVAL for w in groups):
            return self._nothing(Reading("unknown"))
        days = [(max((d.value for d in row.dates if d.yearless), default=""), row) for row in best.rows]
        days.sort(key=lambda pair: pair[0], reverse=True)
        items = tuple(_item(row, None) for _, row in days[:MOST_ITEMS] if row.url)
        latest = days[0][1]
        evidence = next((plain(d.text) for d in latest.dates if d.yearless), "")
        return self._nothing(Reading("unknown", items=len(best.rows)), items, Flag(NO_YEAR, evidence))

    def _home_by_urls(self) -> ListFound:
        """A home page whose rows bear no date: those of its groups whose addresses do."""
        told = [
            made
            for group in link_groups(self.text, self.base, self._called)
            if (made := _by_urls(group, self.page)) is not None
        ]
        return self._list(told, "url") if told else self._nothing(Reading("unknown"))

    def _without_dates(self) -> ListFound:
        best = max(link_groups(self.text, self.base, self._called), key=lambda g: g.score, default=None)
        if best is not None:
            made = _by_urls(best, self.page)
            if made is not None:
                self.weighed.append(made)
                return self._list([made], "url")
            items = tuple(_item(row, None) for row in best.rows[:MOST_ITEMS])
            return self._nothing(Reading("unknown", items=len(best.rows)), items, Flag("no_dates"))
        if self.page.partial or self.cut:
            return self._nothing(Reading("unknown"))
        dialect = scripted(self.text)
        proof = emptiness.proof_of_empty(self.text, dialect)
        if proof:
            return self._nothing(Reading("blank"), (), Flag("empty", proof))
        if dialect:
            return self._nothing(Reading("dynamic"), (), Flag("scripted", dialect))
        return self._nothing(Reading("unknown"))

    def _nothing(self, reading: Reading, items: tuple[Item, ...] = (), *flags: Flag) -> ListFound:
        return ListFound(reading, items, (*flags, *self._flags()), self._trace())

    def _flags(self) -> list[Flag]:
        flags = []
        for w in self.weighed:
            if w.ahead and w.reason in ("chosen", "future"):
                flags.append(Flag("future_date", plain(w.ahead[0].text)))
                break
        if self.page.partial:
            flags.append(Flag("partial"))
        if self.cut:
            flags.append(Flag("cut_short", "more than is looked at"))
        return flags

    def _trace(self) -> Trace | None:
        if not self.trace:
            return None
        ranked = sorted(self.weighed, key=lambda w: (w.reason != "chosen", -w.score))
        return Trace(tuple(_candidate(self.text, w) for w in ranked))


def _settle(made: Weighed, page: Page) -> None:
    """Give rows without a year the year that is proved; a group where none is proved has no dates."""
    made.dates = settle(made.rows, made.dates, [row.block for row in made.group.rows], page.now)
    unproved = (
        d.value for row, given in zip(made.rows, made.dates, strict=True) if given is None for d in row.dates if d.yearless
    )
    made.doubtful = max(unproved, default="")
    known = [d.value for d in made.dates if d is not None]
    made.newest = max(known, default="")
    made.dated = len(known)
    if not known:
        made.reason = "no_year"


def _by_urls(best: Weighed, page: Page) -> Weighed | None:
    """The group dated by its rows' URLs, where most of them tell the day."""
    told = [date_in_url(row.url, page.now) if row.url else None for row in best.rows]
    dates = [Dated(t.value, "day", t.text, "url", "alone") if t is not None and t.precision == "day" else None for t in told]
    known = sum(d is not None for d in dates)
    if known < 3 or known * 5 < len(dates) * 4:
        return None
    newest = max(d.value for d in dates if d is not None)
    return replace(best, dates=dates, dated=known, newest=newest, reason="chosen")


def _item(row: RowRead, dated: Dated | None) -> Item:
    return Item(row.title, row.url, dated.value if dated is not None else None)


def _oldest_first(days: list[str]) -> bool:
    """Whether a list runs upwards: then its newest row stands on its last page, and this one proves nothing."""
    return len(days) >= _SURE_ORDER and days[0] < days[-1] and all(a <= b for a, b in pairwise(days))


def _order_flags(days: list[str], newest: str) -> list[Flag]:
    """`pinned` where the newest does not come first, `unordered` where the rest does not fall either."""
    flags = []
    if days[0] < newest:
        flags.append(Flag("pinned", f"row 1 says {days[0]}, row {days.index(newest) + 1} says {newest}"))
    rises = sum(a < b for a, b in pairwise(days))
    if rises > max(1, len(days) // 5):
        flags.append(Flag("unordered", f"{rises} of {len(days) - 1} steps rise"))
    return flags


def _candidate(text: str, w: Weighed) -> Candidate:
    sample = next((d.text + " " + r.title for r, d in zip(w.rows, w.dates, strict=True) if d and d.value == w.newest), "")
    if not sample:
        first = w.group.rows[0]
        at = first.dates[0] if first.dates else first.start
        sample = text[at : at + 60].partition("<")[0]
    return Candidate(w.group.where.removeprefix(" > "), len(w.rows), w.dated, w.newest or None, plain(sample, 80), w.reason)


def read_selected(doc: Document, page: Page) -> ListFound:
    """The list whose rows the register's selector names; `none` with a flag where it names nothing that can be read."""
    expression = page.rules.selector if page.rules and page.rules.selector else ""
    try:
        text, made = select_rows(doc, expression)
    except BadSelectorError as error:
        return ListFound(Reading("none"), (), (Flag("bad_selector", plain(str(error))),))
    if made is None:
        return ListFound(Reading("none"), (), (Flag("empty_selector", plain(expression)),))
    if made.yearless:
        _settle(made, page)
    if not made.dated:
        return ListFound(Reading("none"), (), (Flag("undated_selector", plain(expression)),))
    reader = _Reader(text, page, trace=False, short_way=False)
    reader.weighed = [made]
    return reader.selected(made)
