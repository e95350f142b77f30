"""The bridges that an operator's settings name, and which of them an account is asked of (newmedia.md §4).

They are told to a crawler once, when it starts; no round, record or log bears a token or a bridge's address.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from msgspec import Struct

from crawler.accounts.bridges import Bridge, BridgeAsk, BridgeUnusable, ask_of
from crawler.accounts.platforms import address_of, platform_named, platform_of
from crawler.accounts.secret import HIDDEN, Secret

PREFIX: Final = "bridge:"
"""A round whose host begins so is asked of the bridge of that name. No host's name has a colon."""

_NAME = re.compile(r"[\w-]{1,40}")


class BridgeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[bridges]]` of the settings.

    name        what records, metrics and alarms call it: letters, digits, - and _
    profile     what program it is (`bridges.toml`); base, token, token_place: see Bridge
    token_file  a file the token stands in, beside the settings; read before a crawler is told
    platforms   types of accounts that it is asked for, as registers print them, where their addresses bear the ids it needs
    accounts    code of the register → the ids it needs: `id` of the feed in the bridge, or `path` of a plain feed
    """

    name: str
    profile: str
    base: str
    token: str = ""
    token_file: str = ""
    token_place: str | None = None
    platforms: tuple[str, ...] = ()
    accounts: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"BridgeSettings({self.name!r}, {self.profile!r}, {HIDDEN})"

    def __rich_repr__(self) -> Any:
        yield self.name
        yield HIDDEN

    @property
    def bridge(self) -> Bridge:
        """Raises BridgeUnusable with one sentence that shows neither address nor token."""
        if not _NAME.fullmatch(self.name):
            raise BridgeUnusable(f"bridge {self.name[:40]!r}: a name is letters, digits, - and _, at most 40")
        unknown = next((word for word in self.platforms if platform_named(word) is None), None)
        if unknown is not None:
            raise BridgeUnusable(f"bridge {self.name}: {unknown!r} is no type of account that is known here")
        return Bridge(self.name, self.profile, self.base, Secret(self.token) if self.token else None, self.token_place)


class BridgedAccount(NamedTuple):
    """An account that is asked of a bridge, and the request that asks for it."""

    bridge: str
    ask: BridgeAsk


class Bridges:
    """All bridges of the settings. Raises BridgeUnusable for one that no request can be made from, or a name given twice."""

    def __init__(self, settings: Sequence[BridgeSettings] = ()) -> None:
        self._rows = [(row, row.bridge, _platforms(row)) for row in settings]
        self.names = tuple(row.name for row in settings)
        double = next((name for name in self.names if self.names.count(name) > 1), None)
        if double is not None:
            raise BridgeUnusable(f"bridge {double}: two bridges have this name")

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def origins(self) -> frozenset[tuple[str, int]]:
        """The (host, port) of each: all that the address guard is to let through for them."""
        return frozenset(bridge.origin for _, bridge, _ in self._rows)

    @property
    def digest(self) -> str:
        """Changes with what is asked of which bridge; says nothing of tokens and addresses."""
        told = [
            (row.name, row.profile, row.platforms, sorted((code, *sorted(ids.items())) for code, ids in row.accounts.items()))
            for row, _, _ in self._rows
        ]
        return blake2b(repr(told).encode("utf-8", "replace"), digest_size=8).hexdigest() if told else ""

    def asked_for(self, code: str, printed: str | None, url: str | None) -> BridgedAccount | None:
        """Who is asked for the account: the first bridge that names its code, else the first that takes its platform."""
        address = address_of(url) if url else None
        ids: Mapping[str, str] = address.ids if address else {}
        platform = platform_of(url or "", printed)
        named = [(bridge, {**ids, **row.accounts[code]}) for row, bridge, _ in self._rows if code in row.accounts]
        taken = [(bridge, ids) for _, bridge, platforms in self._rows if platform.id in platforms]
        for bridge, known in (*named, *taken):
            ask = ask_of(bridge, platform.title, known)
            if ask is not None:
                return BridgedAccount(bridge.name, ask)
        return None


def _platforms(row: BridgeSettings) -> frozenset[str]:
    return frozenset(named.id for word in row.platforms if (named := platform_named(word)) is not None)
