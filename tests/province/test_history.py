"""The days after: bursts, items older than their appearance, and what a look with a memory must say of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from province import Province
from province.listing import BURST, Item, listing
from province.model import Column, Site
from tests.province.client import NOW


def told(province: Province) -> dict[str, list[str]]:
    return {line["target"]: line["flags"] for line in province.history()}


def with_history(province: Province, name: str) -> list[tuple[Site, Column]]:
    found = [(s, c) for s in province.plan.sites for c in s.columns if c.history == name]
    assert found
    return found


def new_items(province: Province, site: Site, column: Column, days: float) -> list[Item]:
    known = {item.path for item in listing(province.plan, site, column, NOW).items}
    later = listing(province.plan, site, column, NOW + timedelta(days=days)).items
    return [item for item in later if item.path not in known]


def of(seed: int) -> Province:
    return Province(60, 20, 0, seed, True, NOW)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_burst_brings_twelve_items_of_one_day_at_once(seed: int) -> None:
    province = of(seed)
    for site, column in with_history(province, "burst"):
        new = new_items(province, site, column, 1)
        assert len(new) == BURST == 12
        assert {item.at.date() for item in new} == {(NOW + timedelta(days=1)).date()}
        assert len({item.path for item in new}) == BURST


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_redated_item_appears_a_day_later_and_claims_to_be_months_old(seed: int) -> None:
    province = of(seed)
    for site, column in with_history(province, "backdated"):
        old = [item for item in new_items(province, site, column, 1) if NOW - item.at > timedelta(days=150)]
        assert len(old) == 1
        assert old == [item for item in new_items(province, site, column, 5) if NOW - item.at > timedelta(days=150)]


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_day_after_an_advance_is_told_with_its_flags(seed: int) -> None:
    province = of(seed)
    province.advance(1)
    lines = told(province)
    for name in ("burst", "backdated"):
        for _, column in with_history(province, name):
            assert lines[column.key] == [name]
    flagged = [flags for flags in lines.values() if flags]
    assert len(flagged) == len(with_history(province, "burst")) + len(with_history(province, "backdated"))
    assert len(lines) > 300


@pytest.mark.parametrize("hours", [0.1, 9, 26])
def test_whatever_the_hour_a_burst_is_told_once_its_items_are_there(hours: float) -> None:
    province = of(6)
    province.advance(hours / 24)
    lines = told(province)
    day_after = province.moment.date() > NOW.date()
    for _, column in with_history(province, "burst"):
        assert lines.get(column.key) == (["burst"] if day_after else None)


def test_months_later_what_people_could_argue_about_is_not_told() -> None:
    province = of(7)
    province.advance(120)
    lines = told(province)
    assert lines
    assert ["burst"] not in lines.values()
    for site in province.plan.sites:
        for column in site.columns:
            if lines.get(column.key) == []:
                assert len(new_items(province, site, column, 120)) <= 5


def test_the_second_advance_is_measured_from_the_first() -> None:
    province = of(8)
    province.advance(1)
    province.advance(1)
    for name in ("burst", "backdated"):
        for _, column in with_history(province, name):
            assert told(province).get(column.key, []) == []


def test_columns_behind_faults_have_no_line() -> None:
    province = of(9)
    province.advance(1)
    lines = told(province)
    for site in province.plan.sites:
        for column in site.columns:
            if site.fault or column.fault or column.delivery in ("spa", "nextgroup"):
                assert column.key not in lines


def test_a_pinned_item_is_the_same_one_as_time_goes_on() -> None:
    province = of(10)
    for site in province.plan.sites:
        for column in site.columns:
            if column.shape in ("pinned", "pinned_silent"):
                first = {listing(province.plan, site, column, NOW + timedelta(days=days)).items[0].path for days in (0, 3, 60)}
                assert len(first) == 1


def test_the_file_is_empty_before_an_advance_and_one_object_per_line_after(tmp_path: Path) -> None:
    province = of(11)
    province.write(tmp_path)
    assert (tmp_path / "history.jsonl").read_text("utf-8") == ""
    province.advance(1)
    province.write(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text("utf-8").splitlines()]
    assert rows == list(province.history())
    assert all(row.keys() == {"target", "flags"} for row in rows)
