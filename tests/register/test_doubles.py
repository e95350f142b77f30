"""Accounts that stand twice in a register, or were renamed in it, are findings; nothing of them is left out."""

from pathlib import Path

import pytest

from register import Problem, Register
from tests.register.desk import ACCOUNT, WEIBO, changed, load_folder

URL = str(WEIBO[7])


def register_of(folder: Path, *rows: tuple[object, ...]) -> Register:
    return load_folder(folder, accounts=[ACCOUNT, WEIBO, *rows])


def only(register: Register) -> Problem:
    (problem,) = register.problems
    return problem


def test_an_account_under_two_codes_is_noted_and_both_stay(tmp_path: Path) -> None:
    register = register_of(tmp_path, changed(WEIBO, c0="wb02", c2="微博"))
    assert (only(register).severity, only(register).field, only(register).line) == ("note", "网址", 3)
    assert "the same account as accounts.csv line 2, under another code" in only(register).reason
    assert register.subjects["account"] == register.targets["account"] == 2


def test_an_account_under_two_names_at_one_address_is_noted_as_renamed(tmp_path: Path) -> None:
    register = register_of(tmp_path, changed(WEIBO, c0="wb02", c1="南溪融媒"))
    assert (only(register).severity, only(register).field) == ("note", "账号名称")
    assert "where it is called 南溪发布: a renamed account" in only(register).reason


@pytest.mark.parametrize("name", ["南溪发布", " 南溪 发布", "南溪发布　"])
def test_two_accounts_of_one_name_on_one_platform_are_noted(tmp_path: Path, name: str) -> None:
    register = register_of(tmp_path, changed(WEIBO, c0="wb02", c1=name, c7="https://weibo.com/u/100201"))
    assert only(register).field == "账号名称"
    assert "at another address: a duplicate, or an old one" in only(register).reason
    assert "one account per platform" in only(register).mend


def test_a_second_row_of_the_name_without_an_address_is_noted_too(tmp_path: Path) -> None:
    register = register_of(tmp_path, changed(WEIBO, c0="wb02", c7=""))
    assert [problem.field for problem in register.problems] == ["网址", "账号名称"]
    assert "perhaps the same one under another code" in register.problems[1].reason


@pytest.mark.parametrize(
    "row",
    [
        changed(WEIBO, c0="tt01", c2="今日头条", c7="https://www.toutiao.com/c/user/token/MS4wLjABAAAAabcdefghijklmnopqrstuv"),
        changed(WEIBO, c0="wb02", c1="江北发布", c7="https://weibo.com/u/100201"),
    ],
)
def test_one_name_on_two_platforms_and_two_names_on_one_are_no_finding(tmp_path: Path, row: tuple[object, ...]) -> None:
    assert register_of(tmp_path, row).problems == ()


def test_one_address_of_two_platforms_is_noted_once_as_before(tmp_path: Path) -> None:
    register = register_of(tmp_path, changed(WEIBO, c0="tt01", c1="南溪号", c2="今日头条"))
    assert "the same address as accounts.csv line 2: both are watched" in only(register).reason


def test_a_code_that_is_used_again_is_left_out_as_before(tmp_path: Path) -> None:
    register = register_of(tmp_path, changed(WEIBO, c1="江北发布", c7=f"{URL}1"))
    assert (only(register).severity, only(register).field) == ("bad", "账号标识")
    assert register.subjects["account"] == 1
