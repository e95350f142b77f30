"""When a home page is probed: the times of the availability lane. Pure and stateless.

W2 asks for more than 20 spaced visits on every day of a week (indicators.md §3), so each key (a site's home page) has a grid
of its own: `per_day` equal steps a day from a phase the key's hash gives, and every time on it put off by a bounded jitter that
the hash of (key, number) gives. So, for any key, at any time, whatever happened before:

* two neighbours are 0.75 to 1.25 steps apart: never bunched, and no page can tell when it is asked next;
* with the default of 26 a day every window of 24 hours, not only every calendar day, holds at least 25 times;
* keys are spread evenly over the step, so that hundreds of sites are no burst;
* there is nothing to remember and nothing to catch up: after a stop or a clock that jumped, the next time is at most 1.25
  steps ahead, and what passed is counted by `missed` and skipped.
"""

from hashlib import blake2b
from typing import Final

from scheduler.deadlines import DAY_MS

PER_DAY: Final = 26
MOST_PER_DAY: Final = 1440

_SWING: Final = 0.24
"""The jitter is 0 to this many steps: less than a quarter, so that rounding to milliseconds is within the promise."""


def next_probe_ms(key: str, after_ms: int, per_day: int = PER_DAY) -> int:
    """The first time of `key`'s grid later than `after_ms`; both in ms since the epoch. per_day: 1 to 1440, else ValueError."""
    step = _step(per_day)
    phase = _draw(key, step)
    return _time(key, _last(key, after_ms, step, phase) + 1, step, phase)


def missed(key: str, from_ms: int, to_ms: int, per_day: int = PER_DAY) -> int:
    """How many times of `key`'s grid are later than `from_ms` and not later than `to_ms`; 0 where time went back."""
    if to_ms <= from_ms:
        return 0
    step = _step(per_day)
    phase = _draw(key, step)
    return _last(key, to_ms, step, phase) - _last(key, from_ms, step, phase)


def _step(per_day: int) -> int:
    if not 1 <= per_day <= MOST_PER_DAY:
        raise ValueError(f"a page is probed 1 to {MOST_PER_DAY} times a day, not {per_day}")
    return DAY_MS // per_day


def _time(key: str, number: int, step: int, phase: int) -> int:
    return phase + number * step + _draw(f"{key}\x1f{number}", int(step * _SWING) + 1)


def _last(key: str, at_ms: int, step: int, phase: int) -> int:
    """The number of the last time not later than `at_ms`. The jitter is less than a step, so it is one of two."""
    number = (at_ms - phase) // step
    return number if _time(key, number, step, phase) <= at_ms else number - 1


def _draw(text: str, below: int) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below
