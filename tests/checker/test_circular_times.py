"""The times of an issue, as they are read and printed."""

import datetime as dt

import pytest

from checker.circular.times import BEIJING, chinese, instant_of, iso, moment, month_day, period_end, span


def test_a_toml_date_is_a_day_and_an_instant_keeps_its_hour() -> None:
    assert moment(dt.date(2031, 6, 5)) == dt.date(2031, 6, 5)
    assert chinese(dt.date(2031, 6, 5)) == "2031年6月5日"
    noon = moment(dt.datetime(2031, 6, 5, 4, 0, tzinfo=dt.UTC))
    assert noon is not None
    assert chinese(noon) == "2031年6月5日12：00"


def test_a_local_time_is_beijing_time() -> None:
    assert moment("2031-06-05T09:05") == dt.datetime(2031, 6, 5, 9, 5, tzinfo=BEIJING)


@pytest.mark.parametrize("value", ["6月5日", 20310605, None, True, "2031-13-01"])
def test_what_is_no_date_is_none(value: object) -> None:
    assert moment(value) is None


def test_a_window_prints_its_year_only_over_a_new_year() -> None:
    assert span(dt.date(2031, 4, 1), dt.date(2031, 6, 15)) == "4月1日—6月15日"
    assert span(dt.date(2030, 12, 20), dt.date(2031, 3, 20)) == "2030年12月20日—2031年3月20日"


def test_a_day_without_its_year() -> None:
    assert month_day(dt.date(2031, 7, 16)) == "7月16日"


def test_a_day_ends_with_its_last_second() -> None:
    day = dt.date(2031, 6, 5)
    assert instant_of(day) < instant_of(day, end=True) < instant_of(dt.date(2031, 6, 6))
    assert iso(instant_of(day)) == "2031-06-05T00:00+08:00"


@pytest.mark.parametrize(
    ("label", "last"),
    [
        ("2031年第三季度", dt.date(2031, 9, 30)),
        ("2031年一季度", dt.date(2031, 3, 31)),
        ("2031年第4季度", dt.date(2031, 12, 31)),
        ("2031年上半年", dt.date(2031, 6, 30)),
        ("2031年下半年", dt.date(2031, 12, 31)),
        ("2032年2月", dt.date(2032, 2, 29)),
        ("2031年12月", dt.date(2031, 12, 31)),
        ("2031年度", dt.date(2031, 12, 31)),
        ("2031年第5次", None),
        ("第二季度（第二批）", None),
        ("2031年13月", None),
    ],
)
def test_a_period_label_names_its_last_day_or_none(label: str, last: dt.date | None) -> None:
    assert period_end(label) == last
