"""Reading pages: bytes in, values out; no I/O, no clock, never an exception for what a page holds.

read(Page) ──► a feed? ──► an answer of an API? ──► an article? ──► a list
"""

import re
from typing import Final

from crawler.read import articles, feeds, marks, payloads
from crawler.read.adapters import read_embedded
from crawler.read.column import page_title
from crawler.read.document import Document, open_document
from crawler.read.lists import ListFound, read_list, read_selected
from crawler.read.page import KIND_NAMES, Candidate, Found, Page, PageKind, Reason, Trace
from crawler.records import Flag, Item, Reading

READER: Final = 1
"""Version of the reading rules: an observation carries it, and `unchanged` holds only under the same one."""

__all__ = ["KIND_NAMES", "READER", "Candidate", "Found", "Page", "PageKind", "Reason", "Trace", "read"]

_BEGINS: Final = re.compile(r"[\ufeff \t\r\n]*+[^\s\ufeff]")
_ARTICLE_META: Final = ("rticleTitle", "rticletitle", "ARTICLETITLE")
_META_SIZE: Final = 8_000
_WITHOUT_DATE: Final = frozenset({"unknown", "none", "dynamic"})


def read(page: Page, *, trace: bool = False) -> Found:
    """What `page` says of its last update. With `trace`, also every group of rows that was weighed.

    A column that proves to be an article, a feed or an API's answer is read as what it is.
    """
    doc = open_document(page)
    text = doc.text
    if feeds.is_feed(text):
        return _found(doc, *feeds.read_feed(doc))
    if _BEGINS.match(text) and payloads.is_payload(text, page.content_type):
        return _found(doc, *payloads.read_payload(doc, page.rules))
    if page.kind == "article":
        return _found(doc, articles.read_article(doc) or Reading("unknown"))
    made = _list_or_article(page, doc, trace)
    if trace and page.kind in ("column", "home"):
        made.trace = _with_records(made, doc)
    flags = (*made.flags, *(marks.read_marks(doc) if trace else marks.quick_marks(doc)))
    return Found(made.reading, made.items, flags, doc.charset, text, page_title(text), made.trace)


def _list_or_article(page: Page, doc: Document, trace: bool) -> ListFound:
    if page.rules is not None and page.rules.selector:
        made = read_selected(doc, page)
        if made.reading.state == "list":
            return made
        general = _list_or_article(
            Page(page.body, page.url, page.now, page.kind, page.content_type, None, page.partial), doc, trace
        )
        return ListFound(general.reading, general.items, (*made.flags, *general.flags), general.trace)
    head = doc.text[:_META_SIZE]
    named = page.kind != "home" and any(name in head for name in _ARTICLE_META)
    if named and articles.looks_like_article(doc):
        article = articles.read_article(doc)
        if article is not None:
            return ListFound(article)
    found = read_list(doc.text, page, trace=trace)
    if found.reading.state in _WITHOUT_DATE and page.kind not in ("home", "probe") and articles.looks_like_article(doc):
        article = articles.read_article(doc)
        if article is not None:
            return ListFound(article, (), found.flags, found.trace)
    return found


def _with_records(made: ListFound, doc: Document) -> Trace | None:
    """The trace with the list that stands in the page's own `<record>`s, which is taken where the page itself tells no date."""
    embedded = read_embedded(doc) if made.trace is not None and made.reading.newest is None else None
    if embedded is None or made.trace is None:
        return made.trace
    reading = embedded[0]
    sample = f"{reading.text} {reading.title or ''}"[:80]
    records = Candidate("recordset > record", reading.items, reading.dated, reading.newest, sample, "chosen")
    return Trace((records, *made.trace.candidates), made.trace.notes)


def _found(doc: Document, reading: Reading, items: tuple[Item, ...] = (), flags: tuple[Flag, ...] = ()) -> Found:
    return Found(reading, items, flags, doc.charset, doc.text, page_title(doc.text))
