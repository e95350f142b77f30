"""Cross-footing: what does not add up is not printed, what the office stated wrongly is warned of."""

from pathlib import Path

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from checker.circular import CircularRefused, read_form
from checker.circular.cells import Voice
from checker.circular.crossfoot import Failed, checks, failed
from checker.circular.draft import Draft
from checker.circular.model import Annex, Row, Source, Statistic
from checker.circular.statistics import catalogue
from checker.circular.warn import cross_foot
from checker.circular.words import Words
from register.inputs import Inputs, MessageFigures, Stated
from tests.checker.circulars import COUNTING, issue, issued, province, site, toml

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")


def given(source: Source = "observed", **figures: float) -> dict[str, Statistic]:
    named = {key.replace("__", "."): value for key, value in figures.items()}
    return {key: Statistic(key, value, str(value), source) for key, value in named.items()}


def only(figures: dict[str, Statistic]) -> Failed:
    (fault,) = failed(figures)
    return fault


def test_parts_that_add_up_are_silent() -> None:
    assert not list(failed(given(sites__total=9, sites__portal__city=1, sites__portal__county=8)))


def test_parts_that_do_not_add_up_are_named_with_their_numbers() -> None:
    fault = only(given(sites__total=9, sites__portal__city=1, sites__department=7))
    assert fault.text == "sites.total 9 ≠ 8 = sites.portal.city 1 + sites.department 7（网站未标明级别）"
    assert not fault.stated


def test_a_check_without_its_total_or_parts_is_not_made() -> None:
    assert not list(failed(given(sites__total=9)))
    assert not list(failed(given(sites__portal__city=9)))


def test_checked_is_passing_and_failing() -> None:
    fault = only(given(accounts__checked=9, accounts__passing=5, accounts__failing=3))
    assert fault.text.startswith("accounts.checked 9 ≠ 8")


def test_kinds_of_letters_add_up_to_the_letters_received_or_closed() -> None:
    assert not list(failed(given("stated", forum__closed=5, forum__by_kind__help=2, forum__by_kind__praise=3)))
    fault = only(given("stated", hotline__received=5, hotline__by_kind__help=2, hotline__by_kind__praise=4))
    assert fault.stated
    assert "hotline.received 5 ≠ 6" in fault.text


def test_units_counted_are_units_named() -> None:
    fault = only({**given("stated", letters__units=3), **given("stated", letters__by_unit__甲局=1, letters__by_unit__乙局=1)})
    assert fault.text == "letters.units 填 3，但列名的只有 2 个（甲局、乙局）"


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        (88.9, True),
        (88.8, True),
        (88.88, True),
        (88.89, True),
        (89, True),
        (90, False),
        (100 * 8 / 9, True),
        (1e-300, False),
        (1e-40, False),
    ],
)
def test_a_stated_rate_must_be_its_part_of_its_whole_by_either_way_of_rounding(stated: float, fits: bool) -> None:
    faults = list(failed(given("stated", letters__received=9, letters__closed_on_time=8, letters__on_time_rate=stated)))
    assert (not faults) == fits


def test_more_closed_than_received_is_a_fault() -> None:
    fault = only(given("stated", hotline__received=5, hotline__closed=6, hotline__closed_rate=100))
    assert "hotline.closed 6 多于 hotline.received 5" in fault.text


def test_a_share_whose_base_no_whole_number_gives_is_a_fault() -> None:
    fault = only({**given(sites__total=40), **given("stated", sites__problem_share__no_entry=12.6)})
    assert "sites.problem_share.no_entry 12.6 不是 sites.total 40 中任何整数四舍五入后的比例，基数不明" in fault.text
    assert not list(failed({**given(sites__total=40), **given("stated", sites__problem_share__no_entry=12.5)}))


@pytest.mark.parametrize("value", ["约98", "", float("nan"), float("inf"), -3.0, 130.0])
def test_a_stated_rate_that_is_no_percentage_is_left_alone(value: float | str) -> None:
    said = {"letters.on_time_rate": Statistic("letters.on_time_rate", value, str(value), "stated")}
    assert not list(failed({**given("stated", letters__received=9, letters__closed_on_time=8), **said}))


@given_(
    st.dictionaries(
        st.sampled_from(
            [*(key for check in checks().rates for key in (check.rate, *check.part, *check.whole)), "letters.units"]
        ),
        st.one_of(st.integers(-5, 50), st.floats(), st.text(max_size=3)),
    )
)
def test_whatever_the_office_states_the_checks_end(values: dict[str, float | str]) -> None:
    figures = {key: Statistic(key, value, str(value), "stated") for key, value in values.items()}
    assert all(fault.stated and fault.text for fault in failed(figures))


def test_every_observed_figure_of_a_check_is_in_the_catalogue() -> None:
    for check in checks().sums:
        if not check.prefix:
            assert isinstance(check.total, str)
            assert {check.total, *check.parts} <= catalogue().keys()


def test_a_table_whose_parts_do_not_add_up_is_refused_and_named() -> None:
    with pytest.raises(CircularRefused) as caught:
        issued(province([PORTAL, site("7101000002", "某局", level=None)]))
    assert any("sites.total 2 ≠ 1 = sites.portal.city 1" in reason for reason in caught.value.reasons)


def test_a_breakdown_that_is_not_printed_does_not_hold_the_circular_up_but_is_told(tmp_path: Path) -> None:
    form = toml(tmp_path, 'name = "own"\n[[body]]\ntext = ["网站{sites.total}家，合格率{sites.pass_rate}。"]\n')
    circular = issued(province([PORTAL, site("7101000002", "某局", level=None)]), str(form))
    assert any("sites.total 2 ≠ 1" in warning for warning in circular.warnings)


def test_a_figure_that_the_office_contradicts_becomes_a_warning_and_the_circular_is_printed() -> None:
    rows = (
        MessageFigures("m.csv line 2", "letters", received=6, closed_on_time=6, units=2),
        MessageFigures("m.csv line 3", "letters", unit="甲局", received=5),
    )
    circular = issued(province([PORTAL]), "gaoxian-monthly", inputs=Inputs(figures=rows))
    assert "letters.received 6 ≠ 5 = letters.by_unit.甲局 5" in circular.warnings
    assert any(warning.startswith("letters.units 填 2，但列名的只有 1 个") for warning in circular.warnings)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [(1, []), (2, ["名单：2 行 ≠ accounts.failing 1"]), (0, ["名单：0 行 ≠ accounts.failing 1"])],
)
def test_an_annex_with_other_rows_than_failures_is_refused(rows: int, refused: list[str]) -> None:
    form = next(annex for annex in read_form("quarterly").annexes if annex.name == "accounts")
    draft = Draft(province([PORTAL]), read_form("quarterly"), issue(), Inputs(), COUNTING, Voice(Words({}, {}, {}), issue()))
    draft.figures = given(accounts__failing=1)
    group = Row(("微信公众号",), "group")
    cross_foot(draft, set(), [(form, Annex(1, "名单", "名单", (), (group, *[Row(("1",))] * rows)))])
    assert draft.refused == refused


def test_a_stated_share_without_a_base_is_a_warning() -> None:
    claims = Inputs(stated=(Stated("s.csv line 2", "sites.problem_share.no_entry", 33.0),))
    assert any("基数不明" in warning for warning in issued(province([PORTAL]), inputs=claims).warnings)
