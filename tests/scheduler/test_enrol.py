from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.records import ColumnPart, Rules, SubjectPart
from register import Pause, Register, Subject, Target, row_digest
from scheduler.enrol import Enrolment, enrol
from scheduler.ledger import Ledger, Mode, Update
from scheduler.state import State, decode_state, encode_state
from tests.scheduler.builders import BEGINNING

TODAY = "2026-11-22"
SITE = Subject("5115000001", "site", "某县人民政府", unit="县政府办", region="宜宾市", level="县级门户")
HOME = Target("5115000001/@home", "home", "5115000001", "http://www.a.gov.cn/", "www.a.gov.cn")


def column(number: int, **more: Any) -> Target:
    fields: dict[str, Any] = {
        "key": f"5115000001/c{number}",
        "kind": "column",
        "subject": "5115000001",
        "url": f"http://www.a.gov.cn/c{number}/",
        "host": "www.a.gov.cn",
        "name": f"栏目{number}",
        "category": "news",
    }
    return Target(**(fields | more))


def told(counts: Enrolment) -> Enrolment:
    """What the ledger holds, whatever was done to get there."""
    return counts._replace(scheduled=0, dropped=0)


class Office:
    """A ledger, and registers handed in one after another."""

    def __init__(self, folder: Path, mode: Mode = "crawl") -> None:
        self.folder = folder
        self.ledger = Ledger.open(folder / "ledger.sqlite", mode)
        self.handed_in = 0

    def register(self, *rows: Subject | Target) -> Register:
        self.handed_in += 1
        path = self.folder / f"{self.handed_in}.jsonl"
        path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
        return Register(f"sha256:{self.handed_in}", {}, {}, (), {}, path)

    def enrol(self, *rows: Subject | Target, today: str = TODAY, first_due: int = 0) -> Enrolment:
        return told(enrol(self.ledger, self.register(*rows), lambda kind, category, key: first_due, today))

    def looked_at(self, key: str, due_ms: int) -> None:
        """A line of `key` was written for the visit due at `due_ms`."""
        identifier = self.row(key)["id"]
        state = encode_state(State(due_ms, due_ms + 5, "ok", reading=b"{}"))
        self.ledger.commit([Update(state, due_ms, None, identifier)], BEGINNING, "")

    def row(self, key: str) -> dict[str, Any]:
        cursor = self.ledger.transaction().execute(
            "SELECT t.*, s.due, s.state, s.host AS state_host, h.name AS host_name, h.platform, h.least_s FROM targets t "
            "JOIN states s USING (id) JOIN hosts h ON h.id = t.host WHERE key = ?",
            (key,),
        )
        return dict(zip([name for name, *_ in cursor.description], cursor.fetchone(), strict=True))

    def due(self) -> dict[str, int | None]:
        return dict(self.ledger.transaction().execute("SELECT key, due FROM targets JOIN states USING (id)"))

    def everything(self) -> list[Any]:
        tables = ("meta", "hosts", "subjects", "targets", "states")
        return [self.ledger.transaction().execute(f"SELECT * FROM {table}").fetchall() for table in tables]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# ---- new rows ----


def test_new_rows_are_watched_from_their_first_due_time(office: Office) -> None:
    assert office.enrol(SITE, HOME, column(1), column(2), first_due=9) == Enrolment(watched=3, paused=0, withdrawn=0)
    assert office.due() == {HOME.key: 9, "5115000001/c1": 9, "5115000001/c2": 9}


def test_a_target_is_kept_as_observations_and_rounds_carry_it(office: Office) -> None:
    row = column(1, first_level=True, unit="县民政局", selector="ul.list > li", charset="gbk")
    office.enrol(SITE, HOME, row)
    (target, home) = (office.row(row.key), office.row(HOME.key))
    assert msgspec.json.decode(target["part"], type=ColumnPart) == ColumnPart("栏目1", "news", True, "县民政局")
    assert msgspec.msgpack.decode(target["rules"], type=Rules) == Rules("ul.list > li", None, "gbk")
    assert target["row"] == row_digest(row)
    assert (home["part"], home["rules"]) == (None, None)
    ((code, part),) = office.ledger.transaction().execute("SELECT code, part FROM subjects")
    assert code == "5115000001"
    assert msgspec.json.decode(part, type=SubjectPart) == SubjectPart(
        "5115000001", "site", "某县人民政府", "县政府办", None, "宜宾市", "县级门户"
    )


def test_targets_of_one_host_share_it(office: Office) -> None:
    office.enrol(SITE, HOME, column(1), column(2, host="www.b.gov.cn", url="http://www.b.gov.cn/"))
    assert sorted(host.name for host in office.ledger.hosts()) == ["www.a.gov.cn", "www.b.gov.cn"]
    assert office.row(HOME.key)["host"] == office.row("5115000001/c1")["host"]


def test_more_rows_than_one_batch_are_all_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.enrol.BATCH", 3)
    assert office.enrol(SITE, HOME, *(column(number) for number in range(10))).watched == 11


def test_a_register_read_on_the_same_day_again_changes_nothing(office: Office) -> None:
    register = office.register(SITE, HOME, column(1))
    counts = told(enrol(office.ledger, register, lambda kind, category, key: 0, TODAY))
    before = office.everything()
    assert enrol(office.ledger, register, lambda kind, category, key: 99, TODAY) == counts
    assert office.everything() == before


def test_an_enrolment_that_fails_half_way_leaves_the_ledger_as_it_was(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.enrol.BATCH", 1)
    office.enrol(SITE, HOME)
    before = office.everything()
    register = office.register(SITE, HOME, column(1))
    register.path.write_bytes(register.path.read_bytes() + b"nonsense\n")
    with pytest.raises(Exception, match="damaged"):
        enrol(office.ledger, register, lambda kind, category, key: 0, TODAY)
    assert office.everything() == before


# ---- changed rows ----


def test_a_changed_row_keeps_its_state_and_has_another_digest(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.looked_at("5115000001/c1", 50)
    before = office.row("5115000001/c1")
    office.enrol(SITE, HOME, column(1, name="新名", selector="li"))
    after = office.row("5115000001/c1")
    assert (after["id"], after["state"], after["due"]) == (before["id"], before["state"], 50)
    assert after["row"] != before["row"]
    assert b"\xe6\x96\xb0\xe5\x90\x8d" in after["part"]


def test_a_target_that_moved_to_another_host_is_planned_there(office: Office) -> None:
    office.enrol(SITE, HOME, column(1), column(2))
    office.enrol(SITE, HOME, column(1), column(2, host="www.b.gov.cn", url="http://www.b.gov.cn/c2/"))
    moved = office.row("5115000001/c2")
    assert (moved["host_name"], moved["state_host"]) == ("www.b.gov.cn", moved["host"])
    ledger = office.ledger
    assert [target.url for target in ledger.due_targets(moved["host"], 1, 10)] == ["http://www.b.gov.cn/c2/"]
    home = office.row(HOME.key)["host"]
    assert sorted(target.key for target in ledger.due_targets(home, 1, 10)) == [HOME.key, "5115000001/c1"]


def test_the_widest_gap_of_a_hosts_rows_holds(office: Office) -> None:
    office.enrol(SITE, HOME, column(1, pace_s=3.0), column(2, pace_s=8.0), column(3, pace_s=2.0))
    assert office.row(HOME.key)["least_s"] == 8.0


def test_a_gap_that_the_register_no_longer_asks_for_no_longer_holds(office: Office) -> None:
    office.enrol(SITE, HOME, column(1, pace_s=30.0))
    office.enrol(SITE, HOME, column(1, pace_s=5.0))
    assert office.row(HOME.key)["least_s"] == 5.0
    office.enrol(SITE, HOME, column(1))
    assert office.row(HOME.key)["least_s"] is None


def test_a_sites_platform_holds_for_its_host(office: Office) -> None:
    on_platform = msgspec.structs.replace(SITE, platform="市集约化平台")
    office.enrol(on_platform, HOME, column(1))
    assert office.row(HOME.key)["platform"] == "市集约化平台"


def test_a_platform_that_a_site_has_left_no_longer_holds_for_its_host(office: Office) -> None:
    office.enrol(msgspec.structs.replace(SITE, platform="市集约化平台"), HOME, column(1))
    office.enrol(SITE, HOME, column(1))
    assert office.row(HOME.key)["platform"] is None


def test_an_accounts_type_is_no_platform_of_its_host(office: Office) -> None:
    account = Subject("wx-1", "account", "某县发布", platform="微信")
    office.enrol(account, Target("wx-1", "account", "wx-1", "https://mp.a.test/1", "mp.a.test"))
    assert office.row("wx-1")["platform"] is None


# ---- withdrawn and returned rows ----


def test_a_withdrawn_row_is_not_due_and_keeps_its_state(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.looked_at("5115000001/c1", 50)
    assert office.enrol(SITE, HOME) == Enrolment(watched=1, paused=0, withdrawn=1)
    row = office.row("5115000001/c1")
    assert row["due"] is None
    assert decode_state(row["state"]).due_ms == 50


def test_a_row_that_returns_within_a_pass_is_not_looked_at_twice(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.looked_at("5115000001/c1", 50)
    office.enrol(SITE, HOME)
    office.enrol(SITE, HOME, column(1))
    home = office.row(HOME.key)["host"]
    assert [target.key for target in office.ledger.due_targets(home, 50, 10)] == [HOME.key]
    assert len(office.ledger.due_targets(home, 51, 10)) == 2


def test_a_row_that_returns_before_it_was_ever_looked_at_is_due(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.enrol(SITE, HOME)
    assert office.enrol(SITE, HOME, column(1)).watched == 2
    assert office.due()["5115000001/c1"] == 0


def test_a_target_known_only_from_the_journal_goes_on_with_its_history(office: Office) -> None:
    identifier = office.ledger.adopt("column", "5115000001/c1", "http://old.test/")
    state = encode_state(State(50, 55, "ok", reading=b"{}"))
    office.ledger.commit([Update(state, 50, None, identifier)], BEGINNING, "")
    assert office.enrol(SITE, HOME, column(1)) == Enrolment(watched=2, paused=0, withdrawn=0)
    row = office.row("5115000001/c1")
    assert (row["id"], row["due"], row["state_host"], row["host_name"]) == (identifier, 50, row["host"], "www.a.gov.cn")


def test_a_target_known_only_from_the_journal_and_in_no_register_is_not_due(office: Office) -> None:
    identifier = office.ledger.adopt("column", "gone", "http://old.test/")
    office.ledger.commit([Update(encode_state(State(50, 55, "ok")), 50, None, identifier)], BEGINNING, "")
    office.enrol(SITE, HOME)
    assert [due.id for due in office.ledger.due_hosts(10**9)] == [office.row(HOME.key)["host"]]


def test_a_line_written_for_a_row_that_was_withdrawn_meanwhile_does_not_make_it_due_again(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.enrol(SITE, HOME)
    office.looked_at("5115000001/c1", 50)
    assert office.due()["5115000001/c1"] is None
    assert decode_state(office.row("5115000001/c1")["state"]).due_ms == 50


def test_a_row_that_returns_to_a_service_is_not_due_at_the_time_of_its_last_look_whose_id_is_taken(tmp_path: Path) -> None:
    office = Office(tmp_path, "serve")
    office.enrol(SITE, HOME, column(1), first_due=50)
    office.looked_at("5115000001/c1", 50)
    office.enrol(SITE, HOME, first_due=900)
    office.enrol(SITE, HOME, column(1), first_due=900)
    assert office.due()["5115000001/c1"] == 900


# ---- pauses ----


@pytest.mark.parametrize(("until", "watched"), [(None, 1), ("2026-11-23", 1), ("2026-11-22", 1), ("2026-11-21", 2)], ids=str)
def test_a_pause_lasts_through_its_last_day(office: Office, until: str | None, watched: int) -> None:
    counts = office.enrol(SITE, HOME, column(1, paused=Pause("改版", until)))
    assert counts == Enrolment(watched=watched, paused=2 - watched, withdrawn=0)


def test_a_pause_that_has_run_out_ends_on_the_next_day_without_a_new_register(office: Office) -> None:
    register = office.register(SITE, HOME, column(1, paused=Pause("改版", TODAY)))
    assert enrol(office.ledger, register, lambda kind, category, key: 0, TODAY).watched == 1
    later = enrol(office.ledger, register, lambda kind, category, key: 0, "2026-11-23")
    assert later == Enrolment(watched=2, paused=0, withdrawn=0, scheduled=1, dropped=0)
    assert office.due()["5115000001/c1"] == 0


def test_a_paused_site_pauses_its_targets_and_its_sections(office: Office) -> None:
    paused = msgspec.structs.replace(SITE, paused=Pause("迁移"))
    section = Subject("5115000001-1", "section", "公开平台", parent=SITE.code)
    rows: Sequence[Target] = [HOME, column(1), column(2, key="5115000001-1/x", subject="5115000001-1")]
    assert office.enrol(paused, section, *rows) == Enrolment(watched=0, paused=3, withdrawn=0)
    assert set(office.due().values()) == {None}


def test_a_row_paused_after_it_was_looked_at_goes_on_from_there_when_the_pause_ends(office: Office) -> None:
    office.enrol(SITE, HOME, column(1))
    office.looked_at("5115000001/c1", 50)
    office.enrol(SITE, HOME, column(1, paused=Pause("改版")))
    assert office.due()["5115000001/c1"] is None
    office.enrol(SITE, HOME, column(1))
    assert office.due()["5115000001/c1"] == 50
