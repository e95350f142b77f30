"""Times in which nothing could be looked at, whatever the cause: a stop, a full disk, a network gone, a clock set anew.

After one, the due times that passed are skipped, counted, and spread out anew, so that nothing is made up for in one rush.
A clock that jumped moves all due times with it: the order and the distances stay as they were.
"""

from typing import Final, NamedTuple

from scheduler.calendar import Revisit
from scheduler.clock import Clock
from scheduler.ledger import Ledger
from scheduler.state import decode_state

JUMP_MS: Final = 60_000
"""A wall clock that is so far from where the monotonic one says it should be was set, not drifting."""

TOO_FAR_MS: Final = 35 * 86_400_000
"""No interval is so long: such a due time was given by a wrong clock."""

WORTH_MS: Final = 60_000
"""A shorter outage spreads by itself."""


class Outage(NamedTuple):
    """Nothing was looked at from `began_ms` to `ended_ms` (ms since the epoch)."""

    began_ms: int
    ended_ms: int

    @property
    def length_ms(self) -> int:
        return self.ended_ms - self.began_ms


def spread(ledger: Ledger, revisit: Revisit, outage: Outage) -> int:
    """Give every due time that passed, or that a wrong clock gave, a new one; returns how many. For the writer's thread."""
    early = outage.ended_ms >= int(ledger.meta("made_up_ms") or 0)

    def due_of(kind: str, category: str, key: str, due: int, state: bytes | None) -> int:
        interval = decode_state(state).interval_ms if state else 0
        return revisit.after_outage_ms(kind, category, key, due, outage.ended_ms, outage.length_ms, interval, early)

    connection = ledger.transaction()
    connection.create_function("due_after", 5, due_of, deterministic=True)
    cursor = connection.execute(
        "UPDATE states SET due = due_after(t.kind, t.category, t.key, due, state) FROM targets t "
        "WHERE t.id = states.id AND (states.due < ? OR states.due > ?)",
        (outage.ended_ms, outage.ended_ms + TOO_FAR_MS),
    )
    made_up = str(revisit.made_up_ms(outage.ended_ms, outage.length_ms))
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('made_up_ms', ?)", (made_up,))
    return cursor.rowcount


def since_last_line(ledger: Ledger, now_ms: int) -> Outage:
    """The outage that a start ends: from the oldest due time that nobody looked at."""
    row = ledger.transaction().execute("SELECT min(due) FROM states WHERE due < ?", (now_ms,)).fetchone()
    return Outage(row[0] if row[0] is not None else now_ms, now_ms)


def shift(ledger: Ledger, by_ms: int, now_ms: int) -> None:
    """Move all due times by `by_ms`, with which the clock came to `now_ms`.

    Those of looks that were made after a jump ahead but before it was noticed are right already.
    """

    def at_of(state: bytes) -> int:
        return decode_state(state).at_ms

    connection = ledger.transaction()
    connection.create_function("at_of", 1, at_of, deterministic=True)
    before = now_ms - by_ms if by_ms > 0 else None
    connection.execute(
        "UPDATE states SET due = due + :by WHERE due IS NOT NULL "
        "AND (:before IS NULL OR state IS NULL OR at_of(state) <= :before)",
        {"by": by_ms, "before": before},
    )
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + ? WHERE key = 'made_up_ms'", (by_ms,))


class ClockWatch:
    """Tells a wall clock that was set from one that goes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = self._now_offset()

    def _now_offset(self) -> int:
        return self._clock.now_ms() - round(self._clock.monotonic() * 1000)

    def jumped_ms(self) -> int:
        """By how much the wall clock was set since this was asked last; 0 where it was not. Small corrections are followed."""
        offset = self._now_offset()
        jump, self._offset_ms = offset - self._offset_ms, offset
        return jump if abs(jump) > JUMP_MS else 0


class Stillness:
    """Whether visits can be made at present, and for how long they could not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None

    def is_still(self, still: bool) -> Outage | None:
        """Say how it is now; returns the outage that has just ended, if it was long enough to matter.

        How long it was is told by the monotonic clock: the other one may have been set meanwhile.
        """
        if still:
            if self._since is None:
                self._since = self._clock.monotonic()
            return None
        since, self._since = self._since, None
        length_ms = 0 if since is None else round((self._clock.monotonic() - since) * 1000)
        if length_ms < WORTH_MS:
            return None
        now = self._clock.now_ms()
        return Outage(now - length_ms, now)
