"""When a column that is not updated becomes overdue. Pure.

The rule (indicators.md §5, §11): judged on day T, the cut-off day is T minus the period, by the calendar in Beijing; what was
published on the cut-off day or later counts. So the deadline is the first day whose cut-off day lies behind the newest item's
day: `deadline_ms` is the exact inverse of `cutoff`. Whatever a date leaves open is taken in the column's favour: a month
stands for its last day, a day for its last instant, and a month too short for the day of T ends the period on its last day.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct

from crawler.records import BEIJING

Unit = Literal["day", "week", "month", "year"]

DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_BEIJING_MS: Final = 8 * 3_600_000

_UNITS: Final[dict[str, Unit]] = {
    **dict.fromkeys(("day", "days", "天", "日"), "day"),
    **dict.fromkeys(("week", "weeks", "周", "星期"), "week"),
    **dict.fromkeys(("month", "months", "个月", "月"), "month"),
    **dict.fromkeys(("year", "years", "年"), "year"),
}
_MOST: Final[dict[Unit, int]] = {"day": 36_525, "week": 5_217, "month": 1_200, "year": 100}  # a hundred years
_DAYS: Final[dict[Unit, int]] = {"day": 1, "week": 7}
_MONTHS: Final[dict[Unit, int]] = {"month": 1, "year": 12}
_NO_RULE: Final = ("", "none")
_PERIOD: Final = re.compile(r"([0-9]{1,5})\s*([a-z]+|[一-龥]+)")


class Period(Struct, frozen=True):
    """`count` calendar units before the time point; at least 1, at most a hundred years."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


class Periods(Struct, frozen=True):
    """The period of each kind and category; None: no rule asks for updates. The defaults are national-2019's.

    home W3; news, notice, policy W4a; personnel, plan §5; account N2. For `other` no national period was found (§5), so it has
    none until the operator's own rules name one.
    """

    home: Period | None = Period(2, "week")
    account: Period | None = Period(2, "week")
    news: Period | None = Period(2, "week")
    notice: Period | None = Period(6, "month")
    policy: Period | None = Period(6, "month")
    personnel: Period | None = Period(1, "year")
    plan: Period | None = Period(1, "year")
    other: Period | None = None

    def of(self, category: str) -> Period | None:
        """The period of a category or of a kind without one; None for whatever has no rule (a probe, a report)."""
        return getattr(self, category) if category in self.__struct_fields__ else None


def parse_period(text: str) -> Period:
    """`2 weeks`, `6 months`, `1 year`, `10 days`, `14天`. Raises ValueError with one sentence that says what to write."""
    match = _PERIOD.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r} is not a period; write a count and days, weeks, months or years, such as '2 weeks'")
    count = int(match[1])
    if not 1 <= count <= _MOST[unit]:
        raise ValueError(f"{text!r} is no period a column can be held to; write one from 1 day to 100 years")
    return Period(count, unit)


def read_periods(texts: Mapping[str, str]) -> Periods:
    """The national periods, with those of `texts` (the settings' [periods]) in their place; `none` or empty: no rule.

    Raises ValueError, one sentence naming the key.
    """
    found: dict[str, Period | None] = {}
    for key, text in texts.items():
        if key not in Periods.__struct_fields__:
            raise ValueError(f"periods.{key} is unknown; there are {', '.join(Periods.__struct_fields__)}")
        try:
            found[key] = None if text.strip().lower() in _NO_RULE else parse_period(text)
        except ValueError as error:
            raise ValueError(f"periods.{key}: {error}") from error
    return msgspec.structs.replace(Periods(), **found)


def cutoff(day: date, period: Period) -> date:
    """The earliest publishing day that still counts on `day`: 2026-08-31 minus 6 months is 2026-02-28."""
    if period.unit in _DAYS:
        return date.fromordinal(max(1, day.toordinal() - period.count * _DAYS[period.unit]))
    return _by_months(day, -period.count * _MONTHS[period.unit])


def deadline_day(newest: date, period: Period) -> date:
    """The first day on which a column whose newest item was published on `newest` is overdue; at most 9999-12-31."""
    if period.unit in _DAYS:
        return _day(newest.toordinal() + period.count * _DAYS[period.unit] + 1)
    overdue = _day(_by_months(newest, period.count * _MONTHS[period.unit]).toordinal() + 1)
    while cutoff(overdue, period) <= newest and overdue < date.max:
        overdue = _day(overdue.toordinal() + 1)  # the end of a short month: 08-29 to 08-31 all have the cut-off day 02-28
    return overdue


def deadline_ms(newest: str, period: Period) -> int:
    """The first instant, ms since the epoch, at which a column whose newest item bears `newest` counts as overdue.

    `newest` as in a Reading: `2026-11`, `2026-11-20`, or an instant. Raises ValueError for anything else.
    """
    return (deadline_day(last_day(newest), period).toordinal() - _EPOCH) * DAY_MS - _BEIJING_MS


def last_day(newest: str) -> date:
    """The day in Beijing that `newest` stands for: a month's last, an instant's own. Raises ValueError."""
    try:
        if len(newest) == 7:
            first = date.fromisoformat(newest + "-01")
            return first.replace(day=monthrange(first.year, first.month)[1])
        moment = datetime.fromisoformat(newest)
        return (moment.astimezone(BEIJING) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{newest!r} is no date of a reading; those are 2026-11, 2026-11-20 and instants") from error


def _by_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, date.max.toordinal()))
