"""How late this process's own loop runs its timers: the doubt that belongs to every time it measures."""

import asyncio
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from typing import Final

TICK_S: Final = 0.1
LEAST_S: Final = 0.005
"""Less is the timer's own coarseness."""

KEPT_S: Final = 300.0
"""Longer than any visit takes."""


class LagMeter:
    """One timer that rings every `TICK_S`. Remembered are only lags that no later one has surpassed, so asking is cheap."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lags: deque[tuple[float, float]] = deque()  # (when, lag), the lags falling
        self._timer: asyncio.TimerHandle | None = None
        self._expected = 0.0

    def start(self) -> None:
        self._expected = self._clock() + TICK_S
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._ring)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def mark(self) -> float:
        """The beginning of a span, for `worst_since`."""
        return self._clock()

    def worst_since(self, mark: float) -> float:
        """The worst lag since `mark`, in seconds; a timer that is overdue right now counts with what it is late already."""
        worst = next((lag for when, lag in self._since(mark)), 0.0)
        if self._timer is not None:
            worst = max(worst, self._clock() - self._expected)
        return round(worst, 4) if worst >= LEAST_S else 0.0

    def _since(self, mark: float) -> list[tuple[float, float]]:
        lags = list(self._lags)
        return lags[bisect_left(lags, (mark, 0.0)) :]

    def _ring(self) -> None:
        now = self._clock()
        self.note(now, now - self._expected)
        self.start()

    def note(self, now: float, lag_s: float) -> None:
        """A timer that was due at `now - lag_s` rang at `now`."""
        lags = self._lags
        while lags and lags[0][0] < now - KEPT_S:
            lags.popleft()
        if lag_s >= LEAST_S:
            while lags and lags[-1][1] <= lag_s:
                lags.pop()
            lags.append((now, lag_s))
