"""Lists found by their shape in nested data: arrays of objects with a time, and a title or a link, whatever their names.

Rows may hold their fields in nested objects; strings that hold JSON are opened. `payloadkeys.py` says what fields are called.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from crawler.read import payloadkeys as keys
from crawler.read.document import Document
from crawler.read.entries import MOST_ENTRIES, Entry, When, absolute, plain, tell_time

MOST_NODES: Final = 200_000
MOST_DEPTH: Final = 14
_ROW_DEPTH: Final = 5
_SAMPLE: Final = 12
_LOOKED_INTO: Final = 100
"""Rows of an array that are looked into for further arrays: what the first hundred do not hold the others do not."""


def find_entries(data: Any, doc: Document) -> list[Entry]:
    """The rows of the array that looks most like a list of publications; empty where none does."""
    best: tuple[int, list[Any]] | None = None
    for rows in _arrays(data):
        score = _score(rows, doc.now)
        if score and (best is None or score > best[0]):
            best = (score, rows)
    return entries_of(best[1], doc) if best else []


def entries_of(rows: list[Any], doc: Document) -> list[Entry]:
    """The objects among `rows` as entries; one key is the time of them all, one the title, one the link."""
    fields = [dict(_fields(row)) for row in rows[:MOST_ENTRIES] if isinstance(row, dict)]
    if not fields:
        return []
    time = _time_key(fields, doc.now)
    entries = []
    for row in fields:
        when = tell_time(row.get(time), doc.now) if time else When(None)
        title = _best(row, keys.TITLES)
        link = _best(row, keys.LINKS)
        top = any(_last(name) in keys.TOPS and _true(value) for name, value in row.items())
        url = absolute(doc.url, link) if link else None
        if title or url or when.found:
            entries.append(Entry(plain(title), url, when, top))
    return entries


def _arrays(data: Any) -> Iterator[list[Any]]:
    """Every array of objects in `data`; strings that hold JSON are opened."""
    stack: list[tuple[Any, int]] = [(data, 0)]
    nodes = 0
    while stack and nodes < MOST_NODES:
        value, depth = stack.pop()
        nodes += 1
        if isinstance(value, str):
            value = opened(value)
        if depth > MOST_DEPTH or not isinstance(value, dict | list):
            continue
        if isinstance(value, list):
            if any(isinstance(row, dict) for row in value[:_SAMPLE]):
                yield value
            stack.extend((row, depth + 1) for row in reversed(value[:_LOOKED_INTO]))
        else:
            for name in keys.ROWS & value.keys():
                if isinstance(value[name], dict):
                    yield [value[name]]
            stack.extend((inner, depth + 1) for inner in value.values() if isinstance(inner, dict | list | str))


def opened(text: str) -> Any:
    """The value of a string that holds JSON, else None."""
    if len(text) < 20 or text[0] not in "[{" or text[-1] not in "]}":
        return None
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None


def _fields(row: dict[Any, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The plain values of an object and of the objects in it, by dotted key; arrays and forwarded posts left out."""
    for name, value in row.items():
        if isinstance(value, dict):
            if depth < _ROW_DEPTH and norm(name) not in keys.FORWARDED:
                yield from _fields(value, f"{prefix}{name}.", depth + 1)
        elif value is not None and not isinstance(value, list):
            yield f"{prefix}{name}", value


def norm(name: Any) -> str:
    return str(name).lower().replace("_", "").replace("-", "")


def _last(name: str) -> str:
    return norm(name.rpartition(".")[2])


def _score(rows: list[Any], now: datetime) -> int:
    """How much an array looks like a list of publications; 0 if not at all."""
    fields = [dict(_fields(row)) for row in rows[:_SAMPLE] if isinstance(row, dict)]
    if not fields:
        return 0
    titled = sum(bool(_best(row, keys.TITLES)) for row in fields) * 2 >= len(fields)
    linked = sum(bool(_best(row, keys.LINKS)) for row in fields) * 2 >= len(fields)
    time = _time_key(fields, now)
    if not (titled or linked) or not (time or (titled and linked and len(fields) > 1)):
        return 0
    weight = _time_weight(time) if time else 0
    return 2 * weight + 60 * titled + 40 * linked + min(len(rows), 20) - 10 * (time.count(".") if time else 0)


def _time_key(fields: list[dict[str, Any]], now: datetime) -> str | None:
    """The key under which at least half of the rows tell a time, the surest name first, the outermost of equals."""
    names = {name: _time_weight(name) for row in fields[:_SAMPLE] for name in row}
    ranked = sorted((n for n, weight in names.items() if weight), key=lambda n: (-names[n], n.count("."), n))
    for name in ranked:
        told = [tell_time(row.get(name), now) for row in fields[:_SAMPLE]]
        if sum(when.found is not None or when.future for when in told) * 2 >= len(told):
            return name
    return None


def _time_weight(name: str) -> int:
    last = _last(name)
    weight = keys.TIMES.get(last, 0) or keys.TIMES.get(last.removesuffix("format").removesuffix("str").removesuffix("text"), 0)
    if weight or any(word in last for word in keys.NOT_TIMES):
        return weight
    if last.endswith(("time", "date", "sj", "rq", "timestr", "datestr", "时间", "日期")):
        return 65 if any(stem in last for stem in keys.TIME_STEMS) else 30
    return 0


def _best(row: dict[str, Any], names: Mapping[str, int]) -> str:
    """The value under the best of `names` that is not empty, the outermost of equals."""
    found = ""
    best = 0
    for name, value in row.items():
        weight = names.get(_last(name), 0)
        if weight:
            weight = 2 * weight - 5 * name.count(".")
            if weight > best and isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                found, best = str(value).strip(), weight
    return found


def _true(value: Any) -> bool:
    return value is True or (isinstance(value, int | str) and str(value).lower() in ("1", "true", "yes", "是", "y"))
