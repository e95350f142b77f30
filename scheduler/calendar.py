"""Which targets are due, and when they are due again: the one difference between a pass and a service.

A pass has one due time; its ledger's due column holds the due time of the last pass that looked, so whatever is below
this pass's is still to be looked at. A service's ledger holds each target's next due time.
"""

from typing import NamedTuple, Protocol

from crawler.records import Kind
from scheduler.deadlines import DAY_MS
from scheduler.ledger import DueTarget
from scheduler.probes import next_probe_ms
from scheduler.revisit import Looked, Next, Policy, after_outage, first_look, made_up_ms, next_look
from scheduler.state import State, newest_of

FOREVER_MS = 1 << 62
PROBES_WAIT_MS = 120_000
"""The first probes come so long after a start: their platform slots are booked some time ahead."""


class Look(NamedTuple):
    """One line, written or replayed: the state it found and the state it left.

    changed  the page told something new
    ours     nothing was read, for a cause of our own
    """

    kind: Kind
    category: str
    key: str
    before: State | None
    after: State
    changed: bool
    ours: bool = False


class Calendar(Protocol):
    def before_ms(self, now_ms: int) -> int:
        """Rows of the ledger with a due column below this are due."""
        ...

    def horizon_ms(self) -> int:
        """Rows with a due column below this will ever be due."""
        ...

    def due_ms(self, target: DueTarget) -> int:
        """The due time of the visit to make."""
        ...

    def next(self, look: Look) -> Next:
        """The due column after a line, and what goes with it."""
        ...


class Pass:
    """Every target once, all due at the pass's own time."""

    def __init__(self, due_ms: int = 0) -> None:
        self._due_ms = due_ms

    def before_ms(self, now_ms: int) -> int:
        return self._due_ms

    def horizon_ms(self) -> int:
        return self._due_ms

    def due_ms(self, target: DueTarget) -> int:
        return self._due_ms

    def next(self, look: Look) -> Next:
        return Next(look.after.due_ms, look.after.interval_ms, None, False)


class Revisit:
    """The calendar of a service: columns by the revisit policy, probes by their grid."""

    def __init__(self, policy: Policy, probes_per_day: int) -> None:
        self._policy, self._probes_per_day = policy, probes_per_day

    def before_ms(self, now_ms: int) -> int:
        return now_ms + 1

    def horizon_ms(self) -> int:
        return FOREVER_MS

    def due_ms(self, target: DueTarget) -> int:
        return target.due

    def next(self, look: Look) -> Next:
        state = look.after
        if look.kind == "probe":
            spaced_ms = state.at_ms + DAY_MS // (2 * self._probes_per_day)  # a clock that was set moves us off the grid
            return Next(self._probe_ms(look.key, max(state.due_ms, spaced_ms), state.at_ms), 0, None, False)
        looked = Looked(
            category=look.category,
            key=look.key,
            due_ms=state.due_ms,
            at_ms=state.at_ms,
            failures=state.failures,
            changed=look.changed,
            newest=newest_of(state),
            interval_ms=state.interval_ms,
            unread_ours=look.ours,
            last_ms=look.before.at_ms if look.before else 0,
        )
        return next_look(self._policy, looked)

    def first_due_ms(self, kind: str, category: str, key: str, now_ms: int) -> int:
        """The first look at a target: spread, so that a start is no stampede."""
        if kind == "probe":
            return self._probe_ms(key, now_ms + PROBES_WAIT_MS, now_ms)
        return first_look(self._policy, category, key, now_ms)

    def after_outage_ms(
        self, kind: str, category: str, key: str, due_ms: int, now_ms: int, outage_ms: int, interval_ms: int, early: bool
    ) -> int:
        """The next look at a target whose due time passed while nothing could be looked at; probes keep to their grid."""
        if kind == "probe":
            return self._probe_ms(key, now_ms, now_ms)
        return after_outage(self._policy, category, key, due_ms, now_ms, outage_ms, interval_ms, early)

    def made_up_ms(self, back_ms: int, outage_ms: int) -> int:
        """Until when an outage that ended at `back_ms` is still being made up for."""
        return made_up_ms(self._policy, back_ms, outage_ms)

    def _probe_ms(self, key: str, after_ms: int, now_ms: int) -> int:
        """The next time of the key's grid, put off by up to a hundredth of a step.

        A clock that is set back comes to the same grid again, and a visit is named by its due time: so it gets another one.
        """
        return next_probe_ms(key, after_ms, self._probes_per_day) + now_ms % (DAY_MS // (100 * self._probes_per_day))
