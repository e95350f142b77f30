"""One URL that stands in two subjects: fetched once, reported for both."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.records import Memory, Visit, observation_id
from register import Pause, Subject, Target
from scheduler.folder import open_folder
from scheduler.journal import segment_path
from scheduler.ledger import Ledger
from scheduler.plan import task_of
from scheduler.state import State, encode_state
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, REFUSED, Reply
from tests.scheduler.station import Station, column, site, until
from tests.scheduler.virtual import run

FIRST, SECOND, THIRD = "5115000001", "5115000002", "5115000003"
URL = "http://a.test/same/"


def shared(code: str, **more: Any) -> Target:
    return column(1, code=code, **({"url": URL} | more))


ROWS: tuple[Subject | Target, ...] = (site(FIRST), site(SECOND), shared(FIRST), shared(SECOND))
LEADER, TWIN = f"{FIRST}/c1", f"{SECOND}/c1"


def patrolled(station: Station, *, till_s: float = 30.0) -> None:
    async def main() -> None:
        async with station.patrolling():
            await until(till_s)

    run(main())


# ---- reported for both ----


def test_a_url_in_two_subjects_is_asked_once_and_has_a_line_for_each(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)
    patrolled(station)
    assert len(station.crawlers.asked) == 1
    assert station.told(LEADER) == station.told(TWIN) == ["ok"]
    line, other = station.of(LEADER)[0], station.of(TWIN)[0]
    assert msgspec.json.decode(line.subject)["code"] == FIRST
    assert msgspec.json.decode(other.subject)["code"] == SECOND
    assert line.due == other.due
    assert line.id == observation_id("column", LEADER, START_MS, "default", "public_http")
    assert other.id == observation_id("column", TWIN, START_MS, "default", "public_http")


def test_only_the_leaders_line_counts_the_request_and_the_others_say_with_whom_they_share_it(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, site(THIRD), shared(THIRD), due_ms=START_MS)
    patrolled(station)
    assert [line.requests for line in station.lines] == [0, 0, 1]
    assert [line.target for line in station.lines][-1] == LEADER
    shares = [[flag.evidence for flag in line.flags if flag.name == "shared"] for line in station.lines]
    assert shares == [[f"fetched once, for {LEADER}"]] * 2 + [[]]


@pytest.mark.parametrize("reply", [REFUSED, Reply("blocked", "signature"), Reply("http_error", None)])
def test_what_goes_wrong_is_told_of_both(tmp_path: Path, reply: Reply) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: reply)
    station.register(*ROWS, due_ms=START_MS)
    patrolled(station)
    assert station.told(LEADER) == station.told(TWIN)
    assert len(station.told(TWIN)) == 1


def test_twins_follow_their_leader_to_another_host(tmp_path: Path) -> None:
    def world(visit: Visit, host: str, vantage: str) -> Reply:
        return Reply(what="go", url="http://b.test/same/") if host == "a.test" else OK

    station = Station(tmp_path, world)
    station.register(*ROWS, due_ms=START_MS)
    patrolled(station)
    assert station.told(LEADER) == station.told(TWIN) == ["ok"]
    assert len(station.crawlers.asked) == 2


def test_twins_whose_crawler_died_twice_are_both_told_so(tmp_path: Path) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: Reply(what="die"))
    station.register(*ROWS, due_ms=START_MS)
    patrolled(station)
    assert station.told(LEADER) == station.told(TWIN) == ["internal/worker_died"]


def test_columns_of_one_url_with_rules_of_their_own_are_no_twins(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(site(FIRST), site(SECOND), shared(FIRST), shared(SECOND, selector="ul.other > li"), due_ms=START_MS)
    patrolled(station)
    assert len(station.crawlers.asked) == 2


# ---- when the register changes ----


def test_a_paused_twin_is_not_reported_and_the_leader_goes_on(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS[:3], shared(SECOND, paused=Pause("改版")), due_ms=START_MS)
    patrolled(station)
    assert (station.told(LEADER), station.told(TWIN)) == (["ok"], [])


@pytest.mark.parametrize(
    "rest", [(site(FIRST), site(SECOND), shared(SECOND)), (*ROWS[:2], shared(FIRST, paused=Pause("改版")), shared(SECOND))]
)
def test_a_twin_whose_leader_is_gone_is_looked_at_by_itself(tmp_path: Path, rest: tuple[Subject | Target, ...]) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(10)
            station.register(*rest)
            assert station.due(LEADER) is None
            assert station.due(TWIN) is not None
            await until(3 * 3600)
            assert station.unaccounted() == 0

    run(main())
    assert station.told(LEADER) == ["ok"]
    assert len(station.told(TWIN)) >= 2
    assert len({line.id for line in station.lines}) == len(station.lines)


def test_a_withdrawn_twin_has_no_further_line_and_the_leader_has(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(10)
            station.register(*ROWS[:3])
            await until(20 * 3600)
            assert station.unaccounted() == 0

    run(main())
    assert station.told(TWIN) == ["ok"]
    assert len(station.told(LEADER)) > 1


def test_a_twin_that_leaves_while_its_leader_is_asked_has_that_line_and_none_twice(tmp_path: Path) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: Reply(took_s=10.0))
    station.register(*ROWS, due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(site(FIRST), site(SECOND), shared(FIRST), shared(SECOND, url="http://a.test/own/"))
            await until(3 * 3600)
            assert station.unaccounted() == 0

    run(main())
    assert len({line.id for line in station.lines}) == len(station.lines)
    assert station.of(TWIN)[0].due == station.of(LEADER)[0].due


def test_a_target_that_becomes_a_twin_while_it_is_out_by_itself_has_one_line_for_that_due_time(tmp_path: Path) -> None:
    """Its crawler dies, so both wait for the same round, and that round's crawler dies on the leader."""
    deaths = {TWIN: 1, LEADER: 1}

    def world(visit: Visit, host: str, vantage: str) -> Reply:
        if host == "a.test" and deaths[visit.target] > 0:
            deaths[visit.target] -= 1
            return Reply(what="die", took_s=20.0)
        return OK

    station = Station(tmp_path, world)
    alone = shared(FIRST, url="http://b.test/alone/", host="b.test")
    station.register(site(FIRST), site(SECOND), alone, shared(SECOND), due_ms=START_MS)
    station.set_due(LEADER, START_MS + 30_000)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            station.register(*ROWS)
            station.set_due(LEADER, START_MS)
            await until(200)

    run(main())
    assert station.told(TWIN) == station.told(LEADER) == ["ok"]


# ---- killed between two lines ----


def test_of_two_lines_cut_short_by_a_kill_the_missing_one_alone_is_made_again(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)
    patrolled(station)
    follower, leader = station.lines
    assert (follower.target, leader.target) == (TWIN, LEADER)
    folder = tmp_path / "again"
    folder.mkdir(exist_ok=True)
    again = Station(folder)
    again.register(*ROWS, due_ms=START_MS)
    _write_journal(folder, follower)
    again.ledger.close()
    opened = open_folder(folder, "serve", again.revisit)  # replays the one line that was whole
    [due] = opened.ledger.due_targets(1, START_MS + 1, 9)
    assert due.key == LEADER
    task = task_of(due, 1, again.revisit, 1, 10, opened.ledger.twins_of(due.id))
    assert task.twins == ()
    opened.close()


def _write_journal(folder: Path, line: Any) -> None:
    journal = folder / "journal"
    journal.mkdir(exist_ok=True)
    line.seq = 1
    segment_path(journal, 1).write_bytes(msgspec.json.encode(line) + b"\n")


# ---- what the page is compared with ----


def remember(ledger: Ledger, key: str, digest: str, due_ms: int = START_MS - 1) -> None:
    found = ledger.state_of("column", key)
    assert found is not None
    [(row,)] = ledger.transaction().execute("SELECT row FROM targets WHERE id = ?", (found[0],))
    state = State(due_ms, due_ms, "ok", digest, 1, row, b'{"state":"list"}', etag='"e"', looked=True)
    ledger.transaction().execute("UPDATE states SET state = ? WHERE id = ?", (encode_state(state), found[0]))


@pytest.mark.parametrize(("of_twin", "memory"), [("d", Memory("d", '"e"')), ("other", None)])
def test_a_page_is_only_compared_when_both_remember_the_same_one(tmp_path: Path, of_twin: str, memory: Memory | None) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)
    remember(station.ledger, LEADER, "d")
    remember(station.ledger, TWIN, of_twin)
    [due] = station.ledger.due_targets(1, START_MS + 1, 9)
    task = task_of(due, 1, station.revisit, 1, 10, station.ledger.twins_of(due.id))
    assert task.visit.memory == memory
    station.ledger.close()


def test_a_twin_that_nobody_has_looked_at_makes_the_next_fetch_a_full_one(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*ROWS, due_ms=START_MS)
    remember(station.ledger, LEADER, "d")
    [due] = station.ledger.due_targets(1, START_MS + 1, 9)
    assert task_of(due, 1, station.revisit, 1, 10, station.ledger.twins_of(due.id)).visit.memory is None
    station.ledger.close()
