"""The programs that bridges are, and what they answer when they are ill: `bridges.toml`, read once (newmedia.md §4)."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal, Protocol

import msgspec

from crawler.records import Flag

Credential = Literal["refused", "rate_limited", "banned", "expired"]


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    platform: str
    path: str
    partial: bool = False
    undated: bool = False
    mass_sent: bool = False
    synced: bool = False


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[bridge]]` of `bridges.toml`."""

    profile: str
    token: str
    query: dict[str, str]
    routes: tuple[Route, ...]


class BridgeError(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[error]]` of `bridges.toml`."""

    name: str
    what: str
    scope: Literal["account", "bridge"]
    credential: Credential | None = None
    statuses: tuple[int, ...] = ()
    phrases: tuple[str, ...] = ()


_TABLE: Final = tomllib.loads(files("crawler").joinpath("accounts/bridges.toml").read_text(encoding="utf-8"))
PROFILES: Final = MappingProxyType({row.profile: row for row in msgspec.convert(_TABLE["bridge"], tuple[Profile, ...])})
ERRORS: Final = MappingProxyType({row.name: row for row in msgspec.convert(_TABLE["error"], tuple[BridgeError, ...])})

FEED_FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty_feed": "a feed without items: the account may be silent, or the bridge blind",
        "broken_feed": "a feed that cannot be read",
        "undated_feed": "no item bears a time that holds",
        "stamped_by_bridge": "more items than one mass sending has bear one and the same second: the bridge's own time",
        "not_synced": "the bridge itself has not looked at this account for days",
        "no_answer": "no answer",
    }
)
"""What may be wrong with an answer that is a feed, or is none at all; with ERRORS, the evidences of `bridge_error`."""

_LOOKED_AT: Final = 8_000


def error_of(status: int, text: str) -> BridgeError:
    """What an answer that is no feed says, `not_a_feed` where it says nothing that is known."""
    low = text[:_LOOKED_AT].lower()
    said = next((row for row in ERRORS.values() if any(phrase in low for phrase in row.phrases)), None)
    told = next((row for row in ERRORS.values() if status in row.statuses), None)
    if status < 300:
        return said or ERRORS["not_a_feed"]
    return (said if said and said.credential else None) or told or said or ERRORS["not_a_feed"]


class Looked(Protocol):
    """What was found, or the sighting that was made of it."""

    @property
    def flags(self) -> tuple[Flag, ...]: ...

    @property
    def outcome(self) -> str | None: ...


def bridge_error(looked: Looked) -> str | None:
    """The name of what was wrong: one of ERRORS or FEED_FAULTS; None where nothing was."""
    return next((flag.evidence for flag in looked.flags if flag.name == "bridge_error"), None)


def scope_of(error: str) -> Literal["account", "bridge"]:
    """Whether what was wrong is one feed's or the program's: an empty feed or an unknown one tells nothing of the others."""
    if error in ERRORS:
        return ERRORS[error].scope
    return "bridge" if error in ("no_answer", "broken_feed") else "account"


def credential_sign(looked: Looked) -> Credential | Literal["ok"] | None:
    """What an answer tells of the token or login behind the bridge; None where it tells nothing."""
    error = bridge_error(looked)
    if error is None:
        return "ok" if looked.outcome in (None, "ok") else None
    return ERRORS[error].credential if error in ERRORS else None
