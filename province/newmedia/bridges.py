"""Bridges on hosts of their own: which request each program wants, what it answers, and how it answers when it is ill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from typing import Final
from urllib.parse import parse_qsl

from province.answers import answer
from province.newmedia.feeds import FEEDS
from province.newmedia.model import BridgeHost, Illness, Media
from province.newmedia.posts import Post

_JSON: Final = "application/json; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_RSSHUB: Final = {
    "weibo": "/weibo/user/{0}",
    "toutiao": "/toutiao/user/token/{0}",
    "douyin": "/douyin/user/{0}",
    "bilibili": "/bilibili/user/video/{0}",
}


@dataclass(frozen=True)
class Program:
    """One kind of bridge.

    path     of an account's feed; token: query field that the token, or its MD5 with the path, must stand in, or `bearer`
    denied, missing, limited  status, content type and body of what it answers where there is no feed
    """

    path: Callable[[Media], str]
    token: str
    denied: tuple[int, str, str]
    missing: tuple[int, str, str]
    limited: tuple[int, str, str]


def _nest(status: int, words: str) -> tuple[int, str, str]:
    return status, _JSON, f'{{"statusCode":{status},"message":"{words}"}}'


def _detail(status: int, code: int, words: str) -> tuple[int, str, str]:
    return status, _JSON, f'{{"detail":{{"code":{code},"message":"{words}"}}}}'


def _oops(status: int, words: str) -> tuple[int, str, str]:
    return (
        status,
        _HTML,
        f"<html><title>Welcome to RSSHub!</title><body><h1>Looks like something went wrong</h1><p>{words}</p></body></html>",
    )


PROGRAMS: Final = {
    "rsshub": Program(
        lambda media: _RSSHUB[media.platform].format(media.ident),
        "code",
        (403, "text/plain", "Access denied. {token}"),
        _oops(404, "NotFoundError: wrong path"),
        _oops(429, "Error: 请求过于频繁"),
    ),
    "wewe-rss": Program(
        lambda media: f"/feeds/{media.feed}.rss",
        "",
        _nest(401, "Unauthorized"),
        _nest(404, "不存在该feed！"),
        _nest(500, "今日小黑屋"),
    ),
    "we-mp-rss": Program(
        lambda media: f"/rss/{media.feed}",
        "",
        _detail(401, 40101, "未授权的RSS访问"),
        _detail(404, 40401, "公众号不存在"),
        _detail(406, 50001, "base_resp ret 200013 freq control"),
    ),
    "wechat2rss": Program(
        lambda media: f"/feed/{media.feed}.xml",
        "k",
        (401, _JSON, '{"err":"token error: {token}"}'),
        (404, _JSON, '{"err":"feed not found"}'),
        (429, _JSON, '{"err":"too many requests"}'),
    ),
    "feed": Program(
        lambda media: f"/feeds/{media.feed}.json",
        "bearer",
        (401, "text/plain", "Unauthorized"),
        (404, "text/plain", "not found"),
        (429, "text/plain", "slow down"),
    ),
}


def bridge_answer(
    bridge: BridgeHost,
    told_of: Sequence[Media],
    target: str,
    headers: dict[str, str],
    base: datetime,
    moment: datetime,
    rows: Callable[[Media, datetime], list[Post]],
) -> bytes:
    """The whole answer of `bridge` at `moment`; it echoes a wrong token, as careless programs do."""
    program = PROGRAMS[bridge.profile]
    path, _, query = target.partition("?")
    fields = dict(parse_qsl(query))
    sick = illness_at(bridge.illness, base, moment)
    if sick == "502":
        return answer(502, b"<html><body><center><h1>502 Bad Gateway</h1></center></body></html>", (), _HTML)
    if sick == "html":
        return answer(200, "<html><title>登录</title><body>请登录</body></html>".encode(), (), _HTML)
    if not _let_in(bridge, program, path, fields, headers):
        return _said(program.denied, fields.get(program.token, ""))
    media = next((each for each in told_of if program.path(each) == path), None)
    if media is None:
        return _said(program.missing, "")
    if sick == "limited":
        return _said(program.limited, "")
    seen = began(bridge.illness, base) if sick in ("old", "stopped") else moment
    made = seen if sick == "stopped" else moment
    text, content_type = FEEDS[bridge.profile](media, [] if sick == "empty" else rows(media, seen), made)
    return answer(200, text.encode(), (), content_type)


def illness_at(illness: Illness | None, base: datetime, moment: datetime) -> str | None:
    """The kind of illness at `moment`, None while the bridge is well."""
    if illness is None or not began(illness, base) <= moment < began(illness, base) + timedelta(days=illness.days):
        return None
    return illness.kind


def began(illness: Illness | None, base: datetime) -> datetime:
    return base + timedelta(days=illness.first if illness else 0)


def _let_in(bridge: BridgeHost, program: Program, path: str, fields: dict[str, str], headers: dict[str, str]) -> bool:
    if program.token == "bearer":
        return headers.get("authorization") == f"Bearer {bridge.token}"
    if program.token == "code":
        wanted = md5((path + bridge.token).encode(), usedforsecurity=False).hexdigest()
        return fields.get("key") == bridge.token or fields.get("code") == wanted
    return not program.token or fields.get(program.token) == bridge.token


def _said(words: tuple[int, str, str], token: str) -> bytes:
    status, content_type, text = words
    return answer(status, text.replace("{token}", token).encode(), (), content_type)
