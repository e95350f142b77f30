"""An event loop whose time jumps to the next timer instead of passing: hours of a patrol in milliseconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.scheduler.builders import START_MS

T = TypeVar("T")
FOREVER_S = 24 * 3600.0


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: time that would be slept is added to `now`."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            return super().select(10)  # only another thread can go on from here
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class VirtualClock:
    """The wall clock and the monotonic clock of the running loop."""

    def now_ms(self) -> int:
        return START_MS + round(self.monotonic() * 1000)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()


def run(main: Coroutine[Any, Any, T]) -> T:
    """`main` on a loop of its own; a day of virtual time is taken for never ending."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(asyncio.wait_for(main, FOREVER_S))
