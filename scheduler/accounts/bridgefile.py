"""Bridges as settings files name them: `[[bridges]]`, in a service's settings or in a file of their own."""

import tomllib
from pathlib import Path

import msgspec

from crawler.accounts.bridges import BridgeUnusable
from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from scheduler.errors import Refused


def load_bridges(path: Path) -> tuple[BridgeSettings, ...]:
    """The bridges of a TOML file, whatever else stands in it, with their tokens. Raises Refused, which shows no value."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"the file of bridges {path} cannot be read ({error.strerror}); name one with --bridges") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"the file of bridges {path} is not TOML: {error}") from error
    try:
        bridges = msgspec.convert(content.get("bridges", []), tuple[BridgeSettings, ...])
    except msgspec.ValidationError as error:
        raise Refused(f"the file of bridges {path}: {error}") from error
    if not bridges:
        raise Refused(f"the file of bridges {path} names none; write [[bridges]] with name, profile and base")
    return with_tokens(bridges, path)


def with_tokens(bridges: tuple[BridgeSettings, ...], path: Path) -> tuple[BridgeSettings, ...]:
    """The bridges with the tokens that stand in their files, beside `path`. Raises Refused for one that cannot be asked."""
    made = tuple(_with_token(bridge, path) for bridge in bridges)
    try:
        Bridges(made)
    except BridgeUnusable as error:
        raise Refused(f"the file {path}: {error}") from error
    return made


def _with_token(bridge: BridgeSettings, path: Path) -> BridgeSettings:
    if not bridge.token_file:
        return bridge
    if bridge.token:
        raise Refused(f"the file {path}: bridge {bridge.name}: give token or token_file, not both")
    file = path.parent / bridge.token_file
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"the token_file of bridge {bridge.name}, {file}, cannot be read; write the token there") from error
    if not token:
        raise Refused(f"the token_file of bridge {bridge.name}, {file}, is empty; write the token there")
    return msgspec.structs.replace(bridge, token=token, token_file="")
