from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.deadlines import DAY_MS
from scheduler.probes import MOST_PER_DAY, PER_DAY, missed, next_probe_ms

NOW_MS = 1_790_000_000_000
SITES = [f"51{number:08d}" for number in range(759)]

KEYS = st.text(max_size=30)
TIMES = st.integers(-(10**15), 10**15)
RATES = st.integers(1, MOST_PER_DAY)


def times(key: str, after_ms: int, until_ms: int, per_day: int = PER_DAY) -> list[int]:
    found = []
    while (after_ms := next_probe_ms(key, after_ms, per_day)) <= until_ms:
        found.append(after_ms)
    return found


@given(KEYS, TIMES, RATES)
def test_neighbours_are_three_to_five_quarters_of_the_nominal_gap_apart(key: str, after: int, per_day: int) -> None:
    nominal = DAY_MS / per_day
    first = next_probe_ms(key, after, per_day)
    second = next_probe_ms(key, first, per_day)
    assert 0.75 * nominal <= second - first <= 1.25 * nominal


@given(KEYS, TIMES, RATES)
def test_the_next_probe_is_later_than_now_and_never_far_whatever_the_clock_says(key: str, now: int, per_day: int) -> None:
    assert now < next_probe_ms(key, now, per_day) <= now + 1.25 * DAY_MS / per_day


@given(KEYS, TIMES, RATES, st.integers(0, 10 * DAY_MS))
def test_the_grid_is_the_same_from_wherever_it_is_asked(key: str, start: int, per_day: int, ahead: int) -> None:
    due = next_probe_ms(key, start, per_day)
    asked = max(start, min(start + ahead, due - 1))
    assert next_probe_ms(key, asked, per_day) == due


@given(KEYS, TIMES)
def test_every_window_of_a_day_holds_at_least_twenty_four_probes(key: str, start: int) -> None:
    assert len(times(key, start, start + DAY_MS)) >= 25
    first = next_probe_ms(key, start)
    assert len(times(key, first, first + DAY_MS - 1)) >= 24  # the worst window opens just behind a probe


def test_a_week_gives_every_site_its_visits_on_every_day() -> None:
    for key in SITES[:40]:
        days = Counter((due - NOW_MS) // DAY_MS for due in times(key, NOW_MS, NOW_MS + 7 * DAY_MS - 1))
        assert set(days) == set(range(7))
        assert min(days.values()) >= 25


def test_the_sites_of_a_province_are_spread_over_every_minute() -> None:
    minutes = Counter((due - NOW_MS) // 60_000 for key in SITES for due in times(key, NOW_MS, NOW_MS + DAY_MS - 1))
    mean = 759 * PER_DAY / 1440
    assert sum(minutes.values()) == pytest.approx(759 * PER_DAY, rel=0.01)
    assert max(minutes.values()) <= mean + 5 * mean**0.5
    assert min(minutes.values()) >= 1


def test_after_an_outage_the_probes_go_on_as_if_there_had_been_none() -> None:
    back = NOW_MS + 3 * DAY_MS + 12_345
    minutes = Counter((next_probe_ms(key, back) - back) // 60_000 for key in SITES)
    mean = 759 * PER_DAY / 1440
    assert max(minutes.values()) <= mean + 5 * mean**0.5


def test_the_gaps_of_one_site_are_not_all_alike() -> None:
    gaps = {later - sooner for sooner, later in pairwise(times(SITES[0], NOW_MS, NOW_MS + 2 * DAY_MS))}
    assert len(gaps) > 40


@given(KEYS, TIMES, RATES, st.integers(0, 40))
def test_what_passed_is_counted_exactly(key: str, start: int, per_day: int, count: int) -> None:
    last = start
    for _ in range(count):
        last = next_probe_ms(key, last, per_day)
    assert missed(key, start, last, per_day) == count
    assert missed(key, start, next_probe_ms(key, last, per_day) - 1, per_day) == count


@given(KEYS, TIMES, st.integers(0, 400 * DAY_MS), st.integers(0, 400 * DAY_MS))
def test_counts_of_adjoining_spans_add_up(key: str, start: int, first: int, second: int) -> None:
    middle, end = start + first, start + first + second
    assert missed(key, start, middle) + missed(key, middle, end) == missed(key, start, end)


@given(KEYS, TIMES, st.integers(0, 400 * DAY_MS))
def test_nothing_was_missed_where_the_clock_went_back(key: str, now: int, back: int) -> None:
    assert missed(key, now, now - back) == 0


@pytest.mark.parametrize("per_day", [0, -1, MOST_PER_DAY + 1])
def test_a_rate_that_cannot_be_kept_is_refused(per_day: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 1440 times a day, not {per_day}"):
        next_probe_ms("k", NOW_MS, per_day)
    with pytest.raises(ValueError, match="times a day"):
        missed("k", NOW_MS, NOW_MS + 1, per_day)
