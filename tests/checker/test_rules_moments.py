"""Days, months and T: Beijing time, calendar months, T's day included."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.moments import Days, Span, back, days_of, moment, month_before, read_span


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        ("2024-09-02", "14 days", "2024-08-19"),
        ("2024-09-02", "2 weeks", "2024-08-19"),
        ("2024-03-14", "14 days", "2024-02-29"),
        ("2023-03-14", "14 days", "2023-02-28"),
        ("2024-08-31", "6 months", "2024-02-29"),
        ("2023-08-31", "6 months", "2023-02-28"),
        ("2024-02-29", "1 year", "2023-02-28"),
        ("2024-01-15", "1 month", "2023-12-15"),
        ("2024-03-31", "1 month", "2024-02-29"),
    ],
)
def test_a_span_goes_back_by_the_calendar(day: str, span: str, expected: str) -> None:
    assert back(date.fromisoformat(day), read_span(span)) == date.fromisoformat(expected)


def test_months_may_be_counted_in_days() -> None:
    assert back(date(2024, 9, 2), Span(6, "months"), month_days=30) == date(2024, 3, 6)
    assert back(date(2024, 9, 2), Span(1, "years"), month_days=30) == date(2023, 9, 3)


@given(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(1, 60))
def test_months_back_never_leave_the_month_that_is_meant(day: date, count: int) -> None:
    found = back(day, Span(count, "months"))
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == count
    assert found.day <= day.day


@pytest.mark.parametrize("text", ["", "14", "days", "0 days", "-1 days", "14 day s", "1.5 months", "10000 days"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no span"):
        read_span(text)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2024-09-02", "2024-09-02T23:59:59.999+08:00"),
        ("2024-09-02 12:00", "2024-09-02T12:00:00.000+08:00"),
        ("2024-09-02T12:00", "2024-09-02T12:00:00.000+08:00"),
        ("2024-09-01T20:30:00Z", "2024-09-02T04:30:00.000+08:00"),
    ],
)
def test_t_is_beijing_time_and_a_bare_day_is_its_end(text: str, stamp: str) -> None:
    assert moment(text).text == stamp
    assert moment(text).day == date(2024, 9, 2)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "0001-01-01", "2024-02-30", "9999-12-31"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


def test_a_date_covers_the_days_of_its_precision() -> None:
    assert days_of("2024-02") == Days(date(2024, 2, 1), date(2024, 2, 29))
    assert days_of("2024-02-03") == Days(date(2024, 2, 3), date(2024, 2, 3))
    assert days_of("2024-02-03T17:00:00Z") == Days(date(2024, 2, 4), date(2024, 2, 4))
    assert [days_of(text) for text in ("", "2024", "2024-13", "2024-02-30", "20240203", "x" * 40)] == [None] * 6


def test_the_month_before_january_is_december() -> None:
    assert [month_before(date(2024, 1, 31)), month_before(date(2024, 9, 2))] == ["2023-12", "2024-08"]
