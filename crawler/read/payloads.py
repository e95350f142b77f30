"""Lists that come as JSON, JSONP or XML, found by their shape: an array of objects with a time, and a title or a link.

Rows may hold their fields in nested objects; strings that hold JSON are opened. HTML inside the answer (`data.html`,
Hanweb's `<record>` CDATA) is handed to the list reader. `blank` needs a total of 0 beside an empty list in an answer that
reports no error (page-conventions.md §5); an answer that reports an error proves nothing.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

import orjson

from crawler.read.document import Document
from crawler.read.entries import MOST_ENTRIES, Triple, add_up
from crawler.read.feeds import is_feed, local_name, parse_xml
from crawler.read.fragments import read_fragment
from crawler.read.proofs import error_of, proves_blank
from crawler.read.shapes import MOST_DEPTH, MOST_NODES, entries_of, find_entries, opened
from crawler.records import Flag, Reading, Rules, clean_text

Fragments = Callable[[str, Document], Triple]
"""Reads a fragment of HTML as a list: the fragment, the document it came in (for its URL and its clock)."""

_JSON = re.compile(r"(?:\[|\{)\s*(?:[\[\]{}\"]|-?\d|null|true|false|$)")
_WRAPPED = re.compile(
    r"\s*+(?:/\*.{0,200}?\*/)?\s*+(?:typeof\s[^&]{1,100}&&\s*+|;?\s*+(?:(?:var|let|const)\s++)?)?"
    r"[\w.$\[\]'\"]{1,80}\s*+(?:\(|=(?![=>]))\s*+(?=[\[{])",
    re.DOTALL,
)
_XML = re.compile(
    r"\s*+(?:<\?xml[^>]{0,300}\?>\s*+)?(?:<!--.{0,500}?-->\s*+)?<(?!html\b|!doctype|\?|head\b|body\b|div\b|ul\b|li\b)([a-z][\w.-]*)[\s>]",
    re.I | re.S,
)
_XML_ROOTS: Final = frozenset(
    {
        "datastore",
        "recordset",
        "records",
        "root",
        "data",
        "response",
        "result",
        "results",
        "list",
        "rows",
        "items",
        "xml",
        "dataset",
        "document",
    }
)
_MOST_CHILDREN: Final = 2 * MOST_ENTRIES
_MARKUP = re.compile(r"<(?:li|tr|a|dd|ul|div|p|table)\b[^>]{0,500}>", re.IGNORECASE)


def is_payload(text: str, content_type: str | None) -> bool:
    """Is this text JSON, JSONP or an XML list? The text decides: HTML stays HTML whatever its content type says."""
    head = text[:2_048].lstrip("\ufeff \t\r\n")
    if not head:
        return False
    if head[0] in "[{":
        return bool(_JSON.match(head))
    if head[0] == "<":
        root = _XML.match(head)
        if root is None or is_feed(text):
            return False
        return root[1].lower() in _XML_ROOTS or (head.startswith("<?xml") and root[1].lower() not in ("html", "rss", "feed"))
    return bool(_WRAPPED.match(head))


def read_payload(doc: Document, rules: Rules | None, fragments: Fragments = read_fragment) -> Triple:
    """The payload's reading, items and flags.

    `unknown` with a flag where nothing is proved: `broken_payload`, `api_error` (with its message), `json_path` (the
    register's path leads nowhere). `fragments` reads rows of HTML inside the answer.
    """
    data = parse_payload(doc.text)
    if data is None:
        return Reading("unknown"), (), (Flag("broken_payload"),)
    if rules is not None and rules.json_path:
        rows = follow_path(data, rules.json_path)
        if rows is None:
            return Reading("unknown"), (), (Flag("json_path", clean_text(rules.json_path)),)
        entries = entries_of(rows, doc)
        if entries:
            return add_up(entries, "list", "api")
        return (Reading("blank"), (), ()) if not rows and error_of(data) is None else (Reading("unknown"), (), ())
    entries = find_entries(data, doc)
    html = _fragment(data) if not any(e.when.found for e in entries) else ""
    if html:
        found = fragments(html, doc)
        if found[0].newest is not None or not entries:
            return found
    if entries:
        return add_up(entries, "list", "api")
    return _without_rows(data)


def _without_rows(data: Any) -> Triple:
    error = error_of(data)
    if error is not None:
        return Reading("unknown"), (), (Flag("api_error", clean_text(error)),)
    if proves_blank(data):
        return Reading("blank"), (), ()
    return Reading("unknown"), (), ()


def parse_payload(text: str) -> Any:
    """The value of some JSON, JSONP or XML text, XML as nested objects; None where it is none."""
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        root = parse_xml(text)
        return None if root is None else {local_name(root): _xml_value(root, 0)}
    if text[:1] not in ("[", "{"):
        match = _WRAPPED.match(text[:2_048])
        if match is None:
            return None
        text = text[match.end() :]
        end = max(text.rfind("]"), text.rfind("}"))
        text = text[: end + 1]
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return None


def _xml_value(element: Any, depth: int) -> Any:
    """An element as text, or as an object: repeated children become arrays, attributes fields."""
    children = [child for child in islice(element, _MOST_CHILDREN) if local_name(child)]
    if not children or depth > MOST_DEPTH:
        text = "".join(map(str, element.itertext())).strip()
        return {**{str(k): v for k, v in element.attrib.items()}, "text": text} if element.attrib else text
    value: dict[str, Any] = {str(name): text for name, text in element.attrib.items()}
    for child in children:
        name, inner = local_name(child), _xml_value(child, depth + 1)
        held = value.get(name)
        if isinstance(held, list):
            held.append(inner)
        else:
            value[name] = inner if held is None else [held, inner]
    return value


def follow_path(data: Any, path: str) -> list[Any] | None:
    """The array at a dotted path such as `data.list` or `0.rows`; None where the path leads nowhere."""
    for step in filter(None, path.strip().lstrip("$").split(".")):
        if isinstance(data, str):
            data = opened(data)
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    if isinstance(data, str):
        data = opened(data)
    return data if isinstance(data, list) else None


def _fragment(data: Any) -> str:
    """The HTML that stands in the answer's strings, in order, if it holds rows; empty if there is none."""
    found: list[str] = []
    stack = [data]
    nodes = 0
    while stack and nodes < MOST_NODES:
        value = stack.pop()
        nodes += 1
        if isinstance(value, str):
            if "<" in value and _MARKUP.search(value):
                found.append(value)
        elif isinstance(value, dict):
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return "\n".join(found)
