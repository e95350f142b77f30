"""The link of a row: its title as people read it, and its address made absolute."""

import html
import re
from typing import Final
from urllib.parse import urljoin

from msgspec import Struct

from crawler.records import clean_text

_LINK: Final = re.compile(r"<[aA]\b([^>]*+)>((?>(?:[^<]++|<(?!/?[aA]\b))*))")
_HREF: Final = re.compile(r"[hH](?<![\w-].)[rR][eE][fF]\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_TITLE: Final = re.compile(r"[tT](?<![\w-].)[iI][tT][lL][eE]\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ONCLICK: Final = re.compile(
    r"(?i:on(?:mouse)?(?:click|down|up))\s*=\s*[\"'][^\"'>]*?(?:['\"(]|&quot;|&#39;)((?:https?://|/|\./|\.\./)?[\w\-./%]*[\w]\.(?:s?html?|jhtml|jsp|aspx?|php|pdf)(?:\?[^'\"&)]*)?)",
    re.IGNORECASE,
)
_AROUND: Final = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')[^<>]*>\s*$", re.IGNORECASE)
_TAGS: Final = re.compile(r"<!--.*?-->|<script\b.*?</script\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_CUT: Final = ("...", "…", "..", "．．．")
_NO_ADDRESS: Final = ("javascript:", "#", "mailto:", "tel:", "data:", "about:", "vbscript:")
_CATEGORY: Final = re.compile(r"[\[【(（〔].{0,24}[\]】)）〕]\s*")
_NOT_A_TITLE: Final = re.compile(
    r"(?:更多|查看|详情|详细|阅读|全文|下载|进入|查看更多|查看详情|阅读全文|点击查看|more|MORE|[>»\s\[\]\d.]*)*[.…>»\s]*"
)
_PAGE_NAME: Final = re.compile(
    r"(?:index|default|list|main|more\w*|home|\w*more|channel|column|node|lm_list)(?:[_-]?[0-9]{1,3})?", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"[0-9a-f]{24,}|(?<![0-9])[0-9]{3,}(?![0-9])")
_PLAIN_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_.-]*")
_CLIMB: Final = re.compile(
    r"((?:\.\./)+)([A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?(?:\?[A-Za-z0-9_=&.%-]*[A-Za-z0-9_=&%-])?)"
)
_SPAN: Final = 4_000
_TITLE_LENGTH: Final = 12


class Link(Struct, frozen=True, gc=False):
    """`start:end` is what stands between the tags, in the markup."""

    title: str
    href: str
    start: int
    end: int


class Base:
    """Makes the addresses of one page absolute; quick for the forms that are common.

    folder  where a column's own articles lie: `/xwzx/gzdt/` of `/xwzx/gzdt/index.html`, `/tzgg/` of `/tzgg.htm`; "" at the root
    number  the column's own number, as it stands in the addresses of its articles: 1044 of `list.jsp?wbtreeid=1044`
    """

    __slots__ = ("directory", "folder", "number", "origin", "upwards", "url")

    def __init__(self, url: str):
        self.url = url
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        self.origin = f"{scheme}://{host.partition('?')[0].partition('#')[0]}"
        path = "/" + path.partition("?")[0].partition("#")[0] if slash else "/"
        self.directory = self.origin + path[: path.rfind("/") + 1]
        self.upwards = _upwards(self.origin, path)
        name = path[path.rfind("/") + 1 :].partition(".")[0]
        plain_name = not name or _PAGE_NAME.fullmatch(name)
        folder = self.directory if plain_name else f"{self.directory}{name}/"
        self.folder = folder if len(folder) > len(self.origin) + 1 else ""
        numbers = [n for n in _NUMBER.findall(url[len(self.origin) :]) if not (len(n) == 4 and n[:2] in ("19", "20"))]
        self.number = re.compile(rf"(?<![0-9a-f]){numbers[-1]}(?![0-9a-f])") if numbers else None

    def absolute(self, href: str) -> str | None:
        """The address `href` stands for, without fragment; None where it stands for none."""
        href = href.strip()
        if not href or href.lower().startswith(_NO_ADDRESS):
            return None
        if "&" in href:
            href = html.unescape(href)
        if "\\" in href:
            href = href.replace("\\", "/")
        if href.startswith(("http://", "https://")):
            return clean_text(href, 2_000) if not href.isprintable() else href[:2_000]
        if not href.isprintable():
            href = clean_text(href, 2_000)
        if "#" in href:
            href = href.partition("#")[0]
        head = href[:2]
        if head[:1] == "/" and head != "//" and "/." not in href:
            return self.origin + href
        if head == "./" and "/." not in href[1:]:
            return self.directory + href[2:]
        if head[:1].isalnum() and ":" not in href and "/." not in href:
            return self.directory + href
        if head == ".." and (climbed := _CLIMB.fullmatch(href)) and climbed.end(1) // 3 <= len(self.upwards):
            return (self.upwards[climbed.end(1) // 3 - 1] + climbed[2])[:2_000]
        try:
            return urljoin(self.url, href)[:2_000]
        except ValueError:
            return None


def _upwards(origin: str, path: str) -> tuple[str, ...]:
    """The directories that `../`, `../../` … lead to from a page at `path`; none where the address is not a plain one."""
    if not origin.startswith(("http://", "https://")) or not _PLAIN_PATH.fullmatch(path):
        return ()
    steps = path.split("/")[1:-1]
    return tuple(origin + "/".join(["", *steps[:depth], ""]) for depth in range(len(steps) - 1, -1, -1))


def plain(markup: str, limit: int = 200) -> str:
    """`markup` as the text people read, fit for a record."""
    if "<" in markup:
        markup = _TAGS.sub("", markup)
    if "&" in markup:
        markup = html.unescape(markup).replace("\u200b", "").replace("\ufeff", "")
    markup = markup.strip()
    if len(markup) <= limit and markup.isprintable() and "  " not in markup:
        return markup
    return clean_text(markup, limit)


def links_of(text: str, start: int, end: int) -> list[Link]:
    """The links of a stretch of markup, each with its best title."""
    found = []
    for match in _LINK.finditer(text, start, min(end, start + _SPAN)):
        attributes = match[1]
        href = _HREF.search(attributes)
        address = (href[1] or href[2] or href[3] or "") if href else ""
        if not address or address[:11].lower().startswith(_NO_ADDRESS):
            address = clicked_address(attributes) or address
        title = plain(match[2])
        if not title or title.endswith(_CUT):
            title = better(title, attributes)
        found.append(Link(title, address, match.start(2), match.end(2)))
    return found


def clicked_address(attributes: str) -> str:
    """The address that a click on an element leads to by its attributes; empty where none does."""
    clicked = _ONCLICK.search(attributes)
    return clicked[1] if clicked else ""


def longest_node(text: str, link: Link) -> str:
    """The longest text node of a link: its title, where a date stands in the link too."""
    markup = text[link.start : link.end]
    if "<" not in markup:
        return plain(markup)
    nodes = (plain(node) for node in _TAGS.sub("\x1f", markup).split("\x1f"))
    return max(nodes, key=len, default="")


def better(title: str, attributes: str) -> str:
    """The title attribute, where the shown text is cut short or missing."""
    if title and not title.endswith(_CUT):
        return title
    named = _TITLE.search(attributes)
    whole = plain(named[1] or named[2] or "") if named else ""
    return whole if len(whole) >= len(title) - 3 and whole else title


def clicked(text: str, start: int, end: int) -> tuple[str, str]:
    """Title and address of a row without a link of its own: it opens on a click, or stands inside its link."""
    opening = text[start : text.find(">", start, end) + 1]
    address = _ONCLICK.search(opening)
    around = _AROUND.search(text, max(0, start - 600), start) if address is None else None
    nodes = (plain(node) for node in _TAGS.sub("\x1f", text[start:end]).split("\x1f"))
    href = address[1] if address else (around[1] or around[2] or "") if around else ""
    return (max(nodes, key=len, default=""), href) if address or around else ("", "")


def main_link(links: list[Link]) -> Link | None:
    """The link a row is about: not its category, not 更多, else the first with a title's length, else the longest."""
    if len(links) == 1:
        return links[0]
    best: Link | None = None
    most = -1
    for link in links:
        weight = min(len(link.title), _TITLE_LENGTH)
        if _CATEGORY.fullmatch(link.title) or _NOT_A_TITLE.fullmatch(link.title):
            weight = 0
        if weight > most:
            best, most = link, weight
    return best
