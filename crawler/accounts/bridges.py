"""The crawler's half of a bridge: which request asks for an account, and what its answer says. Pure (newmedia.md §4).

    Bridge(profile, base, token) + platform + ids ──► ask_of ──► BridgeAsk ──(fetched)──► read_bridge ──► AccountFound

An answer that is no sound feed is `inconclusive`/`bridge_sick` with the flag `bridge_error`: never a silent account. Neither
the token nor the bridge's address stands in anything that is returned but `BridgeAsk.url` and `.headers`, which are for the
fetcher alone; `BridgeAsk.label` is what records may show.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from crawler.accounts.bridgeforms import FEED_FAULTS, PROFILES, Profile, Route, error_of
from crawler.accounts.found import AccountFound
from crawler.accounts.platforms import platform_named
from crawler.accounts.secret import LEAST, Scrubber, Secret
from crawler.accounts.wechat import MASS_SENT_ONLY
from crawler.read import feeds
from crawler.read.charset import decode
from crawler.read.document import Document
from crawler.read.entries import tell_time
from crawler.records import Flag, Reading

MOST_SENT_AT_ONCE: Final = 8
"""Posts of one mass sending; so many items may bear one second."""

LONGEST_UNSYNCED: Final = timedelta(days=3)
"""Such bridges look at each account twice a day (newmedia.md §4); lists of single accounts have stopped for weeks."""

_HEAD: Final = 20_000
_ITEM = re.compile(r"<(?:item|entry)\b|\"items\"\s*:")
_OWN_DATE = re.compile(r"<(?:lastBuildDate|updated|pubDate)>\s*([^<]{8,60}?)\s*<")
_TOKEN_PLACE = re.compile(r"none|bearer|(?:query|md5):[A-Za-z_][\w-]{0,30}")
_PUBLIC_NAME = re.compile(r"(?:[\w-]+\.)+(?:cn|com|net|org|gov|edu|中国|政务|公益)", re.IGNORECASE)
_ID = re.compile(r"[\w.=%-]{1,160}", re.ASCII)
_PATH = re.compile(r"(?!.*\.\.)(?!/)[\w./~=%-]{1,300}", re.ASCII)


class BridgeUnusable(ValueError):
    """Settings that no request can be made from. The message shows neither address nor token."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """One bridge of the settings.

    name   what records, metrics and alarms call it
    base   its address, http or https, without query and user; token_place: overrides the profile's (`bridges.toml`)
    """

    name: str
    profile: str
    base: str = field(repr=False)
    token: Secret | None = None
    token_place: str | None = None

    def __post_init__(self) -> None:
        if self.profile not in PROFILES:
            raise BridgeUnusable(f"bridge {self.name}: profile must be one of {', '.join(PROFILES)}")
        try:
            parts = urlsplit(self.base)
            sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            sound = False
        if not sound or parts.query or parts.fragment or parts.username is not None:
            raise BridgeUnusable(f"bridge {self.name}: base must be http(s)://host[:port][/path], with no user, ? or #")
        if self.token is not None and len(self.token.reveal()) < LEAST:
            raise BridgeUnusable(f"bridge {self.name}: a token has at least {LEAST} characters")
        if not _TOKEN_PLACE.fullmatch(self.place):
            raise BridgeUnusable(f"bridge {self.name}: token_place must be none, bearer, query:NAME or md5:NAME")

    @property
    def place(self) -> str:
        return self.token_place or PROFILES[self.profile].token

    @property
    def origin(self) -> tuple[str, int]:
        """The one (host, port) that settings let the address guard through to; redirects from it are not covered."""
        parts = urlsplit(self.base)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@dataclass(frozen=True, slots=True)
class BridgeAsk:
    """One request. `url` and `headers` are for the fetcher alone; `label` is what may be shown: `rsshub:/weibo/user/{id}`."""

    label: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    scrubber: Scrubber = field(repr=False)
    bridge: str
    route: Route


@dataclass(frozen=True, slots=True)
class BridgeAnswer:
    """What came back. status None: nothing did."""

    status: int | None
    body: bytes = b""
    content_type: str | None = None


def ask_of(bridge: Bridge, printed: str, ids: Mapping[str, str]) -> BridgeAsk | None:
    """The request that asks `bridge` for an account; None where it has no route for the platform or an id is missing.

    printed  the account's type as the register prints it; ids: those of its address (platforms.address_of), or what the
             settings give (`id`: the feed's own id in the bridge; `path`: below the base of a plain feed)
    """
    platform = platform_named(printed)
    profile = PROFILES[bridge.profile]
    for route in profile.routes:
        if route.platform not in ("*", platform.id if platform else ""):
            continue
        path = _filled(route.path, ids)
        if path is not None:
            return _ask(bridge, profile, route, path)
    return None


def _filled(path: str, ids: Mapping[str, str]) -> str | None:
    names = re.findall(r"\{(\w+)\}", path)
    if any(not (_PATH if name == "path" else _ID).fullmatch(ids.get(name, "")) or ids[name] in (".", "..") for name in names):
        return None
    return path.format(**{name: quote(ids[name], safe="/=%~" if name == "path" else "=%") for name in names})


def _ask(bridge: Bridge, profile: Profile, route: Route, path: str) -> BridgeAsk:
    base = bridge.base.rstrip("/") if path else bridge.base
    query, headers, words = dict(profile.query), {}, _hidden(bridge)
    kind, _, name = bridge.place.partition(":")
    if bridge.token is not None:
        word = bridge.token.reveal()
        words.append(word)
        if kind == "bearer":
            headers["Authorization"] = f"Bearer {word}"
        elif kind == "query":
            query[name] = word
        elif kind == "md5":
            query[name] = md5((urlsplit(base + path).path + word).encode(), usedforsecurity=False).hexdigest()
            words.append(query[name])
    url = base + path + ("?" + urlencode(query) if query else "")
    label = f"{bridge.profile}:{route.path}"
    return BridgeAsk(label, url, MappingProxyType(headers), Scrubber(words), bridge.name, route)


def _hidden(bridge: Bridge) -> list[str]:
    """What of the address may not be told. A feed on a public site of the account's own shares its host with its articles,
    so only its own address is hidden; a program's host always is."""
    parts = urlsplit(bridge.base)
    if bridge.profile == "feed" and _PUBLIC_NAME.fullmatch(parts.hostname or "") and parts.port is None:
        return [parts.netloc + parts.path] if parts.path.strip("/") else []
    return [parts.netloc]


def read_bridge(ask: BridgeAsk, answer: BridgeAnswer, now: datetime) -> AccountFound:
    """What a bridge's answer says of an account: a list of posts, or why it proves nothing. Never raises.

    Newest is the largest date of an item; the feed's own dates are those of its making. `now`: aware, Beijing time.
    """
    if answer.status is None:
        return _sick(ask, "no_answer")
    text, charset, _ = decode(answer.body, answer.content_type)
    if not 200 <= answer.status < 300 or not feeds.is_feed(text):
        return _sick(ask, error_of(answer.status, text).name)
    reading, items, flags = feeds.read_feed(Document(text, "", now, charset))
    fault = next((flag.name for flag in flags if flag.name in FEED_FAULTS), None)
    if fault is None and reading.newest is None:
        if ask.route.undated:
            seen = Flag("posts_seen", f"{reading.items} without times")
            return AccountFound(Reading("none"), "alive", "not_observable", "no_dates", (seen,), observed_by="bridge_feed")
        fault = "undated_feed"
    if fault is None:
        seconds = Counter(item.date for item in items if item.date and len(item.date) > 10)
        most = max(seconds.values(), default=0)
        fault = "stamped_by_bridge" if most > MOST_SENT_AT_ONCE and most == reading.dated else None
    if fault is None and ask.route.synced and _unsynced(text, now):
        fault = "not_synced"
    if fault is not None:
        return _sick(ask, fault)
    more = (Flag("lower_bound", "the bridge lists some of the posts only"),) if ask.route.partial else ()
    more = (*more, MASS_SENT_ONLY) if ask.route.mass_sent else more
    found = AccountFound(reading, "alive", None, None, (*flags, *more, _name(ask)), items, charset, observed_by="bridge_feed")
    return ask.scrubber.found(found)


def _unsynced(text: str, now: datetime) -> bool:
    """Does the feed's own date, which stands before its items, lie days back? A feed without one says nothing."""
    head = _ITEM.split(text[:_HEAD], maxsplit=1)[0]
    found = next((when.found for match in _OWN_DATE.finditer(head) if (when := tell_time(match[1], now)).found), None)
    return found is not None and found.value[:10] < (now - LONGEST_UNSYNCED).date().isoformat()


def _sick(ask: BridgeAsk, name: str) -> AccountFound:
    flags = (Flag("bridge_error", name), _name(ask))
    return AccountFound(Reading("none"), "unknown", "inconclusive", "bridge_sick", flags, observed_by="bridge_feed")


def _name(ask: BridgeAsk) -> Flag:
    return Flag("bridge", ask.scrubber.text(ask.bridge))
