"""Rows of sites, sections and accounts."""

from pathlib import Path

import pytest

from register import Subject, Target
from register.subjects import account_code
from tests.register.desk import (
    ACCOUNT,
    CITY,
    COLUMN,
    COUNTY,
    NEWS,
    OPEN_PAGE,
    SECTION,
    SITE,
    WEIBO,
    accepted,
    changed,
    found,
    load_folder,
    only,
    subjects,
    targets,
)


def test_a_site_is_a_subject_and_its_home_page_a_target(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY])
    assert accepted(register) == [
        Subject("5115000001", "site", CITY[1], CITY[2], "市政府办", "南溪市", "市级门户", "省平台"),
        Target("5115000001/@home", "home", "5115000001", CITY[6], "www.nanxi.gov.cn", CITY[1], unit=CITY[2]),
    ]
    assert register.problems == ()


@pytest.mark.parametrize(
    ("position", "cell", "field"),
    [
        (0, "", "网站标识码"),
        (0, "51150", "网站标识码"),
        (0, "5.115E+09", "网站标识码"),
        (5, "国家级", "级别"),
        (5, "县级", "级别"),
    ],
)
def test_a_site_without_a_sound_code_or_level_is_left_out(tmp_path: Path, position: int, cell: str, field: str) -> None:
    rows = [SITE, changed(CITY, **{f"c{position}": cell}), COUNTY]
    register = load_folder(tmp_path, tmp_path / "keep", sites=rows)
    assert list(subjects(register)) == [COUNTY[0]]
    problem = only(register)
    assert (problem.file, problem.line, problem.field, problem.severity) == ("sites.csv", 2, field, "bad")
    assert problem.mend.startswith("write ")


@pytest.mark.parametrize("cell", ["", "无", "见附件", "ftp://www.nanxi.gov.cn/"])
def test_a_site_with_an_unreadable_home_page_keeps_its_columns(tmp_path: Path, cell: str) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, changed(CITY, c6=cell)], columns=[COLUMN, NEWS])
    assert list(targets(register)) == ["5115000001/gzdt"]
    assert (only(register).field, only(register).severity) == ("首页网址", "bad")
    assert "the home page is not watched, the columns are" in only(register).reason


def test_a_site_without_a_name_is_shown_by_its_code(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, changed(CITY, c1="")])
    assert subjects(register)["5115000001"].name == "5115000001"
    assert (only(register).field, only(register).severity) == ("网站名称", "mended")


def test_a_mended_code_is_the_subjects_code(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, changed(CITY, c0="115000001")])
    assert list(subjects(register)) == ["0115000001"]
    assert "write 0115000001, as text" in only(register).mend


def test_names_stay_as_printed_but_for_blanks_and_control_characters(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, changed(CITY, c1=" （南溪）Ａ网\x1b[0m\n站 ")])
    assert subjects(register)["5115000001"].name == "（南溪）Ａ网[0m 站"


def test_a_code_borne_by_two_sites_is_read_once_and_named(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY, changed(COUNTY, c0=CITY[0])])
    assert subjects(register)["5115000001"].name == CITY[1]
    assert (only(register).line, only(register).severity) == (3, "bad")
    assert "the code of sites.csv line 2" in only(register).reason


def test_the_same_row_twice_is_read_once_and_said(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY, CITY])
    assert register.subjects["site"] == 1
    assert (only(register).line, only(register).severity) == (3, "mended")


def test_two_sites_with_one_home_page_are_both_watched_and_noted(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY, changed(COUNTY, c6=CITY[6])])
    assert register.targets["home"] == 2
    assert (only(register).severity, only(register).field) == ("note", "首页网址")
    assert "the same address as sites.csv line 2" in only(register).reason


def test_a_section_belongs_to_its_site(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], sections=[SECTION, OPEN_PAGE])
    assert subjects(register)["mzj"] == Subject(
        "mzj", "section", "市民政局信息公开", "市民政局", "民政局", "南溪市", "市级部门", None, "5115000001"
    )
    assert targets(register)["mzj/@home"].url == "http://www.nanxi.gov.cn/mzj/"
    assert register.problems == ()


def test_a_section_needs_no_page_of_its_own(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], sections=[SECTION, changed(OPEN_PAGE, c7="")])
    assert register.subjects["section"] == 1
    assert register.targets["home"] == 1
    assert register.problems == ()


@pytest.mark.parametrize(
    ("position", "cell", "field", "said"),
    [
        (1, "", "专栏编号", "missing"),
        (1, "mzj/1", "专栏编号", "cannot be used"),
        (1, "@home", "专栏编号", "cannot be used"),
        (0, "", "网站标识码", "missing"),
        (0, "5115000002", "网站标识码", "no site of the register"),
        (6, "国家级", "级别", "no level"),
    ],
)
def test_a_section_without_code_site_or_level_is_left_out(
    tmp_path: Path, position: int, cell: str, field: str, said: str
) -> None:
    rows = [SECTION, changed(OPEN_PAGE, **{f"c{position}": cell})]
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], sections=rows)
    assert register.subjects["section"] == 0
    assert (only(register).field, only(register).severity) == (field, "bad")
    assert said in only(register).reason


def test_a_section_of_an_unknown_site_is_told_the_nearest_code(tmp_path: Path) -> None:
    rows = [SECTION, changed(OPEN_PAGE, c0="5115000007")]
    register = load_folder(tmp_path, sites=[SITE, CITY], sections=rows)
    assert "write 5115000001 if that is meant" in only(register).mend


def test_a_section_with_the_code_of_its_site_is_left_out(tmp_path: Path) -> None:
    rows = [SECTION, changed(OPEN_PAGE, c1="5115000001")]
    register = load_folder(tmp_path, sites=[SITE, CITY], sections=rows)
    assert register.subjects == {"site": 1, "section": 0, "account": 0}
    assert "the code of sites.csv line 2" in only(register).reason


def test_an_account_is_a_subject_and_a_target_of_one_code(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", accounts=[ACCOUNT, WEIBO])
    assert accepted(register) == [
        Subject("wb01", "account", "南溪发布", "市政府办", "府办", "南溪市", "市级门户", "新浪微博"),
        Target("wb01", "account", "wb01", WEIBO[7], "weibo.com", "南溪发布", unit="市政府办"),
    ]
    assert register.problems == ()


def test_an_account_without_a_code_gets_one_from_platform_and_address(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", accounts=[ACCOUNT, changed(WEIBO, c0="", c2="微博")])
    code = account_code("新浪微博", WEIBO[7])
    assert len(code) == 16
    assert list(targets(register)) == [code]
    assert subjects(register)[code].platform == "微博"


def test_one_account_under_two_names_is_read_once_and_named(tmp_path: Path) -> None:
    rows = [ACCOUNT, changed(WEIBO, c0=""), changed(WEIBO, c0="", c1="南溪发布（旧）")]
    register = load_folder(tmp_path, accounts=rows)
    assert register.subjects["account"] == 1
    assert (only(register).field, only(register).severity) == ("网址", "bad")
    assert "the address of accounts.csv line 2" in only(register).reason


def test_an_account_with_a_code_and_no_address_is_counted_and_noted(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", accounts=[ACCOUNT, changed(WEIBO, c7="")])
    assert register.subjects["account"] == 1
    assert register.targets["account"] == 0
    assert only(register).severity == "note"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"c0": "", "c7": ""}, "网址"),
        ({"c0": "", "c7": "见附件"}, "网址"),
        ({"c2": ""}, "类型"),
        ({"c5": ""}, ""),
        ({"c6": "部门"}, "级别"),
        ({"c0": "x" * 200}, "账号标识"),
    ],
)
def test_an_account_without_type_level_or_identity_is_left_out(tmp_path: Path, cells: dict[str, object], field: str) -> None:
    register = load_folder(tmp_path, accounts=[ACCOUNT, changed(WEIBO, **cells)])
    if not field:
        assert register.subjects["account"] == 1, "a region is not demanded"
        return
    assert register.subjects["account"] == 0
    assert (only(register).field, only(register).severity) == (field, "bad")


def test_an_unknown_type_of_account_is_kept_as_printed_and_noted_once(tmp_path: Path) -> None:
    rows = [
        ACCOUNT,
        changed(WEIBO, c2="火星号"),
        changed(WEIBO, c0="wb02", c1="江北发布", c2="火星号", c7="https://weibo.com/u/2"),
    ]
    register = load_folder(tmp_path, tmp_path / "keep", accounts=rows)
    assert subjects(register)["wb02"].platform == "火星号"
    assert only(register).severity == "note"


def test_an_account_with_the_code_of_a_site_is_left_out(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, CITY], accounts=[ACCOUNT, changed(WEIBO, c0=CITY[0])])
    assert register.subjects["account"] == 0
    assert len(found(register, "bad")) == 1


def test_secrets_in_an_address_are_not_printed(tmp_path: Path) -> None:
    register = load_folder(tmp_path, sites=[SITE, changed(CITY, c6="http://admin:hunter2@www.nanxi.gov.cn/")])
    assert "hunter2" not in str(only(register))
    assert "user name or password" in only(register).reason
