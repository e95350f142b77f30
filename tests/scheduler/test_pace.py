import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import Gap
from scheduler.pace import HostPace, Throttle

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


# ---- the slowest of late ----


def test_the_step_is_that_of_the_slowest_answer_of_late() -> None:
    pace = HostPace(Gap(1.0, 0.5, 10.0))
    pace.took(3.0, 1)
    pace.took(0.1, 1)
    assert pace.step() > 2 * 3.0 * 0.8
    for _ in range(40):
        pace.took(0.1, 1)
    assert pace.step() < 0.7


def test_a_host_that_was_never_asked_is_taken_to_need_half_a_second() -> None:
    assert HostPace(Gap(1.0, 1.0, 10.0)).step() == pytest.approx(1.525)


def test_requests_per_visit_follow_what_visits_took() -> None:
    pace = HostPace(Gap())
    for _ in range(30):
        pace.took(0.4, 4)
    assert pace.requests_per_visit == pytest.approx(4.0, abs=0.1)
    pace.took(0.0, 0)
    assert pace.requests_per_visit == pytest.approx(4.0, abs=0.1)


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
