"""What only a memory of earlier looks shows: items that claim to be older than they can be, and many at once. Pure.

Evidence for a person (indicators.md §7: re-dated and bulk-filled columns), never a verdict; a first look raises none.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from crawler.records import BEIJING, Flag, NewItem

BACKDATED_DAYS: Final = 14
"""An item seen for the first time that claims a date so many days before the look that did not show it yet."""

BURST_ITEMS: Final = 8
BURST_DAYS: Final = 7
"""So many new items since a look at most so many days ago."""


def history_flags(new_items: Sequence[NewItem], last_look_ms: int, now_ms: int) -> tuple[Flag, ...]:
    """Flags of a look that is not the first. `last_look_ms`: when the target was looked at before."""
    if not new_items:
        return ()
    flags: list[Flag] = []
    before = _day(last_look_ms)
    old = [item for item in new_items if (day := _claimed(item)) is not None and (before - day).days > BACKDATED_DAYS]
    if old:
        worst = min(old, key=lambda item: item.date or "")
        flags.append(Flag("backdated", f"{len(old)} new items, such as {worst.title[:60]} of {worst.date}"))
    if len(new_items) >= BURST_ITEMS and (_day(now_ms) - before).days <= BURST_DAYS:
        flags.append(Flag("burst", f"{len(new_items)} new items since {before.isoformat()}"))
    return tuple(flags)


def _day(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, BEIJING).date()


def _claimed(item: NewItem) -> date | None:
    """The day an item claims; None where it names no day."""
    if item.date is None or len(item.date) < 10:
        return None
    return date.fromisoformat(item.date[:10])
