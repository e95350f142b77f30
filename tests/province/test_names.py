"""Invented names, and draws that depend on nothing but their words."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from province.columns import KINDS, kinds
from province.offices import everyone
from province.places import cities, counties
from province.seeds import number, pick, rng, weighted
from province.titles import TEMPLATES, title

REAL = {"青浦", "青原", "青冈", "鹤岗", "浦东", "青田", "青阳", "青川", "青神"}


def test_no_place_is_a_real_one() -> None:
    names = {place.name[:-1] for place in (*cities(), *counties())}
    assert not names & REAL
    assert len(names) == len(cities()) + len(counties())


def test_every_county_belongs_to_a_city_and_has_a_code_of_its_own() -> None:
    codes = [place.digits for place in (*cities(), *counties())]
    assert len(set(codes)) == len(codes)
    assert {county.city for county in counties()} == {city.name for city in cities()}
    by_city = {city.name: city.digits[:4] for city in cities()}
    assert all(county.digits.startswith(by_city[county.city]) for county in counties())


def test_there_are_thousands_of_offices_with_hosts_of_their_own() -> None:
    known = everyone()
    assert len(known) > 5000
    assert len({row.host for row in known}) == len({row.code for row in known}) == len(known)


@given(st.lists(st.integers() | st.text(), min_size=1))
def test_draws_repeat_for_the_same_words(words: list[object]) -> None:
    assert rng(*words).random() == rng(*words).random()
    assert number(*words) == number(*words) < 2**64
    assert pick("abc", *words) in "abc"


def test_draws_do_not_change_between_versions() -> None:
    assert number("seed", 1) == 8_609_352_857_595_861_480
    assert rng("seed", 1).randint(0, 10**6) == 101731


def test_a_weight_of_nothing_is_never_drawn() -> None:
    random = rng("weights")
    assert {weighted(random, {"a": 1, "b": 0}) for _ in range(100)} == {"a"}


def test_more_columns_than_the_table_has_get_names_of_their_own() -> None:
    many = kinds(3 * len(KINDS))
    assert many[: len(KINDS)] == list(KINDS)
    assert len({row.name for row in many}) == len({row.slug for row in many}) == len(many)


@given(st.text(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_title_is_filled_in_and_repeats(key: str, day: date) -> None:
    text = title(key, day, "青溪县", "青溪县民政局")
    assert "{" not in text
    assert text == title(key, day, "青溪县", "青溪县民政局")


def test_items_in_a_row_have_different_titles() -> None:
    titles = [title(f"1/980000/gzdt/{index}", date(2026, 9, 3), "青溪县", "青溪县民政局") for index in range(40)]
    assert all(one != other for one, other in pairwise(titles))
    assert len(set(titles)) > 35
    assert len(TEMPLATES) >= 20
