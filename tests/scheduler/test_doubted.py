"""Home pages that "cannot be opened" are doubted first: is it us, and does somebody elsewhere see it too?"""

from pathlib import Path

import pytest

from crawler.records import Visit
from register import Subject, Target
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, REFUSED, SILENT, Reply, World
from tests.scheduler.station import CANARY, Station, columns, home, seconds, site, until
from tests.scheduler.virtual import run

PROBE = "5115000001/@home"
HERE, THERE = "here", "there"


def always(now: float) -> bool:
    return True


def only_a(reply: Reply) -> World:
    """`reply` of a.test as seen from here; all is well elsewhere, and with others."""
    return lambda visit, host, vantage: reply if host == "a.test" and vantage != THERE else OK


def rows() -> list[Subject | Target]:
    """a.test, of which the tests speak, and b.test, that answers."""
    return [site(), home(), site("5115000002"), *columns(60, "b.test", "5115000002")]


def probed(station: Station, at_s: float = 100.0) -> Station:
    station.register(*rows(), due_ms=START_MS, probes=True)
    station.set_due(PROBE, START_MS + round(1000 * at_s), "probe")
    station.set_due(PROBE, START_MS + 10**9, "home")
    return station


def flags(station: Station, kind: str = "probe") -> list[tuple[str, str]]:
    return [(flag.name, flag.evidence) for line in station.of(PROBE, kind) for flag in line.flags]


def until_told(station: Station, canary: object = always, at_s: float = 400.0) -> None:
    async def main() -> None:
        async with station.patrolling(canary=canary):  # type: ignore[arg-type]
            await until(at_s)
            assert station.patrol.in_flight == 0

    run(main())


def test_a_failing_probe_stands_when_canaries_answer_before_and_after(tmp_path: Path) -> None:
    station = probed(Station(tmp_path, only_a(SILENT), canaries=(CANARY,), per_day=1))
    until_told(station)
    assert station.told(PROBE, "probe") == ["timeout/first_byte"]
    assert flags(station) == []


@pytest.mark.parametrize("reply", [SILENT, REFUSED, Reply("dns", "nxdomain", 0.3)])
def test_a_failing_probe_is_inconclusive_when_the_canaries_are_silent(tmp_path: Path, reply: Reply) -> None:
    station = probed(Station(tmp_path, only_a(reply), canaries=(CANARY,), per_day=1))
    until_told(station, lambda now: not 60 < now < 200)
    assert station.told(PROBE, "probe") == ["inconclusive/canary"]
    assert ("doubted", f"{reply.outcome}/{reply.reason}") in flags(station)


def test_a_failing_probe_is_inconclusive_when_our_own_loop_stood_still(tmp_path: Path) -> None:
    station = probed(Station(tmp_path, only_a(SILENT), canaries=(CANARY,), per_day=1))

    async def main() -> None:
        assert station.doubt is not None
        async with station.patrolling(canary=always):
            await until(108)
            station.doubt.lag(seconds(), 2.0)
            await until(400)

    run(main())
    assert station.told(PROBE, "probe") == ["inconclusive/loop_lag"]


def test_a_failing_home_page_is_doubted_as_well(tmp_path: Path) -> None:
    station = Station(tmp_path, only_a(SILENT), canaries=(CANARY,), per_day=1)
    station.register(*rows(), due_ms=START_MS)
    station.set_due(PROBE, START_MS + 100_000, "home")
    until_told(station, lambda now: not 60 < now < 200)
    assert station.told(PROBE, "home") == ["inconclusive/canary"]


def test_what_answers_is_believed_at_once(tmp_path: Path) -> None:
    station = probed(Station(tmp_path, only_a(Reply("http_error", None)), canaries=(CANARY,), per_day=1))
    until_told(station, lambda now: False, 101.5)
    assert station.told(PROBE, "probe") == ["http_error"]


def test_a_column_that_fails_is_not_doubted(tmp_path: Path) -> None:
    station = Station(tmp_path, only_a(REFUSED), canaries=(CANARY,), per_day=1)
    station.register(site(), *columns(1), due_ms=START_MS)
    until_told(station, lambda now: False, 2.0)
    assert station.told("5115000001/c0") == ["connect/refused"]


def test_a_doubted_failure_asks_for_canaries_and_keeps_its_host_to_itself(tmp_path: Path) -> None:
    station = probed(Station(tmp_path, only_a(REFUSED), canaries=(CANARY,), per_day=1))
    called: list[float] = []

    async def main() -> None:
        station.patrol.returns.ask_canaries = lambda: called.append(seconds())
        async with station.patrolling(canary=always):
            await until(105)
            assert station.patrol.returns.doubted == 1
            assert station.patrol.in_flight >= 1
            assert called
            await until(200)
            assert station.patrol.returns.doubted == 0

    run(main())
    assert station.told(PROBE, "probe") == ["connect/refused"]


def test_a_patrol_that_stops_while_it_doubts_leaves_the_probe_due(tmp_path: Path) -> None:
    station = probed(Station(tmp_path, only_a(REFUSED), canaries=(CANARY,), per_day=1))
    dues: list[int | None] = []

    async def main() -> None:
        async with station.patrolling(canary=always):
            await until(105)
            dues.append(station.due(PROBE, "probe"))

    run(main())
    assert dues == [START_MS + 100_000]
    assert station.told(PROBE, "probe") == []


# ---- another vantage ----


def at_two(folder: Path, elsewhere: Reply, here: Reply = SILENT) -> Station:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        return OK if host != "a.test" else elsewhere if vantage == THERE else here

    return probed(Station(folder, world, canaries=(CANARY,), per_day=1, vantages=(HERE, THERE)))


def test_a_failure_that_another_vantage_sees_too_is_confirmed(tmp_path: Path) -> None:
    station = at_two(tmp_path, REFUSED)
    until_told(station)
    assert station.told(PROBE, "probe") == ["timeout/first_byte"]
    assert flags(station) == [("confirmed_elsewhere", "there: connect/refused")]


@pytest.mark.parametrize(
    ("elsewhere", "seen"),
    [
        (OK, "ok"),
        (Reply("http_error", None), "http_error"),
        (Reply(what="go", url="http://c.test/"), "redirected"),
        (Reply(what="die"), "no answer"),
        (Reply(what="leave"), "no answer"),
        (Reply(what="hang"), "no answer"),
        (Reply("inconclusive", "resolver"), "inconclusive"),
    ],
)
def test_a_failure_that_another_vantage_does_not_see_accuses_nobody(tmp_path: Path, elsewhere: Reply, seen: str) -> None:
    station = at_two(tmp_path, elsewhere)
    until_told(station)
    assert station.told(PROBE, "probe") == ["inconclusive/vantage"]
    assert flags(station) == [("vantages_disagree", f"there: {seen}")]


def test_another_vantage_is_asked_once_for_the_same_page_and_makes_no_line_of_its_own(tmp_path: Path) -> None:
    station = at_two(tmp_path, OK)
    until_told(station)
    assert [(one.vantage, one.kind, one.target) for one in station.asked("a.test")] == [
        (HERE, "probe", PROBE),
        (THERE, "probe", PROBE),
    ]
    assert len(station.of(PROBE, "probe")) == 1
    assert {line.vantage for line in station.lines} == {"default"}


def test_a_probe_that_works_is_not_asked_from_elsewhere(tmp_path: Path) -> None:
    station = at_two(tmp_path, SILENT, here=OK)
    until_told(station)
    assert {one.vantage for one in station.crawlers.asked} == {HERE}


def test_no_other_vantage_is_asked_while_the_trouble_is_ours(tmp_path: Path) -> None:
    station = at_two(tmp_path, OK)
    until_told(station, lambda now: not 60 < now < 200)
    assert {one.vantage for one in station.crawlers.asked} == {HERE}
    assert station.told(PROBE, "probe") == ["inconclusive/canary"]
