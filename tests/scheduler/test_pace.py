import asyncio
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import Gap
from scheduler.pace import HostPace, PlatformPace, Throttle

SECONDS = st.floats(0, 100)


# ---- host ----


@pytest.mark.parametrize(("response_s", "gap_s"), [(0.0, 1.0), (0.1, 1.0), (0.4, 2.0), (2.0, 10.0), (8.0, 15.0)])
def test_the_gap_is_five_times_the_response_within_its_bounds(response_s: float, gap_s: float) -> None:
    assert Gap().after(response_s) == gap_s


def test_a_host_rests_for_its_gap_after_a_round() -> None:
    pace = HostPace(Gap())
    pace.rest(100.0, 0.4, 0.0)
    assert pace.not_before == 102.0


def test_a_host_that_asks_to_be_left_alone_is() -> None:
    pace = HostPace(Gap())
    pace.rest(100.0, 0.4, 120.0)
    assert pace.not_before == 220.0


@given(st.lists(st.tuples(SECONDS, SECONDS, SECONDS), min_size=1))
def test_the_pause_of_a_host_is_never_shortened(rounds: list[tuple[float, float, float]]) -> None:
    pace = HostPace(Gap())
    for now, response_s, retry_after_s in rounds:
        before = pace.not_before
        pace.rest(now, response_s, retry_after_s)
        assert pace.not_before >= before
        assert pace.not_before >= now + retry_after_s
        assert pace.not_before >= now + Gap().after(response_s)


def test_a_round_without_an_answer_leaves_the_last_response_time_known() -> None:
    pace = HostPace(Gap())
    pace.rest(0.0, 0.8, 0.0)
    pace.rest(10.0, 0.0, 0.0)
    assert pace.response_s == 0.8


@given(st.one_of(st.none(), st.floats(0.001, 60)), st.floats(0, 60), st.integers(1, 100))
def test_a_round_holds_at_least_one_visit_and_no_more_than_fit(response_s: float | None, seconds: float, most: int) -> None:
    pace = HostPace(Gap())
    pace.response_s = response_s
    count = pace.visits_within(seconds, most)
    each = (0.5 if response_s is None else response_s) + Gap().after(0.5 if response_s is None else response_s)
    assert 1 <= count <= most
    assert count == 1 or count * each <= seconds


def test_a_host_without_a_gap_takes_a_whole_round() -> None:
    pace = HostPace(Gap(0.0, 0.0, 0.0))
    pace.response_s = 0.0
    assert pace.visits_within(15.0, 64) == 64


# ---- platform ----


@given(
    st.floats(0.1, 200),
    st.lists(st.tuples(st.floats(0, 10), st.integers(0, 70), st.floats(0, 20)), min_size=1, max_size=20),
)
def test_slots_of_a_platform_are_never_closer_than_its_ceiling_allows(
    ceiling: float, asks: list[tuple[float, int, float]]
) -> None:
    platform = PlatformPace(ceiling)
    now = 0.0
    taken: list[float] = []
    for later, count, within in asks:
        now += later
        slots = platform.slots(now, count, within)
        assert len(slots) <= count
        assert all(-1e-9 <= slot <= within + 1e-9 for slot in slots)
        taken += [now + slot for slot in slots]
    spacing = 1.0 / ceiling
    assert all(b - a >= spacing - 1e-6 for a, b in pairwise(taken))


def test_slots_that_are_free_are_given() -> None:
    platform = PlatformPace(10.0)
    assert platform.slots(5.0, 3, 15.0) == pytest.approx([0.0, 0.1, 0.2])
    assert platform.slots(5.0, 2, 15.0) == pytest.approx([0.3, 0.4])
    assert platform.free_at() == pytest.approx(5.5)


def test_no_slot_is_given_beyond_the_time_asked_for() -> None:
    platform = PlatformPace(1.0)
    assert len(platform.slots(0.0, 100, 15.0)) == 16
    assert platform.slots(0.0, 100, 15.0) == []
    assert platform.free_at() == 16.0


def test_requests_nobody_planned_use_up_the_next_slots() -> None:
    platform = PlatformPace(10.0)
    platform.charge(5.0, 3)
    assert platform.slots(5.0, 1, 15.0) == pytest.approx([0.3])


@pytest.mark.parametrize("ceiling", [0.0, -1.0])
def test_a_ceiling_must_let_something_through(ceiling: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        PlatformPace(ceiling)


# ---- house ----


async def test_the_private_list_that_the_throttle_leans_on_is_there() -> None:
    throttle = Throttle(3, 60.0)
    await throttle.acquire()
    await throttle.acquire()
    assert len(throttle._task_logs) == 2
    assert list(throttle._task_logs) == sorted(throttle._task_logs)


async def test_those_who_wait_are_let_through_in_the_order_they_came() -> None:
    throttle = Throttle(2, 0.02)
    passed: list[int] = []
    times: list[float] = []

    async def wait(number: int) -> None:
        await throttle.acquire()
        passed.append(number)
        times.append(time.monotonic())

    await asyncio.wait_for(asyncio.gather(*(wait(number) for number in range(9))), 10)
    assert passed == list(range(9))
    assert all(later - earlier >= 0.02 for earlier, later in zip(times, times[2:], strict=False))


async def test_one_who_gives_up_waiting_takes_no_turn() -> None:
    throttle = Throttle(1, 0.02)
    await throttle.acquire()
    first = asyncio.ensure_future(throttle.acquire())
    second = asyncio.ensure_future(throttle.acquire())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait_for(second, 10)
    assert first.cancelled()
    assert len(throttle._task_logs) == 1
