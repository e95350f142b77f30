"""The truth file: closed words, one line per target, and dates that are the model's."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.records import AccountState, Outcome, State
from province import Line, Province
from province.deliveries import DELIVERIES
from province.faults import CUT, FAULTS
from province.listing import listing
from province.pages import home_blocks
from province.shapes import SHAPES
from province.truth import Judged, behind
from province.wechat import STATES
from tests.province.client import NOW


def lines(seed: int, sites: int = 20, faults: bool = True) -> dict[str, Line]:
    return {line["target"]: line for line in Province(sites, 12, 15, seed, faults, NOW).truth()}


@given(st.integers())
@settings(max_examples=15, deadline=None)
def test_every_word_is_of_the_closed_vocabularies(seed: int) -> None:
    for line in lines(seed, 8).values():
        assert set(line["outcomes"]) <= set(get_args(Outcome))
        assert set(line["states"]) <= set(get_args(State))
        assert set(line.get("account", [])) <= set(get_args(AccountState))
        assert line["outcomes"]
        assert line["states"]
        assert line["kind"] in ("home", "column", "account")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_table_of_faults_uses_the_closed_words(fault: str) -> None:
    row = FAULTS[fault]
    assert set(row.allowed(home=False)) <= set(get_args(Outcome))
    assert set(row.states) <= set(get_args(State))
    assert row.why


def test_there_is_one_line_per_target_of_the_register() -> None:
    province = Province(20, 12, 15, 3, True, NOW)
    expected = {f"{site.code}/@home" for site in province.plan.sites}
    expected |= {column.key for site in province.plan.sites for column in site.columns}
    expected |= {account.code for account in province.plan.accounts}
    keys = [line["target"] for line in province.truth()]
    assert sorted(keys) == sorted(expected)


def test_a_healthy_columns_newest_is_its_listings() -> None:
    province = Province(20, 12, 0, 4, True, NOW)
    told = {line["target"]: line for line in province.truth()}
    for site in province.plan.sites:
        for column in site.columns:
            if site.fault is None and column.fault is None:
                delivery = DELIVERIES[column.delivery]
                newest = None if delivery.states else listing(province.plan, site, column, NOW).newest
                states = ("feed",) if delivery.feed else delivery.states or SHAPES[column.shape].states
                assert told[column.key]["newest"] == (newest.isoformat() if newest else None)
                assert told[column.key]["outcomes"] == ["ok"]
                assert told[column.key]["states"] == list(states)


def test_a_home_pages_newest_is_that_of_its_items() -> None:
    province = Province(20, 12, 0, 5, faults=False, now=NOW)
    told = {line["target"]: line for line in province.truth()}
    for site in province.plan.sites:
        dates = [item.at.date() for _, items in home_blocks(province.plan, site, NOW) for item in items]
        assert told[f"{site.code}/@home"]["newest"] == max(dates).isoformat()


def test_a_home_page_of_links_only_has_no_date() -> None:
    gates = [line for seed in range(5) for line in lines(seed).values() if "links to columns only" in line["why"]]
    assert gates
    assert all(line["newest"] is None for line in gates)
    assert any(line["states"] == ["unknown"] for line in gates)


def test_a_province_without_faults_is_ok_lists_with_dates() -> None:
    for line in lines(6, faults=False).values():
        assert line["outcomes"] == ["ok"]
        assert line["states"] == (["article"] if line["kind"] == "account" else ["list"])
        assert line["newest"]


def test_targets_behind_a_host_fault_share_it() -> None:
    province = Province(60, 5, 0, 7, True, NOW)
    told = {line["target"]: line for line in province.truth()}
    for site in province.plan.sites:
        if site.fault:
            row = FAULTS[site.fault]
            assert told[f"{site.code}/@home"]["outcomes"] == list(row.outcomes)
            assert all(told[column.key]["outcomes"] == list(row.allowed(home=False)) for column in site.columns)


def test_only_columns_of_a_host_that_is_down_may_be_inconclusive() -> None:
    told = [line for seed in range(4) for line in lines(seed, 60).values() if "inconclusive" in line["outcomes"]]
    assert told
    assert {line["kind"] for line in told} == {"column"}


def test_no_date_is_told_behind_a_fault_that_hides_the_page() -> None:
    for line in (line for seed in range(4) for line in lines(seed).values()):
        if not {"list", "article", "feed"} & set(line["states"]):
            assert line["newest"] is None


@pytest.mark.parametrize("fault", [name for name, row in FAULTS.items() if row.states == CUT and "ok" not in row.outcomes])
def test_a_page_that_was_cut_never_proves_an_empty_column(fault: str) -> None:
    blank = Judged(("blank",), None)
    assert behind(FAULTS[fault], blank, home=False) == Judged(("unknown", "none"), None)


def test_a_column_that_redirects_to_another_has_the_others_date() -> None:
    province = Province(60, 20, 0, 8, True, NOW)
    told = {line["target"]: line for line in province.truth()}
    sites = {site.code: site for site in province.plan.sites}
    found = [c.key for s in province.plan.sites if not s.fault for c in s.columns if c.fault == "redirect_registered"]
    assert found
    for key in found:
        other = told[key]["why"].split("the other column is ")[1]
        column = next(c for c in sites[other.split("/")[0]].columns if c.key == other)
        newest = listing(province.plan, sites[other.split("/")[0]], column, NOW).newest
        assert newest is not None
        assert told[key]["newest"] == newest.isoformat() == told[other]["newest"]


def test_accounts_tell_their_state() -> None:
    told = Counter(line["account"][0] for line in lines(9).values() if line["kind"] == "account")
    assert set(told) == {row.account for row in STATES.values()}


def test_an_article_of_an_account_is_not_younger_as_time_goes_on() -> None:
    province = Province(3, 2, 4, 10, False, NOW)
    before = {line["target"]: line["newest"] for line in province.truth() if line["kind"] == "account"}
    province.advance(14)
    assert before == {line["target"]: line["newest"] for line in province.truth() if line["kind"] == "account"}


def test_truth_follows_the_served_day() -> None:
    province = Province(10, 10, 0, 11, False, NOW)
    before = {line["target"]: line["newest"] for line in province.truth()}
    province.advance(14)
    assert province.moment == NOW + timedelta(days=14)
    after = {line["target"]: line["newest"] for line in province.truth()}
    assert all((after[key] or "") >= (before[key] or "") for key in before)
    assert sum((after[key] or "") > (before[key] or "") for key in before) > len(before) / 2


async def test_the_files_repeat_for_a_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        province = Province(12, 6, 5, 12, True, NOW)
        province.write(tmp_path / name)
    for path in ("register/sites.csv", "register/columns.csv", "register/accounts.csv", "truth.jsonl"):
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_the_truth_file_is_one_json_object_per_line(tmp_path: Path) -> None:
    province = Province(5, 4, 3, 13, True, NOW)
    province.write(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()]
    assert rows == list(province.truth())
    assert all({"target", "kind", "outcomes", "states", "newest", "why"} <= row.keys() for row in rows)
