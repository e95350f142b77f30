"""Pages of platforms that show no posts: visitor gates, scripts that test the browser, shells, limits."""

from html import escape
from typing import Final

from province.answers import Header, answer
from province.newmedia.model import Media

HTML: Final = "text/html; charset=utf-8"


def shell(media: Media) -> bytes:
    """The empty frame of a page that a program of the platform's fills."""
    return _page(f"{escape(media.name)}的主页", '<div id="root"></div><script src="/static/app.9f3c.js"></script>')


def visitor(media: Media) -> bytes:
    """Weibo's visitor system."""
    words = (
        '<script>var url = "https://visitor.passport.weibo.cn/visitor/visitor?entry=sinawap";location.replace(url);</script>'
    )
    return _page("Sina Visitor System", words)


def script(media: Media) -> bytes:
    """What Douyin and Toutiao answer to a program without their cookie."""
    return _page("", '<script>window.byted_acrawler&&window.byted_acrawler.init({aid:99999999});var s="__ac_nonce";</script>')


def limited(media: Media) -> bytes:
    waits: Header = ("Retry-After", "120")
    return answer(429, '{"code":429,"message":"请求过于频繁"}'.encode(), [waits], "application/json")


def html(media: Media) -> bytes:
    """HTML where JSON was to be."""
    return _page("页面", "<p>正在加载</p>")


def shape(media: Media) -> bytes:
    """JSON of a shape that nobody expects: numbers where lists were, lists where objects were."""
    text = '{"code":0,"data":[[1,2,{"list":"none"}],{"vlist":7}],"message":{"a":[]}}'
    return answer(200, text.encode(), (), "application/json")


def no_app(media: Media) -> bytes:
    return answer(200, b'{"resultCount":0,"results":[]}', (), "text/javascript; charset=utf-8")


PAGES: Final = {
    "shell": shell,
    "visitor": visitor,
    "script": script,
    "limited": limited,
    "html": html,
    "shape": shape,
    "no_app": no_app,
}


def _page(title: str, body: str) -> bytes:
    text = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>{body}</body></html>'
    return answer(200, text.encode(), (), HTML)
