"""What a look would notice that remembers the one before: bursts, and items older than their appearance."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, TypedDict

from province.deliveries import DELIVERIES
from province.listing import BURST, Item, listing
from province.model import Column, Plan, Site
from province.shapes import SHAPES

QUIET: Final = 5
"""At most so many new items are certainly no burst."""
FRESH_DAYS: Final = 7
"""Items that claim a day so near to the look before are certainly not re-dated."""


class Told(TypedDict):
    """One line of history.jsonl: the flags that the look after must have, and none of the others."""

    target: str
    flags: list[str]


def history(plan: Plan, faults: Mapping[str, str], before: datetime, after: datetime) -> Iterator[Told]:
    """Lines for the columns where the answer is plain; those where people could differ have none."""
    for site in plan.sites:
        for column in site.columns:
            if faults.get(site.host) or column.fault or not _readable(column):
                continue
            flags = flags_of(plan, site, column, before, after)
            if flags is not None:
                yield Told(target=column.key, flags=flags)


def flags_of(plan: Plan, site: Site, column: Column, before: datetime, after: datetime) -> list[str] | None:
    """`burst` and `backdated` where they hold; empty for an ordinary day; None where it is arguable."""
    known = {item.path for item in listing(plan, site, column, before).items}
    new = [item for item in listing(plan, site, column, after).items if item.path not in known]
    if column.history is None:
        return [] if len(new) <= QUIET and all(_near(item, before) for item in new) else None
    old = any(not _near(item, before) for item in new)
    fresh = [item for item in new if _near(item, before)]
    if column.history == "backdated":
        return ["backdated"] if old and len(fresh) <= QUIET else None
    return ["burst"] if len(fresh) >= BURST and after - before <= timedelta(days=3) and not old else None


def _readable(column: Column) -> bool:
    shape = SHAPES[column.shape]
    return shape.states == ("list",) and shape.rows_dated and not DELIVERIES[column.delivery].states


def _near(item: Item, before: datetime) -> bool:
    return before.date() - item.at.date() <= timedelta(days=FRESH_DAYS)
