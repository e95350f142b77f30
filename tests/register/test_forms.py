"""Recognising a table by its headers."""

import pytest

from register.forms import Header, recognise
from register.loading import FORMS
from tests.register.desk import ACCOUNT, COLUMN, SECTION, SITE


def header(*cells: str, names: tuple[str, ...] = ("", "")) -> Header:
    found = recognise(cells, FORMS, names)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (SITE, "site"),
        (COLUMN, "column"),
        (SECTION, "section"),
        (ACCOUNT, "account"),
        (("site_code", "site_name", "home_url", "level"), "site"),
        (("Site Code", "Column Name", "Column URL", "Category"), "column"),
        (("section_code", "section_name", "site_code"), "section"),
        (("account_code", "account_name", "account_type", "url"), "account"),
        (("网站标识码", "网站名称", "栏目名称", "栏目网址"), "column"),
        (("序号", "新媒体名称", "类型", "文章URL/主页URL/下载URL"), "account"),
        (("网站 标识码*", "网站名称（全称）"), "site"),
    ],
)
def test_a_table_is_known_by_the_headers_that_mark_it(cells: tuple[str, ...], kind: str) -> None:
    assert header(*cells).form.kind == kind


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("栏目", "网站名录"), "column"),
        (("", "网站名录"), "site"),
        (("", "新媒体账号"), "account"),
        (("", "columns"), "column"),
        (("网站", "栏目"), "site"),
    ],
)
def test_plain_headers_are_understood_by_the_name_of_sheet_or_file(names: tuple[str, str], kind: str) -> None:
    assert header("标识码", "名称", "网址", "类型", names=names).form.kind == kind


def test_plain_headers_without_a_hint_are_no_header() -> None:
    assert recognise(("标识码", "名称", "网址"), FORMS, ("Sheet1", "a")) is None


def test_one_known_word_is_no_header() -> None:
    assert recognise(("网站名称", "", ""), FORMS, ("", "")) is None


def test_fields_are_found_wherever_they_stand() -> None:
    assert header("栏目网址", "备注", "栏目名称", "网站标识码").index == {"url": 0, "name": 2, "site": 3}


def test_an_unknown_header_is_named_with_what_was_probably_meant() -> None:
    assert header(*COLUMN, "栏目责任单", "天气").unknown == (("栏目责任单", "责任单位"), ("天气", None))


def test_headers_that_mean_nothing_here_are_passed_over() -> None:
    assert header("序号", *SITE, "备注", "联系电话").unknown == ()
    assert header(*COLUMN, "网站名称").unknown == ()


def test_the_header_that_marks_the_form_wins_over_a_plain_one() -> None:
    found = header("名称", "栏目名称", "栏目网址", "网站标识码")
    assert found.index["name"] == 1
    assert found.doubled == ("名称",)


def test_the_first_of_two_equal_headers_is_read() -> None:
    found = header("网站标识码", "网站名称", "首页网址", "首页网址")
    assert (found.index["home"], found.doubled) == (2, ("首页网址",))


def test_what_a_form_cannot_do_without_is_named() -> None:
    assert header("栏目名称", "栏目编号").missing == ("网站标识码 / 专栏编号", "栏目网址")
    assert header(*SITE).missing == ()


def test_the_optional_fields_are_known_in_chinese_and_english() -> None:
    chinese = header(*COLUMN, "不检查", "原因", "至", "访问间隔（秒）", "选择器", "JSON路径", "编码").index
    english = header(*COLUMN, "paused", "reason", "until", "pace", "selector", "json_path", "charset").index
    assert chinese == english
    assert {"paused", "why", "until", "pace", "selector", "json_path", "charset"} <= chinese.keys()
