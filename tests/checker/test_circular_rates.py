"""Percentages as they are printed (circulars.md §4)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.circular.rates import Rounding, possible_parts, printed, rate


@pytest.mark.parametrize(
    ("part", "whole", "rounding", "shown"),
    [
        (13, 14, Rounding("half_up", 1), "92.9%"),
        (13, 14, Rounding("truncate", 1), "92.8%"),
        (13, 14, Rounding("half_up", 2), "92.86%"),
        (13, 14, Rounding("half_up", 0), "93%"),
        (5, 9, Rounding("truncate", 2), "55.55%"),
        (499, 500, Rounding("half_up", 2), "99.80%"),
        (499, 500, Rounding("half_up", 2, zeros=False), "99.8%"),
        (9, 10, Rounding("half_up", 2), "90%"),
        (1, 800, Rounding("half_up", 2), "0.13%"),
        (7, 7, Rounding("half_up", 2), "100%"),
        (0, 7, Rounding("half_up", 2), "0%"),
    ],
)
def test_a_rate_is_printed_by_its_mode_and_decimals(part: int, whole: int, rounding: Rounding, shown: str) -> None:
    assert rate(part, whole, rounding).printed == shown


@pytest.mark.parametrize(("part", "whole", "decimals", "shown"), [(4131, 4133, 1, "99.9%"), (351, 352, 0, "99%")])
def test_a_rate_with_failures_never_prints_as_100(part: int, whole: int, decimals: int, shown: str) -> None:
    guarded = rate(part, whole, Rounding("half_up", decimals))
    assert guarded.printed == shown
    assert guarded.guarded


def test_a_full_rate_is_not_guarded() -> None:
    assert not rate(9, 9, Rounding()).guarded


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        rate(part, whole, Rounding())


@given(st.integers(1, 6000), st.data(), st.sampled_from(["half_up", "truncate"]), st.integers(0, 2))
def test_a_printed_rate_is_within_one_unit_of_the_exact_one_and_100_only_where_all_passed(
    whole: int, data: st.DataObject, mode: str, decimals: int
) -> None:
    part = data.draw(st.integers(0, whole))
    found = rate(part, whole, Rounding(mode, decimals))  # type: ignore[arg-type]
    unit = Fraction(1, 10**decimals)
    assert abs(Fraction(found.value) - Fraction(100 * part, whole)) <= unit
    assert (found.value == 100) == (part == whole)
    assert (found.printed == "100%") == (part == whole)


def test_a_number_is_whole_where_the_rate_is() -> None:
    assert rate(1, 4, Rounding()).number == 25
    assert isinstance(rate(1, 4, Rounding()).number, int)
    assert rate(1, 3, Rounding()).number == 33.3


def test_the_parts_that_a_percentage_may_stand_for() -> None:
    assert possible_parts(Decimal("12.5"), 40) == (5,)
    assert possible_parts(Decimal("12.6"), 40) == ()


def test_a_percentage_that_was_cut_off_is_found_by_cutting_off_only() -> None:
    assert possible_parts(Decimal("55.5"), 9) == ()
    assert possible_parts(Decimal("55.5"), 9, "truncate") == (5,)


@given(st.integers(1, 3000), st.data())
def test_every_rate_has_a_possible_part(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    found = rate(part, whole, Rounding("half_up", 2))
    if not found.guarded:
        assert part in possible_parts(found.value, whole)


def test_a_stated_percentage_is_printed_as_it_was_written() -> None:
    assert printed(Decimal("17.2")) == "17.2%"
    assert printed(Decimal("5")) == "5%"
    assert printed(Decimal("5.0")) == "5%"
