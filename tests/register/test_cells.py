"""Cells as text."""

import datetime as dt

import pytest

from register.cells import Cell, clean, fold, is_exact, shown, text_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  工作动态\u3000", "工作动态"),
        (44.0, "44"),
        (5115000001.0, "5115000001"),
        (44.5, "44.5"),
        (7, "7"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2026, 12, 31), "2026-12-31"),
        (dt.datetime(2026, 12, 31, 8, 30), "2026-12-31 08:30:00"),
        ("", ""),
        ("a\tb", "a b"),
        ("县民政局\n办公室", "县民政局办公室"),
        ("office\nof the county", "office of the county"),
        ("动\x07态\x1b[31m", "动态[31m"),
        ("\ufeff名称\u200b", "名称"),
        ("动\ud800态", "动态"),
        ("南\u00a0溪", "南 溪"),
        ("（一）栏目", "（一）栏目"),
    ],
)
def test_a_cell_is_trimmed_text_without_what_cannot_be_seen(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("访问间隔（秒）*", "访问间隔"),
        ("Site_Code", "site code"),
        ("文章URL/主页URL/下载URL", "文章url主页url下载url"),
        ("县（市、区）级门户", "县级门户"),
        ("动态、要闻类", "动态要闻类"),
        ("ＡＰＰ", "app"),
        ("（必填）", "必填"),
    ],
)
def test_words_that_differ_in_signs_and_remarks_only_are_one_word(written: str, same: str) -> None:
    assert fold(written) == fold(same)


def test_what_is_shown_is_one_short_line() -> None:
    assert shown("a\nb\x1b" + "c" * 200, 10) == "a bcccccc…"


def test_numbers_past_fifteen_digits_are_not_exact() -> None:
    assert is_exact(123456789012345.0)
    assert is_exact("12345678901234567890")
    assert not is_exact(12345678901234567890.0)


def test_cleaning_keeps_characters_of_private_use() -> None:
    assert clean("\ue000某") == "\ue000某"
