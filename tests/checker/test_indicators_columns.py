"""W4 and the notes on columns: which are late, blank, unknown; what threshold they reach; and what they published."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.evidence import Counted, Evidence
from checker.indicators.silence import silence
from checker.moments import Span, moment
from checker.rules import load_rules
from register import Category, Target
from tests.checker.journals import SITE, Journal, T, case_of, column, day_before, find, home, site

TWO_WEEKS = Span(14, "days")
OURS = 'name = "ours"\nversion = 1\ntitle = "t"\nsource = "s"\ninherits = "national-2019"\n'


@pytest.fixture
def journal() -> Journal:
    return Journal()


def seen(journal: Journal, target: Target, days: int, when: str = "09-02 09:00") -> None:
    """One look at a list whose newest item is so many days old at T."""
    journal.look(when, target, day_before(days))


def some(
    journal: Journal, count: int, days: int, category: Category = "news", start: int = 0, first_level: bool | None = None
) -> list[Target]:
    """So many columns of one age."""
    targets = [column(start + number, category, first_level) for number in range(count)]
    for target in targets:
        seen(journal, target, days)
    return targets


def state(journal: Journal, folder: Path, target: Target, period: Span | None = TWO_WEEKS) -> tuple[str, int | None]:
    case = case_of(journal.evidence(folder), site(), target)
    found = silence(case.columns[0].facts, period, case)
    return found.state, found.overdue_days


@pytest.mark.parametrize(
    ("days", "expected"), [(0, ("fresh", None)), (14, ("fresh", None)), (15, ("silent", 1)), (23, ("silent", 9))]
)
def test_a_column_is_late_from_the_fifteenth_day_on(
    journal: Journal, tmp_path: Path, days: int, expected: tuple[str, int]
) -> None:
    seen(journal, column(1), days)
    assert state(journal, tmp_path, column(1)) == expected


@given(days=st.integers(0, 60), hour=st.integers(0, 23))
def test_overdue_days_are_the_age_in_whole_days_less_the_period(days: int, hour: int) -> None:
    at_noon = moment(f"2024-09-02T{hour:02d}:30")
    case = case_of(Evidence(Counted()), site(), moment_=at_noon)
    cutoff = case.cutoff(Span(14, "days"))
    newest = at_noon.day - timedelta(days=days)
    assert (newest < cutoff) == (days > 14)
    assert (cutoff - newest).days == days - 14


def test_six_months_are_calendar_months(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", column(1, "notice"), "2024-03-02")
    journal.look("09-02 09:00", column(2, "notice"), "2024-03-01")
    half = Span(6, "months")
    assert state(journal, tmp_path, column(1, "notice"), half) == ("fresh", None)
    assert state(journal, tmp_path, column(2, "notice"), half) == ("silent", 1)


def test_silence_needs_a_look_shortly_before_t(journal: Journal, tmp_path: Path) -> None:
    seen(journal, column(1), 30, when="08-30 11:00")
    seen(journal, column(2), 30, when="08-30 13:00")
    assert state(journal, tmp_path, column(1))[0] == "unknown"
    assert state(journal, tmp_path, column(2))[0] == "silent"


def test_a_slow_column_may_have_been_looked_at_a_week_before_t(journal: Journal, tmp_path: Path) -> None:
    plan, notice = column(1, "plan"), column(2, "notice")
    for target in (plan, notice):
        journal.look("08-26 09:00", target, "2022-01-01")
    finding = find(case_of(journal.evidence(tmp_path), site(), plan, notice), "columns")
    assert [(one.target, one.note) for one in finding.detail] == [(plan.key, "stale"), (notice.key, "unknown")]
    assert finding.confidence == 0.9


def test_where_nothing_at_all_was_seen_nothing_passes(tmp_path: Path) -> None:
    finding = find(case_of(Journal().evidence(tmp_path), site(), column(1)), "W4a")
    assert (finding.result, finding.confidence) == ("undetermined", 0.0)


def test_an_update_is_proved_by_a_look_of_any_age(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", column(1), "2024-08-20")
    assert state(journal, tmp_path, column(1))[0] == "fresh"


@pytest.mark.parametrize(
    "outcome", ["challenged", "blocked", "not_observable", "inconclusive", "internal", "timeout", "http_error"]
)
def test_a_look_that_read_nothing_never_makes_a_column_late(journal: Journal, tmp_path: Path, outcome: str) -> None:
    journal.look("09-02 09:00", column(1), outcome=outcome, reason="x")
    case = case_of(journal.evidence(tmp_path), site(), column(1))
    found = silence(case.columns[0].facts, Span(14, "days"), case)
    assert (found.state, found.reason) == ("unknown", f"{outcome}/x")


@pytest.mark.parametrize("unread", ["dynamic", "unknown", "none"])
def test_a_page_that_was_not_understood_never_makes_a_column_late(journal: Journal, tmp_path: Path, unread: str) -> None:
    journal.look("09-02 09:00", column(1), state=unread)
    assert state(journal, tmp_path, column(1)) == ("unknown", None)


def test_part_of_a_page_proves_an_update_but_never_its_absence(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", column(1), day_before(30), partial=True)
    journal.look("09-02 09:00", column(2), day_before(3), partial=True)
    assert state(journal, tmp_path, column(1))[0] == "unknown"
    assert state(journal, tmp_path, column(2))[0] == "fresh"


def test_a_column_that_shows_one_article_proves_an_update_but_never_its_absence(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", column(1), day_before(30), state="article")
    journal.look("09-02 09:00", column(2), day_before(3), state="article")
    assert [state(journal, tmp_path, column(number))[0] for number in (1, 2)] == ["unknown", "fresh"]


def test_a_date_of_a_month_only_is_judged_where_every_day_of_it_agrees(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", column(1), "2024-07")
    journal.look("09-02 09:00", column(2), "2024-08")
    journal.look("09-02 09:00", column(3), "2024-09")
    assert [state(journal, tmp_path, column(number))[0] for number in (1, 2, 3)] == ["silent", "unknown", "fresh"]
    assert state(journal, tmp_path, column(1))[1] == 19


def test_a_page_without_dates_is_judged_by_what_was_newly_seen_there(journal: Journal, tmp_path: Path) -> None:
    for number, (since, new_at) in enumerate((("08-10", None), ("08-10", "08-25"), ("08-30", None)), 1):
        journal.look(f"{since} 09:00", column(number), state="undated", first=True, new=(("甲", None),))
        if new_at:
            journal.look(f"{new_at} 09:00", column(number), state="undated", new=(("乙", None),))
        journal.look("09-02 09:00", column(number), state="undated")
    assert [state(journal, tmp_path, column(number))[0] for number in (1, 2, 3)] == ["silent", "fresh", "unknown"]


def test_a_rule_file_may_hold_a_page_without_dates_to_be_silent(journal: Journal, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(
        'name = "ours"\nversion = 1\ntitle = "t"\nsource = "P15a"\ninherits = "national-2019"\n[looks]\nundated = "stale"\n',
        "utf-8",
    )
    journal.look("09-02 09:00", column(1), state="undated", first=True)
    case = case_of(journal.evidence(tmp_path), site(), column(1), rules=load_rules(file))
    assert silence(case.columns[0].facts, Span(14, "days"), case).state == "silent"


def test_four_late_columns_pass_and_five_fail(journal: Journal, tmp_path: Path) -> None:
    late = some(journal, 4, 20) + some(journal, 20, 3, start=10)
    assert find(case_of(journal.evidence(tmp_path), site(), *late), "W4a").result == "pass"
    late += some(journal, 1, 20, start=90)
    finding = find(case_of(journal.evidence(tmp_path), site(), *late), "W4a")
    assert (finding.result, finding.numerator, finding.denominator) == ("fail", 5, 25)
    assert [(one.note, one.overdue_days, one.period) for one in finding.detail] == [("stale", 6, "14 days")] * 5
    assert len(finding.evidence) == 5


def test_the_worked_example_fails_by_w4a_alone(journal: Journal, tmp_path: Path) -> None:
    """indicators.md §3: 3 news and 2 first-level notices late, 4 blank, 9 others late."""
    targets = some(journal, 3, 20) + some(journal, 2, 400, "notice", 10, first_level=True) + some(journal, 9, 800, "plan", 20)
    targets += some(journal, 30, 2, start=100)
    for number in range(4):
        targets.append(column(50 + number, "other"))
        journal.look("09-02 09:00", targets[-1], state="blank")
    case = case_of(journal.evidence(tmp_path), site(), *targets)
    results = {}
    for name in ("W4a", "W4b", "W4c"):
        case.judged[name] = find(case, name)
        results[name] = case.judged[name].result, case.judged[name].numerator
    assert results == {"W4a": ("fail", 5), "W4b": ("pass", 9), "W4c": ("pass", 4)}
    assert "warned" in (case.judged["W4c"].reason or "")


def test_a_notice_column_that_is_not_first_level_counts_among_the_others(journal: Journal, tmp_path: Path) -> None:
    targets = [*some(journal, 6, 400, "notice", first_level=False), *some(journal, 30, 2, start=100)]
    case = case_of(journal.evidence(tmp_path), site(), *targets)
    assert find(case, "W4a").numerator == 0
    assert find(case, "W4b").numerator == 6


def test_a_column_without_a_period_is_never_late(journal: Journal, tmp_path: Path) -> None:
    case = case_of(journal.evidence(tmp_path), site(), *some(journal, 20, 900, "other"))
    assert (find(case, "W4b").numerator, find(case, "columns").numerator) == (0, 0)


def test_five_blank_columns_fail_and_the_county_wants_six(journal: Journal, tmp_path: Path) -> None:
    targets = [column(number, "other") for number in range(5)]
    for target in targets:
        journal.look("09-02 09:00", target, state="blank")
    evidence = journal.evidence(tmp_path)
    assert find(case_of(evidence, site(), *targets), "W4c").result == "fail"
    assert find(case_of(evidence, site(), *targets, rules=load_rules("gaoxian-monthly")), "W4c").result == "pass"


def test_a_column_that_once_bore_an_item_is_not_blank_however_long_ago_that_was_seen(journal: Journal, tmp_path: Path) -> None:
    targets = [column(number) for number in range(12)]
    for number, target in enumerate(targets):
        journal.look("06-01 09:00", target, "2024-01-01", state="article" if number < 6 else "list")
    finding = find(case_of(journal.evidence(tmp_path), site(), *targets), "W4c")
    assert (finding.result, finding.numerator, finding.coverage and finding.coverage.seen) == ("pass", 0, 12)


def test_a_column_that_is_empty_now_is_blank_whatever_it_bore_before(journal: Journal, tmp_path: Path) -> None:
    journal.look("06-01 09:00", column(1), "2024-01-01")
    journal.look("09-02 09:00", column(1), state="blank")
    assert find(case_of(journal.evidence(tmp_path), site(), column(1)), "W4c").numerator == 1


def test_too_many_unknown_columns_leave_a_rule_undetermined_with_each_of_them_listed(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 10, 2) + [column(50 + number) for number in range(6)]
    finding = find(case_of(journal.evidence(tmp_path), site(), *targets), "W4a")
    assert (finding.result, finding.reason) == ("undetermined", "6 of 16 columns could not be judged")
    assert finding.coverage and (finding.coverage.seen, finding.coverage.expected) == (10, 16)
    assert [one.text for one in finding.detail] == ["never looked at"] * 6


def test_unknown_columns_do_not_matter_where_all_of_them_together_reach_nothing(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 5, 2) + [column(50 + number) for number in range(4)]
    assert find(case_of(journal.evidence(tmp_path), site(), *targets), "W4a").result == "pass"


def test_proved_columns_fail_a_site_however_many_are_unknown(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 5, 30) + some(journal, 1, 1, start=30) + [column(50 + number) for number in range(40)]
    assert find(case_of(journal.evidence(tmp_path), site(), *targets), "W4a").result == "fail"


def test_a_site_without_columns_in_the_register_is_undetermined(tmp_path: Path) -> None:
    finding = find(case_of(Journal().evidence(tmp_path), site(), home()), "W4a")
    assert (finding.result, finding.reason) == ("undetermined", "no columns in the register")


def test_a_site_that_fell_silent_at_once_is_one_alarm_and_not_a_hundred_findings(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 60, 40) + some(journal, 40, 900, "plan", 100)
    case = case_of(journal.evidence(tmp_path), site(), home(), *targets)
    finding = find(case, "W4a")
    assert (finding.result, len(finding.detail), finding.numerator) == ("undetermined", 1, 100)
    alarm = find(case, "silent_site")
    assert (alarm.result, alarm.numerator, len(alarm.detail)) == ("fail", 100, 1)
    assert find(case, "columns").result == "undetermined"


def test_one_column_that_was_updated_makes_it_findings_again(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 60, 40) + some(journal, 1, 1, start=100)
    case = case_of(journal.evidence(tmp_path), site(), home(), *targets)
    assert (find(case, "W4a").result, find(case, "silent_site").result) == ("fail", "pass")


def test_a_small_site_is_judged_column_by_column(journal: Journal, tmp_path: Path) -> None:
    case = case_of(journal.evidence(tmp_path), site(), *some(journal, 9, 40))
    assert find(case_of(journal.evidence(tmp_path), site(), *some(journal, 9, 40)), "W4a").result == "fail"
    assert find(case, "silent_site").result == "pass"


def test_the_list_of_late_columns_counts_all_columns_and_names_the_unknown_ones(journal: Journal, tmp_path: Path) -> None:
    targets = [*some(journal, 2, 20), *some(journal, 20, 1, start=30), column(90), column(91, "other")]
    journal.look("09-02 09:00", column(91, "other"), state="blank")
    finding = find(case_of(journal.evidence(tmp_path), site(), *targets), "columns")
    assert (finding.numerator, finding.denominator) == (3, 24)
    assert sorted(one.note or "" for one in finding.detail) == ["blank", "stale", "stale", "unknown"]


def test_a_county_section_fails_by_one_late_column_with_its_items_of_the_month_before(journal: Journal, tmp_path: Path) -> None:
    rules, target = load_rules("gaoxian-monthly"), column(1, subject="mzj")
    items = (("甲", "2024-08-14"), ("乙", "2024-08-02"), ("丙", "2024-07-30"))
    journal.look("09-02 09:00", target, "2024-08-14", oldest="2024-05-01", first=True, new=items)
    case = case_of(journal.evidence(tmp_path), site("mzj", "section", parent=SITE), target, rules=rules)
    finding = find(case, "W4a")
    assert finding.result == "fail"
    line = finding.detail[0]
    assert (line.overdue_days, line.month_items, line.month_items_exact) == (5, 2, True)


def test_items_are_at_least_so_many_where_the_page_does_not_reach_back(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", column(1), "2024-08-14", oldest="2024-08-10", first=True, new=(("甲", "2024-08-14"),))
    journal.look("09-02 09:00", column(2), "2024-08-14", oldest="2024-07-10", first=True, new=(("甲", "2024-08-14"),))
    finding = find(case_of(journal.evidence(tmp_path), site(), column(1), column(2)), "items")
    assert [(one.month_items, one.month_items_exact) for one in finding.detail] == [(1, False), (1, True)]
    assert finding.numerator == 1  # the same article stands in both columns
    assert "at least" in (finding.reason or "")


def test_a_month_is_not_whole_where_nobody_looked_after_it(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-20 09:00", column(1), "2024-08-14", first=True, new=(("甲", "2024-08-14"),))
    finding = find(case_of(journal.evidence(tmp_path), site(), column(1)), "items")
    assert finding.detail[0].month_items_exact is False


def test_a_local_period_is_stronger_than_the_general_one(journal: Journal, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(OURS + '[[local]]\nregion = "示例县"\nnews = "30 days"\n', "utf-8")
    rules, targets = load_rules(file), some(journal, 6, 20)
    evidence = journal.evidence(tmp_path)
    assert find(case_of(evidence, site(), *targets, rules=rules), "W4a").numerator == 0
    assert find(case_of(evidence, site(region="别县"), *targets, rules=rules), "W4a").numerator == 6


def test_months_counted_as_thirty_days_move_the_cutoff(journal: Journal, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(OURS + "[calendar]\nmonths = 30\n", "utf-8")
    case = case_of(journal.evidence(tmp_path), site(), rules=load_rules(file))
    assert case.cutoff(Span(6, "months")) == T.day - timedelta(days=180)


def test_the_confidence_of_a_failure_is_that_of_the_weakest_column_it_needs(journal: Journal, tmp_path: Path) -> None:
    targets = some(journal, 5, 20) + some(journal, 20, 1, start=50)
    for line in journal.lines[:2]:
        line["reading"]["source"] = "url"
    assert find(case_of(journal.evidence(tmp_path), site(), *targets), "W4a").confidence == 0.9
    targets += some(journal, 2, 20, start=80)
    assert find(case_of(journal.evidence(tmp_path), site(), *targets), "W4a").confidence == 1.0
