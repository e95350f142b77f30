from itertools import pairwise

import msgspec
import pytest

from crawler.records import Gap, Kind, Memory, Rules
from scheduler.calendar import Pass
from scheduler.ledger import DueTarget
from scheduler.pace import HostPace
from scheduler.plan import DEADLINE_S, memory, round_of, task_of
from scheduler.slots import Slots
from scheduler.state import State, encode_state
from tests.scheduler.builders import ROW, START_MS, SUBJECT, task

READ = State(1, 2, "ok", "d", 3, ROW, b"{}", etag='"e"', last_modified="Sun")


def test_a_page_is_compared_with_what_was_read_last() -> None:
    assert memory("column", READ, ROW, 3, 10) == Memory("d", '"e"', "Sun")


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
    assert memory(kind, state, row, reader, 10) is None


def test_after_some_answers_304_a_full_fetch_is_asked_for() -> None:
    told = msgspec.structs.replace(READ, conditional=9)
    assert memory("column", told, ROW, 3, 10) == Memory("d", '"e"', "Sun")
    assert memory("column", msgspec.structs.replace(told, conditional=10), ROW, 3, 10) == Memory("d")


def test_validators_that_lied_are_not_sent_again() -> None:
    assert memory("column", msgspec.structs.replace(READ, distrusted=True), ROW, 3, 10) == Memory("d")


def due_target(state: State | None = None, rules: Rules | None = None, key: str = "k", twins: int = 0) -> DueTarget:
    packed = msgspec.msgpack.encode(rules) if rules else None
    known = encode_state(state) if state else None
    return DueTarget(7, "home", key, "http://a.test/", 5, SUBJECT, None, packed, ROW, known, "home", twins)


def test_a_task_carries_the_passs_due_time_and_the_rows_rules() -> None:
    made = task_of(due_target(READ, Rules(selector="li", charset="gbk")), 9, Pass(START_MS), 3, 10)
    assert (made.target_id, made.host_id, made.state, made.losses) == (7, 9, READ, 0)
    assert (made.visit.target, made.visit.url, made.visit.due_ms) == ("k", "http://a.test/", START_MS)
    assert made.visit.rules == Rules(selector="li", charset="gbk")
    assert made.visit.memory == Memory("d", '"e"', "Sun")


def test_a_first_task_has_nothing_to_remember() -> None:
    made = task_of(due_target(), 9, Pass(START_MS), 3, 10)
    assert made.visit.memory is None
    assert made.visit.rules is None
    assert made.state is None


def test_twins_are_looked_at_with_their_leader() -> None:
    made = task_of(due_target(READ), 9, Pass(START_MS), 3, 10, [due_target(READ, key="twin")])
    assert [twin.visit.target for twin in made.twins] == ["twin"]
    assert made.twins[0].visit.due_ms == START_MS
    assert made.visit.memory is not None


def test_a_twin_that_knows_another_page_makes_the_fetch_a_full_one() -> None:
    other = msgspec.structs.replace(READ, digest="other")
    for state in (None, other):
        made = task_of(due_target(READ), 9, Pass(START_MS), 3, 10, [due_target(state, key="twin")])
        assert made.visit.memory is None


def test_a_twin_whose_line_for_this_due_time_is_written_gets_no_second_one() -> None:
    written = msgspec.structs.replace(READ, due_ms=START_MS)
    made = task_of(due_target(READ), 9, Pass(START_MS), 3, 10, [due_target(written, key="twin")])
    assert made.twins == ()


def test_visits_are_numbered_within_their_round() -> None:
    gap = Gap(1.0, 2.0, 3.0)
    round, planned = round_of(4, "a.test", HostPace(gap), None, [task("x"), task("y")], 100.0, 45.0)
    assert (round.number, round.host, round.gap, round.deadline_s) == (4, "a.test", gap, 45.0)
    assert [(visit.number, visit.target) for visit in round.visits] == [(0, "x"), (1, "y")]
    assert tuple(one.visit for one in planned) == round.visits
    assert round.slots == ()


def test_a_round_takes_only_as_many_visits_as_its_platform_has_slots() -> None:
    slots = Slots(0.1)
    first, planned = round_of(1, "a.test", HostPace(Gap()), slots, [task(key) for key in "wxyz"], 100.0, DEADLINE_S)
    assert first.slots == pytest.approx([0.0, slots.spacing])
    assert len(planned) == 2
    empty, nothing = round_of(2, "b.test", HostPace(Gap()), slots, [task("v")], 100.0, DEADLINE_S)
    assert empty.visits == ()
    assert nothing == []


def test_slots_are_as_far_apart_as_the_host_needs() -> None:
    pace = HostPace(Gap(1.0, 2.0, 3.0))
    round, _ = round_of(1, "a.test", pace, Slots(10.0), [task(key) for key in "wxyz"], 100.0, DEADLINE_S)
    assert len(round.slots) == 4
    assert all(later - earlier >= pace.step() - 1e-6 for earlier, later in pairwise(round.slots))


def test_a_host_whose_visits_take_several_requests_gets_slots_for_all_of_them() -> None:
    pace = HostPace(Gap(0.0, 0.1, 0.1))
    pace.requests_per_visit = 3.0
    round, planned = round_of(1, "a.test", pace, Slots(10.0), [task("x"), task("y")], 100.0, DEADLINE_S)
    assert len(planned) == 2
    assert len(round.slots) == 6
