"""Has one target been updated within its period before T? Fresh, silent, blank, or not known: never a guess.

Fresh needs one reading with a date within the period. Silent needs a reading that shows all there is, made shortly before T,
whose newest date lies before the cut-off. A page without dates is silent where the history of looks covers the period and
nothing new appeared in it (or at once, where the rule file says so). Anything else is `unknown`, with the reason.
"""

from datetime import date
from typing import Literal

from msgspec import Struct

from checker.facts import Facts, Look
from checker.indicators.case import Case
from checker.moments import Span, days_of
from checker.rules.model import PeriodKey

_WEIGHTS = {"url": 0.9, "script": 0.9}
_UNDATED = 0.8
_BLANK = 0.95
_LATE = 0.9
"""Of a look that is recent enough for its category, but older than any other's may be."""


class Silence(Struct, frozen=True):
    """One target's state. `overdue_days` where silent; `weight`: 0 … 1, how well its source carries that."""

    state: Literal["fresh", "silent", "blank", "unknown"]
    look: Look | None = None
    overdue_days: int | None = None
    weight: float = 1.0
    reason: str | None = None

    @property
    def id(self) -> str | None:
        return self.look.id if self.look else None

    @property
    def newest(self) -> str | None:
        return self.look.newest if self.look else None


def silence(facts: Facts | None, period: Span | None, case: Case, category: PeriodKey | None = None) -> Silence:
    """The state of a target at T; without a period only `blank` can be told from `fresh`. `category`: of a column."""
    if facts is None or not facts.looks:
        return Silence("unknown", reason="never looked at")
    cutoff = case.cutoff(period) if period is not None else None
    fresh = _fresh(facts, cutoff)
    if fresh is not None:
        return fresh
    last = facts.last
    if last is None or last.at < case.silence_since(category):
        return Silence("unknown", facts.lower or last, reason=_why(facts))
    late = 1.0 if last.at >= case.silence_since() else _LATE
    if last.state == "blank":
        return Silence("blank", last, weight=_BLANK * late)
    if cutoff is None:
        return Silence("fresh", last)
    if last.newest is None:
        return _undated(facts, last, cutoff, case)
    days = days_of(last.newest)
    if days is None or days.last >= cutoff:
        return Silence("unknown", last, reason=f"{last.newest}: the day is not known")
    return Silence("silent", last, (cutoff - days.last).days, _WEIGHTS.get(last.source or "", 1.0) * late)


def _fresh(facts: Facts, cutoff: date | None) -> Silence | None:
    for look in (facts.lower, facts.last):
        if look is not None and look.newest is not None:
            days = days_of(look.newest)
            if cutoff is None or (days is not None and days.first >= cutoff):
                return Silence("fresh", look, weight=_WEIGHTS.get(look.source or "", 1.0))
    return None


def _undated(facts: Facts, last: Look, cutoff: date, case: Case) -> Silence:
    if case.rules.undated == "stale":
        return Silence("silent", last, weight=_UNDATED, reason="its pages bear no dates")
    if facts.new_at is not None and facts.new_at[:10] >= cutoff.isoformat():
        return Silence("fresh", last, weight=_UNDATED, reason="items without dates appeared")
    if facts.first_at is not None and facts.first_at[:10] <= cutoff.isoformat():
        return Silence("silent", last, weight=_UNDATED, reason="without dates, and nothing new was seen in the period")
    return Silence("unknown", last, reason="no dates, and looked at for less than the period")


def _why(facts: Facts) -> str:
    """Why nothing is known of it now."""
    if facts.tried_outcome != "ok":
        said = "/".join(filter(None, (facts.tried_outcome, facts.tried_reason)))
    elif facts.lower is not None and facts.lower.at == facts.tried_at:
        said = "only a part was seen"
    elif facts.read_at == facts.tried_at:
        said = "not looked at since"
    else:
        said = "not understood"
    read = f", last read {facts.read_at[:16]}" if facts.read_at else ""
    return f"{said}{read}"
