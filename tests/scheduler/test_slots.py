import math
from bisect import bisect_right
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.slots import DEBT_S, Slots, spacing_of

CEILINGS = st.one_of(st.sampled_from([0.1, 0.15, 0.33, 0.5, 1.0, 2.5, 10.0, 50.0, 200.0]), st.floats(0.1, 200))


def most_in_any_window(starts: list[float], seconds: float = 10.0) -> int:
    """The most starts that any closed window of so many seconds holds."""
    ordered = sorted(starts)
    return max((bisect_right(ordered, start + seconds) - index for index, start in enumerate(ordered)), default=0)


# ---- the ceiling ----


@settings(max_examples=150, deadline=None)
@given(CEILINGS, st.integers(0, 2**32), st.floats(0, 1e7))
def test_no_ten_seconds_see_more_than_ten_times_the_ceiling_however_slots_are_booked_released_and_used(
    ceiling: float, seed: int, begin: float
) -> None:
    random = Random(seed)
    slots, now = Slots(ceiling), begin
    booked: list[tuple[float, list[float]]] = []
    used: list[float] = []
    for _ in range(60):
        now += random.choice([0.0, 0.01, 0.5, 3.0, 20.0]) * random.random()
        wanted, first = random.randint(0, 64), random.choice([0.0, 0.0, 2.0])
        booked.append((now, slots.book(now, wanted, first, random.choice([0.0, 0.3, 1.0, 7.0]), random.choice([1, 15, 60]))))
        if random.random() < 0.3:
            at, starts = booked[-1]
            kept = random.randint(0, len(starts))
            slots.release(at, starts[kept:])
            booked[-1] = (at, starts[:kept])
    for at, starts in booked:
        late = random.choice([0.0, slots.slack])
        used += [at + start + (late if random.random() < 0.5 else slots.slack * random.random()) for start in starts]
    assert most_in_any_window(used) <= 10 * ceiling


@given(CEILINGS, st.lists(st.tuples(st.floats(0, 30), st.integers(0, 40), st.floats(0, 20), st.floats(0, 5)), max_size=20))
def test_two_slots_are_never_closer_than_the_spacing(ceiling: float, asks: list[tuple[float, int, float, float]]) -> None:
    slots, now = Slots(ceiling), 0.0
    taken: list[float] = []
    for later, count, first, spacing in asks:
        now += later
        taken += [now + start for start in slots.book(now, count, first, spacing, 60.0)]
    assert all(b - a >= slots.spacing * (1 - 3e-5) for a, b in pairwise(sorted(taken)))


@pytest.mark.parametrize("ceiling", [0.5, 1.0, 10.0, 100.0, 200.0])
def test_a_whole_ceiling_costs_one_percent_of_its_speed(ceiling: float) -> None:
    assert spacing_of(ceiling, 0.1) == pytest.approx(1 / (0.99 * ceiling), rel=1e-3)


def test_a_ceiling_below_one_in_ten_seconds_lets_one_through_at_a_time() -> None:
    slots = Slots(0.05)
    starts = slots.book(0.0, 10, 0.0, 0.0, 100.0)
    assert len(starts) == 5
    assert all(b - a >= 20.0 for a, b in pairwise(starts))


@pytest.mark.parametrize("ceiling", [0.0, -1.0, math.nan, math.inf])
def test_a_ceiling_must_be_a_rate(ceiling: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Slots(ceiling)


# ---- a booking ----


@given(
    CEILINGS,
    st.floats(0, 1e7),
    st.integers(0, 70),
    st.floats(0, 20),
    st.floats(0, 10),
    st.floats(0, 60),
    st.integers(0, 300),
)
def test_a_booking_keeps_to_what_was_asked(
    ceiling: float, now: float, count: int, first: float, spacing: float, within: float, charged: int
) -> None:
    slots = Slots(ceiling)
    slots.charge(now, charged)
    starts = slots.book(now, count, first, spacing, within)
    assert len(starts) <= count
    assert all(first <= start <= within for start in starts)
    assert all(b >= a + spacing for a, b in pairwise(starts))


@given(CEILINGS, st.integers(1, 40), st.integers(1, 40))
def test_no_slot_is_given_twice(ceiling: float, one: int, other: int) -> None:
    slots = Slots(ceiling)
    starts = slots.book(100.0, one, 0.0, 0.0, 60.0) + slots.book(100.0, other, 0.0, 0.0, 60.0)
    assert all(b - a >= slots.spacing * (1 - 3e-5) for a, b in pairwise(sorted(starts)))


def test_a_host_with_a_long_gap_leaves_the_slots_between_to_others() -> None:
    slots = Slots(10.0)
    slow = slots.book(0.0, 15, 0.0, 1.0, 15.0)
    quick = slots.book(0.0, 64, 0.0, 0.3, 15.0)
    assert len(slow) == 15
    assert len(quick) >= 36
    assert quick[0] < slow[1]


def test_hosts_of_a_platform_together_fill_its_slots() -> None:
    slots = Slots(10.0)
    starts = [start for _ in range(20) for start in slots.book(0.0, 15, 0.0, 1.0, 15.0)]
    assert len(starts) == math.floor(15.0 / slots.spacing) + 1


def test_an_idle_platform_gives_a_slot_at_once() -> None:
    slots = Slots(0.2)
    assert slots.book(3.3, 1, 0.0, 0.0, 15.0) == [0.0]
    assert slots.book(1000.7, 1, 0.0, 0.0, 15.0) == [0.0]


def test_a_host_woken_a_little_late_still_gets_the_slot_of_a_slow_platform() -> None:
    slots = Slots(0.05)
    slots.book(0.0, 1, 0.0, 0.0, 15.0)
    assert slots.book(1.0, 1, 0.0, 0.0, 15.0) == []
    woken = slots.free_at(1.0) + 0.003
    assert slots.book(woken, 1, 0.0, 0.0, 15.0) == [0.0]


# ---- giving back, and paying ----


def test_a_slot_given_back_is_free_for_another() -> None:
    slots = Slots(10.0)
    starts = slots.book(0.0, 200, 0.0, 0.0, 15.0)
    assert slots.book(0.5, 1, 0.0, 0.0, 14.0) == []
    slots.release(0.0, starts[100:])
    assert slots.book(0.5, 1, 0.0, 0.0, 14.0) == pytest.approx([starts[100] - 0.5])


def test_a_slot_that_is_past_cannot_be_given_back() -> None:
    slots = Slots(10.0)
    starts = slots.book(0.0, 200, 0.0, 0.0, 15.0)
    before = slots.free_at(10.0)
    slots.release(0.0, starts[:50])
    assert slots.free_at(10.0) == before


def test_giving_back_what_an_idle_platform_has_forgotten_changes_nothing() -> None:
    slots = Slots(10.0)
    starts = slots.book(0.0, 5, 0.0, 0.0, 15.0)
    slots.book(50.0, 1, 0.0, 0.0, 15.0)
    slots.release(0.0, starts)
    assert slots.book(50.0, 1, 0.0, 0.0, 15.0) == pytest.approx([slots.spacing])


def test_requests_without_a_slot_take_the_earliest_free_ones() -> None:
    slots = Slots(10.0)
    slots.book(0.0, 2, slots.spacing, 2 * slots.spacing, 15.0)  # takes the second and the fourth
    slots.charge(0.0, 2)
    assert slots.free_at(0.0) == pytest.approx(4 * slots.spacing)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_over_time_the_ceiling_holds_for_requests_without_a_slot_as_well(seed: int) -> None:
    random = Random(seed)
    slots, now, requests = Slots(10.0), 0.0, 0
    while now < 300.0:
        now += random.random()
        starts = slots.book(now, 15, 0.0, 0.2, 5.0)
        extra = random.randint(0, 3)
        slots.charge(now, extra)
        requests += len(starts) + extra
    assert requests <= 10 * (now + 5.0 + 3)


def test_a_debt_is_bounded() -> None:
    slots = Slots(10.0)
    for _ in range(30):
        slots.charge(0.0, 1000)
    assert slots.free_at(0.0) <= DEBT_S + 2 * slots.spacing


def test_what_is_past_takes_no_memory() -> None:
    slots, now = Slots(200.0), 0.0
    for _ in range(2000):
        now += 1.0
        slots.book(now, 100, 0.0, 0.0, 15.0)
    assert len(slots._taken) <= 16 * 200


@given(CEILINGS, st.floats(0, 1e6), st.integers(0, 50))
def test_the_first_free_slot_is_the_one_that_is_given_next(ceiling: float, now: float, charged: int) -> None:
    slots = Slots(ceiling)
    slots.charge(now, charged)
    free = slots.free_at(now)
    assert free >= now
    assert slots.book(now, 1, 0.0, 0.0, math.inf)[0] == pytest.approx(free - now, abs=1e-6)


def test_time_that_goes_backwards_a_little_gives_no_slot_twice() -> None:
    slots = Slots(10.0)
    ahead = [100.0 + start for start in slots.book(100.0, 20, 0.0, 0.0, 15.0)]
    back = [99.0 + start for start in slots.book(99.0, 20, 0.0, 0.0, 15.0)]
    assert all(b - a >= slots.spacing * (1 - 3e-5) for a, b in pairwise(sorted(ahead + back)))
