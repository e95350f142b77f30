"""What a column's page leaves to be asked, where the page alone told no date. Pure.

    Found ──plan──► Plan: the wants in their order, and flags that say what was recognised

1. a dialect of the table (`adapters.toml`) that fills the page: its requests, one after the other
2. else, where the page has no rows: a frame that may hold them, and what its own scripts ask for; only what is the column's
   own by its address, where rows that cannot be told for sure are in the page
3. else, where it has rows: the first three articles (*follow*)

Only the page's own host is asked. A row that leads elsewhere cannot be followed, so nothing is: the newest might be there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import islice
from typing import Final, Literal
from urllib.parse import urlencode

from crawler.read.adapters import Method, Recognised, Request, recognise
from crawler.read.links import Base
from crawler.read.lists import read_list
from crawler.read.page import Found, Page
from crawler.read.scriptcalls import Pairs, script_calls
from crawler.read.weigh import is_own
from crawler.records import Flag, Item, clean_text

Purpose = Literal["api", "script", "frame", "article"]
MOST_FOLLOWED: Final = 3
MOST_GUESSES: Final = 3
MOST_FRAMES: Final = 50
"""Frames looked at; a page has a handful."""

_IFRAME: Final = re.compile(r"<iframe\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"\b(src|style|width|height)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)", re.IGNORECASE
)
_NO_SIZE: Final = frozenset({"0", "1", "0px", "1px"})
_NOT_A_LIST: Final = re.compile(
    r"count|click|hits?(?![a-z])|visit|(?<![a-z])stat(?:s|istics?)?(?![a-z])|weather|tianqi|calendar|login|user|member|captcha"
    r"|verif|config|nav(?![a-z])|menu|friend|banner|(?<![a-z])ads?(?![a-z])|suggest|keyword|hot|rank|recommend|share|comment"
    r"|token|header|footer|head(?![a-z])|foot(?![a-z])|(?<![a-z])(?:top|left)(?![a-z])|player|video|map(?![a-z])"
    r"|\.(?:js|css|png|jpe?g|gif|svg|ico|woff2?|mp4|pdf)(?:\?|$)",
    re.IGNORECASE,
)
_LISTED: Final = re.compile(r"list|\.json|\.xml|article|news|info|doc|channel|column|content|page|data|query", re.IGNORECASE)
_NOT_HTML: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|jpe?g|png|gif|mp[34]|txt|csv|xml|json)$", re.IGNORECASE
)
_DOUBTFUL: Final = frozenset({"no_year", "ambiguous", "few_dates"})
_UNREAD: Final = frozenset({"unknown", "dynamic"})


@dataclass(frozen=True, slots=True)
class Want:
    """One further request of a visit.

    api      a dialect's interface (`adapter` names it)       script   an address that the page's script asks for
    frame    a page shown inside the column's page            article  the page of a row, whose `title` is given
    own      the address lies under the column's own folder, or bears its number
    """

    url: str
    purpose: Purpose
    method: Method = "GET"
    form: Pairs = ()
    headers: Pairs = ()
    adapter: str = ""
    title: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The wants, in the order in which they are to be asked.

    dialect  the script dialect of the table that fills the page; its rows are not in the page then
    flags    what keeps the page from being read any further: `dynamic` (dialect and why), `elsewhere` (the address)
    """

    wants: tuple[Want, ...] = ()
    dialect: str = ""
    flags: tuple[Flag, ...] = ()


NO_PLAN: Final = Plan()


def wants_of(found: Found, url: str, now: datetime) -> tuple[Want, ...]:
    """The further requests that may tell this column's last update; none where the page itself told it."""
    return plan_of(found, url, url, now).wants


def plan_of(found: Found, url: str, column: str, now: datetime) -> Plan:
    """The plan for a column's page. `url` answered; `column` is the register's URL, whose fragment may name the column."""
    reading = found.reading
    if reading.newest is not None or not (reading.state in _UNREAD or (reading.state == "list" and reading.items)):
        return NO_PLAN
    recognised = recognise(found.text, url, column)
    if recognised is not None:
        return _by_dialect(recognised, url)
    if found.items:
        return follow(found.items, url)
    return _guesses(found, url, now)


def _has_rivals(found: Found, url: str, now: datetime) -> bool:
    """Does the page hold rows that may be the column's, with dates that could not be told for sure?"""
    trace = read_list(found.text, Page(b"", url, now), trace=True).trace
    return trace is not None and any(one.reason in _DOUBTFUL for one in trace.candidates)


def _by_dialect(recognised: Recognised, url: str) -> Plan:
    name = recognised.adapter.name
    if recognised.why:
        return Plan((), name, flags=(Flag("dynamic", clean_text(f"{name}: {recognised.why}")),))
    away = [request.url for request in recognised.requests if not same_host(request.url, url)]
    if away:
        return Plan((), name, flags=(Flag("dynamic", f"{name}: on another host"), Flag("elsewhere", clean_text(away[0]))))
    return Plan(tuple(_api_want(name, request) for request in recognised.requests), name)


def _api_want(name: str, request: Request) -> Want:
    return Want(request.url, "api", request.method, request.form, request.headers, name)


def follow(items: Sequence[Item], url: str) -> Plan:
    """The first three rows' articles, where all of them can be opened here."""
    wants: dict[str, Want] = {}
    for item in items:
        if len(wants) == MOST_FOLLOWED:
            break
        address = (item.url or "").partition("#")[0]
        if not address.startswith(("http://", "https://")):
            return Plan(flags=(Flag("unfollowed", clean_text(f"no address: {item.title}")),))
        if not same_host(address, url):
            return Plan(flags=(Flag("elsewhere", clean_text(address)),))
        if _NOT_HTML.search(address.partition("?")[0]):
            return Plan(flags=(Flag("unfollowed", clean_text(f"not a page: {address}")),))
        wants.setdefault(address, Want(address, "article", headers=_referer(url), title=item.title))
    return Plan(tuple(wants.values()))


def _guesses(found: Found, url: str, now: datetime) -> Plan:
    """Frames and the scripts' own requests, those of the column's own folder or number first."""
    base = Base(url)
    ranks: dict[Want, int] = {}
    away = ""
    for want in (*_frames(found.text, base), *_scripted(found.text, base)):
        if not same_host(want.url, url):
            away = away or want.url
        elif want.url.partition("#")[0] != url.partition("#")[0]:
            ranks.setdefault(want, 2 * want.own + bool(_LISTED.search(want.url)))
    if not all(want.own for want in ranks) and found.reading.state != "dynamic" and _has_rivals(found, url, now):
        ranks = {want: rank for want, rank in ranks.items() if want.own}
    ranked = sorted(ranks, key=lambda want: -ranks[want])[:MOST_GUESSES]
    return Plan(tuple(ranked), flags=(Flag("elsewhere", clean_text(away)),) if away and not ranked else ())


def _frames(text: str, base: Base) -> list[Want]:
    if "iframe" not in text and "iframe" not in text.lower():
        return []
    wants = []
    for match in islice(_IFRAME.finditer(text), MOST_FRAMES):
        told = {one[1].lower(): unescape(one[2] or one[3] or one[4] or "") for one in _ATTRIBUTE.finditer(match[1])}
        seen = not _UNSEEN.search(told.get("style", "")) and not _NO_SIZE & {told.get("width"), told.get("height")}
        address = base.absolute(told.get("src", ""))
        if seen and address and not _NOT_A_LIST.search(_path(address)):
            wants.append(Want(address, "frame", headers=_referer(base.url), adapter="frame", own=is_own(address, base)))
    return wants


def _scripted(text: str, base: Base) -> list[Want]:
    wants = []
    for call in script_calls(text):
        address = base.absolute(call.url)
        if not address or _NOT_A_LIST.search(_path(address)):
            continue
        form: Pairs = ()
        if call.method == "POST":
            form = call.params
        elif call.params:
            address += ("&" if "?" in address else "?") + urlencode(call.params)
        headers = (*_referer(base.url), ("X-Requested-With", "XMLHttpRequest"))
        named = is_own(address, base) or (base.number is not None and any(base.number.search(value) for _, value in form))
        wants.append(Want(address, "script", call.method, form, headers, "script", own=named))
    return wants


def _path(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def _referer(url: str) -> Pairs:
    page = url.partition("#")[0]
    return (("Referer", page),) if page.isascii() and page.isprintable() else ()


def same_host(one: str, other: str) -> bool:
    """Do both URLs lead to the same host and port, whatever the scheme?"""
    return _host(one) == _host(other) != ""


def _host(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or scheme.lower() not in ("http", "https"):
        return ""
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    return host.removesuffix(":80" if scheme.lower() == "http" else ":443")
