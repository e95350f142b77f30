"""How list dates are written (page-conventions.md §4): one table of writings, each from an instant to its HTML."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, NamedTuple

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")


def _chinese(value: int) -> str:
    """1..31 as months and days are written: 一, 十, 十二, 二十, 三十一."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else "〇一二三"[tens] + "十")
    return head + ("" if ones == 0 and tens else "〇一二三四五六七八九"[ones])


def _numerals(at: datetime) -> str:
    return f"{str(at.year).translate(_NUMERALS)}年{_chinese(at.month)}月{_chinese(at.day)}日"


class Writing(NamedTuple):
    """One way to write a date.

    write     (instant, today) -> HTML
    yearless  the year is left to the reader: only for lists that go back less than a year
    helped    reading it needs more than the date grammar of a plain row: only where the address bears the date too
    attribute the date stands in an attribute of the row, not in its text
    """

    name: str
    write: Callable[[datetime, date], str]
    yearless: bool = False
    helped: bool = False
    attribute: bool = False


def _relative(at: datetime, today: date) -> str:
    gap = (today - at.date()).days
    return f"{gap}天前" if 1 <= gap <= 6 else at.strftime("%Y-%m-%d")


WRITINGS: Final = {
    row.name: row
    for row in (
        Writing("iso", lambda at, _: at.strftime("%Y-%m-%d")),
        Writing("bracket", lambda at, _: at.strftime("[%Y-%m-%d]")),
        Writing("paren", lambda at, _: at.strftime("(%Y-%m-%d)")),
        Writing("slash", lambda at, _: at.strftime("%Y/%m/%d")),
        Writing("dot", lambda at, _: at.strftime("%Y.%m.%d")),
        Writing("chinese", lambda at, _: f"{at.year}年{at.month}月{at.day}日"),
        Writing("chinese_zero", lambda at, _: at.strftime("%Y年%m月%d日")),
        Writing("broken", lambda at, _: at.strftime("%Y-\n            %m-\n            %d")),
        Writing("spaced", lambda at, _: at.strftime("%Y- %m- %d")),
        Writing("seconds", lambda at, _: at.strftime("%Y-%m-%d %H:%M:%S")),
        Writing("minutes", lambda at, _: at.strftime("%Y-%m-%d %H:%M")),
        Writing("ratio_colon", lambda at, _: at.strftime("%Y-%m-%d %H∶%M")),
        Writing("compact", lambda at, _: at.strftime("%Y%m%d")),
        Writing("wide", lambda at, _: at.strftime("%Y 年 %m 月 %d 日").translate(_WIDE)),
        Writing("label", lambda at, _: at.strftime("发布时间：%Y-%m-%d")),
        Writing(
            "split",
            lambda at, _: f'<em class="day">{at.day:02d}</em>\n<i class="ym">{at.year}-{at.month:02d}</i>',
        ),
        Writing("month_day", lambda at, _: at.strftime("%m-%d"), yearless=True),
        Writing("month_day_bracket", lambda at, _: at.strftime("[%m-%d]"), yearless=True),
        Writing("title_attribute", lambda at, _: at.strftime("发布时间：%Y-%m-%d %H:%M"), attribute=True),
        Writing("relative", _relative, helped=True),
        Writing("numerals", lambda at, _: _numerals(at), helped=True),
        Writing(
            "script",
            lambda at, _: f'<script>document.writeln("{at:%Y-%m-%d %H:%M}")</script>',
            helped=True,
        ),
    )
}

USUAL: Final = {
    "iso": 30, "bracket": 12, "paren": 3, "slash": 5, "dot": 4, "chinese": 5, "chinese_zero": 4, "broken": 2,
    "spaced": 2, "seconds": 4, "minutes": 5, "ratio_colon": 1, "compact": 2, "wide": 1, "label": 2, "split": 4,
    "month_day": 5, "month_day_bracket": 5, "title_attribute": 2, "relative": 1, "numerals": 1, "script": 1,
}  # fmt: skip
"""How often each is drawn."""

IN_ANSWERS: Final = ("iso", "iso", "bracket", "slash", "chinese", "broken", "minutes")
"""Those that rows delivered by scripts bear."""
