"""What a scenario consists of: values only."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from province.scenarios.rhythm import Published

Shows = Literal["post", "deleted", "list", "held", "nothing"]


@dataclass(frozen=True)
class Column:
    """One list page. `label`: its category as a register prints it; `target`: path and query at its host."""

    number: str
    name: str
    label: str
    first_level: bool
    target: str
    published: Published


@dataclass(frozen=True)
class Site:
    """One web site on a host of its own.

    down        every day from the first to before the second hour, all its requests are reset without an answer
    """

    code: str
    name: str
    unit: str
    short: str
    region: str
    level: str
    host: str
    columns: tuple[Column, ...] = ()
    down: tuple[int, int] | None = None


@dataclass(frozen=True)
class Section:
    """A unit's disclosure platform or 专栏: part of the site `parent`, on that site's host."""

    code: str
    name: str
    unit: str
    short: str
    region: str
    level: str
    parent: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Bridge:
    """A program of the inspecting house that tells of accounts.

    profile  a key of newmedia.bridges.PROGRAMS
    stopped  the day after which it learns nothing new, though it goes on answering; None: it is well
    """

    name: str
    profile: str
    host: str
    token: str
    stopped: date | None = None


@dataclass(frozen=True)
class Account:
    """One new-media account.

    type       as the register prints it; platform: `wechat`, or a key of newmedia.platforms.PLATFORMS
    shows      what stands at `url`: its latest post, the notice that the post is gone, its list of posts, a page whose script
               holds the list, or nothing of it
    reported   whether its unit hands in a report of the last update
    bridge     name of the bridge that tells of it, by its `ident`
    """

    code: str
    name: str
    type: str
    unit: str
    short: str
    region: str
    level: str
    platform: str
    ident: str
    url: str
    shows: Shows
    published: Published
    reported: bool = False
    bridge: str | None = None


@dataclass(frozen=True)
class Scene:
    """All of it. Codes are unique; a section's `parent` is the code of one of the sites."""

    sites: tuple[Site, ...] = ()
    sections: tuple[Section, ...] = ()
    accounts: tuple[Account, ...] = ()
    bridges: tuple[Bridge, ...] = ()
