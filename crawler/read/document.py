"""A page opened for reading: decoded once, parsed at most once and only when a tree is asked for."""

from datetime import datetime
from typing import Final

from lxml import etree, html

from crawler.read.charset import decode
from crawler.read.page import Page

_EMPTY: Final = b"<html><body></body></html>"


class Document:
    """The decoded text of a page and, on demand, its tree.

    text     the decoded page, as it came
    charset  utf-8, gb18030, big5hkscs, utf-16-le, …
    root     the lxml.html root, always an element: whatever the bytes were
    """

    __slots__ = ("_body", "_root", "charset", "now", "text", "url")

    def __init__(self, text: str, url: str, now: datetime, charset: str = "utf-8", body: bytes | None = None):
        self.text = text
        self.charset = charset
        self.url = url
        self.now = now
        self._body = body
        self._root: html.HtmlElement | None = None

    @property
    def root(self) -> html.HtmlElement:
        if self._root is None:
            self._root = _parse(self._body if self._body is not None else self.text.encode("utf-8", "replace"))
        return self._root


def open_document(page: Page) -> Document:
    """Decode `page`: never raises, whatever the bytes are."""
    override = page.rules.charset if page.rules else None
    text, charset, clean = decode(page.body, page.content_type, override)
    return Document(text, page.url, page.now, charset, page.body if clean else None)


def _parse(body: bytes) -> html.HtmlElement:
    """lxml stops silently at a NUL and at bytes that are not UTF-8: `body` is valid UTF-8, NULs are taken out here."""
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = html.document_fromstring(body or _EMPTY, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        root = html.document_fromstring(_EMPTY, parser=html.HTMLParser(encoding="utf-8"))
    return root
