"""RSS 2.0, Atom, RDF and JSON Feed. Newest is the largest date of an item: a channel's own dates are build times.

Libraries read Chinese dates wrong without saying so (engineering-notes.md §8), so lxml and our own dates are used. The
declaration, the document type and control characters are taken out first: no entity of a feed is ever expanded.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import orjson
from lxml import etree

from crawler.read.document import Document
from crawler.read.entries import MOST_ENTRIES, Entry, Triple, When, absolute, add_up, plain, tell_time
from crawler.records import Flag, Reading

_FEED = re.compile(
    r"\ufeff?\s*(?:<\?[^>]{0,500}>\s*|<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,3000}\])?\s*>\s*){0,8}"
    r"<(?:[\w-]{1,20}:)?(?:rss|feed|RDF)[\s>]",
    re.DOTALL,
)
_JSON_FEED: Final = "jsonfeed.org/version"
_PROLOG = re.compile(r"<\?xml[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^>\[]*+\[(?>(?:[^\]]|\](?!\s*>))*)\]\s*>|[^>]*+>)", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_ENTRY_TAGS: Final = frozenset({"item", "entry"})
_DATE_TAGS: Final = ("pubdate", "published", "date", "issued", "created", "publishdate", "pubtime", "updated", "modified")
"""Local names, lower case, best first. An entry's own `updated` counts where it says nothing else; a channel's never."""


def is_feed(text: str) -> bool:
    """Is this text a feed, whatever its content type says?"""
    head = text[:8_192]
    if _FEED.match(head):
        return True
    return _JSON_FEED in head and head.lstrip("\ufeff \t\r\n").startswith("{")


def read_feed(doc: Document) -> Triple:
    """The feed's reading, items and flags. `empty_feed` or `broken_feed`: nothing is proved, a bridge may be ill.

    A feed whose items bear no dates has `newest` None; times without a zone are Beijing time (`naive_time` says so).
    """
    text = doc.text.lstrip("\ufeff \t\r\n")
    entries = _json_entries(text, doc) if text.startswith("{") else _xml_entries(text, doc)
    if entries is None:
        return Reading("unknown"), (), (Flag("broken_feed"),)
    if not entries:
        return Reading("unknown"), (), (Flag("empty_feed"),)
    return add_up(entries, "feed", "feed")


def parse_xml(text: str) -> etree._Element | None:
    """The root of some XML text, forgivingly; None where there is none. No entity, no DTD, no network."""
    text = _DOCTYPE.sub("", _PROLOG.sub("", text, count=1), count=1)
    text = _CONTROL.sub("", text).lstrip("\ufeff \t\r\n")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except (etree.LxmlError, ValueError):
        return None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, in lower case; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower().rpartition(":")[2] if isinstance(tag, str) else ""


def _xml_entries(text: str, doc: Document) -> list[Entry] | None:
    root = parse_xml(text)
    if root is None:
        return None
    entries: list[Entry] = []
    for element in root.iter():
        if local_name(element) in _ENTRY_TAGS:
            entries.append(_xml_entry(element, doc))
            if len(entries) >= MOST_ENTRIES:
                break
    return entries


def _xml_entry(element: etree._Element, doc: Document) -> Entry:
    fields: dict[str, str] = {}
    links: list[tuple[int, str]] = []
    for child in element:
        name = local_name(child)
        text = "".join(map(str, child.itertext())).strip() if name else ""
        if name == "link":
            href = child.get("href") or text
            links.append((0 if child.get("rel") in (None, "alternate") else 1, href))
        elif name == "guid" and child.get("isPermaLink") != "false":
            links.append((2, text))
        elif name and text:
            fields.setdefault(name, text)
    about = element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
    if about:
        links.append((3, about))
    urls = (absolute(doc.url, link) for _, link in sorted(links, key=lambda row: row[0]))
    return Entry(
        plain(fields.get("title", "")), next(filter(None, urls), None), _first((fields.get(n) for n in _DATE_TAGS), doc.now)
    )


def _first(values: Iterable[Any], now: datetime) -> When:
    """The first of `values` that tells a time; else what the first that is there failed to tell."""
    failed: When | None = None
    for value in values:
        if value:
            when = tell_time(value, now)
            if when.found:
                return when
            failed = failed or when
    return failed or When(None)


def _json_entries(text: str, doc: Document) -> list[Entry] | None:
    try:
        feed = orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None
    rows = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(rows, list):
        return None
    entries = []
    for row in rows[:MOST_ENTRIES]:
        if isinstance(row, dict):
            link = row.get("url") or row.get("external_url") or ""
            title = row.get("title") or row.get("summary") or ""
            entries.append(
                Entry(
                    plain(str(title)),
                    absolute(doc.url, str(link)),
                    _first((row.get("date_published"), row.get("date_modified")), doc.now),
                )
            )
    return entries
