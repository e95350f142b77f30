"""Who answers what on the platforms' and bridges' hosts."""

from datetime import datetime
from typing import Final

from province.answers import answer
from province.model import Account, Plan
from province.newmedia.bridges import bridge_answer
from province.newmedia.cast import WECHAT_HOST
from province.newmedia.interfaces import LISTS, REFUSALS
from province.newmedia.model import BridgeHost, Illness, Media
from province.newmedia.notices import ALL_STATES, NOTICES
from province.newmedia.pages import PAGES
from province.newmedia.platforms import PLATFORMS
from province.newmedia.posts import Post, pinned, posts
from province.wechat import notice, wechat_answer

_NOT_FOUND: Final = answer(404, b'{"error":"not found"}', (), "application/json")
_TYPES: Final = {"douyin": "text/html; charset=utf-8"}


class MediaWorld:
    """The answers of every host of the plan's cast. `moment` is read at each request."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.moment = plan.now
        self._bridges: dict[str, BridgeHost] = {bridge.host: bridge for bridge in plan.cast.bridges}
        self._media = {_place(media.url): media for media in plan.cast.media}
        self._hosts = {row.host for row in PLATFORMS.values()}

    def hosts(self) -> list[str]:
        """Every host but WeChat's, platforms first."""
        return [*sorted(self._hosts), *self._bridges] if self._plan.cast.media else []

    def bridge(self, name: str) -> BridgeHost:
        """Raises KeyError for a bridge there is not."""
        return next((b for b in self._bridges.values() if b.name == name), None) or _no_bridge(name)

    def set_illness(self, name: str, illness: Illness | None) -> None:
        """Give a bridge an illness, or take it away, from its next request on. Raises KeyError as above."""
        was = self.bridge(name)
        self._bridges[was.host] = BridgeHost(was.name, was.profile, was.host, was.token, illness)

    def answer(self, host: str, target: str, headers: dict[str, str]) -> bytes | None:
        """None where the host or the address is none of ours."""
        bridge = self._bridges.get(host)
        if bridge is not None:
            told_of = [media for media in self._plan.cast.media if media.bridge == bridge.name]
            return bridge_answer(bridge, told_of, target, headers, self._plan.now, self.moment, self.rows)
        if host != WECHAT_HOST and host not in self._hosts:
            return None
        media = self._media.get((host, target.removesuffix("?")))
        if media is None:
            return None if host == WECHAT_HOST else _NOT_FOUND
        return self._of(media)

    def rows(self, media: Media, moment: datetime) -> list[Post]:
        return posts(self._plan.seed, self._plan.now, media, moment)

    def _of(self, media: Media) -> bytes:
        if media.state in NOTICES:
            return notice(NOTICES[media.state])
        if media.platform == "wechat":
            return wechat_answer(self._plan, wechat_account(media))
        if media.state in PAGES:
            return PAGES[media.state](media)
        if media.state == "refused":
            return answer(200, REFUSALS[media.platform].encode(), (), "application/json")
        top = pinned(self._plan.seed, self._plan.now, media)
        text = LISTS[media.platform](media, self.rows(media, self.moment), top)
        return answer(200, text.encode(), (), _TYPES.get(media.platform, "application/json; charset=utf-8"))


def wechat_account(media: Media) -> Account:
    """A WeChat account as the pages behind its article address know it."""
    assert media.state in ALL_STATES
    path = _place(media.url)[1]
    return Account(
        media.code,
        media.name,
        media.type,
        media.unit,
        media.short,
        media.region,
        media.level,
        path,
        media.state,
        media.gap,
        media.age,
    )


def _place(url: str) -> tuple[str, str]:
    host, _, path = url.partition("://")[2].partition("/")
    return host, f"/{path}".removesuffix("?")


def _no_bridge(name: str) -> BridgeHost:
    raise KeyError(f"there is no bridge {name}")
