"""A county's August: six platforms behind by days, counts of the month, letters that are said to concern five units."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from province.scenarios import Scene
from tests.circulars import s2
from tests.circulars.judging import as_printed, evidence, figure, rows, verdict, warnings
from tests.circulars.making import publishing
from tests.circulars.printing import Printed, make
from tests.circulars.scenario import Scenario


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("s2")
    return make(s2.scenario(), folder / "patrol", folder / "out")


def test_every_cell_and_figure_is_as_printed(made: Printed) -> None:
    as_printed(made)


def test_days_overdue_are_counted_from_the_day_that_the_page_shows(made: Printed) -> None:
    judged = verdict(made, f"{s2.SITE}03", "W4a")
    (seen,) = evidence(made, judged)
    assert (seen.reading.newest, judged.detail[0].overdue_days, rows(made)[2][-1]) == ("2024-08-10", 9, "逾期9日")


def test_items_of_the_month_are_counted_on_pages_that_reach_back_before_it(made: Printed) -> None:
    (detail,) = verdict(made, f"{s2.SITE}04", "W4a").detail
    assert (detail.month_items, detail.month_items_exact) == (1, True)
    whole = verdict(made, s2.SITE, "items")
    assert whole.coverage is not None
    assert (whole.numerator, whole.coverage.seen, whole.coverage.expected) == (548, 174, 174)


def test_the_sites_own_columns_are_all_in_time(made: Printed) -> None:
    assert (figure(made, "columns.total"), figure(made, "columns.pass_rate")) == (174, 100)


@pytest.mark.parametrize(
    "said",
    [
        "letters.units 填 5，但列名的只有 4 个",
        "复核截止时间 2024年9月2日12：00 早于检查日期 2024年9月3日",
        "文号“〔2024〕—48”不完整",
        "附件目录作“问题整改反馈单”，附件标题作“工作整改反馈单”",
        "网站栏目合格率为 100%，而专栏有 6 个栏目逾期",
    ],
)
def test_what_the_county_contradicts_is_warned_of(made: Printed, said: str) -> None:
    assert said in warnings(made)


def published_since(scenario: Scenario, unit: str, day: date) -> Scenario:
    """The same county, where one platform has one item more."""
    scene = scenario.now.scene
    sections = tuple(
        replace(one, columns=(publishing(one.columns[0], s2.august(3, day, 8)),)) if one.unit == unit else one
        for one in scene.sections
    )
    return replace(scenario, now=replace(scenario.now, scene=Scene(scene.sites, sections, scene.accounts)))


def test_a_platform_that_published_in_time_is_in_no_row_and_the_others_close_up(tmp_path: Path) -> None:
    other = published_since(s2.scenario(), "县民政局", date(2024, 8, 30))
    made = make(other, tmp_path / "patrol", tmp_path / "out", (".json",))
    assert [row[:2] for row in rows(made)] == [
        ["1", "县经信科技局"],
        ["2", "县医保局"],
        ["3", "县综合执法局"],
        ["4", "沙河镇"],
        ["5", "胜天镇"],
    ]
    assert figure(made, "articles.sections") == s2.SECTION_ITEMS + 1


def test_the_last_day_in_time_is_in_time_and_the_day_before_is_one_day_overdue(tmp_path: Path) -> None:
    for day, listed in ((date(2024, 8, 19), None), (date(2024, 8, 18), "逾期1日")):
        made = make(published_since(s2.scenario(), "县医保局", day), tmp_path / "patrol", tmp_path / "out", (".json",))
        assert next((row[-1] for row in rows(made) if row[1] == "县医保局"), None) == listed
