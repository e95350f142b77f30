"""The office's tables: told apart by their headers, in Chinese and English, as CSV and XLSX; every bad row located."""

import csv
import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from register import TableUnreadable
from register.inputs import (
    Decision,
    Exemption,
    Inputs,
    ManualFinding,
    Message,
    MessageFigures,
    Ranked,
    Stated,
    read_inputs,
)

ODD = (
    "5100000001",
    "=1+1",
    "2024-02-30",
    "-1",
    "1e9",
    "100%",
    "误报",
    "W4a",
    "*",
    "热线",
    "'5100000001",
    "99999999999999999999",
    "无",
)


def read(folder: Path, **tables: str) -> Inputs:
    """The inputs of CSV files; the keyword is the file's name."""
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return read_inputs(folder)


def complaints(inputs: Inputs) -> list[str]:
    return [f"{one.where} {one.field}" for one in inputs.problems if one.severity == "bad"]


def test_findings_by_hand_are_read_with_their_place(tmp_path: Path) -> None:
    text = (
        "主体标识码,指标,存在的突出问题,网址,通报表述,检查人,发现日期,整改日期\n"
        "wx01,n3,缺乏有效互动渠道,http://a.cn/1,缺乏互动,张三,2024年8月30日,\n"
        "5100000001,,错敏信息,,,,2024/8/1,20240810\n"
    )
    found = read(tmp_path, 人工=text)
    assert found.findings == (
        ManualFinding(
            "人工.csv line 2", "wx01", "N3", "fail", "缺乏有效互动渠道", None, "http://a.cn/1", "缺乏互动", "张三", "2024-08-30"
        ),
        ManualFinding("人工.csv line 3", "5100000001", None, "fail", "错敏信息", day="2024-08-01", mended="2024-08-10"),
    )
    assert not complaints(found)


def test_english_headers_are_read_as_well(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        manual="subject code,rule,problem,found on,result\nwx01,N3,no reply,2024-08-30,fail\nwx02,N3,,2024-08-30,passed\n",
        decisions="subject,rule,ruling,reason,author\nwx01,N2,false alarm,checked,Li\n",
        exemptions="subject,rule,exemption reason,author,since,until\ns1,W3,rebuilt,Li,2024-01-01,2024-12-31\n",
        messages="subject,received on,answered on,valid\ns1,2024-01-01,,yes\n",
        figures="channel,subject,received,overdue count\nreplies,s1,119,2\n",
        stated="statistic key,value\narticles.site,548\n",
        ranking="ranking table,tier,name\nportals,first,示例网\n",
    )
    assert not complaints(found)
    assert [one.result for one in found.findings] == ["fail", "pass"]
    assert found.decisions == (Decision("decisions.csv line 2", "wx01", "N2", "false_alarm", "checked", "Li"),)
    assert found.exemptions == (
        Exemption("exemptions.csv line 2", "s1", "rebuilt", "Li", None, "W3", "2024-01-01", "2024-12-31"),
    )
    assert found.messages == (Message("messages.csv line 2", "s1", "2024-01-01"),)
    assert found.figures == (MessageFigures("figures.csv line 2", "replies", "s1", received=119, overdue=2),)
    assert found.stated == (Stated("stated.csv line 2", "articles.site", 548),)
    assert found.ranked == (Ranked("ranking.csv line 2", "portals", "示例网", "first"),)
    assert found.tables == ("decisions", "exemptions", "figures", "findings", "messages", "ranked", "stated")


def test_figures_by_kind_and_unit_are_read_with_counts_and_rates(tmp_path: Path) -> None:
    text = (
        "渠道,类别,单位,收到件数,按时办结件数,按时办结率,群众满意率,涉及单位数\n"
        "县长信箱,,,5件,5,100%,98.5％,4\n"
        "县长信箱,咨询类,,3,,,,\n"
        '宜宾市12345政务服务便民热线,求助,,"1,868",,,,\n'
        "麻辣社区,,县民政局,2,,,,\n"
        "我为政府网站找错,,,4,4,1,,\n"
    )
    found = read(tmp_path, 办理情况=text)
    assert not complaints(found)
    assert [(one.channel, one.kind, one.unit, one.received) for one in found.figures] == [
        ("letters", None, None, 5),
        ("letters", "consultation", None, 3),
        ("hotline", "help", None, 1868),
        ("forum", None, "县民政局", 2),
        ("found_errors", None, None, 4),
    ]
    first, last = found.figures[0], found.figures[-1]
    assert (first.on_time_rate, first.satisfaction_rate, first.units, first.closed_on_time) == (100.0, 98.5, 4, 5)
    assert last.on_time_rate == 100.0
    assert any("a share, read as 100 %" in one.reason for one in found.problems)


def test_a_workbook_with_a_sheet_for_each_table_is_read_with_real_dates(tmp_path: Path) -> None:
    path = tmp_path / "tables.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("人工发现")
        sheet.write_row(0, 0, ["主体标识码", "指标", "存在的突出问题", "发现日期"])
        sheet.write_row(1, 0, ["5100000001", "W1", "错敏信息"])
        sheet.write_datetime(1, 3, dt.datetime(2024, 8, 30), day)
        sheet = book.add_worksheet("核减")
        sheet.write_row(0, 0, ["主体标识码", "指标", "认定结果", "原因", "认定人"])
        sheet.write_row(1, 0, ["全部", "W2", "合格", "另有监测", "李四"])
    found = read_inputs(path)
    assert found.findings[0].day == "2024-08-30"
    assert found.findings[0].where == "tables.xlsx [人工发现] line 2"
    assert (found.decisions[0].subject, found.decisions[0].ruling) == ("*", "pass")


def test_an_empty_table_is_known_to_have_been_handed_in(tmp_path: Path) -> None:
    found = read(tmp_path, 人工="主体标识码,指标,存在的突出问题,发现日期\n")
    assert (found.findings, found.tables) == ((), ("findings",))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("人工", "主体标识码,指标,存在的突出问题,发现日期\n,W1,错敏,\n", "人工.csv line 2 主体标识码"),
        ("人工", "主体标识码,指标,存在的突出问题,发现日期\ns,,,\n", "人工.csv line 2 问题"),
        ("人工", "主体标识码,指标,存在的突出问题,发现日期\ns,W1,错敏,2024-02-30\n", "人工.csv line 2 发现日期"),
        ("人工", "主体标识码,指标,存在的突出问题,结果\ns,W1,错敏,也许\n", "人工.csv line 2 检查结果"),
        ("核减", "主体标识码,指标,认定结果,原因,认定人\ns,W1,再议,r,a\n", "核减.csv line 2 认定结果"),
        ("核减", "主体标识码,指标,认定结果,原因,认定人\ns,W1,误报,,a\n", "核减.csv line 2 原因"),
        ("核减", "主体标识码,指标,认定结果,原因,认定人\ns,W1,误报,r,\n", "核减.csv line 2 认定人"),
        ("核减", "主体标识码,指标,认定结果,原因,认定人\ns,,误报,r,a\n", "核减.csv line 2 指标"),
        ("豁免", "主体标识码,豁免原因,认定人,起始日期,截止日期\ns,r,a,2024-09-01,2024-08-01\n", "豁免.csv line 2 截止日期"),
        ("办理", "渠道,收到件数\n飞鸽,3\n", "办理.csv line 2 渠道"),
        ("办理", "渠道,收到件数\n热线,三十\n", "办理.csv line 2 收到"),
        ("办理", "渠道,收到件数,办结率\n热线,3,120%\n", "办理.csv line 2 办结率"),
        ("办理", "渠道,收到件数\n热线,\n", "办理.csv line 2 收到"),
        ("留言明细", "主体标识码,收到日期,答复日期\ns,2024-08-02,2024-08-01\n", "留言明细.csv line 2 答复日期"),
        ("留言明细", "主体标识码,收到日期,答复日期\ns,,\n", "留言明细.csv line 2 收到日期"),
        ("填报", "指标键,数值\narticles.site,\n", "填报.csv line 2 数值"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_located(tmp_path: Path, name: str, text: str, expected: str) -> None:
    found = read(tmp_path, **{name: text})
    assert complaints(found) == [expected]
    assert all(one.mend for one in found.problems if one.severity == "bad")
    rows = (found.findings, found.figures, found.messages, found.exemptions, found.decisions, found.stated, found.ranked)
    assert not any(rows)


def test_more_closed_than_received_is_worth_a_note(tmp_path: Path) -> None:
    found = read(tmp_path, 办理="渠道,收到件数,办结件数\n热线,3,4\n")
    assert found.figures[0].closed == 4
    assert [one.severity for one in found.problems] == ["note"]


def test_a_code_whose_zeros_a_spreadsheet_dropped_is_mended(tmp_path: Path) -> None:
    found = read(tmp_path, 人工="网站标识码,指标,存在的突出问题,发现日期\n510000001,W1,错敏,2024-08-01\n")
    assert found.findings[0].subject == "0510000001"
    assert [one.severity for one in found.problems] == ["mended"]


def test_stated_values_are_numbers_where_they_are_and_texts_where_they_are_not(tmp_path: Path) -> None:
    found = read(tmp_path, 填报='指标键,数值,打印为\na,548,\nb,17.2%,\nc,"7,600",7600余\nd,约五成,\n')
    assert [(one.value, one.printed) for one in found.stated] == [(548, None), (17.2, None), (7600, "7600余"), ("约五成", None)]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01" * 40, b"%PDF-1.7", "甲,乙\n1,2\n".encode()])
def test_a_file_that_is_no_table_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(TableUnreadable, match=r"\S+"):
        read_inputs(path)


HEADERS = (
    "主体标识码,指标,存在的突出问题,发现日期,整改日期,检查结果",
    "主体标识码,指标,认定结果,原因,认定人,日期",
    "主体标识码,指标,豁免原因,认定人,起始日期,截止日期",
    "渠道,网站标识码,类别,收到件数,逾期件数,按期办结率",
    "主体标识码,留言编号,收到日期,答复日期,有效留言,类别",
    "指标键,数值,打印为,a,b,c",
    "表名,梯队,名次,名称,主体标识码,b",
)


@given(
    st.sampled_from(HEADERS), st.lists(st.lists(st.one_of(st.text(max_size=12), st.sampled_from(ODD)), max_size=7), max_size=4)
)
def test_no_cells_make_reading_fail_and_every_row_is_read_or_complained_of(
    tmp_path_factory: pytest.TempPathFactory, header: str, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.csv"
    with path.open("w", encoding="utf-8", newline="", errors="surrogatepass") as file:
        file.write(header + "\n")
        try:
            csv.writer(file).writerows(rows)
        except csv.Error:
            return
    try:
        found = read_inputs(path)
    except TableUnreadable as error:
        assert str(error)
        return
    read = sum(
        len(getattr(found, kind)) for kind in ("findings", "figures", "messages", "exemptions", "decisions", "stated", "ranked")
    )
    assert read <= len(rows) * 2
    assert all(
        one.where.startswith("x.csv line ") for kind in (found.findings, found.decisions, found.messages) for one in kind
    )


def test_the_digest_changes_with_the_tables(tmp_path: Path) -> None:
    first = read(tmp_path, 办理="渠道,收到件数\n热线,3\n").digest
    assert read(tmp_path, 办理="渠道,收到件数\n热线,4\n").digest != first
