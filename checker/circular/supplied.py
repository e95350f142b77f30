"""The figures that no observation shows, from the office's tables: messages, letters, rankings, and what it states itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from checker.circular.model import Statistic
from checker.circular.rates import Rounding, printed, rate
from register.inputs import Channel, Inputs, MessageFigures

PREFIXES: Final[dict[Channel, str]] = {
    "found_errors": "messages.found_errors",
    "replies": "messages.replies",
    "letters": "letters",
    "hotline": "hotline",
    "forum": "forum",
}
_COUNTS: Final = ("received", "closed", "closed_on_time", "overdue", "units", "platforms")
_RATES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "on_time_rate": (("closed_on_time",), ("received", "closed")),
    "closed_rate": (("closed",), ("received",)),
    "satisfaction_rate": ((), ()),
}
"""rate → (its part, its whole), each the first that is known; what has no part can only be stated"""


def stated(inputs: Inputs, rounding: Callable[[str], Rounding]) -> tuple[dict[str, Statistic], list[str]]:
    """The office's figures by key, and a sentence for each place where its tables contradict each other."""
    found: dict[str, Statistic] = {}
    warnings: list[str] = []
    by_channel: dict[Channel, list[MessageFigures]] = defaultdict(list)
    for row in inputs.figures:
        by_channel[row.channel].append(row)
    for channel, rows in by_channel.items():
        found |= _channel(PREFIXES[channel], rows, rounding, warnings)
    for own in inputs.stated:
        statistic = _own(own.key, own.value, own.printed, own.where)
        before = found.get(own.key)
        if before and before.value != statistic.value:
            where = "、".join(before.places)
            warnings.append(f"{own.key}：{own.where} 填 {statistic.printed}，与 {where} 的 {before.printed} 不一致，取前者")
        found[own.key] = statistic
    return found, warnings


def _channel(
    prefix: str, rows: list[MessageFigures], rounding: Callable[[str], Rounding], warnings: list[str]
) -> dict[str, Statistic]:
    totals = [row for row in rows if not (row.subject or row.unit or row.kind)]
    parts = [row for row in rows if row.subject or row.unit or row.kind]
    found: dict[str, Statistic] = {}
    for name in _COUNTS:
        _put(found, f"{prefix}.{name}", [(row, getattr(row, name)) for row in totals], warnings)
    for row in totals:
        for name in _RATES:
            if (value := getattr(row, name)) is not None:
                key = f"{prefix}.{name}"
                found[key] = _own(key, value, None, row.where, percent=True)
    _split(found, prefix, parts)
    _derive(found, prefix, parts, rounding)
    return found


def _put(
    found: dict[str, Statistic], key: str, values: Iterable[tuple[MessageFigures, int | None]], warnings: list[str]
) -> None:
    known = [(row, value) for row, value in values if value is not None]
    if not known:
        return
    if len({value for _, value in known}) > 1:
        said = "、".join(f"{row.where}：{value}" for row, value in known)
        warnings.append(f"{key} 有几个合计行，数字不一致（{said}），取最后一行")
    row, value = known[-1]
    found[key] = Statistic(key, value, str(value), "stated", places=(row.where,))


def _split(found: dict[str, Statistic], prefix: str, parts: list[MessageFigures]) -> None:
    """Figures by kind of message and by unit. A row of both (a unit's complaints) counts for both."""
    sums: dict[str, int] = defaultdict(int)
    places: dict[str, list[str]] = defaultdict(list)
    crossed = {"kind": any(r.kind and not r.unit for r in parts), "unit": any(r.unit and not r.kind for r in parts)}
    for row in parts:
        number = row.received if row.received is not None else row.closed
        if number is None:
            continue
        keys = []
        if row.kind and (not row.unit or not crossed["kind"]):
            keys.append(f"{prefix}.by_kind.{row.kind}")
        if row.unit and (not row.kind or not crossed["unit"]):
            keys.append(f"{prefix}.by_unit.{row.unit}")
        for key in keys:
            sums[key] += number
            places[key].append(row.where)
    for key, number in sums.items():
        found[key] = Statistic(key, number, str(number), "stated", places=tuple(places[key][:5]))


def _derive(found: dict[str, Statistic], prefix: str, parts: list[MessageFigures], rounding: Callable[[str], Rounding]) -> None:
    """What the office left out and its other figures give: totals of subjects, and rates."""
    subjects = [row for row in parts if row.subject and not row.kind]
    for name in _COUNTS[:4]:
        known = [value for row in subjects if (value := getattr(row, name)) is not None]
        if known and f"{prefix}.{name}" not in found:
            found[f"{prefix}.{name}"] = Statistic(f"{prefix}.{name}", sum(known), str(sum(known)), "derived")
    for name, (part_names, whole_names) in _RATES.items():
        key = f"{prefix}.{name}"
        part = next((found[f"{prefix}.{n}"].value for n in part_names if f"{prefix}.{n}" in found), None)
        whole = next((found[f"{prefix}.{n}"].value for n in whole_names if f"{prefix}.{n}" in found), None)
        if key not in found and isinstance(part, int) and isinstance(whole, int) and 0 <= part <= whole and whole:
            share = rate(part, whole, rounding(key))
            found[key] = Statistic(key, share.number, share.printed, "derived", part, whole)


def _own(key: str, value: float | int | str, text: str | None, where: str, percent: bool = False) -> Statistic:
    """A figure as the office states it. Keys of rates and shares are percent."""
    percent = percent or key.rsplit(".", 1)[-1].endswith(("_rate", "_share")) or ".problem_share." in key
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if text is None:
        text = printed(Decimal(str(value))) if percent and not isinstance(value, str) else str(value)
    return Statistic(key, value, text, "stated", places=(where,))
