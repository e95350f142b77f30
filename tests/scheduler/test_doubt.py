"""Scenarios: a patrol asks its hosts in turn, canaries are asked every half minute; network and hosts are functions of time."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from scheduler.doubt import CLEAR, SETTLE_S, Doubt, Judgement, Ours, Wait
from scheduler.evidence import KEEP_S

CANARIES = ("one", "two", "three")
PERIOD = 30.0
BROKEN_HOST = 0

Up = Callable[[float], bool]
HostUp = Callable[[int, float], bool]


class Heard(NamedTuple):
    """A word that reaches the doubt at `ended`."""

    ended: float
    begun: float
    host: int
    canary: str
    ok: bool


def words(until: float, network: Up, host_up: HostUp, hosts: int, per_s: float, canaries: tuple[str, ...]) -> list[Heard]:
    """What is heard from 0 to `until`: an answer takes 0.3 s, silence 15 s (10 s for a canary); host 0 is asked by the test."""
    heard = []
    for turn in range(int(until * per_s) if hosts else 0):
        begun, host = turn / per_s, 1 + turn % hosts
        ok = host_up(host, begun) and network(begun) and network(begun + 0.3)
        heard.append(Heard(begun + (0.3 if ok else 15.0), begun, host, "", ok))
    for turn in range(int(until / PERIOD) + 1):
        for place, name in enumerate(canaries):
            begun = turn * PERIOD + place * 0.001
            ok = network(begun)
            heard.append(Heard(begun + (0.2 if ok else 10.0), begun, 0, name, ok))
    return sorted(heard)


class World:
    """Plays the words to a doubt in the order in which they are heard."""

    def __init__(
        self,
        *,
        network: Up = lambda at: True,
        host_up: HostUp = lambda host, at: True,
        hosts: int = 200,
        per_s: float = 20.0,
        canaries: tuple[str, ...] = CANARIES,
        until: float = 400.0,
    ) -> None:
        self.doubt = Doubt(canaries, PERIOD)
        self._words = words(until, network, host_up, hosts, per_s, canaries)
        self._next = 0

    def play(self, now: float) -> None:
        while self._next < len(self._words) and self._words[self._next].ended <= now:
            word = self._words[self._next]
            self._next += 1
            if word.canary:
                self.doubt.canary(word.canary, word.begun, word.ended, word.ok)
            else:
                (self.doubt.answered if word.ok else self.doubt.failed)(word.host, word.begun, word.ended)

    def judge(self, begun: float, ended: float) -> Judgement:
        """The judgement on the broken host's visit, asked again for as long as it says to wait."""
        self.play(ended)
        self.doubt.failed(BROKEN_HOST, begun, ended)
        now = ended
        for _ in range(100):
            self.play(now)
            judged = self.doubt.judge(begun, ended, now)
            if not isinstance(judged, Wait):
                return judged
            assert judged.until > now
            now = judged.until
        raise AssertionError("it waits for ever")


def gone(begun: float, ended: float) -> Up:
    return lambda at: not begun <= at < ended


# ---- a host that is down ----


@pytest.mark.parametrize("begun", [60.0, 75.0, 89.9, 100.0, 130.0])
@pytest.mark.parametrize("took", [0.01, 5.0, 15.0])
@pytest.mark.parametrize("canaries", [CANARIES, ()])
def test_one_dead_host_among_healthy_ones_is_accused(begun: float, took: float, canaries: tuple[str, ...]) -> None:
    assert World(canaries=canaries).judge(begun, begun + took) == CLEAR


def test_a_patrol_of_one_site_can_accuse_it_when_canaries_answer() -> None:
    assert World(hosts=0).judge(100.0, 115.0) == CLEAR


def test_a_patrol_of_one_site_without_canaries_accuses_nobody() -> None:
    assert World(hosts=0, canaries=()).judge(100.0, 115.0) == Ours("canary")


@pytest.mark.parametrize(("hosts", "judged"), [(2, Ours("canary")), (3, CLEAR)])
def test_without_canaries_three_others_must_have_answered(hosts: int, judged: Judgement) -> None:
    assert World(hosts=hosts, per_s=1.0, canaries=()).judge(100.0, 115.0) == judged


def test_without_canaries_a_hole_in_what_was_heard_excuses() -> None:
    doubt = Doubt()
    for host in range(1, 30):
        doubt.answered(host, 95.0 + host / 10, 95.2 + host / 10)
        doubt.answered(host, 111.0 + host / 10, 111.2 + host / 10)
    assert doubt.judge(100.0, 115.0, 140.0) == Ours("canary")
    doubt.answered(1, 104.0, 104.2)
    assert doubt.judge(100.0, 115.0, 140.0) == CLEAR


def test_two_hosts_that_fail_in_a_silence_excuse_each_other_until_a_canary_answers_within_it() -> None:
    world = World(hosts=0)
    world.doubt.failed(7, 95.0, 110.0)
    assert world.judge(100.0, 115.0) == Ours("canary")
    world.doubt.failed(7, 130.0, 145.0)
    assert world.doubt.judge(100.0, 115.0, 150.0) == CLEAR


def test_half_the_province_behind_one_dead_platform_is_not_ours() -> None:
    world = World(host_up=lambda host, at: host % 2 == 0)
    assert world.judge(100.0, 115.0) == CLEAR
    assert world.doubt.troubled(140.0) is None


def test_most_hosts_down_are_ours_as_long_as_no_canary_says_otherwise() -> None:
    assert World(host_up=lambda host, at: host % 3 == 0, canaries=()).judge(100.0, 115.0) == Ours("canary")


@pytest.mark.parametrize("begun", [100.0, 110.0, 125.0, 200.0])
def test_thousands_of_hosts_down_at_once_are_not_ours_while_canaries_are_fine(begun: float) -> None:
    world = World(host_up=lambda host, at: at < 50.0, hosts=3000, per_s=100.0, until=300.0)
    assert world.judge(begun, begun + 15.0) == CLEAR
    assert world.doubt.troubled(begun + 60.0) is None


# ---- a network that is gone ----


@pytest.mark.parametrize("canaries", [CANARIES, ()])
@pytest.mark.parametrize("begun", [86.0, 90.0, 100.0, 150.0, 300.0, 305.0])
def test_a_network_gone_for_minutes_accuses_nobody(begun: float, canaries: tuple[str, ...]) -> None:
    assert World(network=gone(100.0, 310.0), canaries=canaries).judge(begun, begun + 15.0) == Ours("canary")


@pytest.mark.parametrize("canaries", [CANARIES, ()])
@pytest.mark.parametrize("outage", [8.0, 15.0, 20.0, 28.0, 30.0, 45.0])
@pytest.mark.parametrize("before", [0.0, 3.0, 8.0, 13.0])
def test_a_flap_that_falls_between_two_rounds_of_canaries_accuses_nobody(
    outage: float, before: float, canaries: tuple[str, ...]
) -> None:
    world = World(network=gone(91.0, 91.0 + outage), canaries=canaries)
    assert world.judge(91.0 - before, 106.0 - before) == Ours("canary")


def test_two_hours_without_a_network_accuse_nobody_and_a_dead_host_is_accused_again_after_them() -> None:
    world = World(network=gone(600.0, 7800.0), per_s=2.0, until=8400.0)
    judged = {begun: world.judge(float(begun), begun + 15.0) for begun in range(500, 8200, 97)}
    during = [verdict for begun, verdict in judged.items() if 585 < begun < 7800]
    assert set(during) == {Ours("canary")}
    assert judged[500] == CLEAR
    assert judged[8163] == CLEAR


def test_a_dead_name_server_of_ours_accuses_nobody() -> None:
    world = World(host_up=lambda host, at: host <= 4, network=lambda at: True, canaries=())
    names = Doubt(CANARIES, PERIOD)
    for turn in range(10):
        for name in CANARIES:
            names.canary(name, turn * PERIOD, turn * PERIOD + 5.0, ok=turn < 3)
        for host in range(4):
            names.answered(host, turn * PERIOD, turn * PERIOD + 0.1)  # their names are still remembered
    assert names.judge(100.0, 115.0, 140.0) == Ours("canary")
    assert world.judge(100.0, 115.0) == Ours("canary")


# ---- canaries ----


def test_one_dead_canary_of_three_excuses_nobody() -> None:
    doubt = Doubt(CANARIES, PERIOD)
    for turn in range(10):
        for name in CANARIES:
            doubt.canary(name, turn * PERIOD, turn * PERIOD + 1.0, ok=name != "two")
    assert doubt.judge(100.0, 110.0, 140.0) == CLEAR


@pytest.mark.parametrize(("names", "dead"), [(("one",), 1), (("one", "two"), 1), (CANARIES, 2)])
def test_where_not_most_canaries_answer_nobody_is_accused(names: tuple[str, ...], dead: int) -> None:
    doubt = Doubt(names, PERIOD)
    for turn in range(10):
        for place, name in enumerate(names):
            doubt.canary(name, turn * PERIOD, turn * PERIOD + 1.0, ok=place >= dead)
    assert doubt.judge(100.0, 110.0, 140.0) == Ours("canary")


def test_a_failure_waits_for_canaries_asked_after_it() -> None:
    world = World(hosts=0)
    world.play(121.0)
    assert world.doubt.judge(106.0, 121.0, 121.0) == Wait(121.0 + SETTLE_S)
    world.play(141.0)
    assert world.doubt.judge(106.0, 121.0, 141.0) == Wait(156.0)
    world.play(156.0)
    assert world.doubt.judge(106.0, 121.0, 156.0) == CLEAR


def test_a_round_asked_sooner_than_planned_is_good_evidence() -> None:
    world = World(hosts=0)
    world.play(106.0)
    for name in CANARIES:
        world.doubt.canary(name, 106.0, 106.2, ok=True)
    assert world.doubt.judge(92.0, 105.0, 105.0 + SETTLE_S) == CLEAR


def test_canaries_that_are_asked_no_longer_cannot_accuse() -> None:
    world = World(hosts=0, until=100.0)
    assert world.judge(105.0, 120.0) == Ours("canary")


def test_a_canary_that_never_tells_is_a_silent_one() -> None:
    doubt = Doubt(("one", "two"), PERIOD)
    for turn in range(10):
        doubt.canary("one", turn * PERIOD, turn * PERIOD + 0.2, ok=True)
    assert doubt.judge(60.0, 75.0, 200.0) == Ours("canary")


def test_before_any_canary_was_heard_nobody_is_accused() -> None:
    doubt = Doubt(CANARIES, PERIOD)
    for name in CANARIES:
        doubt.canary(name, 20.0, 20.2, ok=True)
    assert doubt.judge(0.0, 15.0, 15.0 + SETTLE_S) == Ours("canary")


def test_a_name_that_is_no_canary_is_not_listened_to() -> None:
    world = World(hosts=0)
    world.doubt.canary("somebody", 100.0, 110.0, ok=False)
    assert world.judge(100.0, 115.0) == CLEAR


# ---- ourselves ----


def test_a_loop_that_stood_still_within_the_span_is_ours() -> None:
    world = World()
    world.doubt.lag(112.0, 2.0)
    world.doubt.lag(120.0, 0.9)
    assert world.judge(100.0, 111.0) == Ours("loop_lag")
    assert world.judge(113.0, 128.0) == CLEAR


def test_a_visit_that_lay_in_our_queue_is_ours() -> None:
    world = World()
    world.doubt.queue_delay(110.0, 6.0)
    assert world.judge(100.0, 109.0) == Ours("queue_delay")


def test_open_files_that_run_short_are_ours_from_the_last_good_count_to_the_next() -> None:
    world = World()
    for at in range(0, 400, 30):
        world.doubt.descriptors(at, 0.01 if at == 120 else 0.8)
    assert world.judge(95.0, 100.0) == Ours("local_network")
    assert world.judge(140.0, 145.0) == Ours("local_network")
    assert world.judge(155.0, 165.0) == CLEAR


def test_what_is_too_long_ago_to_know_accuses_nobody() -> None:
    world = World(hosts=0, until=2000.0)
    world.play(2000.0)
    assert world.doubt.judge(100.0, 115.0, 115.0 + KEEP_S) == Ours("canary")


# ---- is the house out? ----


def trouble(world: World, until: int, begin: int = 0) -> list[int]:
    """The seconds at which the house was said to be out."""
    out = []
    for now in range(begin, until):
        world.play(now)
        if world.doubt.troubled(now) is not None:
            out.append(now)
    return out


@pytest.mark.parametrize("canaries", [CANARIES, ()])
def test_the_house_is_out_soon_after_its_network_and_back_soon_after_it(canaries: tuple[str, ...]) -> None:
    out = trouble(World(network=gone(100.0, 220.0), canaries=canaries), 400)
    assert out == list(range(out[0], out[-1] + 1))
    assert 100 <= out[0] <= 130
    assert 220 <= out[-1] <= 260


@pytest.mark.parametrize("canaries", [CANARIES, ()])
def test_a_healthy_house_is_never_out(canaries: tuple[str, ...]) -> None:
    world = World(host_up=lambda host, at: host % 10 != 0, canaries=canaries)
    assert trouble(world, 400) == []


def test_a_house_whose_hosts_all_die_is_out_no_longer_than_until_the_next_canaries() -> None:
    out = trouble(World(host_up=lambda host, at: at < 100.0), 400)
    assert len(out) <= 2 * PERIOD + 15


def test_canaries_that_die_alone_do_not_stop_a_patrol() -> None:
    world = World(canaries=())
    world.doubt = Doubt(CANARIES, PERIOD)
    out = []
    for now in range(400):
        world.play(now)
        if now % 30 == 10 and now > 100:
            for name in CANARIES:
                world.doubt.canary(name, now - 10.0, now, ok=False)
        out += [now] if world.doubt.troubled(now) else []
    assert out == []


def test_without_canaries_a_house_that_asks_nobody_tries_again() -> None:
    world = World(network=gone(100.0, 9999.0), canaries=(), until=130.0)
    out = trouble(world, 300)
    assert out
    assert out[-1] < 200


def test_silent_canaries_stop_an_idle_patrol_only_for_a_while() -> None:
    world = World(hosts=0, network=gone(100.0, 9999.0), until=1500.0)
    out = trouble(world, 1500)
    lapses = [now for now in range(out[0], out[-1]) if now not in set(out)]
    assert 100 <= out[0] <= 135
    assert 15 <= len(lapses) <= 50


# ---- what it holds ----


def test_a_thousand_answers_a_second_take_no_more_room_after_an_hour_than_after_ten_minutes() -> None:
    doubt = Doubt(CANARIES, PERIOD)
    sizes = []
    for second in range(0, 3600, 4):
        for host in range(1000):
            doubt.answered(host, second + host / 1000, second + 1.0)
        sizes.append((len(doubt._begun), sum(len(here.hosts) for here in doubt._begun._seconds.values())))
    assert max(sizes[200:]) <= max(sizes[:200])
    assert sizes[-1][1] <= 64 * (KEEP_S + 1)


def test_many_hosts_a_second_are_still_counted_about_right() -> None:
    doubt = Doubt()
    for second in range(20):
        for host in range(2000):
            (doubt.failed if host % 4 == 0 else doubt.answered)(host, 100.0 + second, 101.0 + second)
    answered, failed = doubt._begun.hosts(100.0, 119.0)
    assert 1000 <= answered <= 2200
    assert 0.15 <= failed / (answered + failed) <= 0.35
