"""Due times given = answered by a line + withdrawn + skipped + outstanding, whatever goes wrong.

By the metrics' own values, and by name: every due time that was ever given is found again exactly once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.records import Visit, instant_ms
from register import Pause, Subject, Target
from tests.scheduler.builders import START_MS
from tests.scheduler.crew import OK, REFUSED, SILENT, Reply
from tests.scheduler.station import CANARY, Station, column, columns, home, seconds, site, until
from tests.scheduler.virtual import run

HOSTS: Final = ("a.test", "b.test", "c.test")
REPLIES: Final = (
    OK,
    OK,
    Reply(took_s=8.0),
    SILENT,
    REFUSED,
    Reply("http_error", None),
    Reply(what="die"),
    Reply(what="hang"),
    Reply(what="leave"),
    *(Reply(what="go", url=f"http://{host}/on") for host in (*HOSTS, "elsewhere.test")),
)


def everything() -> list[Subject | Target]:
    """Three sites with a home page and three columns each; the first column of all is one URL."""
    rows: list[Subject | Target] = []
    for number, host in enumerate(HOSTS):
        code = str(5115000001 + number)
        shared = column(9, "a.test", code, url="http://a.test/same/")
        rows += [site(code), home(host, code), *columns(3, host, code), shared]
    return rows


def without(gone: int) -> list[Subject | Target]:
    """The register less one row of targets, of which there are 15."""
    rows = everything()
    targets = [row for row in rows if isinstance(row, Target)]
    return [row for row in rows if row is not targets[gone % len(targets)]]


def paused(which: int) -> list[Subject | Target]:
    return [
        site(row.code, paused=Pause("改版")) if isinstance(row, Subject) and row.code.endswith(str(which + 1)) else row
        for row in everything()
    ]


def moved(which: int) -> list[Subject | Target]:
    """A column of the first site is on another host now."""
    key = f"5115000001/c{which}"
    host = HOSTS[1 + which % 2]
    return [column(which, host, "5115000001") if isinstance(row, Target) and row.key == key else row for row in everything()]


EVENTS: Final = st.one_of(
    st.tuples(st.just("without"), st.integers(0, 14)),
    st.tuples(st.just("paused"), st.integers(0, 2)),
    st.tuples(st.just("moved"), st.integers(0, 2)),
    st.tuples(st.just("whole"), st.just(0)),
    st.tuples(st.just("full disk"), st.integers(10, 600)),
    st.tuples(st.just("hold"), st.integers(10, 600)),
    st.tuples(st.just("canary dead"), st.integers(30, 600)),
    st.tuples(st.just("clock"), st.sampled_from([-7_200_000, 3_600_000, 400 * 86_400_000])),
)
REGISTERS: Final[Mapping[str, Callable[[int], list[Subject | Target]]]] = {
    "without": without,
    "paused": paused,
    "moved": moved,
    "whole": lambda which: everything(),
}


async def suffer(station: Station, what: str, how: int, dead_until: list[float]) -> None:
    register = REGISTERS.get(what)
    if register is not None:
        station.register(*register(how), probes=True)
    elif what == "full disk":
        station.writer.stuck = True
        station.patrol.troubled("no room for the journal")
        await asyncio.sleep(how)
        station.writer.stuck = False
        station.writer.flush()
        station.patrol.troubled(None)
    elif what == "hold":
        station.patrol.hold("canary")
        await asyncio.sleep(how)
    elif what == "canary dead":
        dead_until[0] = seconds() + how
    else:
        station.clock.ahead_ms += how


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 400.0), EVENTS), max_size=5),
    st.lists(st.sampled_from(REPLIES), min_size=1, max_size=30),
)
def test_no_due_time_is_lost_and_none_answered_twice(events: list[tuple[float, tuple[str, int]]], replies: list[Reply]) -> None:
    given_out: Counter[str] = Counter()

    def world(visit: Visit, host: str, vantage: str) -> Reply:
        """Troubles come one after another, and end after some time."""
        given_out["visits"] += 1
        return replies[given_out["visits"] % len(replies)] if seconds() < 3000 else OK

    dead_until = [0.0]
    with TemporaryDirectory() as folder:
        station = Station(Path(folder), world, canaries=(CANARY,), per_day=96)
        station.register(*everything(), due_ms=START_MS, probes=True)

        async def main() -> None:
            async with station.patrolling(watched=True, canary=lambda now: now >= dead_until[0]):
                for wait_s, (what, how) in events:
                    await until(seconds() + wait_s)
                    await suffer(station, what, how, dead_until)
                    assert station.unaccounted() == 0
                await until(seconds() + 300)
                assert station.unaccounted() == 0
                await until(max(seconds(), 3000) + 3600)
                station.writer.flush()
                assert station.unaccounted() == 0
                assert station.patrol.in_flight <= 20

        run(main())
        repeated = [name for name, count in Counter(line.id for line in station.lines).items() if count > 1]
        assert repeated == []
        assert station.crawlers.complaints == []
        assert all(instant_ms(line.due) > 0 for line in station.lines)


def test_every_due_time_of_an_hour_is_answered_once_or_still_to_come(tmp_path: Path) -> None:
    """By name: the calendar gives a due time with each line, and the next line answers it."""
    station = Station(tmp_path, per_day=96)
    station.register(*everything(), due_ms=START_MS, probes=True)
    due: dict[tuple[str, str], int | None] = {}

    async def main() -> None:
        async with station.patrolling():
            await until(3600)
            station.writer.flush()
            for line in station.lines:
                due[line.kind, line.target] = station.due(line.target, line.kind)
            assert station.metric("visits_scheduled_total") == 16 + len(station.lines)  # 18 targets, of which 2 are led
            assert station.unaccounted() == 0

    run(main())
    answered = Counter((line.kind, line.target, line.due) for line in station.lines)
    assert max(answered.values()) == 1
    assert len(due) == 18
    assert sum(moment is None for moment in due.values()) == 2
    assert all(moment is None or moment > START_MS + 3_599_000 for moment in due.values())


def test_twins_and_withdrawn_visits_in_flight_do_not_make_more_outstanding_than_there_is(tmp_path: Path) -> None:
    station = Station(tmp_path, lambda visit, host, vantage: Reply(took_s=20.0))
    station.register(*everything(), due_ms=START_MS)

    async def main() -> None:
        async with station.patrolling():
            await until(5)
            assert station.patrol.in_flight > 0
            station.register(site(), home())
            assert station.outstanding() == 1
            assert station.unaccounted() == 0
            await until(120)
            assert station.unaccounted() == 0

    run(main())
    assert station.metric("visits_withdrawn_total") == 12


def test_the_oldest_due_visit_tells_how_long_nobody_looked(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(*everything(), due_ms=START_MS)

    async def main() -> None:
        station.patrol.troubled("no room for the journal")
        async with station.patrolling():
            await until(1000)
            station.outstanding()
            assert station.metric("oldest_due_seconds") == 1000
            station.patrol.troubled(None)
            await until(1200)
            station.outstanding()
            assert station.metric("oldest_due_seconds") == 0

    run(main())
