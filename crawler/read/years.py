"""Dates without a year: which year they are of, where the page proves it.

`09-03` on a list that nobody has touched for years is not a date of this year, so the current year is never assumed. A year is
proved by the row's own URL (`/202409/t20240903_1.html`), or by a title that names the year where the month leaves no doubt;
from a proved row the order of the list proves the rows above it (they are newer) and below it (they are older).
"""

import re
from datetime import datetime
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from crawler.read.dates import date_in_url, last_day
from crawler.read.rowread import Dated, RowRead

_TITLE_YEAR: Final = re.compile(r"(20[0-9]{2})\s*(?:年|[〕\]】）)]\s*第?[0-9]+号)(?!(?:届|级|底|以[前后]|[\-—~至]))")
_SURE_MONTH: Final = 6
"""A title of January to June that names a year was not written in the year before: plans begin in the autumn."""


def settle(rows: list[RowRead], dates: list[Dated | None], blocks: list[int], now: datetime) -> list[Dated | None]:
    """`dates` with years that are proved; a date whose year is not proved becomes None.

    blocks: the list each row stands in; order proves nothing from one list to the next.
    """
    settled: list[Dated | None] = []
    at = 0
    for _, members in groupby(blocks):
        size = sum(1 for _ in members)
        settled += _settle_block(rows[at : at + size], dates[at : at + size], now)
        at += size
    return settled


def _settle_block(rows: list[RowRead], dates: list[Dated | None], now: datetime) -> list[Dated | None]:
    if not any(d is not None and d.yearless for d in dates):
        return dates
    proved = [d if d is None or not d.yearless else _prove(row, d, now) for row, d in zip(rows, dates, strict=True)]
    if not any(d is not None for d in proved):
        return proved
    last = last_day(now)
    upwards = _by_order(list(reversed(dates)), list(reversed(proved)), last, newer=True)
    return _by_order(dates, list(reversed(upwards)), last, newer=False)


def _prove(row: RowRead, dated: Dated, now: datetime) -> Dated | None:
    month_day = dated.value[5:10]
    told = date_in_url(row.url, now) if row.url else None
    if told is not None:
        for year in (int(told.value[:4]), int(told.value[:4]) + 1, int(told.value[:4]) - 1):
            if told.precision == "month" and told.value[:7] == f"{year}-{month_day[:2]}":
                return _in_year(dated, year)
            if told.precision == "day" and abs(_days(f"{year}-{month_day}") - _days(told.value)) <= 15:
                return _in_year(dated, year)
        return None
    named = {int(year) for year in _TITLE_YEAR.findall(row.title)}
    this = int(dated.value[:4])
    if named and max(named) == this == now.year and int(month_day[:2]) <= _SURE_MONTH:
        return _in_year(dated, this)
    return None


def _by_order(dates: list[Dated | None], proved: list[Dated | None], last: str, *, newer: bool) -> list[Dated | None]:
    """Walk from proved rows on; each next row is the nearest date that keeps the order, if that is within a year."""
    made = list(proved)
    reached: str | None = None
    for n, dated in enumerate(dates):
        known = made[n]
        if known is not None:
            reached = known.value[:10]
        elif dated is not None and dated.yearless and reached is not None:
            year = int(reached[:4])
            month_day = dated.value[5:10]
            if newer and month_day < reached[5:]:
                year += 1
            elif not newer and month_day > reached[5:]:
                year -= 1
            if f"{year}-{month_day}" > last:
                continue
            made[n] = _in_year(dated, year)
            reached = f"{year}-{month_day}"
    return made


def _in_year(dated: Dated, year: int) -> Dated:
    return replace(dated, value=f"{year}{dated.value[4:]}", yearless=False)


def _days(value: str) -> int:
    """Days on a calendar of equal months: near enough to tell whether two dates are close."""
    return int(value[:4]) * 366 + int(value[5:7]) * 31 + int(value[8:10])
