"""Days and spans as the rules count them: Beijing time, calendar months unless a rule file says otherwise, T's day included.

A column that must be updated within 14 days is late from the 15th day on: its last day is `cutoff`, T's day less the span,
and it is `(cutoff - newest).days` days overdue (indicators.md §8, §11: floor(age) - 14).
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct

from crawler.records import BEIJING, stamp

Unit = Literal["days", "weeks", "months", "years"]
_SPAN: Final = re.compile(r"([1-9]\d{0,3}) (day|week|month|year)s?")
_UNITS: Final[dict[str, Unit]] = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


class Span(Struct, frozen=True):
    """`14 days`, `6 months`: a length of time as a rule file writes it."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


def read_span(text: str) -> Span:
    """The span that `text` names. Raises ValueError."""
    match = _SPAN.fullmatch(text.strip().lower())
    if not match:
        raise ValueError(f"{text!r} is no span of time")
    return Span(int(match[1]), _UNITS[match[2]])


def back(day: date, span: Span, month_days: int | None = None) -> date:
    """`day` less `span`. Months are calendar months (the day is the month's last where it has no such day), or, where
    `month_days` is given, so many days each and a year twelve of them and five.
    """
    if span.unit in ("days", "weeks"):
        return day - timedelta(days=span.count * (7 if span.unit == "weeks" else 1))
    if month_days is not None:
        days = month_days * span.count if span.unit == "months" else (12 * month_days + 5) * span.count
        return day - timedelta(days=days)
    months = day.year * 12 + day.month - 1 - span.count * (12 if span.unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Days(Struct, frozen=True):
    """What a date read from a page may mean: its first and last possible day. One day unless it names a month only."""

    first: date
    last: date


def days_of(text: str) -> Days | None:
    """The days that a date at any precision covers, in Beijing time; None where it is no date."""
    try:
        if len(text) > 10:
            moment = datetime.fromisoformat(text)
            day = (moment if moment.tzinfo is None else moment.astimezone(BEIJING)).date()
            return Days(day, day)
        if len(text) == 10:
            day = date.fromisoformat(text)
            return Days(day, day)
        match = _MONTH.fullmatch(text)
        if match:
            year, month = int(match[1]), int(match[2])
            return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    except ValueError:
        pass
    return None


class Moment(Struct, frozen=True):
    """监测时间点 T. `text` is its stamp, which compares with the stamps of observations as they stand."""

    ms: int
    text: str
    day: date

    def window(self, first: date) -> tuple[str, str]:
        """From the beginning of `first` to T."""
        return datetime.combine(first, time(), BEIJING).isoformat(timespec="milliseconds"), self.text

    def before(self, days: float) -> str:
        """The stamp of the instant so many days of 24 hours before T."""
        return stamp(self.ms - round(days * 86_400_000))


def moment(text: str) -> Moment:
    """T from `2024-09-02T12:00`, `2024-09-02 12:00`, or `2024-09-02`, which means the end of that day. Without an offset
    it is Beijing time. Raises ValueError.
    """
    text = text.strip()
    if len(text) == 10:
        at = datetime.combine(date.fromisoformat(text), time(23, 59, 59, 999_000), BEIJING)
    else:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=BEIJING) if at.tzinfo is None else at.astimezone(BEIJING)
    if not 1990 <= at.year <= 2200:
        raise ValueError(f"{text!r} is not between 1990 and 2200")
    ms = round(at.timestamp() * 1000)
    return Moment(ms, stamp(ms), at.date())


def month_before(day: date) -> str:
    """The month before that of `day`, as `2024-08`."""
    return f"{back(day.replace(day=1), Span(1, 'days')):%Y-%m}"
