"""The circular as a whole: what is refused, noted and warned of, and how its body reads."""

import datetime as dt
from typing import Any

import pytest

from checker.circular import CircularRefused, stand
from checker.circular.body import numeral
from checker.circular.issue import Deadline, Window
from checker.circular.model import Statistic
from checker.circular.rates import Rounding
from checker.circular.texts import Texts
from checker.verdict import BadLine, Coverage, Verdict
from register.inputs import Decision, Inputs, MessageFigures
from tests.checker.circulars import (
    EARLIER,
    account,
    by_hand,
    columns,
    figures,
    issue,
    issued,
    late,
    printed,
    province,
    rows,
    section,
    site,
    text,
    verdict,
)

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")
COUNTY = site("7101210001", "云溪县人民政府", "县级门户", "云溪县")
POLICE = account("w1", "澜州公安", "微信视频号", unit="澜州市公安局", short="市公安局")
OPEN = verdict(COUNTY, "undetermined", "W2")


def test_a_circular_is_refused_while_anybody_is_undetermined_and_names_them() -> None:
    with pytest.raises(CircularRefused) as caught:
        issued(province([PORTAL, COUNTY], others=[OPEN]))
    assert caught.value.reasons[0] == "云溪县人民政府 (7101210001) is undetermined by W2"
    assert "--undetermined pass" in caught.value.reasons[1]


def test_many_undetermined_are_named_in_part_and_counted_in_full() -> None:
    many = [account(f"a{n:03}", f"号{n}") for n in range(50)]
    with pytest.raises(CircularRefused) as caught:
        issued(province(many, [verdict(a, "undetermined") for a in many]))
    assert len(caught.value.reasons) == 21
    assert caught.value.reasons[-1].startswith("50 subjects are undetermined (and 30 more)")


def test_the_undetermined_count_as_passing_where_asked_and_a_note_says_how_many() -> None:
    circular = issued(province([PORTAL, COUNTY], others=[OPEN]), lenient=True)
    assert printed(circular)["sites.pass_rate"] == "100%"
    assert figures(circular)["sites.undetermined"] == 1
    assert circular.notes == ("2 个检查对象中有 1 个未能判定，按合格计入",)


def test_a_note_rule_that_is_undetermined_holds_nothing_up() -> None:
    noted = verdict(COUNTY, "undetermined", "columns", rule_kind="note")
    assert figures(issued(province([PORTAL, COUNTY], others=[noted])))["sites.passing"] == 2


@pytest.mark.parametrize(("ruling", "failing"), [("pass", 0), ("false_alarm", 0), ("reduced", 0), ("fail", 1)])
@pytest.mark.parametrize("subject", ["7101210001", "*", "全部"])
def test_the_manual_table_decides_the_undetermined(ruling: Any, failing: int, subject: str) -> None:
    decided = Inputs(decisions=(Decision("d.csv line 2", subject, "W2", ruling, "人工查看", "张三"),))
    circular = issued(province([PORTAL, COUNTY], others=[OPEN], inputs=decided), inputs=decided)
    assert figures(circular)["sites.failing"] == failing
    assert "1 项未能判定的结果已由人工判定" in circular.notes


def test_a_decision_leaves_alone_what_was_determined() -> None:
    decided = Inputs(decisions=(Decision("d.csv line 2", COUNTY.code, "W4b", "pass", "", ""),))
    circular = issued(province([COUNTY], [verdict(COUNTY, "fail")], inputs=decided), inputs=decided)
    assert figures(circular)["sites.failing"] == 1


def test_verdicts_of_two_times_or_registers_are_not_mixed() -> None:
    with pytest.raises(CircularRefused, match="2 times T"):
        province([PORTAL, COUNTY], [verdict(COUNTY, T=EARLIER)])
    with pytest.raises(CircularRefused, match="2 registers"):
        province([PORTAL, COUNTY], [verdict(COUNTY, register="sha256:88")])


def test_strangers_bad_lines_and_doubled_verdicts_are_counted_and_named() -> None:
    gone = site("7101000099", "旧局")
    lines: list[Verdict | BadLine] = [verdict(PORTAL), verdict(PORTAL), verdict(gone, "fail"), verdict(COUNTY)]
    lines.append(BadLine(7, "cut off"))
    circular = issued(stand([PORTAL, COUNTY], lines, None))
    told = "\n".join(circular.warnings)
    assert "1 个被判定的对象不在名录中（7101000099），未计入" in told
    assert "1 行无法读取（line 7: cut off）" in told
    assert "有 1 处重复（7101000001 W4b），取最后一条" in told
    assert figures(circular)["sites.failing"] == 0


def test_the_body_prints_what_is_known_and_leaves_out_what_is_not() -> None:
    body = text(issued(province([PORTAL, COUNTY, POLICE], [verdict(POLICE, "fail")])))
    assert "正常运行的政府网站共计2家，其中市级门户网站1家、县（区）级门户网站1家；" in body
    assert "全覆盖检查" in body
    assert "找错" not in body
    assert "问题整改情况" not in body
    assert "“澜州公安”微信视频号信息更新不及时" in body
    assert "{" not in body


def test_findings_made_by_hand_are_quoted_in_the_body_and_no_name_says_site_twice() -> None:
    named = site("7101000033", "澜州市档案局网站")
    body = text(issued(province([named], [by_hand(named, "错敏信息")])))
    assert "网站方面，“澜州市档案局网站”存在“错敏信息”问题。" in body


def test_headings_are_numbered_by_what_is_printed() -> None:
    before = [verdict(PORTAL, "fail", T=EARLIER)]
    circular = issued(province([PORTAL, POLICE]), previous=before)
    heads = [p.text for p in circular.paragraphs if p.kind == "heading"]
    assert heads == ["一、总体情况", "（一）问题整改情况", "（二）网站运行情况", "（三）新媒体运行情况", "二、下一步工作要求"]
    assert "上期通报的1个问题网站均已整改到位。" in text(circular)


def test_what_was_not_put_right_is_said() -> None:
    before = [verdict(s, "fail", T=EARLIER) for s in (PORTAL, COUNTY)]
    assert "2个问题网站已整改1个，其余仍未整改到位" in text(
        issued(province([PORTAL, COUNTY], [verdict(COUNTY, "fail")]), previous=before)
    )


def test_messages_and_deadlines_stand_in_the_body() -> None:
    tables = Inputs(figures=(MessageFigures("m", "found_errors", received=6, closed=6, closed_on_time=6),))
    how = issue(issuer="市府办", rectify_by=dt.date(2031, 7, 9), deadlines=(Deadline("公布自查情况", dt.date(2031, 9, 1)),))
    body = text(issued(province([PORTAL, POLICE], [verdict(POLICE, "fail")]), how=how, inputs=tables))
    assert "有效留言6条，办结6条，按期办结率100%。" in body
    assert "于2031年7月9日前将整改情况书面报告" in body
    assert "2031年9月1日前公布自查情况。" in body


def test_nobody_is_told_to_rectify_where_nobody_failed() -> None:
    assert "立即整改" not in text(issued(province([PORTAL]), how=issue(rectify_by=dt.date(2031, 7, 9))))


def test_the_offices_own_paragraphs_stand_in_their_slot_and_an_unknown_slot_is_warned_of() -> None:
    circular = issued(province([PORTAL]), how=issue(paragraphs={"problems": ("部分单位审核不严。",), "songs": ("x",)}))
    lines = text(circular).split("\n")
    assert lines[lines.index("二、存在问题") + 1] == "部分单位审核不严。"
    assert any("songs" in warning for warning in circular.warnings)


def test_a_partial_check_says_its_share() -> None:
    sites = [PORTAL, *(site(f"71010000{n:02}", f"局{n}") for n in range(10, 19))]
    assert "检查（检查比例90%）" in text(issued(province(sites, [verdict(sites[3], "exempt")])))


def test_a_name_with_braces_is_printed_as_it_stands() -> None:
    odd = account("w9", "{sites.total}[[x]]", "微信{T}号")
    circular = issued(province([odd], [verdict(odd, "fail")]))
    assert "“{sites.total}[[x]]”微信{T}号信息更新不及时" in text(circular)
    assert rows(circular, "新媒体名单")[0][2:4] == ("{sites.total}[[x]]", "微信{T}号")


def filled(template: str, **known: int | str) -> str | None:
    statistics = {k.replace("__", "."): Statistic(k, v, str(v)) for k, v in known.items() if isinstance(v, int)}
    return Texts(statistics, {k: v for k, v in known.items() if isinstance(v, str)}).fill(template)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("共{a}家", "共5家"),
        ("共{c}家", None),
        ("共{a}家[[，另{c}个]]。", "共5家。"),
        ("共{a}家[[，另{nought}个]]。", "共5家。"),
        ("[[，其中::{c}甲;;{a}乙;;{nought}丙;;{b}丁::。]]", "，其中5乙、7丁。"),
        ("[[，其中::{c}甲::。]]", None),
        ("没有[[::{c}甲]]", None),
        ("{?a}有", "有"),
        ("[[{?c}有]]{a}", "5"),
        ("平文", "平文"),
        ("{name}与[[{name}]]", "{a}与{a}"),
    ],
)
def test_sentences_are_filled_clause_by_clause(template: str, said: str | None) -> None:
    assert filled(template, a=5, b=7, nought=0, name="{a}") == said


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_headings_are_numbered_in_chinese(number: int, said: str) -> None:
    assert numeral(number) == said


def warnings(**how: Any) -> str:
    return "\n".join(issued(province([PORTAL]), how=issue(**how)).warnings)


def test_times_before_the_end_of_the_period_are_warned_of() -> None:
    told = warnings(
        recheck=dt.date(2031, 6, 25), issued=dt.date(2031, 6, 28), window=Window(dt.date(2031, 4, 1), dt.date(2031, 6, 29))
    )
    assert "复核截止时间 2031年6月25日 早于“2031年第二季度”结束（2031年6月30日）" in told
    assert "印发日期 2031年6月28日 早于" in told
    assert "监测数据采集截止日 2031年6月29日 早于" in told


def test_times_in_order_after_the_period_are_not_warned_of() -> None:
    assert not warnings(recheck=dt.date(2031, 7, 1), checked_on=dt.date(2031, 7, 1), issued=dt.date(2031, 7, 2))


def test_a_recheck_before_the_check_is_warned_of() -> None:
    noon = dt.datetime.fromisoformat("2031-07-01T12:00:00+08:00")
    assert "复核截止时间 2031年7月1日12：00 早于检查日期 2031年7月2日" in warnings(recheck=noon, checked_on=dt.date(2031, 7, 2))


def test_a_t_other_than_the_verdicts_own_is_warned_of() -> None:
    assert "与判定所用的 2031年6月20日12：00 不一致" in warnings(T=dt.datetime.fromisoformat("2031-06-20T11:00:00+08:00"))
    assert not warnings(T=dt.datetime.fromisoformat("2031-06-20T04:00:00+00:00"))


@pytest.mark.parametrize(("number", "whole"), [("澜政办〔2031〕7号", True), ("〔2031〕—7", False), ("澜政办7号", False)])
def test_an_incomplete_document_number_is_warned_of(number: str, whole: bool) -> None:
    assert ("文号" not in warnings(number=number)) == whole


def test_two_ways_of_rounding_in_one_text_are_warned_of() -> None:
    sites = [site(f"71010000{n:02}", f"局{n}") for n in range(9)]
    accounts = [account(f"a{n}", f"号{n}") for n in range(7)]
    there = province([*sites, *accounts], [verdict(sites[0], "fail"), verdict(accounts[0], "fail")])
    mixed = issue(rounding={"sites.pass_rate": Rounding("truncate", 2), "accounts.pass_rate": Rounding("half_up", 1)})
    circular = issued(there, how=mixed)
    assert (printed(circular)["sites.pass_rate"], printed(circular)["accounts.pass_rate"]) == ("88.88%", "85.7%")
    assert not any("舍入" in warning for warning in circular.warnings), "85.7 is both rounded and cut off"
    both = issue(rounding={"sites.pass_rate": Rounding("truncate", 2), "accounts.pass_rate": Rounding("half_up", 0)})
    assert any("两种舍入方式" in warning for warning in issued(there, how=both).warnings)


def test_failures_that_no_annex_names_are_warned_of() -> None:
    circular = issued(province([PORTAL, POLICE], [verdict(PORTAL, "fail")]), "yichun-quarterly")
    assert "1 个不合格网站未在任何附件中列名" in circular.warnings


def test_a_spot_check_that_looked_at_everything_is_warned_of() -> None:
    circular = issued(province([POLICE], [verdict(POLICE, "fail")]), "lincang-quarterly")
    assert any("称抽查，而检查比例是 100%" in warning for warning in circular.warnings)


def test_a_problem_without_words_is_printed_by_its_key_and_warned_of() -> None:
    there = province([PORTAL], [verdict(PORTAL, "fail", problem="quantum_leak")])
    circular = issued(there)
    assert rows(circular, "网站名单")[0][-1] == "quantum_leak"
    assert any("quantum_leak" in warning and "words" in warning for warning in circular.warnings)
    worded = issued(
        province([PORTAL], [verdict(PORTAL, "fail", problem="quantum_leak")]), how=issue(words={"quantum_leak": "泄漏"})
    )
    assert not any("quantum_leak" in warning for warning in worded.warnings)


def test_a_warning_stands_once() -> None:
    circular = issued(province([PORTAL]), how=issue(issued=dt.date(2031, 6, 1), annexes={}))
    assert len(circular.warnings) == len(set(circular.warnings)) == 1


def test_charts_show_what_passed_and_what_the_problems_were() -> None:
    circular = issued(province([PORTAL, COUNTY, POLICE], [verdict(COUNTY, "fail"), by_hand(POLICE, "未及时注销")]))
    passed, problems = circular.charts
    assert passed.bars == (("政府网站", 1, 2), ("政务新媒体", 0, 1))
    assert sorted(problems.bars) == [("多个栏目长期不更新", 1, 1), ("未及时注销", 1, 1)]


def test_an_empty_register_and_no_verdict_make_a_circular_without_figures() -> None:
    circular = issued(stand([], [], None))
    assert not circular.statistics
    assert not circular.annexes


def test_a_whole_month_of_a_county_is_printed() -> None:
    county = site("7101210001", "云溪县人民政府", "县级门户", "云溪县")
    parts = [
        section(f"7101210001-{n:02}", f"局{n}平台", unit=f"云溪县局{n}", short=f"县局{n}", parent=county.code) for n in range(4)
    ]
    stale = [verdict(parts[2], "fail", detail=(late(parts[2], days=8),))]
    seen = verdict(county, "pass", "columns", rule_kind="note", numerator=0, coverage=Coverage(12, 12))
    counted = [seen, verdict(county, "pass", "items", rule_kind="note", numerator=31)]
    there = province([county, *parts], stale, counted, columns(county, 12))
    body = text(issued(there, "gaoxian-monthly"))
    assert "政府网站共有栏目12个，对栏目更新情况进行了检查（检查比例100%），合格率为100%。本月政府网站公开信息31条。" in body
    assert "对4个县级部门的政府信息公开平台进行检查，检测时间点内县局2存在逾期更新现象。" in body
