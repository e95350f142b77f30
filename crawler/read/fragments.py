"""Rows of HTML inside another answer (`data.html`, Hanweb's `<record>`): there is nothing around them to be told apart from.

The list reader goes first; where it finds too little to choose from, each `<li>`, `<tr>` or `<dl>` with a link is a row, and
a date that stands alone between two tags is its date.
"""

import re
from html import unescape
from typing import Final

from crawler.read.document import Document
from crawler.read.entries import MOST_ENTRIES, Entry, Triple, When, absolute, add_up, plain, tell_time
from crawler.read.page import Page
from crawler.records import Reading

_ROWS = re.compile(r"(?=<(?:li|tr|dl)[\s>])", re.IGNORECASE)
_LINK = re.compile(r"<a\b([^>]{0,2000})>(.{0,2000}?)</a\s*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_TITLE = re.compile(r"\btitle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>?")
_DIGIT: Final = re.compile(r"\d")


def read_fragment(html: str, doc: Document) -> Triple:
    """The reading of a fragment: state `list` with the rows' own dates, or `unknown`."""
    from crawler.read.lists import read_list  # here, because lists may hand what stands in their scripts to this room

    found = read_list(html, Page(b"", doc.url, doc.now))
    if found.reading.newest is not None:
        return found.reading, found.items, found.flags
    entries = [entry for chunk in _ROWS.split(html)[: 2 * MOST_ENTRIES] if (entry := _row(chunk, doc))]
    if any(entry.when.found for entry in entries):
        return add_up(entries, "list", "row")
    return Reading("unknown"), (), ()


def _row(chunk: str, doc: Document) -> Entry | None:
    """The row in a piece of HTML; None where it has no link."""
    link = _LINK.search(chunk)
    href = _HREF.search(link[1]) if link else None
    if link is None or href is None:
        return None
    title = _TITLE.search(link[1])
    return Entry(
        plain((title[1] or title[2]) if title else link[2]) or plain(link[2]),
        absolute(doc.url, href[1] or href[2] or href[3] or ""),
        _when(chunk, doc),
    )


def _when(chunk: str, doc: Document) -> When:
    ahead = When(None)
    for node in _TAG.split(chunk):
        if _DIGIT.search(node):
            when = tell_time(unescape(node), doc.now)
            if when.found:
                return when
            ahead = when if when.future else ahead
    return ahead
