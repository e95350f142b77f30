"""A page's text in reading order: one string, with the places of its links, headings and hidden parts.

Blocks are parted by line breaks; inline elements are not parted at all, so that `发<b>布</b>日期` is one word.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from lxml import etree, html

MOST: Final = 400_000
"""Characters; what comes after them is not read."""

MOST_ELEMENTS: Final = 12_000
"""An article says its date long before that; a page of 100,000 rows must not cost a tenth of a second."""

_SKIPPED: Final = frozenset({"style", "head", "select", "noscript", "textarea", "template", "svg", "iframe", "object"})
_INLINE: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi big cite code del dfn em font i ins kbd label mark nobr q s samp small span strong sub sup tt u var time",
    )
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
_TITLE_CLASS = re.compile(r"(?i)title|(?:^|[\s_-])tit(?:$|[\s_-])|(?:^|[\s_-])bt(?:$|[\s_-])|headline|subject|biaoti")
_WRITTEN = re.compile(r"document\s*\.\s*write(?:ln)?\s*\(\s*(?:\"([^\"<>]{6,40})\"|'([^'<>]{6,40})')\s*\)")
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Flat:
    """text: the page's text. links, hidden: spans in it, in order. headings: spans of h1..h4 and of
    title-like blocks, which may lie in each other."""

    text: str
    links: tuple[Span, ...]
    hidden: tuple[Span, ...]
    headings: tuple[Span, ...]


def inside(spans: tuple[Span, ...], place: int) -> bool:
    """Does `place` lie in one of `spans`, which are in order and do not overlap?"""
    at = bisect_right(spans, (place, 1 << 60)) - 1
    return at >= 0 and spans[at][0] <= place < spans[at][1]


def flatten(root: html.HtmlElement) -> Flat:
    """The text of `root`, at most `MOST` characters; scripts only by what they `document.write` in plain words."""
    parts: list[str] = []
    length = 0
    spans: dict[str, list[Span]] = {"links": [], "hidden": [], "headings": []}
    open_at: list[tuple[etree._Element, str, int]] = []
    seen = 0
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED:
                walk.skip_subtree()
                continue
            seen += 1
            text = element.text
            if tag == "script":
                text = _written(text)
            elif tag not in _INLINE and parts and parts[-1] != "\n":
                parts.append("\n")
                length += 1
            open_at.extend((element, name, length) for name in _roles(tag, element))
        else:
            if event == "end":
                while open_at and open_at[-1][0] is element:
                    _, name, start = open_at.pop()
                    spans[name].append((start, length))
                if tag not in _INLINE and tag != "script" and parts and parts[-1] != "\n":
                    parts.append("\n")
                    length += 1
            text = element.tail
        if text:
            words = " ".join(text.split())
            if words:
                if text[0].isspace():
                    words = " " + words
                if text[-1].isspace():
                    words += " "
                parts.append(words)
                length += len(words)
            elif parts and parts[-1] != "\n" and parts[-1][-1] != " ":
                parts.append(" ")
                length += 1
        if length > MOST or seen > MOST_ELEMENTS:
            break
    return Flat("".join(parts), _outermost(spans["links"]), _outermost(spans["hidden"]), tuple(sorted(spans["headings"])))


def _written(script: str | None) -> str | None:
    match = _WRITTEN.search(script) if script and "write" in script else None
    return (match[1] or match[2]) if match else None


def _roles(tag: str, element: etree._Element) -> tuple[str, ...]:
    """What is to be remembered of an element: that it is a link, hidden, or a heading."""
    if tag in _HEADINGS:
        return ("headings",)
    attributes = {str(name): str(value) for name, value in element.items()} if len(element.attrib) else {}
    if not attributes:
        return ()
    link = ("links",) if tag == "a" and "href" in attributes else ()
    style = attributes.get("style")
    if style and _HIDDEN.search(style):
        return (*link, "hidden")
    named = attributes.get("class") or attributes.get("id")
    return (*link, "headings") if named and _TITLE_CLASS.search(named) else link


def _outermost(spans: list[Span]) -> tuple[Span, ...]:
    """In order, none within another."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return tuple(kept)
