"""When a target is due again, as the service says it; and the same again from the journal alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from crawler.records import Item, Observation, Outcome, Reading, Round, Sighting, instant_ms
from register import Subject, Target
from scheduler.calendar import Look, Revisit
from scheduler.conclude import encode_line
from scheduler.folder import open_folder
from scheduler.journal import segment_path
from scheduler.ledger import Ledger
from scheduler.revisit import HOUR_MS, Policy
from scheduler.state import State, decode_state
from tests.scheduler.builders import START_MS, without_validators
from tests.scheduler.crew import OK, REFUSED, SILENT, Reply
from tests.scheduler.station import Station, column, columns, home, seconds, site, until
from tests.scheduler.virtual import run

DAY_MS = 24 * HOUR_MS
CALENDAR = Revisit(Policy(), 26)
_observation = msgspec.json.Decoder(Observation).decode


def state(at_ms: int, newest: str | None = None, due_ms: int | None = None) -> State:
    reading = msgspec.json.encode(Reading("list", newest=newest)) if newest else b""
    return State(due_ms or at_ms, at_ms, "ok", reading=reading, looked=True)


# ---- probes ----


def test_probes_come_at_least_two_dozen_times_a_day_and_are_never_bunched() -> None:
    at, due = START_MS, START_MS
    times: list[int] = []
    while at < START_MS + 3 * DAY_MS:
        due = CALENDAR.next(Look("probe", "probe", "k/@home", None, state(at + 300, due_ms=due), False)).due_ms
        at = due
        times.append(due)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 0.74 * DAY_MS / 26
    assert max(gaps) <= 1.26 * DAY_MS / 26
    assert min(sum(day <= due - START_MS < day + DAY_MS for due in times) for day in (0, DAY_MS, 2 * DAY_MS)) >= 24


def test_a_clock_set_back_does_not_give_the_same_due_times_again() -> None:
    """A visit is named by its due time: two visits of one name would be one."""
    at, due = START_MS, START_MS
    given: list[int] = []
    for turn in range(400):
        due = CALENDAR.next(Look("probe", "probe", "k/@home", None, state(at, due_ms=due), False)).due_ms
        given.append(due)
        at = due + 200 + 7 * turn
        if turn % 50 == 49:
            at -= 2 * DAY_MS
            due = at
    assert len(set(given)) == 400


@pytest.mark.parametrize("per_day", [1, 26, 1440])
def test_the_next_probe_is_later_than_the_last_look_however_many_there_are(per_day: int) -> None:
    calendar = Revisit(Policy(), per_day)
    at = START_MS
    for _ in range(50):
        due = calendar.next(Look("probe", "probe", "k/@home", None, state(at), False)).due_ms
        assert at < due <= at + 1.27 * DAY_MS / per_day
        at = due


# ---- columns that will be overdue ----


def beijing_day(days: int) -> str:
    return (datetime.fromtimestamp(START_MS / 1000, UTC) + timedelta(hours=8, days=days)).date().isoformat()


@pytest.mark.parametrize(("age_days", "soon"), [(1, False), (10, False), (12, True), (14, True), (16, False), (40, False)])
def test_a_news_column_is_due_soon_in_the_days_before_its_two_weeks_are_over(age_days: int, soon: bool) -> None:
    look = Look("column", "news", "k", None, state(START_MS, beijing_day(-age_days)), False)
    assert CALENDAR.next(look).due_soon is soon


def test_a_line_of_a_column_that_is_due_soon_says_so_with_its_newest_date(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(site(), *columns(1), due_ms=START_MS)
    days = beijing_day(-13)

    async def main() -> None:
        async with station.patrolling():
            await until(10)

    def seen(round: Round, vantage: str | None = None) -> None:
        station.crawlers.receive(_list_of(days))

    station.crawlers.send = seen  # type: ignore[method-assign]
    run(main())
    assert [(flag.name, flag.evidence) for flag in station.lines[0].flags] == [("due_soon", days)]


def _list_of(day: str, outcome: Outcome = "ok") -> Sighting:
    reading = Reading("list", newest=day, precision="day", source="row", items=1, dated=1)
    return Sighting(1, 0, START_MS, outcome, reading=reading, items=(Item("某县召开会议", "http://a.test/1", day),))


def test_a_fresh_column_and_a_probe_are_never_due_soon(tmp_path: Path) -> None:
    station = Station(tmp_path)
    station.register(site(), home(), *columns(1), due_ms=START_MS, probes=True)

    async def main() -> None:
        async with station.patrolling():
            await until(2 * 3600)

    run(main())
    assert {line.kind for line in station.lines} == {"probe", "home", "column"}
    probes = [line for line in station.lines if line.kind == "probe"]
    assert not any(flag.name == "due_soon" for line in probes for flag in line.flags)


# ---- the same again from the journal ----


def register() -> list[Subject | Target]:
    same = "http://a.test/same/"
    other = column(9, code="5115000002", url=same)
    return [site(), home(), *columns(4), column(9, url=same), site("5115000002"), other]


def remembered(ledger: Ledger) -> dict[tuple[str, str], tuple[int | None, int | None, State]]:
    """(kind, key) → due, deadline and state, less what a journal cannot give back."""
    rows = ledger.transaction().execute(
        "SELECT kind, key, due, deadline, state FROM targets JOIN states USING (id) WHERE state IS NOT NULL"
    )
    found = {}
    for kind, key, due, deadline, state in rows:
        bare = msgspec.structs.replace(without_validators(decode_state(state)), conditional=0)
        found[kind, key] = (due, deadline, bare)
    return found


def test_a_ledger_made_anew_from_the_journal_has_the_same_due_times_deadlines_and_intervals(tmp_path: Path) -> None:
    def world(visit: object, host: str, vantage: str) -> Reply:
        turn = int(seconds() // 5000) % 5
        return (OK, SILENT, REFUSED, Reply("http_error", None), OK)[turn]

    live = Station(tmp_path, world)
    live.register(*register(), due_ms=START_MS, probes=True)
    kept: list[dict[tuple[str, str], tuple[int | None, int | None, State]]] = []

    async def main() -> None:
        async with live.patrolling():
            await until(23 * 3600)
            live.writer.flush()
            kept.append(remembered(live.ledger))

    run(main())
    folder = tmp_path / "again"
    folder.mkdir(exist_ok=True)
    again = Station(folder, world)
    again.register(*register(), due_ms=START_MS, probes=True)
    again.ledger.close()
    write_journal(folder, live)
    opened = open_folder(folder, "serve", again.revisit)
    found = remembered(opened.ledger)
    opened.close()
    assert len(live.lines) > 40
    assert found == kept[0]
    assert any(state.interval_ms for _, _, state in found.values())
    assert any(deadline for _, deadline, _ in found.values())


def write_journal(folder: Path, station: Station) -> None:
    (folder / "journal").mkdir(exist_ok=True)
    lines = []
    for seq, line in enumerate(station.lines, 1):
        line.seq = seq
        lines.append(encode_line(line))
    segment_path(folder / "journal", 1).write_bytes(b"".join(line + b"\n" for line in lines))
    assert instant_ms(_observation(lines[0]).due) == START_MS
