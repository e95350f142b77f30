"""TOML tables as frozen structs: every error at once, each with its key and what to write there."""

import datetime as dt
import tomllib
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from checker.circular.times import Moment, moment

S = TypeVar("S", bound=Struct)
_DAY: Final = "a day as 2024-09-06, or an instant as 2024-09-02T12:00:00+08:00"
_PLAIN: Final[dict[object, str]] = {str: "a text", int: "a whole number", bool: "true or false", float: "a number"}


class TomlUnreadable(Exception):
    """A file that cannot be used. `errors` has one sentence for each thing to mend, with its key."""

    def __init__(self, name: str, errors: list[str]) -> None:
        super().__init__(f"{name}: {'; '.join(errors)}")
        self.name = name
        self.errors = errors


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a file. Raises TomlUnreadable."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise TomlUnreadable(path.name, [f"cannot be read ({error.strerror}): name a TOML file"]) from error
    except UnicodeDecodeError as error:
        raise TomlUnreadable(path.name, [f"not UTF-8 at byte {error.start}: save it as UTF-8"]) from error
    except tomllib.TOMLDecodeError as error:
        raise TomlUnreadable(path.name, [f"no TOML: {error}"]) from error


def struct(kind: type[S], table: object, key: str, errors: list[str]) -> S | None:
    """`table` as a `kind`; None, and everything wrong with it in `errors`, where it is none. `key`: where it stands."""
    if not isinstance(table, dict):
        errors.append(f"{key or 'the file'}: write a table")
        return None
    before = len(errors)
    known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    errors += [
        f"{_at(key, str(name))}: unknown key, write one of {', '.join(known)}, or take it out"
        for name in table
        if name not in known
    ]
    values = {}
    for name, field in known.items():
        if name in table:
            values[field.name] = _value(field.type, table[name], _at(key, name), errors)
        elif field.required:
            errors.append(f"{_at(key, name)}: missing, write {_wanted(field.type)}")
    return kind(**values) if len(errors) == before else None


def _value(kind: Any, value: object, key: str, errors: list[str]) -> Any:
    bare, hint = _split(kind)
    arms = [arm for arm in get_args(bare) if arm is not type(None)] if get_origin(bare) in (Union, UnionType) else [bare]
    if dt.date in arms:
        found = moment(value)
        if found is None:
            errors.append(f"{key}: {_shown(value)} is no date, write {_DAY}")
        return found
    arm, inner = arms[0], get_args(arms[0])
    if isinstance(arm, type) and issubclass(arm, Struct):
        return struct(arm, value, key, errors)
    if get_origin(arm) is tuple and isinstance(value, list):
        return tuple(_value(inner[0], item, f"{key}[{number}]", errors) for number, item in enumerate(value, 1))
    if get_origin(arm) is dict and isinstance(value, dict):
        return {name: _value(inner[1], item, _at(key, name), errors) for name, item in value.items()}
    try:
        return msgspec.convert(value, bare)
    except msgspec.ValidationError:
        errors.append(f"{key}: {_shown(value)} does not fit, write {hint or _wanted(bare)}")
        return None


def _split(kind: Any) -> tuple[Any, str | None]:
    if get_origin(kind) is Annotated:
        bare, *marks = get_args(kind)
        return bare, next((mark.description for mark in marks if isinstance(mark, msgspec.Meta)), None)
    return kind, None


def _wanted(kind: Any) -> str:
    bare, hint = _split(kind)
    if hint:
        return hint
    arms = [arm for arm in get_args(bare) if arm is not type(None)]
    if get_origin(bare) in (Union, UnionType):
        return _DAY if dt.date in arms else " or ".join(_wanted(arm) for arm in arms)
    if bare in _PLAIN:
        return _PLAIN[bare]
    if get_origin(bare) is tuple:
        return f"a list, each {_wanted(arms[0])}"
    if arms and all(isinstance(arm, str) for arm in arms):
        return f"one of {', '.join(arms)}"
    return "a table"


def _at(key: str, name: str) -> str:
    part = name if name.replace("_", "").replace("-", "").isalnum() else f'"{name}"'
    return f"{key}.{part}" if key else part


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


__all__ = ["Moment", "TomlUnreadable", "read_toml", "struct"]
