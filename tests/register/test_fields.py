"""Codes of sites, levels, yes and no."""

from pathlib import Path

import pytest

from register import LEVELS
from register.fields import level_of, mend_site_code
from register.vocabulary import account_platform, area_rank
from tests.register.desk import CITY, COLUMN, NEWS, SITE, changed, found, load_folder, only, subjects, targets


@pytest.mark.parametrize("code", ["5115000001", "bm14000002", "0115000001"])
def test_a_site_code_in_its_form_is_left_alone(code: str) -> None:
    assert mend_site_code(code) == (code, "")


@pytest.mark.parametrize(
    ("printed", "code", "said"),
    [
        ("BM14000002", "bm14000002", "capitals"),
        ("51150 00001", "5115000001", "blanks"),
        ("5115-000001", "5115000001", "signs"),
        ("5115000001.0", "5115000001", "signs"),
        ("115000001", "0115000001", "9 of 10 digits"),
        ("5000001", "0005000001", "7 of 10 digits"),
        ("5.115000001E+09", "5115000001", "power of ten"),
    ],
)
def test_a_site_code_that_a_spreadsheet_changed_is_mended_by_name(printed: str, code: str, said: str) -> None:
    assert mend_site_code(printed)[0] == code
    assert said in mend_site_code(printed)[1]


@pytest.mark.parametrize("printed", ["5.115E+09", "511500", "51150000012", "bm1400000", "网站", "２", "51150000O1"])
def test_a_site_code_that_cannot_be_told_is_refused(printed: str) -> None:
    assert mend_site_code(printed)[0] is None
    assert mend_site_code(printed)[1]


@pytest.mark.parametrize("level", LEVELS)
def test_the_words_of_the_closed_vocabulary_are_themselves(level: str) -> None:
    assert level_of(level, "县级") == (level, "")


@pytest.mark.parametrize(
    ("printed", "rank", "level"),
    [
        ("省直部门", "省级", "省级部门"),
        ("市政府门户网站", "市级", "市级门户"),
        ("市直部门（单位）", None, "市级部门"),
        ("县（区）级门户", "县级", "县级门户"),
        ("县（市、区）部门", "县级", "县级部门"),
        ("县级门户网站", "县级", "县级门户"),
        ("乡镇（街道）", None, "乡镇"),
        ("街道", "县级", "乡镇"),
        ("部门", "省级", "省级部门"),
        ("部门", "市级", "市级部门"),
        ("门户网站", "县级", "县级门户"),
        ("township", None, "乡镇"),
    ],
)
def test_words_that_mean_one_level_only_are_read_as_it(printed: str, rank: str | None, level: str) -> None:
    assert level_of(printed, rank)[0] == level


@pytest.mark.parametrize(
    ("printed", "rank"),
    [
        ("部门", None),
        ("省级", "省级"),
        ("市级", "市级"),
        ("县本级", "县级"),
        ("市直部门", "县级"),
        ("市政府门户", "县级"),
        ("国家级", None),
    ],
)
def test_words_that_may_mean_two_levels_are_refused(printed: str, rank: str | None) -> None:
    level, said = level_of(printed, rank)
    assert level is None and said


@pytest.mark.parametrize(
    ("code", "rank"),
    [
        ("3100000087", "省级"),
        ("4401000059", "市级"),
        ("5109040003", "县级"),
        ("bm14000002", None),
        ("0115000001", None),
        ("x", None),
    ],
)
def test_the_area_in_a_code_tells_its_rank(code: str, rank: str | None) -> None:
    assert area_rank(code) == rank


def test_a_level_read_from_another_word_is_said_once_per_table(tmp_path: Path) -> None:
    rows = [SITE, *(changed(CITY, c0=f"511500000{number}", c5="部门", c6=f"http://b{number}.gov.cn/") for number in range(3))]
    register = load_folder(tmp_path, tmp_path / "keep", sites=rows)
    assert only(register).severity == "mended"
    assert {subject.level for subject in subjects(register).values()} == {"市级部门"}


def test_an_empty_level_is_accepted_and_noted_once(tmp_path: Path) -> None:
    rows = [SITE, *(changed(CITY, c0=f"511500000{number}", c5="", c6=f"http://b{number}.gov.cn/") for number in range(3))]
    register = load_folder(tmp_path, tmp_path / "keep", sites=rows)
    assert (only(register).severity, register.subjects["site"]) == ("note", 3)


@pytest.mark.parametrize(
    ("cell", "parent", "first_level"),
    [
        ("是", "", True),
        ("√", "", True),
        ("Y", "", True),
        ("1", "", True),
        ("一级栏目", "", True),
        ("否", "", False),
        ("×", "", False),
        ("二级", "", False),
        ("", "", None),
        ("", "信息公开", False),
        ("/", "", None),
    ],
)
def test_first_level_is_yes_no_or_not_said(tmp_path: Path, cell: str, parent: str, first_level: bool | None) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, changed(NEWS, c5=cell, c6=parent)])
    assert targets(register)["5115000001/gzdt"].first_level is first_level
    assert register.problems == ()


def test_first_level_that_is_neither_yes_nor_no_is_noted(tmp_path: Path) -> None:
    register = load_folder(tmp_path, tmp_path / "keep", sites=[SITE, CITY], columns=[COLUMN, changed(NEWS, c5="也许")])
    assert targets(register)["5115000001/gzdt"].first_level is None
    assert found(register, "note")[0].mend == "write 是 or 否"


@pytest.mark.parametrize(
    ("printed", "platform"),
    [
        ("抖音", "抖音短视频"),
        ("微信公众号（订阅号）", "微信公众号"),
        ("订阅号", "微信订阅号"),
        ("视频号", "微信视频号"),
        ("新浪微博", "新浪微博"),
        ("APP", "移动客户端"),
        ("B站", "哔哩哔哩"),
        ("火星号", None),
    ],
)
def test_account_types_are_known_however_they_are_spelt(printed: str, platform: str | None) -> None:
    assert account_platform(printed) == platform
