"""Flags that need a memory: re-dated items and bulk filling."""

from datetime import datetime, timedelta

from crawler.records import BEIJING, NewItem
from scheduler.history import BURST_ITEMS, history_flags

NOW = datetime(2026, 11, 22, 9, tzinfo=BEIJING)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def item(day: str | None, title: str = "关于开展森林防火工作的通知") -> NewItem:
    return NewItem(title, None, day, "2026-11-22T09:00:00.000+08:00")


def names(items: list[NewItem], days_ago: float = 1) -> list[str]:
    return [flag.name for flag in history_flags(items, ms(NOW - timedelta(days=days_ago)), ms(NOW))]


def test_a_new_item_of_today_raises_nothing() -> None:
    assert names([item("2026-11-22")]) == []


def test_a_new_item_that_claims_a_day_well_before_the_last_look_is_backdated() -> None:
    flags = history_flags([item("2026-11-21"), item("2026-06-01")], ms(NOW - timedelta(days=1)), ms(NOW))
    assert [flag.name for flag in flags] == ["backdated"]
    assert "2026-06-01" in flags[0].evidence


def test_an_item_a_little_older_than_the_last_look_is_not_backdated() -> None:
    assert names([item("2026-11-10")]) == []


def test_an_item_that_appeared_between_two_far_apart_looks_is_not_backdated() -> None:
    assert names([item("2026-09-01")], days_ago=90) == []


def test_months_and_missing_dates_prove_nothing() -> None:
    assert names([item("2026-01"), item(None)]) == []


def test_an_instant_counts_by_its_day() -> None:
    assert names([item("2026-06-01T08:00:00+08:00")]) == ["backdated"]


def test_many_new_items_within_a_week_are_a_burst() -> None:
    many = [item("2026-11-22", f"第{number}号关于开展工作的通知") for number in range(BURST_ITEMS)]
    assert names(many) == ["burst"]
    assert names(many[1:]) == []
    assert names(many, days_ago=30) == []


def test_no_new_items_no_flags() -> None:
    assert names([]) == []
