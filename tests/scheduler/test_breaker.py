import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcomes import OUTCOMES
from crawler.records import Outcome
from scheduler.breaker import TRIAL_S, Breaker, BreakerSettings, effect_of

EVERY: list[tuple[Outcome, str | None]] = [
    (outcome, reason) for outcome, row in OUTCOMES.items() for reason in (row.reasons or (None,))
]
OURS = ("loop_lag", "queue_delay", "canary", "local_network", "resolver", "stopping", "deadline", "breaker_open", "robots")


def opened(at: float = 100.0) -> Breaker:
    """A breaker that opened at `at`, its cool-off 60 s."""
    breaker = Breaker()
    for _ in range(3):
        breaker.saw(at, "connect", "refused")
    return breaker


def refused(times: int) -> tuple[Breaker, float]:
    """A breaker whose host failed so many trials, each made at once when it might be; and the time."""
    breaker = opened()
    now = breaker.open_until
    for _ in range(times):
        now = breaker.open_until
        breaker.begin_trial(now)
        breaker.saw(now, "timeout", "connect")
    return breaker, now


# ---- what counts ----


@pytest.mark.parametrize(("outcome", "reason"), EVERY)
def test_what_may_be_counted_against_a_site_counts_as_down_and_an_answer_as_up(outcome: Outcome, reason: str | None) -> None:
    meaning = OUTCOMES[outcome].availability
    effect = effect_of(outcome, reason)
    if meaning == "fails":
        assert effect == "down"
    elif outcome not in ("inconclusive", "internal", "not_observable"):
        assert effect == "up"


@pytest.mark.parametrize("reason", OURS)
def test_causes_of_ours_say_nothing_of_the_host(reason: str) -> None:
    breaker = Breaker()
    for now in range(10):
        breaker.saw(now, "inconclusive", reason)
    assert breaker.state(10.0) == "closed"
    assert breaker.idle


@pytest.mark.parametrize("reason", ["servfail", "no_address", "not_confirmed"])
def test_a_name_that_leads_nowhere_opens_it(reason: str) -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.saw(0.0, "inconclusive", reason)
    assert breaker.state(1.0) == "open"


def test_errors_and_challenges_never_open_it() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.saw(0.0, "http_error", "unavailable")
        breaker.saw(0.0, "challenged", "captcha")
        breaker.saw(0.0, "inconclusive", "retry_after")
    assert breaker.state(0.0) == "closed"


# ---- its states ----


def test_it_opens_after_three_failures_in_a_row() -> None:
    breaker = Breaker()
    breaker.saw(0.0, "connect", "refused")
    breaker.saw(1.0, "timeout", "first_byte")
    assert (breaker.state(2.0), breaker.failures) == ("closed", 2)
    breaker.saw(2.0, "tls", "closed")
    assert (breaker.state(2.0), breaker.open_until) == ("open", 62.0)


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker()
    for now in range(30):
        if now % 3 == 2:
            breaker.saw(now, "ok", None)
        else:
            breaker.saw(now, "timeout", "connect")
        assert breaker.state(now) == "closed"


def test_after_its_cool_off_it_is_half_open_and_a_success_closes_it() -> None:
    breaker = opened(100.0)
    assert (breaker.state(159.9), breaker.state(160.0)) == ("open", "half_open")
    breaker.begin_trial(160.0)
    breaker.saw(161.0, "http_error", "not_found")
    assert breaker.state(161.0) == "closed"
    assert breaker.idle


def test_each_trial_that_fails_doubles_the_cool_off_up_to_an_hour() -> None:
    breaker = opened()
    waits = []
    for _ in range(9):
        now = breaker.open_until
        breaker.begin_trial(now)
        breaker.saw(now, "timeout", "connect")
        waits.append(breaker.open_until - now)
    assert waits == [120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0, 3600.0, 3600.0]


def test_a_name_that_a_trial_too_does_not_find_is_left_for_six_hours() -> None:
    breaker = Breaker()
    for _ in range(3):
        breaker.saw(0.0, "dns", "nxdomain")
    assert breaker.open_until == 60.0
    breaker.begin_trial(60.0)
    breaker.saw(61.0, "dns", "nxdomain")
    assert breaker.open_until == 61.0 + 6 * 3600


def test_it_begins_with_a_short_cool_off_again_after_it_was_closed() -> None:
    breaker, now = refused(5)
    breaker.saw(now, "ok", None)
    for _ in range(3):
        breaker.saw(now, "connect", "refused")
    assert breaker.open_until == now + 60.0
    assert breaker.holding(now)


def test_its_numbers_are_settings() -> None:
    breaker = Breaker(BreakerSettings(failures=1, first_s=5.0, most_s=7.0))
    breaker.saw(0.0, "connect", "reset")
    assert breaker.open_until == 5.0
    breaker.saw(5.0, "connect", "reset")
    assert breaker.open_until == 12.0


def test_it_can_be_switched_off() -> None:
    breaker = Breaker(BreakerSettings(failures=0))
    for now in range(100):
        breaker.saw(now, "connect", "refused")
    assert breaker.state(100.0) == "closed"


# ---- probes ----


def test_a_probe_that_gets_through_closes_it_before_its_time() -> None:
    breaker = opened(100.0)
    breaker.saw(110.0, "ok", None, probe=True)
    assert breaker.state(110.0) == "closed"


def test_a_failure_during_the_cool_off_changes_nothing() -> None:
    breaker = opened(100.0)
    breaker.saw(115.0, "timeout", "connect", probe=True)
    breaker.saw(116.0, "timeout", "connect")
    assert breaker.open_until == 160.0
    assert not breaker.ends_visits(117.0)


def test_a_probe_that_fails_after_the_cool_off_is_the_trial_that_failed() -> None:
    breaker = opened(100.0)
    breaker.saw(170.0, "timeout", "connect", probe=True)
    assert breaker.open_until == 170.0 + 120.0
    assert breaker.ends_visits(171.0)


# ---- held, then ended ----


def test_visits_are_held_until_the_first_trial_and_end_only_when_it_failed() -> None:
    breaker = opened(100.0)
    assert (breaker.holding(130.0), breaker.ends_visits(130.0)) == (True, False)
    breaker.begin_trial(160.0)
    assert (breaker.holding(161.0), breaker.ends_visits(161.0)) == (True, False)
    breaker.saw(175.0, "timeout", "connect")
    assert (breaker.holding(176.0), breaker.ends_visits(176.0)) == (False, True)


def test_a_hiccup_of_a_minute_ends_no_visit() -> None:
    breaker = opened(100.0)
    ended = [breaker.ends_visits(now) for now in range(100, 160)]
    breaker.begin_trial(160.0)
    breaker.saw(160.4, "ok", None)
    assert not any(ended)
    assert not breaker.holding(161.0)


def test_while_a_later_trial_is_under_way_the_others_wait() -> None:
    breaker, _ = refused(2)
    now = breaker.open_until
    breaker.begin_trial(now)
    assert breaker.trying(now)
    assert (breaker.holding(now), breaker.ends_visits(now)) == (True, False)


def test_a_trial_that_nothing_was_learned_from_is_made_again() -> None:
    breaker = opened(100.0)
    breaker.begin_trial(160.0)
    breaker.saw(161.0, "inconclusive", "local_network")
    assert breaker.state(161.0) == "half_open"
    assert not breaker.trying(161.0)
    assert not breaker.holding(161.0)


def test_a_trial_whose_crawler_died_does_not_hold_for_ever() -> None:
    breaker = opened(100.0)
    breaker.begin_trial(160.0)
    assert breaker.holding(160.0 + TRIAL_S - 1)
    assert not breaker.holding(160.0 + TRIAL_S)
    assert breaker.state(160.0 + TRIAL_S) == "half_open"


def test_no_trial_begins_while_it_is_closed_or_open() -> None:
    closed, open_ = Breaker(), opened(100.0)
    closed.begin_trial(100.0)
    open_.begin_trial(100.0)
    assert not closed.trying(101.0)
    assert not open_.trying(101.0)


@given(st.lists(st.tuples(st.floats(0, 5000), st.sampled_from(EVERY), st.booleans(), st.booleans()), max_size=60))
def test_whatever_happens_its_answers_agree(events: list[tuple[float, tuple[Outcome, str | None], bool, bool]]) -> None:
    breaker, now = Breaker(), 0.0
    for later, (outcome, reason), probe, tried in events:
        now += later
        if tried:
            breaker.begin_trial(now)
        breaker.saw(now, outcome, reason, probe)
        state = breaker.state(now)
        assert not (breaker.holding(now) and breaker.ends_visits(now))
        assert (state == "open") == (now < breaker.open_until)
        if effect_of(outcome, reason) == "up":
            assert (state, breaker.failures) == ("closed", 0)
        if breaker.ends_visits(now):
            assert state == "open"
        assert breaker.open_until <= now + 6 * 3600
        if state == "closed":
            assert not breaker.holding(now)
            assert breaker.failures < 3
