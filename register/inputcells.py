"""Cells of the office's tables: days, counts, rates, words of closed vocabularies, codes of subjects and rules."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from register.cells import fold, is_exact, narrow, shown
from register.fields import mend_site_code
from register.rows import Row
from register.vocabulary import nearest

_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]?\s*\d{1,2}[:：时]\d{0,2}.*)?")
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*[件条个家次项篇]?")
_RATE: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(%?)")
_RULE: Final = re.compile(r"([wn])(\d{1,2})([a-z]?)", re.IGNORECASE)
_SPREADSHEET_DAYS: Final = range(36_526, 73_051)
_EPOCH: Final = dt.date(1899, 12, 30)
EVERY_SUBJECT: Final = frozenset({"*", "全部", "所有"})


def read_day(row: Row, field: str) -> tuple[str | None, bool]:
    """(the day as `2024-09-02`, whether the cell could be read). Empty is a day not given."""
    cell = row.raw(field)
    day: dt.date | None = None
    if isinstance(cell, dt.datetime):
        day = cell.date()
    elif isinstance(cell, dt.date):
        day = cell
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and int(cell) in _SPREADSHEET_DAYS:
        day = _EPOCH + dt.timedelta(days=int(cell))
    else:
        text = row.maybe(field)
        if text is None:
            return None, True
        match = _DAY.fullmatch(narrow(text)) or _DIGITS.fullmatch(narrow(text))
        try:
            day = dt.date(*map(int, match.groups())) if match else None
        except ValueError:
            day = None
    if day is None or not 1990 <= day.year <= 2199:
        row.bad(field, "not a day", "write it as 2024-09-02")
        return None, False
    return day.isoformat(), True


def read_count(row: Row, field: str) -> tuple[int | None, bool]:
    """(a number of messages and the like, whether the cell could be read)."""
    text = row.maybe(field)
    if text is None:
        return None, True
    match = _COUNT.fullmatch(narrow(text))
    number = int(match[1].replace(",", "")) if match else -1
    if not 0 <= number < 10**12 or not is_exact(row.raw(field)):
        row.bad(field, "not a whole number", "write digits only, such as 119")
        return None, False
    return number, True


def read_rate(row: Row, field: str) -> tuple[float | None, bool]:
    """(percent, whether the cell could be read). A spreadsheet keeps 100 % as 1: such a share is read as percent and said."""
    text = row.maybe(field)
    if text is None:
        return None, True
    match = _RATE.fullmatch(narrow(text))
    value = float(match[1]) if match else -1.0
    if not match or not 0 <= value <= 100:
        row.bad(field, "not a rate", "write it in percent, such as 98.3%")
        return None, False
    if not match[2] and 0 < value <= 1:
        value = round(value * 100, 6)
        row.mended(field, f"a share, read as {value:g} %", f"write {value:g}%")
    return value, True


def read_word(row: Row, field: str, words: Mapping[str, str], needed: bool = True) -> tuple[str | None, bool]:
    """(the word of a closed vocabulary that a cell names, whether it could be read)."""
    text = row.maybe(field)
    if text is None:
        if needed:
            row.bad(field, "missing", f"write one of {_some(words)}")
        return None, not needed
    word = words.get(fold(text)) or next((key for known, key in words.items() if len(known) > 1 and known in fold(text)), None)
    if word is None:
        close = nearest(fold(text), list(words))
        row.bad(
            field,
            "a word that is not known here",
            f"write {close} if that is meant" if close else f"write one of {_some(words)}",
        )
    return word, word is not None


def read_number_or_text(row: Row, field: str) -> int | float | str | None:
    """A stated value: a number where the cell is one, else its text."""
    text = row.maybe(field)
    if text is None:
        return None
    plain = narrow(text).replace(",", "").rstrip("%").strip()
    if re.fullmatch(r"-?\d{1,15}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", plain) else text


def read_subject(row: Row, field: str = "subject", every: bool = False, needed: bool = True) -> str | None:
    """The code of a subject; None where it is missing, which is reported where it is needed."""
    if every and row.text(field) in EVERY_SUBJECT:
        return "*"
    code = row.code(field)
    if not code:
        if needed:
            row.bad(field, "missing", "write the code of the site, section or account as in the register")
        return None
    site, said = mend_site_code(code)
    # a site's code with its zeros lost; anything else is an account's or a section's own
    if site is not None and said and not row.text(field).isalpha():
        row.mended(field, said, f"write {site}, as text")
        return site
    return code


def read_rule(row: Row, field: str = "rule") -> str | None:
    """A rule's name in its one spelling: `w4A` is W4a."""
    text = row.maybe(field)
    match = _RULE.fullmatch(narrow(text).strip()) if text else None
    return f"{match[1].upper()}{match[2]}{match[3].lower()}" if match else text


def _some(words: Mapping[str, str]) -> str:
    return shown(" ".join(dict.fromkeys(words)), 120)
