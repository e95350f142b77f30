"""Rows of columns."""

from pathlib import Path

import pytest

from register import Category, Target
from register.columns import category_of, url_number
from tests.register.desk import (
    CITY,
    COLUMN,
    COUNTY,
    NEWS,
    NOTICE,
    OPEN_PAGE,
    SECTION,
    SITE,
    Cells,
    changed,
    found,
    load_folder,
    only,
    targets,
)


def test_a_column_is_a_target_of_its_site(tmp_path: Path) -> None:
    register = load_folder(
        tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, changed(NEWS, c6="政务动态", c5="否")]
    )
    assert targets(register)["5115000001/gzdt"] == Target(
        "5115000001/gzdt",
        "column",
        "5115000001",
        "http://www.nanxi.gov.cn/gzdt/",
        "www.nanxi.gov.cn",
        "工作动态",
        "news",
        False,
        "政务动态",
        "市政府办",
    )
    assert register.problems == ()


def test_a_column_without_a_number_is_known_by_its_address(tmp_path: Path) -> None:
    rows = [COLUMN, changed(NEWS, c1="", c3="HTTP://www.NANXI.gov.cn:80/gzdt/")]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=rows)
    number = url_number("http://www.nanxi.gov.cn/gzdt/")
    assert len(number) == 12
    assert f"5115000001/{number}" in targets(register)


@pytest.mark.parametrize(
    ("printed", "category"),
    [
        ("动态", "news"),
        ("要闻", "news"),
        ("动态要闻", "news"),
        ("动态、要闻类", "news"),
        ("通知公告", "notice"),
        ("通知公告类", "notice"),
        ("通知公告、政策文件类", "notice"),
        ("政策文件", "policy"),
        ("人事", "personnel"),
        ("人事、规划计划类", "personnel"),
        ("规划计划", "plan"),
        ("规划、计划", "plan"),
        ("其他", "other"),
        ("News", "news"),
        ("办事指南", None),
    ],
)
def test_categories_are_read_by_their_synonyms(printed: str, category: Category | None) -> None:
    assert category_of(printed) == category


def test_an_unknown_category_is_other_and_said_once(tmp_path: Path) -> None:
    rows = [COLUMN, changed(NEWS, c4="政策文档"), changed(NOTICE, c4="政策文档")]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=rows)
    assert {row.category for row in targets(register).values() if row.kind == "column"} == {"other"}
    assert (only(register).severity, only(register).mend) == ("note", "write 政策文件 if that is meant")


def test_empty_categories_are_other_and_said_once(tmp_path: Path) -> None:
    rows = [COLUMN, changed(NEWS, c4=""), changed(NOTICE, c4="")]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=rows)
    assert targets(register)["5115000001/tzgg"].category == "other"
    assert (only(register).line, only(register).severity) == (2, "note")


@pytest.mark.parametrize(
    ("position", "cell", "field", "said"),
    [
        (0, "", "网站标识码", "missing"),
        (0, "5115000009", "网站标识码", "no site or section"),
        (0, "南溪市", "网站标识码", "not a 网站标识码"),
        (1, "@home", "栏目编号", "cannot be used"),
        (1, "x" * 129, "栏目编号", "cannot be used"),
        (3, "", "栏目网址", "missing"),
        (3, "javascript:;", "栏目网址", "not the address of a web page"),
        (3, "http://www.nanxi .gov.cn:abc/", "栏目网址", "no port number"),
    ],
)
def test_a_column_that_cannot_be_watched_is_left_out(tmp_path: Path, position: int, cell: str, field: str, said: str) -> None:
    rows = [COLUMN, changed(NEWS, **{f"c{position}": cell}), NOTICE]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=rows)
    assert set(targets(register)) == {"5115000001/@home", "5115000001/tzgg"}
    problem = only(register)
    assert (problem.file, problem.line, problem.field, problem.severity) == ("columns.csv", 2, field, "bad")
    assert said in problem.reason
    assert problem.mend


def test_an_unknown_site_code_is_told_the_nearest_known_one(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, CITY, COUNTY], columns=[COLUMN, changed(NEWS, c0="5115000011")])
    assert "write 5115000001 if that is meant" in only(register).mend


@pytest.mark.parametrize("printed", ["5115000001.0", "５１１５０００００１", "'5115000001", " 5115000001 ", "51150 00001"])
def test_a_site_code_that_is_written_another_way_is_mended_to_the_one_in_the_register(tmp_path: Path, printed: str) -> None:
    rows = [COLUMN, changed(NEWS, c0=printed)]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=rows)
    assert "5115000001/gzdt" in targets(register)
    assert found(register, "bad") == []
    assert len(register.problems) == (0 if printed.strip() == "5115000001" else 1)


def test_a_site_code_that_lost_its_zero_is_mended_to_the_one_in_the_register(tmp_path: Path) -> None:
    sites = [SITE, changed(CITY, c0="0115000001")]
    register = load_folder(tmp_path, tmp_path / "keep", sites=sites, columns=[COLUMN, changed(NEWS, c0="115000001")])
    assert "0115000001/gzdt" in targets(register)
    assert "drops leading zeros" in only(register).reason


def test_columns_of_a_site_that_was_left_out_say_where_its_row_stands(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, changed(CITY, c5="县级"), COUNTY], columns=[COLUMN, NEWS])
    assert "its site's row was left out (sites.csv line 2)" in found(register, "bad")[1].reason


def test_a_column_may_belong_to_a_section(tmp_path: Path) -> None:
    tables: dict[str, list[Cells]] = {"sites": [SITE, CITY], "sections": [SECTION, OPEN_PAGE]}
    by_site = load_folder(tmp_path / "a", tmp_path / "keep", **tables, columns=[COLUMN, changed(NEWS, c0="mzj")])
    by_section = load_folder(tmp_path / "b", tmp_path / "keep", **tables, columns=[(*COLUMN, "专栏编号"), (*NEWS, "mzj")])
    assert targets(by_site)["mzj/gzdt"].subject == "mzj"
    assert by_site.digest == by_section.digest
    assert by_site.problems == by_section.problems == ()


def test_a_path_is_read_from_the_sites_home_page_and_said(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, changed(NEWS, c3="/gzdt/")])
    assert targets(register)["5115000001/gzdt"].url == "http://www.nanxi.gov.cn/gzdt/"
    assert (only(register).severity, only(register).mend) == ("mended", "write http://www.nanxi.gov.cn/gzdt/")


def test_two_columns_of_one_number_are_named_and_the_first_is_read(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, NEWS, changed(NOTICE, c1="gzdt")])
    assert targets(register)["5115000001/gzdt"].name == "工作动态"
    assert (only(register).line, only(register).field, only(register).severity) == (3, "栏目编号", "bad")
    assert "the same as columns.csv line 2" in only(register).reason


def test_two_columns_without_number_at_one_address_are_named(tmp_path: Path) -> None:
    rows = [COLUMN, changed(NEWS, c1=""), changed(NEWS, c1="", c2="政务动态")]
    register = load_folder(tmp_path, sites=[SITE, CITY], columns=rows)
    assert register.targets["column"] == 1
    assert (only(register).field, only(register).severity) == ("栏目网址", "bad")


def test_the_same_column_twice_is_read_once_and_said(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, CITY], columns=[COLUMN, NEWS, NOTICE, NEWS])
    assert register.targets["column"] == 2
    assert (only(register).line, only(register).severity) == (4, "mended")


def test_one_number_may_stand_in_two_sites(tmp_path: Path) -> None:
    rows = [COLUMN, NEWS, changed(NEWS, c0=COUNTY[0], c3="http://www.jiangbei.gov.cn/gzdt/")]
    register = load_folder(tmp_path, sites=[SITE, CITY, COUNTY], columns=rows)
    assert (register.targets["column"], register.problems) == (2, ())


def test_two_columns_at_one_address_are_both_watched_and_noted(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, CITY], columns=[COLUMN, NEWS, changed(NEWS, c1="zwdt")])
    assert register.targets["column"] == 2
    assert (only(register).line, only(register).severity) == (3, "note")
    assert "the same address as columns.csv line 2" in only(register).reason


def test_another_host_than_the_sites_is_noted_once_per_host(tmp_path: Path) -> None:
    elsewhere = [changed(NEWS, c1=f"x{number}", c3=f"http://xxgk.nanxi.gov.cn/{number}") for number in range(3)]
    register = load_folder(tmp_path, sites=[SITE, CITY], columns=[COLUMN, NEWS, *elsewhere])
    assert register.targets["column"] == 4
    assert (only(register).line, only(register).severity) == (3, "note")
    assert "on xxgk.nanxi.gov.cn, its site is on www.nanxi.gov.cn" in only(register).reason


def test_a_column_without_a_name_is_shown_by_its_number(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, changed(NEWS, c2="")])
    assert targets(register)["5115000001/gzdt"].name == "gzdt"
    assert only(register).severity == "mended"


def test_english_headers_give_the_same_register(tmp_path: Path) -> None:
    english_site = ("site_code", "site_name", "unit", "short", "region", "level", "home_url", "platform")
    english = ("site_code", "column_code", "column_name", "column_url", "category", "first_level", "parent", "unit")
    chinese = load_folder(tmp_path / "a", sites=[SITE, CITY], columns=[COLUMN, NEWS, NOTICE])
    other = load_folder(tmp_path / "b", sites=[english_site, CITY], columns=[english, NEWS, NOTICE])
    assert chinese.digest == other.digest
    assert other.problems == ()
