"""Operators' reports on their way to the journal: kept before they are accepted, one line each, checked by their link."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from crawler.records import NOTHING, Account, Outcome, Reading, Sighting, Visit
from register import Subject, load, read_accepted
from scheduler.accounts.reportdesk import ReportDesk, files_seen, keep_files, reported
from scheduler.accounts.reports import Report
from scheduler.accounts.routes import NOBODY, Routes
from scheduler.conclude import Task, conclude
from scheduler.enrol import enrol
from scheduler.journal import Position
from scheduler.ledger import Ledger, Update
from scheduler.state import encode_state
from tests.scheduler.builders import HOUSE, START_MS

LINK = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
REGISTER = f"账号标识,账号名称,类型,主办单位,网址\nWX1,某县发布,微信订阅号,某县,{LINK}\nSPH1,某县视频,微信视频号,某县,\n"


@pytest.fixture
def desk(tmp_path: Path) -> tuple[ReportDesk, Ledger]:
    (tmp_path / "accounts.csv").write_text(REGISTER, encoding="utf-8")
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    enrol(ledger, load(tmp_path / "accounts.csv", tmp_path / "kept"), lambda *_: START_MS + 86_400_000, "2026-11-22")
    return opened(), ledger


def opened() -> ReportDesk:
    return ReportDesk(Routes())


def report(account: str = "WX1", updated: str = "2026-11-20", link: str | None = LINK, name: str = "a") -> Report:
    return Report(name * 32, account, updated, "day", updated, link, "办公室", START_MS, "POST")


def due(ledger: Ledger) -> dict[str, tuple[str, str, int]]:
    """Reports that are due: account → (host, url, due)."""
    rows = ledger.transaction().execute(
        "SELECT t.key, h.name, t.url, s.due FROM states s JOIN targets t USING (id) JOIN hosts h ON h.id = s.host "
        "WHERE t.kind = 'report' AND s.due IS NOT NULL"
    )
    return {key: (host, url, ms) for key, host, url, ms in rows}


def task_for(ledger: Ledger, made: Report, due_ms: int = START_MS) -> Task:
    row = ledger.state_of("report", made.account)
    assert row is not None
    visit = Visit(0, "report", made.account, made.link or "", due_ms)
    return Task(row[0], 1, visit, b'{"code":"WX1"}', None, made.id, None, "report")


def write(ledger: Ledger, task: Task, seen: Sighting) -> None:
    """The line of a visit becomes durable."""
    _, state = conclude(task, seen, HOUSE)
    ledger.commit([Update(encode_state(state), None, None, task.target_id)], Position(1, 0, 0), "")


def look(outcome: Outcome = "ok", newest: str | None = "2026-11-20T09:00:00+08:00", requests: int = 1) -> Sighting:
    reading = Reading("article", newest) if newest else NOTHING
    status = 200 if requests else None
    return Sighting(
        4,
        2,
        START_MS + 5,
        outcome,
        None,
        status,
        LINK,
        requests=requests,
        attempts=1,
        reading=reading,
        account=Account("alive"),
    )


def test_a_report_is_kept_and_its_link_is_due_at_once(desk: tuple[ReportDesk, Ledger]) -> None:
    clerk, ledger = desk
    assert clerk.file(ledger, [report(), report("SPH1", link=None, name="b")], START_MS) == 2
    assert due(ledger) == {"WX1": ("mp.weixin.qq.com", LINK, START_MS), "SPH1": (NOBODY, "", START_MS)}


def test_a_link_that_shows_nothing_in_public_is_not_asked(desk: tuple[ReportDesk, Ledger], tmp_path: Path) -> None:
    clerk, ledger = desk
    clerk.register(_subjects(tmp_path))
    clerk.file(ledger, [report("SPH1", link="https://channels.weixin.qq.com/web/pages/feed?eid=x")], START_MS)
    assert due(ledger)["SPH1"][0] == NOBODY


def _subjects(folder: Path) -> list[Subject]:
    register = load(folder / "accounts.csv", folder / "kept")
    return [row for row in read_accepted(register.path) if isinstance(row, Subject)]


def test_reports_are_no_rows_of_the_register(desk: tuple[ReportDesk, Ledger], tmp_path: Path) -> None:
    clerk, ledger = desk
    clerk.file(ledger, [report()], START_MS)
    again = enrol(ledger, load(tmp_path / "accounts.csv", tmp_path / "kept"), lambda *_: 0, "2026-11-23")
    assert (again.watched, again.withdrawn) == (2, 0)


def test_the_same_report_again_is_nothing_new(desk: tuple[ReportDesk, Ledger]) -> None:
    clerk, _ = desk
    clerk.filed([report()])
    assert clerk.new([report(), report("SPH1", name="b")]) == [report("SPH1", name="b")]
    assert clerk.new([report(updated="2026-11-21", name="c")]) != []


def test_a_report_without_a_line_is_due_again_after_a_restart(desk: tuple[ReportDesk, Ledger], tmp_path: Path) -> None:
    clerk, ledger = desk
    clerk.file(ledger, [report(), report("SPH1", link=None, name="b")], START_MS)
    write(ledger, task_for(ledger, report()), look())
    enrol(ledger, load(tmp_path / "accounts.csv", tmp_path / "kept"), lambda *_: 0, "2026-11-23")
    assert due(ledger) == {}
    every, unwritten = opened().resume(ledger)
    assert ({each.account for each in every}, [each.account for each in unwritten]) == ({"WX1", "SPH1"}, ["SPH1"])
    assert due(ledger) == {"SPH1": (NOBODY, "", START_MS)}


def test_a_report_that_came_while_another_was_on_its_way_gets_its_line_too(desk: tuple[ReportDesk, Ledger]) -> None:
    clerk, ledger = desk
    first, second = report(), report(updated="2026-11-21", name="c")
    clerk.file(ledger, [first], START_MS)
    clerk.filed([first])
    task = task_for(ledger, first)
    clerk.file(ledger, [second], START_MS + 9)
    clerk.filed([second])
    told = clerk.weigh(task, look())
    assert told.reading is not None and told.reading.newest == "2026-11-20"
    write(ledger, task, told)
    assert due(ledger) == {} and clerk.overtaken("WX1")
    clerk.resumed(*clerk.resume(ledger))
    assert due(ledger)["WX1"][2] == START_MS + 9
    task = task_for(ledger, second, START_MS + 9)
    told = clerk.weigh(task, look())
    assert told.reading is not None and told.reading.newest == "2026-11-21"
    write(ledger, task, told)
    assert not clerk.overtaken("WX1") and clerk.resume(ledger)[1] == []


def test_a_visit_whose_report_is_forgotten_stays_what_was_seen(desk: tuple[ReportDesk, Ledger]) -> None:
    clerk, ledger = desk
    clerk.file(ledger, [report()], START_MS)
    seen = look()
    assert clerk.weigh(task_for(ledger, report()), seen) is seen


@pytest.mark.parametrize(
    "seen, flag",
    [
        (look(), ("link_confirms", "2026-11-20, reported 2026-11-20")),
        (look(newest="2026-11-02"), ("link_contradicts", "2026-11-02, reported 2026-11-20")),
        (look(newest=None), ("link_silent", "none")),
        (replace(look("http_error", None), reason="404"), ("link_unseen", "http_error/404")),
        (look("challenged", None), ("link_unseen", "challenged")),
        (replace(look(), reading=None, unchanged=True), ("link_silent", "none")),
    ],
)
def test_the_line_is_the_reports_whatever_its_link_shows(seen: Sighting, flag: tuple[str, str]) -> None:
    told = reported(report(), seen)
    assert told.reading is not None
    assert (told.outcome, told.observed_by, told.reading.newest) == ("ok", "operator_report", "2026-11-20")
    assert flag in [(each.name, each.evidence) for each in told.flags]
    assert (told.round, told.number, told.at_ms, told.requests, told.unchanged) == (4, 2, START_MS + 5, 1, False)


def test_a_report_without_a_link_says_so_and_counts_no_request() -> None:
    told = reported(report(link=None), look(requests=0))
    assert (told.requests, told.attempts, told.status, told.final_url) == (0, 0, None, None)
    assert [flag.name for flag in told.flags] == ["reported", "reporter", "no_link"]


def test_what_files_were_read_is_remembered(desk: tuple[ReportDesk, Ledger]) -> None:
    _, ledger = desk
    assert files_seen(ledger) == frozenset()
    keep_files(ledger, frozenset({"d1", "d2"}))
    assert files_seen(ledger) == {"d1", "d2"}


def test_reports_are_filed_all_or_none(desk: tuple[ReportDesk, Ledger], monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, ledger = desk
    placed: list[str] = []

    def place(ledger: Ledger, report: Report, *_: object) -> None:
        placed.append(report.account)
        if len(placed) == 2:
            raise OSError("no room")

    monkeypatch.setattr(clerk, "_place", place)
    with pytest.raises(OSError, match="no room"):
        clerk.file(ledger, [report(), report("SPH1", name="b")], START_MS)
    assert clerk.resume(ledger) == ([], [])
