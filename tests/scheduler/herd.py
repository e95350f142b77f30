"""Twenty thousand targets looked at by the policy for weeks of simulated time, with outages, counted per ten minutes."""

import heapq
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Final

from msgspec import Struct

from crawler.records import stamp
from scheduler.revisit import HOUR_MS, Looked, Policy, after_outage, first_look, made_up_ms, next_look

BIN_MS: Final = 600_000
DAY_MS: Final = 24 * HOUR_MS
BIRTH_MS: Final = 1_790_000_000_000

_MIX: Final = {"home": 1, "account": 3, "news": 60, "notice": 40, "policy": 20, "personnel": 16, "plan": 10, "other": 24}
_DAYS_BETWEEN_UPDATES: Final = (0.5, 2.0, 6.0, 25.0, 400.0)


class Watched(Struct):
    key: str
    category: str
    due_ms: int
    every_ms: float
    updated_ms: int
    interval_ms: int = 0
    failures: int = 0
    seen_ms: int = 0
    last_ms: int = 0


class Herd:
    """`looks` counts looks per bin of ten minutes since BIRTH_MS; those before `ours_until_ms` fail for a cause of ours."""

    def __init__(self, size: int, policy: Policy, failing: float, seed: int = 1) -> None:
        self.policy = policy
        self.random = Random(seed)
        self.failing = failing
        self.now_ms = BIRTH_MS
        self.ours_until_ms = 0
        self.making_up_until_ms = 0
        self.looks: Counter[int] = Counter()
        self.targets = [self._target(number) for number in range(size)]
        self._heap_again()

    def _heap_again(self) -> None:
        self.heap = [(target.due_ms, number) for number, target in enumerate(self.targets)]
        heapq.heapify(self.heap)

    def _target(self, number: int) -> Watched:
        """One at the interval it would have settled at, anywhere within it."""
        category = self.random.choices(list(_MIX), list(_MIX.values()))[0]
        every = self.random.choice(_DAYS_BETWEEN_UPDATES) * DAY_MS
        interval = self.policy.interval_ms(category, int(every))
        updated = BIRTH_MS - int(self.random.expovariate(1 / every))
        due = BIRTH_MS + int(self.random.random() * interval)
        return Watched(f"51{number // 174:08d}/c{number % 174}", category, due, every, updated, interval, 0, updated)

    def run(self, until_ms: int) -> None:
        while self.heap[0][0] <= until_ms:
            due, number = heapq.heappop(self.heap)
            self.now_ms = due
            self.looks[(due - BIRTH_MS) // BIN_MS] += 1
            heapq.heappush(self.heap, (self._look(self.targets[number], due), number))
        self.now_ms = until_ms

    def _look(self, target: Watched, at_ms: int) -> int:
        ours = at_ms < self.ours_until_ms
        failed = self.random.random() < self.failing
        target.failures = target.failures + 1 if failed else 0
        changed = False
        if not failed and not ours:
            while (update := target.updated_ms + int(self.random.expovariate(1 / target.every_ms)) + 1) <= at_ms:
                target.updated_ms = update
            changed, target.seen_ms = target.updated_ms > target.seen_ms, target.updated_ms
        newest = stamp(target.seen_ms)[:10]
        looked = Looked(
            target.category,
            target.key,
            target.due_ms,
            at_ms,
            target.failures,
            changed,
            newest,
            target.interval_ms,
            unread_ours=ours,
            last_ms=target.last_ms,
        )
        after = next_look(self.policy, looked)
        target.due_ms, target.interval_ms, target.last_ms = after.due_ms, after.interval_ms, at_ms
        return after.due_ms

    def forget(self) -> None:
        """Every target is as new: as after the first load of a register."""
        for target in self.targets:
            target.due_ms = first_look(self.policy, target.category, target.key, self.now_ms)
            target.interval_ms = target.failures = target.last_ms = 0
        self._heap_again()

    def be_out(self, outage_ms: int) -> None:
        """Nobody looks for so long; then every target is given its time by `after_outage`."""
        self.now_ms += outage_ms
        early = self.now_ms >= self.making_up_until_ms
        self.making_up_until_ms = max(self.making_up_until_ms, made_up_ms(self.policy, self.now_ms, outage_ms))
        for target in self.targets:
            target.due_ms = after_outage(
                self.policy, target.category, target.key, target.due_ms, self.now_ms, outage_ms, target.interval_ms, early
            )
        self._heap_again()

    def per(self, bins: int, from_ms: int, to_ms: int) -> Iterator[int]:
        """Looks in each whole span of `bins` bins between two instants."""
        first, last = -((BIRTH_MS - from_ms) // BIN_MS), (to_ms - BIRTH_MS) // BIN_MS
        return (sum(self.looks[one] for one in range(start, start + bins)) for start in range(first, last - bins + 1))

    def copy(self) -> "Herd":
        return deepcopy(self)
