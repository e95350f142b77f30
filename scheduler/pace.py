"""How fast a host, a platform and the whole house may ask. Pure but for `Throttle`, which waits.

Host      one round at a time, one request at a time within it; from the end of one request to the start of the next
          clamp(factor × its own last response time, least, most) seconds (records.Gap). The crawler keeps the gap inside a
          round, `rest` keeps it between rounds. Retry-After, 429 and 503 push the host back.
Platform  many hosts behind one name or address: a ceiling in requests per second. Its slots, 1/ceiling apart, are taken while a
          round is built, and a visit does not start before its slot.
House     requests per second over all, by asyncio-throttle: one waiter, the loop that hands rounds out.
"""

import asyncio
import time

from asyncio_throttle.throttler import Throttler

from crawler.records import Gap


class HostPace:
    """One host's pace. Times are monotonic seconds."""

    __slots__ = ("gap", "not_before", "platform", "response_s")

    def __init__(self, gap: Gap, platform: "PlatformPace | None" = None) -> None:
        self.gap = gap
        self.platform = platform
        self.not_before = 0.0
        self.response_s: float | None = None  # None until it has answered once

    def rest(self, now: float, response_s: float, retry_after_s: float) -> None:
        """A round ended at `now`; its last response took `response_s`, and it asked to be left alone so long."""
        if response_s > 0:
            self.response_s = response_s
        self.not_before = max(self.not_before, now + max(self.gap.after(response_s), retry_after_s))

    def visits_within(self, seconds: float, most: int) -> int:
        """How many visits fit a round planned for `seconds`; a host that was never asked is taken to need half a second."""
        response = 0.5 if self.response_s is None else self.response_s
        each = response + self.gap.after(response)
        return max(1, min(most, int(seconds / each) if each > 0 else most))


class PlatformPace:
    """A ceiling that many hosts share. `ceiling` is in requests per second."""

    __slots__ = ("_next", "_spacing")

    def __init__(self, ceiling: float) -> None:
        if ceiling <= 0:
            raise ValueError("a platform's ceiling must be more than 0 requests per second")
        self._spacing = 1.0 / ceiling
        self._next = 0.0

    def slots(self, now: float, count: int, within: float) -> list[float]:
        """Take up to `count` slots that begin within `within` seconds; returns their starts as seconds after `now`."""
        first = max(self._next, now)
        fit = max(0, int((now + within - first) / self._spacing) + 1) if first <= now + within else 0
        taken = [first - now + index * self._spacing for index in range(min(count, fit))]
        self._next = first + len(taken) * self._spacing
        return taken

    def charge(self, now: float, requests: int) -> None:
        """Requests beyond the planned ones (redirects, retries): they use up the next slots."""
        self._next = max(self._next, now) + requests * self._spacing

    def free_at(self) -> float:
        return self._next


class Throttle(Throttler):
    """asyncio-throttle's sliding window, first come first served, sleeping until the window opens instead of polling.

    Polling costs a core once some thousand wait; here one timer does. Leans on the private `_task_logs`, hence the exact pin.
    """

    def __init__(self, rate_limit: int, period: float = 1.0) -> None:
        super().__init__(rate_limit, period, retry_interval=period)
        self._turn = asyncio.Lock()

    async def acquire(self) -> None:
        async with self._turn:
            self.flush()  # type: ignore[no-untyped-call]
            while len(self._task_logs) >= self.rate_limit:
                await asyncio.sleep(max(0.0, self._task_logs[0] + self.period - time.monotonic()) + 0.0005)
                self.flush()  # type: ignore[no-untyped-call]
            self._task_logs.append(time.monotonic())
