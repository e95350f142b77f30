"""What was asked of each host, and when: for tests of pace."""

from collections import defaultdict
from time import monotonic
from typing import NamedTuple


class Request(NamedTuple):
    """One request, from its last header byte to the end of our answer; monotonic seconds."""

    start: float
    end: float
    path: str


class Log:
    """Requests by host, and the most that were ever in flight at once at one host."""

    def __init__(self) -> None:
        self.requests: dict[str, list[Request]] = defaultdict(list)
        self.most_at_once: dict[str, int] = defaultdict(int)
        self._open: dict[str, int] = defaultdict(int)

    def begin(self, host: str) -> float:
        self._open[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._open[host])
        return monotonic()

    def end(self, host: str, path: str, start: float) -> None:
        self._open[host] -= 1
        self.requests[host].append(Request(start, monotonic(), path))
