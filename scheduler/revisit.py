"""When a target is looked at again. Pure: the clock is passed in, and what looks like chance is a hash of the target's key.

Interval. Every category has a base. A look that found nothing new makes the target's own interval longer (× `grow`, at most
`cap` × base), one that found something makes it shorter (× `shrink`, at least `floor` × base). A look that read nothing
leaves it as it is. So does an unchanged page less than half an interval after the look before (a second look, a deadline's),
and a changed one more than two intervals after it (an outage of ours): they say nothing of the interval, and after an outage
every page has changed. From the look to the next due time it is shortened by the target's own fixed share of up to a tenth,
so that what fell together drifts apart; the very first interval by up to nine tenths, since first looks fall closest
together.

Deadline (deadlines.py). A column whose newest item is old becomes overdue at a known instant. Where the interval would carry
it past that, or too near for another try, the look is pulled in to the last `look_before_hours` before it, and the one after
to the first `look_after_hours` behind it, both spread by the key: the time is the same midnight for everybody. A look in
either span that read nothing does not count, and is taken again: a second look's time later, before the deadline half way to
it at most. A target that will be overdue within `due_soon_days`, and is not yet, is `due_soon` (踩线), by what was read last.

Failure. The first look in a row that reads nothing is followed by one second look about `second_look_hours` later (0.5 to 1.5
times, by the key); later ones only by the interval. A cause of ours (`unread_ours`) hits everybody at once, so it is followed
by the interval alone: second looks would be a herd.

Start. First looks, of a new register or of a reload, are spread over `first_spread_hours`.

Outage. Due times that passed while we were out are skipped, and the targets take new ones so that the rate stays below 1 +
`catch_up` times the ordinary one. Let d be the outage as a part of the interval. The targets whose time passed are the
fraction d of all; the others fill the next 1 - d at the ordinary rate, and there `catch_up` × (1 - d) fit in beside them.
Those are looked at early (all of them where d is small: over outage ÷ catch_up); the rest fill the last d of the interval,
which nobody else uses. After an outage longer than the interval all are spread over the interval: the ordinary rate.
Deadlines wait for that look: they are the same day for many, and would make a herd again. While one outage is still being
made up, the targets another one hit all wait for the last d: so a network that comes and goes makes no herd.

Clock. Every due time given is later than the look, or than now, by at least a minute, at most by the longest interval of the
category, and never the one just answered (a visit is named by its due time). A due time that lies further ahead than that was
given by a wrong clock; `after_outage` gives a new one.
"""

from typing import Final
from zlib import crc32

from msgspec import Struct

from scheduler.deadlines import DAY_MS, Periods, deadline_ms

HOUR_MS: Final = 3_600_000
LEAST_MS: Final = 60_000
_RETRY_MS: Final = 600_000
_DRIFT: Final = 0.1
_FIRST_DRIFT: Final = 0.9


class Hours(Struct, frozen=True):
    """The base intervals in hours, by kind and by category. 174 columns of a site are then some ten requests an hour."""

    home: float = 6.0
    account: float = 12.0
    news: float = 12.0
    notice: float = 24.0
    policy: float = 24.0
    personnel: float = 48.0
    plan: float = 48.0
    other: float = 48.0


class Policy(Struct, frozen=True):
    """The settings of revisits. `cap` ≥ 1 ≥ `floor` > 0, `grow` ≥ 1 ≥ `shrink` > 0, hours and days > 0; else ValueError.

    catch_up: what looks made up after an outage may add to the ordinary rate, 0 < catch_up ≤ 0.2. The default leaves room
    for second looks and for chance below 1.2 times.
    """

    base: Hours = Hours()
    floor: float = 0.5
    cap: float = 4.0
    shrink: float = 0.5
    grow: float = 1.5
    periods: Periods = Periods()
    due_soon_days: float = 3.0
    look_before_hours: float = 12.0
    look_after_hours: float = 6.0
    second_look_hours: float = 2.0
    first_spread_hours: float = 2.0
    catch_up: float = 0.15

    def __post_init__(self) -> None:
        hours = [getattr(self.base, name) for name in Hours.__struct_fields__]
        spans = (self.look_before_hours, self.look_after_hours, self.second_look_hours, self.first_spread_hours)
        wrong = [
            (not all(0.1 <= value <= 8784 for value in hours), "base intervals must be from 0.1 to 8784 hours"),
            (not all(0 < value <= 8784 for value in spans), "look and spread hours must be more than 0 and at most 8784"),
            (not 0 < self.floor <= 1 <= self.cap <= 100, "floor must be more than 0 and at most 1, cap from 1 to 100"),
            (not 0 < self.shrink <= 1 <= self.grow <= 100, "shrink must be more than 0 and at most 1, grow from 1 to 100"),
            (not 0 < self.due_soon_days <= 366, "due_soon_days must be more than 0 and at most 366"),
            (not 0 < self.catch_up <= 0.2, "catch_up must be more than 0 and at most 0.2"),
        ]
        for is_wrong, sentence in wrong:
            if is_wrong:
                raise ValueError(sentence)

    def base_ms(self, category: str) -> int:
        """The base interval of a category, or of a kind without one; `other`'s for a word it does not know."""
        known = category if category in Hours.__struct_fields__ else "other"
        return int(getattr(self.base, known) * HOUR_MS)

    def longest_ms(self, category: str) -> int:
        """No due time is ever given further ahead than this."""
        spans = max(self.second_look_hours * 1.5, self.first_spread_hours) * HOUR_MS
        return max(int(self.base_ms(category) * self.cap), int(spans)) + LEAST_MS

    def interval_ms(self, category: str, interval_ms: int) -> int:
        """An interval as this policy allows it; the base for 0 (none yet)."""
        base = self.base_ms(category)
        return min(max(interval_ms or base, int(base * self.floor), LEAST_MS), max(int(base * self.cap), LEAST_MS))


class Looked(Struct, frozen=True):
    """One look that ended.

    category     the column's, or the kind of a target without one (home, account)
    due_ms at_ms when it was due and when it was made
    failures     lines in a row that read nothing, this one included; those of our own cause are best left out
    changed      it showed an item or a date not known before
    newest       the newest date known of the target, from this look or an earlier one
    interval_ms  the interval of the last Next, 0 before the first look
    unread_ours  nothing was learned, for a cause of ours
    last_ms      when the look before this one was made, read or not; 0 where that is not known
    """

    category: str
    key: str
    due_ms: int
    at_ms: int
    failures: int = 0
    changed: bool = False
    newest: str | None = None
    interval_ms: int = 0
    unread_ours: bool = False
    last_ms: int = 0


class Next(Struct, frozen=True):
    """due_ms: the next look. interval_ms: to be kept for it. deadline_ms: when it becomes overdue if nothing is published."""

    due_ms: int
    interval_ms: int
    deadline_ms: int | None
    due_soon: bool


def share(key: str, salt: str = "") -> float:
    """A fixed number from 0 to 1 for `key`; another, independent one for each `salt`."""
    return crc32(salt.encode(), crc32(key.encode("utf-8", "surrogatepass"))) / 0xFFFFFFFF


def next_look(policy: Policy, looked: Looked) -> Next:
    """The next look after one that ended. Never raises for what a look brought: a date it cannot read has no deadline."""
    read = looked.failures <= 0 and not looked.unread_ours
    interval = policy.interval_ms(looked.category, looked.interval_ms)
    drift = _DRIFT
    if looked.interval_ms <= 0:
        drift = _FIRST_DRIFT
    elif read:
        interval = policy.interval_ms(looked.category, int(interval * _factor(policy, looked, interval)))
    due = looked.at_ms + _shortened(interval, looked.key, drift)
    again = looked.at_ms + int(policy.second_look_hours * HOUR_MS * (0.5 + share(looked.key, "second")))
    if looked.failures == 1 and not looked.unread_ours:
        due = min(due, again)
    deadline = _deadline_ms(policy, looked.category, looked.newest)
    if deadline is not None:
        due = _pulled_in(policy, looked, read, due, again, deadline)
    due = max(due, looked.at_ms + LEAST_MS)
    soon = deadline is not None and looked.at_ms < deadline <= looked.at_ms + policy.due_soon_days * DAY_MS
    return Next(due + (due == looked.due_ms), interval, deadline, soon)


def first_look(policy: Policy, category: str, key: str, now_ms: int) -> int:
    """When a target nobody has looked at is due first: within `first_spread_hours`, and within its own base interval."""
    spread = min(policy.first_spread_hours * HOUR_MS, policy.base_ms(category))
    return now_ms + LEAST_MS + int(share(key, "first") * max(0, spread - LEAST_MS))


def after_outage(
    policy: Policy,
    category: str,
    key: str,
    due_ms: int,
    now_ms: int,
    outage_ms: int,
    interval_ms: int = 0,
    early: bool = True,
) -> int:
    """When a target is due after nobody looked for `outage_ms`, until `now_ms`. One that is still to come keeps its time.

    interval_ms: the target's own, of its last Next. Without it the base is taken, and since most columns change seldom and
    have grown longer ones, the promise on the rate then holds only for outages well below the base.
    early: False until an earlier outage is `made_up_ms`; then nobody is looked at early, or two catchings-up would add up.
    """
    if now_ms < due_ms <= now_ms + policy.longest_ms(category):
        return due_ms
    interval = _shortened(policy.interval_ms(category, interval_ms), key, _DRIFT)
    # a due time from a wrong clock says nothing of the outage, and may be everybody's
    outage = interval if due_ms > now_ms else min(max(outage_ms, now_ms - due_ms, 1), interval)
    rest = interval - outage
    chance = share(key, str(due_ms))
    part = min(1.0, policy.catch_up * rest / outage) if early else 0.0
    if chance < part or part == 1.0:
        wait = chance / part * min(outage / policy.catch_up, rest)
    else:
        wait = rest + (chance - part) / (1.0 - part) * outage
    return now_ms + LEAST_MS + int(wait)


def made_up_ms(policy: Policy, back_ms: int, outage_ms: int) -> int:
    """Until when an outage that ended at `back_ms` is still being made up."""
    longest = max(policy.longest_ms(category) for category in Hours.__struct_fields__)
    return back_ms + LEAST_MS + int(min(max(0, outage_ms) / policy.catch_up, longest))


def _factor(policy: Policy, looked: Looked, interval: int) -> float:
    gap = looked.at_ms - looked.last_ms if looked.last_ms else interval
    if looked.changed:
        return policy.shrink if gap <= 2 * interval else 1.0
    return policy.grow if gap >= interval / 2 else 1.0


def _shortened(interval: int, key: str, drift: float) -> int:
    return int(interval * (1.0 - drift * share(key)))


def _deadline_ms(policy: Policy, category: str, newest: str | None) -> int | None:
    period = policy.periods.of(category)
    if period is None or newest is None:
        return None
    try:
        return deadline_ms(newest, period)
    except ValueError:
        return None


def _pulled_in(policy: Policy, looked: Looked, read: bool, due: int, again: int, deadline: int) -> int:
    """`due`, or earlier: once within the span before the deadline and once within the span behind it, read."""
    before, after = int(policy.look_before_hours * HOUR_MS), int(policy.look_after_hours * HOUR_MS)
    at, last_quarter = looked.at_ms, deadline - before // 4
    if at < deadline - before:
        spot = last_quarter - int(0.75 * before * share(looked.key, "before"))
        return spot if due >= last_quarter else due
    if not read and at <= deadline + after:
        half_way = at + max((deadline - at) // 2, _RETRY_MS)
        due = min(due, again, half_way) if at < deadline else min(due, again)
    if at < deadline <= due:
        return min(due, deadline + int(after * share(looked.key, "after")))
    return due
