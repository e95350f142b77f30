"""Annex forms of circulars.md §2: failing sites and accounts, late columns, figures by region, tiers, the slip."""

import datetime as dt
from pathlib import Path

import pytest
from msgspec.structs import replace

from checker.circular import CircularRefused
from checker.circular.issue import AnnexWords, Order
from checker.circular.model import EMPTY, TICKED, Slip
from checker.verdict import Detail
from register.inputs import Inputs, Ranked
from tests.checker.circulars import (
    EARLIER,
    account,
    by_hand,
    home,
    issue,
    issued,
    late,
    province,
    rows,
    section,
    site,
    toml,
    verdict,
)

PORTAL = site("7101000001", "澜州市人民政府", "市级门户")
COUNTY = site("7101210001", "云溪县人民政府", "县级门户", "云溪县", unit="云溪县人民政府办公室")
HEALTH = site("7101000007", "澜州市卫生健康委员会", unit="澜州市卫生健康委员会", short="市卫健委")
POLICE = account("w1", "澜州公安", "微信视频号", unit="澜州市公安局", short="市公安局")
SCHOOL = account("w2", "云溪教育", "微信服务号", "县级部门", region="云溪县", unit="云溪县教育局")
DAILY = account("w3", "澜州发布", "新浪微博", "市级门户", unit="澜州市人民政府办公室", short="市政府办")


def test_site_form_a_names_the_county_or_the_units_short_form() -> None:
    there = province(
        [PORTAL, COUNTY, HEALTH], [verdict(COUNTY, "fail"), verdict(HEALTH, "fail", "W4c", problem="columns_blank")]
    )
    circular = issued(there)
    assert circular.annexes[0].header == (("序号", "所属地区或部门", "网站名称", "存在的突出问题"),)
    assert rows(circular, "政府网站名单") == [
        ("1", "市卫健委", "澜州市卫生健康委员会", "多个栏目为空白"),
        ("2", "云溪县", "云溪县人民政府", "多个栏目长期不更新"),
    ]


def test_account_form_a_has_the_type() -> None:
    circular = issued(province([POLICE, DAILY], [verdict(POLICE, "fail", problem="account_stale")]), "yibin-quarterly")
    assert rows(circular, "新媒体名单") == [("1", "市公安局", "澜州公安", "微信视频号", "监测时间点内2周未更新")]


def test_account_form_b_has_a_group_row_for_each_platform_and_numbers_on() -> None:
    other = account("w0", "石桥发布", "微信订阅号", "县级门户", region="石桥区")
    there = province([other, SCHOOL, DAILY], [verdict(a, "fail") for a in (other, SCHOOL, DAILY)])
    circular = issued(there, "lincang-quarterly", issue(order=Order(regions=("石桥区", "云溪县"))))
    assert rows(circular, "政务新媒体名单") == [
        ("微信公众号",) * 4,
        ("1", "石桥区", "石桥发布", "内容长期不更新"),
        ("2", "云溪县", "云溪教育", "内容长期不更新"),
        ("新浪微博",) * 4,
        ("3", "市政府办", "澜州发布", "内容长期不更新"),
    ]
    (annex,) = circular.annexes
    assert [row.kind for row in annex.rows] == ["group", "row", "row", "group", "row"]


def test_account_form_c_has_the_unit_in_full_and_the_address() -> None:
    circular = issued(province([SCHOOL], [verdict(SCHOOL, "fail")]), "yichun-quarterly")
    assert rows(circular, "监测情况") == [("1", "云溪县教育局", "微信服务号", "云溪教育", home(SCHOOL).url, "两周未更新")]


def test_account_form_d_has_the_day_of_the_last_update_without_a_year() -> None:
    silent = verdict(SCHOOL, "fail", detail=(Detail(target="w2", newest="2031-05-07T08:00:00+08:00"),))
    circular = issued(province([SCHOOL], [silent]), "county-spot")
    assert rows(circular, "更新情况") == [("微信服务号", "云溪教育", "云溪县教育局", "2周未更新", "5月7日")]


def test_account_form_e_lists_by_problem_with_its_count() -> None:
    bad = [verdict(POLICE, "fail"), verdict(SCHOOL, "fail"), by_hand(DAILY, "未及时注销")]
    circular = issued(province([POLICE, SCHOOL, DAILY], bad), "by-problem")
    assert rows(circular, "新媒体名单") == [
        ("2周未更新（2个）",),
        ("1.澜州公安（微信视频号）",),
        ("2.云溪教育（微信服务号）",),
        ("未及时注销（1个）",),
        ("1.澜州发布（新浪微博）",),
    ]


def test_regions_follow_the_register_where_the_office_gives_no_order() -> None:
    far = site("7101990001", "飞来县人民政府", "县级门户", "飞来县")
    names = [
        account("x1", "飞来发布", region="飞来县", level="县级门户"),
        account("x2", "云溪发布", region="云溪县", level="县级门户"),
    ]
    circular = issued(province([COUNTY, far, *names], [verdict(a, "fail") for a in names]), "by-problem")
    assert [row[0] for row in rows(circular, "新媒体名单")][1:] == ["1.云溪发布（微信订阅号）", "2.飞来发布（微信订阅号）"]


def test_site_forms_c_and_d_put_names_in_quotation_marks() -> None:
    there = province([COUNTY], [verdict(COUNTY, "fail")])
    assert rows(issued(there, "by-problem"), "网站名单")[0][2] == "“云溪县人民政府”"
    assert rows(issued(there, "county-spot"), "汇总表")[0][2] == "“云溪县人民政府”网"


def test_a_finding_made_by_hand_is_printed_in_the_offices_words() -> None:
    circular = issued(province([POLICE], [by_hand(POLICE, "缺少互动菜单")]))
    assert rows(circular, "新媒体名单")[0][-1] == "缺少互动菜单"


def test_the_day_of_a_finding_made_by_hand_is_no_day_of_an_update() -> None:
    assert rows(issued(province([SCHOOL], [by_hand(SCHOOL, "未及时注销")]), "county-spot"), "更新情况")[0][-1] == ""


def test_what_was_read_on_a_page_is_never_printed_as_a_problem() -> None:
    read = verdict(POLICE, "fail", decided_by="manual", detail=(Detail(target="w1", text="某条公告的标题"),))
    assert rows(issued(province([POLICE], [read])), "新媒体名单")[0][-1] == "2周未更新"


def test_several_problems_of_a_subject_stand_in_one_cell_each_once() -> None:
    failing = [
        verdict(COUNTY, "fail", rule, problem=p) for rule, p in (("W4b", "columns_long_stale"), ("W5", "messages_overdue"))
    ]
    circular = issued(province([COUNTY], failing))
    assert rows(circular, "网站名单")[0][-1] == "多个栏目长期不更新、留言未及时办理"


def test_the_issue_words_a_problem_over_the_form_and_the_form_over_the_vocabulary() -> None:
    there = province([POLICE], [verdict(POLICE, "fail")])
    assert rows(issued(there, "lincang-quarterly"), "名单")[1][-1] == "内容长期不更新"
    worded = issue(words={"account_stale": "停更"})
    assert rows(issued(there, "lincang-quarterly", worded), "名单")[1][-1] == "停更"


def test_a_verdict_without_a_problem_is_worded_by_its_rule() -> None:
    assert rows(issued(province([COUNTY], [verdict(COUNTY, "fail", "W3")])), "网站名单")[0][-1] == "首页面长时间未更新"


def test_a_region_is_printed_as_the_issue_calls_it() -> None:
    there = province([COUNTY], [verdict(COUNTY, "fail")])
    assert rows(issued(there, how=issue(names={"云溪县": "云溪自治县"})), "网站名单")[0][1] == "云溪自治县"


def test_an_annex_without_rows_is_left_out_and_the_others_are_numbered_on() -> None:
    circular = issued(province([PORTAL, POLICE], [verdict(POLICE, "fail")]))
    assert [(annex.number, annex.title) for annex in circular.annexes] == [
        (1, "存在突出问题的政务新媒体名单"),
        (2, "工作整改反馈单"),
    ]


def test_an_only_annex_has_no_number() -> None:
    (annex,) = issued(province([POLICE], [verdict(POLICE, "fail")]), "yichun-quarterly").annexes
    assert annex.number is None


def test_notes_bear_the_times_and_one_without_its_time_is_left_out() -> None:
    there = province([PORTAL, POLICE], [verdict(POLICE, "fail")])
    assert issued(there).annexes[0].notes_above == ()
    dated = issue(recheck=dt.date(2031, 6, 25))
    assert issued(there, how=dated).annexes[0].notes_above == ("注：复核截止时间2031年6月25日。",)


def test_the_issue_renames_an_annex_and_its_notes() -> None:
    there = province([PORTAL, POLICE], [verdict(POLICE, "fail")])
    own = AnnexWords(title="{period}问题账号", listed="问题账号清单", notes_below=("以上账号限期整改。",))
    circular = issued(there, how=issue(annexes={"accounts": own}))
    annex = circular.annexes[0]
    assert (annex.title, annex.listed, annex.notes_below) == ("2031年第二季度问题账号", "问题账号清单", ("以上账号限期整改。",))
    assert any("附件目录作“问题账号清单”" in warning for warning in circular.warnings)


OFFICE = section("7101000001-01", "县林业局信息公开平台", unit="云溪县林业局", short="县林业局")
TOWN = section("7101000001-40", "柳河镇信息公开平台", "乡镇", unit="云溪县柳河镇人民政府", short="柳河镇")


def test_late_columns_have_their_items_address_and_days() -> None:
    stale = [verdict(TOWN, "fail", detail=(late(TOWN, days=3),)), verdict(OFFICE, "fail", detail=(late(OFFICE, days=12),))]
    circular = issued(province([PORTAL, OFFICE, TOWN], stale), "gaoxian-monthly")
    assert circular.annexes[0].header == (("序号", "责任单位", "栏目名称", "月更新篇数", "访问网址", "备注"),)
    assert rows(circular, "典型问题") == [
        ("1", "县林业局", "工作动态", "2", "http://7101000001-01.lanzhou-shi.test/gzdt/", "逾期12日"),
        ("2", "柳河镇", "工作动态", "2", "http://7101000001-40.lanzhou-shi.test/gzdt/", "逾期3日"),
    ]


def test_items_are_printed_as_at_least_where_the_page_does_not_reach_back() -> None:
    stale = verdict(TOWN, "fail", detail=(late(TOWN, month_items=20, month_items_exact=False),))
    assert rows(issued(province([PORTAL, TOWN], [stale]), "gaoxian-monthly"), "典型问题")[0][3] == "≥20"


def test_a_column_that_several_rules_list_stands_once() -> None:
    detail = (late(TOWN),)
    stale = [verdict(TOWN, "fail", detail=detail), verdict(TOWN, "fail", "W4b", detail=detail)]
    noted = [verdict(TOWN, "fail", "columns", rule_kind="note", detail=detail)]
    assert len(rows(issued(province([PORTAL, TOWN], stale, noted), "gaoxian-monthly"), "典型问题")) == 1


def test_columns_of_a_unit_keep_together_the_latest_first() -> None:
    offices = [site(f"71010000{n}", f"局{n}", short=f"市局{n}") for n in (31, 32)]
    days = ((offices[0], 4, "甲"), (offices[1], 9, "乙"), (offices[0], 30, "丙"))
    noted = [
        verdict(s, "fail", f"columns{n}", rule_kind="note", detail=(late(s, name, n, target=f"{s.code}/{n}"),))
        for s, n, name in days
    ]
    found = rows(issued(province(offices, others=noted), "county-spot"), "栏目更新不及时")
    assert [(row[1], row[2]) for row in found] == [("市局31", "丙"), ("市局31", "甲"), ("市局32", "乙")]


def test_a_blank_column_has_no_days() -> None:
    blank = Detail(target=f"{TOWN.code}/x", name="规划计划", note="blank", url="http://x.test/")
    stale = verdict(TOWN, "fail", "W4c", detail=(blank,))
    assert rows(issued(province([PORTAL, TOWN], [stale]), "gaoxian-monthly"), "典型问题")[0][-1] == "空白栏目"


def test_what_a_rule_could_not_decide_lists_no_column() -> None:
    there = province([PORTAL, TOWN], others=[verdict(TOWN, "undetermined", "columns", rule_kind="note", detail=(late(TOWN),))])
    assert not rows(issued(there, "gaoxian-monthly"), "典型问题")


def test_columns_of_sites_are_listed_where_the_form_says_so() -> None:
    noted = [verdict(HEALTH, "fail", "columns", rule_kind="note", detail=(late(HEALTH, days=n),)) for n in (4,)]
    circular = issued(province([HEALTH], others=noted), "county-spot")
    assert rows(circular, "栏目更新不及时")[0][1:3] == ("市卫健委", "工作动态")


REGIONS = """
name = "own"
[[body]]
text = ["全市网站{sites.total}家。"]
[[annexes]]
name = "regions"
layout = "regions"
title = "检查情况"
header = ["单位"]
total = "合计"
counted = [
  { header = ["网站", "总数"], of = "sites" },
  { header = ["网站", "门户"], of = "sites", levels = ["县级门户"], part = true },
  { header = ["网站", "部门"], of = "sites", levels = ["县级部门"], part = true },
  { header = ["新媒体", "总数"], of = "accounts" },
  { header = ["新媒体", "问题数"], of = "accounts", measure = "failing" },
]
rows = [
  { label = "石桥", regions = ["石桥区"], codes = ["710122"] },
  { label = "云溪", regions = ["云溪县", "云溪"], codes = ["710121"] },
  { label = "市直", levels = ["市级门户", "市级部门"], dashes = [2, 3] },
]
"""


def regional(path: Path, there: object) -> list[tuple[str, ...]]:
    form = toml(path, REGIONS)
    return rows(issued(there, str(form)), "检查情况")  # type: ignore[arg-type]


BRIDGE = site("7101220001", "石桥区人民政府", "县级门户", "石桥区")
FOREST = site("7101210015", "云溪县林业局", "县级部门", "柳河镇")


def test_figures_by_region_have_dashes_a_total_and_a_two_level_header(tmp_path: Path) -> None:
    there = province([PORTAL, BRIDGE, COUNTY, FOREST, SCHOOL, DAILY], [verdict(SCHOOL, "fail")])
    circular = issued(there, str(toml(tmp_path, REGIONS)))
    assert circular.annexes[0].header == (
        ("单位", "网站", "网站", "网站", "新媒体", "新媒体"),
        ("单位", "总数", "门户", "部门", "总数", "问题数"),
    )
    assert rows(circular, "检查情况") == [
        ("石桥", "1", "1", "0", "0", "0"),
        ("云溪", "2", "1", "1", "1", "1"),
        ("市直", "1", "—", "—", "1", "0"),
        ("合计", "4", "2", "1", "2", "1"),
    ]
    assert circular.annexes[0].rows[-1].kind == "total"


def test_a_site_belongs_to_the_region_of_its_code_where_its_own_is_not_named(tmp_path: Path) -> None:
    assert ("云溪", "1", "0", "1", "0", "0") in regional(tmp_path, province([FOREST]))


def test_a_section_is_counted_where_its_site_is(tmp_path: Path) -> None:
    content = REGIONS.replace('of = "accounts" }', 'of = "sections" }').replace(
        'of = "accounts", measure', 'of = "sections", measure'
    )
    part = section("S-1", "专栏", parent="7101220001")
    part = replace(part, region=None)
    circular = issued(province([BRIDGE, part]), str(toml(tmp_path, content)))
    assert rows(circular, "检查情况")[0] == ("石桥", "1", "1", "0", "1", "0")


def test_an_account_of_a_county_stands_where_the_sites_of_that_county_do(tmp_path: Path) -> None:
    rural = account("w7", "柳河发布", level="县级部门", region="柳河镇")
    assert ("云溪", "1", "0", "1", "1", "0") in regional(tmp_path, province([FOREST, rural]))


def test_an_account_whose_county_stands_in_two_regions_is_refused(tmp_path: Path) -> None:
    namesake = site("7101220077", "石桥区柳河镇某局", "县级部门", "柳河镇")
    rural = account("w7", "柳河发布", level="县级部门", region="柳河镇")
    with pytest.raises(CircularRefused, match="柳河发布"):
        regional(tmp_path, province([FOREST, namesake, rural]))


def test_a_subject_of_no_row_is_refused_by_name(tmp_path: Path) -> None:
    stray = site("7199990001", "飞来县人民政府", "县级门户", "飞来县")
    with pytest.raises(CircularRefused) as caught:
        regional(tmp_path, province([BRIDGE, stray]))
    assert any("飞来县人民政府（7199990001，飞来县）" in reason for reason in caught.value.reasons)
    assert any("总数各行之和 1 ≠ 合计 2" in reason for reason in caught.value.reasons)


def test_a_row_whose_parts_do_not_add_up_is_refused(tmp_path: Path) -> None:
    town = site("7101220044", "古渡镇人民政府", "乡镇", "石桥区")
    with pytest.raises(CircularRefused) as caught:
        regional(tmp_path, province([BRIDGE, town]))
    assert "石桥：总数 2 ≠ 1 + 0 = 1" in caught.value.reasons


def test_without_rows_each_region_of_the_register_has_one_in_the_offices_order(tmp_path: Path) -> None:
    content = REGIONS[: REGIONS.index("rows = [")]
    there = province([COUNTY, BRIDGE])
    order = issue(order=Order(regions=("石桥区",)), names={"云溪县": "云溪"})
    assert [row[0] for row in rows(issued(there, str(toml(tmp_path, content)), order), "检查情况")] == [
        "石桥区",
        "云溪",
        "合计",
    ]


def ranked(table: str, *names: str, tier: str | None = None) -> list[Ranked]:
    return [Ranked(f"r.csv line {n}", table, name, tier) for n, name in enumerate(names, 2)]


CAPITAL = site("7100000001", "省政府", "省级门户")
CITY, OFFICES = "市（州）政府门户网站", "省直部门网站"


def test_tiers_print_names_abreast_and_fill_the_last_row_up() -> None:
    places = ranked(CITY, "甲市", "乙市", "丙市", tier="第一梯队") + ranked(OFFICES, "丁厅", tier="第一梯队")
    places += ranked(OFFICES, "戊厅", tier="第二梯队")
    circular = issued(
        province([site("7100000001", "省政府", "省级门户")]), "sichuan-half-year", inputs=Inputs(ranked=tuple(places))
    )
    assert rows(circular, "评估情况") == [
        ("第一梯队", CITY, "“甲市”网", "“乙市”网"),
        ("第一梯队", CITY, "“丙市”网", ""),
        ("第一梯队", OFFICES, "“丁厅”网", ""),
        ("第二梯队", OFFICES, "“戊厅”网", ""),
    ]
    assert circular.annexes[1].header == (("梯队", "网站名称", "网站名称", "网站名称"),)


def test_places_of_a_ranking_are_counted_and_a_name_that_comes_twice_is_warned_of() -> None:
    places = ranked(CITY, "甲市", "乙市", "甲市", tier="第一梯队")
    circular = issued(
        province([site("7100000001", "省政府", "省级门户")]), "sichuan-half-year", inputs=Inputs(ranked=tuple(places))
    )
    assert {f.key: f.value for f in circular.statistics}["evaluation.city_portals"] == 3
    assert any("“甲市”出现了不止一次" in warning for warning in circular.warnings)


def test_only_tiers_count_as_evaluated_sites(tmp_path: Path) -> None:
    content = """
name = "own"
[[annexes]]
name = "a"
layout = "ranking"
title = "评估"
header = ["梯队", "名称"]
tables = [{ table = "甲表", label = "甲", counts_as = "evaluation.city_portals" }]
[[annexes]]
name = "b"
layout = "units"
title = "表扬"
header = ["内容", "单位"]
tables = [{ table = "乙表", label = "乙", counts_as = "evaluation.supervision_cities" }]
"""
    places = ranked("甲表", "一市", "二市", tier="第一") + ranked("乙表", "一市")
    circular = issued(province([CAPITAL]), str(toml(tmp_path, content)), inputs=Inputs(ranked=tuple(places)))
    found = {f.key: f.value for f in circular.statistics if f.key.startswith("evaluation.")}
    assert found == {"evaluation.city_portals": 2, "evaluation.supervision_cities": 1, "evaluation.sites": 2}


def test_the_offices_own_order_of_places_holds() -> None:
    places = [Ranked("r", "监管工作总体情况较好的市（州）", name, order=n) for n, name in ((2, "乙市"), (1, "甲市"))]
    circular = issued(
        province([site("7100000001", "省政府", "省级门户")]), "sichuan-half-year", inputs=Inputs(ranked=tuple(places))
    )
    assert rows(circular, "年度监管工作") == [("监管工作总体情况较好的市（州）", "甲市、乙市")]


def test_what_became_of_the_previous_problems_is_listed_with_its_day() -> None:
    sites = [site(f"71010000{n}", f"局{n}", short=f"市局{n}") for n in (21, 22, 23, 24)]
    gone = site("7101000025", "旧局")
    now = [
        verdict(sites[0], "pass", first_detected="2031-03-01", mended="2031-05-08T09:00:00.000+08:00"),
        verdict(sites[1], "fail", first_detected="2031-03-01T00:00:00.000+08:00"),
        verdict(sites[2], "fail", first_detected="2031-05-01T00:00:00.000+08:00"),
        verdict(sites[3], "undetermined"),
    ]
    before = [verdict(one, "fail", T=EARLIER) for one in (*sites, gone)]
    circular = issued(province(sites, now), previous=before, lenient=True)
    assert [row[2:] for row in rows(circular, "整改情况")] == [
        ("局21", "多个栏目长期不更新", "已整改", "2031年5月8日"),
        ("局22", "多个栏目长期不更新", "未整改", ""),
        ("局23", "多个栏目长期不更新", "整改后再次出现", ""),
        ("局24", "多个栏目长期不更新", "未整改", ""),
        ("7101000025", "多个栏目长期不更新", "已不在名录", ""),
    ]


def test_the_slip_of_the_annex_is_blank() -> None:
    circular = issued(province([PORTAL, POLICE], [verdict(POLICE, "fail")]))
    first, second, third = rows(circular, "反馈单")
    assert first == ("单位名称（签字盖章）", "")
    assert second[0].count(EMPTY) == 18
    assert TICKED not in second[0]
    assert third == ("整改情况：",)


def ticked(slip: Slip) -> list[tuple[str, str]]:
    return [(group.name, box) for group in slip.groups for tick, box in group.boxes if tick == TICKED]


def test_each_unit_gets_a_slip_with_its_findings_ticked() -> None:
    slow = verdict(COUNTY, "fail", "W5", problem="messages_overdue")
    bad = [verdict(POLICE, "fail"), by_hand(DAILY, "存在某种新问题"), slow]
    slips = {slip.unit: slip for slip in issued(province([COUNTY, POLICE, DAILY], bad)).slips}
    ticked = {
        unit: [(g.name, box) for g in slip.groups for tick, box in g.boxes if tick == TICKED] for unit, slip in slips.items()
    }
    assert ticked == {
        "云溪县人民政府办公室": [("政府网站", "信件回复不及时")],
        "澜州市公安局": [("政务新媒体", "更新不及时")],
        "澜州市人民政府办公室": [("政务新媒体", "其他")],
    }
    assert slips["澜州市公安局"].findings == ("澜州公安（微信视频号）：2周未更新",)


def test_a_problem_worded_by_hand_ticks_the_box_that_its_words_mean() -> None:
    (slip,) = issued(province([POLICE], [by_hand(POLICE, "缺乏有效互动渠道菜单功能")])).slips
    assert ticked(slip) == [("政务新媒体", "互动不回应")]


def test_a_problem_whose_box_the_form_does_not_print_ticks_the_other_one(tmp_path: Path) -> None:
    content = """
name = "own"
extends = "yichun-quarterly"
annexes = [
  { name = "a", layout = "list", title = "名单", of = "accounts", columns = [{ header = "名称", value = "name" }] },
  { name = "b", layout = "slip", title = "反馈单", boxes = [{ name = "账号", kind = "account", boxes = ["没人管", "其他"] }] },
]
"""
    (slip,) = issued(province([POLICE], [verdict(POLICE, "fail")]), str(toml(tmp_path, content))).slips
    assert ticked(slip) == [("账号", "其他")]


def test_a_circular_that_names_nobody_has_no_slip() -> None:
    circular = issued(province([PORTAL]))
    assert not circular.slips
    assert not circular.annexes


def test_a_row_is_proved_by_its_verdicts_and_only_web_pages_are_linked() -> None:
    details = (late(COUNTY), Detail(target="x", name="坏链接", url="javascript:alert(1)", overdue_days=3))
    found = verdict(COUNTY, "fail", numerator=11, denominator=40, evidence=("a" * 32,), detail=details)
    (row,) = issued(province([COUNTY], [found])).annexes[0].rows
    (proof,) = row.proofs
    assert (proof.rule, proof.counted, proof.coverage, proof.evidence) == ("W4b", "11/40", "9/10", ("a" * 32,))
    assert [url for _, url in proof.links] == ["http://7101210001.lanzhou-shi.test/gzdt/"]
    assert any("逾期 5 日" in reading for reading in proof.readings)
