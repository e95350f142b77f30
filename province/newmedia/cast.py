"""Draws the accounts and bridges of a province. Every choice has a generator of its own name, as everywhere here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from province import places
from province.newmedia.model import BridgeHost, Cast, Illness, Media, Sickness, Told
from province.newmedia.notices import ALL_STATES
from province.newmedia.platforms import PLATFORMS
from province.offices import Subject
from province.seeds import number, rng

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
WECHAT_HOST: Final = "mp.weixin.qq.com"
BRIDGES: Final = (
    ("hub", "rsshub", "hub.bridge.test"),
    ("reading", "wewe-rss", "reading.bridge.test"),
    ("login", "we-mp-rss", "login.bridge.test"),
    ("bought", "wechat2rss", "bought.bridge.test"),
    ("own", "feed", "own.bridge.test"),
)
"""name, profile, host."""
GROUP: Final = 8
"""WeChat accounts behind each bridge."""
STALE_DAYS: Final = 14

_STORIES: Final = (
    # key, platform, type, state, days since the newest post, bridge, story
    ("channels", "channels", "微信视频号", "shell", 20, None, "a video account, reported as last updated 20 days ago"),
    ("office", "wechat", "微信订阅号", "alive", 33, "reading", "a subscription account without a post for 33 days"),
    ("zone", "toutiao", "今日头条", "shell", 40, "hub", "a Toutiao account without a post for 40 days"),
    ("gone", "wechat", "微信订阅号", "expired", 25, None, "an account of which the platform finds nothing"),
    ("school", "wechat", "微信公众号", "alive", 120, "login", "an account left alone for 120 days"),
    ("court", "wechat", "微信公众号", "alive", 95, "bought", "an account left alone for 95 days"),
    ("sights", "wechat", "微信公众号", "alive", 61, "own", "an account left alone for 61 days"),
    ("closed", "wechat", "微信公众号", "cancelled", 400, None, "an account that was given up and never taken off the register"),
)


def cast(seed: int, now: datetime, subjects: Sequence[Subject]) -> Cast:
    """The platforms' accounts in all their states, the groups behind bridges, and the rows that circulars print.

    The first bridge, picked by the seed, dies one way for three days, from the fifth day after the first on.
    """
    sick = number(seed, "sick bridge") % len(BRIDGES)
    kinds: tuple[Sickness, ...] = ("502", "old", "html")
    illness = Illness(kinds[number(seed, "illness") % len(kinds)], 5.0, 3.0)
    bridges = tuple(
        BridgeHost(name, profile, host, _word(seed, name, 24), illness if each == sick else None)
        for each, (name, profile, host) in enumerate(BRIDGES)
    )
    chosen = _Chooser(seed, subjects)
    public = [chosen.media("P", key, row.title, state) for key, row in PLATFORMS.items() for state in row.states]
    public += [chosen.media("W", "wechat", "微信公众号", state) for state in ALL_STATES]
    groups = [chosen.behind(name, profile, each) for name, profile, _ in BRIDGES for each in range(GROUP)]
    return Cast((*public, *groups, *map(chosen.story, range(len(_STORIES)))), bridges)


class _Chooser:
    """Makes one account after the other, each of a drawn unit."""

    def __init__(self, seed: int, subjects: Sequence[Subject]) -> None:
        self._seed, self._subjects, self._count = seed, subjects, 0

    def media(self, mark: str, platform: str, type_: str, state: str, **more: object) -> Media:
        self._count += 1
        random = rng(self._seed, "media", self._count)
        subject = random.choice(self._subjects)
        ident = _ident(self._seed, platform, self._count)
        gap = random.randint(1, 3)
        fields: dict[str, object] = {
            "code": f"NM{mark}{places.AREA_PREFIX}{self._seed % 10_000:04d}{self._count:05d}",
            "name": f"{subject.region[:-1]}{random.choice(('发布', '在线', '融媒', '资讯'))}{self._count}号",
            "platform": platform,
            "type": type_,
            "unit": subject.unit,
            "short": subject.short,
            "region": subject.region,
            "level": subject.level,
            "ident": ident,
            "url": _address(platform, state, ident),
            "state": state,
            "gap": gap,
            "age": random.randint(0, gap),
            "alive": True,
            "pinned": random.random() < 0.5,
        }
        return Media(**(fields | more))  # type: ignore[arg-type]

    def behind(self, bridge: str, profile: str, each: int) -> Media:
        """One of a bridge's group: WeChat accounts, and where the program knows other platforms, those."""
        known = ("weibo", "toutiao", "bilibili", "douyin") if profile == "rsshub" else ("wechat",)
        platform = known[each % len(known)]
        feed = f"MP_WXS_{number(self._seed, bridge, each) % 10**10}"
        state = "alive" if platform == "wechat" else PLATFORMS[platform].states[0]
        type_ = PLATFORMS[platform].title if platform in PLATFORMS else ("微信订阅号", "微信服务号")[each % 2]
        return self.media("B", platform, type_, state, bridge=bridge, feed=feed)

    def story(self, each: int) -> Media:
        key, platform, type_, state, age, bridge, words = _STORIES[each]
        feed = f"MP_WXS_{number(self._seed, key) % 10**10}" if bridge else None
        made = self.media(
            "S", platform, type_, state, age=age, alive=False, pinned=False, bridge=bridge, feed=feed, story=words
        )
        if platform != "channels":
            return made
        told = Told(age, f"https://{PLATFORMS['channels'].host}/web/pages/feed?eid={made.ident}", made.short)
        return Media(**{**vars(made), "told": told})


def _address(platform: str, state: str, ident: str) -> str:
    if platform == "wechat":
        return f"https://{WECHAT_HOST}/s/{ident}"
    return PLATFORMS[platform].address(state, ident)


def _ident(seed: int, platform: str, count: int) -> str:
    """An account's id as its platform writes ids."""
    digits = str(10**9 + number(seed, platform, count) % 9 * 10**9 + count)
    word = _word(seed, f"{platform}{count}", 40)
    return {"wechat": word[:22], "toutiao": f"MS4wLjABAAAA{word}", "douyin": f"MS4wLjABAAAA{word}", "channels": word[:24]}.get(
        platform, digits
    )


def _word(seed: int, name: str, size: int) -> str:
    return "".join(rng(seed, "word", name).choices(_LETTERS[:-2], k=size))
