"""Targets that move while their visits are under way: to another host, another subject, or out of the register."""

from pathlib import Path

import msgspec
import pytest

from crawler.records import Visit
from register import Subject, Target
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, Reply, World
from tests.scheduler.station import Station, column, columns, home, site, until
from tests.scheduler.virtual import run

KEY = "5115000001/c0"
SLOW = Reply(took_s=20.0)


def moved(host: str = "b.test") -> Target:
    return column(0, url=f"http://{host}/c0/", host=host)


def at(place: str, there: Reply, elsewhere: Reply = OK) -> World:
    return lambda visit, host, vantage: there if host == place else elsewhere


def ids(station: Station) -> set[str]:
    return {line.id for line in station.lines}


def test_a_target_that_moves_while_it_is_asked_is_not_asked_again_for_the_same_due_time(tmp_path: Path) -> None:
    station = Station(tmp_path, at("a.test", SLOW))
    station.register(site(), column(0), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(), moved())
            await until(60)
            assert station.unaccounted() == 0

    run(main())
    assert [one.host for one in station.crawlers.asked] == ["a.test"]
    assert station.told(KEY) == ["ok"]


def test_a_target_that_moved_is_looked_at_on_its_new_host_from_then_on(tmp_path: Path) -> None:
    station = Station(tmp_path, at("a.test", SLOW))
    station.register(site(), column(0), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(), moved())
            await until(20 * 3600)

    run(main())
    assert [one.host for one in station.crawlers.asked][:2] == ["a.test", "b.test"]
    assert len(ids(station)) == len(station.lines) >= 2


def test_a_handed_over_target_that_moves_meanwhile_goes_on_where_it_is_and_then_at_its_new_host(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        if host == "a.test":
            return Reply(what="go", url="http://slow.test/")
        return SLOW if host == "slow.test" else OK

    station = Station(tmp_path, world)
    station.register(site(), column(0), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(), moved("c.test"))
            await until(20 * 3600)

    run(main())
    assert [one.host for one in station.crawlers.asked][:3] == ["a.test", "slow.test", "c.test"]
    assert len(ids(station)) == len(station.lines)


def test_a_visit_left_undone_while_its_target_moves_is_made_at_the_new_host(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        if host == "b.test":
            return OK
        return SLOW if visit.target.endswith("/c1") else Reply(what="leave")

    station = Station(tmp_path, world)
    station.register(site(), column(1), column(0), due_ms=START_MS)
    station.set_due("5115000001/c1", START_MS - 1000)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(), column(1), moved())
            await until(120)

    run(main())
    assert [one.target for one in station.asked("b.test")] == [KEY]
    assert len(ids(station)) == len(station.lines)


def test_the_last_due_column_of_a_host_that_comes_home_lets_the_others_go_on(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        if host == "a.test" and visit.target == KEY:
            return Reply(what="go", url="http://slow.test/")
        return SLOW if host == "slow.test" else OK

    station = Station(tmp_path, world)
    station.register(site(), home(), *columns(2), due_ms=START_MS, probes=True)
    station.set_due("5115000001/@home", START_MS + 3_000_000, "probe")
    station.set_due("5115000001/@home", START_MS + 3_000_000, "home")
    station.set_due("5115000001/c1", START_MS + 60_000)

    async def main() -> None:
        async with station.patrolling():
            await until(120)

    run(main())
    assert [round(one.begun) for one in station.asked("a.test", "column") if one.target.endswith("/c1")] == [60]


@pytest.mark.parametrize("took_s", [0.1, 20.0])
def test_a_withdrawn_target_has_the_line_it_was_asked_for_and_no_further_one(tmp_path: Path, took_s: float) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: Reply(took_s=took_s))
    station.register(site(), column(0), column(1), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(10)
            station.register(site(), column(1))
            await until(20 * 3600)
            assert station.due(KEY) is None
            assert station.unaccounted() == 0

    run(main())
    assert station.told(KEY) == ["ok"]
    assert len(station.told("5115000001/c1")) > 1


def test_a_target_that_moves_to_another_subject_has_that_subject_in_its_next_line(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(site(), site("5115000002", name="另一县"), column(0), due_ms=START_MS)
    other = column(0, subject="5115000002")

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(), site("5115000002", name="另一县"), other)
            await until(20 * 3600)

    run(main())
    codes = [msgspec.json.decode(line.subject)["code"] for line in station.of(KEY)]
    assert codes[:2] == ["5115000001", "5115000002"]


def test_a_host_that_only_handovers_knew_keeps_its_rest_when_the_register_names_it(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        if host == "a.test":
            return Reply(what="go", url="http://b.test/")
        return Reply(retry_after_s=300.0)

    station = Station(tmp_path, world)
    first: list[Subject | Target] = [site(), column(0)]
    station.register(*first, due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(*first, column(5, "b.test"), due_ms=station.clock.now_ms())
            await until(280)
            assert len(station.asked("b.test")) == 1
            await until(400)
            assert len(station.asked("b.test")) == 2

    run(main())
    assert station.crawlers.complaints == []
