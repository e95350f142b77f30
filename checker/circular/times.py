"""Dates and instants of an issue, as circulars print them: 2024年9月6日, 2024年9月2日12：00, 7月1日—9月29日."""

import datetime as dt
import re
from typing import Final

BEIJING: Final = dt.timezone(dt.timedelta(hours=8))
Moment = dt.date | dt.datetime
_QUARTERS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_QUARTER: Final = re.compile(r"(\d{4})年第?([一二三四1-4])季度")
_MONTH: Final = re.compile(r"(\d{4})年(\d{1,2})月")
_HALF: Final = re.compile(r"(\d{4})年([上下])半年")
_YEAR: Final = re.compile(r"(\d{4})年度?$")


def moment(value: object) -> Moment | None:
    """A TOML date, date-time or ISO text as a day, or an instant in Beijing time; None where it is neither."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value) if len(value) > 10 else dt.date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=BEIJING) if value.tzinfo is None else value.astimezone(BEIJING)
    return value if isinstance(value, dt.date) else None


def day_of(value: Moment) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def instant_of(value: Moment, end: bool = False) -> dt.datetime:
    """A day begins at 0:00, or ends with its last second."""
    if isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time(23, 59, 59) if end else dt.time(), BEIJING)


def chinese(value: Moment) -> str:
    day = f"{value.year}年{value.month}月{value.day}日"
    return f"{day}{value.hour}：{value.minute:02}" if isinstance(value, dt.datetime) else day


def month_day(value: Moment) -> str:
    """`7月16日`: no year (circulars.md §2.2 D)."""
    return f"{value.month}月{value.day}日"


def span(first: Moment, last: Moment) -> str:
    """`7月1日—9月29日`; over a new year both years are printed."""
    if first.year == last.year:
        return f"{month_day(first)}—{month_day(last)}"
    return f"{chinese(day_of(first))}—{chinese(day_of(last))}"


def iso(value: Moment) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, dt.datetime) else value.isoformat()


def period_end(label: str) -> dt.date | None:
    """The last day of the calendar period that a label names (2024年第三季度, 2024年8月, 2024年下半年), if it names one."""
    if found := _QUARTER.search(label):
        return _month_end(int(found[1]), 3 * _QUARTERS[found[2]])
    if found := _HALF.search(label):
        return _month_end(int(found[1]), 6 if found[2] == "上" else 12)
    if (found := _MONTH.search(label)) and 1 <= int(found[2]) <= 12:
        return _month_end(int(found[1]), int(found[2]))
    return dt.date(int(found[1]), 12, 31) if (found := _YEAR.search(label)) else None


def _month_end(year: int, month: int) -> dt.date:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)
