"""What is remembered of hosts for a while: small, bounded, lost with the process."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
MOST_KEPT: Final = 20_000


class Remembered(Generic[T]):
    """Values by origin, each forgotten after `keep_s` seconds, and the oldest one when there are too many."""

    def __init__(self, keep_s: float, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        self._keep_s, self._most, self._clock = keep_s, most, clock
        self._kept: dict[str, tuple[float, T]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, origin: str, value: T, keep_s: float | None = None) -> None:
        """Keep for the usual time, or for `keep_s` seconds."""
        self._kept.pop(origin, None)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[origin] = self._clock() + (keep_s or self._keep_s), value

    def get(self, origin: str) -> T | None:
        found = self._kept.get(origin)
        if found is None:
            return None
        if found[0] < self._clock():
            del self._kept[origin]
            return None
        return found[1]
