from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import instant_ms
from scheduler.deadlines import DAY_MS, Periods
from scheduler.revisit import (
    HOUR_MS,
    LEAST_MS,
    Hours,
    Looked,
    Policy,
    after_outage,
    first_look,
    made_up_ms,
    next_look,
    share,
)

POLICY = Policy()
AT_MS = instant_ms("2026-11-20T09:15:00+08:00")
DEADLINE_MS = instant_ms("2026-12-05T00:00:00+08:00")  # of a news column whose newest item is of 2026-11-20
BASE_MS = 12 * HOUR_MS
BEFORE_MS = 12 * HOUR_MS
AFTER_MS = 6 * HOUR_MS
KEYS = [f"5115000001/c{number}" for number in range(200)]

CATEGORIES = st.sampled_from([*Hours.__struct_fields__, "probe", "no such word"])
INSTANTS = st.integers(-(10**15), 10**15)
SPANS = st.integers(0, 10**13)
NEWEST = st.one_of(
    st.none(),
    st.sampled_from(["2026-11", "rubbish", "", "9999-12-31"]),
    st.dates().map(str),
    st.datetimes().map(lambda t: f"{t}+08:00"),
)
LOOKS = st.builds(
    Looked,
    CATEGORIES,
    st.text(max_size=20),
    INSTANTS,
    INSTANTS,
    failures=st.integers(-1, 5),
    changed=st.booleans(),
    newest=NEWEST,
    interval_ms=st.one_of(st.just(0), st.integers(-5, 10**13)),
    unread_ours=st.booleans(),
    last_ms=st.one_of(st.just(0), INSTANTS),
)


def looked(at_ms: int = AT_MS, key: str = KEYS[0], **more: Any) -> Looked:
    return msgspec.structs.replace(Looked("news", key, at_ms - 500, at_ms, interval_ms=BASE_MS), **more)


def test_an_unchanged_column_is_looked_at_less_and_less_often_up_to_the_cap() -> None:
    intervals = [BASE_MS]
    for _ in range(6):
        intervals.append(next_look(POLICY, looked(interval_ms=intervals[-1])).interval_ms)
    assert [interval / HOUR_MS for interval in intervals] == [12, 18, 27, 40.5, 48, 48, 48]


def test_a_changing_column_is_looked_at_more_and_more_often_down_to_the_floor() -> None:
    intervals = [4 * BASE_MS]
    for _ in range(4):
        intervals.append(next_look(POLICY, looked(interval_ms=intervals[-1], changed=True)).interval_ms)
    assert [interval / HOUR_MS for interval in intervals] == [48, 24, 12, 6, 6]


@pytest.mark.parametrize(("category", "hours"), [("home", 6), ("account", 12), ("notice", 24), ("plan", 48), ("what", 48)])
def test_the_first_interval_is_the_categorys_base(category: str, hours: float) -> None:
    for changed in (True, False):
        assert next_look(POLICY, looked(category=category, interval_ms=0, changed=changed)).interval_ms == hours * HOUR_MS


def test_every_target_shortens_its_interval_by_its_own_fixed_share_of_up_to_a_tenth() -> None:
    parts = [(next_look(POLICY, looked(key=key, changed=True)).due_ms - AT_MS) / (BASE_MS / 2) for key in KEYS]
    assert 0.9 <= min(parts) < 0.91
    assert 0.99 < max(parts) <= 1.0
    assert len(set(parts)) == len(KEYS)
    assert parts == [pytest.approx(1 - share(key) / 10, abs=1e-6) for key in KEYS]


def test_the_looks_after_the_first_ones_are_spread_over_the_whole_interval() -> None:
    dues = sorted(next_look(POLICY, looked(key=key, interval_ms=0)).due_ms - AT_MS for key in KEYS)
    assert 0.1 * BASE_MS <= dues[0] < 0.15 * BASE_MS
    assert 0.95 * BASE_MS < dues[-1] <= BASE_MS
    for tenth in range(1, 10):
        assert 5 <= sum(tenth <= 10 * due / BASE_MS < tenth + 1 for due in dues) <= 45


@pytest.mark.parametrize(
    ("gap", "changed", "hours"),
    [(5, False, 12), (6, False, 18), (23, True, 6), (25, True, 12), (-9000, False, 12), (-9000, True, 6), (9000, False, 18)],
)
def test_a_look_too_soon_or_too_late_after_the_last_says_nothing_of_the_interval(gap: int, changed: bool, hours: float) -> None:
    after = next_look(POLICY, looked(last_ms=AT_MS - gap * HOUR_MS, changed=changed))
    assert after.interval_ms == hours * HOUR_MS


def test_a_failure_keeps_the_interval_and_adds_one_second_look() -> None:
    for key in KEYS:
        after = next_look(POLICY, looked(key=key, failures=1, interval_ms=2 * BASE_MS))
        assert after.interval_ms == 2 * BASE_MS
        assert 1 * HOUR_MS <= after.due_ms - AT_MS <= 3 * HOUR_MS


def test_later_failures_keep_to_the_interval() -> None:
    for failures in (2, 3, 50):
        after = next_look(POLICY, looked(failures=failures, interval_ms=2 * BASE_MS))
        assert after.interval_ms == 2 * BASE_MS
        assert after.due_ms - AT_MS >= 0.9 * 2 * BASE_MS


def test_a_second_look_is_never_later_than_the_ordinary_one() -> None:
    hasty = Policy(base=Hours(news=0.5))
    assert next_look(hasty, looked(failures=1, interval_ms=HOUR_MS // 2)).due_ms <= AT_MS + HOUR_MS // 2


def test_a_cause_of_ours_has_no_second_look_and_keeps_the_interval() -> None:
    for failures in (0, 1, 2):
        after = next_look(POLICY, looked(failures=failures, unread_ours=True))
        assert after.interval_ms == BASE_MS
        assert 0.9 * BASE_MS <= after.due_ms - AT_MS <= BASE_MS


def test_a_column_is_looked_at_shortly_before_and_shortly_after_its_deadline() -> None:
    slow = Policy(base=Hours(news=24 * 40.0), cap=1.0)
    for key in KEYS:
        at, looks = AT_MS, []
        while at < DEADLINE_MS + DAY_MS:
            looks.append(at)
            at = next_look(slow, looked(at, key, newest="2026-11-20", interval_ms=slow.base_ms("news"))).due_ms
        assert len(looks) == 3
        assert DEADLINE_MS - BEFORE_MS <= looks[1] < DEADLINE_MS <= looks[2] <= DEADLINE_MS + AFTER_MS


def test_a_look_that_would_fall_shortly_behind_the_deadline_does_not_replace_the_one_before_it() -> None:
    for key in KEYS:
        at = DEADLINE_MS + HOUR_MS - 3 * BASE_MS
        after = next_look(POLICY, looked(at, key, newest="2026-11-20", interval_ms=3 * BASE_MS, unread_ours=True))
        assert DEADLINE_MS - BEFORE_MS <= after.due_ms < DEADLINE_MS


def test_the_look_before_a_deadline_leaves_time_for_another_try() -> None:
    for key in KEYS:
        own = int(3 * BASE_MS * (1 - share(key) / 10))
        at = DEADLINE_MS - HOUR_MS - own
        after = next_look(POLICY, looked(at, key, newest="2026-11-20", interval_ms=3 * BASE_MS, unread_ours=True))
        assert DEADLINE_MS - BEFORE_MS <= after.due_ms <= DEADLINE_MS - BEFORE_MS / 4


def test_a_look_an_hour_before_the_deadline_that_read_nothing_is_taken_again_half_way_to_it() -> None:
    for key in KEYS:
        for failures in (1, 2):
            after = next_look(POLICY, looked(DEADLINE_MS - HOUR_MS, key, newest="2026-11-20", failures=failures))
            assert after.due_ms == DEADLINE_MS - HOUR_MS // 2


def test_tries_before_a_deadline_come_no_closer_than_ten_minutes() -> None:
    at = DEADLINE_MS - 60_000
    after = next_look(POLICY, looked(at, newest="2026-11-20", failures=2))
    assert after.due_ms == at + 600_000


def test_a_look_at_the_very_instant_of_the_deadline_is_the_one_behind_it() -> None:
    for key in KEYS:
        after = next_look(POLICY, looked(DEADLINE_MS, key, newest="2026-11-20"))
        assert after.due_ms == next_look(POLICY, looked(DEADLINE_MS, key)).due_ms


def test_the_look_behind_a_deadline_is_no_burst_with_one_just_before_it() -> None:
    dues = [next_look(POLICY, looked(DEADLINE_MS - 1, f"k{n}", newest="2026-11-20")).due_ms for n in range(3000)]
    assert min(dues) == DEADLINE_MS - 1 + LEAST_MS
    assert max(dues) <= DEADLINE_MS + AFTER_MS


@pytest.mark.parametrize("category", ["home", "account", "news", "notice", "policy", "personnel", "plan"])
@pytest.mark.parametrize("every", [2, 3, 1000])
def test_a_column_that_falls_silent_is_read_on_both_sides_of_its_deadline_though_looks_fail(category: str, every: int) -> None:
    for key in KEYS[:20]:
        at, interval, failures, last, read, number = AT_MS, 0, 0, 0, [], 0
        deadline = AT_MS + 1
        while at <= deadline + AFTER_MS:
            number += 1
            failures = failures + 1 if number % every == 0 else 0
            read += [] if failures else [at]
            look = Looked(category, key, at, at, failures, number == 1, "2026-11-20", interval, last_ms=last)
            after = next_look(POLICY, look)
            assert after.deadline_ms is not None
            deadline, interval, last, at = after.deadline_ms, after.interval_ms, at, after.due_ms
        assert any(deadline - BEFORE_MS <= moment < deadline for moment in read)
        assert any(deadline <= moment <= deadline + AFTER_MS + 3 * HOUR_MS for moment in [*read, at])


def test_the_looks_around_one_midnight_are_spread() -> None:
    slow = Policy(base=Hours(news=24 * 40.0), cap=1.0)
    for at, width in ((AT_MS, BEFORE_MS), (DEADLINE_MS - 1000, AFTER_MS)):
        dues = sorted(next_look(slow, looked(at, key, newest="2026-11-20", interval_ms=0)).due_ms for key in KEYS)
        assert max(sum(due <= other < due + width / 10 for other in dues) for due in dues) <= 50


def test_an_ordinary_look_that_falls_into_the_span_needs_no_other() -> None:
    at = DEADLINE_MS - 15 * HOUR_MS
    with_deadline = next_look(POLICY, looked(at, newest="2026-11-20", changed=True, interval_ms=BASE_MS))
    assert with_deadline.due_ms == next_look(POLICY, looked(at, changed=True, interval_ms=BASE_MS)).due_ms
    assert DEADLINE_MS - BEFORE_MS <= with_deadline.due_ms < DEADLINE_MS


@pytest.mark.parametrize("trouble", [{"failures": 2}, {"failures": 7}, {"unread_ours": True}])
@pytest.mark.parametrize("hours", [-11, -1, 0, 5])
def test_a_look_around_the_deadline_that_read_nothing_is_taken_again(hours: int, trouble: dict[str, Any]) -> None:
    for key in KEYS:
        at = DEADLINE_MS + hours * HOUR_MS
        after = next_look(POLICY, looked(at, key, newest="2026-11-20", interval_ms=4 * BASE_MS, **trouble))
        assert after.due_ms <= at + 3 * HOUR_MS
        assert after.interval_ms == 4 * BASE_MS


@pytest.mark.parametrize("trouble", [{"failures": 2}, {"unread_ours": True}])
def test_a_deadline_long_past_pulls_nothing_in(trouble: dict[str, Any]) -> None:
    at = DEADLINE_MS + AFTER_MS + 1
    plain = next_look(POLICY, looked(at, **trouble)).due_ms
    assert next_look(POLICY, looked(at, newest="2026-11-20", **trouble)).due_ms == plain


@pytest.mark.parametrize(
    ("hours_to_deadline", "soon"), [(73, False), (72, True), (1, True), (0, False), (-1, False), (24 * 300, False)]
)
def test_due_soon_is_said_in_the_days_before_the_deadline_only(hours_to_deadline: int, soon: bool) -> None:
    after = next_look(POLICY, looked(DEADLINE_MS - hours_to_deadline * HOUR_MS, newest="2026-11-20"))
    assert after.deadline_ms == DEADLINE_MS
    assert after.due_soon is soon


def test_the_days_of_due_soon_are_a_setting() -> None:
    early = Policy(due_soon_days=7)
    assert next_look(early, looked(DEADLINE_MS - 7 * DAY_MS, newest="2026-11-20")).due_soon
    assert not next_look(early, looked(DEADLINE_MS - 7 * DAY_MS - 1, newest="2026-11-20")).due_soon


@pytest.mark.parametrize(
    ("category", "newest"), [("other", "2026-11-20"), ("news", None), ("news", "soon"), ("probe", "2026-11-20")]
)
def test_without_a_rule_or_a_date_there_is_no_deadline(category: str, newest: str | None) -> None:
    after = next_look(POLICY, looked(category=category, newest=newest))
    assert (after.deadline_ms, after.due_soon) == (None, False)


def test_an_operators_period_moves_the_deadline() -> None:
    without = Policy(periods=Periods(news=None))
    assert next_look(without, looked(DEADLINE_MS - 1, newest="2026-11-20")).deadline_ms is None


@given(LOOKS)
def test_the_next_look_is_later_than_the_last_and_within_the_longest_interval(look: Looked) -> None:
    after = next_look(POLICY, look)
    assert look.at_ms + LEAST_MS <= after.due_ms <= look.at_ms + POLICY.longest_ms(look.category)
    assert after.due_ms != look.due_ms
    base = POLICY.base_ms(look.category)
    assert base * POLICY.floor <= after.interval_ms <= base * POLICY.cap
    assert after == next_look(POLICY, look)


@given(LOOKS)
def test_a_due_time_is_never_given_twice_running(look: Looked) -> None:
    due = next_look(POLICY, look).due_ms
    stepped_back = msgspec.structs.replace(look, due_ms=due)
    assert next_look(POLICY, stepped_back).due_ms == due + 1


@given(LOOKS, st.integers(0, 10**12))
def test_a_deadline_only_ever_brings_a_look_forward(look: Looked, to_deadline: int) -> None:
    with_date = msgspec.structs.replace(look, category="news", newest="2026-11-20", at_ms=DEADLINE_MS - to_deadline, last_ms=0)
    without = msgspec.structs.replace(with_date, newest=None)
    assert next_look(POLICY, with_date).due_ms <= next_look(POLICY, without).due_ms + 1


@given(CATEGORIES, st.text(max_size=20), INSTANTS)
def test_a_first_look_comes_within_the_first_spread(category: str, key: str, now: int) -> None:
    assert now + LEAST_MS <= first_look(POLICY, category, key, now) <= now + POLICY.first_spread_hours * HOUR_MS


def test_first_looks_fill_the_first_spread_evenly() -> None:
    waits = [first_look(POLICY, "news", key, AT_MS) - AT_MS for key in KEYS]
    for quarter in range(4):
        assert 30 <= sum(quarter <= wait / HOUR_MS * 2 < quarter + 1 for wait in waits) <= 70


@given(CATEGORIES, st.text(max_size=20), INSTANTS, INSTANTS, SPANS, st.integers(0, 10**10), st.booleans())
def test_after_an_outage_a_target_is_due_later_than_now_and_within_the_longest_interval(
    category: str, key: str, due: int, now: int, outage: int, interval: int, early: bool
) -> None:
    again = after_outage(POLICY, category, key, due, now, outage, interval, early)
    assert now < again <= now + POLICY.longest_ms(category)
    assert after_outage(POLICY, category, key, again, now, outage, interval) == again


@given(CATEGORIES, st.text(max_size=20), INSTANTS, SPANS, st.integers(0, 10**10), st.data())
def test_a_due_time_still_to_come_is_kept(
    category: str, key: str, now: int, outage: int, interval: int, data: st.DataObject
) -> None:
    due = now + data.draw(st.integers(1, POLICY.longest_ms(category)))
    assert after_outage(POLICY, category, key, due, now, outage, interval) == due


def test_a_due_time_a_year_ahead_is_a_wrong_clocks_and_is_given_anew_over_the_interval() -> None:
    waits = [after_outage(POLICY, "news", key, AT_MS + 365 * DAY_MS, AT_MS, 0, BASE_MS) - AT_MS for key in KEYS]
    for quarter in range(4):
        assert 25 <= sum(quarter <= 4 * wait / BASE_MS < quarter + 1 for wait in waits) <= 75


def test_a_short_outage_is_made_up_within_seven_times_its_length() -> None:
    outage = HOUR_MS
    waits = [after_outage(POLICY, "plan", key, AT_MS - 1, AT_MS, outage, 4 * 48 * HOUR_MS) - AT_MS for key in KEYS]
    assert 6 * HOUR_MS < max(waits) <= made_up_ms(POLICY, AT_MS, outage) - AT_MS


def test_nobody_is_looked_at_early_while_an_earlier_outage_is_being_made_up() -> None:
    outage, interval = 2 * HOUR_MS, 20 * HOUR_MS
    for key in KEYS:
        own = interval * (1 - share(key) / 10)
        wait = after_outage(POLICY, "news", key, AT_MS - 1, AT_MS, outage, interval, early=False) - AT_MS - LEAST_MS
        assert own - outage - 1 <= wait <= own


def test_what_is_made_up_ends_within_the_longest_interval() -> None:
    assert made_up_ms(POLICY, AT_MS, 0) == AT_MS + LEAST_MS
    assert made_up_ms(POLICY, AT_MS, 9 * 365 * DAY_MS) <= AT_MS + POLICY.longest_ms("plan") + LEAST_MS


@pytest.mark.parametrize(
    "wrong",
    [
        {"cap": 0.9},
        {"floor": 0.0},
        {"floor": 1.1},
        {"grow": 0.5},
        {"shrink": 2.0},
        {"catch_up": 0.3},
        {"catch_up": 0.0},
        {"second_look_hours": 0.0},
        {"look_before_hours": float("nan")},
        {"due_soon_days": -1.0},
        {"base": Hours(news=0.0)},
        {"base": Hours(other=float("inf"))},
    ],
)
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        Policy(**wrong)
