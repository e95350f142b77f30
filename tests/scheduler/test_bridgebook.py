"""What a patrol knows of its bridges: one alarm per illness, gauges, credentials, and a memory over restarts."""

import logging
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry, generate_latest

from crawler.records import BEIJING, NOTHING, Account, Flag, Item, Reading, Sighting
from scheduler.accounts.bridgebook import BridgeBook, BridgeGauges, keep
from scheduler.ledger import Ledger

HOUR = 3_600_000
DAY = 24 * HOUR
START = 1_795_312_800_000
BRIDGE = Flag("bridge", "reading")


def day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, BEIJING).isoformat(timespec="seconds")


def sound(at_ms: int, *posts: int) -> Sighting:
    """A feed that was read at `at_ms`, with posts at these instants."""
    items = tuple(Item(f"第{number}条", None, day(ms)) for number, ms in enumerate(posts))
    reading = Reading("feed", day(posts[0]), "second", "feed", items=len(posts), dated=len(posts))
    return Sighting(
        1, 0, at_ms, "ok", reading=reading, items=items, flags=(BRIDGE,), account=Account("alive"), observed_by="bridge_feed"
    )


def ill(at_ms: int, error: str = "upstream") -> Sighting:
    flags = (Flag("bridge_error", error), BRIDGE)
    return Sighting(1, 0, at_ms, "inconclusive", "bridge_sick", reading=NOTHING, flags=flags, observed_by="bridge_feed")


def fed(book: BridgeBook, at_ms: int, accounts: int = 4) -> list[Sighting]:
    """All accounts are polled well at `at_ms`, each with daily posts of late."""
    return [
        book.weigh(f"WX{each}", sound(at_ms, *(at_ms - HOUR * (1 + each) - DAY * back for back in range(9))))
        for each in range(accounts)
    ]


def test_a_well_bridge_says_until_when_it_was_alive() -> None:
    seen = fed(BridgeBook(["reading"]), START)[-1]
    assert seen.outcome == "ok"
    assert Flag("bridge_alive_until", f"{day(START - HOUR)[:19]}.000+08:00") in seen.flags


def test_a_bridge_that_fails_for_three_days_is_one_alarm_and_no_reading(caplog: pytest.LogCaptureFixture) -> None:
    book = BridgeBook(["reading"])
    fed(book, START)
    with caplog.at_level(logging.WARNING):
        lines = [book.weigh(f"WX{each}", ill(START + hour * HOUR)) for hour in range(12, 84, 12) for each in range(4)]
        assert {(line.outcome, line.reason, line.reading) for line in lines} == {("inconclusive", "bridge_sick", NOTHING)}
        fed(book, START + 90 * HOUR)
    levels = [record.levelname for record in caplog.records]
    assert levels == ["ERROR", "WARNING"]
    assert book.health("reading").state == "ok"


def test_the_feed_of_a_bridge_that_is_ill_is_not_recorded_as_silence() -> None:
    book = BridgeBook(["reading"])
    fed(book, START)
    for hour in range(12, 36, 4):
        book.weigh("WX0", ill(START + hour * HOUR))
    told = book.weigh("WX1", sound(START + 36 * HOUR, START - HOUR))
    assert (told.outcome, told.reason, told.reading, told.items) == ("inconclusive", "bridge_sick", NOTHING, ())


@pytest.mark.parametrize("other", ["public_http", "operator_report"])
def test_what_was_seen_otherwise_is_left_as_it_is(other: str) -> None:
    book = BridgeBook(["reading"])
    seen = replace(sound(START, START - HOUR), observed_by=other)
    assert book.weigh("WX0", seen) is seen
    assert book.health("reading").last_poll_ms is None


def test_a_bridge_the_settings_do_not_name_tells_nothing() -> None:
    seen = replace(sound(START, START - HOUR), flags=(Flag("bridge", "another"),))
    assert BridgeBook(["reading"]).weigh("WX0", seen) is seen


def test_the_same_illness_is_not_told_again_after_a_restart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    book = BridgeBook(["reading"])
    fed(book, START)
    for hour in range(12, 36, 4):
        book.weigh("WX0", ill(START + hour * HOUR))
    kept = book.kept()
    assert kept is not None and book.kept() is None
    keep(ledger, kept)
    caplog.clear()
    again = BridgeBook(["reading", "new"])
    again.load(ledger)
    with caplog.at_level(logging.WARNING):
        again.weigh("WX0", ill(START + 40 * HOUR))
    assert (again.health("reading").state, again.health("new").state) == ("sick", "unknown")
    assert "is ill" not in caplog.text
    ledger.close()


def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    for text in ("", "[]", '{"reading": 3}', "{"):
        keep(ledger, text)
        book = BridgeBook(["reading"])
        book.load(ledger)
        assert book.health("reading").state == "unknown"
    ledger.close()


def test_a_credential_that_is_refused_is_one_alert(caplog: pytest.LogCaptureFixture) -> None:
    book = BridgeBook(["reading"])
    with caplog.at_level(logging.ERROR):
        for hour in range(2):
            book.weigh("WX0", ill(START + hour * HOUR, "refused"))
    assert book.credential("reading").state == "expired"
    assert [record.getMessage() for record in caplog.records] == ["the credential of a bridge wants attention: expired"]


def test_a_credential_that_waits_closes_its_bridge_until_the_wait_is_over() -> None:
    now = [START]
    book = BridgeBook(["reading", "hub"], now_ms=lambda: now[0])
    assert [book.closed_to(host) for host in ("bridge:reading", "www.example.gov.cn", "nobody:")] == [None, None, ""]
    book.weigh("WX0", replace(ill(START, "rate_limited"), retry_after_s=7200.0))
    assert (book.closed_to("bridge:reading"), book.closed_to("bridge:hub")) == ("bridge_sick", None)
    now[0] += 2 * HOUR
    assert book.closed_to("bridge:reading") is None


def test_accounts_that_are_asked_of_a_bridge_no_more_are_forgotten() -> None:
    book = BridgeBook(["reading", "hub"])
    fed(book, START)
    book.forget({"reading": frozenset({"WX1", "WX2", "WX9"})})
    assert set(book.health("reading").accounts) == {"WX1", "WX2"}


def test_gauges_show_each_bridge_of_the_settings_from_the_start() -> None:
    registry = CollectorRegistry()
    book = BridgeBook(["reading", "hub"], BridgeGauges.of(registry), now_ms=lambda: START + 2 * HOUR)
    assert 'xunwang_bridge_poll_age_seconds{bridge="hub"} NaN' in generate_latest(registry).decode()
    fed(book, START)
    book.look(START + 2 * HOUR)
    text = generate_latest(registry).decode()
    assert 'xunwang_bridge_poll_age_seconds{bridge="reading"} 7200.0' in text
    assert 'xunwang_bridge_believed{bridge="reading"} 1.0' in text
    assert 'xunwang_bridge_credential{bridge="reading",state="banned"} 0.0' in text


def test_a_bridge_nobody_asked_for_days_is_believed_no_more() -> None:
    book = BridgeBook(["reading"])
    fed(book, START)
    book.look(START + 3 * DAY)
    assert (book.health("reading").state, book.health("reading").cause) == ("unknown", "not_polled")
