"""What is counted of each site, shown on /metrics/sites, and of all of them."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from crawler.records import Kind, Outcome, SubjectPart
from scheduler import sitegauges
from scheduler.ledger import COLUMNS, PROBES, Ledger
from scheduler.sitegauges import Last, SiteGauges
from scheduler.state import State, encode_state

NOW_MS = 1_763_780_000_000
HOUR_MS = 3_600_000


class House:
    """A ledger of a few sites, and its gauges."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.registry = CollectorRegistry()
        self.gauges = SiteGauges(self.registry)
        self._number = 0

    def subject(self, code: str, name: str = "某县", region: str = "宜宾市", kind: str = "site") -> None:
        part = msgspec.json.encode(SubjectPart(code, kind, name, region=region))  # type: ignore[arg-type]
        self.ledger.transaction().execute("INSERT INTO subjects VALUES (?, ?, ?)", (code, part, region))

    def target(
        self,
        code: str,
        kind: Kind = "column",
        outcome: Outcome | None = "ok",
        *,
        ago_h: float = 1,
        failures: int = 0,
        late: bool = False,
    ) -> None:
        """A target of `code`, last looked at so many hours ago; outcome None: never."""
        self._number += 1
        at_ms = NOW_MS - round(ago_h * HOUR_MS)
        state = encode_state(State(at_ms, at_ms, outcome, failures=failures)) if outcome else None
        connection = self.ledger.transaction()
        connection.execute(
            "INSERT INTO targets(id, kind, key, host, url, subject, row, paused, generation, category) "
            "VALUES (?, ?, ?, 1, 'http://a.test/', ?, '', 0, 1, ?)",
            (self._number, kind, str(self._number), code, kind),
        )
        lane = PROBES if kind == "probe" else COLUMNS
        deadline = NOW_MS - 1 if late else NOW_MS + HOUR_MS
        connection.execute("INSERT INTO states VALUES (?, 1, ?, ?, ?, ?)", (self._number, NOW_MS, state, lane, deadline))

    def values(self) -> dict[str, float]:
        """Series as /metrics/sites has them → value."""
        self.ledger.commit([], self.ledger.position()[0], "")
        self.gauges._next_s = 0.0
        self.gauges.sample(self.ledger.path, NOW_MS)
        families = text_string_to_metric_families(self.gauges.text.decode())
        return {f"{s.name}{{{s.labels['site']}}}": s.value for family in families for s in family.samples}

    def sites(self) -> dict[str, float | None]:
        self.values()
        return {state: self.registry.get_sample_value("xunwang_sites", {"state": state}) for state in sitegauges.STATES}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    yield House(ledger)
    ledger.close()


def test_the_beginning_of_a_state_is_what_is_read_of_it() -> None:
    names = [field.name for field in msgspec.structs.fields(State)]
    assert [field.name for field in msgspec.structs.fields(Last)] == names[: len(msgspec.structs.fields(Last))]


def test_failing_and_overdue_targets_of_each_site_are_counted(house: House) -> None:
    house.subject("1")
    house.subject("2")
    house.target("1", failures=0, late=True)
    house.target("1", outcome="http_error", failures=1)
    house.target("1", outcome="http_error", failures=2, late=True)
    house.target("2", outcome=None)
    values = house.values()
    assert (values["xunwang_site_targets{1}"], values["xunwang_site_targets{2}"]) == (3, 1)
    assert (values["xunwang_site_failing_targets{1}"], values["xunwang_site_failing_targets{2}"]) == (1, 0)
    assert (values["xunwang_site_overdue_columns{1}"], values["xunwang_site_overdue_columns{2}"]) == (2, 0)


def test_the_last_time_that_something_was_read_stays_while_everything_fails(house: House) -> None:
    house.subject("1")
    house.target("1", ago_h=2)
    assert house.values()["xunwang_site_last_ok_timestamp_seconds{1}"] == (NOW_MS - 2 * HOUR_MS) / 1000
    failing = encode_state(State(NOW_MS, NOW_MS, "connect", failures=1))
    house.ledger.transaction().execute("UPDATE states SET state = ?", (failing,))
    assert house.values()["xunwang_site_last_ok_timestamp_seconds{1}"] == (NOW_MS - 2 * HOUR_MS) / 1000


def test_a_site_of_which_nothing_was_ever_read_has_no_such_time(house: House) -> None:
    house.subject("1")
    house.target("1", outcome="connect")
    assert not any("last_ok" in name for name in house.values())


def test_a_probe_is_no_target_of_its_own_but_tells_whether_the_site_is_there(house: House) -> None:
    house.subject("1")
    house.target("1", "home", ago_h=5)
    house.target("1", "probe", "timeout", ago_h=0.5)
    assert house.values()["xunwang_site_targets{1}"] == 1
    assert house.sites() == {"up": 0, "down": 1, "unknown": 0}


@pytest.mark.parametrize("outcome", ["timeout", "connect", "dns", "tls"])
def test_a_site_is_down_when_its_latest_look_could_not_open_it(house: House, outcome: Outcome) -> None:
    house.subject("1")
    house.target("1", ago_h=2)
    house.target("1", outcome=outcome, ago_h=1)
    assert house.sites() == {"up": 0, "down": 1, "unknown": 0}


@pytest.mark.parametrize("outcome", ["challenged", "http_error", "soft_404"])
def test_a_site_that_answers_anything_is_up(house: House, outcome: Outcome) -> None:
    house.subject("1")
    house.target("1", outcome="timeout", ago_h=2)
    house.target("1", outcome=outcome, ago_h=1)
    assert house.sites() == {"up": 1, "down": 0, "unknown": 0}


def test_a_column_that_failed_does_not_make_a_site_down_whose_probe_was_answered(house: House) -> None:
    house.subject("1")
    house.target("1", "probe", "ok", ago_h=2)
    house.target("1", outcome="connect", ago_h=1)
    assert house.sites() == {"up": 1, "down": 0, "unknown": 0}


def test_what_failed_for_a_trouble_of_ours_tells_nothing_of_a_site(house: House) -> None:
    house.subject("1")
    house.target("1", ago_h=2)
    house.target("1", outcome="inconclusive", ago_h=1)
    house.subject("2")
    house.target("2", outcome="internal")
    assert house.sites() == {"up": 1, "down": 0, "unknown": 1}


def test_accounts_have_no_gauges(house: House) -> None:
    house.subject("1", kind="account")
    house.target("1", "account")
    assert house.values() == {}


def test_names_with_quotes_and_line_ends_do_not_break_the_page(house: House) -> None:
    name = 'a "b"\\c\nd'
    house.subject("1", name=name)
    house.target("1")
    house.values()
    families = text_string_to_metric_families(house.gauges.text.decode())
    assert {sample.labels["name"] for family in families for sample in family.samples if "name" in sample.labels} == {name}


def test_sites_beyond_the_most_are_left_out_and_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitegauges, "SITES_MOST", 2)
    for code in "12345":
        house.subject(code)
        house.target(code)
    values = house.values()
    assert {name for name in values if "targets" in name} >= {"xunwang_site_targets{1}", "xunwang_site_targets{2}"}
    assert not any("{3}" in name for name in values)
    assert house.registry.get_sample_value("xunwang_sites_left_out") == 3
    assert house.registry.get_sample_value("xunwang_sites", {"state": "up"}) == 5


def test_sites_are_not_counted_again_too_soon(house: House) -> None:
    house.subject("1")
    house.target("1")
    house.values()
    text = house.gauges.text
    house.target("1")
    house.gauges.sample(house.ledger.path, NOW_MS)
    assert house.gauges.text == text
    assert house.values()["xunwang_site_targets{1}"] == 2


def test_a_ledger_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        SiteGauges(CollectorRegistry()).sample(tmp_path / "none.sqlite", NOW_MS)
