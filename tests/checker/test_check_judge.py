"""What the office's tables do to verdicts: findings by hand, exemptions, 误报 and 核减, decisions; and who is judged at all."""

from pathlib import Path

import pytest

from checker.evidence import Counted, Evidence
from checker.judge import Bench, judge
from checker.office import Office
from checker.roster import roster_of
from checker.rules import load_rules
from register import Pause, RegisterUnreadable, Subject, Target, load
from register.inputs import Decision, Exemption, Inputs, ManualFinding, Ruling
from tests.checker.journals import SITE, Journal, T, account, column, day_before, home, roster, site, verdicts

NOTHING = Evidence(Counted())


@pytest.fixture
def stale(tmp_path: Path) -> tuple[Evidence, list[Target]]:
    """A site with five columns that are late and one that is not."""
    journal, targets = Journal(), [column(number) for number in range(6)]
    for target in targets:
        journal.look("09-02 09:00", target, day_before(1 if target is targets[5] else 20))
    return journal.evidence(tmp_path), targets


def decision(ruling: Ruling, rule: str = "W4a", target: str | None = None, subject: str = SITE) -> Decision:
    return Decision("核减.csv line 2", subject, rule, ruling, "已核实", "张三", target)


def test_every_subject_has_one_verdict_for_each_rule_that_is_meant_for_it_passes_too() -> None:
    found = verdicts(NOTHING, roster(site(), home(), *account()))
    rules = load_rules("national-2019").rules
    assert {rule for subject, rule in found if subject == SITE} == {rule.id for rule in rules if "site" in rule.subjects}
    assert {rule for subject, rule in found if subject == "acc1"} == {rule.id for rule in rules if "account" in rule.subjects}
    assert all(one.T == "2024-09-02T12:00:00.000+08:00" and one.rules == "national-2019@1" for one in found.values())


def test_a_verdict_names_its_problem_only_where_it_fails(stale: tuple[Evidence, list[Target]]) -> None:
    found = verdicts(stale[0], roster(site(), *stale[1]))
    assert found[SITE, "W4a"].problem == "columns_stale"
    assert found[SITE, "W4c"].problem is None


def test_without_a_table_of_findings_what_only_a_person_sees_is_undetermined() -> None:
    found = verdicts(NOTHING, roster(site(), *account()))
    assert {found[SITE, "W1"].result, found[SITE, "W6"].result, found["acc1", "N3"].result} == {"undetermined"}


def test_an_empty_table_of_findings_says_that_somebody_looked() -> None:
    found = verdicts(NOTHING, roster(site(), *account()), Inputs(tables=("findings",)))
    assert {(found[key].result, found[key].decided_by) for key in ((SITE, "W1"), ("acc1", "N1"))} == {("pass", "manual")}


def test_a_finding_by_hand_goes_to_the_rule_it_names_or_that_knows_its_words() -> None:
    findings = (
        ManualFinding("人工.csv line 2", "acc1", None, "fail", "缺乏有效互动渠道菜单功能", day="2024-08-30"),
        ManualFinding("人工.csv line 3", "acc1", "N1", "fail", "错敏信息", text="发布错敏信息"),
        ManualFinding("人工.csv line 4", SITE, None, "fail", "首页图片新闻栏目空白"),
    )
    found = verdicts(NOTHING, roster(site(), home(), *account()), Inputs(findings=findings, tables=("findings",)))
    by_hand = {key: one.problem for key, one in found.items() if one.result == "fail"}
    assert by_hand == {
        ("acc1", "N3"): "缺乏有效互动渠道菜单功能",
        ("acc1", "N1"): "错敏信息",
        (SITE, "other"): "首页图片新闻栏目空白",
    }
    one = found["acc1", "N3"]
    assert (one.decided_by, one.first_detected, one.reason) == ("manual", "2024-08-30", "人工.csv line 2")
    assert found["acc1", "N1"].detail[0].text == "发布错敏信息"


def test_a_finding_that_was_put_right_before_t_fails_nobody_and_is_kept() -> None:
    mended = ManualFinding("人工.csv line 2", SITE, "W1", "fail", "错敏信息", day="2024-08-20", mended="2024-08-25")
    later = ManualFinding("人工.csv line 3", SITE, "W6", "fail", "服务不实用", day="2024-08-20", mended="2024-09-10")
    found = verdicts(NOTHING, roster(site()), Inputs(findings=(mended, later), tables=("findings",)))
    assert (found[SITE, "W1"].result, found[SITE, "W1"].mended) == ("pass", "2024-08-25")
    assert found[SITE, "W6"].result == "fail"


@pytest.mark.parametrize(("mended", "result"), [("2024-09-01", "pass"), ("2024-09-02", "pass"), ("2024-09-03", "fail")])
def test_a_finding_is_mended_from_the_day_of_its_mending_on(mended: str, result: str) -> None:
    finding = ManualFinding("人工.csv line 2", SITE, "W1", "fail", "错敏信息", day="2024-08-20", mended=mended)
    assert verdicts(NOTHING, roster(site()), Inputs(findings=(finding,), tables=("findings",)))[SITE, "W1"].result == result


def test_a_finding_made_after_t_is_not_known_at_t() -> None:
    finding = ManualFinding("人工.csv line 2", SITE, "W1", "fail", "错敏信息", day="2024-09-03")
    assert verdicts(NOTHING, roster(site()), Inputs(findings=(finding,), tables=("findings",)))[SITE, "W1"].result == "pass"


def test_a_person_who_looked_decides_what_the_crawler_could_not() -> None:
    looked = ManualFinding("人工.csv line 2", "acc1", "N2", "pass", None)
    one = verdicts(NOTHING, roster(*account()), Inputs(findings=(looked,), tables=("findings",)))["acc1", "N2"]
    assert (one.result, one.decided_by) == ("pass", "manual")


def test_a_false_alarm_about_one_column_takes_it_out_of_the_count(stale: tuple[Evidence, list[Target]]) -> None:
    inputs = Inputs(decisions=(decision("false_alarm", target=f"{SITE}/c0"),))
    one = verdicts(stale[0], roster(site(), *stale[1]), inputs)[SITE, "W4a"]
    assert (one.result, one.numerator, one.denominator) == ("pass", 4, 5)
    assert "误报" in (one.reason or "")
    assert "核减.csv line 2" in (one.reason or "")


@pytest.mark.parametrize(
    ("ruling", "result"), [("false_alarm", "pass"), ("reduced", "pass"), ("pass", "fail"), ("fail", "fail")]
)
def test_a_failure_is_struck_off_by_a_false_alarm_or_a_reduction_only(
    stale: tuple[Evidence, list[Target]], ruling: Ruling, result: str
) -> None:
    one = verdicts(stale[0], roster(site(), *stale[1]), Inputs(decisions=(decision(ruling),)))[SITE, "W4a"]
    assert one.result == result
    assert one.decided_by == ("manual" if result == "pass" else "observation")


def test_a_false_alarm_about_the_one_target_of_a_rule_is_one_about_the_verdict(tmp_path: Path) -> None:
    journal = Journal()
    journal.look("09-02 09:00", home(), day_before(30))
    journal.look("09-02 09:00", account()[1], day_before(30), state="feed", observed_by="bridge_feed")
    evidence, rows = journal.evidence(tmp_path), roster(site(), home(), *account())
    about_home = decision("false_alarm", "W3", f"{SITE}/@home")
    about_account = decision("false_alarm", "N2", "acc1", subject="acc1")
    before, after = verdicts(evidence, rows), verdicts(evidence, rows, Inputs(decisions=(about_home, about_account)))
    keys = ((SITE, "W3"), ("acc1", "N2"))
    assert [before[key].result for key in keys] == ["fail", "fail"]
    assert [(after[key].result, after[key].decided_by) for key in keys] == [("pass", "manual")] * 2
    exempt = Exemption("豁免.csv line 2", SITE, "改版", "李四", f"{SITE}/@home", "W3")
    assert verdicts(evidence, rows, Inputs(exemptions=(exempt,)))[SITE, "W3"].result == "exempt"


def test_a_column_that_could_not_be_judged_may_be_ruled_to_pass_but_none_to_fail(tmp_path: Path) -> None:
    journal, targets = Journal(), [column(number) for number in range(6)]
    for target in targets[1:]:
        journal.look("09-02 09:00", target, day_before(20 if target is not targets[5] else 1))
    evidence, rows = journal.evidence(tmp_path), roster(site(), *targets)
    assert verdicts(evidence, rows)[SITE, "W4a"].result == "undetermined"
    passing = Inputs(decisions=(decision("pass", target=targets[0].key),))
    assert verdicts(evidence, rows, passing)[SITE, "W4a"].result == "pass"
    failing = Inputs(decisions=(decision("fail", target=targets[0].key),))
    assert verdicts(evidence, rows, failing)[SITE, "W4a"].result == "undetermined"


@pytest.mark.parametrize(("ruling", "result"), [("pass", "pass"), ("fail", "fail")])
def test_what_is_undetermined_is_decided_by_a_ruling(ruling: Ruling, result: str) -> None:
    one = verdicts(NOTHING, roster(site()), Inputs(decisions=(decision(ruling, "W2"),)))[SITE, "W2"]
    assert (one.result, one.decided_by) == (result, "manual")
    assert "张三" in (one.reason or "")


def test_a_ruling_may_hold_for_every_subject_but_a_subjects_own_goes_first() -> None:
    both = (decision("pass", "W2", subject="*"), decision("fail", "W2", subject="5100000002"))
    found = verdicts(NOTHING, roster(site(), site("5100000002")), Inputs(decisions=both))
    assert (found[SITE, "W2"].result, found["5100000002", "W2"].result) == ("pass", "fail")


@pytest.mark.parametrize(
    ("since", "until", "result"),
    [
        (None, None, "exempt"),
        ("2024-09-02", "2024-09-02", "exempt"),
        (None, "2024-09-01", "undetermined"),
        ("2024-09-03", None, "undetermined"),
    ],
)
def test_an_exemption_holds_from_its_first_to_its_last_day(since: str | None, until: str | None, result: str) -> None:
    exemption = Exemption("豁免.csv line 2", SITE, "改版", "李四", None, "W3", since, until)
    found = verdicts(NOTHING, roster(site(), home()), Inputs(exemptions=(exemption,)))
    assert found[SITE, "W3"].result == result
    assert found[SITE, "W2"].result == "undetermined"


def test_an_exempt_column_is_not_counted_by_any_rule(stale: tuple[Evidence, list[Target]]) -> None:
    exemption = Exemption("豁免.csv line 2", SITE, "历史专题", "李四", f"{SITE}/c0")
    found = verdicts(stale[0], roster(site(), *stale[1]), Inputs(exemptions=(exemption,)))
    assert (found[SITE, "W4a"].numerator, found[SITE, "columns"].denominator) == (4, 5)
    assert "历史专题" in (found[SITE, "W4a"].reason or "")


def test_a_paused_subject_is_exempt_and_a_paused_column_is_not_looked_at(stale: tuple[Evidence, list[Target]]) -> None:
    paused = Subject(SITE, "site", "示例网", paused=Pause("改版", "2024-09-02"))
    assert {one.result for one in verdicts(stale[0], roster(paused, *stale[1])).values()} == {"exempt"}
    over = Subject(SITE, "site", "示例网", paused=Pause("改版", "2024-09-01"))
    assert verdicts(stale[0], roster(over, *stale[1]))[SITE, "W4a"].result == "fail"
    targets = [*stale[1][1:], Target(f"{SITE}/c0", "column", SITE, "http://a/", "a", "栏", "news", paused=Pause("停", None))]
    assert verdicts(stale[0], roster(site(), *targets))[SITE, "W4a"].numerator == 4


def test_rows_that_belong_to_nobody_are_named() -> None:
    inputs = Inputs(
        findings=(ManualFinding("人工.csv line 2", "nobody", "W1", "fail", "错敏信息"),),
        decisions=(decision("pass", "W99"),),
        exemptions=(Exemption("豁免.csv line 2", "nobody", "r", "a"),),
    )
    rules = load_rules("national-2019")
    office = Office(inputs, rules, "2024-09-02")
    for rule in rules.rules:
        office.findings(site(), rule)
        office.decisions(SITE, rule.id)
        office.exemptions(SITE, rule.id)
    assert len(office.unused()) == 3


def test_a_ruling_on_a_column_that_is_not_there_is_named(stale: tuple[Evidence, list[Target]]) -> None:
    inputs = Inputs(decisions=(decision("false_alarm", target=f"{SITE}/gone"),))
    rules = load_rules("national-2019")
    office = Office(inputs, rules, "2024-09-02")
    bench = Bench(
        moment=T, month="2024-08", rules=rules, roster=roster(site(), *stale[1]), evidence=stale[0], office=office, notices={}
    )
    assert {one.rule: one.result for one in judge(bench)}["W4a"] == "fail"
    assert office.unused() == [f"核减.csv line 2: {SITE}/gone"]


def test_a_report_of_an_account_without_an_address_is_found_by_its_code(tmp_path: Path) -> None:
    journal = Journal()
    journal.look("09-02 09:00", "acc1", day_before(2), kind="report", state="article", observed_by="operator_report")
    assert verdicts(journal.evidence(tmp_path), roster(account()[0]))["acc1", "N2"].result == "pass"


def test_the_third_time_in_a_year_makes_a_repeat_offender(stale: tuple[Evidence, list[Target]]) -> None:
    times = ("2023-08-01T00:00:00.000+08:00", "2024-03-01T00:00:00.000+08:00", "2024-06-01T00:00:00.000+08:00")
    one = verdicts(stale[0], roster(site(), *stale[1]), notices={SITE: times})[SITE, "repeat"]
    assert (one.result, one.numerator) == ("fail", 3)
    assert verdicts(stale[0], roster(site(), *stale[1]), notices={SITE: times[:2]})[SITE, "repeat"].result == "pass"


# ---- whose register ----


def test_without_a_register_the_journal_itself_says_who_is_judged(tmp_path: Path) -> None:
    journal = Journal()
    journal.look("09-02 09:00", column(1, "notice"), "2024-09-01")
    journal.look("09-02 09:00", home(), kind="probe")
    found = roster_of(journal.evidence(tmp_path), None, [tmp_path / "register"])
    assert (found.source, set(found.subjects)) == ("journal", {SITE})
    assert {(one.kind, one.category) for one in found.targets[SITE]} == {("column", "notice"), ("home", None)}


def test_a_digest_that_is_no_digest_is_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_bytes(b"")
    journal = Journal()
    (tmp_path / "register").mkdir()
    journal.look("09-02 09:00", column(1), "2024-09-01", register="sha256:../secret")
    assert roster_of(journal.evidence(tmp_path), None, [tmp_path / "register"]).source == "journal"


def test_a_damaged_register_that_was_named_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ab.jsonl"
    path.write_bytes(b"{\n")
    with pytest.raises(RegisterUnreadable, match="damaged"):
        roster_of(NOTHING, path, [])


def test_the_registers_word_on_a_column_is_stronger_than_the_journals(tmp_path: Path) -> None:
    journal = Journal()
    for number in range(6):
        journal.look("09-02 09:00", column(number, "news"), day_before(30))
    others = [column(number, "other") for number in range(6)]
    assert verdicts(journal.evidence(tmp_path), roster(site(), *others))[SITE, "W4a"].numerator == 0


def test_targets_that_the_register_does_not_have_are_counted_and_named(tmp_path: Path) -> None:
    journal = Journal()
    for number in range(30):
        journal.look("09-02 09:00", column(number), "2024-09-01")
    path = tmp_path / "register.csv"
    path.write_text("网站标识码,网站名称,级别,首页网址\n5100000001,示例网,县级门户,http://www.example.cn/\n", "utf-8")
    found = roster_of(journal.evidence(tmp_path), path, [])
    assert (found.stranger_count, len(found.strangers)) == (30, 20)
    assert set(found.subjects) == {SITE}


def test_before_the_first_observation_the_first_register_says_who_is_undetermined(tmp_path: Path) -> None:
    list_ = tmp_path / "sites.csv"
    list_.write_text("网站标识码,网站名称,级别,首页网址\n5100000001,示例网,县级门户,http://www.example.cn/\n", "utf-8")
    kept = load(list_, tmp_path / "register")
    journal = Journal()
    journal.look("09-10 09:00", home(), "2024-09-09", register=kept.digest)
    found = roster_of(journal.evidence(tmp_path), None, [tmp_path / "register"])
    assert (found.source, found.digest, set(found.subjects)) == ("kept", kept.digest, {SITE})
