"""Dialects of columns that a script fills, as a table (`adapters.toml`, whose head explains the fields).

page ──recognise──► Recognised: the requests that its script would make, or why they cannot be told
answer of one ──read_answer──► reading, items, flags
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode, urljoin

import msgspec
from msgspec import Struct

from crawler.read import payloads
from crawler.read.document import Document
from crawler.read.entries import Triple, add_up
from crawler.read.fragments import read_fragment
from crawler.read.proofs import error_of
from crawler.read.scriptcalls import Pairs, pairs_of
from crawler.read.shapes import entries_of, opened
from crawler.records import Flag, Reading, clean_text

Method = Literal["GET", "POST"]

_UNREAD: Final[Triple] = (Reading("unknown"), (), ())
_MOST_LOOKED: Final = 500_000
_NAMED_REACH: Final = 3_000
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")


class Find(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that is taken from the page."""

    name: str
    where: Literal["page", "url"] = "page"
    kind: Literal["text", "object", "named"] = "text"
    forms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    need: tuple[str, ...] = ()
    default: str | None = None


class AskForm(Struct, frozen=True, forbid_unknown_fields=True):
    """One request, with placeholders."""

    url: str
    method: Method = "GET"
    query: dict[str, str] = {}
    spread: tuple[str, ...] = ()
    form: dict[str, str] = {}


class AnswerForm(Struct, frozen=True, forbid_unknown_fields=True):
    """How an answer is read."""

    read: Literal["shape", "path", "html", "records"] = "shape"
    rows: tuple[str, ...] = ()
    total: tuple[str, ...] = ()


class Adapter(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the table."""

    name: str
    signs: tuple[str, ...]
    ask: tuple[AskForm, ...]
    answer: AnswerForm = AnswerForm()
    find: tuple[Find, ...] = ()
    headers: dict[str, str] = {}


class Request(NamedTuple):
    """One request that a page's script would make; `url` is absolute, without fragment."""

    url: str
    method: Method = "GET"
    form: Pairs = ()
    headers: Pairs = ()


class Recognised(NamedTuple):
    """A dialect that stands in a page. `why`: what keeps its requests from being made, where there is none."""

    adapter: Adapter
    requests: tuple[Request, ...] = ()
    why: str = ""


class _UntoldError(ValueError):
    """A placeholder for which the page tells nothing; the message says which."""


def load(text: str) -> tuple[Adapter, ...]:
    """The adapters of a table. Raises msgspec.ValidationError, tomllib.TOMLDecodeError or re.error where it is not one."""
    adapters = msgspec.convert(tomllib.loads(text)["adapter"], tuple[Adapter, ...])
    for adapter in adapters:
        for form in (*adapter.signs, *(form for find in adapter.find for form in find.forms)):
            _compiled(form)
    return adapters


def _compiled(form: str) -> re.Pattern[str]:
    return re.compile(form, re.DOTALL)


ADAPTERS: Final = load(files("crawler.read").joinpath("adapters.toml").read_text(encoding="utf-8"))
BY_NAME: Final[Mapping[str, Adapter]] = {adapter.name: adapter for adapter in ADAPTERS}


def recognise(text: str, url: str, column: str, adapters: tuple[Adapter, ...] = ADAPTERS) -> Recognised | None:
    """The first dialect of the table that fills this page; None where there is none.

    url     of the page that was answered: what relative addresses are relative to
    column  the register's URL, which may have a fragment that names the column
    """
    text = text[:_MOST_LOOKED]
    for adapter in adapters:
        if all(_compiled(sign).search(text) for sign in adapter.signs):
            try:
                return Recognised(adapter, _requests(adapter, text, url, column))
            except _UntoldError as untold:
                return Recognised(adapter, (), str(untold))
    return None


def _requests(adapter: Adapter, text: str, url: str, column: str) -> tuple[Request, ...]:
    texts: dict[str, str | None] = {"page": url.partition("#")[0]}
    objects: dict[str, dict[str, str]] = {}
    for find in adapter.find:
        looked = text if find.where == "page" else column
        if find.kind == "text":
            texts[find.name] = _text(find, looked, texts)
        else:
            objects[find.name] = _object(find, looked) if find.kind == "object" else _named(find, looked)
    headers = tuple((name, value) for name, form in adapter.headers.items() if (value := _header(_filled(form, texts))))
    return tuple(_request(ask, texts, objects, headers) for ask in adapter.ask)


def _request(ask: AskForm, texts: Mapping[str, str | None], objects: Mapping[str, dict[str, str]], headers: Pairs) -> Request:
    spread = [pair for name in ask.spread for pair in objects[name].items()]
    query = [(name, _filled(form, texts)) for name, form in ask.query.items()]
    form = [(name, _filled(value, texts)) for name, value in ask.form.items()]
    if ask.method == "POST":
        form = spread + form
    else:
        query = query + spread
    address = _joined(texts["page"] or "", _filled(ask.url, texts))
    if query:
        address += ("&" if "?" in address else "?") + urlencode(query)
    return Request(address, ask.method, tuple(form), headers)


def _joined(page: str, address: str) -> str:
    try:
        return urljoin(page, address).partition("#")[0]
    except ValueError:
        raise _UntoldError("no address") from None


def _header(value: str) -> str:
    """A value that may stand in a header: ASCII without control characters, else nothing."""
    return value if value.isascii() and value.isprintable() else ""


def _filled(form: str, texts: Mapping[str, str | None]) -> str:
    def told(match: re.Match[str]) -> str:
        value = texts.get(match[1])
        if value is None:
            raise _UntoldError(f"no {match[1]}")
        return value

    return _PLACEHOLDER.sub(told, form)


def _text(find: Find, looked: str, texts: Mapping[str, str | None]) -> str | None:
    for form in find.forms:
        try:
            match = _compiled(_filled(form, {name: re.escape(value) for name, value in texts.items() if value})).search(looked)
        except _UntoldError:
            continue
        if match and (value := next((part for part in match.groups() if part), "")):
            return value
    if find.default is None:
        return None
    try:
        return _filled(find.default, texts)
    except _UntoldError:
        return None


def _object(find: Find, looked: str) -> dict[str, str]:
    for form in find.forms:
        different = {match[1]: pairs_of(match[1]) for match in _compiled(form).finditer(looked)}
        usable = [pairs for pairs in different.values() if all(name in pairs for name in find.need)]
        if len(usable) > 1:
            raise _UntoldError(f"several {find.name} on the page")
        if usable:
            return usable[0]
    raise _UntoldError(f"no {find.name} with {' and '.join(find.need)}")


def _named(find: Find, looked: str) -> dict[str, str]:
    """The names that the page sets, near the last of those that are needed."""
    for name in find.need:
        values = {_value(match) for match in _setting(name).finditer(looked)}
        if len(values) != 1:
            raise _UntoldError(f"several {name} on the page" if values else f"no {name}")
    place = next(_setting(find.need[-1]).finditer(looked)).start() if find.need else 0
    near = looked[max(0, place - _NAMED_REACH) : place + _NAMED_REACH]
    return {name: _value(match) for name in find.names if (match := _setting(name).search(near))}


def _setting(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}[\"']?\s*[:=]\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s&\"'<>,;}})]+))")


def _value(match: re.Match[str]) -> str:
    return match[1] or match[2] or match[3] or ""


# ---- the answer ----


def read_answer(form: AnswerForm, doc: Document) -> Triple:
    """What an adapter's answer says; `doc` bears the column's URL, which links in it are relative to.

    `blank` only where the answer reports no error, has no row, and says a total of 0. Never raises.
    """
    if form.read == "shape":
        return payloads.read_payload(doc, None)
    data = payloads.parse_payload(doc.text)
    if data is None:
        return Reading("unknown"), (), (Flag("broken_payload"),)
    error = error_of(data)
    rows = _rows(form, data)
    read = _READERS[form.read](rows, data, doc)
    if read[0].items or read[0].newest:
        return read
    if error is not None:
        return Reading("unknown"), (), (Flag("api_error", clean_text(error)),)
    empty = rows in (None, [], "", {}) if form.read != "records" else not _cdata(doc.text)
    if empty and _total(form, data) == "0":
        return Reading("blank"), (), (Flag("empty", "total 0"),)
    return _UNREAD


def _rows(form: AnswerForm, data: Any) -> Any:
    return next((value for path in form.rows if (value := at_path(data, path)) is not None), None)


def _total(form: AnswerForm, data: Any) -> str | None:
    """The number of items as written, where all paths that lead somewhere agree."""
    found = {str(value).strip() for path in form.total if isinstance(value := at_path(data, path), int | str)}
    return found.pop() if len(found) == 1 else None


def at_path(data: Any, path: str) -> Any:
    """What stands at a dotted path; None where it leads nowhere. Strings that hold JSON are opened on the way."""
    for step in path.split("."):
        if isinstance(data, str):
            data = opened(data)
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _by_path(rows: Any, data: Any, doc: Document) -> Triple:
    entries = entries_of(rows, doc) if isinstance(rows, list) else []
    return add_up(entries, "list", "api") if entries else _UNREAD


def _by_html(rows: Any, data: Any, doc: Document) -> Triple:
    return of_api(read_fragment(rows, doc)) if isinstance(rows, str) and "<" in rows else _UNREAD


def _by_records(rows: Any, data: Any, doc: Document) -> Triple:
    return of_api(read_fragment(_cdata(doc.text), doc))


def of_api(read: Triple) -> Triple:
    """Rows of HTML that came in an API's answer: their dates are the API's."""
    reading, items, flags = read
    if reading.newest is None:
        return read
    return msgspec.structs.replace(reading, source="api"), items, flags


_RECORDSET: Final = re.compile(r"<recordset\b", re.IGNORECASE)
_RECORD: Final = re.compile(r"<(/?)record>", re.IGNORECASE)


def _cdata(text: str) -> str:
    """What stands in the `<record>` elements."""
    parts: list[str] = []
    opening = -1
    for mark in _RECORD.finditer(text):
        if not mark[1]:
            opening = mark.end()
        elif opening >= 0:
            parts.append(text[opening : mark.start()].strip().removeprefix("<![CDATA[").removesuffix("]]>"))
            opening = -1
    return "\n".join(part for part in parts if part.strip())


def read_embedded(doc: Document) -> Triple | None:
    """The list in the records that Hanweb writes into the page itself; None where there is not one such list with a date."""
    if len(_RECORDSET.findall(doc.text)) != 1:
        return None
    read = read_fragment(_cdata(doc.text), doc)
    return read if read[0].newest is not None else None


_READERS: Final = {"path": _by_path, "html": _by_html, "records": _by_records}
