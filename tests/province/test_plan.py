"""The model: any seed works, the same seed repeats, and every fault has its place."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from province.dialects import DIALECTS
from province.draw import draw
from province.faults import FAULTS
from province.model import Plan
from province.offices import everyone
from tests.province.client import NOW

ALL = tuple(DIALECTS)
LEVELS = {"省级门户", "省级部门", "市级门户", "市级部门", "县级门户", "县级部门", "乡镇"}


def full(seed: int, sites: int = 60, columns: int = 20) -> Plan:
    return draw(sites, columns, 20, seed, True, NOW, ALL)


def faults_of(plan: Plan) -> Counter[str]:
    named = [site.fault for site in plan.sites]
    named += [column.fault for site in plan.sites if not site.fault for column in site.columns]
    return Counter(name for name in named if name)


@given(st.integers(), st.integers(1, 12), st.integers(1, 30), st.integers(0, 15), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_seed_and_size_gives_a_province(seed: int, sites: int, columns: int, accounts: int, faults: bool) -> None:
    plan = draw(sites, columns, accounts, seed, faults, NOW, ALL)
    assert len(plan.sites) == sites
    assert len(plan.accounts) == accounts
    assert all(1 <= len(site.columns) <= columns for site in plan.sites)
    assert faults or not faults_of(plan)


@given(st.integers())
@settings(max_examples=10, deadline=None)
def test_the_same_seed_gives_the_same_province(seed: int) -> None:
    assert full(seed, 12, 8) == full(seed, 12, 8)


def test_two_seeds_give_two_provinces() -> None:
    assert full(1).sites != full(2).sites


@pytest.mark.parametrize("seed", [1, 2, 3, 40, 500, 60_000, -7, 2**70, 99, 1234])
def test_sixty_sites_of_twenty_columns_have_every_fault(seed: int) -> None:
    assert set(faults_of(full(seed))) == set(FAULTS)


def test_ten_seeds_have_every_fault_several_times() -> None:
    total = sum((faults_of(full(seed)) for seed in range(10)), Counter[str]())
    assert min(total.values()) >= 10


def test_two_thirds_of_the_sites_are_healthy_hosts() -> None:
    assert sum(site.fault is None for site in full(3).sites) == 40


def test_hosts_codes_and_targets_are_unique() -> None:
    plan = full(5, 300, 30)
    assert len({site.host for site in plan.sites}) == 300
    assert len({site.code for site in plan.sites}) == 300
    keys = [column.key for site in plan.sites for column in site.columns]
    assert len(set(keys)) == len(keys)
    assert len({account.code for account in plan.accounts} | {account.path for account in plan.accounts}) == 40


def test_columns_of_a_site_have_addresses_of_their_own() -> None:
    for site in full(6, 60, 120).sites:
        assert len({column.path for column in site.columns}) == len(site.columns)


def test_sites_are_what_a_register_can_name() -> None:
    for site in full(7).sites:
        assert site.level in LEVELS
        assert len(site.code) == 10
        assert site.code.isdigit()
        assert site.host.endswith(".gov.cn")
        assert site.host.isascii()


def test_every_place_bears_the_area_code_no_province_has() -> None:
    assert {row.code[:2] for row in everyone()} == {"98"}


def test_the_first_site_is_the_provinces_portal() -> None:
    assert {full(seed, 5).sites[0].level for seed in range(5)} == {"省级门户"}


def test_hosts_that_cost_seconds_have_few_columns() -> None:
    for site in full(8).sites:
        most = FAULTS[site.fault].columns_most if site.fault else None
        assert most is None or len(site.columns) <= most


def test_a_site_has_at_most_one_costly_column() -> None:
    for seed in range(10):
        for site in full(seed).sites:
            costly = [FAULTS[column.fault].costly for column in site.columns if column.fault and FAULTS[column.fault].costly]
            assert len(costly) <= 1
            assert all(len(site.columns) <= (most or 0) for most in costly)


def test_hosts_of_one_platform_have_no_fault_of_their_own() -> None:
    plan = full(9)
    assert {site.fault for site in plan.sites if site.platform is not None} == {None}
    assert len({site.platform for site in plan.sites}) == 4


def test_only_the_dialects_asked_for_are_drawn() -> None:
    plan = draw(20, 5, 0, 1, True, NOW, ("vsb",))
    assert {site.dialect.name for site in plan.sites} == {"vsb"}


def test_the_moment_is_kept_in_beijing_time() -> None:
    plan = draw(1, 1, 0, 1, True, datetime(2026, 11, 20, 18, 0, tzinfo=UTC), ALL)
    assert plan.now.isoformat() == "2026-11-21T02:00:00+08:00"


@pytest.mark.parametrize(
    ("sites", "columns", "dialects", "now", "words"),
    [
        (0, 1, ALL, NOW, "at least one site"),
        (1, 0, ALL, NOW, "at least one site"),
        (10_000, 1, ALL, NOW, "sites at most"),
        (1, 1, ("gkmlpt",), NOW, "dialects must be some of"),
        (1, 1, (), NOW, "dialects must be some of"),
        (1, 1, ALL, NOW.replace(tzinfo=None), "offset"),
    ],
)
def test_what_cannot_be_built_is_said(sites: int, columns: int, dialects: tuple[str, ...], now: datetime, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        draw(sites, columns, 0, 1, True, now, dialects)
