"""Settings by environment variables: XUNWANG_ and the key in capitals, `pace.gap_least` as XUNWANG_PACE_GAP_LEAST. Pure.

A text is taken as it is, a number and true or false as they are written, a list of texts with commas between them. Tables and
lists of tables are written as in the settings file: XUNWANG_PLATFORMS='{"集约化" = 4.0}'. An empty variable says nothing. One
that begins with XUNWANG_ and is no setting is refused: a slip of the pen must not pass for a setting.
"""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec
from msgspec import Struct

from scheduler.errors import Refused

PREFIX: Final = "XUNWANG_"

NO_SETTINGS: Final = frozenset({"XUNWANG_CORPUS", "XUNWANG_ACCEPT"})
"""What the tests of this project read."""

_LINKS: Final = re.compile(
    r"XUNWANG(?:_[A-Z0-9_]+)?_(?:SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)=.*"
    r"|PORT=(?:tcp|udp|sctp)://.*|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?=.*)"
)
"""What Kubernetes tells every pod of a Service whose name begins with `xunwang`, unless enableServiceLinks is off."""


class Override(NamedTuple):
    """One setting that the environment gives. `path`: the key's parts; `value` as a TOML file would hold it."""

    name: str
    path: tuple[str, ...]
    value: Any


def variables(form: type[Struct]) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Variable → (the key's parts, its type), for every setting below `form` that is no table of settings itself."""
    return {PREFIX + "_".join(path).upper(): (path, hint) for path, hint in leaves(form)}


def leaves(form: type[Struct], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(key's parts, type) of every setting, in the order of the form."""
    for name, hint in get_type_hints(form).items():
        if isinstance(hint, type) and issubclass(hint, Struct):
            yield from leaves(hint, (*above, name))
        else:
            yield (*above, name), hint


def overrides(form: type[Struct], environ: Mapping[str, str]) -> list[Override]:
    """The settings that `environ` gives. Raises Refused for a value that does not fit and for a variable that is no setting."""
    known = variables(form)
    found = []
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in NO_SETTINGS or not text or _LINKS.fullmatch(f"{name}={text}"):
            continue
        if name not in known:
            raise Refused(f"the environment variable {name} is no setting; {_meant(name, known)}")
        path, hint = known[name]
        found.append(Override(name, path, _value(name, text, hint)))
    return found


def _meant(name: str, known: Mapping[str, Any]) -> str:
    said = name.removeprefix(PREFIX)
    ends = [each for each in known if each.endswith(f"_{said}")]  # the table was left out
    near = ends or [PREFIX + each for each in difflib.get_close_matches(said, [each.removeprefix(PREFIX) for each in known], 1)]
    return f"did you mean {near[0]}?" if near else "unset it; `xunwang config` shows every setting"


def laid_over(content: dict[str, Any], given: list[Override]) -> dict[str, Any]:
    """`content` of a settings file with what the environment gives in its place; `content` itself stays as it is."""
    made = {key: dict(value) if isinstance(value, dict) else value for key, value in content.items()}
    for _, path, value in given:
        table = made
        for part in path[:-1]:
            below = table.get(part, {})
            if not isinstance(below, dict):
                break  # the file has no table there, and is refused for it
            table[part] = below = dict(below)
            table = below
        else:
            table[path[-1]] = value
    return made


def _value(name: str, text: str, hint: Any) -> Any:
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Refused(f"the environment variable {name} is not UTF-8; write it so")
    try:
        if hint is str:
            return text
        if hint == tuple[str, ...] and not text.lstrip().startswith("["):
            return [part.strip() for part in text.split(",") if part.strip()]
        if hint in (int, float, bool):
            return msgspec.convert(text.strip(), hint, strict=False)
        (value,) = tomllib.loads(f"value = {text}").values()
        return value
    except msgspec.ValidationError as error:
        raise Refused(f"the environment variable {name}: {error}; write it as in the settings file") from error
    except ValueError as error:
        raise Refused(
            f"the environment variable {name} is not written as in a settings file, such as {_example(hint)}"
        ) from error


def _example(hint: Any) -> str:
    return "'{ name = 1.0 }'" if str(hint).startswith("dict") else "'[{ name = \"a\" }]'"
