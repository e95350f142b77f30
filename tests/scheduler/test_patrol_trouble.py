import asyncio
from pathlib import Path

import pytest

from crawler.records import Gap, RoundEnd, Sighting, Visit
from scheduler.journal import SyncFailed
from scheduler.pace import Throttle
from scheduler.patrol import PatrolSettings
from tests.scheduler.builders import START_MS
from tests.scheduler.field import DIE, HANG, SEE, Deed, Field, always_see, go, once, stopped_within, when
from tests.scheduler.virtual import run

# ---- crawlers that die ----


def test_a_visit_whose_crawler_died_is_made_by_another(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1", "a2"]}, once("a1", DIE))
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"], "a1": ["ok"], "a2": ["ok"]}
    assert field.visited("a.test").count("a1") == 2


def test_a_visit_that_two_crawlers_died_on_ends_as_internal_and_the_rest_are_made(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1", "a2"]}, lambda visit, host, before: DIE if visit.target == "a1" else SEE)
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"], "a1": ["internal/worker_died"], "a2": ["ok"]}
    assert field.visited("a.test").count("a1") == 2


def test_only_the_visit_in_hand_is_charged_with_a_crawlers_death(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1", "a2", "a3"]}, lambda visit, host, before: DIE if before == 0 else SEE)
    run(field.run())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_crawler_that_dies_on_a_visit_from_another_host_loses_it_no_more_than_once(tmp_path: Path) -> None:
    def script(visit: Visit, host: str, before: int) -> Deed:
        return [go("http://x.test/"), DIE, SEE][min(before, 2)]

    field = Field(tmp_path, {"a.test": ["a0"]}, script)
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"]}
    assert [request.host for request in field.dispatch.requests] == ["a.test", "x.test", "x.test"]


def test_a_round_that_never_ends_is_given_up_and_its_visit_made_again(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"]}, once("a0", HANG))
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"], "a1": ["ok"]}
    assert field.dispatch.abandoned == [1]
    assert field.dispatch.complaints == []


def test_a_visit_that_hangs_twice_ends_as_internal(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"]}, lambda visit, host, before: HANG if visit.target == "a0" else SEE)
    run(field.run())
    assert field.outcomes()["a0"] == ["internal/worker_died"]
    assert field.outcomes()["a1"] == ["ok"]


# ---- messages nobody waits for ----


def test_results_after_their_round_has_ended_are_dropped_and_counted(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0"], "b.test": [f"b{number}" for number in range(9)]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: "a0" in {line.target for line in field.lines})
        ended = next(round.number for round in field.dispatch.rounds if round.host == "a.test")
        for message in (Sighting(ended, 0, START_MS, "timeout"), RoundEnd(ended), Sighting(99, 0, START_MS, "ok")):
            field.dispatch.receive(message)
        await patrol

    run(main())
    assert field.patrol.late_results == 3
    assert field.outcomes()["a0"] == ["ok"]
    assert b"xunwang_late_results_total 3.0" in field.patrol._metrics.text()


def test_a_second_answer_to_one_visit_makes_no_second_line(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: field.dispatch.requests)
        field.dispatch.receive(Sighting(1, 0, START_MS, "timeout"))
        await patrol

    run(main())
    assert field.outcomes() == {"a0": ["ok"], "a1": ["ok"]}


# ---- a full disk ----


def test_a_full_disk_pauses_handing_out_and_room_resumes_it(tmp_path: Path) -> None:
    hosts = {f"h{number}.test": [f"{number}-{index}" for index in range(20)] for number in range(3)}
    field = Field(tmp_path, hosts)

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: len(field.lines) > 3)
        field.writer.stuck = True
        field.patrol.troubled("no room for the journal")
        given = len(field.dispatch.rounds)
        await asyncio.sleep(600)
        assert len(field.dispatch.rounds) == given
        assert field.patrol.trouble == "no room for the journal"
        assert not patrol.done()
        field.writer.stuck = False
        field.writer.flush()
        field.patrol.troubled(None)
        await patrol

    run(main())
    assert field.patrol.trouble is None
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_writer_that_failed_for_good_ends_the_patrol(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(40)]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: field.lines)
        field.writer.failure = SyncFailed("Input/output error")
        field.patrol.troubled("fdatasync of the journal failed")
        await asyncio.wait_for(patrol, 8)

    run(main())
    assert len(field.lines) < 40


# ---- stopping ----


@pytest.mark.parametrize("begin_s", [0.0, 0.05, 0.12, 0.16, 1.0, 12.0, 13.0, 40.0])
def test_a_patrol_stops_whatever_it_is_doing(tmp_path: Path, begin_s: float) -> None:
    field = Field(tmp_path, {name: [f"{name}{number}" for number in range(40)] for name in ("a.test", "b.test")})
    run(stopped_within(field, begin_s, 8.0))
    assert all(len(outcomes) <= 1 for outcomes in field.outcomes().values())


def test_a_patrol_stops_while_a_crawler_hangs(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0"]}, lambda visit, host, before: HANG)
    run(stopped_within(field, 30.0, 8.0))


def test_a_patrol_stops_while_the_disk_is_full(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0"], "b.test": ["b0"]})
    field.patrol.troubled("no room for the journal")
    run(stopped_within(field, 30.0, 8.0))
    assert field.lines == []


def test_a_patrol_stops_while_a_host_wants_to_be_left_alone(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(40)]})
    field.dispatch.retry_after_s = 3000.0
    run(stopped_within(field, 1000.0, 8.0))


# ---- the ceiling over all hosts ----


class SlowThrottle(Throttle):
    """Lets one request through a second."""

    async def acquire(self) -> None:
        await asyncio.sleep(1.0)


HELD_BACK = PatrolSettings(gap=Gap(0.0, 0.0, 0.0), requests_per_s=1)


def test_a_host_whose_round_waits_for_the_ceiling_gets_no_second_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.patrol.Throttle", SlowThrottle)

    def script(visit: Visit, host: str, before: int) -> Deed:
        if visit.target == "a0" and before == 0:
            return go("http://b.test/moved")
        return SEE

    hosts = {"a.test": ["a0"], "b.test": [f"b{number}" for number in range(30)]}
    field = Field(tmp_path, hosts, script, HELD_BACK)
    run(field.run())
    assert field.dispatch.complaints == []
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_patrol_stops_while_a_round_waits_for_the_ceiling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.patrol.Throttle", SlowThrottle)
    field = Field(tmp_path, {"a.test": [str(number) for number in range(40)]}, always_see, HELD_BACK)
    run(stopped_within(field, 3.5, 8.0))
    assert field.lines == []
