"""Entries of a feed or of a payload, and the reading they add up to: newest is the largest valid date of an item."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Final
from urllib.parse import urljoin

from crawler.read import dates
from crawler.read.dates import FoundDate
from crawler.records import Flag, Item, Precision, Reading, Source, State, clean_text

MOST_ENTRIES: Final = 2_000
Triple = tuple[Reading, tuple[Item, ...], tuple[Flag, ...]]

_TAGS = re.compile(r"<[^<>]{0,2000}>")
_ZONE = re.compile(r"(?i)[0-9]\s*(?:z|utc|gmt|cst|est|edt|[+-]\d\d:?\d\d)\b|\b(?:gmt|utc|cst)\b")
_NET_DATE = re.compile(r"/Date\((-?\d{9,14})")
_COMPACT = re.compile(r"\s*((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\s*")
_EPOCH = re.compile(r"\s*\d{10}(?:\d{3})?(?:\.\d+)?\s*")
_MIDNIGHT: Final = "T00:00:00+08:00"


@dataclass(frozen=True, slots=True)
class When:
    """An entry's time. found: the date, None where there is none that holds; future: it lies ahead; naive: no zone."""

    found: FoundDate | None
    raw: str = ""
    future: bool = False
    naive: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    url: str | None
    when: When
    top: bool = False


def tell_time(value: object, now: datetime) -> When:
    """The time a field holds: text of any writing, epoch seconds or ms as a number or text, `/Date(ms)/`, YYYYMMDDhhmmss.

    Midnight is a filler: only the day is kept. Times without a zone are Beijing time.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return When(None)
    text = value.strip() if isinstance(value, str) else str(int(value)) if abs(value) < 1e16 else ""
    if not text or len(text) > 120:
        return When(None)
    if net := _NET_DATE.search(text):
        return _epoch(net[1], text, now)
    if _EPOCH.fullmatch(text):
        return _epoch(text.split(".")[0], text, now)
    if compact := _COMPACT.fullmatch(text):
        text = "{}-{}-{} {}:{}:{}".format(*compact.groups())
    found = dates.cell_date(text, now)
    if found is None or found.precision == "month" or found.yearless:
        return When(None, text)
    if found.value[:10] > dates.last_day(now):
        return When(None, text, future=True)
    return When(found, text, naive=found.precision != "day" and not _ZONE.search(text))


def _epoch(digits: str, text: str, now: datetime) -> When:
    value = dates.parse_epoch(digits)
    if value is None:
        return When(None, text)
    if value[:10] > dates.last_day(now):
        return When(None, text, future=True)
    precision: Precision = "second"
    if value.endswith(_MIDNIGHT):
        value, precision = value[:10], "day"
    return When(FoundDate(value, precision, text, 0, len(text)), text)


def plain(text: str) -> str:
    """A title as a person reads it: markup and entities resolved."""
    if "<" in text:
        text = _TAGS.sub("", text)
    if "&" in text:
        text = unescape(text)
    return clean_text(text)


def absolute(base: str, link: str) -> str | None:
    """`link` as an absolute http URL, or None."""
    link = link.strip()
    if not link or link.startswith(("#", "javascript:")):
        return None
    try:
        url = urljoin(base, unescape(link) if "&amp;" in link else link)
    except ValueError:
        return None
    return clean_text(url, 2_000) if url.startswith(("http://", "https://")) else None


def add_up(entries: Sequence[Entry], state: State, source: Source) -> Triple:
    """The reading of these entries, its items, and the flags `future`, `pinned` and `naive_time` where they hold."""
    entries = entries[:MOST_ENTRIES]
    items = tuple(Item(e.title, e.url, e.when.found.value if e.when.found else None) for e in entries)
    dated = [(e.when.found.value, -i, e) for i, e in enumerate(entries) if e.when.found]
    flags: list[Flag] = []
    ahead = next((e for e in entries if e.when.future), None)
    if ahead:
        flags.append(Flag("future", clean_text(f"{ahead.when.raw} {ahead.title}")))
    if not dated:
        return Reading(state, items=len(entries)), items, tuple(flags)
    value, place, best = max(dated, key=lambda row: row[:2])
    first = next(e for e in entries if e.when.found)
    if first.when.found and first.when.found.value[:10] < value[:10]:
        flags.append(Flag("pinned", clean_text(f"row {-place + 1} is the newest, row 1 says {first.when.found.value}")))
    if any(e.when.naive for e in entries):
        flags.append(Flag("naive_time", clean_text(best.when.raw)))
    found = best.when.found
    assert found is not None
    reading = Reading(
        state,
        newest=value,
        precision=found.precision,
        source=source,
        text=clean_text(best.when.raw),
        title=best.title or None,
        item_url=best.url,
        items=len(entries),
        dated=len(dated),
        oldest=min(row[0] for row in dated),
    )
    return reading, items, tuple(flags)
