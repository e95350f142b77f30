"""No herd: 20,000 targets in their steady state, something happens, and the rate stays below 1.2 times what it was.

A count of m looks varies by chance by about √m. So the ten minutes with the most looks out of a thousand may lie 3.5 √m above
what the policy gives; six hours together leave chance no room, and are held to the figure itself.
"""

from math import sqrt

import pytest

from scheduler.revisit import HOUR_MS, Policy
from tests.scheduler.herd import BIRTH_MS, DAY_MS, Herd

WARM_DAYS = 10
MOST = 1.2
SIX_HOURS = 36
AN_HOUR = 6


@pytest.fixture(scope="module")
def settled() -> Herd:
    herd = Herd(20_000, Policy(), failing=0.03)
    herd.run(BIRTH_MS + WARM_DAYS * DAY_MS)
    return herd


def steady(herd: Herd) -> float:
    """Looks per ten minutes over the last two days of the warm-up."""
    counts = list(herd.per(1, BIRTH_MS + (WARM_DAYS - 2) * DAY_MS, BIRTH_MS + WARM_DAYS * DAY_MS))
    return sum(counts) / len(counts)


def assert_no_herd(herd: Herd, from_ms: int, usual: float) -> None:
    for bins, sigmas in ((1, 3.5), (AN_HOUR, 3.0), (SIX_HOURS, 0.0)):
        most = MOST * usual * bins
        assert max(herd.per(bins, from_ms, herd.now_ms)) <= most + sigmas * sqrt(most)


def test_the_steady_state_is_steady(settled: Herd) -> None:
    days = [sum(settled.per(144, BIRTH_MS + day * DAY_MS, BIRTH_MS + (day + 1) * DAY_MS)) for day in range(7, WARM_DAYS)]
    assert max(days) <= 1.05 * min(days)


@pytest.mark.parametrize(
    ("outage_ms", "days"),
    [(60_000, 2), (2 * HOUR_MS, 3), (12 * HOUR_MS, 3), (3 * DAY_MS, 9), (60 * DAY_MS, 9)],
    ids=["a minute", "two hours", "half a day", "three days", "sixty days"],
)
def test_after_an_outage_of_any_length_the_rate_stays_below_six_fifths(settled: Herd, outage_ms: int, days: int) -> None:
    herd, usual = settled.copy(), steady(settled)
    herd.be_out(outage_ms)
    back = herd.now_ms
    herd.run(back + days * DAY_MS)
    assert_no_herd(herd, back, usual)
    looked_at = sum(target.last_ms >= back for target in herd.targets)
    assert looked_at >= 0.75 * len(herd.targets) if days < 9 else looked_at == len(herd.targets)


def test_two_hours_of_looks_that_failed_by_our_own_fault_are_followed_by_no_herd(settled: Herd) -> None:
    herd, usual = settled.copy(), steady(settled)
    herd.ours_until_ms = herd.now_ms + 2 * HOUR_MS
    start = herd.now_ms
    herd.run(start + 3 * DAY_MS)
    assert_no_herd(herd, start, usual)


def test_a_network_that_comes_and_goes_makes_no_herd_either(settled: Herd) -> None:
    herd, usual = settled.copy(), steady(settled)
    start = herd.now_ms
    for _ in range(6):
        herd.be_out(HOUR_MS)
        herd.run(herd.now_ms + HOUR_MS)
    herd.run(herd.now_ms + 2 * DAY_MS)
    assert_no_herd(herd, start, usual)


def test_a_register_loaded_at_once_comes_to_rest_after_its_first_looks(settled: Herd) -> None:
    herd = settled.copy()
    herd.forget()
    start = herd.now_ms
    herd.run(start + 3 * DAY_MS)
    base_rate = sum(HOUR_MS / herd.policy.base_ms(target.category) for target in herd.targets)
    assert max(herd.per(AN_HOUR, start, start + 2 * HOUR_MS)) <= 1.05 * len(herd.targets) / 2
    assert max(herd.per(AN_HOUR, start + 2 * HOUR_MS, herd.now_ms)) <= 1.6 * base_rate
