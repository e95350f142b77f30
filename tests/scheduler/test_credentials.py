"""A credential's states, one alert at the first change of each, and no use of it while it must rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.accounts.credentials import DAY_MS, HOUR_MS, Alert, Credential, Sign, State, Terms, passed, renewed, usable, used

START = 1_790_000_000_000
SIGNS: tuple[Sign, ...] = ("ok", "refused", "expired", "rate_limited", "banned")


def fresh(ends_ms: int | None = None) -> Credential:
    return renewed(Credential("hub"), START, ends_ms)


@pytest.mark.parametrize(
    ("sign", "state"),
    [("refused", "expired"), ("expired", "expired"), ("rate_limited", "rate_limited"), ("banned", "banned")],
)
def test_the_first_change_to_a_state_is_one_alert(sign: Sign, state: State) -> None:
    after, alert = used(fresh(), sign, START + 1)
    assert (after.state, alert) == (state, Alert("hub", state, START + 1))
    again, second = used(after, sign, START + 2)
    assert (again.state, second) == (state, None)


def test_what_works_is_ok_and_no_alert() -> None:
    after, alert = used(fresh(), "ok", START + 5)
    assert (after.state, alert, usable(after, START + 5)) == ("ok", None, True)


def test_its_end_is_told_before_it_comes_and_when_it_is_there() -> None:
    credential, told = fresh(START + 10 * DAY_MS), []
    for day in range(12):
        credential, alert = passed(credential, START + day * DAY_MS)
        if alert:
            told.append((alert.state, day))
        if day < 10:
            credential, alert = used(credential, "ok", START + day * DAY_MS + HOUR_MS)
            assert alert is None
    assert told == [("expiring", 7), ("expired", 10)]


def test_a_limited_credential_rests_and_then_is_used_again() -> None:
    after, _ = used(fresh(), "rate_limited", START, retry_after_s=7200)
    assert not usable(after, START + HOUR_MS)
    rested, alert = passed(after, START + 2 * HOUR_MS)
    assert (rested.state, alert, usable(rested, START + 2 * HOUR_MS)) == ("ok", None, True)


def test_each_limit_in_a_row_doubles_the_rest_up_to_a_day() -> None:
    credential, waits, now = fresh(), [], START
    for _ in range(8):
        credential, _ = used(credential, "rate_limited", now)
        assert credential.next_ms is not None
        waits.append((credential.next_ms - now) // HOUR_MS)
        now = credential.next_ms
        credential, _ = passed(credential, now)
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]


def test_a_limit_that_comes_and_goes_within_a_day_is_one_alert() -> None:
    credential, alerts, now = fresh(), 0, START
    for _ in range(5):
        credential, alert = used(credential, "rate_limited", now)
        alerts += alert is not None
        now += 3 * HOUR_MS
        credential, _ = used(credential, "ok", now)
        now += HOUR_MS
    assert alerts == 1


def test_after_a_calm_day_the_same_trouble_is_worth_telling_again() -> None:
    credential, _ = used(fresh(), "rate_limited", START)
    credential, _ = used(credential, "ok", START + 2 * HOUR_MS)
    credential, _ = passed(credential, START + 2 * HOUR_MS + DAY_MS)
    _, alert = used(credential, "rate_limited", START + 2 * DAY_MS)
    assert alert is not None


def test_a_banned_one_is_tried_once_a_day_and_no_limit_hides_the_ban() -> None:
    banned, _ = used(fresh(), "banned", START)
    assert not usable(banned, START + DAY_MS - 1)
    assert usable(banned, START + DAY_MS)
    after, alert = used(banned, "rate_limited", START + DAY_MS)
    assert (after.state, alert) == ("banned", None)


def test_one_that_works_after_its_end_is_ok_and_its_end_unknown() -> None:
    ended, _ = passed(fresh(START + HOUR_MS), START + 2 * HOUR_MS)
    assert (ended.state, usable(ended, START + 2 * HOUR_MS)) == ("expired", False)
    after, alert = used(ended, "ok", START + 3 * HOUR_MS)
    assert (after.state, after.ends_ms, alert, usable(after, START + 3 * HOUR_MS)) == ("ok", None, None, True)


def test_trouble_of_another_kind_is_another_alert() -> None:
    limited, _ = used(fresh(), "rate_limited", START)
    banned, alert = used(limited, "banned", START + 1)
    assert alert is not None
    assert (banned.state, alert.state) == ("banned", "banned")


def test_a_renewed_one_starts_anew() -> None:
    banned, _ = used(fresh(), "banned", START)
    again = renewed(banned, START + 5)
    assert (again.state, usable(again, START + 5)) == ("ok", True)
    assert used(again, "banned", START + 6)[1] is not None


@given(st.lists(st.tuples(st.sampled_from(SIGNS), st.integers(0, 2 * HOUR_MS)), max_size=12))
def test_within_a_calm_day_no_state_is_told_twice(events: list[tuple[Sign, int]]) -> None:
    credential, told, now = fresh(START + 30 * HOUR_MS), [], START
    terms = Terms(warn_ms=10 * HOUR_MS)
    for sign, later in events:
        now += later
        for after, alert in (passed(credential, now, terms), used(passed(credential, now, terms)[0], sign, now, terms=terms)):
            credential = after
            told += [alert.state] if alert else []
    assert len(told) == len(set(told))
    assert "ok" not in told
