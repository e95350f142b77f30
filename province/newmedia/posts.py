"""What an account published up to a moment: pure, the same at every look."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from province.newmedia.model import Media
from province.seeds import number
from province.titles import title

SHOWN: Final = 20
PINNED_DAYS: Final = 300
"""How old a post is that an account keeps on top."""


@dataclass(frozen=True)
class Post:
    """One post: its title, its moment (Beijing time) and its own id."""

    title: str
    at: datetime
    ident: str


def posts(seed: int, base: datetime, media: Media, moment: datetime) -> list[Post]:
    """The latest posts at `moment`, newest first. `base`: the moment the province was built for."""
    later = (moment - base).days + media.age if media.alive else 0
    last = max(0, later // media.gap)
    found = []
    for count in range(last, last - SHOWN - 2, -1):
        post = _post(seed, base, media, media.age - count * media.gap)
        if post.at <= moment:
            found.append(post)
    return found[:SHOWN]


def pinned(seed: int, base: datetime, media: Media) -> Post | None:
    """The post that the account keeps on top; None if it does not."""
    return _post(seed, base, media, media.age + PINNED_DAYS) if media.pinned else None


def newest(seed: int, base: datetime, media: Media, moment: datetime) -> datetime:
    return posts(seed, base, media, moment)[0].at


def _post(seed: int, base: datetime, media: Media, days_before: int) -> Post:
    day = base.date() - timedelta(days=days_before)
    bits = number(seed, media.code, day)
    clock = time(8 + bits % 10, bits // 16 % 60, bits // 1024 % 60)
    at = datetime.combine(day, clock, base.tzinfo)
    if days_before == 0:
        at = min(at, base)
    return Post(title(f"{seed}/{media.code}/{day}", day, media.region, media.unit), at, str(10**15 + bits % 10**15))
