"""Where each key of a TOML file stands: tomllib tells values, but not their lines."""

import re
from typing import Final

_HEADER: Final = re.compile(r"\s*\[(\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART: Final = re.compile(r""""([^"]*)"|'([^']*)'|([^\s."']+)""")

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Path of each table and key → its line, from 1; an array of tables counts its tables from 0.

    `{("rules", "W2"): 12, ("rules", "W2", "threshold"): 15}`. Keys inside inline tables are found at their table's line.
    """
    found: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    table: Path = ()
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if depth == 0 and (header := _HEADER.match(line)):
            table = _parts(header[2])
            if header[1]:
                arrays[table] = arrays.get(table, -1) + 1
                table = (*table, arrays[table])
            found.setdefault(table, number)
            continue
        if depth == 0 and (key := _KEY.match(line)):
            path = (*table, *_parts(key[1]))
            found.setdefault(path, number)
            line = line[key.end() :]
        depth = max(0, depth + _opened(line))
    return found


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest table above it; 1 where nothing above it is written out."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def _parts(dotted: str) -> Path:
    return tuple(next(filter(None, match.groups()), "") for match in _PART.finditer(dotted))


def _opened(text: str) -> int:
    """Brackets that `text` opens and does not close, outside of strings and comments."""
    count, quote = 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#":
            break
        else:
            count += (sign in "[{") - (sign in "]}")
    return count
