"""Which groups of rows are the column's own list.

What speaks for a group: its rows link below the column's own folder or carry its number (12), the nearest text above it is
the column's name (10), page numbers follow it (6), it has many dated rows (1 each, to 20). Against: blocks around it that are
called navigation or footer (20) or sidebar (8), a heading such as 热点新闻 (10) or another name (3), rows without titles (10),
links to other hosts only (4), not being shown (2). Two groups that are close and disagree are ambiguous, and a group that
nothing but its size speaks for is unproved: then nothing is chosen.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from crawler.read.column import heading_score, headings
from crawler.read.page import Reason
from crawler.read.place import against, has_pager, is_hidden, surroundings
from crawler.read.rows import LOOSE
from crawler.read.scripted import scripted
from crawler.read.weigh import Weighed
from crawler.read.words import holds

_OPEN: Final = frozenset({"fewer_rows", "no_year"})
_CLOCK: Final = (
    *((word, re.compile(f"{word}[一二三四五六日天]")) for word in ("星期", "周")),
    *((word, re.compile(word)) for word in ("今天是", "现在是", "北京时间", "农历")),
)
_STAMP: Final = (
    *((word, re.compile(rf"{word}(?:时间|日期|于)?\s*[:：]")) for word in ("更新", "生成", "发布", "统计", "制作")),
    *((word, re.compile(word)) for word in ("最后更新", "页面生成")),
)
"""Words, and what must follow them: a loose group may reach over the whole page, so the words are looked for first."""
_CLOSE: Final = 4.0
_PAGER: Final = 6.0
_MOST_EXTRA: Final = 16.0
_SURE_ROWS: Final = 5
_MANY_ROWS: Final = 10
_FEW_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """What else is known of a group once its surroundings were looked at."""

    heading: float
    pager: bool
    headed: bool


Names = Callable[[], frozenset[str]]
"""What the column is called, worked out when it is asked for."""


def look(text: str, weighed: list[Weighed], called: Names, *, thorough: bool = False) -> dict[int, _Found]:
    """Weigh the surroundings of the groups that may be chosen, largest first; what was found, by the group's id.

    A group that could not overtake one that is already proved is passed over, unless `thorough`.
    """
    names = called()
    starts = [*sorted(w.group.start for w in weighed), len(text)]
    found: dict[int, _Found] = {}
    reached = 0.0
    for w in sorted(weighed, key=lambda w: -w.base):
        if not thorough and (w.reason not in _OPEN or w.base + _MOST_EXTRA + _CLOSE < reached):
            continue
        limit = next(s for s in starts if s >= w.group.end or s == len(text))
        seen = found[id(w)] = _look(text, w, names, limit)
        if w.dated and w.reason == "fewer_rows" and (w.own >= 0.5 or seen.heading >= 10 or seen.pager):
            reached = max(reached, w.score)
    return found


def choose(text: str, weighed: list[Weighed], called: Names, *, thorough: bool = False) -> list[Weighed]:
    """The groups that make up the column's list, best first; none where none is proved. Sets each group's reason.

    thorough: look at the surroundings of every group, also where they cannot change the choice (for `explain`).
    """
    for w in weighed:
        _basis(text, w)
    able = sorted((w for w in weighed if w.dated), key=lambda w: -w.base)
    if not able:
        return []
    best = able[0]
    sure = best.own >= 0.8 and best.dated >= _SURE_ROWS
    sure = sure and all(w.base + _MOST_EXTRA + _CLOSE < best.base for w in weighed if w is not best)
    if thorough or not sure:
        looked = look(text, weighed, called, thorough=thorough)
        able = sorted((w for w in able if w.reason == "fewer_rows" and id(w) in looked), key=lambda w: -w.score)
        able = proved(text, able, looked)
    return _best(able, weighed) if able else []


def choose_home(text: str, weighed: list[Weighed]) -> list[Weighed]:
    """All groups of a home page that are lists of articles; none if rows without a year might be newer than all of them."""
    for w in weighed:
        _basis(text, w)
        _place(text, w)
        if w.reason == "fewer_rows" and not titled(w):
            w.reason = "no_titles"
        if w.reason == "fewer_rows" and w.own < 0.5 and _may_be_a_clock(w):
            w.reason, w.dated = "clock", 0
    chosen = [w for w in weighed if w.dated and w.reason == "fewer_rows"]
    newest = max((w.newest for w in chosen), default="")
    doubtful = [w for w in weighed if w.reason in _OPEN and w.doubtful[:10] > newest[:10]]
    for w in doubtful:
        w.reason = "no_year"
    if doubtful:
        return []
    for w in chosen:
        w.reason = "chosen"
    return chosen


def _may_be_a_clock(w: Weighed) -> bool:
    """Whether a lone date stands among links that bear none or lead away, as 今天是… does at the top or foot of a page."""
    return w.dated < _FEW_ROWS and (w.dated < len(w.rows) or w.foreign > 0.8)


def titled(weighed: Weighed) -> bool:
    """Whether rows bear titles of articles: a ticker of names or of domains is no publication."""
    weights = sorted(len(r.title) if r.title.isascii() else 3 * len(r.title) for r in weighed.rows if r.title)
    words = sum(" " in r.title or not r.title.isascii() for r in weighed.rows)
    return bool(weights) and weights[len(weights) // 2] >= 15 and words * 2 >= len(weights)


def _basis(text: str, w: Weighed) -> None:
    rows = w.dated if w.reason != "no_year" else len(w.rows)
    w.base = min(rows, 20) + 12 * (w.own >= 0.5) - 10 * (w.linked < 0.5) - 4 * (w.foreign > 0.8)
    w.score = w.base
    if w.group.name == LOOSE:
        w.reason, w.dated = _loose(text, w), 0
    elif not w.dated and w.reason == "fewer_rows":
        w.reason = _undated(w)


def _place(text: str, w: Weighed) -> None:
    tags = surroundings(text, w.group)
    minus, reason = against(tags)
    if w.own >= 0.8:
        minus = 0.0
    w.score = w.base + minus - 2 * is_hidden(tags)
    if minus and w.reason in ("fewer_rows", "no_year"):
        w.reason = reason
    elif w.linked < 0.5 and w.reason == "fewer_rows":
        w.reason = "no_links"


def _look(text: str, w: Weighed, names: frozenset[str], limit: int) -> _Found:
    """Weigh a group's heading, its surroundings, and the page numbers between it and the next group.

    Under the column's own name it does not matter what the blocks around are called.
    """
    above = headings(text, w.group.start)
    heading = heading_score(above, names)
    if heading < 10:
        _place(text, w)
    pager = has_pager(text, w.group.end, limit)
    w.score += heading + _PAGER * pager
    if heading <= -10 and w.own < 0.5 and w.reason in _OPEN:
        w.reason = "other_heading"
    elif w.linked < 0.5 and w.reason == "fewer_rows":
        w.reason = "no_links"
    return _Found(heading, pager, bool(above) and not above[0][1])


def proved(text: str, able: list[Weighed], looked: dict[int, _Found]) -> list[Weighed]:
    """Those groups that something but their size speaks for; also one without rival, heading, or script to bring a list."""
    kept = []
    for w in able:
        found = looked[id(w)]
        if w.dated and w.own < 0.5 and found.heading < 10 and _may_be_a_clock(w):
            w.reason = "clock"
            continue
        many = (
            len(w.rows) >= _MANY_ROWS and not found.headed and all(len(w.rows) >= 2 * len(o.rows) for o in able if o is not w)
        )
        alone = len(able) == 1 and len(w.rows) >= _FEW_ROWS and not found.headed
        if w.own >= 0.5 or found.heading >= 10 or found.pager or many or (alone and scripted(text) is None):
            kept.append(w)
        else:
            w.reason = "unproved"
    return kept


def _best(able: list[Weighed], weighed: list[Weighed]) -> list[Weighed]:
    best = able[0]
    chosen = [best] + [w for w in able[1:] if best.own >= 0.8 and w.own >= 0.8]
    newest = max(w.newest for w in chosen)
    for rival in able:
        if rival not in chosen and best.score - rival.score < _CLOSE and rival.newest[:10] > newest[:10]:
            best.reason = rival.reason = "ambiguous"
            return []
    if any(w.doubtful[:10] > newest[:10] for w in chosen):
        best.reason = "no_year"
        return []
    if best.dated * 2 < len(best.rows):
        best.reason = "few_dates"
        return []
    if any(w.reason == "no_year" and w.score > best.score - _CLOSE for w in weighed):
        best.reason = "ambiguous"
        return []
    for w in chosen:
        w.reason = "chosen"
    titles = {row.title for w in chosen for row in w.rows}
    for rival in able:
        if rival.reason != "chosen" and all(row.title in titles for row in rival.rows):
            rival.reason = "hidden_repeat"
    return chosen


def _loose(text: str, w: Weighed) -> Reason:
    """What a date is that stands in no row: a clock, a stamp of the page, or at least nothing with a link."""
    near = text[max(0, w.group.start - 60) : w.group.end + 60]
    if _says(near, _CLOCK):
        return "clock"
    return "generation_stamp" if _says(near, _STAMP) else "no_links"


def _says(text: str, table: tuple[tuple[str, re.Pattern[str]], ...]) -> bool:
    return any(holds(text, word) and form.search(text) is not None for word, form in table)


def _undated(w: Weighed) -> Reason:
    if w.ahead:
        return "future"
    return "title_event" if any(d.standing == "title" for row in w.rows for d in row.dates) else "document_number"
