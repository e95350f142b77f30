"""WeChat pages: a post, an account's history or album, or one of the pages that stand where a post was (newmedia.md §2, §3).

A post's time is read from its script (`ct` and its successors), never from what is shown: there stands 昨天, written
beside the server's clock.
"""

import json
import re
from datetime import datetime
from html import unescape
from typing import Any, Final

from crawler.accounts.found import AccountFound
from crawler.accounts.states import gone_sign
from crawler.read import dates
from crawler.read.document import Document
from crawler.read.entries import Entry, When, absolute, add_up, plain, tell_time
from crawler.read.shapes import find_entries
from crawler.records import Flag, Reading, clean_text

MARKS: Final = (
    "js_content",
    "wx_follow_nickname",
    "weui-msg",
    "rich_media",
    "msgList",
    "js_album",
    "album__list",
    "icon_msg warn",
    "global_error_msg",
)
"""What stands in the source of WeChat's pages, posts or not."""

_TIMES: Final = (
    re.compile(r"\b(?:var\s+|window\.|,\s*)ct\s*=\s*[\"'](\d{10})[\"']"),
    re.compile(r"\bori_?[cC]reate_?[tT]ime\s*[=:]\s*(?:JsDecode\()?[\"'](\d{10})[\"']"),
    re.compile(r"\bcreate_time\s*[=:]\s*(?:JsDecode\()?[\"'](\d{10})[\"']"),
    re.compile(r"\bcreateTime\s*=\s*[\"'](\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?|\d{10})[\"']"),
    re.compile(r"\bct\s*[=:]\s*[\"'](\d{10})[\"']"),
)
"""Where posts of several years keep their time, surest first."""

_WITH_DAY = re.compile(r"[\"'](\d{10})[\"']\s*,\s*\w{1,3}\s*=\s*[\"'](\d{4}-\d\d-\d\d)[\"']")
_DAY = re.compile(r"\bpublish_time\s*=\s*[\"'](\d{4}-\d\d-\d\d)[\"']")
_SHOWN = re.compile(r"id\s*=\s*[\"'](?:publish_time|post-date)[\"'][^>]{0,200}>\s*([^<]{4,40})<")
_POST = re.compile(r"id\s*=\s*[\"']?js_content\b")
_TITLES: Final = (
    re.compile(r"<meta[^>]{0,80}property\s*=\s*[\"']og:title[\"'][^>]{0,20}content\s*=\s*[\"']([^\"'<>]{1,300})"),
    re.compile(r"\bmsg_title\s*=\s*[\"']([^\"'<>]{1,300})"),
    re.compile(r"<title[^>]{0,80}>([^<]{1,300})"),
)
_NICKNAMES: Final = (
    re.compile(r"\bnickname\s*=\s*(?:htmlDecode\()?[\"']([^\"'<>]{1,80})[\"']"),
    re.compile(r"wx_follow_nickname[^>]{0,80}>\s*([^<]{1,80}?)\s*<"),
    re.compile(r"(?:js_name|profile_nickname|post-user)[\"'][^>]{0,120}>\s*([^<]{1,80}?)\s*<"),
)
_HISTORY = re.compile(r"\bmsgList\s*=\s*(?:(?=\{)|(['\"])(\{.{20,400000}?\})\1\s*;)", re.DOTALL)
_ALBUM_TIME: Final = "js_article_create_time"
_TAGGED_ONLY: Final = Flag("lower_bound", "an album lists the posts of one tag only")
MASS_SENT_ONLY: Final = Flag("mass_sent_only", "posts published without mass sending do not show")
"""Lists of an account's sendings lack what it merely published (newmedia.md §4): their silence is not quite its silence."""


def is_wechat(doc: Document) -> bool:
    """Is this one of WeChat's pages, by its own marks?"""
    return any(mark in doc.text for mark in MARKS)


def read_wechat(doc: Document) -> AccountFound:
    """A post (state `article`, source `script`), a history or album (`list`), or why there is neither.

    One post is a lower bound of the account's last update and says so. A page with unknown words is `unknown`.
    """
    text = doc.text
    if _POST.search(text):
        return _post(doc)
    for listed, limit in ((_history(doc), MASS_SENT_ONLY), (_album(doc), _TAGGED_ONLY)):
        if listed:
            reading, items, flags = add_up(listed, "list", "script")
            return AccountFound(reading, "alive", flags=(*flags, *_nickname(text), limit), items=items)
    sign = gone_sign(text, doc.url)
    if sign is None:
        time = _post_time(text, doc.now)
        return _post(doc) if time else AccountFound(Reading("unknown"))
    return AccountFound(Reading("none"), sign.state, sign.outcome, sign.name, (Flag("account_page", sign.what),))


def _post(doc: Document) -> AccountFound:
    when = _post_time(doc.text, doc.now)
    flags = _nickname(doc.text)
    title = next((plain(m[1]) for form in _TITLES if (m := form.search(doc.text)) and m[1].strip()), None)
    if when is None or when.found is None:
        return AccountFound(Reading("unknown", title=title), "alive", flags=flags)
    found = when.found
    reading = Reading(
        "article", newest=found.value, precision=found.precision, source="script", text=clean_text(when.raw), title=title
    )
    naive = (Flag("naive_time", clean_text(when.raw)),) if when.naive else ()
    bound = Flag("lower_bound", "one post; the account may have newer ones")
    return AccountFound(reading, "alive", flags=(*flags, *naive, bound))


def _post_time(text: str, now: datetime) -> When | None:
    for form in _TIMES:
        if (match := form.search(text)) and (when := tell_time(match[1], now)).found:
            return when
    for match in _WITH_DAY.finditer(text):
        when = tell_time(match[1], now)
        if when.found and when.found.value[:10] == match[2]:
            return when
    if (match := _DAY.search(text)) and (when := tell_time(match[1], now)).found:
        return when
    if match := _SHOWN.search(text):
        shown = dates.parse_date(match[1].strip(), now)
        if shown and not shown.relative and not shown.yearless and shown.precision != "month":
            return When(shown, match[1].strip())
    return None


def _nickname(text: str) -> tuple[Flag, ...]:
    for form in _NICKNAMES:
        if (match := form.search(text)) and (name := plain(match[1])):
            return (Flag("account_name", name),)
    return ()


def _history(doc: Document) -> list[Entry]:
    """The posts of a history page: they stand in `msgList` only, as an object or as text in HTML writing."""
    match = _HISTORY.search(doc.text)
    if match is None:
        return []
    if match[2] is None:
        data = _object_at(doc.text, match.end())
        return find_entries(data, doc) if data is not None else []
    written = match[2].replace("\\'", "'")
    for candidate in (written, unescape(written), unescape(unescape(written))):
        data = _object_at(candidate, 0)
        if data is not None:
            return find_entries(data, doc)
    return []


def _object_at(text: str, start: int) -> Any:
    """The JSON value that begins at `start`, whatever follows it; None where there is none."""
    try:
        return json.JSONDecoder().raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _album(doc: Document) -> list[Entry]:
    """The posts of an album: `li[data-link][data-title]`, each with its epoch in `.js_article_create_time`."""
    if _ALBUM_TIME not in doc.text:
        return []
    entries = []
    for row in doc.root.iter("li"):
        link, title = row.get("data-link"), row.get("data-title")
        if link is None or title is None:
            continue
        for inner in row.iter():
            if isinstance(inner.tag, str) and _ALBUM_TIME in (inner.get("class") or ""):
                stamp = "".join(map(str, inner.itertext()))
                entries.append(Entry(plain(title), absolute(doc.url, link), tell_time(stamp, doc.now)))
                break
    return entries
