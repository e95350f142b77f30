"""Signs that a page was altered, cloned or sold: spam words, hidden links to strangers, a domain seller's text.

Flags with evidence, never a verdict (questions.md §2): a clone on a foreign host says nothing against the office, and
honest templates hide menus too.
"""

import re
import tomllib
from importlib.resources import files
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.read.document import Document
from crawler.read.marks import head_of, metas
from crawler.read.words import holds_any
from crawler.records import Flag, clean_text
from crawler.visible import visible_text

_DATA: Final = tomllib.loads(files("crawler").joinpath("read/spam.toml").read_text(encoding="utf-8"))
BRANDS: Final[tuple[str, ...]] = tuple(_DATA["brands"])
ROOTS: Final[tuple[str, ...]] = tuple(_DATA["roots"])
WORDS: Final[tuple[str, ...]] = tuple(_DATA["words"])
KNOWN: Final[frozenset[str]] = frozenset(_DATA["known"])

_SIGNATURES: Final = tomllib.loads(files("crawler").joinpath("fetch/signatures.toml").read_text(encoding="utf-8"))["signature"]
_PARKED: Final = tuple(
    (row["name"], re.compile(row.get("title", r"(?!)")), row.get("visible", []))
    for row in _SIGNATURES
    if row["outcome"] == "parked"
)
_PARKED_SIZE: Final = 6_000
_PARKED_TEXT: Final = 800

SPAM_SCORE: Final = 6
"""A brand in the title or a meta tag is enough, or six of them in links, or words joined the way search spam joins them."""

_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_TOLD = re.compile("keywords|description", re.IGNORECASE)
_LINK_TEXT = re.compile(r"<a\b[^>]{0,400}>([^<]{2,120})", re.IGNORECASE)
_JOINED = re.compile(r"[\w\u4e00-\u9fff]{2,20}(?:[_\-|]|[-—]?【)[\w\u4e00-\u9fff]{2,20}")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-indent\s*:\s*-\d{3,}|(?:left|top|margin-left|margin-top)\s*:\s*-\d{3,}|font-size\s*:\s*0(?:px)?\s*(?:;|$)"
    r"|(?:height|width)\s*:\s*[01](?:px)?\s*;[^\"']*overflow\s*:\s*hidden|overflow\s*:\s*hidden\s*;[^\"']*(?:height|width)\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_STYLED: Final = etree.XPath("//*[@style] | //marquee")
_STRANGERS: Final = 4
_ADDRESS: Final = re.compile(
    r"=\s*+[\"']?+(?:(?:[hH][tT][tT][pP][sS]?:)?//([^/\"'<>?#\\]{1,253})|[^\"'<>?&\s]{0,12}+&(?:#|sol;|colon;|Tab;|NewLine;))"
)
"""The host an attribute names, or an attribute that writes its beginning with entities."""
_BLOCKS: Final = 400
_MOST_ADDRESSES: Final = 20_000
_MOST_HOSTS: Final = 2_000
_THREE_LEVEL: Final = frozenset({"com", "net", "org", "gov", "edu", "ac", "mil"})


_HEAD: Final = 2_000
_BRANDED: Final = ("必威", "娱乐城")
_HIDDEN: Final = (b"display:none", b"display: none", b"left:-", b"text-indent:-", b"font-size:0", b"height:0")


def worth_a_look(text: str, body: bytes) -> bool:
    """Whether the source could make `read_tampering` speak: a few plain searches, since every page read is asked this.

    `text` is the decoded `body`. The roots of brands are looked for in the head, the commonest brands in the whole source,
    ways of hiding where there is any style at all.
    """
    head = text[:_HEAD]
    if holds_any(head, ROOTS) or holds_any(text, _BRANDED):
        return True
    return b"style=" in body and any(way in body for way in _HIDDEN)


def read_tampering(doc: Document) -> tuple[Flag, ...]:
    """The flags `spam_words`, `hidden_links` and `parked_text` that hold for this page.

    Costs about two bare parses of the page: ask `worth_a_look` first.
    """
    flags = []
    if evidence := spam_evidence(doc.text):
        flags.append(Flag("spam_words", clean_text(evidence)))
    if evidence := hidden_links(doc):
        flags.append(Flag("hidden_links", clean_text(evidence)))
    if evidence := parked_text(doc.text):
        flags.append(Flag("parked_text", clean_text(evidence)))
    return tuple(flags)


def spam_evidence(text: str) -> str | None:
    """What makes this page look like search spam, or None.

    score = 3 × brands in title, keywords and description (6 where joined by `_`, `-` or 【 and said twice) + brands in links;
    plain words count only where two of them are joined in the title or a meta tag.
    """
    match = _TITLE.search(text, 0, 16_384)
    tags = metas(head_of(text), _TOLD)
    top = " ".join(filter(None, (match[1] if match else "", tags.get("keywords"), tags.get("description"))))
    in_top = [word for word in BRANDS if word in top]
    joined = []
    if in_top or _spam_words(top) >= 2:
        joined = [m[0] for m in _JOINED.finditer(top) if _spam_words(m[0]) >= 2 or any(b in m[0] for b in in_top)]
    links = []
    if in_top or holds_any(text, ROOTS):
        links = [m[1].strip() for m in _LINK_TEXT.finditer(text) if any(word in m[1] for word in BRANDS)]
    score = 6 * len(in_top) + 3 * len(joined) + len(links)
    if len(set(joined)) < len(joined):
        score += SPAM_SCORE
    if score < SPAM_SCORE:
        return None
    return "; ".join(dict.fromkeys([*in_top, *joined, *links]))


def _spam_words(text: str) -> int:
    return sum(word in text for word in WORDS)


def hidden_links(doc: Document) -> str | None:
    """The strangers to which one hidden block of the page leads, if they are several; None otherwise."""
    own = registrable(urlsplit_host(doc.url))
    if not _names_strangers(doc.text, own):
        return None
    styled: list[html.HtmlElement] = _STYLED(doc.root)  # type: ignore[assignment]
    for block in styled[:_BLOCKS]:
        if block.tag != "marquee" and not _HIDING.search(block.get("style") or ""):
            continue
        if block.tag == "marquee" and not _tiny(block):
            continue
        hosts = list(dict.fromkeys(_strangers(block, own)))
        if len(hosts) >= _STRANGERS:
            return f"{len(hosts)} hosts: " + " ".join(hosts[:8])
    return None


def _names_strangers(text: str, own: str) -> bool:
    """Whether the source names enough strangers at all: seldom so, and far cheaper to tell than from the tree."""
    if "\0" in text:
        return True
    named: set[str] = set()
    strangers: set[str] = set()
    for count, address in enumerate(_ADDRESS.finditer(text)):
        host = address[1]
        if host is None or count > _MOST_ADDRESSES or len(named) > _MOST_HOSTS:
            return True
        if host not in named:
            named.add(host)
            if stranger := _stranger(urlsplit_host(f"//{host}"), own):
                strangers.add(stranger)
                if len(strangers) >= _STRANGERS:
                    return True
    return False


def parked_text(text: str) -> str | None:
    """The words of a domain seller or of an expired host, in the title or in a page that says little else."""
    match = _TITLE.search(text, 0, 16_384)
    title = match[1].strip() if match else ""
    seen = visible_text(text).lower() if len(text) <= _PARKED_SIZE else ""
    for name, pattern, words in _PARKED:
        if title and pattern.search(title):
            return f"{name}: {title}"
        if seen and len(seen) <= _PARKED_TEXT:
            for word in words:
                if word.replace(" ", "") in seen:
                    return f"{name}: {word}"
    return None


def _strangers(block: html.HtmlElement, own: str) -> list[str]:
    found = []
    for link in islice(block.iter("a"), 200):
        domain = _stranger(urlsplit_host(link.get("href") or ""), own)
        if domain:
            found.append(domain)
    return found


def _stranger(host: str, own: str) -> str:
    """The domain of a host that is neither the page's own nor known; empty where it is."""
    domain = registrable(host)
    return "" if domain == own or domain in KNOWN or ".".join(host.split(".")[-2:]) in KNOWN else domain


def _tiny(block: html.HtmlElement) -> bool:
    sizes = [block.get("height") or "", block.get("width") or ""]
    return any(size.strip("px ") in ("0", "1", "2", "3", "4", "5") for size in sizes if size)


def urlsplit_host(url: str) -> str:
    """The host of an absolute URL, lower case; empty where there is none."""
    if not url[:8].lower().startswith(("http://", "https://", "//")):
        return ""
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def registrable(host: str) -> str:
    """The domain somebody registers, roughly: `a.b.com` -> `b.com`, `www.x.gov.cn` -> `x.gov.cn`; an address is itself."""
    parts = host.split(".")
    if len(parts) < 3 or parts[-1].isdigit():
        return host
    return ".".join(parts[-3:] if parts[-2] in _THREE_LEVEL and len(parts[-1]) == 2 else parts[-2:])
