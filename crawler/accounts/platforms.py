"""The platforms accounts live on: what each shows over public HTTP, and the shapes of its addresses (newmedia.md §1, §2)."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote

import msgspec

View = Literal["post", "list", "undated", "store", "none"]
Reads = Literal["wechat", "interface", "store", "page", "nothing"]
Unseen = Literal["no_public_view", "no_dates", "login_needed", "signed_requests", "no_bridge"]
AddressKind = Literal["post", "list", "home", "interface", "download"]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: AddressKind
    pattern: str


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of `platforms.toml`, whose head says what each field means."""

    id: str
    title: str
    names: tuple[str, ...]
    family: str
    view: View
    reads: Reads
    shows: tuple[str, ...]
    never: tuple[str, ...]
    urls: tuple[Shape, ...]
    unseen: Unseen | None = None


class Address(NamedTuple):
    """What an account's URL is. `ids`: those of the account that it bears, `id` the one that bridges ask by."""

    platform: Platform
    kind: AddressKind
    ids: Mapping[str, str]


def _load() -> Mapping[str, Platform]:
    text = files("crawler").joinpath("accounts/platforms.toml").read_text(encoding="utf-8")
    rows = msgspec.convert(tomllib.loads(text)["platform"], tuple[Platform, ...])
    return MappingProxyType({row.id: row for row in rows})


PLATFORMS: Final = _load()
OTHER: Final = PLATFORMS["other"]
_SCHEME: Final = r"https?://(?:[\w-]{1,63}\.){0,4}?"
_FORMS: Final = tuple(
    (re.compile(_form if _form.startswith(r"\.") else _SCHEME + _form, re.IGNORECASE), row, shape.kind)
    for row in PLATFORMS.values()
    for shape in row.urls
    for _form in (shape.pattern,)
)
_MOST_URL: Final = 2_000


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text[:80]).casefold()))


_BY_NAME: Final = {_fold(word): row for row in PLATFORMS.values() for word in (row.id, row.title, *row.names)}


def platform_named(printed: str | None) -> Platform | None:
    """The platform of a type as a register or circular prints it (`微信订阅号`, `抖音`); None for words not known."""
    return _BY_NAME.get(_fold(printed)) if printed else None


def address_of(url: str) -> Address | None:
    """What an account's address is by its shape; None where no platform has such addresses."""
    if len(url) > _MOST_URL:
        return None
    for form, platform, kind in _FORMS:
        match = form.match(url) if form.pattern.startswith(_SCHEME) else form.search(url)
        if match:
            ids = {name: unquote(value) for name, value in match.groupdict().items() if value}
            return Address(platform, kind, MappingProxyType(ids))
    return None


def platform_of(url: str, printed: str | None = None) -> Platform:
    """The platform of an account: by its type as printed, else by the shape of its address, else `other`."""
    named = platform_named(printed)
    if named is not None and named is not OTHER:
        return named
    address = address_of(url)
    return address.platform if address else named or OTHER
