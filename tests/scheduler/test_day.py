"""Some hours of a service in simulated time, with every trouble of our own: what the benchmark `day` judges, made small."""

from itertools import pairwise

import pytest

from scheduler.doubt import CLEAR, Cause, Doubt, Judgement
from tests.benchmarks.day import a_province, most_by_chance, worst_rush
from tests.benchmarks.troubled import HOUR_S, PROBES_PER_DAY, YEAR_S, Result, Trouble, live

HOSTS, COLUMNS, HOURS, SEED = 28, 100, 5.0, 7
STEP_S = 24 * HOUR_S / PROBES_PER_DAY
TROUBLES = (
    Trouble("network_gone", 0.5 * HOUR_S, 1800.0),
    Trouble("network_gone", 1.5 * HOUR_S, 40.0),
    Trouble("disk_full", 2.0 * HOUR_S, 1200.0),
    Trouble("killed", 2.75 * HOUR_S, 300.0),
    Trouble("clock", 3.25 * HOUR_S, by_s=-600.0),
    Trouble("clock", 3.75 * HOUR_S, by_s=YEAR_S),
    Trouble("clock", 4.25 * HOUR_S, by_s=-YEAR_S),
)


class SureOfItself(Doubt):
    """A house that never thinks of itself."""

    def judge(self, begun: float, ended: float, now: float) -> Judgement:
        return CLEAR

    def troubled(self, now: float) -> Cause | None:
        return None


@pytest.fixture(scope="module")
def calm() -> Result:
    return live(a_province(HOSTS, 0.03, SEED), COLUMNS, (), HOURS, SEED)


@pytest.fixture(scope="module")
def troubled() -> Result:
    return live(a_province(HOSTS, 0.03, SEED), COLUMNS, TROUBLES, HOURS, SEED)


def asked_between(result: Result, from_s: float, to_s: float) -> int:
    return sum(line.asked and from_s <= line.at_s < to_s for line in result.lines)


def per_second(result: Result) -> float:
    return asked_between(result, 0.0, HOURS * HOUR_S) / (HOURS * HOUR_S)


def test_no_sound_site_is_ever_said_to_be_unopenable(calm: Result, troubled: Result) -> None:
    assert calm.accused == []
    assert troubled.accused == []
    assert sum(line.outcome == "inconclusive" and line.reason == "canary" for line in troubled.lines) > HOSTS / 2


def test_a_house_that_never_doubts_itself_accuses_sound_sites_of_the_same_outage() -> None:
    hosts = a_province(HOSTS, 0.03, SEED)
    sure = live(hosts, 5, (Trouble("network_gone", 600.0, 1800.0),), 1.0, SEED, SureOfItself)
    assert len(sure.accused) >= HOSTS / 4


def test_every_broken_site_is_found_whatever_happens_to_ourselves(calm: Result, troubled: Result) -> None:
    assert sum(host.fault != "fine" for host in troubled.hosts) >= 7
    assert calm.unfound == []
    assert troubled.unfound == []


def test_due_times_given_are_accounted_for_at_every_sample(calm: Result, troubled: Result) -> None:
    assert calm.breaches == []
    assert troubled.breaches == []


def test_no_visit_is_written_twice_not_even_across_a_kill(troubled: Result) -> None:
    assert troubled.twice == 0


def test_a_site_is_probed_once_in_every_step_of_a_calm_day(calm: Result) -> None:
    assert min(calm.probes.values()) >= int(HOURS * HOUR_S / STEP_S - 1)


def test_probes_of_a_site_are_half_a_step_apart_even_when_the_clock_is_set(calm: Result, troubled: Result) -> None:
    for result in (calm, troubled):
        for host in result.hosts:
            at = [line.at_s for line in result.lines if line.probe and line.asked and line.host == host.name]
            assert min(after - before for before, after in pairwise(at)) > 0.45 * STEP_S, host


@pytest.mark.parametrize("width_s", [600.0, HOUR_S])
def test_what_was_missed_is_made_up_for_without_a_rush(calm: Result, troubled: Result, width_s: float) -> None:
    rush = worst_rush(calm, troubled, width_s)
    assert rush.kept, rush


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: f"{trouble.what} at {trouble.at_s / HOUR_S:.2f} h")
def test_the_minute_after_a_trouble_is_like_any_other(calm: Result, troubled: Result, trouble: Trouble) -> None:
    over = trouble.at_s + trouble.length_s
    assert asked_between(troubled, over, over + 60.0) <= most_by_chance(1.2 * per_second(calm) * 60.0, len(TROUBLES))


def test_nothing_is_asked_while_the_disk_is_full(troubled: Result) -> None:
    full = next(trouble for trouble in TROUBLES if trouble.what == "disk_full")
    assert asked_between(troubled, full.at_s + 60.0, full.at_s + full.length_s) == 0
