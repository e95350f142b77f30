"""The Chinese date grammar (page-conventions.md §4): text in, dates at their own precision out. No clock: `now` is given.

Valid is 1990 to one day after `now`. What lies further ahead is a defect of the page, handed out by `future_dates` only.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from crawler.read import dateforms as forms
from crawler.read.urldates import URL_FORMS
from crawler.records import BEIJING, Precision

_DIGITS: Final = re.compile(r"[0-9０-９]|[一二]\S{3}年")
_ISO: Final = re.compile(
    r"(?:199[0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])\+08:00"
)
"""What a `datetime` attribute mostly holds: already what a record says."""
_WIDE: Final = re.compile(r"[０-９－／．：　【】［］（）\u00a0\u2010\u2011\u2212]")
_EPOCH_LEAST: Final = 631_152_000
_EPOCH_MOST: Final = 4_102_444_800
_ZONES: Final = {"Z": 0, "GMT": 0, "UTC": 0, "CST": 480}


class FoundDate(Struct, frozen=True, gc=False):
    """A date, where it stood (`start:end` in the text that was searched) and how it was written.

    value     as records.Reading.newest: `2026-11`, `2026-11-20`, or an instant `2026-11-20T09:15:00+08:00`
    yearless  the page gave no year: the latest year that does not lie ahead of `now` was taken, which proves nothing
    relative  counted back from `now` (3天前)
    """

    value: str
    precision: Precision
    text: str
    start: int
    end: int
    yearless: bool = False
    relative: bool = False


def find_dates(text: str, now: datetime) -> list[FoundDate]:
    """Every valid date in running text, in order; document and index numbers, phone numbers, versions, ranges refused."""
    last = last_day(now)
    return [found for found in _running(text, now) if found.value[:10] <= last]


def future_dates(text: str, now: datetime) -> list[FoundDate]:
    """The dates of running text that lie more than a day ahead of `now`."""
    last = last_day(now)
    return [found for found in _running(text, now) if found.value[:10] > last]


def parse_date(text: str, now: datetime) -> FoundDate | None:
    """The date of a date cell: the whole string is in essence one date; brackets and labels are allowed.

    A cell may also say `09-03`, `20-09-22`, `3天前`, `29 2026-09`. None for a date in the future.
    """
    found = cell_date(text, now)
    return found if found is not None and found.value[:10] <= last_day(now) else None


def cell_date(text: str, now: datetime) -> FoundDate | None:
    """As `parse_date`, but a date in the future is given too."""
    if len(text) > 120:
        return None
    if (iso := _ISO.fullmatch(text)) and iso[1] != "00:00:00":
        return FoundDate(text, "second", text, 0, len(text))
    plain = narrow(text)
    for form in forms.CELL[forms.needs_of(plain)]:
        match = form.search(plain)
        if match is None:
            continue
        before, after = plain[: match.start()], plain[match.end() :]
        if forms.JUNK.sub("", forms.LABEL.sub("", forms.JUNK.sub(" ", before).rstrip() + ":")) or forms.JUNK.sub("", after):
            continue
        built = build(match, now, text)
        if built is not None:
            return built
    return None


def parse_epoch(value: int | str) -> str | None:
    """Seconds or milliseconds since 1970 as an instant in Beijing time, or None outside 1990..2100."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    if number > 100_000_000_000:
        number //= 1000
    if not _EPOCH_LEAST <= number < _EPOCH_MOST:
        return None
    return datetime.fromtimestamp(number, BEIJING).isoformat()


def date_in_url(url: str, now: datetime) -> FoundDate | None:
    """The date an article's URL tells (page-conventions.md §3.7), month-only where only the month is known."""
    last = last_day(now)
    for form in URL_FORMS:
        match = form.search(url)
        if match is None:
            continue
        day = match["d"] if "d" in form.groupindex else None
        value = _day_text(int(match["y"]), int(match["m"]), int(day)) if day else f"{match['y']}-{int(match['m']):02d}"
        if value is not None and "1990" <= value <= last:
            return FoundDate(value, "day" if day else "month", match[0], match.start(), match.end())
    return None


def last_day(now: datetime) -> str:
    """The last day that is not the future: tomorrow, since clocks of servers and of editors differ."""
    return (now + timedelta(days=1)).strftime("%Y-%m-%d")


def narrow(text: str) -> str:
    return text.translate(forms.FULL_WIDTH) if _WIDE.search(text) else text


def _running(text: str, now: datetime) -> Iterator[FoundDate]:
    if not _DIGITS.search(text):
        return
    plain = narrow(text)
    matches = sorted(
        (match for form in forms.RUNNING[forms.needs_of(plain)] for match in form.finditer(plain)),
        key=lambda m: (m.start(), -m.end()),
    )
    reached = 0
    for match in matches:
        if match.start() < reached or forms.BEFORE_REFUSED.search(plain, max(0, match.start() - 12), match.start()):
            continue
        built = build(match, now, text)
        if built is not None:
            reached = match.end()
            yield built


def build(match: re.Match[str], now: datetime, text: str) -> FoundDate | None:
    """The date a match of one of the forms stands for, or None if there is no such day."""
    parts = match.groupdict()
    raw = text[match.start() : match.end()].strip()
    span = (match.start(), match.end())
    if parts.get("ago") or parts.get("word"):
        return _relative(parts, now, raw, span)
    if parts.get("ny"):
        return _numerals(parts, raw, span)
    month = int(parts.get("m") or parts.get("m2") or 0) or forms.MONTHS[(parts.get("month") or "jan")[:3].lower()]
    day_text = parts.get("d") or parts.get("d2")
    year = _year(parts, month, int(day_text or 1), now)
    if year is None:
        return None
    if day_text is None:
        return FoundDate(f"{year}-{month:02d}", "month", raw, *span)
    yearless = not (parts.get("y") or parts.get("yy"))
    day = _day_text(year, month, int(day_text))
    if day is None:
        return None
    value, precision = _with_time(day, parts)
    return FoundDate(value, precision, raw, *span, yearless)


def _year(parts: dict[str, str | None], month: int, day: int, now: datetime) -> int | None:
    if written_out := parts.get("y"):
        return int(written_out)
    if short := parts.get("yy"):
        full = 2000 + int(short)
        return full if full <= now.year + 1 else None
    limit = last_day(now)
    for year in range(now.year + 1, now.year - 9, -1):
        written = _day_text(year, month, day)
        if written is not None and written <= limit:
            return year
    return None


def _day_text(year: int, month: int, day: int) -> str | None:
    if day > 28 or not (1990 <= year <= 2100 and 1 <= month <= 12 and day >= 1):
        try:
            date(year, month, day)
        except ValueError:
            return None
        if not 1990 <= year <= 2100:
            return None
    return f"{year}-{month:02d}-{day:02d}"


def _with_time(day: str, parts: dict[str, str | None]) -> tuple[str, Precision]:
    hour, minute = parts.get("hh") or parts.get("hh2"), parts.get("mi") or parts.get("mi2")
    if hour is None or minute is None:
        return day, "day"
    second = parts.get("ss")
    clock = int(hour)
    half = (parts.get("ap") or "").upper()
    if half in ("下午", "PM") and clock < 12:
        clock += 12
    if clock == 0 and int(minute) == 0 and not int(second or 0):
        return day, "day"  # midnight to the second is a filler, not a time
    value = f"{day}T{clock:02d}:{int(minute):02d}:{int(second or 0):02d}+08:00"
    zone = parts.get("zone")
    if zone:
        value = _to_beijing(value, zone)
    return value, "second" if second else "minute"


def _to_beijing(value: str, zone: str) -> str:
    zone = zone.upper()
    if zone in _ZONES:
        minutes = _ZONES[zone]
    else:
        sign = -1 if zone[0] == "-" else 1
        minutes = sign * (int(zone[1:3]) * 60 + int(zone[-2:]))
    moment = datetime.fromisoformat(value) + timedelta(minutes=480 - minutes)
    return moment.isoformat()


def _relative(parts: dict[str, str | None], now: datetime, raw: str, span: tuple[int, int]) -> FoundDate | None:
    if word := parts.get("word"):
        day = (now - timedelta(days=forms.WORD_DAYS[word])).strftime("%Y-%m-%d")
        value, precision = _with_time(day, parts)
        return FoundDate(value, precision, raw, *span, False, True)
    unit, ago = parts["unit"] or "", parts["ago"] or "0"
    count = int(ago) if ago.isdigit() else _small(ago)
    if unit in forms.DAYS:
        moment = now - timedelta(days=count * forms.DAYS[unit])
        return FoundDate(moment.strftime("%Y-%m-%d"), "day", raw, *span, False, True)
    if unit == "月":
        months = now.year * 12 + now.month - 1 - count
        return FoundDate(f"{months // 12}-{months % 12 + 1:02d}", "month", raw, *span, False, True)
    moment = now - timedelta(minutes=count * forms.MINUTES.get(unit, 0))
    return FoundDate(moment.strftime("%Y-%m-%d"), "day", raw, *span, False, True)


def _numerals(parts: dict[str, str | None], raw: str, span: tuple[int, int]) -> FoundDate | None:
    year = int("".join(str(forms.NUMERAL[c]) for c in parts["ny"] or ""))
    month = 1 if parts["nm"] in ("元", "正") else _small(parts["nm"] or "")
    if not 1990 <= year <= 2100:
        return None
    if not parts.get("nd"):
        return FoundDate(f"{year}-{month:02d}", "month", raw, *span)
    day = _day_text(year, month, _small(parts["nd"] or ""))
    return FoundDate(day, "day", raw, *span) if day else None


def _small(text: str) -> int:
    """1..99 in Chinese numerals: 十二, 二十, 三十一, 廿六, 初三."""
    text = text.replace("廿", "二十").removeprefix("初")
    tens, ten, ones = text.partition("十")
    if not ten:
        return forms.NUMERAL[text]
    return 10 * (forms.NUMERAL[tens] if tens else 1) + (forms.NUMERAL[ones] if ones else 0)
