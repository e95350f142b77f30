"""Which pass comes next, and over which targets."""

from pathlib import Path

import msgspec
import pytest

from register import Register, Subject, Target
from scheduler.calendar import Pass
from scheduler.errors import Refused
from scheduler.folder import Folder, open_folder
from scheduler.passes import begin
from tests.scheduler.builders import START_MS

TODAY = "2026-11-22"
SITE = Subject("9801230001", "site", "青溪县人民政府")


def column(number: int, url: str | None = None) -> Target:
    key = f"9801230001/c{number}"
    return Target(
        key, "column", "9801230001", url or f"http://www.a.test/c{number}/", "www.a.test", name="栏目", category="news"
    )


class Still:
    """A clock that moves by a second whenever it is asked."""

    def __init__(self) -> None:
        self.ms = START_MS

    def now_ms(self) -> int:
        self.ms += 1000
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return open_folder(tmp_path / "out", "crawl", Pass())


def register(folder: Folder, *rows: Subject | Target) -> Register:
    path = folder.path / "register.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in (SITE, *rows)))
    return Register("sha256:1", {}, {}, (), {}, path)


def due_keys(folder: Folder, due_ms: int) -> list[str]:
    hosts = [due.id for due in folder.ledger.due_hosts(due_ms)]
    return [target.key for host in hosts for target in folder.ledger.due_targets(host, due_ms, 100)]


def finish(folder: Folder, number: int) -> None:
    folder.ledger.transaction().execute("UPDATE states SET due = (SELECT max(due) FROM passes)")
    folder.ledger.finish_pass(number, 1)


def test_a_pass_over_some_targets_leaves_the_others_alone(folder: Folder) -> None:
    clock, rows = Still(), register(folder, *(column(number) for number in range(4)))
    finish(folder, begin(folder, rows, clock, TODAY).number)
    plan = begin(folder, rows, clock, TODAY, only=frozenset({"9801230001/c1", "9801230001/c3", "gone/c9"}))
    assert (plan.number, plan.left) == (2, 2)
    assert due_keys(folder, plan.due_ms) == ["9801230001/c1", "9801230001/c3"]


def test_the_pass_after_it_looks_at_all_again(folder: Folder) -> None:
    clock, rows = Still(), register(folder, *(column(number) for number in range(4)))
    plan = begin(folder, rows, clock, TODAY, only=frozenset({"9801230001/c1"}))
    finish(folder, plan.number)
    assert begin(folder, rows, clock, TODAY).left == 4


def test_a_target_that_is_looked_at_with_another_is_reached_through_it(folder: Folder) -> None:
    clock = Still()
    rows = register(folder, column(1), column(2, "http://www.a.test/c1/"), column(3))
    plan = begin(folder, rows, clock, TODAY, only=frozenset({"9801230001/c2"}))
    assert due_keys(folder, plan.due_ms) == ["9801230001/c1"]
    assert plan.left == 2


def test_an_unfinished_pass_over_some_targets_is_resumed(folder: Folder) -> None:
    clock, rows, only = Still(), register(folder, column(1), column(2)), frozenset({"9801230001/c2"})
    begin(folder, rows, clock, TODAY, only=only)
    again = begin(folder, rows, clock, TODAY, only=only)
    assert (again.number, again.resumed, again.left) == (1, True, 1)


def test_an_unfinished_pass_over_all_is_finished_first(folder: Folder) -> None:
    clock, rows = Still(), register(folder, column(1), column(2))
    begin(folder, rows, clock, TODAY)
    with pytest.raises(Refused, match="finish it without --only first"):
        begin(folder, rows, clock, TODAY, only=frozenset({"9801230001/c2"}))


def test_verdicts_of_another_register_are_refused_and_begin_nothing(folder: Folder) -> None:
    clock, rows = Still(), register(folder, column(1))
    with pytest.raises(Refused, match="none of the targets"):
        begin(folder, rows, clock, TODAY, only=frozenset({"another/c1"}))
    plan = begin(folder, rows, clock, TODAY)
    assert (plan.resumed, plan.left) == (False, 1)
