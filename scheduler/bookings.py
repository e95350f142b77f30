"""Platform slots that are booked for a host before its next round is planned. Pure; times are monotonic seconds.

A saturated platform's slots are taken some seconds ahead. A host that looked for one only when its gap is over would wait once
more each time; a slow one, which needs all its time, would never be done. So a host with more to do books while its round is
under way: one slot, or two if it is critical, since the second lies behind what the others can have taken.

Critical is a host that, asked without a pause, would need nearly as long as its platform needs for all its hosts (longest
remaining time first): it goes on at its own pace, the others share what is left, and all end together.
"""

from typing import Final

from scheduler.slots import Slots

Key = tuple[int, int]
"""A host, and the lane of what the slot is for."""

NEARLY: Final = 0.8
WITHIN_S: Final = 60.0


class Bookings:
    def __init__(self) -> None:
        self._booked: dict[Key, tuple[Slots, list[float]]] = {}

    def book(self, host: Key, slots: Slots, now: float, first: float, step: float, count: int = 1) -> float | None:
        """Make sure that `host` has its next `count` slots, the first not before `first`, `step` apart; returns the first.

        What was booked for an earlier time, or on another platform, is given back.
        """
        kept = self._take_back(host, slots, first)
        while len(kept) < count:
            earliest = (kept[-1] + step if kept else first) - now
            starts = slots.book(now, 1, earliest, 0.0, max(0.0, earliest) + WITHIN_S)
            if not starts:
                break
            kept.append(now + starts[0])
        if kept:
            self._booked[host] = slots, kept
            return kept[0]
        return None

    def take(self, host: Key, slots: Slots | None, now: float, until: float) -> float | None:
        """The next slot booked for `host`, no longer kept here; None where there is none from `now` to `until`."""
        if slots is None or host not in self._booked:
            self.give_up(host)
            return None
        kept = self._take_back(host, slots, now)
        if not kept or kept[0] > until:
            slots.release(0.0, kept)
            return None
        if kept[1:]:
            self._booked[host] = slots, kept[1:]
        return kept[0]

    def steal(self, lane: int, slots: Slots, now: float) -> float | None:
        """The earliest slot of `slots` that is booked for anybody in `lane`: a probe without one of its own goes before."""
        found = [
            (kept[0], key) for key, (at, kept) in self._booked.items() if at is slots and key[1] == lane and kept[0] >= now
        ]
        if not found:
            return None
        start, victim = min(found)
        kept = self._booked.pop(victim)[1][1:]
        if kept:
            self._booked[victim] = slots, kept
        return start

    def give_up(self, host: Key) -> None:
        """`host` needs none of its slots."""
        booked = self._booked.pop(host, None)
        if booked is not None:
            booked[0].release(0.0, booked[1])

    def _take_back(self, host: Key, slots: Slots, first: float) -> list[float]:
        """What is booked for `host` from `first` on, out of this book; the rest is given back."""
        booked = self._booked.pop(host, None)
        if booked is None:
            return []
        if booked[0] is not slots:
            booked[0].release(0.0, booked[1])
            return []
        slots.release(0.0, [start for start in booked[1] if start < first])
        return [start for start in booked[1] if start >= first]


class Backlog:
    """How many visits the hosts of each platform have due, as far as they were told."""

    def __init__(self) -> None:
        self._left: dict[Slots, dict[int, int]] = {}
        self._total: dict[Slots, int] = {}

    def note(self, slots: Slots, host: int, visits: int) -> None:
        """`host` has so many visits due."""
        left = self._left.setdefault(slots, {})
        self._total[slots] = self._total.get(slots, 0) + visits - left.get(host, 0)
        if visits:
            left[host] = visits
        else:
            left.pop(host, None)

    def is_critical(self, slots: Slots, host: int, step: float) -> bool:
        """Whether `host`, asked every `step` seconds, ends about as late as its platform does."""
        return self._left.get(slots, {}).get(host, 0) * step >= NEARLY * self._total.get(slots, 0) / slots.ceiling
