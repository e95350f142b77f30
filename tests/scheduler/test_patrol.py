import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.records import Gap, Round, Visit
from scheduler.hosts import PlatformSettings
from scheduler.patrol import PatrolSettings
from scheduler.returns import MOST_HOPS
from scheduler.writer import Entry
from tests.scheduler.builders import START_MS, line_id, populate
from tests.scheduler.field import LEAVE, SEE, Deed, Field, go, once, stopped_within, when
from tests.scheduler.virtual import run

NO_GAP = PatrolSettings(gap=Gap(0.0, 0.0, 0.0))


# ---- a pass ----


def test_every_due_target_ends_in_exactly_one_line(tmp_path: Path) -> None:
    field = Field(tmp_path, {f"{name}.test": [f"{name}{number}" for number in range(12)] for name in "abcd"})
    run(field.run())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}
    assert {line.id for line in field.lines} == {line_id(key, START_MS) for key in field.targets}
    assert field.patrol.in_flight == 0
    assert field.patrol.lines == len(field.targets)
    assert field.dispatch.complaints == []


def test_a_pass_with_nothing_due_ends_at_once(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": []})
    run(field.run())
    assert field.dispatch.rounds == []
    assert field.dispatch.stopped


def test_what_already_has_its_line_in_this_pass_is_not_visited(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"]})
    field.ledger.transaction().execute("UPDATE states SET due = ? WHERE id = 1", (START_MS,))
    run(field.run())
    assert field.outcomes() == {"a0": [], "a1": ["ok"]}


def test_a_host_is_asked_one_request_at_a_time_with_its_gap_between_also_across_rounds(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(40)]})
    run(field.run())
    assert len(field.dispatch.rounds) > 2
    assert all(later.begun - earlier.ended >= 1.0 - 1e-6 for earlier, later in pairwise(field.dispatch.requests))


def test_a_host_is_planned_again_only_when_its_lines_are_durable(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(40)]}, settings=NO_GAP)
    submitted: list[str] = []
    send, submit = field.dispatch.send, field.writer.submit

    def check_and_send(round: Round, vantage: str | None = None) -> None:
        assert submitted == [line.target for line in field.lines]
        send(round, vantage)

    def note_and_submit(entry: Entry) -> None:
        submitted.append(entry.line.target)
        submit(entry)

    field.dispatch.send = check_and_send  # type: ignore[method-assign]
    field.writer.submit = note_and_submit  # type: ignore[method-assign]
    run(field.run())
    assert len(submitted) == 40


def test_no_more_rounds_are_in_flight_than_allowed(tmp_path: Path) -> None:
    hosts = {f"h{number}.test": [str(number)] for number in range(20)}
    field = Field(tmp_path, hosts, settings=PatrolSettings(rounds=3))
    run(field.run())
    assert field.dispatch.most_at_once == 3
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_host_that_asks_to_be_left_alone_is_left_alone(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(12)]})
    field.dispatch.retry_after_s = 300.0
    run(field.run())
    first, second = field.dispatch.rounds[:2]
    last = field.dispatch.requests[len(first.visits) - 1]
    assert field.dispatch.requests[len(first.visits)].begun - last.ended >= 300.0
    assert second.host == "a.test"


def test_hosts_of_one_platform_keep_its_ceiling_together(tmp_path: Path) -> None:
    hosts = {f"h{number}.test": [f"{number}-{index}" for index in range(4)] for number in range(10)}
    field = Field(
        tmp_path, hosts, settings=PatrolSettings(gap=Gap(0, 0, 0), platforms=PlatformSettings(ceiling=2.0)), platform="p"
    )
    run(field.run())
    begun = sorted(request.begun for request in field.dispatch.requests)
    assert len(begun) == 40
    for start in begun:
        assert sum(start <= other < start + 10.0 for other in begun) <= 2 * 10


def test_a_second_word_from_the_register_gives_no_host_a_second_round(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"], "b.test": ["b0"]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        for _ in range(20):
            await asyncio.sleep(0.15)
            if not patrol.done():
                field.patrol.enrolled()
        await patrol

    run(main())
    assert field.dispatch.complaints == []
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_second_word_from_the_register_does_not_end_a_hosts_rest(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(12)]})
    field.dispatch.retry_after_s = 300.0

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: field.lines and len(field.lines) == len(field.dispatch.rounds[0].visits))
        field.patrol.enrolled()
        await patrol

    run(main())
    first, second = (field.dispatch.requests[len(field.dispatch.rounds[0].visits) + index] for index in (-1, 0))
    assert second.begun - first.ended >= 300.0


def test_a_second_word_from_the_register_brings_a_hosts_new_gap(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(12)]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: field.dispatch.rounds)
        field.ledger.transaction().execute("UPDATE hosts SET least_s = 9.0")
        field.patrol.enrolled()
        await patrol

    run(main())
    assert field.dispatch.rounds[0].gap.least_s == 1.0
    assert {round.gap.least_s for round in field.dispatch.rounds[1:]} == {9.0}


def test_hosts_and_targets_that_the_register_brings_later_are_patrolled(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": [str(number) for number in range(30)]})

    async def main() -> None:
        patrol = asyncio.ensure_future(field.run())
        await when(lambda: field.lines)
        populate(field.ledger, {"later.test": ["x", "y"]})
        field.targets += ["x", "y"]
        field.patrol.enrolled()
        await patrol

    run(main())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}


def test_a_service_goes_on_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0"]})
    field.patrol.endless = True
    run(stopped_within(field, 3600.0, 8.0))
    assert field.outcomes() == {"a0": ["ok"]}


# ---- visits left by a crawler ----


def test_a_left_visit_comes_again(tmp_path: Path) -> None:
    left: list[str] = []

    def script(visit: Visit, host: str, before: int) -> Deed:
        if len(left) < 3:
            left.append(visit.target)
            return LEAVE
        return SEE

    field = Field(tmp_path, {"a.test": ["a0", "a1", "a2"]}, script)
    run(field.run())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}
    assert left == ["a0", "a0", "a0"]


# ---- handovers ----


def test_a_visit_goes_on_at_another_host_and_its_line_is_the_targets_own(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0", "a1"], "b.test": ["b0"]}, once("a0", go("http://b.test/moved")))
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"], "a1": ["ok"], "b0": ["ok"]}
    assert "a0" in field.visited("b.test")
    assert [request.url for request in field.dispatch.requests if request.target == "a0"] == [
        "http://a.test/a0",
        "http://b.test/moved",
    ]
    (line,) = [line for line in field.lines if line.target == "a0"]
    assert line.url == "http://a.test/a0"
    assert line.redirects == 1
    assert field.dispatch.complaints == []


@pytest.mark.parametrize("url", ["https://x.test:8443/a?b", "http://user@x.test/", "http://X.TEST", "http://x.test"])
def test_a_visit_goes_on_at_a_host_that_no_register_names(tmp_path: Path, url: str) -> None:
    field = Field(tmp_path, {"a.test": ["a0"]}, once("a0", go(url)))
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"]}
    assert [round.host for round in field.dispatch.rounds] == ["a.test", "x.test"]


@pytest.mark.parametrize("between", ["b.test", "x.test"])
def test_a_visit_may_come_back_to_the_host_it_left(tmp_path: Path, between: str) -> None:
    def script(visit: Visit, host: str, before: int) -> Deed:
        return [go(f"http://{between}/"), go("http://a.test/again"), SEE][min(before, 2)] if visit.target == "a0" else SEE

    hosts = {"a.test": ["a0", *(f"a{number}" for number in range(1, 9))], "b.test": ["b0"]}
    field = Field(tmp_path, hosts, script)
    run(field.run())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}
    assert [request.host for request in field.dispatch.requests if request.target == "a0"] == ["a.test", between, "a.test"]
    assert field.dispatch.complaints == []


def test_a_visit_handed_to_a_busy_host_waits_for_its_round_to_end(tmp_path: Path) -> None:
    hosts = {"a.test": ["a0"], "b.test": [f"b{number}" for number in range(20)]}
    field = Field(tmp_path, hosts, once("a0", go("http://b.test/moved")))
    run(field.run())
    assert field.outcomes() == {key: ["ok"] for key in field.targets}
    assert field.dispatch.complaints == []
    at_b = field.dispatch.requests
    assert all(
        later.begun >= earlier.ended + 1.0 - 1e-6
        for earlier, later in pairwise(request for request in at_b if request.host == "b.test")
    )


def test_a_host_whose_last_due_visit_is_away_is_not_asked_for_it_again(tmp_path: Path) -> None:
    field = Field(tmp_path, {"a.test": ["a0"]}, lambda visit, host, before: go("http://x.test/") if before == 0 else SEE)
    field.dispatch.retry_after_s = 120.0
    run(field.run())
    assert field.visited("a.test") == ["a0"]
    assert field.visited("x.test") == ["a0"]


def test_a_visit_that_is_handed_on_for_ever_ends_as_redirected_too_often(tmp_path: Path) -> None:
    def script(visit: Visit, host: str, before: int) -> Deed:
        return go(f"http://x{before}.test/")

    field = Field(tmp_path, {"a.test": ["a0"]}, script)
    run(field.run())
    assert field.outcomes() == {"a0": ["redirected/too_many"]}
    assert len(field.dispatch.requests) == MOST_HOPS + 1
    (line,) = field.lines
    assert line.requests == MOST_HOPS + 1
    assert line.final_url == f"http://x{MOST_HOPS}.test/"


def test_a_visit_left_at_another_host_goes_on_there(tmp_path: Path) -> None:
    left: list[str] = []

    def script(visit: Visit, host: str, before: int) -> Deed:
        if host == "a.test":
            return go("http://x.test/")
        if not left:
            left.append(host)
            return LEAVE
        return SEE

    field = Field(tmp_path, {"a.test": ["a0"]}, script)
    run(field.run())
    assert field.outcomes() == {"a0": ["ok"]}
    assert field.visited("a.test") == ["a0"]
    assert left == ["x.test"]
