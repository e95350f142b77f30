"""The platforms: their hosts, the addresses registers hold, and what may be said of what those show. Data."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class State:
    """What an address shows, and what may be said of it.

    outcomes, states, account  as in truth lines; dated: whether the newest post's day can be read there
    """

    outcomes: tuple[str, ...]
    states: tuple[str, ...]
    account: tuple[str, ...]
    why: str
    dated: bool = False


STATES: Final = {
    "list": State(("ok",), ("list",), ("alive",), "the interface's list", dated=True),
    "visitor": State(("challenged",), ("none",), ("unknown",), "a visitor's pass is wanted"),
    "refused": State(("challenged",), ("none",), ("unknown",), "the interface refuses"),
    "script": State(("challenged",), ("none",), ("unknown",), "a script tests the browser"),
    "limited": State(("challenged", "inconclusive"), ("none",), ("unknown",), "asked too often, 429"),
    "shell": State(("not_observable",), ("none",), ("unknown",), "a page that shows no posts"),
    "undated": State(("not_observable",), ("none",), ("alive", "unknown"), "posts without times"),
    "held": State(("ok",), ("list",), ("alive",), "a list in the page's script", dated=True),
    "version": State(("not_observable",), ("none",), ("alive",), "a shop's version day, which is no update"),
    "no_app": State(("soft_404",), ("none", "unknown"), ("unknown",), "the shop has no such app"),
    "html": State(("ok", "not_observable"), ("unknown", "none"), ("unknown",), "HTML where JSON was to be"),
    "shape": State(("ok", "not_observable"), ("unknown", "none"), ("unknown",), "JSON of another shape"),
}


@dataclass(frozen=True)
class PlatformHost:
    """title: the type as printed; address: what the register holds, by state (`*`: any other)."""

    title: str
    host: str
    addresses: dict[str, str]
    states: tuple[str, ...]

    def address(self, state: str, ident: str) -> str:
        return f"https://{self.host}" + self.addresses.get(state, self.addresses["*"]).format(id=ident)


PLATFORMS: Final = {
    "channels": PlatformHost("微信视频号", "channels.weixin.qq.com", {"*": "/web/pages/profile?finder={id}"}, ("shell",)),
    "weibo": PlatformHost(
        "新浪微博",
        "m.weibo.cn",
        {"*": "/api/container/getIndex?type=uid&value={id}&containerid=107603{id}", "visitor": "/u/{id}"},
        ("list", "list", "visitor", "refused", "limited"),
    ),
    "toutiao": PlatformHost(
        "今日头条",
        "www.toutiao.com",
        {
            "*": "/api/pc/list/feed?category=profile_all&token={id}&max_behot_time=0&aid=24",
            "shell": "/c/user/token/{id}/?",
            "script": "/c/user/token/{id}/",
        },
        ("list", "shell", "script", "refused", "html"),
    ),
    "douyin": PlatformHost("抖音短视频", "www.douyin.com", {"*": "/user/{id}"}, ("held", "script", "shell")),
    "kuaishou": PlatformHost(
        "快手短视频",
        "live.kuaishou.com",
        {"*": "/profile/{id}", "undated": "/live_api/profile/public?principalId={id}&count=12"},
        ("undated", "shell"),
    ),
    "bilibili": PlatformHost(
        "哔哩哔哩",
        "api.bilibili.com",
        {"*": "/x/space/wbi/arc/search?mid={id}&ps=30&pn=1&order=pubdate"},
        ("list", "refused", "shape"),
    ),
    "app": PlatformHost("移动客户端", "itunes.apple.com", {"*": "/lookup?id={id}&country=cn"}, ("version", "no_app")),
    "miniprogram": PlatformHost("小程序", "m.q.qq.com", {"*": "/a/p/{id}"}, ("shell",)),
}
