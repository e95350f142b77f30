"""What one row says: its title, its address, and the dates in it, each with its place in the row and its standing.

Row date means a date that stands by itself: alone in a text node, in a `datetime` attribute, behind 发布时间, broken over a day
block and a year-month block. A date inside a title or a summary is an event or a document's date, and never counts.
"""

import html
import re
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from crawler.read import dateforms as forms
from crawler.read.dates import FoundDate, build, cell_date, last_day, narrow, parse_epoch
from crawler.read.links import Link, better, clicked, clicked_address, links_of, longest_node, main_link, plain
from crawler.read.rows import Row
from crawler.records import Precision

Standing = Literal["alone", "labelled", "edge", "title_edge", "title"]
"""alone: fills its node; labelled: 发布时间：…; edge: begins or ends a node outside the title; title_edge: begins or ends the
title, which counts only if nearly all rows do so; title: an event, refused."""

_PLAINEST: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])")
_PLAIN: Final = re.compile(
    r"[\[(（【]?(20[0-9]{2})(?:([-/.])(1[0-2]|0?[1-9])\2(3[01]|[12][0-9]|0?[1-9])"
    r"|年(1[0-2]|0?[1-9])月(3[01]|[12][0-9]|0?[1-9])日)(?: (2[0-3]|[01][0-9]):([0-5][0-9])(?::([0-5][0-9]))?)?[\])）】]?"
)
_QUICK: Final = re.compile(r"<a\s[^<>]*?\bhref=\"([^\"<>]+)\"[^<>]*>\s*([^<\s](?:[^<]*[^<\s])?)\s*</a>")
_TAG: Final = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_INNER: Final = re.compile(r"<([a-zA-Z0-9]+)([^<>]*)>")
_CELL: Final = re.compile(r"<t[dh][\s>]", re.IGNORECASE)
_HEAD_CELL: Final = re.compile(r"<t[dh]\b[^<>]*>", re.IGNORECASE)
_GOOD: Final = re.compile(
    r"(?:发布|发表|发文|公布|更新|上传|发稿|刊发|登载|录入|添加|挂网|公告|公示|公开|回复|答复|信息)[^<>，。；]{0,4}[:：]?\s*$"
)
_BAD: Final = re.compile(
    r"(?:截止|截至|有效期|到期|失效|废止|开标|开始|结束|报名|起始|起止|会议|活动|举办|举行|施行|实施|生效|出生|任职|考试|培训|开庭|召开|预计|计划|期限|版权|Copyright|©|&copy;|开奖|直播|征集|今天是|今天|现在是|当前时间|当前日期|系统时间|北京时间|登录时间|访问时间)"
    r"[^<>，。；]{0,6}[:：]?\s*$"
)
_BARE_LABEL: Final = re.compile(r"(?:日期|时间|[Dd]ate|[Tt]ime)[:：]?")
_EVENT: Final = re.compile(r"星期[一二三四五六日天]|周[一二三四五六日天]|[上下]午|晚上?")
"""Publication stamps name no weekday; lectures, hearings and clocks do."""
_WRITTEN: Final = re.compile(r"(?:成文|印发|签发|制发|写信|来信|提交|提问|咨询|留言|受理|申请)[^<>，。；]{0,4}[:：]?\s*$")
_LABELLED: Final = re.compile(r"\W*(?:发布|发表|更新|上传|公布|公示|添加|录入)?(?:时间|日期)\s*[:：]")
_FULL_DATE: Final = re.compile(r"(?:199|20[0-9])[0-9]\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*日?|[0-9:：]+")
_WORDY: Final = re.compile("[\u4e00-\u9fff]{7}")
"""More than a date and a weekday leave of a text."""
_EDGES: Final = (
    (
        "title start",
        re.compile(
            r"^\s*([\[【(（]?\s*(?:20[0-9]{2}[-/.年])?[0-9]{1,2}[-/.月][0-9]{1,2}日?\s*[\]】)）]|20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?=[\s\u3000]))"
        ),
    ),
    (
        "title end",
        re.compile(
            r"([\[【(（]\s*(?:20[0-9]{2}[-/.年])?[0-9]{1,2}[-/.月][0-9]{1,2}日?\s*[\]】)）]|20[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})\s*$"
        ),
    ),
)
_EDGED: Final = re.compile(r"^\s*[\[【(（0-9]|[0-9\]】)）]\s*$")
_APART: Final = frozenset(":： \t\r\n\xa0\u3000[]()（）【】|｜,，;；>")
_WORDS: Final = re.compile(r"[\s|｜,，;；。\[\]()（）【】\x1f]+(?=\S)")
_COUNTING: Final = frozenset({"alone", "title_edge"})
_SHORT_MONTHS: Final = frozenset({2, 4, 6, 9, 11})
_LONGEST_CELL: Final = 60
_SHORT_CELL: Final = 24
_NEAR: Final = 160
_PERHAPS_A_YEAR: Final = re.compile(r"199[0-9]|20[0-9]{2}|[１２][０-９]|[0-9][０-９]|&#")
_LABEL_REACH: Final = 120


class Dated(Struct, frozen=True, gc=False):
    """One date of a row. `slot` names its place in the row, so that the same column of each row can be compared."""

    value: str
    precision: Precision
    text: str
    slot: str
    standing: Standing
    yearless: bool = False
    kind: Literal["", "good", "bad", "written"] = ""


class RowRead(Struct):
    """One row that was read; `url` is its address made absolute, given later."""

    title: str
    href: str
    dates: list[Dated]
    start: int
    url: str | None = None


def read_row(text: str, row: Row, now: datetime, *, cells: bool = False) -> RowRead:
    """Read one row of the markup. Dates in the future are among the dates; whoever chooses must look.

    cells: name the table cell of every date, also where a row has but one.
    """
    if not cells and row.dates and (plainly := _read_plainly(text, row)):
        return plainly
    links = links_of(text, row.start, row.end)
    link = main_link(links)
    dates: list[Dated] = []
    several = len(row.dates) > 1
    in_link = counts = False
    for position in row.dates:
        before = text.rfind(">", row.start, position) + 1 or row.start
        after = text.find("<", position, row.end)
        cell = text[before : after if after >= 0 else row.end].strip()
        in_link = in_link or (link is not None and link.start <= position < link.end)
        plain_date = read_plain_date(cell)
        if plain_date is not None:
            slot = _slot(text, row, position) if cells or several else ""
            kind = _kind(text, row.start, before) if several else ""
            dates.append(Dated(*plain_date, cell, slot, "alone", False, kind))
            counts = True
            continue
        found = _read_cell(text, row, position, before, cell, link, now)
        if found is not None and not (dates and _same_place(dates[-1], found)):
            dates.append(found)
            counts = counts or found.standing in _COUNTING
    if link is None:
        return RowRead(*clicked(text, row.start, row.end), dates, row.start)
    title = link.title
    if in_link and counts:
        title = longest_node(text, link) or title
    return RowRead(title, link.href, dates, row.start)


def header_kinds(text: str, start: int) -> list[Literal["", "good", "bad", "written"]]:
    """What the table head above a first row calls its columns; empty where there is none."""
    near = text[max(0, start - 2_000) : start]
    opening = max(near.rfind("<tr"), near.rfind("<TR"))
    if opening < 0:
        return []
    cells = _HEAD_CELL.split(near[opening:])[1:]
    return [_label_kind(_TAG.sub("", cell).strip()) for cell in cells]


def _read_plainly(text: str, row: Row) -> RowRead | None:
    """The commonest row, `<a href="…">title</a><span>2024-09-03</span>` either way round, searched for nothing else."""
    start, end = row.start, row.end
    if text.count("<a", start, end) != 1:
        return None
    link = _QUICK.search(text, start, end)
    if link is None:
        return None
    opening, title_start, closing = link.start(), link.start(2), link.end()
    address = link[1]
    if address.startswith(("javascript:", "#")):
        address = clicked_address(text[opening:title_start]) or address
    dates: list[Dated] = []
    for position in row.dates:
        if opening < position < closing:
            if position < title_start:
                return None
            continue
        before = text.rfind(">", start, position) + 1
        cell = text[before : text.find("<", position, end)].strip()
        found = read_plain_date(cell)
        if found is None:
            return None
        several = len(row.dates) > 1
        kind = _kind(text, start, before) if several else ""
        dates.append(Dated(*found, cell, _slot(text, row, position) if several else "", "alone", False, kind))
    title = link[2]
    if title[-1] in ".…":
        title = better(title, text[opening:title_start])
    if not dates or not title.isprintable() or len(title) > 150 or "&" in title or "  " in title or title[-1] in ".…":
        return None
    return None if len(row.dates) > 1 and read_plain_date(title) else RowRead(title, address, dates, start)


def read_plain_date(cell: str) -> tuple[str, Precision] | None:
    """Value and precision of the commonest writings of a date; what is not among them is left to the whole grammar."""
    if "20" not in cell:
        return None
    if _PLAINEST.fullmatch(cell):
        return cell, "day"
    match = _PLAIN.fullmatch(cell)
    if match is None and len(cell) <= _LONGEST_CELL:
        cell = cell.replace("&nbsp;", " ").strip()
        match = _PLAIN.fullmatch(cell) or _PLAIN.fullmatch("".join(cell.split()))
    if match is None:
        return None
    month, day = int(match[3] or match[5]), int(match[4] or match[6])
    if day > 28 and month in _SHORT_MONTHS:
        return None
    value = f"{match[1]}-{month:02d}-{day:02d}"
    if match[7] is None or (match[7], match[8]) == ("00", "00"):
        return (value, "day") if match[7] is None or match[9] in (None, "00") else None
    return f"{value}T{match[7]}:{match[8]}:{match[9] or '00'}+08:00", "second" if match[9] else "minute"


def _same_place(one: Dated, other: Dated) -> bool:
    """The two halves of a split date lead to the same date twice."""
    return one.value == other.value and one.standing == other.standing == "alone"


def _read_cell(text: str, row: Row, position: int, before: int, cell: str, link: Link | None, now: datetime) -> Dated | None:
    opening = text.rfind("<", row.start, position)
    if opening >= before and not text.startswith("<![CDATA[", opening):
        return _attribute(text, row, position, now)
    if text.rfind("<script", row.start, position) > text.rfind("</script", row.start, position):
        return _written_by_script(text, row, position, now)
    if "&" in cell:
        cell = html.unescape(cell).strip()
    if link is not None and link.start <= position < link.end and _is_title(text, cell, link):
        return _title_edge(cell, position, now)
    found = cell_date(cell, now)
    if (found is None and len(cell) <= _SHORT_CELL) or (found and (found.precision == "month" or found.yearless)):
        split = _split(text, row, position, now)
        if split is not None:
            return _dated(split, _slot(text, row, position), "alone", "")
    if found is not None:
        kind = _kind(text, row.start, before)
        label = cell[: found.start] if found.start else ""
        if label and not kind:
            kind = _label_kind(label)
        if not kind and _EVENT.search(cell):
            kind = "bad"
        return _dated(found, _slot(text, row, position), "alone", kind)
    return _edge(text, row, position, before, cell, now)


def _is_title(text: str, cell: str, link: Link) -> bool:
    """Whether a text node of a link is (part of) its title rather than a date of its own."""
    if len(cell) > 60:
        return True
    if link.title != cell and longest_node(text, link) != plain(cell):
        return False
    return not _LABELLED.match(cell) and (_WORDY.search(cell) is not None or forms.JUNK.sub("", _FULL_DATE.sub("", cell)) != "")


def _title_edge(cell: str, position: int, now: datetime) -> Dated:
    """A date inside a title: an event, unless it stands in brackets, or as figures, at the very edge of it."""
    for slot, form in _EDGES:
        match = form.search(cell) if _EDGED.search(cell) else None
        found = cell_date(match[1], now) if match else None
        if match is not None and found is not None:
            return _dated(found, slot, "title_edge", "")
    return Dated("", "day", cell[:40], "", "title")


def _dated(found: FoundDate, slot: str, standing: Standing, kind: Literal["", "good", "bad", "written"]) -> Dated:
    return Dated(found.value, found.precision, found.text, slot, standing, found.yearless, kind)


def _kind(text: str, start: int, before: int) -> Literal["", "good", "bad", "written"]:
    """What the short node right before a date calls it; a title before it calls it nothing."""
    label = _node_before(text, max(start, before - _LABEL_REACH), before)
    return _label_kind(label) if label.endswith((":", "：")) or len(label) <= 6 else ""


def _node_before(text: str, least: int, before: int) -> str:
    """The last text node between two places, of which the second is the end of a tag; empty where it is not whole."""
    near = text[least:before]
    if "<!" in near or "<s" in near or "<S" in near:
        nodes = [node.strip() for node in _TAG.sub("\x1f", near).split("\x1f") if node.strip()]
        return nodes[-1] if nodes and not near.startswith(nodes[-1]) else ""
    end = len(near)
    while (opening := near.rfind("<", 0, end)) >= 0 and (end := near.rfind(">", 0, opening) + 1) > 0:
        if node := near[end:opening].strip():
            return node
    return ""


def _label_kind(label: str) -> Literal["", "good", "bad", "written"]:
    """What the last word before a date calls it."""
    label = _WORDS.split(label.rstrip())[-1]
    if not label or len(label) > 14:
        return ""
    if _BAD.search(label):
        return "bad"
    if _GOOD.search(label) or _BARE_LABEL.fullmatch(label):
        return "good"
    return "written" if _WRITTEN.search(label) else ""


def _slot(text: str, row: Row, position: int) -> str:
    """The table column, or the element around the date: the same in every row of a list."""
    if text.find("<t", row.start, position) >= 0 or text.find("<T", row.start, position) >= 0:
        cells = sum(1 for _ in _CELL.finditer(text, row.start, position))
        if cells:
            return f"td{cells}"
    opening = text.rfind("<", max(row.start, position - 200), position)
    inner = _INNER.match(text, opening, position) if opening >= 0 else None
    return f"{inner[1]}{inner[2]}"[:60] if inner else ""


def _attribute(text: str, row: Row, position: int, now: datetime) -> Dated | None:
    end = min(
        (e for e in (text.find('"', position), text.find("'", position), text.find(">", position)) if e >= 0), default=position
    )
    value = text[position:end]
    name = re.search(r"([a-zA-Z-]+)\s*=\s*[\"']?\s*$", text[max(0, position - 40) : position])
    slot = f"@{name[1].lower() if name else ''}"
    epoch = parse_epoch(value) if value.isdigit() and len(value) in (10, 13) else None
    if epoch:
        return Dated(epoch, "second", value, slot, "alone")
    found = cell_date(value, now)
    return _dated(found, slot, "alone", "") if found and not found.yearless else None


def _written_by_script(text: str, row: Row, position: int, now: datetime) -> Dated | None:
    quote = max(text.rfind(q, row.start, position) for q in "\"'>(")
    ends = [e for e in (text.find(q, position, position + 80) for q in "\"'<)") if e >= 0]
    value = text[quote + 1 : min(ends)] if ends else ""
    epoch = parse_epoch(value) if value.isdigit() and len(value) in (10, 13) else None
    if epoch:
        return Dated(epoch, "second", value, "script", "alone")
    found = cell_date(value, now)
    return _dated(found, "script", "alone", "") if found else None


def _split(text: str, row: Row, position: int, now: datetime) -> FoundDate | None:
    """A date broken over blocks: its halves stand within a few tags of each other."""
    start, end = max(row.start, position - _NEAR), min(row.end, position + _NEAR)
    if _PERHAPS_A_YEAR.search(text, start, end) is None:
        return None
    head = text[start:position]
    if start > row.start:
        head = head[head.find(">") + 1 :]
    tail = text[position:end]
    if end < row.end:
        tail = tail[: tail.rfind("<")] if "<" in tail else tail
    left = html.unescape(_TAG.sub("\x1f", head))
    stretch = narrow(left + html.unescape(_TAG.sub("\x1f", tail)))
    if not forms.needs_of(stretch)[0]:
        return None
    for form in forms.SPLIT:
        for match in form.finditer(stretch):
            if match.start() <= len(left) < match.end() and "\x1f" in match[0] and _fills_nodes(stretch, match):
                return build(match, now, stretch.replace("\x1f", " "))
    return None


def _fills_nodes(stretch: str, match: re.Match[str]) -> bool:
    """Whether nothing but brackets stands in the text nodes the halves came from."""
    before = stretch[: match.start()].rpartition("\x1f")[2]
    after = stretch[match.end() :].partition("\x1f")[0]
    return not forms.JUNK.sub("", before + after)


def _edge(text: str, row: Row, position: int, before: int, cell: str, now: datetime) -> Dated | None:
    """A date beside other words in a node outside the title: `发布时间：2024-09-03 浏览：12`, `<a>…</a> 2024-09-03 科室`."""
    offset = max(0, position - before - 40)
    near = cell[offset : offset + 120] if len(cell) > 160 else cell
    narrowed = narrow(near)
    for form in forms.EDGE[forms.needs_of(narrowed)]:
        for match in form.finditer(narrowed):
            found = build(match, now, near)
            if found is None:
                continue
            label, rest = near[: match.start()].strip(), near[match.end() :].strip()
            kind = _label_kind(label)
            slot = _slot(text, row, position)
            if kind:
                return _dated(found, slot, "labelled", kind)
            if found.yearless:
                continue
            apart = (near[match.start() - 1 : match.start()] or " ") in _APART and (
                near[match.end() : match.end() + 1] or " "
            ) in _APART
            if found.precision == "month" or not apart or (label and rest and len(label) > 12):
                return Dated("", "day", near[:40], slot, "title")
            return _dated(found, slot, "edge", "")
    return None


def future(dated: Dated, now: datetime) -> bool:
    return dated.value[:10] > last_day(now)
