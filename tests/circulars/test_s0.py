"""A city's third quarter: one department whose columns stand still, one account that only its unit can tell of."""

from collections import Counter

import pytest

from tests.circulars import s0
from tests.circulars.judging import as_printed, evidence, failing, figure, observations, rows, verdict, warnings
from tests.circulars.printing import Printed, make

HEALTH, ACCOUNT = "5115000036", "XM00000"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("s0")
    return make(s0.scenario(), folder / "patrol", folder / "out")


def test_every_cell_and_figure_is_as_printed(made: Printed) -> None:
    as_printed(made)


def test_all_four_formats_are_written(made: Printed) -> None:
    assert [path.name for path in made.files.values() if path.stat().st_size > 5_000] == [
        "S0.json",
        "S0.docx",
        "S0.xlsx",
        "S0.html",
    ]


def test_the_departments_row_rests_on_the_pages_of_its_thirteen_columns(made: Printed) -> None:
    judged = verdict(made, HEALTH, "W4b")
    assert (judged.result, judged.decided_by, judged.numerator, judged.denominator) == ("fail", "observation", 13, 24)
    seen = evidence(made, judged)
    assert len(seen) == 13
    assert all(one.kind == "column" and one.outcome == "ok" and one.reading.source == "row" for one in seen)
    assert max(one.reading.newest or "" for one in seen) < "2024-03-06"


def test_two_late_columns_of_news_are_too_few_for_the_other_veto(made: Printed) -> None:
    judged = verdict(made, HEALTH, "W4a")
    assert (judged.result, judged.numerator) == ("pass", 2)


def test_the_accounts_row_rests_on_its_units_report_and_on_no_page(made: Printed) -> None:
    (report,) = evidence(made, verdict(made, ACCOUNT, "N2"))
    assert (report.kind, report.observed_by, report.reading.newest) == ("report", "operator_report", "2024-08-12")
    looked = [one for one in observations(made) if one.kind == "account" and one.target == ACCOUNT]
    assert [(one.outcome, one.reason) for one in looked] == [("not_observable", "no_public_view")]


def test_nobody_else_fails(made: Printed) -> None:
    assert failing(made, "site") == {HEALTH}
    assert failing(made, "account") == {ACCOUNT}
    assert [len(rows(made, annex)) for annex in (0, 1)] == [1, 1]


def test_every_site_was_probed_twenty_times_on_every_day_of_the_week(made: Printed) -> None:
    probes = Counter(one.target for one in observations(made) if one.kind == "probe" and one.outcome == "ok")
    assert len(probes) == 47
    assert min(probes.values()) >= 140
    for site in ("5115000001", HEALTH):
        assert verdict(made, site, "W2").result == "pass"


def test_messages_are_the_offices_figures_and_the_rate_is_computed(made: Printed) -> None:
    assert [figure(made, f"messages.found_errors.{name}") for name in ("received", "closed", "on_time_rate")] == [4, 4, 100]


def test_a_quarter_reported_before_its_end_is_warned_of(made: Printed) -> None:
    assert "复核截止时间 2024年9月6日 早于“2024年第三季度”结束" in warnings(made)
    assert "印发日期 2024年9月6日 早于“2024年第三季度”结束" in warnings(made)


def test_an_example_in_the_text_that_is_no_failure_is_warned_of(made: Printed) -> None:
    assert "正文点名的“宜宾市地震监测中心”不是不合格对象" in warnings(made)
    assert verdict(made, "XM99999", "N2").result == "pass"
