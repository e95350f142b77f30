from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import instant_ms, stamp
from scheduler.deadlines import DAY_MS, Period, Periods, cutoff, deadline_day, deadline_ms, last_day, parse_period, read_periods

PERIODS = st.one_of(
    st.builds(Period, st.integers(1, 400), st.just("day")),
    st.builds(Period, st.integers(1, 60), st.just("week")),
    st.builds(Period, st.integers(1, 40), st.just("month")),
    st.builds(Period, st.integers(1, 12), st.just("year")),
)
DAYS = st.dates(date(1995, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2 weeks", Period(2, "week")),
        ("6 months", Period(6, "month")),
        ("1 year", Period(1, "year")),
        ("10 days", Period(10, "day")),
        ("  14DAYS ", Period(14, "day")),
        ("2周", Period(2, "week")),
        ("6个月", Period(6, "month")),
        ("10 天", Period(10, "day")),
        ("100 years", Period(100, "year")),
    ],
)
def test_a_period_is_read_from_the_settings(text: str, period: Period) -> None:
    assert parse_period(text) == period


@pytest.mark.parametrize(
    "text", ["", "weeks", "2", "two weeks", "2 fortnights", "-1 day", "1.5 years", "6 months 2 days", "２ 周"]
)
def test_what_is_no_period_is_refused_in_one_sentence_that_says_what_to_write(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not a period; write a count and days, weeks, months or years, such as '2 weeks'$"
    ):
        parse_period(text)


@pytest.mark.parametrize("text", ["0 days", "101 years", "1201 months", "99999 days"])
def test_a_period_of_nothing_or_of_centuries_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"from 1 day to 100 years$"):
        parse_period(text)


@given(PERIODS)
def test_a_period_is_written_as_it_is_read(period: Period) -> None:
    assert parse_period(str(period)) == period


def test_the_periods_of_the_national_rules_are_the_default() -> None:
    periods = read_periods({})
    assert {str(periods.of(name)) for name in ("home", "account", "news")} == {"2 weeks"}
    assert {str(periods.of(name)) for name in ("notice", "policy")} == {"6 months"}
    assert {str(periods.of(name)) for name in ("personnel", "plan")} == {"1 year"}
    assert periods.of("other") is None


def test_a_kind_without_a_rule_has_no_period() -> None:
    assert [Periods().of(kind) for kind in ("probe", "report", "column", "of", "")] == [None] * 5


def test_an_operators_periods_take_the_place_of_the_national_ones() -> None:
    periods = read_periods({"account": "10 days", "other": "2 years", "plan": "none", "personnel": ""})
    assert periods.of("account") == Period(10, "day")
    assert periods.of("other") == Period(2, "year")
    assert periods.of("plan") is None
    assert periods.of("personnel") is None
    assert periods.of("news") == Periods().news


def test_a_wrong_entry_of_the_periods_is_named() -> None:
    with pytest.raises(ValueError, match=r"^periods\.news: 'often' is not a period; "):
        read_periods({"news": "often"})
    with pytest.raises(ValueError, match=r"^periods\.gossip is unknown; there are home, account, news, "):
        read_periods({"gossip": "1 day"})


@pytest.mark.parametrize(
    ("newest", "period", "overdue_from"),
    [
        ("2026-11-01", "2 weeks", "2026-11-16"),
        ("2026-11-01", "14 days", "2026-11-16"),
        ("2026-12-25", "10 days", "2027-01-05"),
        ("2026-05-20", "6 months", "2026-11-21"),
        ("2026-05-28", "6 months", "2026-11-29"),
        ("2026-05-31", "6 months", "2026-12-01"),
        ("2026-08-31", "6 months", "2027-03-01"),
        ("2027-08-31", "6 months", "2028-03-01"),
        ("2026-02-28", "6 months", "2026-09-01"),  # 08-29 to 08-31 minus six months is 02-28 as well
        ("2027-02-28", "1 year", "2028-03-01"),
        ("2028-02-29", "1 year", "2029-03-01"),
        ("2028-02-28", "1 year", "2029-03-01"),
        ("2026-11-20", "1 year", "2027-11-21"),
        ("2026-11", "2 weeks", "2026-12-15"),
        ("2028-02", "1 year", "2029-03-01"),
        ("2026-11-20T09:15:00+08:00", "2 weeks", "2026-12-05"),
        ("2026-11-20T23:59:59.999+08:00", "2 weeks", "2026-12-05"),
        ("2026-11-20T16:00:00+00:00", "2 weeks", "2026-12-06"),  # already the 21st in Beijing
        ("2026-11-20T09:15:00", "2 weeks", "2026-12-05"),
    ],
)
def test_a_column_is_overdue_from_the_midnight_in_beijing_that_the_calendar_gives(
    newest: str, period: str, overdue_from: str
) -> None:
    assert stamp(deadline_ms(newest, parse_period(period))) == f"{overdue_from}T00:00:00.000+08:00"


@pytest.mark.parametrize(
    ("day", "period", "earliest"),
    [
        ("2026-11-20", "2 weeks", "2026-11-06"),
        ("2026-11-29", "6 months", "2026-05-29"),
        ("2026-08-31", "6 months", "2026-02-28"),
        ("2028-08-31", "6 months", "2028-02-29"),
        ("2028-02-29", "1 year", "2027-02-28"),
        ("2027-01-31", "2 months", "2026-11-30"),
    ],
)
def test_the_cut_off_is_the_same_day_of_an_earlier_month_or_its_last(day: str, period: str, earliest: str) -> None:
    assert cutoff(date.fromisoformat(day), parse_period(period)) == date.fromisoformat(earliest)


def test_an_age_of_fourteen_days_and_some_hours_is_not_overdue_and_of_fifteen_days_is() -> None:
    deadline = deadline_ms("2024-08-18", Period(2, "week"))
    assert instant_ms("2024-09-01T23:59:59.999+08:00") < deadline <= instant_ms("2024-09-02T00:00:00+08:00")


@given(DAYS, PERIODS)
def test_the_deadline_is_the_first_day_whose_cut_off_lies_behind_the_newest_item(newest: date, period: Period) -> None:
    overdue = deadline_day(newest, period)
    assert cutoff(overdue - timedelta(1), period) <= newest < cutoff(overdue, period)


@given(DAYS, DAYS, PERIODS)
def test_a_newer_item_never_brings_the_deadline_nearer(one: date, other: date, period: Period) -> None:
    older, newer = sorted((one, other))
    assert deadline_day(older, period) <= deadline_day(newer, period)


@given(DAYS, PERIODS)
def test_a_vaguer_date_is_never_overdue_sooner(day: date, period: Period) -> None:
    instant = f"{day.isoformat()}T11:30:00+08:00"
    as_month, as_day = deadline_ms(day.isoformat()[:7], period), deadline_ms(day.isoformat(), period)
    assert deadline_ms(instant, period) == as_day <= as_month <= as_day + 34 * DAY_MS


def test_a_month_stands_for_its_last_day() -> None:
    assert [last_day(month).day for month in ("2026-02", "2028-02", "2026-11", "2026-12")] == [28, 29, 30, 31]


@pytest.mark.parametrize("newest", ["", "2026", "2026-13", "2026-02-30", "yesterday", "2026-1-01", "9999-12-31T23:59:59-08:00"])
def test_what_is_no_date_of_a_reading_is_refused_with_what_it_was(newest: str) -> None:
    with pytest.raises(ValueError, match="is no date of a reading") as error:
        deadline_ms(newest, Period(2, "week"))
    assert repr(newest) in str(error.value)


@given(st.dates(), st.sampled_from(["36525 days", "1200 months", "100 years", "1 day"]))
def test_the_ends_of_the_calendar_are_no_trap(day: date, text: str) -> None:
    period = parse_period(text)
    assert deadline_day(day, period) >= day >= cutoff(day, period)
