"""The figures: from the register and the verdicts, from the previous circular, from the office's tables."""

import pytest

from checker.circular.follow import follow_up, repeated
from checker.circular.model import Statistic
from checker.circular.rates import Rounding
from checker.circular.statistics import Counting, catalogue, observed, rounding_of
from checker.circular.supplied import stated
from checker.verdict import BadLine, Coverage
from register.inputs import Inputs, MessageFigures, Stated
from register.model import Pause
from tests.checker.circulars import (
    COUNTING,
    EARLIER,
    T,
    account,
    columns,
    figures,
    issued,
    printed,
    province,
    section,
    site,
    verdict,
)

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")
COUNTY = site("7101210001", "云溪县人民政府", "县级门户", "云溪县")
BUREAU = site("7101000007", "澜州市档案局")
SITES = [PORTAL, COUNTY, BUREAU]


def test_sites_are_counted_by_kind_and_state() -> None:
    found = figures(issued(province(SITES, [verdict(BUREAU, "fail")])))
    assert found["sites.total"] == 3
    assert (found["sites.portal.city"], found["sites.portal.county"], found["sites.department"]) == (1, 1, 1)
    assert (found["sites.checked"], found["sites.passing"], found["sites.failing"]) == (3, 2, 1)
    assert (found["sites.checked_share"], found["sites.pass_rate"]) == (100, 66.7)


def test_one_veto_hit_fails_a_subject_and_a_note_fails_nobody() -> None:
    noted = [verdict(COUNTY, "fail", "columns", rule_kind="note"), verdict(PORTAL, "fail", "S1", rule_kind="score")]
    assert figures(issued(province(SITES, others=noted)))["sites.failing"] == 0
    assert figures(issued(province(SITES, [verdict(COUNTY, "fail")], [verdict(COUNTY, "pass", "W1")])))["sites.failing"] == 1


def test_a_kind_that_the_register_has_none_of_has_no_figures() -> None:
    assert not [key for key in figures(issued(province(SITES))) if key.startswith(("accounts.", "sections."))]


def test_accounts_are_counted_by_owner_in_every_grouping() -> None:
    levels = ["市级门户", "市级部门", "县级门户", "县级部门", "县级部门", "乡镇"]
    found = figures(issued(province([account(f"a{n}", f"号{n}", level=level) for n, level in enumerate(levels)])))  # type: ignore[arg-type]
    owners = {key.removeprefix("accounts.by_owner."): value for key, value in found.items() if "by_owner" in key}
    assert owners == {
        "province_government": 0,
        "province_departments": 0,
        "city_government": 1,
        "city_departments": 1,
        "county_government": 1,
        "county_departments": 2,
        "towns": 1,
        "county_departments_and_towns": 3,
    }


@pytest.mark.parametrize(("until", "running"), [(None, 2), ("2031-06-20", 2), ("2031-06-19", 3)])
def test_a_paused_subject_is_no_running_one_until_its_pause_ends(until: str | None, running: int) -> None:
    paused = site("7101000009", "澜州市信访局", paused=Pause("改版", until))
    there = province([PORTAL, COUNTY, paused])
    circular = issued(there)
    assert figures(circular)["sites.total"] == running
    assert any("不检查，未计入总数" in note for note in circular.notes) == (running == 2)


def test_a_subject_without_a_verdict_is_unchecked_and_said_to_be() -> None:
    there = province(SITES)
    standing = there.standings[BUREAU.code]
    there.standings[BUREAU.code] = type(standing)(standing.subject, "unchecked", (), standing.targets)
    circular = issued(there)
    assert printed(circular)["sites.checked_share"] == "66.7%"
    assert figures(circular)["sites.pass_rate"] == 100
    assert any("1 个网站没有判定结果（澜州市档案局）" in warning for warning in circular.warnings)


def test_an_exempt_subject_is_counted_but_not_checked() -> None:
    circular = issued(province(SITES, [verdict(BUREAU, "exempt")]))
    assert (figures(circular)["sites.total"], figures(circular)["sites.checked"]) == (3, 2)
    assert "1 个网站按豁免处理，未计入检查数" in circular.notes


def test_the_undetermined_pass_only_where_they_are_told_to() -> None:
    there = province(SITES, [verdict(BUREAU, "undetermined")])
    strict, lenient = (observed(there, Counting(rounding_of(), lenient)) for lenient in (False, True))
    assert (strict["sites.passing"].value, lenient["sites.passing"].value) == (2, 3)
    assert strict["sites.checked"].value == lenient["sites.checked"].value == 3


def test_columns_of_sites_are_counted_and_those_of_sections_are_not() -> None:
    part = section("7101000001-01", "县民政局信息公开专栏")
    late = verdict(PORTAL, "fail", "columns", rule_kind="note", numerator=3, denominator=20, coverage=Coverage(20, 20))
    targets = [*columns(PORTAL, 24), *columns(part, 5)]
    found = {f.key: f for f in issued(province([PORTAL, part], others=[late], targets=targets)).statistics}
    assert found["columns.total"].value == 24
    assert found["columns.failing"].value == 3
    assert (found["columns.pass_rate"].numerator, found["columns.pass_rate"].denominator) == (21, 24)
    assert found["columns.checked_share"].printed == "100%"


def test_columns_that_could_not_be_judged_are_outside_of_the_rate_and_noted() -> None:
    late = verdict(PORTAL, "pass", "columns", rule_kind="note", numerator=0, coverage=Coverage(15, 20))
    there = province([PORTAL], others=[late], targets=columns(PORTAL, 24))
    circular = issued(there, "gaoxian-monthly")
    found = {f.key: f for f in circular.statistics}
    assert (found["columns.pass_rate"].numerator, found["columns.pass_rate"].denominator) == (19, 19)
    assert found["columns.checked_share"].printed == "79.2%"
    assert "5 个栏目未能判定，未计入栏目合格率" in circular.notes
    assert not issued(there, "yibin-quarterly").notes, "a form that does not speak of columns needs no such note"


def test_columns_of_a_site_that_nobody_judged_are_undetermined() -> None:
    judged = verdict(PORTAL, "pass", "columns", rule_kind="note", numerator=0, coverage=Coverage(4, 4))
    there = province([PORTAL, BUREAU], others=[judged], targets=[*columns(PORTAL, 4), *columns(BUREAU, 6)])
    assert figures(issued(there))["columns.undetermined"] == 6


def test_columns_have_no_rate_where_no_rule_looks_at_them() -> None:
    assert "columns.pass_rate" not in figures(issued(province([PORTAL], targets=columns(PORTAL, 4))))


def test_items_of_the_period_are_added_up_by_kind() -> None:
    part = section("7101000001-01", "县民政局信息公开专栏")
    counts = [verdict(s, "pass", "items", rule_kind="note", numerator=n) for s, n in ((PORTAL, 40), (BUREAU, 2), (part, 9))]
    found = figures(issued(province([*SITES, part], others=counts)))
    assert (found["articles.site"], found["articles.sections"]) == (42, 9)


def test_every_figure_of_the_catalogue_can_be_counted() -> None:
    part = section("7101000001-01", "专栏")
    numbers = [verdict(s, "pass", "items", rule_kind="note", numerator=1) for s in (PORTAL, part)]
    numbers.append(verdict(PORTAL, "pass", "columns", rule_kind="note", numerator=0))
    there = province([PORTAL, part, account("a", "号")], others=numbers, targets=columns(PORTAL, 2))
    found = observed(there, Counting(rounding_of(), before=frozenset()))
    assert found.keys() == catalogue().keys()


def test_a_rate_is_rounded_by_its_own_rule_else_by_the_default() -> None:
    layers = {"accounts.pass_rate": Rounding("truncate", 2)}, {"default": Rounding("half_up", 0)}
    look = rounding_of(*layers)
    assert look("accounts.pass_rate") == Rounding("truncate", 2)
    assert look("sites.pass_rate") == Rounding("half_up", 0)
    assert rounding_of()("x") == Rounding("half_up", 1)


def test_follow_up_counts_what_was_found_and_what_was_put_right() -> None:
    there = province(SITES, [verdict(BUREAU, "fail")])
    before = [verdict(s, "fail", T=EARLIER) for s in (COUNTY, BUREAU)] + [verdict(PORTAL, T=EARLIER)]
    back = follow_up(there, before)
    found, known, warnings = back.figures, back.known, back.warnings
    assert found["follow_up.sites.found"].value == 2
    assert found["follow_up.sites.rectified"].value == 1
    assert known == frozenset(s.code for s in SITES)
    assert not warnings


def test_an_undetermined_rule_puts_nothing_right() -> None:
    there = province(SITES, [verdict(COUNTY, "undetermined")])
    found = follow_up(there, [verdict(COUNTY, "fail", T=EARLIER)]).figures
    assert found["follow_up.sites.rectified"].value == 0


def test_a_problem_that_came_back_was_put_right_and_is_warned_of() -> None:
    there = province(SITES, [verdict(COUNTY, "fail", first_detected="2031-05-02T09:00:00.000+08:00")])
    back = follow_up(there, [verdict(COUNTY, "fail", T=EARLIER)])
    found, warnings = back.figures, back.warnings
    assert found["follow_up.sites.rectified"].value == 1
    assert warnings == ("“云溪县人民政府”上期问题整改后再次出现（W4b）",)


def test_a_subject_that_left_the_register_is_not_counted_as_put_right() -> None:
    gone = account("a9", "旧号")
    back = follow_up(province([account("a1", "号")]), [verdict(gone, "fail", T=EARLIER)])
    found, warnings = back.figures, back.warnings
    assert (found["follow_up.accounts.found"].value, found["follow_up.accounts.rectified"].value) == (1, 0)
    assert "a9 已不在名录中" in warnings[0]


def test_a_kind_that_was_not_judged_before_has_no_follow_up() -> None:
    found = follow_up(province(SITES), [verdict(PORTAL, T=EARLIER), BadLine(2, "cut")]).figures
    assert set(found) == {"follow_up.sites.found", "follow_up.sites.rectified"}


def test_added_accounts_are_those_that_the_previous_verdicts_do_not_know() -> None:
    accounts = [account(f"a{n}", f"号{n}") for n in range(5)]
    before = [verdict(a, T=EARLIER) for a in accounts[:3]]
    assert figures(issued(province(accounts), previous=before))["accounts.added"] == 2
    assert "accounts.added" not in figures(issued(province(accounts)))


def test_repeat_offenders_are_named_from_the_rule_and_from_the_offices_count() -> None:
    again = verdict(COUNTY, "fail", "repeat", rule_kind="note", numerator=3)
    counted = {"accounts.notices_this_year.云溪发布": Statistic("accounts.notices_this_year.云溪发布", 4, "4", "stated")}
    said = repeated(province(SITES, others=[again]), counted, 3)
    assert [line[:9] for line in said] == ["“云溪县人民政府”", "“云溪发布”本年度"]
    assert not repeated(province(SITES), counted, 5)


def row(line: int, channel: str = "letters", **more: object) -> MessageFigures:
    return MessageFigures(f"letters.csv line {line}", channel, **more)  # type: ignore[arg-type]


def test_messages_are_figures_by_channel_kind_and_unit() -> None:
    rows = (
        row(2, received=9, closed_on_time=8, satisfaction_rate=97.5),
        row(3, kind="help", received=6),
        row(4, kind="praise", received=3),
        row(5, unit="县林业局", received=9),
    )
    found, warnings = stated(Inputs(figures=rows), COUNTING.rounding)
    assert found["letters.received"].value == 9
    assert (found["letters.by_kind.help"].value, found["letters.by_unit.县林业局"].value) == (6, 9)
    assert found["letters.satisfaction_rate"].printed == "97.5%"
    assert found["letters.on_time_rate"].printed == "88.9%"
    assert found["letters.on_time_rate"].source == "derived"
    assert found["letters.received"].places == ("letters.csv line 2",)
    assert not warnings


def test_a_table_of_units_by_kinds_is_added_up_both_ways() -> None:
    rows = tuple(
        row(n, unit=u, kind=k, received=r)
        for n, (u, k, r) in enumerate([("甲局", "help", 2), ("甲局", "praise", 1), ("乙局", "help", 4)])
    )
    found, _ = stated(Inputs(figures=rows), COUNTING.rounding)
    assert {key: f.value for key, f in found.items()} == {
        "letters.by_kind.help": 6,
        "letters.by_kind.praise": 1,
        "letters.by_unit.甲局": 3,
        "letters.by_unit.乙局": 4,
    }


def test_a_table_that_has_totals_by_kind_beside_the_units_counts_nothing_twice() -> None:
    table = [(None, "help", 6), ("甲局", "help", 2), ("乙局", "help", 4), ("甲局", None, 2), ("乙局", None, 4)]
    rows = tuple(row(n, unit=unit, kind=kind, received=number) for n, (unit, kind, number) in enumerate(table))
    found, _ = stated(Inputs(figures=rows), COUNTING.rounding)
    assert {key: f.value for key, f in found.items()} == {
        "letters.by_kind.help": 6,
        "letters.by_unit.甲局": 2,
        "letters.by_unit.乙局": 4,
    }


def test_figures_of_single_subjects_give_a_total_where_the_office_gives_none() -> None:
    rows = tuple(row(n, "replies", subject=f"710100000{n}", received=10 * n, overdue=n) for n in (1, 2))
    found, _ = stated(Inputs(figures=rows), COUNTING.rounding)
    assert (found["messages.replies.received"].value, found["messages.replies.overdue"].value) == (30, 3)
    assert found["messages.replies.received"].source == "derived"


def test_two_totals_that_differ_are_warned_of() -> None:
    found, warnings = stated(Inputs(figures=(row(2, received=4), row(3, received=5))), COUNTING.rounding)
    assert found["letters.received"].value == 5
    assert "letters.csv line 2：4、letters.csv line 3：5" in warnings[0]


@pytest.mark.parametrize(
    ("key", "value", "text", "shown"),
    [
        ("sites.problem_share.no_entry", 12.5, None, "12.5%"),
        ("evaluation.supervision_cities", 21.0, None, "21"),
        ("articles.collected", 7600, "7600余", "7600余"),
        ("hotline.closed_rate", 100.0, None, "100%"),
        ("slogan", "良好", None, "良好"),
    ],
)
def test_a_stated_figure_is_printed_as_its_key_asks(key: str, value: float | str, text: str | None, shown: str) -> None:
    found, _ = stated(Inputs(stated=(Stated("stated.csv line 2", key, value, text),)), COUNTING.rounding)
    assert found[key].printed == shown


def test_what_was_observed_stays_where_the_office_states_otherwise() -> None:
    claims = Inputs(stated=(Stated("stated.csv line 2", "sites.total", 5), Stated("stated.csv line 3", "sites.failing", 0)))
    circular = issued(province(SITES), inputs=claims)
    assert figures(circular)["sites.total"] == 3
    assert "sites.total：stated.csv line 2 填 5，按名录和判定结果应为 3，取后者" in circular.warnings
    assert not any("sites.failing" in warning for warning in circular.warnings)


def test_the_time_of_the_verdicts_is_the_time_of_the_circular() -> None:
    assert issued(province(SITES)).T == T
