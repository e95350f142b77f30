"""N2: which accounts are silent, by whose word, and which cannot be told; and W5, how long messages waited."""

from pathlib import Path

import pytest

from checker.indicators import Finding
from checker.indicators.case import Tables
from checker.rules import RuleSet, load_rules
from register import Subject, Target
from register.inputs import Message, MessageFigures
from tests.checker.journals import Journal, account, case_of, day_before, find, site


@pytest.fixture
def journal() -> Journal:
    return Journal()


def judged(journal: Journal, folder: Path, rules: RuleSet | None = None, rows: tuple[Subject, Target] | None = None) -> Finding:
    return find(case_of(journal.evidence(folder), *(rows or account()), rules=rules), "N2")


@pytest.mark.parametrize(("days", "result"), [(14, "pass"), (15, "fail")])
def test_two_weeks_are_fourteen_days_for_a_bridges_feed(journal: Journal, tmp_path: Path, days: int, result: str) -> None:
    journal.look("09-02 09:00", account()[1], day_before(days), state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path).result == result


def test_one_article_proves_an_update_but_never_that_there_was_none(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", account()[1], day_before(40), state="article")
    assert judged(journal, tmp_path).result == "undetermined"
    journal.look("09-02 10:00", account()[1], day_before(4), state="article")
    assert judged(journal, tmp_path).result == "pass"


@pytest.mark.parametrize("state", ["article", "list"])
def test_a_bridge_that_lags_behind_does_not_undo_what_the_page_itself_showed(
    journal: Journal, tmp_path: Path, state: str
) -> None:
    journal.look("09-02 08:00", account()[1], day_before(2), state=state)
    for hour in (9, 10, 11):
        journal.look(f"09-02 {hour:02d}:00", account()[1], day_before(30), state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path).result == "pass"


def test_what_one_observer_saw_last_is_stronger_than_what_it_saw_before(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 08:00", account()[1], day_before(2), state="feed", observed_by="bridge_feed")
    journal.look("09-02 09:00", account()[1], day_before(30), state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path).result == "fail"


def test_an_operators_report_of_an_old_update_fails_by_its_own_word(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", account()[1], day_before(16), kind="report", state="article", observed_by="operator_report")
    finding = judged(journal, tmp_path)
    assert (finding.result, finding.detail[0].overdue_days, finding.confidence) == ("fail", 2, 0.9)


@pytest.mark.parametrize("outcome", ["not_observable", "challenged", "inconclusive", "soft_404"])
def test_an_account_that_cannot_be_seen_and_was_not_reported_is_undetermined(
    journal: Journal, tmp_path: Path, outcome: str
) -> None:
    journal.look("09-02 09:00", account()[1], outcome=outcome, reason="no_bridge")
    finding = judged(journal, tmp_path)
    assert (finding.result, finding.confidence) == ("undetermined", 0.0)
    assert finding.detail[0].target == "acc1"


def test_a_bridge_that_stopped_weeks_ago_accuses_nobody(journal: Journal, tmp_path: Path) -> None:
    journal.look("08-10 09:00", account()[1], "2024-08-01", state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path).result == "undetermined"


def test_an_account_without_an_address_is_undetermined(tmp_path: Path) -> None:
    finding = find(case_of(Journal().evidence(tmp_path), account()[0]), "N2")
    assert (finding.result, finding.reason) == ("undetermined", "no address to look at")


def test_ten_days_and_two_months_are_other_rule_sets(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", account()[1], day_before(12), state="feed", observed_by="bridge_feed")
    found = {name: judged(journal, tmp_path, load_rules(name)).result for name in ("national-2019", "ten-day", "two-month")}
    assert found == {"national-2019": "pass", "ten-day": "fail", "two-month": "pass"}
    journal.look("09-02 10:00", account()[1], "2024-07-02", state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path, load_rules("two-month")).result == "pass"
    journal.look("09-02 11:00", account()[1], "2024-07-01", state="feed", observed_by="bridge_feed")
    assert judged(journal, tmp_path, load_rules("two-month")).result == "fail"


def test_a_second_level_names_zombies_without_failing_them_twice(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", account()[1], "2024-06-01", state="feed", observed_by="bridge_feed")
    case = case_of(journal.evidence(tmp_path), *account(), rules=load_rules("guizhou"))
    assert (find(case, "N2").result, find(case, "N2-zombie").result) == ("fail", "fail")
    rule = case.rules.rule("N2-zombie")
    assert rule and rule.kind == "note"


def test_a_platform_may_have_its_own_period_however_it_is_spelt(journal: Journal, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(
        'name = "ours"\nversion = 1\ntitle = "t"\nsource = "s"\ninherits = "national-2019"\n'
        '[periods.platforms]\n"抖音" = "1 month"\n',
        "utf-8",
    )
    journal.look("09-02 09:00", account()[1], day_before(20), state="feed", observed_by="bridge_feed")
    rules = load_rules(file)
    assert judged(journal, tmp_path, rules, account(platform="抖音短视频")).result == "pass"
    assert judged(journal, tmp_path, rules, account(platform="微信订阅号")).result == "fail"


def test_a_cancelled_account_is_a_lead_and_undetermined(journal: Journal, tmp_path: Path) -> None:
    journal.look("09-02 09:00", account()[1], outcome="soft_404", reason="x", account={"state": "cancelled"})
    case = case_of(journal.evidence(tmp_path), *account())
    finding = find(case, "N2")
    assert (finding.result, finding.reason) == ("undetermined", "soft_404/x; account cancelled")
    assert find(case, "account_state").result == "fail"


# ---- messages ----


def message(received: str, answered: str | None = None, valid: bool = True) -> Message:
    return Message("留言.csv line 2", "s", received, answered, valid=valid)


def waited(
    *messages: Message, figures: tuple[MessageFigures, ...] = (), handed_in: frozenset[str] = frozenset({"messages"})
) -> Finding:
    from checker.evidence import Counted, Evidence

    return find(case_of(Evidence(Counted()), site(), tables=Tables(handed_in, messages, figures)), "W5")


@pytest.mark.parametrize(
    ("one", "result"),
    [
        (message("2024-06-02"), "pass"),  # three months to the day
        (message("2024-06-01"), "fail"),
        (message("2024-01-31", "2024-04-30"), "pass"),
        (message("2024-01-30", "2024-05-01"), "fail"),
        (message("2023-09-01"), "pass"),  # longer ago than a year
        (message("2023-09-02"), "fail"),
        (message("2024-05-01", valid=False), "pass"),
        (message("2024-05-01", "2024-12-01"), "fail"),  # answered after T: still open then
    ],
)
def test_a_valid_message_of_the_last_year_may_wait_three_months(one: Message, result: str) -> None:
    assert waited(one).result == result


def test_the_offices_own_count_of_late_answers_fails_a_site_by_hand() -> None:
    finding = waited(figures=(MessageFigures("办理.csv line 4", "replies", "s", received=119, overdue=2),))
    assert (finding.result, finding.numerator, finding.denominator, finding.decided_by) == ("fail", 2, 119, "manual")
    assert "办理.csv line 4" in (finding.detail[0].text or "")


def test_figures_of_other_channels_say_nothing_of_a_sites_own_messages() -> None:
    assert waited(figures=(MessageFigures("办理.csv line 4", "hotline", "s", received=9, overdue=2),)).result == "pass"


def test_without_any_table_of_messages_it_is_undetermined() -> None:
    assert waited(handed_in=frozenset()).result == "undetermined"
    assert waited().result == "pass"
