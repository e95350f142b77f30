"""What a circular leaves unsaid, and figures that do not speak of the same things: warned of, printed all the same."""

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from checker.circular import Circular, Form
from checker.circular.form import read_form
from checker.verdict import Coverage
from register import Level
from register.inputs import Inputs, Ranked, Stated
from tests.checker.circulars import account, columns, issue, issued, province, section, site, verdict

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")
WATER = site("7101000002", "澜州市水利局")
WEIBO = account("A1", "澜州发布", "新浪微博")
MENDED_BY = dt.date(2031, 7, 30)
ONE_RANKED = Inputs(ranked=(Ranked("排名.csv line 2", "部门网站", "澜州市水利局", "第一梯队"),))
COMPLETE: dict[str, Any] = {"issuer": "澜州市人民政府办公室", "recheck": dt.date(2031, 7, 1), "rectify_by": MENDED_BY}


def printed(failing: bool = True, **more: Any) -> Circular:
    there = province([PORTAL, WATER], [verdict(PORTAL), verdict(WATER, "fail" if failing else "pass")])
    return issued(there, how=issue(**more))


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("issuer", "有 1 个不合格对象，而未写明发文机关"),
        ("recheck", "有 1 个不合格对象，而未写明复核截止时间或监测数据采集时间"),
        ("rectify_by", "有 1 个不合格对象，而未写明整改期限"),
    ],
)
def test_what_a_reader_of_failures_needs_is_asked_for(left_out: str, said: str) -> None:
    assert said in printed(**{key: value for key, value in COMPLETE.items() if key != left_out}).warnings


def test_a_complete_issue_and_one_without_failures_are_not_warned_of() -> None:
    for made in (printed(**COMPLETE), printed(failing=False)):
        assert not [warning for warning in made.warnings if "未写明" in warning]


@pytest.mark.parametrize(("levels", "differs"), [(["市级部门"], False), (["市级门户", "市级部门"], True), ([], False)])
def test_a_list_of_the_evaluated_that_is_not_the_registers_is_warned_of(levels: list[Level], differs: bool) -> None:
    form = read_form("sichuan-half-year")
    made = issued(province([PORTAL, WATER], [verdict(PORTAL), verdict(WATER)]), ranked(form, levels), inputs=ONE_RANKED)
    said = "部门网站：参评 1 个，名录中同级网站 2 个，范围不一致"
    assert (said in made.warnings) is differs


def ranked(form: Form, levels: list[Level]) -> Form:
    """The form's table of tiers alone, for one list."""
    tiers = next(annex for annex in form.annexes if annex.layout == "ranking")
    listing = replace(tiers.tables[0], table="部门网站", label="部门网站", levels=tuple(levels))
    return replace(form, annexes=(replace(tiers, tables=(listing,)),))


@pytest.mark.parametrize(("late", "warned"), [(0, False), (2, True)])
def test_a_site_in_time_beside_late_sections_is_warned_of(late: int, warned: bool) -> None:
    platform = section("7101000001-1", "县民政局信息公开平台", parent=PORTAL.code)
    notes = [
        verdict(PORTAL, "pass", "columns", rule_kind="note", numerator=0, coverage=Coverage(3, 3)),
        verdict(platform, "pass", "columns", rule_kind="note", numerator=late, coverage=Coverage(4, 4)),
    ]
    made = issued(province([PORTAL, platform], others=notes, targets=columns(PORTAL, 3)))
    assert any(f"专栏有 {late} 个栏目逾期" in warning for warning in made.warnings) is warned


@pytest.mark.parametrize(("result", "warned"), [("fail", True), ("pass", False)])
def test_an_account_named_before_that_fails_again_is_warned_of(result: Any, warned: bool) -> None:
    named = Inputs(stated=(Stated("填报.csv line 2", "accounts.notices_this_year.澜州发布", 2),))
    made = issued(province([PORTAL, WEIBO], [verdict(PORTAL), verdict(WEIBO, result)]), inputs=named)
    assert ("“澜州发布”本年度已被通报 2 次，本期仍不合格" in made.warnings) is warned


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("如“澜州发布”转载不完整。", True),
        ("如“澜州市水利局”多个栏目不更新。", False),
        ("开展“回头看”活动。", False),
        ("如澜州发布。", False),
    ],
)
def test_an_example_that_is_in_order_is_warned_of_and_other_quotes_are_not(text: str, warned: bool) -> None:
    there = province([PORTAL, WATER, WEIBO], [verdict(WATER, "fail")])
    made = issued(there, how=issue(paragraphs={"problems": (text,)}, **COMPLETE))
    assert ("正文点名的“澜州发布”不是不合格对象，未列入附件" in made.warnings) is warned
    assert not [warning for warning in made.warnings if "澜州市水利局" in warning]
