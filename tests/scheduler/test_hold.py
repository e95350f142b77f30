"""Our own trouble stops the columns, clears the probes, and makes no rush when it is over."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.records import Visit, instant_ms
from register import Subject, Target
from scheduler.revisit import HOUR_MS
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, SILENT, Reply
from tests.scheduler.station import CANARY, Station, columns, home, seconds, site, until
from tests.scheduler.virtual import run

HOSTS = 12
GONE = Reply("timeout", "connect", 10.0)


def province(hosts: int = HOSTS, each: int = 10) -> list[Subject | Target]:
    rows: list[Subject | Target] = []
    for number in range(hosts):
        code, host = str(5115000001 + number), f"h{number}.test"
        rows += [site(code), home(host, code), *columns(each, host, code)]
    return rows


def spread_evenly(station: Station, hours: float) -> None:
    """Every column due at a time of its own within `hours`, so that somebody is always asked."""
    rows = station.ledger.transaction().execute("SELECT id FROM states WHERE lane = 0 AND due IS NOT NULL").fetchall()
    for index, (identifier,) in enumerate(rows):
        due = START_MS + int(index * hours * HOUR_MS / len(rows))
        station.ledger.transaction().execute("UPDATE states SET due = ? WHERE id = ?", (due, identifier))


# ---- held by hand ----


def test_while_held_no_column_is_asked_and_due_probes_end_as_inconclusive_with_the_reason(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*province(3), due_ms=START_MS, probes=True)

    async def main() -> None:
        station.patrol.hold("canary")
        async with station.patrolling():
            await until(2 * 3600)

    run(main())
    assert station.crawlers.asked == []
    assert {line.kind for line in station.lines} == {"probe"}
    assert {(line.outcome, line.reason, line.attempts, line.requests) for line in station.lines} == {
        ("inconclusive", "canary", 0, 0)
    }
    assert min(Counter(line.target for line in station.lines).values()) >= 2


def test_columns_are_asked_again_when_the_hold_is_over(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*province(3), due_ms=START_MS)

    async def main() -> None:
        station.patrol.hold("canary")
        async with station.patrolling():
            await until(30)
            station.patrol.hold(None)
            await until(300)

    run(main())
    assert min(one.begun for one in station.crawlers.asked) >= 30
    assert len(station.lines) == 33


def test_a_round_under_way_when_the_hold_begins_ends_as_it_would_have(tmp_path: Path) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: Reply(took_s=2.0))
    station.register(*province(1), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(1)
            station.patrol.hold("canary")
            await until(200)

    run(main())
    assert station.lines
    assert {line.outcome for line in station.lines} == {"ok"}
    assert station.patrol.in_flight == 0


# ---- noticed by itself ----


def gone_from_one_to_three(visit: Visit, host: str, vantage: str) -> Reply:
    return GONE if 3600 <= seconds() < 3 * 3600 else OK


def there(now: float) -> bool:
    return not 3600 <= now < 3 * 3600


def test_a_network_that_is_gone_accuses_nobody_and_stops_the_asking(tmp_path: Path) -> None:
    station = Station(tmp_path, gone_from_one_to_three, canaries=(CANARY,))
    station.register(*province(), due_ms=START_MS, probes=True)
    spread_evenly(station, 4)
    held: list[str | None] = []

    async def main() -> None:
        async with station.patrolling(watched=True, canary=there):
            while seconds() < 5 * 3600:
                await until(seconds() + 60)
                held.append(station.patrol.held)
            assert station.unaccounted() == 0

    run(main())
    assert [line for line in station.lines if line.kind in ("probe", "home") and line.outcome == "timeout"] == []
    assert held[61:179].count("canary") > 100
    assert set(held[:60]) == set(held[181:]) == {None}
    kinds = Counter((line.outcome, line.reason) for line in station.lines if line.kind == "probe")
    assert set(kinds) == {("ok", None), ("inconclusive", "canary")}
    assert len({line.id for line in station.lines}) == len(station.lines)


def test_after_a_hold_the_passed_due_times_are_spread_counted_as_skipped_and_no_rush_follows(tmp_path: Path) -> None:
    station = Station(tmp_path, gone_from_one_to_three, canaries=(CANARY,))
    station.register(*province(12, 20), due_ms=START_MS)
    spread_evenly(station, 6)

    async def main() -> None:
        async with station.patrolling(watched=True, canary=there):
            await until(8 * 3600)
            assert station.unaccounted() == 0

    run(main())
    hours = Counter(int(one.begun // 3600) for one in station.crawlers.asked)
    assert hours[1] + hours[2] < hours[0] / 2
    assert station.metric("skipped_total") >= 60
    assert max(hours[3], hours[4], hours[5]) <= 1.6 * hours[0]
    assert len([one for one in station.crawlers.asked if 3 * 3600 <= one.begun < 3 * 3600 + 60]) <= 5


def test_after_a_full_disk_the_due_times_that_passed_are_spread_too(tmp_path: Path) -> None:
    station = Station(tmp_path, doubts=True)
    station.register(*province(6, 20), due_ms=START_MS)
    spread_evenly(station, 4)

    async def main() -> None:
        async with station.patrolling(watched=True):
            await until(3600)
            station.writer.stuck = True
            station.patrol.troubled("no room for the journal")
            await until(2 * 3600)
            station.writer.stuck = False
            station.writer.flush()
            station.patrol.troubled(None)
            await until(6 * 3600)
            assert station.unaccounted() == 0

    run(main())
    assert station.metric("skipped_total") >= 20
    rush = [one for one in station.crawlers.asked if 7200 <= one.begun < 7260]
    assert len(rush) <= 6
    assert len({line.id for line in station.lines}) == len(station.lines)


# ---- the clock ----


@pytest.mark.parametrize("jump_ms", [-7_200_000, 7_200_000, 366 * 86_400_000, -366 * 86_400_000])
def test_a_clock_that_jumps_moves_the_due_times_with_it_and_nothing_comes_in_a_rush(tmp_path: Path, jump_ms: int) -> None:
    station = Station(tmp_path, doubts=True)
    station.register(*province(6, 20), due_ms=START_MS, probes=True)
    spread_evenly(station, 3)

    async def main() -> None:
        async with station.patrolling(watched=True):
            await until(3600)
            station.clock.ahead_ms = jump_ms
            await until(3 * 3600 + 600)

    run(main())
    looked = Counter(one.target for one in station.crawlers.asked if one.kind == "column" and one.begun < 3 * 3600 + 600)
    assert len(looked) == 120
    begun = sorted(one.begun for one in station.crawlers.asked if one.kind != "probe")
    assert max(sum(1 for at in begun if start <= at < start + 60) for start in begun) <= 12
    probes = sorted(one.begun for one in station.asked("h0.test", "probe"))
    assert all(later - earlier <= 1.3 * 86_400 / 26 for earlier, later in pairwise(probes))
    assert len({line.id for line in station.lines}) == len(station.lines)


def test_a_look_made_before_a_jump_ahead_was_noticed_is_not_put_off_by_it(tmp_path: Path) -> None:
    station = Station(tmp_path, doubts=True)
    station.register(*province(1, 200), due_ms=START_MS)
    year_ms = 366 * 86_400_000
    latest: list[int] = []

    async def main() -> None:
        async with station.patrolling(watched=True):
            await until(100.5)
            station.clock.ahead_ms = year_ms
            await until(400)
            latest.append(station.ledger.transaction().execute("SELECT max(due) FROM states").fetchone()[0])

    run(main())
    assert max(latest) < START_MS + year_ms + 40 * 86_400_000


def test_the_hours_without_a_look_are_told_by_the_clock_that_nobody_sets(tmp_path: Path) -> None:
    station = Station(tmp_path, doubts=True)
    station.register(*province(6, 20), due_ms=START_MS)
    spread_evenly(station, 4)

    async def main() -> None:
        async with station.patrolling(watched=True):
            await until(3600)
            station.patrol.troubled("no room for the journal")
            await until(4000)
            station.clock.ahead_ms = -2 * HOUR_MS
            await until(2 * 3600)
            station.patrol.troubled(None)
            await until(3 * 3600)

    run(main())
    assert station.metric("skipped_total") >= 20


def test_a_silent_host_is_accused_while_others_answer(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        return SILENT if host == "h0.test" else OK

    station = Station(tmp_path, world, canaries=(CANARY,))
    station.register(*province(12, 30), due_ms=START_MS, probes=True)
    spread_evenly(station, 1)

    async def main() -> None:
        async with station.patrolling(watched=True, canary=lambda now: True):
            await until(2 * 3600)

    run(main())
    assert "timeout/first_byte" in station.told("5115000001/@home", "probe")
    assert all(line.outcome == "ok" for line in station.lines if line.target.startswith("5115000005"))


def test_a_stamp_of_an_unasked_probe_is_the_time_of_the_decision(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*province(1), due_ms=START_MS, probes=True)

    async def main() -> None:
        station.patrol.hold("canary")
        async with station.patrolling():
            await until(2 * 3600)

    run(main())
    assert all(0 <= instant_ms(line.at) - instant_ms(line.due) <= 1000 for line in station.lines)
