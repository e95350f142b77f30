"""A bridge's health: three ways to die, one alarm each time, and no alarm for what chance or a holiday explains."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.accounts.bridges import (
    DAY_MS,
    HOUR_MS,
    Alarm,
    BridgeHealth,
    Limits,
    Poll,
    alarm,
    expected_posts,
    forget,
    looked_at,
    polled,
)

START = 1_790_000_000_000
LIMITS = Limits()


class Watch:
    """A bridge with accounts that post at given days, polled every six hours; counts the alarms."""

    def __init__(self, accounts: int = 8, gap_days: float = 2.0, history_days: int = 40) -> None:
        self.now = START
        self.health = BridgeHealth()
        self.alarms: list[Alarm] = []
        self.gap_ms = round(gap_days * DAY_MS)
        self.accounts = accounts
        self.since = START - history_days * DAY_MS
        self.dead_from: int | None = None

    def posts(self, account: int) -> tuple[int, ...]:
        end = self.now if self.dead_from is None else min(self.now, self.dead_from)
        first = self.since + account * self.gap_ms // self.accounts
        return tuple(range(first, end, self.gap_ms))[-20:]

    def poll(self, account: int, ok: bool = True, scope: str = "bridge") -> None:
        told = Poll(
            f"a{account}", self.now, ok, "account" if scope == "account" else "bridge", self.posts(account) if ok else ()
        )
        self._take(polled(self.health, told))

    def sweep(self, ok: bool = True, scope: str = "bridge") -> None:
        for account in range(self.accounts):
            self.poll(account, ok, scope)

    def run(self, days: float, ok: bool = True, scope: str = "bridge") -> None:
        for _ in range(round(days * 4)):
            self.now += 6 * HOUR_MS
            self.sweep(ok, scope)

    def look(self) -> None:
        self._take(looked_at(self.health, self.now))

    def _take(self, after: BridgeHealth) -> None:
        told = alarm(self.health, after)
        if told:
            self.alarms.append(told)
        self.health = after


def test_nothing_is_known_before_the_first_answer() -> None:
    health = looked_at(BridgeHealth(), START)
    assert (health.state, health.believed) == ("unknown", False)


def test_a_bridge_whose_feeds_go_on_is_believed() -> None:
    watch = Watch()
    watch.run(10)
    assert (watch.health.state, watch.health.believed, watch.alarms) == ("ok", True, [])
    assert watch.health.last_ok_ms == watch.now


def test_a_bridge_that_fails_for_three_days_is_one_alarm_and_its_end_another() -> None:
    watch = Watch()
    watch.run(5)
    broke = watch.now + 6 * HOUR_MS
    watch.run(3, ok=False)
    assert (watch.health.state, watch.health.cause, watch.health.since_ms) == ("sick", "failing", broke)
    assert [told.kind for told in watch.alarms] == ["bridge_sick"]
    watch.run(2)
    assert watch.health.state == "ok"
    assert [told.kind for told in watch.alarms] == ["bridge_sick", "bridge_well"]


def test_a_bridge_that_answers_with_old_items_only_is_one_alarm_and_its_end_another() -> None:
    watch = Watch(accounts=12, gap_days=1.0)
    watch.run(5)
    watch.dead_from = watch.now
    watch.run(3)
    assert (watch.health.state, watch.health.cause, watch.health.believed) == ("sick", "all_silent", False)
    assert watch.health.since_ms == watch.health.life_ms
    assert watch.health.life_ms is not None
    assert watch.health.life_ms <= watch.dead_from
    watch.dead_from = None
    watch.run(1)
    assert watch.health.state == "ok"
    assert [told.kind for told in watch.alarms] == ["bridge_sick", "bridge_well"]


def test_empty_feeds_of_all_accounts_are_an_illness_and_of_one_are_none() -> None:
    watch = Watch()
    watch.run(2)
    watch.poll(0, ok=False, scope="account")
    assert watch.health.state == "ok"
    watch.run(1, ok=False, scope="account")
    assert (watch.health.state, watch.health.cause) == ("sick", "all_empty")
    assert len(watch.alarms) == 1


def test_one_failure_and_two_are_no_illness() -> None:
    watch = Watch()
    watch.run(1)
    watch.now += HOUR_MS
    watch.poll(0, ok=False)
    watch.now += 3 * HOUR_MS
    watch.poll(1, ok=False)
    assert watch.health.state == "ok"


def test_many_failures_within_an_hour_are_no_illness_yet() -> None:
    watch = Watch()
    watch.run(1)
    for account in range(8):
        watch.now += 60_000
        watch.poll(account, ok=False)
    assert watch.health.state == "ok"
    watch.now += 2 * HOUR_MS
    watch.look()
    assert (watch.health.state, watch.health.cause) == ("sick", "failing")


def test_a_single_sound_answer_does_not_end_an_illness() -> None:
    watch = Watch()
    watch.run(1)
    watch.run(1, ok=False)
    states = []
    for account in (0, 1):
        watch.poll(account)
        states.append(watch.health.state)
    assert states == ["sick", "ok"]


def test_a_bridge_that_flaps_is_not_an_alarm_per_answer() -> None:
    watch = Watch()
    watch.run(1)
    watch.run(1, ok=False)
    for account in range(8):
        watch.now += HOUR_MS
        watch.poll(account, ok=account % 2 == 0)
    assert [told.kind for told in watch.alarms] == ["bridge_sick"]


def test_a_weekend_without_posts_is_no_illness() -> None:
    watch = Watch(accounts=8, gap_days=2.0)
    watch.run(5)
    watch.dead_from = watch.now
    watch.run(2)
    assert (watch.health.state, watch.alarms) == ("ok", [])


def test_accounts_that_were_always_quiet_make_no_bridge_sick() -> None:
    watch = Watch(accounts=5, gap_days=20.0, history_days=400)
    watch.run(12)
    watch.dead_from = watch.now
    watch.run(20)
    assert (watch.health.state, watch.alarms) == ("ok", [])


def test_one_stale_account_among_lively_ones_leaves_the_bridge_well() -> None:
    watch = Watch(accounts=6, gap_days=1.0)
    for _ in range(80):
        watch.now += 6 * HOUR_MS
        watch.sweep()
        watch.health = polled(watch.health, Poll("stale", watch.now, True, posts=(START - 90 * DAY_MS,)))
    assert (watch.health.state, watch.alarms) == ("ok", [])


def test_the_silence_of_two_accounts_tells_nothing_of_their_bridge() -> None:
    watch = Watch(accounts=2, gap_days=0.5)
    watch.run(5)
    watch.dead_from = watch.now
    watch.run(6)
    assert (watch.health.state, watch.health.cause, watch.alarms) == ("unknown", "too_few", [])
    assert not watch.health.believed


def test_without_polls_nothing_is_known_and_an_illness_stays() -> None:
    watch = Watch()
    watch.run(1)
    watch.now += 3 * DAY_MS
    watch.look()
    assert (watch.health.state, watch.health.cause) == ("unknown", "not_polled")
    sick = Watch()
    sick.run(1)
    sick.run(1, ok=False)
    sick.now += 5 * DAY_MS
    sick.look()
    assert (sick.health.state, len(sick.alarms)) == ("sick", 1)


def test_posts_that_lie_ahead_are_no_proof_of_life() -> None:
    health = polled(BridgeHealth(), Poll("a", START, True, posts=(START + DAY_MS, START - DAY_MS)))
    assert health.life_ms == START - DAY_MS


def test_a_failed_poll_forgets_no_posts() -> None:
    health = polled(BridgeHealth(), Poll("a", START, True, posts=(START - DAY_MS,)))
    health = polled(health, Poll("a", START + HOUR_MS, False))
    assert health.accounts["a"].posts == (START - DAY_MS,)


def test_an_answer_known_already_is_sound_and_forgets_no_posts() -> None:
    health = polled(BridgeHealth(), Poll("a", START, True, posts=(START - DAY_MS,)))
    health = polled(health, Poll("a", START + HOUR_MS, True))
    assert (health.last_ok_ms, health.life_ms) == (START + HOUR_MS, START - DAY_MS)
    assert health.accounts["a"].posts == (START - DAY_MS,)


def test_accounts_no_longer_asked_are_forgotten() -> None:
    watch = Watch(accounts=3)
    watch.run(1)
    assert set(forget(watch.health, frozenset({"a1"})).accounts) == {"a1"}


def test_what_should_have_come_grows_with_the_silence() -> None:
    watch = Watch(accounts=10, gap_days=1.0)
    watch.run(3)
    life = watch.health.life_ms
    assert life is not None
    two, four = (expected_posts(watch.health, life + days * DAY_MS) for days in (2, 4))
    assert two == pytest.approx(20, rel=0.2)
    assert four == pytest.approx(2 * two)


def test_health_survives_being_written_down() -> None:
    watch = Watch(accounts=3)
    watch.run(2)
    assert msgspec.json.decode(msgspec.json.encode(watch.health), type=BridgeHealth) == watch.health


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(0, 12 * HOUR_MS)), max_size=80))
def test_alarms_come_in_pairs_whatever_happens(events: list[tuple[int, bool, int]]) -> None:
    health, now, told = BridgeHealth(), START, []
    for account, ok, later in events:
        now += later
        after = polled(health, Poll(f"a{account}", now, ok, posts=(now - HOUR_MS,) if ok else ()))
        said = alarm(health, after)
        told += [said.kind] if said else []
        health = after
    assert told == [("bridge_sick", "bridge_well")[n % 2] for n in range(len(told))]
    assert health.since_ms is None or health.since_ms <= now
