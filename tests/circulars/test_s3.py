"""A city's third quarter: findings of a person beside findings of the patrol, and what became of fifteen accounts."""

import pytest

from tests.circulars import s3
from tests.circulars.judging import as_printed, evidence, failing, figure, observations, rows, verdict, warnings
from tests.circulars.printing import Printed, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("s3")
    return make(s3.scenario(), folder / "patrol", folder / "out")


def test_every_cell_and_figure_is_as_printed(made: Printed) -> None:
    as_printed(made)


def test_four_sites_fail_each_for_a_cause_of_its_own(made: Printed) -> None:
    causes = {"3609230002": "W4a", "3609220002": "W4c", "3609830002": "W2", s3.WRONG: "W1"}
    assert failing(made, "site") == set(causes)
    said = {code: verdict(made, code, rule) for code, rule in causes.items()}
    assert {one.decided_by for code, one in said.items() if code != s3.WRONG} == {"observation"}
    assert said[s3.WRONG].decided_by == "manual"


def test_the_site_that_was_down_two_hours_of_every_day_fails_by_its_probes(made: Printed) -> None:
    judged = verdict(made, "3609830002", "W2")
    seen = evidence(made, judged)
    assert judged.numerator == len(seen)
    assert {one.outcome for one in seen} == {"connect"}
    assert {one.at[11:13] for one in seen} <= {"02", "03"}
    assert judged.denominator is not None
    assert judged.numerator / judged.denominator >= 0.05


def test_blank_columns_are_proved_blank_by_their_pages(made: Printed) -> None:
    seen = evidence(made, verdict(made, "3609220002", "W4c"))
    assert [one.reading.state for one in seen] == ["blank"] * 6


def test_what_a_person_found_is_decided_by_hand_and_printed_in_the_offices_words(made: Printed) -> None:
    menu, unfound = verdict(made, s3.MENU, "N3"), verdict(made, s3.UNFOUND, "other")
    assert (menu.decided_by, unfound.decided_by) == ("manual", "manual")
    assert [row[-1] for row in rows(made)[:2]] == ["缺乏有效互动渠道菜单功能", "新媒体账号信息查询无结果"]
    assert verdict(made, s3.MENU, "N2").result == "pass"
    assert verdict(made, s3.UNFOUND, "N2").result == "undetermined"


def test_one_silent_account_is_seen_on_its_own_page_and_one_is_told_of(made: Printed) -> None:
    (told,), (seen,) = (evidence(made, verdict(made, code, "N2")) for code in ("YC00003", "YC00004"))
    assert (told.observed_by, seen.observed_by) == ("operator_report", "public_http")
    assert (seen.reading.source, seen.reading.newest and seen.reading.newest[:10]) == ("script", "2023-09-18")


def test_an_old_post_alone_accuses_nobody(made: Printed) -> None:
    posts = [one for one in observations(made) if one.kind == "account" and one.target == "YC00003"]
    assert {one.reading.state for one in posts} == {"article"}
    assert all("lower_bound" in {flag.name for flag in one.flags} for one in posts)


def test_the_fifteen_accounts_of_june_failed_then_and_pass_now(made: Printed) -> None:
    before = failing(made, "account", made.previous)
    assert len(before) == 15
    assert not before & failing(made, "account")
    assert (figure(made, "follow_up.accounts.found"), figure(made, "follow_up.accounts.rectified")) == (15, 15)


@pytest.mark.parametrize(
    "said",
    [
        "4 个不合格网站未在任何附件中列名",
        "“宜春经开区”本年度被通报 4 次，达到 3 次的应按规定处理",
        "“宜春经开区”本年度已被通报 4 次，本期仍不合格",
        "而未写明发文机关、复核截止时间或监测数据采集时间、整改期限",
    ],
)
def test_what_the_city_leaves_open_is_warned_of(made: Printed, said: str) -> None:
    assert said in warnings(made)
