"""Marks of a page against the register."""

import msgspec
import pytest

from crawler.records import ColumnPart, Flag, SubjectPart
from scheduler.identity import judge_identity

SITE = msgspec.json.encode(SubjectPart("9801230001", "site", "青溪县人民政府"))
SECTION = msgspec.json.encode(SubjectPart("9801230001-07", "section", "县民政局信息公开", parent="9801230001"))
ACCOUNT = msgspec.json.encode(SubjectPart("a1", "account", "青溪发布"))
COLUMN = msgspec.json.encode(ColumnPart("工作动态", "news"))
PINNED = Flag("pinned", "row 1")


def judged(*flags: Flag, subject: bytes = SITE, part: bytes | None = COLUMN) -> tuple[Flag, ...]:
    return judge_identity(flags, subject, part)


def test_marks_that_agree_leave_no_flag_and_other_flags_stay() -> None:
    assert judged(PINNED, Flag("site_id_code", "9801230001"), Flag("column_name", "工作动态"), Flag("icp", "云ICP备1号")) == (
        PINNED,
    )


def test_flags_without_marks_stay_as_they_are() -> None:
    assert judged(PINNED) == (PINNED,)


def test_the_code_of_another_site_is_a_mismatch() -> None:
    (flag,) = judged(Flag("site_id_code", "9899990001"))
    assert flag.name == "identity_mismatch"
    assert "9899990001" in flag.evidence


def test_a_section_may_bear_the_code_of_its_site() -> None:
    assert judged(Flag("site_id_code", "9801230001"), subject=SECTION) == ()


def test_an_accounts_page_bears_no_code_to_compare() -> None:
    assert judged(Flag("site_id_code", "9899990001"), subject=ACCOUNT, part=None) == ()


@pytest.mark.parametrize("name", ["工作动态", " 工作 动态", "动态", "青溪县工作动态"])
def test_a_shortened_or_longer_name_of_the_column_is_no_mismatch(name: str) -> None:
    assert judged(Flag("column_name", name)) == ()


def test_the_name_of_another_column_is_a_mismatch_that_names_both() -> None:
    (flag,) = judged(Flag("column_name", "领导信息"))
    assert flag == Flag("identity_mismatch", "ColumnName 领导信息, registered 工作动态")


def test_a_home_page_has_no_column_to_compare() -> None:
    assert judged(Flag("column_name", "首页"), part=None) == ()
