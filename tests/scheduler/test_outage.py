"""Due times after an outage and after a clock that was set."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.calendar import Revisit
from scheduler.ledger import Ledger, Update
from scheduler.outage import TOO_FAR_MS, WORTH_MS, ClockWatch, Outage, Stillness, shift, since_last_line, spread
from scheduler.revisit import HOUR_MS, Policy
from scheduler.state import State, encode_state
from tests.scheduler.builders import BEGINNING, START_MS, populate

NOW = START_MS + 100 * HOUR_MS
CALENDAR = Revisit(Policy(), 26)


class Hands:
    """A clock moved by hand: `wall` in ms, `going` in seconds."""

    def __init__(self) -> None:
        self.wall, self.going = START_MS, 0.0

    def now_ms(self) -> int:
        return self.wall

    def monotonic(self) -> float:
        return self.going

    def goes(self, seconds: float, set_by_ms: int = 0) -> None:
        self.going += seconds
        self.wall += round(seconds * 1000) + set_by_ms


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    populate(ledger, {"a.test": [f"k{number}" for number in range(400)]}, due=NOW - 1000)
    populate(ledger, {"b.test": [f"p{number}" for number in range(20)]}, due=NOW - 1000, kind="probe")
    yield ledger
    ledger.close()


def dues(ledger: Ledger, lane: int = 0) -> dict[str, int]:
    rows = ledger.transaction().execute(
        "SELECT key, due FROM targets JOIN states USING (id) WHERE due IS NOT NULL AND lane = ?", (lane,)
    )
    return dict(rows)


def set_due(ledger: Ledger, key: str, due: int | None) -> None:
    ledger.transaction().execute("UPDATE states SET due = ? WHERE id = (SELECT id FROM targets WHERE key = ?)", (due, key))


# ---- spreading ----


def test_every_due_time_that_passed_is_given_anew_and_counted(ledger: Ledger) -> None:
    assert spread(ledger, CALENDAR, Outage(NOW - 2 * HOUR_MS, NOW)) == 420
    assert min(dues(ledger).values()) >= NOW + 60_000
    assert min(dues(ledger, 1).values()) > NOW


def test_due_times_still_to_come_stay(ledger: Ledger) -> None:
    set_due(ledger, "k0", NOW + 5)
    set_due(ledger, "k1", NOW + 10 * HOUR_MS)
    assert spread(ledger, CALENDAR, Outage(NOW - HOUR_MS, NOW)) == 418
    assert (dues(ledger)["k0"], dues(ledger)["k1"]) == (NOW + 5, NOW + 10 * HOUR_MS)


def test_what_is_paused_or_withdrawn_stays_so(ledger: Ledger) -> None:
    set_due(ledger, "k0", None)
    spread(ledger, CALENDAR, Outage(NOW - HOUR_MS, NOW))
    assert "k0" not in dues(ledger)


def test_a_due_time_further_ahead_than_any_interval_was_given_by_a_wrong_clock(ledger: Ledger) -> None:
    set_due(ledger, "k0", NOW + TOO_FAR_MS + 1)
    spread(ledger, CALENDAR, Outage(NOW - HOUR_MS, NOW))
    assert NOW < dues(ledger)["k0"] < NOW + TOO_FAR_MS


@pytest.mark.parametrize("hours", [0.1, 1, 6, 48, 500])
def test_after_an_outage_of_any_length_no_minute_sees_a_rush(ledger: Ledger, hours: float) -> None:
    spread(ledger, CALENDAR, Outage(NOW - int(hours * HOUR_MS), NOW))
    at = sorted(dues(ledger).values())
    busiest = max(sum(1 for due in at if start <= due < start + 60_000) for start in at)
    assert busiest <= 25  # 400 looks over 40 minutes at least: ten a minute, and chance


def test_probes_go_back_to_their_grid(ledger: Ledger) -> None:
    spread(ledger, CALENDAR, Outage(NOW - 10 * HOUR_MS, NOW))
    assert max(dues(ledger, 1).values()) <= NOW + 1.26 * 24 * HOUR_MS / 26


def test_a_second_outage_while_the_first_is_made_up_brings_nothing_early(ledger: Ledger) -> None:
    spread(ledger, CALENDAR, Outage(NOW - HOUR_MS, NOW))
    for key in dues(ledger):
        set_due(ledger, key, NOW + 1)
    back = NOW + 2 * HOUR_MS
    spread(ledger, CALENDAR, Outage(NOW, back))
    assert min(dues(ledger).values()) > back + HOUR_MS


def test_the_outage_that_a_start_ends_began_with_the_oldest_due_time(ledger: Ledger) -> None:
    set_due(ledger, "k7", NOW - 3 * HOUR_MS)
    assert since_last_line(ledger, NOW) == Outage(NOW - 3 * HOUR_MS, NOW)


def test_a_start_with_nothing_due_ends_no_outage(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    assert since_last_line(ledger, NOW).length_ms == 0
    assert spread(ledger, CALENDAR, since_last_line(ledger, NOW)) == 0
    ledger.close()


# ---- a clock that was set ----


@pytest.mark.parametrize("by_ms", [-HOUR_MS, HOUR_MS, 366 * 24 * HOUR_MS])
def test_all_due_times_move_with_the_clock(ledger: Ledger, by_ms: int) -> None:
    set_due(ledger, "k0", None)
    before = dues(ledger)
    shift(ledger, by_ms, NOW + by_ms)
    assert dues(ledger) == {key: due + by_ms for key, due in before.items()}


def test_a_due_time_that_the_new_clock_gave_already_is_not_moved_again(ledger: Ledger) -> None:
    year = 366 * 24 * HOUR_MS
    found, other = ledger.state_of("home", "k0"), ledger.state_of("home", "k1")
    assert found is not None
    assert other is not None
    for (identifier, *_), at in ((found, NOW + year - 500), (other, NOW - 500)):
        ledger.commit([Update(encode_state(State(1, at, "ok")), at + HOUR_MS, None, identifier)], BEGINNING, "")
    shift(ledger, year, NOW + year)
    assert dues(ledger)["k0"] == NOW + year - 500 + HOUR_MS
    assert dues(ledger)["k1"] == NOW - 500 + HOUR_MS + year


def test_a_clock_that_goes_is_not_taken_for_one_that_was_set() -> None:
    hands = Hands()
    watch = ClockWatch(hands)
    for seconds in (1.0, 3600.0, 1e6):
        hands.goes(seconds)
        assert watch.jumped_ms() == 0


def test_small_corrections_are_followed_and_do_not_add_up_to_a_jump() -> None:
    hands = Hands()
    watch = ClockWatch(hands)
    for _ in range(100):
        hands.goes(1.0, set_by_ms=5000)
        assert watch.jumped_ms() == 0


@pytest.mark.parametrize("by_ms", [-61_000, 61_000, 366 * 86_400_000, -366 * 86_400_000])
def test_a_jump_is_told_once(by_ms: int) -> None:
    hands = Hands()
    watch = ClockWatch(hands)
    hands.goes(10.0, set_by_ms=by_ms)
    assert watch.jumped_ms() == by_ms
    assert watch.jumped_ms() == 0


# ---- how long nothing was looked at ----


def test_an_outage_is_told_when_it_is_over() -> None:
    hands = Hands()
    stillness = Stillness(hands)
    assert stillness.is_still(True) is None
    hands.goes(600)
    assert stillness.is_still(True) is None
    assert stillness.is_still(False) == Outage(START_MS, START_MS + 600_000)
    assert stillness.is_still(False) is None


def test_a_short_outage_is_not_worth_a_word() -> None:
    hands = Hands()
    stillness = Stillness(hands)
    stillness.is_still(True)
    hands.goes(WORTH_MS / 1000 - 1)
    assert stillness.is_still(False) is None


@pytest.mark.parametrize("by_ms", [-7_200_000, 366 * 86_400_000])
def test_a_clock_set_within_an_outage_makes_it_neither_longer_nor_shorter(by_ms: int) -> None:
    hands = Hands()
    stillness = Stillness(hands)
    stillness.is_still(True)
    hands.goes(600, set_by_ms=by_ms)
    outage = stillness.is_still(False)
    assert outage == Outage(START_MS + by_ms, START_MS + by_ms + 600_000)
