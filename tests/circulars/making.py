"""How the scenarios make healthy sites, sections and accounts: what is wrong with one stands in the scenario itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from province.newmedia.platforms import PLATFORMS
from province.scenarios import Account, Column, Published, Rhythm, Section, Site
from province.scenarios.model import Shows

ANCHOR: Final = date(2020, 1, 1)


class Kind(NamedTuple):
    """A kind of column: name, category as a register prints it, 一级栏目 or not, days between two items."""

    name: str
    label: str
    first_level: bool
    gap: int


NEWS: Final = Kind("工作动态", "动态", True, 3)
USUAL: Final = (
    NEWS,
    Kind("通知公告", "通知公告", True, 17),
    Kind("政策文件", "政策文件", True, 40),
    Kind("规划计划", "规划计划", False, 90),
)


class Type(NamedTuple):
    """A kind of account. `reported`: nobody sees it from outside, so its unit reports."""

    printed: str
    platform: str
    shows: Shows
    reported: bool = False


SUBSCRIPTION: Final = Type("微信订阅号", "wechat", "post")
SERVICE: Final = Type("微信服务号", "wechat", "post")
CHANNELS: Final = Type("微信视频号", "channels", "nothing", True)
WEIBO: Final = Type("新浪微博", "weibo", "list")
TOUTIAO: Final = Type("今日头条", "toutiao", "list")
TOUTIAO_HOME: Final = Type("今日头条", "toutiao", "held")
DOUYIN: Final = Type("抖音短视频", "douyin", "list")
KUAISHOU: Final = Type("快手短视频", "kuaishou", "nothing", True)
TYPES: Final = (
    *(SUBSCRIPTION,) * 6,
    SERVICE,
    CHANNELS,
    *(WEIBO,) * 2,
    TOUTIAO,
    DOUYIN,
    KUAISHOU,
)
"""In the proportions of a usual register, roughly."""


class Owner(NamedTuple):
    """Whose an account is."""

    unit: str
    short: str
    region: str
    level: str


def columns(kinds: Iterable[Kind], prefix: str, phase: int = 0) -> tuple[Column, ...]:
    """One column of each kind, alive; `prefix` begins its address."""
    made = []
    for place, kind in enumerate(kinds):
        rhythm = Rhythm(kind.gap, date.fromordinal(ANCHOR.toordinal() + phase % kind.gap))
        number = f"c{place:03}"
        made.append(Column(number, kind.name, kind.label, kind.first_level, f"{prefix}{number}/", rhythm))
    return tuple(made)


def publishing(column: Column, published: Published) -> Column:
    """The same column with another history."""
    return replace(column, published=published)


def site(code: str, name: str, owner: Owner, host: str, kinds: Sequence[Kind] = USUAL) -> Site:
    return Site(code, name, owner.unit, owner.short, owner.region, owner.level, host, columns(kinds, "/", int(code[-6:])))


def section(code: str, name: str, owner: Owner, parent: str, kinds: Sequence[Kind] = USUAL) -> Section:
    return Section(code, name, *owner, parent, columns(kinds, f"/zwgk/{code}/", int(code[-2:])))


def account(
    code: str, name: str, owner: Owner, kind: Type, published: Published | None = None, url: str | None = None
) -> Account:
    """An account that publishes every two days, unless said otherwise."""
    serial = sum(byte * 257**place for place, byte in enumerate(code.encode()[-7:]))
    ident = f"MS4wLjABAAAA{serial:032}" if kind.platform in ("toutiao", "douyin") else str(10**17 + serial)[-16:]
    rhythm = published or Rhythm(2, date.fromordinal(ANCHOR.toordinal() + serial % 2))
    return Account(
        code, name, kind.printed, *owner, kind.platform, ident, url or _url(kind, ident), kind.shows, rhythm, kind.reported
    )


def accounts(prefix: str, owners: Iterable[Owner], first: int = 1) -> tuple[Account, ...]:
    """One account for each owner, of the usual types in turn, numbered from `first` on."""
    made = []
    for serial, owner in enumerate(owners, first):
        kind = TYPES[serial % len(TYPES)]
        made.append(account(f"{prefix}{serial:05}", f"{owner.unit}{serial}", owner, kind))
    return tuple(made)


def dealt(owners: Sequence[Owner], count: int) -> tuple[Owner, ...]:
    """`count` owners, in turn."""
    return tuple(owners[place % len(owners)] for place in range(count))


def until(last: date, gap: int = 5) -> Rhythm:
    """Alive until `last`, and nothing after it."""
    return Rhythm(gap, last, until=last)


def _url(kind: Type, ident: str) -> str:
    if kind.platform == "wechat":
        return f"https://mp.weixin.qq.com/s/xw{ident}"
    if kind.platform == "toutiao" and kind.shows == "held":
        return f"https://www.toutiao.com/c/user/token/{ident}/"
    return PLATFORMS[kind.platform].address("list", ident)
