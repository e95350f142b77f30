"""The figures that the register and the verdicts give, by the keys of `catalogue.toml`."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from msgspec import Struct

from checker.circular.model import Statistic
from checker.circular.rates import Rounding, rate
from checker.circular.standing import Province, Standing
from checker.circular.tables import TomlUnreadable, struct
from register import Level

Measure = Literal[
    "total", "checked", "failing", "passing", "undetermined", "added", "items", "checked_share", "pass_rate"
]  # fmt: skip
RATES: Final[dict[str, tuple[str, str]]] = {"checked_share": ("checked", "total"), "pass_rate": ("passing", "checked")}
"""rate → (part, whole)"""
DEFAULT: Final = "default"
LATE_RULE: Final = "columns"
"""The rule whose numerator is the late columns of a subject, and its coverage the columns that could be judged."""
ITEMS_RULE: Final = "items"
CHECKED: Final = frozenset({"pass", "fail", "undetermined"})


class Figure(Struct, frozen=True):
    """One entry of the catalogue."""

    of: Literal["sites", "sections", "accounts", "columns"]
    measure: Measure = "total"
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Counting:
    """What counting needs beside the standings.

    lenient  undetermined subjects count as passing (`--undetermined pass`)
    before   the subjects of the previous verdicts; None where there were none given
    """

    rounding: Callable[[str], Rounding]
    lenient: bool = False
    before: frozenset[str] | None = None


def rounding_of(*layers: Mapping[str, Rounding]) -> Callable[[str], Rounding]:
    """How a key is rounded: the first layer that names it, else the first that has a default, else half up to one decimal."""

    def look(key: str) -> Rounding:
        for wanted in (key, DEFAULT):
            for layer in layers:
                if wanted in layer:
                    return layer[wanted]
        return Rounding()

    return look


@cache
def catalogue() -> Mapping[str, Figure]:
    """The figures of `catalogue.toml`. Raises TomlUnreadable."""
    tables = tomllib.loads((files("checker") / "circular" / "catalogue.toml").read_text("utf-8"))
    errors: list[str] = []
    read = {key: struct(Figure, entry, key, errors) for table in tables.values() for key, entry in table.items()}
    if errors:
        raise TomlUnreadable("catalogue.toml", errors)
    return {key: figure for key, figure in read.items() if figure is not None}


def observed(province: Province, counting: Counting) -> dict[str, Statistic]:
    """Every figure of the catalogue that can be known. A kind of subject that the register has none of has no figures."""
    found: dict[str, Statistic] = {}
    for key, figure in catalogue().items():
        kind = "sites" if figure.of == "columns" else figure.of
        standings = [s for s in province.of(kind) if not figure.levels or s.subject.level in figure.levels]
        if not province.of(kind):
            continue
        statistic = (
            _rate(key, figure, standings, counting) if figure.measure in RATES else _count(key, figure, standings, counting)
        )
        if statistic is not None:
            found[key] = statistic
    return found


def measured(of: str, measure: str, standings: Sequence[Standing], counting: Counting) -> int | None:
    """How many of `standings` (of their columns, where `of` is columns); None where it cannot be known."""
    if of == "columns":
        return _columns(measure, standings)
    if measure == "items":
        return _items(standings)
    if measure == "added":
        return None if counting.before is None else sum(s.subject.code not in counting.before for s in standings)
    return _MEASURES[measure](standings, counting)


def passes(standing: Standing, counting: Counting) -> bool:
    return standing.state == "pass" or (counting.lenient and standing.state == "undetermined")


_MEASURES: Final[dict[str, Callable[[Sequence[Standing], Counting], int]]] = {
    "total": lambda standings, _: len(standings),
    "checked": lambda standings, _: sum(s.state in CHECKED for s in standings),
    "failing": lambda standings, _: sum(s.state == "fail" for s in standings),
    "passing": lambda standings, counting: sum(passes(s, counting) for s in standings),
    "undetermined": lambda standings, _: sum(s.state == "undetermined" for s in standings),
}


def _count(key: str, figure: Figure, standings: list[Standing], counting: Counting) -> Statistic | None:
    number = measured(figure.of, figure.measure, standings, counting)
    return None if number is None else Statistic(key, number, str(number))


def _rate(key: str, figure: Figure, standings: list[Standing], counting: Counting) -> Statistic | None:
    part, whole = (measured(figure.of, measure, standings, counting) for measure in RATES[figure.measure])
    if part is None or not whole:
        return None
    share = rate(part, whole, counting.rounding(key))
    return Statistic(key, share.number, share.printed, numerator=part, denominator=whole)


def _columns(measure: str, standings: Sequence[Standing]) -> int | None:
    """Of the sites' columns. One that has no period cannot be late; one that could not be judged is undetermined."""
    total = sum(target.kind == "column" for s in standings for target in s.targets if target.paused is None)
    if measure == "total":
        return total
    judged = [v for s in standings for v in s.verdicts if v.rule == LATE_RULE]
    if not total or not judged:
        return None
    late = sum(int(v.numerator or 0) for v in judged)
    silent = [s for s in standings if all(v.rule != LATE_RULE for v in s.verdicts)]
    unseen = sum(v.coverage.expected - v.coverage.seen for v in judged if v.coverage)
    unseen += sum(target.kind == "column" for s in silent for target in s.targets)
    figures = {"failing": late, "undetermined": unseen, "checked": total - unseen, "passing": total - unseen - late}
    return max(0, figures[measure])


def _items(standings: Sequence[Standing]) -> int | None:
    counts = [v.numerator for s in standings for v in s.verdicts if v.rule == ITEMS_RULE and v.numerator is not None]
    return int(sum(counts)) if counts else None


def undecided(province: Province) -> Iterator[tuple[Standing, tuple[str, ...]]]:
    """The running subjects whose state is undetermined, with the rules that leave them so."""
    for kind in ("sites", "sections", "accounts"):
        for standing in province.of(kind):
            if standing.state == "undetermined":
                vetoes = (v for v in standing.verdicts if v.rule_kind == "single_veto")
                yield standing, tuple(v.rule for v in vetoes if v.result == "undetermined")
