"""The rows a register names: CSS, or XPath where the expression begins with "/" or "(", through parsel."""

from typing import Any

from lxml import etree
from parsel import Selector

from crawler.read.document import Document
from crawler.read.links import Base
from crawler.read.rows import Group, Row
from crawler.read.scan import all_writings
from crawler.read.weigh import Weighed, weigh

MOST_ROWS = 2_000


class BadSelectorError(ValueError):
    """The register's expression is neither CSS nor XPath, or names something that is not an element."""


def select_rows(doc: Document, expression: str) -> tuple[str, Weighed | None]:
    """The markup of the rows `expression` names, one after the other, and these rows read; None where it names nothing.

    Raises BadSelectorError.
    """
    pieces: list[str] = []
    rows: list[Row] = []
    at = 0
    for element in _elements(doc, expression)[:MOST_ROWS]:
        markup = etree.tostring(element, encoding="unicode", method="html")
        rows.append(Row(at, at + len(markup), [at + position for position in all_writings(markup)]))
        pieces.append(markup)
        at += len(markup)
    text = "".join(pieces)
    if not rows:
        return text, None
    made = weigh(text, Group(expression, rows, name="(selected)"), Base(doc.url), doc.now)
    made.reason = "chosen"
    return text, made


def _elements(doc: Document, expression: str) -> list[Any]:
    expression = expression.strip()
    selector = Selector(root=doc.root, type="html")
    try:
        found = selector.xpath(expression) if expression[:1] in ("/", "(") else selector.css(expression)
    except (ValueError, RuntimeError, SyntaxError, TypeError, KeyError, AttributeError, etree.XPathError) as error:
        raise BadSelectorError(str(error)) from error
    elements = [part.root for part in found]
    if any(not isinstance(element, etree._Element) for element in elements):
        raise BadSelectorError("names text or attributes, not elements")
    return elements
