"""The settings in force and where each comes from, as TOML. Secrets are masked.

Read as `serve` reads them: the file, with XUNWANG_… variables in the place of what it says (`pace.gap_least` is
XUNWANG_PACE_GAP_LEAST). What serve would refuse is refused here, so a change can be tried before it is put in force.
"""

import argparse
import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from scheduler.effective import Effective, effective

_COLUMN: Final = 40
"""Where the origins stand."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the settings, a TOML file")
    parser.add_argument("--changed", action="store_true", help="only what is not a default")


def run(options: argparse.Namespace) -> int:
    settings = effective(options.config)
    if options.changed:
        settings = [each for each in settings if each.origin != "default"]
    print(f"# {options.config.absolute()}: paths are relative to its folder")
    for line in lines(settings):
        print(line)
    return 0


def lines(settings: list[Effective]) -> Iterator[str]:
    """One line per setting, with its origin as a comment; keys of the top level come first, as TOML wants them."""
    ordered = sorted(settings, key=lambda each: len(each.path) > 1)  # stable: tables stay in their order
    for table, group in groupby(ordered, key=lambda each: each.path[:-1]):
        if table:
            yield ""
            yield f"[{'.'.join(table)}]"
        for each in group:
            said = f"{each.path[-1]} = {toml(each.value)}"
            yield f"{said:<{_COLUMN}} # {each.origin}{f' {each.source}' if each.source else ''}"


def toml(value: Any) -> str:
    """`value` on one line of TOML."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {toml(part)}" for key, part in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)
