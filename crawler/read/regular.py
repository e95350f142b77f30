"""The short way to the rows of the commonest lists: `li` and `tr` that follow one another, found without an outline.

Gives exactly the groups that `rows.find_groups` gives, or None where the page is not plain enough to be sure; a test compares
both. Plain enough means: every date stands in a run of two or more neighbouring rows, runs stand in lists of different make,
and what stands elsewhere cannot be the date of a row (a clock, a copyright, a year).
"""

import re
from typing import Final

from crawler.read.rows import Group, Row, call

_BLOCK: Final = re.compile(
    r"<(?:/?(?:ul|ol|div|table|tbody|thead|td|tr|th|dl|dd|section|article|center|form|h[1-6]|script|style)\b|!--)",
    re.IGNORECASE,
)
_NESTED: Final = re.compile(r"<(?:/?(?:ul|ol|table|dl|form|section|center)|li|tr|script|style)\b|<!--", re.IGNORECASE)
_DIV: Final = re.compile(r"<div[\s>]")
_NEXT_ROW: Final = re.compile(r"<(?:li|tr)\b")
_LINK: Final = re.compile(r"<[aA][\s>]")
_INNER_BLOCK: Final = re.compile(r"<(?:div|p|td|h[1-6]|dd|section)\b", re.IGNORECASE)
_FULL: Final = re.compile(r"(?:20[0-9]|199)[0-9]\s*[-/.年—–_]\s*[0-9]{1,2}(?![0-9])")
_WEEKDAY: Final = re.compile(r"[^<]{0,24}(?:星期|周)[一二三四五六日天]")
_STAMP: Final = re.compile(r"最[后近]更新|页面生成|生成时间")
_LONGEST_ROW: Final = 3_000
_MOST_STEPS: Final = 40
_FARTHEST: Final = 3_000


def regular_groups(text: str, positions: list[int]) -> list[Group] | None:
    """The groups of rows around `positions` (as `scan.shown` gives them), or None where only the outline can tell."""
    runs: list[list[Row]] = []
    reached = 0
    row: Row | None = None
    for position in positions:
        if position < reached and row is not None:
            row.dates.append(position)
            continue
        found = _row_around(text, position, reached)
        if found is None:
            if not harmless(text, position):
                return None
            continue
        if row is not None and found.start - reached < _FARTHEST and _BLOCK.search(text, reached, found.start) is None:
            runs[-1].append(found)
        else:
            runs.append([found])
        row, reached = found, found.end
    if not runs or not all(_plain_run(text, run) for run in runs):
        return None
    return _named(text, runs)


def _row_around(text: str, position: int, least: int) -> Row | None:
    """The innermost `li` or `tr` that is open at a position."""
    back = max(least, position - _LONGEST_ROW)
    for opening, closing in (("<li", "</li"), ("<tr", "</tr")):
        start = text.rfind(opening, back, position)
        if start >= 0 and text[start + 3] in " >\t\r\n" and text.find(closing, start, position) < 0:
            end = text.find(closing, position, position + _LONGEST_ROW)
            return Row(start, end + 5, [position]) if end >= 0 and text[end + 4 : end + 5] == ">" else None
    return None


def _plain_run(text: str, run: list[Row]) -> bool:
    first, last = run[0].start, run[-1].end
    if len(run) < 2 or _hidden_from_view(text, first):
        return False
    if [match.start() for match in _NESTED.finditer(text, first + 3, last)] != [row.start for row in run[1:]]:
        return False
    divided = text.find("<div", first, last) >= 0 or text.find("</div", first, last) >= 0
    for row in run:
        if text.find("<a ", row.start, row.end) < 0 or (divided and not _closed(text, row)):
            return False
        if len(row.dates) > 1 and text.count("<a", row.start, row.end) > 1 and _INNER_BLOCK.search(text, row.start, row.end):
            return False
    return True


def _closed(text: str, row: Row) -> bool:
    """Whether every `div` of a row ends in it."""
    closed = text.count("</div", row.start, row.end)
    return closed == text.count("<div", row.start, row.end) and (
        not closed or len(_DIV.findall(text, row.start, row.end)) == closed
    )


def _named(text: str, runs: list[list[Row]]) -> list[Group] | None:
    """Groups of runs whose lists are of different make, or follow one another; None where two may be one list in two parts."""
    groups: list[Group] = []
    parents: dict[str, int] = {}
    behind = -1
    for run in runs:
        start = run[0].start
        name = text[start + 1 : start + 3]
        kind = "ul" if name == "li" else "table"
        parent = text.rfind(f"<{kind}", max(0, start - 6_000), start)
        if parent < 0 or text.find(f"</{kind}", parent, start) >= 0:
            return None
        inside = text.find(">", parent, start) + 1
        end = text.find(f"</{kind}", run[-1].end)
        if text.find(f"</{name}", inside, start) >= 0 or _NEXT_ROW.search(text, inside, start):
            return None
        if not _rows_end(text, run[-1].end, end if end >= 0 else len(text), kind):
            return None
        where = call(kind, text[parent:inside])
        other = parents.setdefault(where, parent)
        if other != parent and groups[-1].where == f"{where} > {name}" and _follows(text, behind, parent):
            groups[-1].rows += run
        elif other != parent and not _differ(_around(text, other), _around(text, parent)):
            return None
        else:
            groups.append(Group(f"{where} > {name}", run, name=name))
        behind = end
    return groups


def _rows_end(text: str, start: int, end: int, kind: str) -> bool:
    """Whether no row follows the last dated one in its list, or only such as hold no link (`<li class="clear">`)."""
    if _NEXT_ROW.search(text, start, end) is None:
        return True
    return (
        text.find(f"<{kind}", start, end) < 0
        and _LINK.search(text, start, end) is None
        and text.find("onclick", start, end) < 0
    )


def _follows(text: str, behind: int, parent: int) -> bool:
    """Whether nothing stands between the end tag at `behind` and the list that begins at `parent`."""
    closed = text.find(">", behind, parent)
    return behind >= 0 and closed >= 0 and not text[closed + 1 : parent].strip()


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _around(text: str, at: int) -> str | None:
    """The nearest `div` a place stands in, by its marks; None where it is too far up to tell."""
    closed = 0
    for _ in range(_MOST_STEPS):
        opening, closing = text.rfind("<div", 0, at), text.rfind("</div", 0, at)
        if opening < 0:
            return None
        if closing > opening:
            closed, at = closed + 1, closing
        elif closed:
            closed, at = closed - 1, opening
        else:
            return call("div", text[opening : text.find(">", opening) + 1])
    return None


def _hidden_from_view(text: str, at: int) -> bool:
    """Whether a place stands in a comment, a script or a style."""
    script = text.rfind("<script", 0, at)
    return (
        text.rfind("<!--", 0, at) > text.rfind("-->", 0, at)
        or (script > text.rfind("</script", 0, at) and text.find("text/xml", script, script + 60) < 0)
        or text.rfind("<style", 0, at) > text.rfind("</style", 0, at)
    )


def harmless(text: str, position: int) -> bool:
    """Whether what stands at a position outside all rows cannot be the date of one."""
    whole = _FULL.match(text, position)
    if whole is None:
        return text[position : position + 4].isdigit() and text[position + 4 : position + 5] in "年-—"
    if _WEEKDAY.match(text, whole.end()) is not None or _STAMP.search(text, max(0, position - 12), position):
        return True
    return _hidden_from_view(text, position) and text.find("write", max(0, position - 100), position) < 0
