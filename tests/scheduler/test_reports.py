"""Operators' reports: what is accepted, what is refused and why, and the sighting that an accepted one becomes."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.records import BEIJING, Reading, Sighting
from register import Subject
from register.problems import Problem, Problems
from scheduler.accounts.reports import KnownAccounts, Report, Statement, accept, compared, sighting_of

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
NOW_MS = round(NOW.timestamp() * 1000)
VIDEO = Subject("sp01", "account", "江北公安", "市公安局", None, "江北市", None, "微信视频号")
WEIBO = Subject("wb01", "account", "江北发布", "市政府办", None, "江北市", None, "新浪微博")
TWIN = Subject("wx01", "account", "江北发布", "市政府办", None, "江北市", None, "微信订阅号")
SITE = Subject("5115000001", "site", "江北市人民政府网")
KNOWN = KnownAccounts([VIDEO, WEIBO, TWIN, SITE])
LINK = "https://channels.example.cn/feed?eid=1"


def row(line: int = 2, **fields: str) -> Statement:
    return Statement(("r.csv", None, line), **({"code": "sp01", "updated": "2026-08-20"} | fields))


def read(*rows: Statement) -> tuple[list[Report], list[Problem]]:
    problems = Problems()
    return accept(rows, KNOWN, NOW_MS, problems), problems.kept


def refused(**fields: str) -> Problem:
    reports, problems = read(row(2, **fields))
    assert reports == []
    assert len(problems) == 1
    assert problems[0].severity == "bad"
    return problems[0]


def test_a_report_is_the_account_its_last_update_and_who_says_so() -> None:
    reports, problems = read(row(link=LINK, reporter="市公安局", reported="2026-09-01 17:00", updated="2026-08-20 08:30"))
    assert problems == []
    told = reports[0]
    assert (told.account, told.updated, told.precision) == ("sp01", "2026-08-20T08:30:00+08:00", "minute")
    assert (told.link, told.reporter, told.source) == (LINK, "市公安局", "r.csv line 2")
    assert datetime.fromtimestamp(told.reported_ms / 1000, BEIJING).isoformat() == "2026-09-01T17:00:00+08:00"


@pytest.mark.parametrize(
    "written", ["2026-08-20", "2026/8/20", "2026年8月20日", "20260820", "2026-08-20 00:00:00", "1787155200"]
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    assert read(row(updated=written))[0][0].updated == "2026-08-20"


def test_an_account_without_code_is_found_by_platform_and_name() -> None:
    assert read(row(code="", platform="视频号", name="江北公安"))[0][0].account == "sp01"
    assert read(row(code="/", platform="微博", name="江北 发布"))[0][0].account == "wb01"
    assert read(row(code="", name="江北公安"))[0][0].account == "sp01"


def test_a_name_that_two_accounts_bear_needs_its_platform() -> None:
    found = refused(code="", name="江北发布")
    assert (found.line, found.mend) == (2, "write 账号标识")


def test_an_account_without_a_platform_is_found_by_its_name() -> None:
    known = KnownAccounts([Subject("x1", "account", "江北水利")])
    told = accept([row(2, code="", name="江北水利")], known, NOW_MS, Problems())
    assert [report.account for report in told] == ["x1"]


def test_an_account_the_register_does_not_know_is_refused_with_the_one_that_was_meant() -> None:
    assert "no account of the register has this code" in refused(code="zz99").reason
    assert "江北公安" in refused(code="", platform="视频号", name="江北公按").mend
    assert refused(code="", name="").reason == "missing"
    assert refused(code="5115000001").field == "账号标识"


def test_an_account_of_another_platform_is_not_meant() -> None:
    assert refused(code="", platform="抖音", name="江北公安").field == "账号名称"


def test_a_renamed_account_is_reported_and_its_report_stands() -> None:
    reports, problems = read(row(name="江北警方在线"))
    assert len(reports) == 1
    assert (problems[0].severity, problems[0].field) == ("note", "账号名称")
    assert "江北公安" in problems[0].reason


@pytest.mark.parametrize("written", ["2026-09-03", "2026-09-02 09:06", "2027-01-01", "2099-12-31"])
def test_the_future_is_refused(written: str) -> None:
    assert refused(updated=written).reason == "lies in the future"


def test_a_clock_that_is_minutes_fast_is_not_the_future() -> None:
    assert read(row(updated="2026-09-02 09:04"))[0][0].updated == "2026-09-02T09:04:00+08:00"
    assert read(row(updated="2026-09-02"))[0][0].updated == "2026-09-02"


@pytest.mark.parametrize("written", ["昨天", "3天前", "08-20", "2026-08", "八月", "2026-02-30", "x" * 500, "=NOW()"])
def test_what_is_no_day_is_refused_with_its_place(written: str) -> None:
    found = refused(updated=written)
    assert (found.file, found.line, found.field) == ("r.csv", 2, "最近更新时间")
    assert found.mend


def test_a_missing_date_is_refused() -> None:
    assert refused(updated="").reason == "missing"
    assert refused(updated="无").reason == "missing"


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "ftp://a/b", "www.example.cn", "https://", "http://u:p@h/", "http://h:99999/", "http://a b/"],
)
def test_a_link_that_is_none_is_left_out_and_said(link: str) -> None:
    reports, problems = read(row(link=link))
    assert reports[0].link is None
    assert (problems[0].severity, problems[0].field) == ("mended", "链接")


def test_reports_are_never_from_the_future() -> None:
    assert read(row(reported="2027-01-01 00:00"))[0][0].reported_ms == NOW_MS
    reports, problems = read(row(reported="soon"))
    assert (reports[0].reported_ms, problems[0].field) == (NOW_MS, "填报时间")


def test_of_two_reports_of_one_account_the_one_reported_last_counts() -> None:
    later = row(3, updated="2026-08-10", reported="2026-09-01 10:00")
    earlier = row(2, updated="2026-08-25", reported="2026-08-26 10:00")
    for rows in ((earlier, later), (later, earlier)):
        reports, problems = read(*rows)
        assert [told.updated for told in reports] == ["2026-08-10"]
        assert [problem.severity for problem in problems] == ["note"]
        assert "r.csv line 3" in problems[0].reason


def test_the_same_report_twice_is_one() -> None:
    reports, problems = read(row(2), row(3))
    assert len(reports) == 1
    assert problems[0].reason == "the same report again"
    assert read(row(2))[0][0].id == read(row(9))[0][0].id != read(row(2, updated="2026-08-21"))[0][0].id


def test_a_report_becomes_a_sighting_that_says_whose_word_it_is() -> None:
    told = read(row(link=LINK, reporter="市公安局"))[0][0]
    seen = sighting_of(told, NOW_MS, 4, 7)
    assert isinstance(seen, Sighting)
    assert (seen.round, seen.number, seen.at_ms) == (4, 7, NOW_MS)
    assert (seen.outcome, seen.observed_by, seen.requests, seen.attempts) == ("ok", "operator_report", 0, 0)
    assert seen.reading is not None
    assert (seen.reading.state, seen.reading.newest, seen.reading.source) == ("article", "2026-08-20", "meta")
    assert seen.reading.item_url == LINK
    assert {flag.name: flag.evidence for flag in seen.flags} == {
        "reported": "2026-09-02T09:00:00.000+08:00",
        "reporter": "市公安局",
    }
    assert seen.account is not None
    assert seen.account.state == "unknown"


def test_a_report_without_a_link_says_that_nothing_can_check_it() -> None:
    assert "no_link" in {flag.name for flag in sighting_of(read(row())[0][0], NOW_MS).flags}


@pytest.mark.parametrize(
    ("newest", "flag"),
    [
        ("2026-08-20T10:00:00+08:00", "link_confirms"),
        ("2026-08-20", "link_confirms"),
        ("2026-08-25", "link_confirms"),
        ("2026-08-19", "link_contradicts"),
        ("2026-08", "link_silent"),
        (None, "link_silent"),
    ],
)
def test_the_page_behind_the_link_confirms_or_contradicts(newest: str | None, flag: str) -> None:
    for stated in ("2026-08-20", "2026-08-20T18:00:00+08:00"):
        assert compared(stated, Reading("article", newest)).name == flag


@settings(max_examples=120, deadline=None)
@given(
    *(st.text(max_size=30) for _ in range(4)),
    st.text(max_size=30) | st.integers().map(str),
    st.text(max_size=30).map("http://".__add__),
)
def test_any_text_is_a_report_or_a_problem_with_its_place(
    code: str, name: str, platform: str, reported: str, updated: str, link: str
) -> None:
    given_row = row(code=code, name=name, platform=platform, reported=reported, updated=updated, link=link)
    for each in (given_row, given_row._replace(code="sp01")):
        reports, problems = read(each)
        assert reports or problems
        assert all(problem.line == 2 for problem in problems)
        assert all(told.reported_ms <= NOW_MS and told.updated[:10] <= "2026-09-02" for told in reports)
