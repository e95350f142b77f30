"""Feeds as each kind of bridge writes them (newmedia.md §4): posts in its own form, the feed's own time always now."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from xml.sax.saxutils import escape

from province.newmedia.model import Media
from province.newmedia.posts import Post

Feed = tuple[str, str]
"""The text and its content type."""


def rsshub(media: Media, rows: Sequence[Post], now: datetime) -> Feed:
    """RSS 2.0 in GMT; `lastBuildDate` is now, `ttl` the minutes of its cache."""
    items = "".join(_item(post, format_datetime(post.at.astimezone(UTC), usegmt=True)) for post in rows)
    built = format_datetime(now.astimezone(UTC), usegmt=True)
    head = f"<title>{escape(media.name)}</title><link>https://example.invalid/</link><ttl>5</ttl>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>{head}'
        f"<lastBuildDate>{built}</lastBuildDate>{items}</channel></rss>"
    ), "application/xml; charset=utf-8"


def wewe(media: Media, rows: Sequence[Post], now: datetime) -> Feed:
    """RSS 2.0; the posts' times in GMT, the channel's that of the last look at the platform."""
    text, _ = rsshub(media, rows, now)
    return text, "application/rss+xml; charset=utf-8"


def we_mp(media: Media, rows: Sequence[Post], now: datetime) -> Feed:
    """RSS 2.0 whose times bear no zone, and an `id` of its own in every item."""
    items = "".join(_item(post, post.at.strftime("%a, %d %b %Y %H:%M:%S "), f"<id>{post.ident}</id>") for post in rows)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{escape(media.name)}</title>{items}'
        "</channel></rss>"
    ), "application/xml"


def wechat2rss(media: Media, rows: Sequence[Post], now: datetime) -> Feed:
    """RSS 2.0 with offsets, after a comment."""
    items = "".join(_item(post, format_datetime(post.at)) for post in rows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><!-- made by a bridge --><rss version="2.0"><channel>'
        f"<title>{escape(media.name)}</title>{items}</channel></rss>"
    ), "text/xml; charset=utf-8"


def json_feed(media: Media, rows: Sequence[Post], now: datetime) -> Feed:
    """JSON Feed 1.1."""
    items = [{"id": p.ident, "url": _link(p), "title": p.title, "date_published": p.at.isoformat()} for p in rows]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": media.name, "items": items}
    return json.dumps(feed, ensure_ascii=False), "application/feed+json"


def _item(post: Post, written: str, more: str = "") -> str:
    return f"<item><title>{escape(post.title)}</title><link>{_link(post)}</link><pubDate>{written}</pubDate>{more}</item>"


def _link(post: Post) -> str:
    return f"https://mp.weixin.qq.com/s/{post.ident}"


FEEDS: Final[dict[str, Callable[[Media, Sequence[Post], datetime], Feed]]] = {
    "rsshub": rsshub,
    "wewe-rss": wewe,
    "we-mp-rss": we_mp,
    "wechat2rss": wechat2rss,
    "feed": json_feed,
}
