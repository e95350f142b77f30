"""A province of 759 sites and 4,206 accounts: figures by city that add up, tiers, and four accounts nobody names.

Here availability is decided by the office; `python -m tests.circulars` probes every home page for a week as well.
"""

from collections import Counter
from dataclasses import replace

import pytest

from tests.circulars import s1
from tests.circulars.judging import as_printed, evidence, failing, figure, rows, verdict, warnings
from tests.circulars.printing import Printed, make
from tests.circulars.scenario import decided


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("s1")
    whole = s1.scenario()
    elsewhere = decided(("全部", "W2", "合格", "可用性另行监测", "省政府办公厅"))
    now = replace(whole.now, probes=False, office=(*whole.now.office, elsewhere))
    return make(replace(whole, now=now), folder / "patrol", folder / "out")


def test_every_cell_and_figure_is_as_printed(made: Printed) -> None:
    as_printed(made)


def test_codes_and_addresses_of_the_scene_are_its_own() -> None:
    scene = s1.scenario().now.scene
    for values in (
        [site.code for site in scene.sites],
        [site.host for site in scene.sites],
        [account.code for account in scene.accounts],
        [account.url for account in scene.accounts],
    ):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_column_of_the_table_adds_up_to_its_total(made: Printed) -> None:
    table = rows(made)
    for place in range(1, 8):
        numbers = [int(row[place]) for row in table[:-1] if row[place] != "—"]
        assert sum(numbers) == int(table[-1][place])


def test_the_four_accounts_were_seen_silent_or_reported_so(made: Printed) -> None:
    named = failing(made, "account")
    assert named == {"GZ00000", "GZ00001", "GZ00002", "GZ00003"}
    seen = [one for code in sorted(named) for one in evidence(made, verdict(made, code, "N2"))]
    assert [one.observed_by for one in seen] == ["public_http", "public_http", "public_http", "operator_report"]
    assert [(one.reading.newest or "")[:10] for one in seen] == ["2024-11-18", "2024-10-30", "2024-12-02", "2024-09-09"]
    assert {one.subject.region for one in seen} <= {f"甘孜州第{n}县" for n in range(1, 5)}


def test_a_rate_with_failures_is_not_a_hundred(made: Printed) -> None:
    assert (figure(made, "accounts.pass_rate"), figure(made, "sites.pass_rate")) == (99.9, 100)


def test_what_is_decided_by_the_office_is_noted_with_every_site(made: Printed) -> None:
    judged = verdict(made, "5101000000", "W2")
    assert (judged.result, judged.decided_by) == ("pass", "manual")
    assert "可用性另行监测" in (judged.reason or "")


@pytest.mark.parametrize(
    "said",
    [
        "17.2% 不是 evaluation.sites 60、sites.total 759 中任何整数四舍五入后的比例",
        "印发日期 2024年12月26日 早于“2024年下半年”结束",
        "4 个不合格账号未在任何附件中列名",
        "省直部门网站：参评 39 个，名录中同级网站 46 个，范围不一致",
        "有 4 个不合格对象，而未写明复核截止时间或监测数据采集时间",
    ],
)
def test_what_the_province_contradicts_is_warned_of(made: Printed, said: str) -> None:
    assert said in warnings(made)
