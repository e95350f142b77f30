"""Where in raw markup dates may stand: cheap, complete for what is common, and wrong now and then.

What is found here is read precisely, row by row, later. `with_year` begins with a literal, which `re` finds at memory speed;
`all_writings` looks into every text node and is asked only where the first was not enough.
"""

import re
from typing import Final

MOST_DATES: Final = 1_000
"""Dates looked at per page: of more than that the first and the last, since the newest row stands at one end."""
_MOST_POSITIONS: Final = 20_000

_WITH_YEAR: Final = re.compile(r"20[0-9]{2}\s*+[-/.年—–_]")
_RUN: Final = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9](?![0-9])|\s*+[/<])")
_NINETIES: Final = re.compile(r"199[0-9]\s*+[-/.年]")
_NODE: Final = re.compile(r">([^<>]++)")
_WORTH: Final = re.compile(r"[0-9０-９前天日刚二]")
_ENGLISH: Final = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
_IN_NODE: Final = re.compile(
    r"(?:19|20)[0-9]{2}\s*[-/.年—–_]\s*[0-9]{1,2}(?:\s*[-/.月—–_]\s*[0-9]{1,2})?"
    r"|(?<![0-9])[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?=\s*年?\s*[\])）】}]?\s*$)"
    r"|(?:[0-9]{1,3}|[一二三四五六七八九十])\s*个?(?:秒钟?|分钟?|小时|天|周|月)前|[今昨前][天日](?=\s*(?:[0-9]|$))|刚刚"
    r"|[12１２][0-9０-９]{3}|二[〇○零ＯO][一二][〇○零ＯO一二三四五六七八九]\s*年"
    rf"|\b(?:{_ENGLISH})[a-z]*\.?\s+[0-9]{{1,2}}|[0-9]{{1,2}}(?:st|nd|rd|th)?\s+(?:{_ENGLISH})"
)
_EPOCH: Final = re.compile(
    r"(?:ttmp|timestamp|timeConvert|formatDate|getLocalTime)[\"']?\s*[:=(]\s*[\"']?(1[0-9]{9}(?:[0-9]{3})?)(?![0-9])"
)
_ATTRIBUTE: Final = re.compile(
    r"\b(?:datetime|title|date|data-[a-z-]+|pubdate|time|ttmp)\s*=\s*[\"']?\s*"
    r"(?:(?:发布|发表|更新)?(?:时间|日期)\s*[:：]\s*)?$"
)
_ALONE: Final = re.compile(r"[0-9\-/.:年月日T+Z\s]{6,32}[\"']")
_LONGEST_NODE: Final = 600


def with_year(text: str) -> list[int]:
    """Positions of what looks like a date with a four-digit year, in order."""
    found = [match.start() for match in _WITH_YEAR.finditer(text)]
    if text.find("199") >= 0:
        nineties = [match.start() for match in _NINETIES.finditer(text)]
        found = sorted(found + nineties) if nineties else found
    return shown(text, found)


def all_writings(text: str) -> list[int]:
    """Positions of everything that may be a date or a part of one, in order."""
    found = {match.start() for form in (_WITH_YEAR, _RUN, _NINETIES) for match in form.finditer(text)}
    for node in _NODE.finditer(text):
        start, end = node.span(1)
        if end - start > _LONGEST_NODE:
            end = start + _LONGEST_NODE
        if not _WORTH.search(text, start, end):
            continue
        for match in _IN_NODE.finditer(text, start, end):
            found.add(match.start())
        if len(found) > _MOST_POSITIONS:
            break
    found.update(match.start(1) for match in _EPOCH.finditer(text))
    return shown(text, sorted(found))


def shown(text: str, positions: list[int]) -> list[int]:
    """Those positions that stand in text, or fill an attribute that holds a date; not those in URLs and class names."""
    kept: list[int] = []
    for position in positions[:_MOST_POSITIONS]:
        back = position - 1000 if position > 1000 else 0
        opening = text.rfind("<", back, position)
        if (
            opening > text.rfind(">", back, position)
            and not (_ATTRIBUTE.search(text, max(0, position - 32), position) and _ALONE.match(text, position))
            and not text.startswith("<![CDATA[", opening)
        ):
            continue
        kept.append(position)
    if len(kept) > MOST_DATES:
        kept[MOST_DATES // 2 : -MOST_DATES // 2] = []
    return kept
