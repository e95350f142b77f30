"""Accounts on every platform, and the bridges that tell of them: values only."""

from dataclasses import dataclass
from typing import Final, Literal

Sickness = Literal["502", "old", "stopped", "html", "empty", "limited"]
"""old: 200 with the items of its first day; stopped: likewise, and the feeds' own dates stand still, too."""


@dataclass(frozen=True)
class Told:
    """What an operator reported of an account: how many days before the province's first day it was last updated."""

    days: int
    link: str
    reporter: str


@dataclass(frozen=True)
class Media:
    """One account.

    platform  key of platforms.PLATFORMS; type: as the register prints it
    ident     its id on the platform; feed: its id in its bridge
    state     what its registered address shows: a key of platforms.STATES, or of wechat.STATES
    gap, age  usual days between two posts; days from the newest to the province's first day
    alive     whether posts go on appearing; pinned: whether an old post stands on top, too
    bridge    name of the bridge that tells of it, or None
    story     what it stands for, in words
    """

    code: str
    name: str
    platform: str
    type: str
    unit: str
    short: str
    region: str
    level: str
    ident: str
    url: str
    state: str
    gap: int
    age: int
    alive: bool
    pinned: bool = False
    bridge: str | None = None
    feed: str | None = None
    told: Told | None = None
    story: str = ""


@dataclass(frozen=True)
class Illness:
    """A bridge is ill for `days` days from the day `first` after the province's first day (0) on."""

    kind: Sickness
    first: float
    days: float


@dataclass(frozen=True)
class BridgeHost:
    """One bridge: a program on a host of its own, its token, and when it is ill."""

    name: str
    profile: str
    host: str
    token: str
    illness: Illness | None = None


@dataclass(frozen=True)
class Cast:
    """All of it."""

    media: tuple[Media, ...] = ()
    bridges: tuple[BridgeHost, ...] = ()


NO_CAST: Final = Cast()
