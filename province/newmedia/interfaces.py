"""What the platforms' own interfaces answer: JSON as each of them writes it (newmedia.md §2)."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, Final
from urllib.parse import quote

from province.newmedia.model import Media
from province.newmedia.posts import Post

Rows = Sequence[Post]


def weibo(media: Media, rows: Rows, top: Post | None) -> str:
    """Cards of posts; the pinned one on top, and once more in its place, as the platform does after a while."""
    cards: list[dict[str, Any]] = [_card(media, post, "proweibo_") for post in rows]
    if top:
        cards = [_card(media, top, "proweibotop_"), *cards, _card(media, top, "proweibo_")]
    return _json({"ok": 1, "data": {"cardlistInfo": {"total": len(rows)}, "cards": cards}})


def _card(media: Media, post: Post, kind: str) -> dict[str, Any]:
    blog = {
        "created_at": post.at.strftime("%a %b %d %H:%M:%S +0800 %Y"),
        "id": post.ident,
        "bid": f"B{post.ident[-8:]}",
        "text": f"<span>{post.title}</span>",
        "user": {"id": media.ident, "screen_name": media.name},
    }
    return {"card_type": 9, "profile_type_id": f"{kind}{media.ident}", "mblog": blog}


def toutiao(media: Media, rows: Rows, top: Post | None) -> str:
    """Seconds as numbers; one advertisement among the posts."""
    data: list[dict[str, Any]] = [
        {"group_id": post.ident, "title": post.title, "publish_time": int(post.at.timestamp()), "cell_type": 60}
        for post in rows
    ]
    advert = {"group_id": "1", "title": "推广", "publish_time": int(rows[0].at.timestamp()) + 60, "ad_id": 7}
    pinned = (
        {"group_id": top.ident, "title": top.title, "publish_time": int(top.at.timestamp()), "is_stick": True} if top else None
    )
    return _json({"message": "success", "has_more": False, "data": [*([pinned] if pinned else []), advert, *data]})


def bilibili(media: Media, rows: Rows, top: Post | None) -> str:
    """Seconds as text in some rows."""
    listed = [
        {"bvid": f"BV{post.ident[-10:]}", "title": post.title, "created": str(int(post.at.timestamp())), "mid": media.ident}
        for post in rows
    ]
    return _json({"code": 0, "message": "0", "data": {"list": {"vlist": listed}, "page": {"count": len(rows)}}})


def kuaishou(media: Media, rows: Rows, top: Post | None) -> str:
    """Posts without times, as the public list gives them."""
    listed = [{"id": f"3x{post.ident[-9:]}", "caption": post.title, "likeCount": 3} for post in rows]
    return _json({"data": {"result": 1, "list": listed}})


def douyin(media: Media, rows: Rows, top: Post | None) -> str:
    """A page whose script holds the list, percent-encoded; milliseconds nowhere, a pinned post on top."""
    data = [{"awemeId": post.ident, "desc": post.title, "createTime": int(post.at.timestamp())} for post in rows]
    if top:
        first: dict[str, Any] = {"awemeId": top.ident, "desc": top.title, "createTime": int(top.at.timestamp())}
        data = [first | {"tag": {"isTop": True}}, *data]
    held = quote(_json({"app": {"user": {"nickname": media.name}, "post": {"data": data, "hasMore": 1}}}))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{media.name}的抖音</title></head><body><div id="root"></div>'
        f'<script id="RENDER_DATA" type="application/json">{held}</script></body></html>'
    )


def shop(media: Media, rows: Rows, top: Post | None) -> str:
    """A shop's record: the day of the version, which is none of the content."""
    at = rows[0].at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = {"trackName": media.name, "version": "3.1.4", "currentVersionReleaseDate": at, "bundleId": "cn.example.app"}
    return _json({"resultCount": 1, "results": [record]})


LISTS: Final[dict[str, Callable[[Media, Rows, Post | None], str]]] = {
    "weibo": weibo,
    "toutiao": toutiao,
    "bilibili": bilibili,
    "kuaishou": kuaishou,
    "douyin": douyin,
    "app": shop,
}

REFUSALS: Final[dict[str, str]] = {
    "weibo": '{"ok":-100,"url":"https://passport.weibo.com/sso/signin"}',
    "toutiao": '{"message":"error","has_more":false}',
    "bilibili": '{"code":-352,"message":"风控校验失败","ttl":1}',
}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
