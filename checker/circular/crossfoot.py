"""Cross-footing: figures that must add up, by `checks.toml`. What fails among observed figures stops the circular where it
is printed; what fails with a figure that the office stated becomes a warning, and so is never repeated silently."""

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec import Struct

from checker.circular.model import Statistic
from checker.circular.rates import Rounding, possible_parts, rate
from checker.circular.tables import TomlUnreadable, struct

_FINEST: Final = 6
"""Decimals of a stated rate that are compared: a spreadsheet may hand in sixteen."""
Figures = Mapping[str, Statistic]


class Sum(Struct, frozen=True):
    """`total` (a key, or the first known of several) is the sum of `parts`, or of all figures that begin with `prefix`."""

    total: str | tuple[str, ...]
    parts: tuple[str, ...] = ()
    prefix: str | None = None
    missing: str | None = None


class Named(Struct, frozen=True):
    """`count` says how many figures begin with `prefix`."""

    count: str
    prefix: str


class RateOf(Struct, frozen=True):
    rate: str
    part: tuple[str, ...]
    whole: tuple[str, ...]


class Share(Struct, frozen=True):
    """A percentage without its parts: some whole number of one of `wholes` must print so."""

    prefix: str
    wholes: tuple[str, ...]


class Checks(Struct, frozen=True):
    sums: tuple[Sum, ...] = ()
    named: tuple[Named, ...] = ()
    rates: tuple[RateOf, ...] = ()
    shares: tuple[Share, ...] = ()


class Failed(Struct, frozen=True):
    """A check that does not hold. `keys`: the figures in it; `stated`: whether the office supplied any of them."""

    text: str
    keys: tuple[str, ...]
    stated: bool


@cache
def checks() -> Checks:
    """The checks of `checks.toml`. Raises TomlUnreadable."""
    tables = tomllib.loads((files("checker") / "circular" / "checks.toml").read_text("utf-8"))
    errors: list[str] = []
    named = {"sums": tables["sum"], "named": tables["named"], "rates": tables["rate"], "shares": tables["share"]}
    read = struct(Checks, named, "", errors)
    if read is None:
        raise TomlUnreadable("checks.toml", errors)
    return read


def failed(figures: Figures) -> Iterator[Failed]:
    """Every check that does not hold, in the order of the table."""
    table = checks()
    for total in table.sums:
        yield from _sum(total, figures)
    for named in table.named:
        yield from _named(named, figures)
    for rated in table.rates:
        yield from _rate(rated, figures)
    for share in table.shares:
        yield from _share(share, figures)


def _sum(check: Sum, figures: Figures) -> Iterator[Failed]:
    wanted = (check.total,) if isinstance(check.total, str) else check.total
    total = _first(wanted, figures)
    keys = tuple(key for key in figures if key.startswith(check.prefix)) if check.prefix else check.parts
    parts = [figures[key] for key in keys if key in figures and _whole(figures[key]) is not None]
    if total is None or not parts:
        return
    left, right = _whole(total) or 0, sum(_whole(part) or 0 for part in parts)
    if left != right:
        said = " + ".join(f"{part.key} {part.printed}" for part in parts if part.value)
        hint = f"（{check.missing}）" if check.missing and left > right else ""
        yield _failure(f"{total.key} {total.printed} ≠ {right} = {said}{hint}", total, *parts)


def _named(check: Named, figures: Figures) -> Iterator[Failed]:
    count = _first((check.count,), figures)
    units = [figures[key] for key in figures if key.startswith(check.prefix)]
    if count is not None and units and _whole(count) != len(units):
        names = "、".join(unit.key.removeprefix(check.prefix) for unit in units)
        yield _failure(f"{check.count} 填 {count.printed}，但列名的只有 {len(units)} 个（{names}）", count, *units)


def _rate(check: RateOf, figures: Figures) -> Iterator[Failed]:
    stated, part, whole = figures.get(check.rate), _first(check.part, figures), _first(check.whole, figures)
    if part is None or whole is None or part is whole:
        return
    few, many = _whole(part) or 0, _whole(whole) or 0
    if few > many or few < 0:
        yield _failure(f"{part.key} {part.printed} 多于 {whole.key} {whole.printed}", part, whole)
        return
    value = _percent(stated) if stated is not None else None
    if stated is None or value is None or not many:
        return
    decimals = _decimals(value)
    shares = {rate(few, many, Rounding(mode, decimals)).value for mode in ("half_up", "truncate")}
    if value not in shares:
        yield _failure(f"{check.rate} {stated.printed} 与 {part.printed}/{whole.printed} 不符", stated, part, whole)


def _share(check: Share, figures: Figures) -> Iterator[Failed]:
    wholes = [figures[key] for key in check.wholes if key in figures and _whole(figures[key])]
    numbers = {figure.key: _whole(figure) or 0 for figure in wholes}
    for key in figures:
        value = _percent(figures[key]) if key.startswith(check.prefix) else None
        if value is None or not wholes or any(possible_parts(value, number) for number in numbers.values()):
            continue
        said = "、".join(f"{whole.key} {whole.printed}" for whole in wholes)
        cut = [f"{n}/{number}" for number in numbers.values() for n in possible_parts(value, number, "truncate")]
        only = f"（仅截尾时为 {'、'.join(cut)}）" if cut else ""
        yield _failure(f"{key} {figures[key].printed} 不是 {said} 中任何整数四舍五入后的比例{only}，基数不明", figures[key])


def _first(keys: tuple[str, ...], figures: Figures) -> Statistic | None:
    """The first of `keys` whose figure is a whole number."""
    return next((figures[key] for key in keys if key in figures and _whole(figures[key]) is not None), None)


def _whole(figure: Statistic) -> int | None:
    """None where the office wrote words, or no whole number."""
    value = figure.value
    return int(value) if isinstance(value, int) or (isinstance(value, float) and value.is_integer()) else None


def _percent(figure: Statistic) -> Decimal | None:
    """A percentage from 0 to 100; what is none is a figure that no check can say anything of."""
    value = Decimal(str(figure.value)) if isinstance(figure.value, (int, float)) else None
    if value is None or not value.is_finite() or not 0 <= value <= 100:
        return None
    return value if _decimals(value) <= _FINEST else value.quantize(Decimal(1).scaleb(-_FINEST))


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _failure(text: str, *figures: Statistic) -> Failed:
    return Failed(text, tuple(f.key for f in figures), any(f.source != "observed" for f in figures))
