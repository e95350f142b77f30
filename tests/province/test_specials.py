"""What is dealt beside faults: all of it in every province of the usual size, and only where it fits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from province import Province
from province.deliveries import DELIVERIES
from province.faults import FAULTS
from province.marks import MARKS
from province.shapes import SHAPES
from province.specials import DECK, Special, deal
from tests.province.client import NOW


def dealt(province: Province) -> list[Special]:
    """The specials that the columns were made of, as far as columns tell."""
    return [
        Special(column.delivery, column.shape, column.mark, column.history)
        for site in province.plan.sites
        for column in site.columns
        if not site.fault and not column.fault
    ]


@pytest.mark.parametrize("seed", [0, 1, 2, 17, 300, -4, 2**66])
def test_sixty_sites_of_twenty_columns_have_every_special(seed: int) -> None:
    found = dealt(Province(60, 20, 0, seed, True, NOW))
    assert {row._replace(dialects=(), alone=False) for row in DECK} <= set(found)


@pytest.mark.parametrize("family", ["trs", "hanweb", "vsb"])
def test_a_province_of_one_family_has_the_specials_of_that_family(family: str) -> None:
    found = set(dealt(Province(60, 20, 0, 4, True, NOW, (family,))))
    for row in DECK:
        assert (row._replace(dialects=(), alone=False) in found) or not row.fits(family)
    if family != "hanweb":
        assert not {row.delivery for row in found} & {"record", "dataproxy", "jpaas", "nextgroup"}


def test_every_row_of_the_deck_names_what_there_is() -> None:
    for row in DECK:
        assert row.delivery in DELIVERIES
        assert row.shape in SHAPES
        assert row.mark is None or row.mark in MARKS
        assert row.history in (None, "burst", "backdated")
    assert {row.delivery for row in DECK} == set(DELIVERIES)
    assert {row.mark for row in DECK} - {None} == set(MARKS)


def test_every_shape_is_drawn_or_dealt() -> None:
    assert {name for name, row in SHAPES.items() if not row.weight} <= {row.shape for row in DECK}


@given(st.integers(), st.integers(1, 40), st.integers(1, 25))
@settings(max_examples=30, deadline=None)
def test_specials_lie_on_free_cells_of_families_that_may_have_them(seed: int, sites: int, columns: int) -> None:
    families = [("trs", "hanweb", "vsb")[(seed + site) % 3] for site in range(sites)]
    taken = {(0, 0), (sites - 1, columns - 1)}
    found = deal(dict.fromkeys(range(sites), columns), taken, families, seed)
    assert not taken & found.keys()
    assert all(0 <= site < sites and 0 <= column < columns for site, column in found)
    assert all(special.fits(families[site]) for (site, _), special in found.items())
    assert len(found) <= max(len(DECK), sites * columns * 0.13)
    assert found == deal(dict.fromkeys(range(sites), columns), taken, families, seed)


def test_no_fault_and_no_host_fault_lies_over_a_special() -> None:
    for seed in range(5):
        for site in Province(60, 20, 0, seed, True, NOW).plan.sites:
            for column in site.columns:
                if column.delivery != "page" or column.mark or column.history:
                    assert site.fault is None
                    assert column.fault is None


def test_articles_are_followed_only_where_the_host_answers_well() -> None:
    for seed in range(5):
        for site in Province(60, 20, 0, seed, True, NOW).plan.sites:
            if site.fault:
                shapes = {column.shape for column in site.columns}
                assert not {"followed", "followed_unordered", "undated"} & shapes, FAULTS[site.fault].name


def test_a_healthy_province_has_no_specials() -> None:
    assert {row._replace(shape="plain") for row in dealt(Province(30, 20, 0, 2, False, NOW))} == {Special()}


@pytest.mark.parametrize("shape", ["followed", "followed_unordered"])
def test_the_first_three_articles_hold_the_newest_date(shape: str) -> None:
    places = set()
    for seed in range(6):
        province = Province(40, 20, 0, seed, True, NOW)
        for site in province.plan.sites:
            for column in site.columns:
                if column.shape == shape:
                    shown = province.renderer.listing(site, column)
                    days = [item.at.date() for item in shown.items[:3]]
                    assert max(days) == shown.newest
                    assert all(item.shown is None for item in shown.items)
                    places.add(days.index(max(days)))
    assert places >= ({0} if shape == "followed" else {1, 2})
