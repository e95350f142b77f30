"""Answers of platforms' own interfaces: JSON, or JSON that a page holds in a script. Where what stands is `interfaces.toml`.

A post that stands twice, pinned on top and in its place, counts once. The newest is the largest valid time of a post; a
Weibo time is read in the form that it is written in (`Tue Sep 01 10:20:30 +0800 2026`).
"""

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote

import msgspec
import orjson

from crawler.accounts.platforms import Platform, address_of
from crawler.read.document import Document
from crawler.read.entries import MOST_ENTRIES, Entry, Triple, When, absolute, add_up, plain, tell_time
from crawler.read.shapes import opened
from crawler.records import Flag, Reading, clean_text


class ListForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[list]]` of `interfaces.toml`."""

    platform: str
    rows: str
    inside: str
    time: tuple[str, ...]
    title: tuple[str, ...]
    link: tuple[str, ...]
    id: tuple[str, ...]
    url: str
    pinned: tuple[tuple[str, str], ...]
    drop: tuple[str, ...]
    owner: str = ""


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[refusal]]` of `interfaces.toml`."""

    platform: str
    what: str
    field: str = ""
    values: tuple[str, ...] = ()
    needs: str = ""


_TABLE: Final = tomllib.loads(files("crawler").joinpath("accounts/interfaces.toml").read_text(encoding="utf-8"))
LISTS: Final = msgspec.convert(_TABLE["list"], tuple[ListForm, ...])
REFUSALS: Final = msgspec.convert(_TABLE["refusal"], tuple[Refusal, ...])

_CTIME = re.compile(r"\s*(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2})\s+(\d{1,2}) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})\s*")
_SCRIPT = re.compile(r"<script[^>]{0,200}\bid\s*=\s*[\"'](?:RENDER_DATA|__NEXT_DATA__)[\"'][^>]{0,200}>([^<]{2,2000000})<")
_MOST_NODES: Final = 5_000


def refused(data: Any, platform: Platform) -> str | None:
    """Why an interface's answer is a refusal, None where it is none; the words are ours and those of the answer."""
    if not isinstance(data, dict):
        return None
    for row in REFUSALS:
        if row.platform != platform.id:
            continue
        if row.needs and row.needs not in data:
            return row.what
        if row.field:
            value = _at(data, row.field)
            if value is not None and _says(str(value), row.values):
                return clean_text(f"{row.field} {value}: {row.what}")
    return None


def _says(value: str, values: tuple[str, ...]) -> bool:
    return value not in values[1:] if values[:1] == ("*",) else value in values


def read_interface(data: Any, platform: Platform, doc: Document) -> Triple | None:
    """The posts in `data` by the platform's forms; None where none of them fits, so that it may be read by its shape.

    An empty list is `unknown` with the flag `empty_list`: platforms answer so too where they do not want to answer.
    """
    for form in LISTS:
        rows = _list_at(data, form.rows) if form.platform == platform.id else None
        if not isinstance(rows, list):
            continue
        if not rows:
            return Reading("unknown"), (), (Flag("empty_list", form.rows),)
        entries = list(_entries(rows, form, doc))
        if entries:
            reading, items, flags = add_up(entries, "list", "api")
            pins = sum(entry.top for entry in entries)
            if pins and not any(flag.name == "pinned" for flag in flags):
                flags = (*flags, Flag("pinned", f"{pins} on top"))
            return reading, items, flags
    return None


def held_data(text: str) -> Iterator[Any]:
    """The values that a page holds in its data scripts, as they stand or percent-encoded, and the objects in them.

    Pages keep their lists a few levels down under names of their own: each object on the way is handed out.
    """
    for match in _SCRIPT.finditer(text):
        written = match[1].strip()
        try:
            stack = [orjson.loads((unquote(written) if written.startswith("%") else written).encode("utf-8", "replace"))]
        except orjson.JSONDecodeError:
            continue
        nodes = 0
        while stack and nodes < _MOST_NODES:
            value = stack.pop()
            nodes += 1
            if isinstance(value, dict):
                yield value
                stack.extend(inner for inner in value.values() if isinstance(inner, dict))


def _entries(rows: list[Any], form: ListForm, doc: Document) -> Iterator[Entry]:
    seen: set[str] = set()
    address = address_of(doc.url)
    own = address.ids.get("id", "") if address and address.platform.id == form.platform else ""
    for row in rows[:MOST_ENTRIES]:
        held = _at(row, form.inside) if form.inside else row
        if any(_at(row, name) for name in form.drop):
            continue
        for post in held if isinstance(held, list) else [held]:
            known = _first(post, form.id)
            if not isinstance(post, dict) or (known and known in seen) or _of_another(post, form, own):
                continue
            seen.add(known)
            when = next((w for path in form.time if (w := _time(_at(post, path), doc.now)).found or w.future), When(None))
            link = _first(post, form.link) or (form.url.format(id=known) if known and known.isalnum() else "")
            yield Entry(plain(_first(post, form.title)), absolute(doc.url, link), when, _pinned(row, post, form))


def _of_another(post: dict[str, Any], form: ListForm, own: str) -> bool:
    owner = _first(post, (form.owner,)) if form.owner else ""
    return bool(own and owner and owner != own)


def _pinned(row: Any, post: Any, form: ListForm) -> bool:
    for name, start in form.pinned:
        for value in (_at(row, name), _at(post, name)):
            if isinstance(value, str) and start and value.startswith(start):
                return True
            if not start and value not in (None, False, 0, "", "0"):
                return True
    return False


def _time(value: Any, now: datetime) -> When:
    match = _CTIME.fullmatch(value) if isinstance(value, str) and len(value) < 60 else None
    if match is None:
        return tell_time(value, now)
    month, day, clock, zone, year = match.groups()
    return tell_time(f"{day} {month} {year} {clock} {zone}", now)


def _first(row: Any, paths: tuple[str, ...]) -> str:
    for path in paths:
        value = _at(row, path)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _at(data: Any, path: str) -> Any:
    """The value at a dotted path; text on the way that holds JSON is opened."""
    for step in path.split("."):
        if isinstance(data, str):
            data = opened(data)
        if not isinstance(data, dict):
            return None
        data = data.get(step)
    return data


def _list_at(data: Any, path: str) -> Any:
    value = _at(data, path)
    return opened(value) if isinstance(value, str) else value
