"""When a target of a service is looked at again. Pure.

The interval of its kind or category, from the time of the look; a look that read nothing comes again sooner. Every target's
interval is shortened by its own fixed share of up to a tenth, so that what once fell together drifts apart.
"""

from zlib import crc32

import msgspec
from msgspec import Struct

from crawler.records import Observation
from scheduler.calendar import FOREVER_MS
from scheduler.ledger import DueTarget
from scheduler.settings import IntervalSettings
from scheduler.state import Seen, State

HOUR_MS = 3_600_000


class _Category(Struct):
    category: str


_category = msgspec.json.Decoder(_Category).decode


def share(key: str) -> float:
    """A fixed number from 0 to 1 for `key`."""
    return crc32(key.encode()) / 0xFFFFFFFF


class Revisit:
    """The calendar of a service."""

    def __init__(self, intervals: IntervalSettings) -> None:
        self._intervals = intervals

    def before_ms(self, now_ms: int) -> int:
        return now_ms + 1

    def horizon_ms(self) -> int:
        return FOREVER_MS

    def due_ms(self, target: DueTarget) -> int:
        return target.due

    def next_due_ms(self, kind: str, key: str, part: bytes | None, state: State) -> int:
        category = _category(part).category if part else kind
        return self._after(category, key, max(state.at_ms, state.due_ms), state.failures > 0)

    def replayed(self, observation: Observation, seen: Seen) -> int:
        """The same, for a line read back from the journal."""
        category = observation.column.category if observation.column else observation.kind
        return self._after(category, observation.target, max(seen.at_ms, seen.due_ms), seen.failed)

    def first_due_ms(self, key: str, now_ms: int) -> int:
        """The first look at a target, or the first after we were stopped: spread, so that a start is no stampede."""
        return now_ms + int(share(key) * self._intervals.first * HOUR_MS)

    def _after(self, category: str, key: str, last_ms: int, failed: bool) -> int:
        hours: float = getattr(self._intervals, category, self._intervals.other)
        if failed:
            hours = min(hours, self._intervals.after_failure)
        return last_ms + max(1, int(hours * HOUR_MS * (1.0 - 0.1 * share(key))))
