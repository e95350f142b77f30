"""Every way to write a date, as it stands in the page's source (page-conventions.md §4)."""

from datetime import date, datetime

import pytest

from province.writings import USUAL, WRITINGS

AT = datetime(2026, 9, 3, 10, 7, 5)
TODAY = date(2026, 9, 6)
EXPECTED = {
    "iso": "2026-09-03",
    "bracket": "[2026-09-03]",
    "paren": "(2026-09-03)",
    "slash": "2026/09/03",
    "dot": "2026.09.03",
    "chinese": "2026年9月3日",
    "chinese_zero": "2026年09月03日",
    "spaced": "2026- 09- 03",
    "seconds": "2026-09-03 10:07:05",
    "minutes": "2026-09-03 10:07",
    "ratio_colon": "2026-09-03 10∶07",
    "compact": "20260903",
    "wide": "２０２６ 年 ０９ 月 ０３ 日",
    "label": "发布时间：2026-09-03",
    "split": '<em class="day">03</em>\n<i class="ym">2026-09</i>',
    "month_day": "09-03",
    "month_day_bracket": "[09-03]",
    "title_attribute": "发布时间：2026-09-03 10:07",
    "relative": "3天前",
    "numerals": "二〇二六年九月三日",
    "script": '<script>document.writeln("2026-09-03 10:07")</script>',
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_writing_is_what_its_name_says(name: str) -> None:
    assert WRITINGS[name].write(AT, TODAY) == EXPECTED[name]


def test_a_broken_date_stands_on_three_lines() -> None:
    assert WRITINGS["broken"].write(AT, TODAY).split() == ["2026-", "09-", "03"]


def test_every_writing_is_drawn_and_every_drawn_one_exists() -> None:
    assert set(USUAL) == set(WRITINGS) == {*EXPECTED, "broken"}


@pytest.mark.parametrize(
    ("day", "text"),
    [(1, "一日"), (10, "十日"), (11, "十一日"), (20, "二十日"), (21, "二十一日"), (30, "三十日"), (31, "三十一日")],
)
def test_chinese_numerals_count_as_people_do(day: int, text: str) -> None:
    assert WRITINGS["numerals"].write(datetime(2026, 12, day), TODAY) == f"二〇二六年十二月{text}"


def test_relative_words_are_used_for_the_last_week_only() -> None:
    write = WRITINGS["relative"].write
    assert write(datetime(2026, 9, 6), TODAY) == "2026-09-06"
    assert write(datetime(2026, 8, 31), TODAY) == "6天前"
    assert write(datetime(2026, 8, 30), TODAY) == "2026-08-30"
