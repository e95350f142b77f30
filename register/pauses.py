"""不检查: whether, why and until when a row asks not to be looked at."""

import datetime as dt
import re
from calendar import monthrange
from typing import Final

from register.cells import Cell, narrow, text_of
from register.model import Pause
from register.rows import Row
from register.vocabulary import NO, OPEN_END, PAUSED, WATCHED, YES, is_blank, word_key

_FIELDS: Final = frozenset({"paused", "why", "until"})
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T]\s*\d{1,2}:\d{2}(?::\d{2})?)?")
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:底|末|份)?")
_YEAR_END: Final = re.compile(r"(\d{4})\s*年\s*(?:底|末|年底)")
_SERIAL_DAYS: Final = range(36_526, 73_051)
"""Day numbers of a spreadsheet for the years 2000 to 2099."""
_FORM: Final = "write the day as 2026-12-31"


def read_pause(row: Row) -> Pause | None:
    """The pause a row asks for. Doubtful cells are reported; what was meant to pause pauses."""
    if row.table.index.keys().isdisjoint(_FIELDS):
        return None
    flag, until = row.text("paused"), row.text("until")
    why = row.maybe("why")
    if is_blank(flag):
        return _unflagged(row, why, until)
    word = word_key(flag)
    if word in NO or word in WATCHED:
        return None
    if word in YES or word in PAUSED:
        return Pause(why, _until(row))
    day = _day(row.raw("paused"))
    if day:
        row.mended("paused", f"a day in place of 是: read as paused until {day}", "write 是 here and the day under 至")
        return Pause(why, day)
    row.mended(
        "paused", "neither 是 nor 否: read as paused, with this as the reason", "write 是 here and the reason under 原因"
    )
    return Pause(why or flag, _until(row))


def _unflagged(row: Row, why: str | None, until: str) -> Pause | None:
    if not is_blank(until):
        row.mended("paused", "empty although 至 is given: read as paused", "write 是", value=until)
        return Pause(why, _until(row))
    if why:
        row.note("why", "a reason without 不检查: the row is watched", "write 是 under 不检查 if it is not to be")
    return None


def _until(row: Row) -> str | None:
    cell = row.raw("until")
    text = text_of(cell)
    if is_blank(text) or word_key(text) in OPEN_END:
        return None
    day = _day(cell)
    if day is None:
        row.mended("until", "no day that can be read: read as paused without an end", _FORM)
    elif not _is_plain(cell):
        row.mended("until", f"read as {day}", f"write {day}")
    return day


def _is_plain(cell: Cell) -> bool:
    return isinstance(cell, dt.date) or bool(_DAY.fullmatch(narrow(text_of(cell))))


def _day(cell: Cell) -> str | None:
    """The last day a cell names, as `2026-12-31`: a month ends with its last day."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = narrow(text_of(cell))
    if text.isascii() and text.isdigit() and int(text[:9]) in _SERIAL_DAYS:
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(text))).isoformat()
    match = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    try:
        if match:
            return dt.date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        if match := _MONTH.fullmatch(text):
            year, month = int(match[1]), int(match[2])
            return dt.date(year, month, monthrange(year, month)[1]).isoformat()
        if match := _YEAR_END.fullmatch(text):
            return dt.date(int(match[1]), 12, 31).isoformat()
    except ValueError:
        pass
    return None
