"""Probes and columns of one host: who goes first, and who waits for whom."""

from pathlib import Path

import pytest

from crawler.records import Visit
from register import Subject, Target
from scheduler.patrol import PatrolSettings
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, REFUSED, SILENT, Reply, World
from tests.scheduler.station import GAP, Station, columns, home, seconds, site, until
from tests.scheduler.virtual import run

PROBE = "5115000001/@home"


def slow(took_s: float) -> World:
    return lambda visit, host, vantage: Reply(took_s=took_s)


def with_probe(folder: Path, world: World, count: int, probe_s: float, settings: PatrolSettings | None = None) -> Station:
    """A host with `count` columns due now and a probe due `probe_s` after the start."""
    station = Station(folder, world, settings=settings or PatrolSettings(gap=GAP))
    station.register(site(), home(), *columns(count), due_ms=START_MS, probes=True)
    station.set_due(PROBE, START_MS + round(1000 * probe_s), "probe")
    return station


def test_a_due_probe_is_the_first_visit_of_its_hosts_next_round(tmp_path: Path) -> None:
    station = with_probe(tmp_path, slow(0.1), 40, 0.0)

    async def main() -> None:
        async with station.patrolling():
            await until(5)

    run(main())
    assert station.asked("a.test")[0].kind == "probe"
    assert len(station.asked("a.test")) > 1


@pytest.mark.parametrize("took_s", [0.05, 1.0, 3.0, 8.0, 14.9])
@pytest.mark.parametrize("probe_s", [3.0, 47.0, 200.0])
def test_no_column_holds_a_probe_up_for_more_than_half_a_minute(tmp_path: Path, took_s: float, probe_s: float) -> None:
    station = with_probe(tmp_path, slow(took_s), 60, probe_s)

    async def main() -> None:
        async with station.patrolling():
            await until(probe_s + 60)

    run(main())
    [probe] = station.asked("a.test", "probe")
    assert probe_s - 0.001 <= probe.begun <= probe_s + 30
    assert station.metrics.latest_probe_s <= 30
    assert len(station.asked("a.test", "column")) >= 2 or took_s > 5


def test_a_host_that_turns_slow_without_warning_does_not_hold_up_its_probe(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        return Reply(took_s=0.05 if seconds() < 80 else 29.0)

    station = with_probe(tmp_path, world, 120, 100.0)

    async def main() -> None:
        async with station.patrolling():
            await until(200)

    run(main())
    assert 100 <= station.asked("a.test", "probe")[0].begun <= 130


def test_columns_go_on_after_the_probe_they_made_way_for(tmp_path: Path) -> None:
    station = with_probe(tmp_path, slow(1.0), 20, 10.0)

    async def main() -> None:
        async with station.patrolling():
            await until(600)

    run(main())
    assert len({one.target for one in station.asked("a.test", "column")}) == 20
    assert station.crawlers.complaints == []


def test_probes_have_rounds_of_their_own_when_columns_fill_all_others(tmp_path: Path) -> None:
    hosts = [f"h{number}.test" for number in range(6)]
    settings = PatrolSettings(gap=GAP, rounds=2, probe_rounds=2)
    station = Station(tmp_path, slow(10.0), settings=settings)
    rows = [row for number, host in enumerate(hosts) for row in _site_of(number, host)]
    station.register(*rows, due_ms=START_MS, probes=True)
    for number in range(6):
        station.set_due(f"{5115000001 + number}/@home", START_MS + 30_000, "probe")

    async def main() -> None:
        async with station.patrolling():
            await until(90)

    run(main())
    begun = {host: station.asked(host, "probe")[0].begun for host in hosts}
    assert all(30 <= at <= 61 for at in begun.values()), begun


def _site_of(number: int, host: str) -> list[Subject | Target]:
    code = str(5115000001 + number)
    return [site(code), home(host, code), *columns(30, host, code)]


def test_a_probe_does_not_heed_a_retry_after_but_columns_do(tmp_path: Path) -> None:
    station = with_probe(tmp_path, lambda visit, host, vantage: Reply(retry_after_s=600.0), 80, 200.0)

    async def main() -> None:
        async with station.patrolling():
            await until(400)

    run(main())
    assert 200 <= station.asked("a.test", "probe")[0].begun < 230
    assert not [one for one in station.asked("a.test", "column") if 40 < one.begun < 400]


# ---- a host that is down ----


def down(since_s: float, till_s: float, how: Reply = REFUSED) -> World:
    return lambda visit, host, vantage: how if since_s <= seconds() < till_s else OK


def test_a_host_that_is_down_is_left_alone_and_its_columns_wait_for_the_trial(tmp_path: Path) -> None:
    station = Station(tmp_path, down(0, 30))
    station.register(site(), *columns(20), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(50)
            assert station.patrol.hosts.breakers_open(seconds()) == 1
            asked = len(station.crawlers.asked)
            await until(59)
            assert len(station.crawlers.asked) == asked
            await until(200)
            assert station.patrol.hosts.breakers_open(seconds()) == 0

    run(main())
    told = [line.outcome for line in station.lines]
    assert set(told) == {"connect", "ok"}
    assert not [line for line in station.lines if line.reason == "breaker_open"]


def test_columns_of_a_host_whose_trial_failed_end_unasked_as_breaker_open_and_no_probe_does(tmp_path: Path) -> None:
    station = with_probe(tmp_path, down(0, 900), 40, 200.0)

    async def main() -> None:
        async with station.patrolling():
            await until(400)

    run(main())
    unasked = [line for line in station.lines if line.reason == "breaker_open"]
    assert len(unasked) > 20
    assert {(line.outcome, line.attempts, line.requests, line.kind) for line in unasked} <= {
        ("inconclusive", 0, 0, "column"),
        ("inconclusive", 0, 0, "home"),
    }
    assert station.told(PROBE, "probe") == ["connect/refused"]
    assert len({line.id for line in station.lines}) == len(station.lines)


def test_a_breaker_closes_again_when_a_trial_gets_through(tmp_path: Path) -> None:
    station = Station(tmp_path, down(0, 100))
    station.register(site(), *columns(30), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(130)
            assert station.patrol.hosts.breakers_open(seconds()) == 1
            for number in range(30):
                station.set_due(f"5115000001/c{number}", START_MS + 400_000 + number)
            await until(600)
            assert station.patrol.hosts.breakers_open(seconds()) == 0

    run(main())
    assert all(station.told(f"5115000001/c{number}")[-1] == "ok" for number in range(30))


def test_a_trial_is_one_visit_and_not_a_round_of_them(tmp_path: Path) -> None:
    station = Station(tmp_path, down(0, 10_000))
    station.register(site(), *columns(40), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(100)

    run(main())
    first_round = [one for one in station.asked("a.test") if one.begun < 60]
    trials = [one for one in station.asked("a.test") if one.begun >= 60]
    assert first_round
    assert len(trials) == 1


def test_a_probe_that_gets_through_closes_the_breaker(tmp_path: Path) -> None:
    station = with_probe(tmp_path, down(0, 100, SILENT), 10, 150.0)

    async def main() -> None:
        async with station.patrolling():
            await until(149)
            assert station.patrol.hosts.breakers_open(seconds()) == 1
            await until(155)
            assert station.patrol.hosts.breakers_open(seconds()) == 0

    run(main())


def test_one_silent_host_does_not_slow_another(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        return SILENT if host == "a.test" else OK

    station = Station(tmp_path, world)
    other = site("5115000002")
    station.register(site(), other, *columns(20), *columns(20, "b.test", "5115000002"), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(30)

    run(main())
    assert len(station.asked("b.test")) == 20
