"""Decks of faults, and where redirects to other sites lead."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from province.dialects import DIALECTS
from province.draw import draw
from province.faults import CUT, FAULTS, LIST, NOTHING
from province.placing import COLUMN_SHARE, place
from province.refuge import can_redirect, refuge
from tests.province.client import NOW


@given(st.integers(1, 200), st.integers(1, 40), st.integers())
def test_faults_lie_where_their_scope_lets_them(sites: int, columns: int, seed: int) -> None:
    placed = place(sites, columns, seed)
    assert all("host" in fault.scopes for fault in placed.hosts.values())
    assert all("column" in fault.scopes for fault in placed.columns.values())
    assert all(0 <= site < sites and site not in placed.hosts for site, _ in placed.columns)
    assert all(0 <= column < columns for _, column in placed.columns)


@given(st.integers())
def test_a_deck_is_used_up_before_a_fault_comes_again(seed: int) -> None:
    dealt = Counter(fault.name for fault in place(200, 20, seed).hosts.values())
    assert max(dealt.values()) - min(dealt.values()) <= 1


@given(st.integers())
def test_about_a_twentieth_of_many_columns_is_faulty(seed: int) -> None:
    placed = place(120, 20, seed)
    cells = (120 - len(placed.hosts)) * 20
    assert 0.9 * COLUMN_SHARE * cells <= len(placed.columns) <= 1.1 * COLUMN_SHARE * cells


def test_what_costs_seconds_on_a_host_is_bounded() -> None:
    for name in ("slow_first_byte", "sixteen_seconds", "http_503", "redirect_loop", "cookie_redirect"):
        most = FAULTS[name].columns_most
        assert most is not None
        assert most <= 3


def test_what_holds_a_visit_to_its_deadline_is_for_single_columns() -> None:
    for name in ("slow_drip", "never_ending_slow"):
        assert FAULTS[name].costly
        assert FAULTS[name].scopes == ("column",)


@given(st.integers(1, 80), st.integers(1, 40), st.integers())
def test_every_faulty_column_is_one_its_site_has(sites: int, columns: int, seed: int) -> None:
    placed = place(sites, columns, seed)
    for site, column in placed.columns:
        assert column < min(columns, placed.most_columns().get(site, columns))


def test_a_page_can_be_read_behind_a_fault_only_where_the_table_says_so() -> None:
    for fault in FAULTS.values():
        assert fault.readable(home=False) == ("list" in fault.states)
        if fault.states == LIST:
            assert "ok" in fault.outcomes
        if fault.states == NOTHING:
            assert "ok" not in fault.allowed(home=False)
        if fault.states == CUT and fault.name != "redirect_registered":
            assert set(fault.outcomes) & {"too_large", "timeout", "connect"}
    assert not FAULTS["sixteen_seconds"].readable(home=True)


def test_a_redirect_finds_an_ordinary_column_of_another_healthy_site() -> None:
    plan = draw(60, 20, 0, 3, True, NOW, tuple(DIALECTS))
    broken = {site.host for site in plan.sites if site.fault}
    for site in plan.sites:
        for column in site.columns:
            found = refuge(plan.sites, site, column, broken)
            assert found is not None
            assert found[0].host not in {site.host, *broken}
            assert found[1].shape == "plain"
            assert found[1].fault is None


def test_a_province_without_such_a_place_has_no_redirect_to_one() -> None:
    for seed in range(200):
        plan = draw(3, 12, 0, seed, True, NOW, tuple(DIALECTS))
        names = {column.fault for site in plan.sites for column in site.columns}
        assert "redirect_registered" not in names or can_redirect(plan.sites)


def test_nowhere_is_said_where_every_other_site_is_broken() -> None:
    plan = draw(3, 2, 0, 1, False, NOW, tuple(DIALECTS))
    here, *others = plan.sites
    assert refuge(plan.sites, here, None, {site.host for site in others}) is None
    assert not can_redirect([replace(site, fault="refused") for site in plan.sites])
