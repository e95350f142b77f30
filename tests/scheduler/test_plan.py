import msgspec
import pytest

from crawler.records import Gap, Kind, Memory, Rules
from scheduler.calendar import Pass
from scheduler.ledger import DueTarget
from scheduler.pace import HostPace, PlatformPace
from scheduler.plan import DEADLINE_S, memory, round_of, task_of
from scheduler.state import State, encode_state
from tests.scheduler.builders import ROW, START_MS, SUBJECT, task

READ = State(1, 2, "ok", "d", 3, ROW, b"{}", etag='"e"', last_modified="Sun")


def test_a_page_is_compared_with_what_was_read_last() -> None:
    assert memory("column", READ, ROW, 3) == Memory("d", '"e"', "Sun")


@pytest.mark.parametrize(
    ("kind", "state", "row", "reader"),
    [
        ("column", None, ROW, 3),
        ("column", READ, "another row", 3),
        ("column", READ, ROW, 4),
        ("column", msgspec.structs.replace(READ, reading=b""), ROW, 3),
        ("account", READ, ROW, 3),
    ],
    ids=["never looked at", "row changed", "reader changed", "nothing read yet", "an account"],
)
def test_a_page_is_compared_with_nothing_else(kind: Kind, state: State | None, row: str, reader: int) -> None:
    assert memory(kind, state, row, reader) is None


def due_target(state: State | None = None, rules: Rules | None = None) -> DueTarget:
    packed = msgspec.msgpack.encode(rules) if rules else None
    return DueTarget(7, "home", "k", "http://a.test/", 5, SUBJECT, None, packed, ROW, encode_state(state) if state else None)


def test_a_task_carries_the_passs_due_time_and_the_rows_rules() -> None:
    made = task_of(due_target(READ, Rules(selector="li", charset="gbk")), 9, Pass(START_MS), 3)
    assert (made.target_id, made.host_id, made.state, made.losses) == (7, 9, READ, 0)
    assert (made.visit.target, made.visit.url, made.visit.due_ms) == ("k", "http://a.test/", START_MS)
    assert made.visit.rules == Rules(selector="li", charset="gbk")
    assert made.visit.memory == Memory("d", '"e"', "Sun")


def test_a_first_task_has_nothing_to_remember() -> None:
    made = task_of(due_target(), 9, Pass(START_MS), 3)
    assert made.visit.memory is None
    assert made.visit.rules is None
    assert made.state is None


def test_visits_are_numbered_within_their_round() -> None:
    round, planned = round_of(4, "a.test", HostPace(Gap(1.0, 2.0, 3.0)), [task("x"), task("y")], 100.0)
    assert (round.number, round.host, round.gap, round.deadline_s) == (4, "a.test", Gap(1.0, 2.0, 3.0), DEADLINE_S)
    assert [(visit.number, visit.target, visit.start_after_s) for visit in round.visits] == [(0, "x", 0.0), (1, "y", 0.0)]
    assert tuple(one.visit for one in planned) == round.visits


def test_a_round_takes_only_as_many_visits_as_its_platform_has_slots() -> None:
    platform = PlatformPace(0.1)
    first, planned = round_of(1, "a.test", HostPace(Gap(), platform), [task(key) for key in "wxyz"], 100.0)
    assert [visit.start_after_s for visit in first.visits] == pytest.approx([0.0, 10.0])
    assert len(planned) == 2
    empty, nothing = round_of(2, "b.test", HostPace(Gap(), platform), [task("v")], 100.0)
    assert empty.visits == ()
    assert nothing == []
