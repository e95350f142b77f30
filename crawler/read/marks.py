"""Marks by which a page says whose it is (page-conventions.md §1 and §2): mandated meta tags, 找错 code, ICP number.

Nothing is parsed: meta tags are read from the head's text, the rest is found by its fixed words.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import Final, Protocol

from crawler.read.words import holds
from crawler.records import Flag, clean_text

HEAD_SIZE: Final = 65_536
_HEAD_WITHOUT_END: Final = 16_384

_META = re.compile(r"<[mM][eE][tT][aA]\b((?>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*))")
_ATTRIBUTE = re.compile(r"([a-zA-Z][\w:.-]*+)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]++))")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HEAD_END = re.compile(r"</[hH][eE][aA][dD]|<[bB][oO][dD][yY]")

_CODE = re.compile(r"(?:\d{10}|bm\d{8})(?!\w)")
_JIUCUO = re.compile(r"(?:site_?code\s*=\s*[\"']?|jiucuo\.png\?v=|网站标识码\s*[：:]?\s*)(\d{10}|bm\d{8})(?!\w)")
_ICP = re.compile(r"[\u4e00-\u9fff]\s?ICP\s?[备证]\s?(?:\d{6,10}(?:\s?号?(?:-\d{1,3})?号?)|[A-Z]\d-\d{8}(?:-\d{1,3})?)")
_USUAL = re.compile(r"<meta\s+name=\"(SiteIDCode|ColumnName)\"\s+content=\"([^\"<>]{0,100})\"", re.IGNORECASE)
_USUAL_HEAD: Final = 6_000
_MANDATED = re.compile("[sS][iI][tT][eE](?:[nN]|[dD]|[iI])|[cC]olumn[nNtT]|column[nNtT]|COLUMN")
_FOOT: Final = 24_576
_EMPTY_WORDS: Final = frozenset({"null", "undefined", "none", "网站名称", "栏目名称", "站点名称"})


class HasText(Protocol):
    """Anything with the decoded text of a page."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PageMarks:
    """What the page says of itself; None where it says nothing. `code` is from the 找错 link or the footer."""

    site_name: str | None = None
    site_domain: str | None = None
    site_id_code: str | None = None
    column_name: str | None = None
    column_type: str | None = None
    code: str | None = None
    icp: str | None = None
    placeholders: tuple[str, ...] = ()


def head_of(text: str) -> str:
    """The head of a page without its comments, at most 64 K characters; 16 K where it has no end."""
    end = _HEAD_END.search(text, 0, HEAD_SIZE)
    head = text[: end.start() if end else _HEAD_WITHOUT_END]
    return _COMMENT.sub("", head) if "<!--" in head else head


def metas(head: str, only: re.Pattern[str] | None = None) -> dict[str, str]:
    """name (or property, itemprop), in lower case -> content, of each meta tag; the first that is not empty wins.

    `only`: tags in whose source this is not found are passed over unread.
    """
    found: dict[str, str] = {}
    for tag in _META.finditer(head):
        if only is not None and not only.search(tag[1]):
            continue
        attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag[1])}
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        content = attributes.get("content", "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), unescape(content) if "&" in content else content)
    return found


def find_marks(text: str) -> PageMarks:
    """The marks of a page."""
    head = head_of(text)
    tags = metas(head, _MANDATED)
    placeholders = tuple(
        name for name in ("sitename", "sitedomain", "columnname", "columntype") if tags.get(name, "").lower() in _EMPTY_WORDS
    )

    def said(name: str) -> str | None:
        value = tags.get(name)
        return clean_text(value) or None if value and name not in placeholders else None

    code = _CODE.match(tags.get("siteidcode", ""))
    return PageMarks(
        site_name=said("sitename"),
        site_domain=said("sitedomain"),
        site_id_code=code[0] if code else None,
        column_name=said("columnname"),
        column_type=said("columntype"),
        code=_footer_code(text),
        icp=_icp(text),
        placeholders=placeholders,
    )


def quick_marks(doc: HasText) -> tuple[Flag, ...]:
    """`site_id_code` and `column_name` where both mandated tags stand as the guideline writes them; else all marks.

    What a page is compared by (identity), at a fifth of the cost of `read_marks`.
    """
    told = {match[1].lower(): match[2].strip() for match in _USUAL.finditer(doc.text, 0, _USUAL_HEAD)}
    code, name = _CODE.match(told.get("siteidcode", "")), told.get("columnname", "")
    if code is None or not name or name.lower() in _EMPTY_WORDS:
        return read_marks(doc)
    return Flag("site_id_code", code[0]), Flag("column_name", clean_text(unescape(name)))


def read_marks(doc: HasText) -> tuple[Flag, ...]:
    """The marks as flags: `site_id_code`, `site_domain`, `column_name`, `icp`, each with its value as evidence.

    `site_id_code` is the meta tag's, else the 找错 link's or the footer's. `marks_disagree`: the two differ, as in
    templates copied from another site. `placeholder_meta`: a mandated tag holds the template's own words.
    """
    marks = find_marks(doc.text)
    flags = [
        Flag(name, value)
        for name, value in (
            ("site_id_code", marks.site_id_code or marks.code),
            ("site_domain", marks.site_domain),
            ("column_name", marks.column_name),
            ("icp", marks.icp),
        )
        if value
    ]
    if marks.site_id_code and marks.code and marks.site_id_code != marks.code:
        flags.append(Flag("marks_disagree", f"SiteIDCode {marks.site_id_code}, 找错 {marks.code}"))
    if marks.placeholders:
        flags.append(Flag("placeholder_meta", " ".join(marks.placeholders)))
    return tuple(flags)


def _footer_code(text: str) -> str | None:
    """The site's code in the footer's 找错 link or beside 网站标识码; words first, the expression only where one stands."""
    for word in ("site_code", "sitecode", "网站标识码", "jiucuo.png"):
        at = text.find(word, max(0, len(text) - _FOOT)) if word.isascii() or holds(text, word) else -1
        while at >= 0:
            match = _JIUCUO.match(text, at) or _JIUCUO.search(text, at, at + 160)
            if match:
                return match[1]
            at = text.find(word, at + len(word), at + 20_000)
    return None


def _icp(text: str) -> str | None:
    for word in ("ICP备", "ICP证", "ICP 备"):
        at = text.rfind(word, max(0, len(text) - _FOOT))
        if at >= 0 and (match := _ICP.search(text, max(0, at - 3), at + 40)):
            return "".join(match[0].split())
    return None
