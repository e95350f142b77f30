"""The order in which hosts become ready: one heap of ready times, no sleeping task per host.

Invariant: a host stands in the heap at most once as valid; an entry that was overtaken by a later `schedule` or by `remove` is
left in place and dropped when it comes up.
"""

import heapq


class Agenda:
    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._ready: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._ready)

    def __contains__(self, host: int) -> bool:
        return host in self._ready

    def schedule(self, host: int, at: float) -> None:
        """`host` is ready from `at` (monotonic seconds) on; replaces an earlier word on it."""
        if self._ready.get(host) != at:
            self._ready[host] = at
            heapq.heappush(self._heap, (at, host))

    def remove(self, host: int) -> None:
        self._ready.pop(host, None)

    def clear(self) -> None:
        self._heap.clear()
        self._ready.clear()

    def next_ready(self) -> float | None:
        """When the next host is ready; None for an empty agenda."""
        while self._heap:
            at, host = self._heap[0]
            if self._ready.get(host) == at:
                return at
            heapq.heappop(self._heap)
        return None

    def pop(self, now: float) -> int | None:
        """The host that has been ready longest, taken off the agenda; None where none is ready at `now`."""
        at = self.next_ready()
        if at is None or at > now:
            return None
        host = heapq.heappop(self._heap)[1]
        del self._ready[host]
        return host
