"""The date grammar: every writing of page-conventions.md §4, every trap of §6, and the URL dialects of §3.7."""

from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import dateforms as forms
from crawler.read.dates import date_in_url, find_dates, future_dates, last_day, narrow, parse_date, parse_epoch
from crawler.records import BEIJING

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
T = "+08:00"

PIECES: Final = (
    *(
        "2026",
        "199",
        "8",
        "-",
        "/",
        ".",
        "年",
        "月",
        "日",
        "11",
        "3",
        "二",
        "〇",
        "二六",
        "十",
        " ",
        "\x1f",
        "前",
        "天",
        "今",
        "昨",
    ),
    *("分钟", "Sep", "ember", "3rd", ", ", "T", "10:20", ":", "２０２６", "．", "５", "GMT", "（", "："),
)


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("2024-09-03", "2024-09-03", "day"),
        ("[2024-09-03]", "2024-09-03", "day"),
        ("【2024-09-03】", "2024-09-03", "day"),
        ("（2024-09-03）", "2024-09-03", "day"),
        ("2024/9/3", "2024-09-03", "day"),
        ("2024.09.03", "2024-09-03", "day"),
        ("2024年9月3日", "2024-09-03", "day"),
        ("2024年09月03日", "2024-09-03", "day"),
        ("2024 年 9 月 3 日", "2024-09-03", "day"),
        ("2024—09—03 14:30", f"2024-09-03T14:30:00{T}", "minute"),
        ("2026-\n 01-\n 23", "2026-01-23", "day"),
        ("2020- 09- 30 10: 54", f"2020-09-30T10:54:00{T}", "minute"),
        ("2024-11-06 10:12:28", f"2024-11-06T10:12:28{T}", "second"),
        ("2024-11-06 00:00:00", "2024-11-06", "day"),
        ("2024-11-06 10∶17", f"2024-11-06T10:17:00{T}", "minute"),
        ("2024-11-06 下午3:20", f"2024-11-06T15:20:00{T}", "minute"),
        ("2024年11月6日 10时17分", f"2024-11-06T10:17:00{T}", "minute"),
        ("2007-08-20-23:59:59", f"2007-08-20T23:59:59{T}", "second"),
        ("20230925", "2023-09-25", "day"),
        ("２０２４ 年 １２ 月 ２６ 日", "2024-12-26", "day"),
        ("２０２４－０９－０３", "2024-09-03", "day"),
        ("二〇二四年九月三日", "2024-09-03", "day"),
        ("二○二四年十二月二十六日", "2024-12-26", "day"),
        ("二〇二四年十月三十一日", "2024-10-31", "day"),
        ("发布时间：2024-09-03 10:00", f"2024-09-03T10:00:00{T}", "minute"),
        ("发布日期: 2024-09-03", "2024-09-03", "day"),
        ("04/28/2021", "2021-04-28", "day"),
        ("28/04/2021", "2021-04-28", "day"),
        ("20-09-22", "2020-09-22", "day"),
        ("202104/13", "2021-04-13", "day"),
        ("29\x1f2026-09", "2026-09-29", "day"),
        ("2026-09\x1f29", "2026-09-29", "day"),
        ("04/28\x1f2021", "2021-04-28", "day"),
        ("2021\x1f04-28", "2021-04-28", "day"),
        ("28\x1f2020年12月", "2020-12-28", "day"),
        ("2024-09", "2024-09", "month"),
        ("2024年9月", "2024-09", "month"),
        ("Tue, 03 Sep 2024 10:00:00 +0800", f"2024-09-03T10:00:00{T}", "second"),
        ("Tue, 03 Sep 2024 20:00:00 GMT", f"2024-09-04T04:00:00{T}", "second"),
        ("Tue Sep 03 10:00:00 CST 2024", f"2024-09-03T10:00:00{T}", "second"),
        ("September 3, 2024", "2024-09-03", "day"),
        ("3 Sep 2024", "2024-09-03", "day"),
        ("2024-09-03T10:00:00Z", f"2024-09-03T18:00:00{T}", "second"),
        ("2024-09-03T10:00:00.123+08:00", f"2024-09-03T10:00:00{T}", "second"),
        ("27分钟前", "2026-11-22", "day"),
        ("3天前", "2026-11-19", "day"),
        ("两周前", "2026-11-08", "day"),
        ("2个月前", "2026-09", "month"),
        ("今天09:02", f"2026-11-22T09:02:00{T}", "minute"),
        ("昨天", "2026-11-21", "day"),
        ("前天 08:15", f"2026-11-20T08:15:00{T}", "minute"),
    ],
)
def test_a_date_cell_is_read_at_its_own_precision(cell: str, value: str, precision: str) -> None:
    found = parse_date(cell, NOW)
    assert found is not None
    assert (found.value, found.precision) == (value, precision)


@pytest.mark.parametrize(
    ("cell", "value"), [("09-03", "2026-09-03"), ("[12-28]", "2025-12-28"), ("11月23日", "2026-11-23"), ("12/31", "2025-12-31")]
)
def test_a_date_without_a_year_rolls_back_and_says_that_the_year_is_not_proved(cell: str, value: str) -> None:
    found = parse_date(cell, NOW)
    assert found is not None
    assert (found.value, found.yearless) == (value, True)


def test_the_29th_of_february_without_a_year_is_of_the_last_leap_year() -> None:
    found = parse_date("02-29", NOW)
    assert found is not None
    assert found.value == "2024-02-29"


@pytest.mark.parametrize(
    "text",
    [
        "川府函〔2024〕12号",
        "索引号 2026-02-00018",
        "2024-02-00018",
        "电话：2024-1212",
        "0817-2024-12-11",
        "版本2024.1.2",
        "V2024.3.4",
        "10.2024.1.2",
        "192.168.20.24",
        "2023-2024学年",
        "2024.03.12-03.14",
        "t20240903_1.html",
        "/n1/2020/0421/c1008-31682060.html",
        "编号20240312",
        "公示期2024-03-01至2024-03-31",
        "2024年3月1日至4月1日",
        "1989-06-01",
        "2024-02-30",
        "2024-13-01",
        "20241301",
        "四年前的2026",
    ],
)
def test_numbers_that_only_look_like_dates_are_refused(text: str) -> None:
    assert find_dates(text, NOW) == []


@pytest.mark.parametrize(
    "cell", ["", "2024-09-03 关于开展检查的通知", "第3期", "1/12", "12345", "3年前", "x" * 500, "2027-09-03"]
)
def test_what_is_not_in_essence_one_date_is_not_a_date_cell(cell: str) -> None:
    assert parse_date(cell, NOW) is None


def test_dates_in_running_text_come_in_order_with_their_places() -> None:
    text = "经2024年9月3日会议研究，自2024-10-01起施行，二〇二五年三月废止。"
    found = find_dates(text, NOW)
    assert [date.value for date in found] == ["2024-09-03", "2024-10-01", "2025-03"]
    assert [text[date.start : date.end] for date in found] == [date.text for date in found]


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_a_form_that_is_passed_over_would_not_have_matched(pieces: list[str]) -> None:
    text = narrow("".join(pieces))
    for table in (forms.CELL, forms.RUNNING, forms.EDGE):
        tried = table[forms.needs_of(text)]
        assert [form for form in table[True, True, True, True] if form.search(text) and form not in tried] == []


def test_an_iso_instant_of_beijing_is_taken_as_it_is_and_midnight_is_no_time() -> None:
    assert parse_date("2026-09-28T15:17:23+08:00", NOW).value == "2026-09-28T15:17:23+08:00"  # type: ignore[union-attr]
    assert parse_date("2026-09-28T00:00:00+08:00", NOW).value == "2026-09-28"  # type: ignore[union-attr]
    assert parse_date("2026-09-31T15:17:23+08:00", NOW) is None


def test_tomorrow_is_not_yet_the_future_but_the_day_after_is() -> None:
    assert last_day(NOW) == "2026-11-23"
    assert [date.value for date in find_dates("2026-11-23 2026-11-24", NOW)] == ["2026-11-23"]
    assert [date.value for date in future_dates("2026-11-23 2026-11-24", NOW)] == ["2026-11-24"]


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        (1725330000, f"2024-09-03T10:20:00{T}"),
        ("1725330000000", f"2024-09-03T10:20:00{T}"),
        (0, None),
        (5, None),
        ("no", None),
        (10**18, None),
    ],
)
def test_an_epoch_is_seconds_or_milliseconds(value: int | str, instant: str | None) -> None:
    assert parse_epoch(value) == instant


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/zwgk/202409/t20240903_123.html", "2024-09-03"),
        ("/art/2024/9/3/art_1_2.html", "2024-09-03"),
        ("/2024-09/03/content_1.shtml", "2024-09-03"),
        ("/20240903/abc/c.html", "2024-09-03"),
        ("/web/x/202409031212/index.shtml", "2024-09-03"),
        ("/2024/09/03/ARTI1725330000.shtml", "2024-09-03"),
        ("/202409/0123456789abcdef0123456789abcdef.shtml", "2024-09"),
        ("/2024/9/3/0123456789abcdef0123456789abcdef.shtml", "2024-09-03"),
        ("/20240903/0123456789abcdef.html", "2024-09-03"),
        ("/columns/u-u/202409/03/u.html", "2024-09-03"),
        ("/2024-09-03/12.html", "2024-09-03"),
        ("/safe/2024/0903/1.html", "2024-09-03"),
        ("/12345/index.html", None),
        ("/info/1050/1840.htm", None),
        ("/art/2024/art_0123456789abcdef0123456789abcdef.html", None),
        ("/202713/x.html", None),
        ("/2027/01/02/x.html", None),
    ],
)
def test_every_url_dialect_tells_its_date_and_no_other_url_does(path: str, value: str | None) -> None:
    found = date_in_url(f"http://www.qingxi.gov.cn{path}", NOW)
    assert (found.value if found else None) == value


@given(
    st.datetimes(datetime(1990, 1, 1), NOW.replace(tzinfo=None)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]),
)
def test_every_day_is_read_in_every_full_writing(day: datetime, form: str) -> None:
    found = parse_date(day.strftime(form), NOW)
    assert found is not None
    assert found.value == day.strftime("%Y-%m-%d")


@given(st.text(max_size=120))
def test_any_text_is_searched_without_an_exception_and_gives_valid_dates_only(text: str) -> None:
    for found in [*find_dates(text, NOW), *filter(None, [parse_date(text, NOW)])]:
        assert "1990" <= found.value <= (NOW + timedelta(days=2)).strftime("%Y-%m-%d")
        assert text[found.start : found.end].strip() == found.text


@given(st.text(alphabet="0123456789-/.年月日:： 至t", max_size=60))
def test_figures_and_separators_in_any_order_never_raise(text: str) -> None:
    assert all(found.value[:4].isdigit() for found in find_dates(text, NOW))
    date_in_url("http://a.gov.cn/" + text, NOW)
