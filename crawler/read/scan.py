"""Where in raw markup dates may stand: cheap, complete for what is common, and wrong now and then.

What is found here is read precisely, row by row, later. `with_year` begins with a literal, which `re` finds at memory speed;
`all_writings` looks into every text node and is asked only where the first was not enough.
"""

import re
from collections.abc import Sequence
from typing import Final

MOST_DATES: Final = 1_000
"""Dates looked at per page: of more than that the first and the last, since the newest row stands at one end."""
_MOST_POSITIONS: Final = 20_000

_WITH_YEAR: Final = re.compile(r"20[0-9]{2}\s*+[-/.年—–_]")
_RUN: Final = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9](?![0-9])|\s*+[/<])")
_NINETIES: Final = re.compile(r"199[0-9]\s*+[-/.年]")
_YEARLY: Final = (_WITH_YEAR, _NINETIES)
_WORTH: Final = "0-9０-９前天日刚二"
_NODE: Final = re.compile(rf">((?:[^<>{_WORTH}]*+)[{_WORTH}][^<>]*+)")
"""A text node that holds one of the characters without which there is no date."""
_ENGLISH: Final = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
_REST_OF_DATE: Final = r"[0-9]{2}\s*[-/.年—–_]\s*[0-9]{1,2}(?:\s*[-/.月—–_]\s*[0-9]{1,2})?"
_AGO: Final = r"\s*个?(?:秒钟?|分钟?|小时|天|周|月)前"
_AFTER_FIRST: Final = (
    ("1", "9" + _REST_OF_DATE),
    ("2", "0" + _REST_OF_DATE),
    ("0-9", r"(?<![0-9].)[0-9]?\s*[-/.月]\s*[0-9]{1,2}(?![0-9])"),
    ("0-9", "[0-9]{0,2}" + _AGO),
    ("一二三四五六七八九十", _AGO),
    ("今昨前", r"[天日](?=\s*(?:[0-9]|$))"),
    ("刚", "刚"),
    ("12１２", "[0-9０-９]{3}"),
    ("二", r"[〇○零ＯO][一二][〇○零ＯO一二三四五六七八九]\s*年"),
    ("JFMASOND", rf"(?<!\w.)(?<=(?=(?:{_ENGLISH})).)[a-z]+\.?\s+[0-9]{{1,2}}"),
    ("0-9", rf"[0-9]?(?:st|nd|rd|th)?\s+(?:{_ENGLISH})"),
)
"""Writings in a text node, first come first taken: what may be the first character, and what follows it."""
_IN_NODE: Final = re.compile(
    "[0-9１２一二三四五六七八九十今昨前刚JFMASOND](?:" + "|".join(f"(?<=[{first}]){rest}" for first, rest in _AFTER_FIRST) + ")"
)
"""One set of first characters, so that `re` runs over all others at memory speed."""
_EPOCH: Final = re.compile(r"1[0-9]{9}(?:[0-9]{3})?(?![0-9])")
_EPOCH_NAMED: Final = re.compile(r"(?:ttmp|timestamp|timeConvert|formatDate|getLocalTime)[\"']?\s*[:=(]\s*[\"']?$")
_ATTRIBUTE: Final = re.compile(
    r"\b(?:datetime|title|date|data-[a-z-]+|pubdate|time|ttmp)\s*=\s*[\"']?\s*"
    r"(?:(?:发布|发表|更新)?(?:时间|日期)\s*[:：]\s*)?$"
)
_ALONE: Final = re.compile(r"[0-9\-/.:年月日T+Z\s]{6,32}[\"']")
_LONGEST_NODE: Final = 600
_NAME_REACH: Final = 60


def with_year(text: str) -> list[int]:
    """Positions of what looks like a date with a four-digit year, in order."""
    found = [match.start() for match in _WITH_YEAR.finditer(text)]
    if text.find("199") >= 0:
        nineties = [match.start() for match in _NINETIES.finditer(text)]
        found = sorted(found + nineties) if nineties else found
    return shown(text, found)


def all_writings(text: str, certain: Sequence[int] | None = None) -> list[int]:
    """Positions of everything that may be a date or a part of one, in order. `certain`: what `with_year` said, if asked."""
    known = certain is not None and len(certain) < MOST_DATES
    found = set(certain or ()) if known else {match.start() for form in _YEARLY for match in form.finditer(text)}
    found.update(match.start() for match in _RUN.finditer(text))
    for node in _NODE.finditer(text):
        start, end = node.span(1)
        if end - start > _LONGEST_NODE:
            end = start + _LONGEST_NODE
        for match in _IN_NODE.finditer(text, start, end):
            found.add(match.start())
        if len(found) > _MOST_POSITIONS:
            break
    found.update(
        at for match in _EPOCH.finditer(text) if _EPOCH_NAMED.search(text, max(0, (at := match.start()) - _NAME_REACH), at)
    )
    return shown(text, sorted(found))


def shown(text: str, positions: list[int]) -> list[int]:
    """Those positions that stand in text, or fill an attribute that holds a date; not those in URLs and class names."""
    kept: list[int] = []
    find, rfind = text.find, text.rfind
    for position in positions[:_MOST_POSITIONS]:
        opening = rfind("<", position - 1000 if position > 1000 else 0, position)
        if (
            opening >= 0
            and find(">", opening, position) < 0
            and not (_ALONE.match(text, position) and _ATTRIBUTE.search(text, max(0, position - 32), position))
            and not text.startswith("<![CDATA[", opening)
        ):
            continue
        kept.append(position)
    if len(kept) > MOST_DATES:
        kept[MOST_DATES // 2 : -MOST_DATES // 2] = []
    return kept
