"""The slots of a platform: a ceiling in requests per second that many hosts share. Pure; times are monotonic seconds.

Slots are points in time `spacing` apart. Each is free or taken, and any free one ahead may be booked, in any order: a host with
a long gap takes every tenth slot, and others fill in between. An idle platform lays its slots anew from the moment it is asked,
at least one spacing after the last slot that was taken; so a slow platform is never waited for without need, and two slots that
were ever taken are never closer than one spacing.

What is promised     a request starts at its slot or at most `slack` later, so those that start within 10 s had slots within
                     10 s + slack. `spacing` is chosen so that no more than 10 × ceiling slots fit there: 1/(0.99 × ceiling), or
                     more where 10 × ceiling is not a whole number. Below 0.1 requests per second it is one in any 10 s.
What is not          requests that were made without a slot (redirects, retries) have happened when `charge` hears of them. They
                     take the next free slots, so the ceiling holds over time, and is overshot by their number meanwhile.
Fair to all          a booking holds what one host can use: its own gap between two slots, and no further ahead than `within`. A
                     round planned for 15 s at a gap of 1 s takes at most 15 of the 150 slots of a platform of 10 requests per
                     second. A host without any gap would take them all: the caller's `count` (64 visits) is then the limit.
                     Hosts that found none come back at `free_at`; who comes first is the agenda's business.

A byte per slot ahead, and a search for a free one is the search for a byte: a few microseconds per slot booked, however many.
"""

import math
from collections.abc import Iterable
from typing import Final

WINDOW_S: Final = 10.0
UTILISED: Final = 0.99
DEBT_S: Final = 600.0
"""Requests without a slot are charged no further ahead than this; more are forgiven, or a platform might never be free."""

_FREE, _TAKEN = 0, 1
_ROUNDING: Final = 1e-5  # of a spacing: what floating point may cost a slot, and what `spacing_of` leaves for it


def spacing_of(ceiling: float, slack: float) -> float:
    """Seconds between slots, so that no closed window of 10 s sees more than 10 × ceiling starts, each at most `slack` late."""
    whole = max(1, math.floor(WINDOW_S * ceiling + 1e-9))
    return max(1.0 / (UTILISED * ceiling), (WINDOW_S + slack) / whole * (1.0 + 2 * _ROUNDING))


class Slots:
    """`ceiling`: requests per second, more than 0. `slack`: how many seconds late a slot may be used (Round.slot_slack_s)."""

    __slots__ = ("_last", "_origin", "_taken", "ceiling", "slack", "spacing")

    def __init__(self, ceiling: float, slack: float = 0.1) -> None:
        if not 0 < ceiling < math.inf:
            raise ValueError("a platform's ceiling must be more than 0 requests per second")
        self.ceiling, self.slack = ceiling, slack
        self.spacing = spacing_of(ceiling, slack)
        self._origin = -math.inf  # when slot 0 of `_taken` is; slots past the end are free
        self._last = -math.inf  # the last slot before the origin that was taken
        self._taken = bytearray()

    def book(self, now: float, count: int, first: float, spacing: float, within: float) -> list[float]:
        """Take up to `count` free slots; returns their starts, ascending, in seconds after `now`.

        The first is not before `first`, each at least `spacing` after the one before, none after `within`.
        """
        self._forget(now)
        offset = self._origin - now
        starts: list[float] = []
        earliest = max(0.0, first)
        while len(starts) < count and earliest <= within:
            index = self._free_from(max(0, math.ceil((earliest - offset) / self.spacing - _ROUNDING)))
            start = max(earliest, offset + index * self.spacing)
            if start > within:
                break
            self._take(index)
            starts.append(start)
            earliest = start + spacing
        return starts

    def release(self, booked_at: float, starts: Iterable[float]) -> None:
        """Give back slots that `book(booked_at, …)` gave and nobody used, each once. Those already past are gone."""
        for start in starts:
            index = round((booked_at + start - self._origin) / self.spacing) if self._taken else -1
            if 0 <= index < len(self._taken):
                self._taken[index] = _FREE

    def charge(self, now: float, requests: int) -> None:
        """Requests were made that had no slot: the earliest free ones are taken for them."""
        self._forget(now)
        most = int(DEBT_S / self.spacing) + 1
        index = 0
        for _ in range(requests):
            index = self._free_from(index)
            if index >= most:
                return
            self._take(index)

    def free_at(self, now: float) -> float:
        """When the first free slot is: `now` or later."""
        self._forget(now)
        return max(now, self._origin + self._free_from(0) * self.spacing)

    def _free_from(self, index: int) -> int:
        found = self._taken.find(_FREE, index)
        return found if found >= 0 else max(index, len(self._taken))

    def _take(self, index: int) -> None:
        missing = index + 1 - len(self._taken)
        if missing > 0:
            self._taken.extend(bytes(missing))
        self._taken[index] = _TAKEN

    def _forget(self, now: float) -> None:
        """Drop the slots before `now`; lay new ones when none ahead is taken."""
        taken = self._taken
        if taken:
            past = min(len(taken), max(0, math.ceil((now - self._origin) / self.spacing - _ROUNDING)))
            used = taken.rfind(_TAKEN, 0, past)
            if used >= 0:
                self._last = self._origin + used * self.spacing
            del taken[:past]
            self._origin += past * self.spacing
        if taken.find(_TAKEN) < 0:
            taken.clear()
            self._origin = max(now, self._last + self.spacing)
