"""The settings in force, one by one, and where each comes from. Secrets are masked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from crawler.accounts.secret import HIDDEN
from scheduler.accounts.bridgefile import with_tokens
from scheduler.environment import leaves
from scheduler.errors import Refused
from scheduler.settings import Read, Settings, read_settings

Origin = Literal["default", "file", "environment", "secret file"]

SECRETS: Final = frozenset({"token", "base"})
"""Names of keys whose values are shown to nobody, in whatever table they stand: tokens, and where bridges are."""


class Effective(NamedTuple):
    """One setting: its key's parts, its value as TOML would hold it (secrets masked), its origin and what that is called."""

    path: tuple[str, ...]
    value: Any
    origin: Origin
    source: str


def effective(path: Path, environ: Mapping[str, str] | None = None) -> list[Effective]:
    """Every setting in force, in the order of the form. Raises Refused as a service would that was started with them."""
    read = read_settings(path, environ)
    token = read_token(read.settings, path)
    with_tokens(read.settings.bridges, path)  # a file of a token that cannot be read is told now, not at the start
    return [_with_secret(each, token, path) for each in _listed(read)]


def read_token(settings: Settings, path: Path) -> str:
    """The token of the HTTP side, '' where there is none. Raises Refused for a file that holds none."""
    if not settings.http.token_file:
        return settings.http.token
    file = path.parent / settings.http.token_file
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Refused(f"http.token_file {file} cannot be read ({error.strerror}); write the token there") from error
    except UnicodeDecodeError as error:
        raise Refused(f"http.token_file {file} is no text; write the token there") from error
    if not token:
        raise Refused(f"http.token_file {file} is empty; write the token there")
    return token


def _listed(read: Read) -> Iterator[Effective]:
    given = {override.path: override.name for override in read.overrides}
    values = msgspec.to_builtins(read.settings)
    for path, _ in leaves(Settings):
        value = _masked(_at(values, path), path[-1])
        if path in given:
            yield Effective(path, value, "environment", given[path])
        elif _at(read.content, path) is not None:
            yield Effective(path, value, "file", "")
        else:
            yield Effective(path, value, "default", "")


def _at(table: Any, path: tuple[str, ...]) -> Any:
    """What stands at `path`, None where nothing does."""
    for part in path:
        table = table.get(part) if isinstance(table, dict) else None
    return table


def _with_secret(each: Effective, token: str, path: Path) -> Effective:
    """http.token says where the token comes from that is in force."""
    if each.path != ("http", "token") or each.value or not token:
        return each
    return Effective(each.path, HIDDEN, "secret file", "http.token_file")


def _masked(value: Any, key: str) -> Any:
    """`value` without what is nobody's business: secrets, and who a bridge's address says that it is."""
    if isinstance(value, dict):
        return {name: _masked(part, name) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_masked(part, key) for part in value]
    if not isinstance(value, str) or not value:
        return value
    if key in SECRETS:
        return HIDDEN
    return _without_login(value) if "@" in value and "://" in value else value


def _without_login(url: str) -> str:
    try:
        parts = urlsplit(url)
        return parts._replace(netloc=f"{HIDDEN}@{parts.netloc.rpartition('@')[2]}").geturl() if "@" in parts.netloc else url
    except ValueError:
        return HIDDEN
