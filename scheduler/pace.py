"""How fast a host and the whole house may ask. `HostPace` is pure; `Throttle` waits.

Host      one round at a time, one request at a time within it; from the end of one request to the start of the next
          clamp(factor × its own last response time, least, most) seconds (records.Gap). The crawler keeps the gap inside a
          round, `rest` keeps it between rounds. Retry-After, 429 and 503 push the host back.
Platform  many hosts behind one name or address: slots.py and platforms.py.
House     requests per second over all, by asyncio-throttle: one waiter, the loop that hands rounds out.
"""

import asyncio
import time
from typing import Final

from asyncio_throttle.throttler import Throttler

from crawler.records import Gap

_UNKNOWN_S: Final = 0.5
"""What a host that was never asked is taken to need for an answer."""

_FADES: Final = 0.8
"""How much of the slowest recent answer still counts after the next one."""


class HostPace:
    """One host's pace. Times are monotonic seconds.

    not_before          no column is asked before; gap_until: no probe is: one an hour need not heed a Retry-After
    response_s          the last response time; None until it has answered once
    requests_per_visit  how many requests its visits took of late
    """

    __slots__ = ("_slow_s", "gap", "gap_until", "not_before", "requests_per_visit", "response_s")

    def __init__(self, gap: Gap) -> None:
        self.gap = gap
        self.not_before = self.gap_until = 0.0
        self.response_s: float | None = None
        self.requests_per_visit = 1.0
        self._slow_s = 0.0

    def rest(self, now: float, response_s: float, retry_after_s: float) -> None:
        """A round ended at `now`; its last response took `response_s`, and it asked to be left alone so long."""
        if response_s > 0:
            self.response_s = response_s
            self._slow_s = max(response_s, self._slow_s * _FADES)
        self.gap_until = now + self.gap.after(response_s)
        self.not_before = max(self.not_before, self.gap_until, now + retry_after_s)

    def took(self, response_s: float, requests: int) -> None:
        """A visit of so many requests, the slowest of them no slower than `response_s`, has ended."""
        if requests > 0:
            self._slow_s = max(response_s / requests, self._slow_s * _FADES)
            self.requests_per_visit += 0.2 * (requests - self.requests_per_visit)

    def step(self) -> float:
        """Seconds from the start of one request to the start of the next, at the slowest of late."""
        slow = self._slow_s or (_UNKNOWN_S if self.response_s is None else self.response_s)
        return slow * 1.05 + self.gap.after(slow)

    def visits_within(self, seconds: float, most: int) -> int:
        """How many visits fit a round planned for `seconds`."""
        response = _UNKNOWN_S if self.response_s is None else self.response_s
        each = response + self.gap.after(response)
        return max(1, min(most, int(seconds / each) if each > 0 else most))


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

    async def take(self, count: int, stopped: asyncio.Event) -> bool:
        """Take `count` requests; False where `stopped` comes first."""
        stop = asyncio.ensure_future(stopped.wait())
        try:
            for _ in range(count):
                turn = asyncio.ensure_future(self.acquire())
                await asyncio.wait((turn, stop), return_when=asyncio.FIRST_COMPLETED)
                if not turn.done():
                    turn.cancel()
                    await asyncio.gather(turn, return_exceptions=True)
                    return False
            return True
        finally:
            stop.cancel()
