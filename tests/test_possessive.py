"""No pattern repeats a group possessively: CPython before 3.11.5 (Debian 12 has 3.11.2) matches such patterns wrongly.

`(?:…)*+` keeps the place where its last, failed try ended; `(?>(?:…)*)` means the same and is right everywhere. A single
character or class, `[^<]*+`, is right everywhere too.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import checker
import crawler
import province
import register
import scheduler

ONE = {_constants.IN, _constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY}


def possessive_groups(tree: Any) -> int:
    count = 0
    for op, argument in tree:
        if op is _constants.POSSESSIVE_REPEAT and (len(argument[2]) != 1 or argument[2][0][0] not in ONE):
            count += 1
        parts = argument if isinstance(argument, tuple | list) else (argument,)
        below = [part for each in parts for part in (each if isinstance(each, list) else [each])]
        count += sum(possessive_groups(part) for part in below if isinstance(part, _parser.SubPattern))
    return count


def patterns(module: ModuleType) -> Iterator[str]:
    """Those that stand in the module's names, and in the tuples, lists and tables among them."""
    todo = list(vars(module).values())
    for value in todo:  # grows
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            yield value.pattern
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, tuple | list | frozenset):
            todo += value


@pytest.mark.parametrize("package", [crawler, checker, province, register, scheduler], ids=lambda package: package.__name__)
def test_no_pattern_repeats_a_group_possessively(package: ModuleType) -> None:
    names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    found = {(module.__name__, each) for module in modules for each in patterns(module)}
    assert [pair for pair in sorted(found) if possessive_groups(_parser.parse(pair[1]))] == []
