"""Whole checks of small invented places, from register, journal and tables to verdicts: what a circular would be made of."""

import argparse
from datetime import date, timedelta
from pathlib import Path

import pytest

from checker.loop import targets_of
from checker.verdict import Verdict, decode
from scheduler.commands import check
from tests.checker.journals import Journal, column

COUNTY, BUREAU = "7105240001", "7105000002"
SITES = "网站标识码,网站名称,主办单位,单位简称,地区,级别,首页网址\n"
SECTIONS = "网站标识码,专栏编号,专栏名称,主办单位,单位简称,地区,级别,首页网址\n"
COLUMNS = "网站标识码,专栏编号,栏目编号,栏目名称,栏目网址,栏目类别,一级栏目,责任单位\n"
ACCOUNTS = "账号标识,账号名称,类型,主办单位,单位简称,地区,级别,网址\n"


class Place:
    """A place in the making: its tables, its journal, and the check of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal()
        self.tables = {"sites": SITES, "sections": SECTIONS, "columns": COLUMNS, "accounts": ACCOUNTS}
        self.inputs = {"人工发现": "主体标识码,指标,存在的突出问题,发现日期\n"}

    def site(self, code: str, name: str) -> None:
        self.tables["sites"] += f"{code},{name},{name}办公室,{name},云溪县,县级门户,http://{code}.test/\n"

    def section(self, code: str, name: str) -> None:
        self.tables["sections"] += f"{COUNTY},{code},{name}信息公开,{name},{name},云溪县,县级部门,\n"

    def column(self, owner: str, number: int, category: str, newest: date | None, when: str, first_level: str = "否") -> None:
        """A column, and one look at it; None: it could not be read."""
        in_section = not owner.isdigit()
        site, section = (COUNTY, owner) if in_section else (owner, "")
        self.tables["columns"] += (
            f"{site},{section},c{number},栏目{number},http://{owner}.test/c{number}/,{category},{first_level},\n"
        )
        target = column(number, subject=owner)
        if newest is None:
            self.journal.look(when, target, outcome="challenged", reason="slider")
        else:
            self.journal.look(when, target, newest.isoformat(), first=True, new=(("甲", newest.isoformat()),))

    def account(self, code: str, platform: str) -> None:
        self.tables["accounts"] += (
            f"{code},{code}发布,{platform},云溪县{code}局,{code}局,云溪县,县级部门,http://feed.test/{code}\n"
        )

    def write(self) -> None:
        for folder, tables in (("list", self.tables), ("tables", self.inputs)):
            (self.folder / folder).mkdir(exist_ok=True)
            for name, text in tables.items():
                if text.count("\n") > 1 or folder == "tables":
                    (self.folder / folder / f"{name}.csv").write_text(text, "utf-8")
        self.journal.write(self.folder)

    def check(self, at: str, *more: object, rules: str = "national-2019") -> dict[tuple[str, str], Verdict]:
        self.write()
        out = self.folder / "verdicts.jsonl"
        parser = argparse.ArgumentParser()
        check.arguments(parser)
        arguments = (self.folder, "--register", self.folder / "list", "--inputs", self.folder / "tables")
        check.run(parser.parse_args([str(one) for one in (*arguments, "--rules", rules, "--at", at, "--out", out, *more)]))
        return {(one.subject, one.rule): one for one in map(decode, out.read_bytes().splitlines())}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def failing(found: dict[tuple[str, str], Verdict]) -> dict[str, list[str]]:
    """Subject → the vetoes it failed."""
    failed: dict[str, list[str]] = {}
    for (subject, rule), one in found.items():
        if one.result == "fail" and one.rule_kind == "single_veto":
            failed.setdefault(subject, []).append(rule)
    return failed


def test_a_countys_month_names_the_sections_whose_news_are_late_with_days_and_items(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    for number in range(6):
        place.column(COUNTY, number, "动态", date(2031, 9, 1), "2031-09-02 10:00")
    ages = {"mzj": 19, "jxj": 16, "lyj": 14, "swj": 3}
    for name, age in ages.items():
        place.section(name, name)
        place.column(name, 1, "动态", date(2031, 9, 2) - timedelta(days=age), "2031-09-02 10:00")
    found = place.check("2031-09-02T12:00", rules="gaoxian-monthly")
    assert failing(found) == {"mzj": ["W4a"], "jxj": ["W4a"]}
    lines = {subject: found[subject, "W4a"].detail[0] for subject in ("mzj", "jxj")}
    assert {name: (line.overdue_days, line.month_items, line.month_items_exact) for name, line in lines.items()} == {
        "mzj": (5, 1, True),
        "jxj": (2, 1, True),
    }
    assert found["mzj", "W4a"].problem == "column_overdue"
    assert (found[COUNTY, "columns"].numerator, found[COUNTY, "columns"].denominator) == (0, 6)


def test_the_same_month_by_the_national_rules_fails_nobody(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    place.section("mzj", "民政局")
    place.column("mzj", 1, "动态", date(2031, 8, 1), "2031-09-02 10:00")
    assert failing(place.check("2031-09-02T12:00")) == {}


def test_a_section_is_no_column_of_its_site(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    place.column(COUNTY, 1, "动态", date(2031, 9, 1), "2031-09-02 10:00")
    for number in range(12):
        place.section(f"s{number}x", f"局{number}")
        place.column(f"s{number}x", 1, "动态", date(2031, 1, 1), "2031-09-02 10:00")
    found = place.check("2031-09-02T12:00")
    assert found[COUNTY, "W4a"].denominator == 1
    assert found[COUNTY, "W4a"].result == "pass"


def test_a_quarter_of_accounts_fails_the_silent_and_what_a_person_found_and_asks_for_the_unseen(place: Place) -> None:
    for code, platform in (("a", "微信订阅号"), ("b", "今日头条"), ("c", "微信视频号"), ("d", "新浪微博"), ("e", "微信订阅号")):
        place.account(code, platform)
    look = place.journal.look
    look("2031-09-06 08:00", "a", "2031-09-05", kind="account", state="feed", observed_by="bridge_feed")
    look("2031-09-06 08:01", "b", "2031-08-01", kind="account", state="list")
    look("2031-09-06 08:02", "c", "2031-08-20", kind="report", state="article", observed_by="operator_report")
    look("2031-09-06 08:03", "d", kind="account", outcome="not_observable", reason="login_needed")
    look("2031-09-06 08:04", "e", "2031-09-04", kind="account", state="feed", observed_by="bridge_feed")
    place.inputs["人工发现"] += "e,,未及时注销,2031-09-01\n"
    found = place.check("2031-09-06T12:00")
    assert failing(found) == {"b": ["N2"], "c": ["N2"], "e": ["other"]}
    assert found["d", "N2"].result == "undetermined"
    assert found["e", "other"].problem == "未及时注销"
    assert targets_of(found.values()) == {"b", "c", "d", "e"}


def test_a_site_that_answers_late_fails_by_the_offices_own_figures(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    place.site(BUREAU, "民政局")
    place.inputs["办理情况"] = (
        f"渠道,网站标识码,收到件数,逾期件数\n网民留言,{COUNTY},30,2\n网民留言,{BUREAU},9,0\n网民留言,,119,2\n"
    )
    found = place.check("2031-09-30T12:00")
    assert failing(found) == {COUNTY: ["W5"]}
    assert (found[COUNTY, "W5"].numerator, found[COUNTY, "W5"].denominator) == (2, 30)
    assert "办理情况.csv line 2" in (found[COUNTY, "W5"].detail[0].text or "")


@pytest.mark.parametrize(
    ("at", "newest", "result"),
    [
        ("2032-03-14T00:00", date(2032, 2, 29), "pass"),  # a leap year's last day of February is 14 days ago
        ("2032-03-15T00:00", date(2032, 2, 29), "fail"),
        ("2031-03-14T23:59", date(2031, 2, 28), "pass"),
        ("2031-03-15T00:01", date(2031, 2, 28), "fail"),
        ("2032-01-14T12:00", date(2031, 12, 31), "pass"),  # over the year's end
        ("2032-01-15T12:00", date(2031, 12, 31), "fail"),
    ],
)
def test_two_weeks_are_calendar_days_over_every_edge(place: Place, at: str, newest: date, result: str) -> None:
    place.site(COUNTY, "云溪县人民政府")
    day = date.fromisoformat(at[:10]) - timedelta(days=1)
    for number in range(5):
        place.column(COUNTY, number, "动态", newest, f"{day} 10:00")
    place.column(COUNTY, 9, "动态", day, f"{day} 10:00")
    assert place.check(at)[COUNTY, "W4a"].result == result


@pytest.mark.parametrize(
    ("at", "newest", "result"),
    [
        ("2031-08-31T12:00", date(2031, 2, 28), "pass"),  # 31 August less six months is 28 February
        ("2031-08-31T12:00", date(2031, 2, 27), "fail"),
        ("2032-08-31T12:00", date(2032, 2, 28), "fail"),  # and 29 February in a leap year
        ("2032-08-31T12:00", date(2032, 2, 29), "pass"),
    ],
)
def test_six_months_end_on_the_months_last_day_where_it_has_no_such_day(
    place: Place, at: str, newest: date, result: str
) -> None:
    place.site(COUNTY, "云溪县人民政府")
    for number in range(5):
        place.column(COUNTY, number, "通知公告", newest, f"{at[:10]} 10:00", first_level="是")
    assert place.check(at)[COUNTY, "W4a"].result == result


def test_midnight_in_beijing_ends_the_day_whatever_the_zone_of_t(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    for number in range(5):
        place.column(COUNTY, number, "动态", date(2031, 8, 19), "2031-09-01 23:00")
    assert place.check("2031-09-02T15:59:59+00:00")[COUNTY, "W4a"].result == "pass"
    assert place.check("2031-09-02T16:00:00+00:00")[COUNTY, "W4a"].result == "fail"


def test_a_challenged_site_is_undetermined_and_its_columns_are_the_list_to_look_at_again(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    for number in range(8):
        place.column(COUNTY, number, "动态", None, "2031-09-02 10:00")
    found = place.check("2031-09-02T12:00")
    assert failing(found) == {}
    assert found[COUNTY, "W4a"].result == "undetermined"
    assert {f"{COUNTY}/c{number}" for number in range(8)} <= targets_of(found.values())


def test_a_finding_that_is_mended_before_the_re_check_leaves_the_list_and_one_that_is_not_stays(place: Place) -> None:
    for code in (COUNTY, BUREAU):
        place.site(code, code)
        for number in range(6):
            place.column(code, number, "动态", date(2031, 8, 1 if number < 5 else 30), "2031-09-01 10:00")
    first = place.folder / "first.jsonl"
    place.check("2031-09-01T12:00")
    (place.folder / "verdicts.jsonl").replace(first)
    for number in range(6):
        place.journal.look("2031-09-06 09:00", column(number, subject=BUREAU), "2031-09-05")
        place.journal.look("2031-09-06 09:00", column(number, subject=COUNTY), "2031-08-01" if number < 5 else "2031-08-30")
    found = place.check("2031-09-06T12:00", "--previous", first)
    assert failing(found) == {COUNTY: ["W4a"]}
    assert found[COUNTY, "W4a"].first_detected == "2031-09-01T12:00:00.000+08:00"
    assert found[BUREAU, "W4a"].mended == "2031-09-06T12:00:00.000+08:00"


def test_two_checks_of_one_journal_write_the_same_bytes(place: Place) -> None:
    place.site(COUNTY, "云溪县人民政府")
    for number in range(6):
        place.column(COUNTY, number, "动态", date(2031, 8, 1), "2031-09-01 10:00")
    place.check("2031-09-01T12:00")
    once = (place.folder / "verdicts.jsonl").read_bytes()
    place.check("2031-09-01T12:00")
    assert (place.folder / "verdicts.jsonl").read_bytes() == once
