"""What columns show, day by day."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from province.dialects import DIALECTS
from province.draw import draw
from province.listing import listing
from province.model import Column, Plan, Site
from province.shapes import SHAPES
from tests.province.client import NOW


def cells(seed: int, sites: int = 30, columns: int = 20, faults: bool = True) -> list[tuple[Plan, Site, Column]]:
    plan = draw(sites, columns, 0, seed, faults, NOW, tuple(DIALECTS))
    return [(plan, site, column) for site in plan.sites for column in site.columns]


def of_shape(name: str) -> list[tuple[Plan, Site, Column]]:
    found = [row for seed in range(4) for row in cells(seed) if row[2].shape == name]
    assert found, name
    return found


@given(st.integers(), st.floats(0, 400))
@settings(max_examples=15, deadline=None)
def test_newest_is_the_largest_date_that_is_not_ahead(seed: int, days: float) -> None:
    moment = NOW + timedelta(days=days)
    for plan, site, column in cells(seed, 3, 8):
        shown = listing(plan, site, column, moment)
        dates = [(item.shown or item.at).date() for item in shown.items]
        past = [day for day in dates if day <= moment.date()]
        expected = max(past, default=None) if SHAPES[column.shape].dated else None
        assert shown.newest == expected
        assert (shown.newest is None) == (not SHAPES[column.shape].dated)


def test_nothing_is_published_after_the_served_moment() -> None:
    for plan, site, column in cells(2):
        assert all(item.at <= NOW for item in listing(plan, site, column, NOW).items)


def test_a_day_later_living_columns_have_newer_items_and_no_column_older_ones() -> None:
    moved = living = 0
    later = NOW + timedelta(days=14)
    for plan, site, column in cells(3, faults=False):
        before, after = listing(plan, site, column, NOW).newest, listing(plan, site, column, later).newest
        assert before is not None
        assert after is not None
        assert after >= before
        if not column.alive:
            assert after == before
        elif column.gap <= 7:
            living += 1
            moved += after > before
    assert moved == living > 50


def test_an_item_keeps_its_title_address_and_date_as_time_goes_on() -> None:
    for plan, site, column in cells(4, sites=10):
        if column.shape in ("plain", "unordered"):
            now = {item.path: item for item in listing(plan, site, column, NOW).items}
            later = {item.path: item for item in listing(plan, site, column, NOW + timedelta(days=3)).items}
            both = now.keys() & later.keys()
            assert {path: (now[path].title, now[path].at) for path in both} == {
                path: (later[path].title, later[path].at) for path in both
            }


def test_lists_without_years_go_back_less_than_a_year() -> None:
    for seed in range(5):
        for plan, site, column in cells(seed):
            if column.writing.yearless:
                for days in (0, 200):
                    moment = NOW + timedelta(days=days)
                    for item in listing(plan, site, column, moment).items:
                        assert timedelta(0) <= moment - item.at < timedelta(days=360)


def test_writings_that_need_help_stand_only_where_addresses_bear_the_same_date() -> None:
    for seed in range(5):
        for _, _, column in cells(seed):
            assert not column.writing.helped or (column.address.dated and column.shape != "address_differs")


def test_ordinary_lists_have_fifteen_to_twenty_rows_newest_first() -> None:
    for plan, site, column in of_shape("plain"):
        items = listing(plan, site, column, NOW).items
        assert 15 <= len(items) <= 20
        assert list(items) == sorted(items, key=lambda item: item.at, reverse=True)


def test_a_pinned_item_on_top_is_older_than_the_rest_and_only_sometimes_marked() -> None:
    for name, marked in (("pinned", True), ("pinned_silent", False)):
        for plan, site, column in of_shape(name):
            first, *rest = listing(plan, site, column, NOW).items
            assert first.pinned is marked
            assert first.at < min(item.at for item in rest)


def test_a_future_date_is_at_least_five_days_ahead() -> None:
    for plan, site, column in of_shape("future"):
        ahead = [item for item in listing(plan, site, column, NOW).items if item.ahead(NOW)]
        assert len(ahead) == 1
        assert ahead[0].shown is not None
        assert ahead[0].shown.date() >= NOW.date() + timedelta(days=5)


def test_unordered_rows_are_not_newest_first() -> None:
    disordered = 0
    for plan, site, column in of_shape("unordered"):
        dates = [item.at for item in listing(plan, site, column, NOW).items]
        disordered += dates != sorted(dates, reverse=True)
    assert disordered == len(of_shape("unordered"))


def test_addresses_that_differ_are_earlier_than_their_rows() -> None:
    for plan, site, column in of_shape("address_differs"):
        for item in listing(plan, site, column, NOW).items:
            assert item.shown is not None
            assert column.address.write(column.path, item.shown.date(), item.number) != item.path


def test_rows_without_dates_are_told_apart_by_what_else_bears_one() -> None:
    for name, dated_address in (("address_only", True), ("followed", False), ("followed_unordered", False), ("undated", False)):
        for plan, site, column in of_shape(name):
            assert column.address.dated is dated_address
            assert all(item.shown is None for item in listing(plan, site, column, NOW).items)


def test_empty_columns_have_no_items_and_no_total() -> None:
    for name in ("blank_total", "blank_text"):
        for plan, site, column in of_shape(name):
            assert listing(plan, site, column, NOW).items == ()
            assert listing(plan, site, column, NOW).total == 0


def test_a_healthy_province_has_ordinary_dated_lists_only() -> None:
    for plan, site, column in cells(11, faults=False):
        assert SHAPES[column.shape].states == ("list",)
        assert listing(plan, site, column, NOW).newest is not None
