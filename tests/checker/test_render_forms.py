"""Every shipped form of one rich province, in every format: the same cells everywhere."""

import io
import json
from functools import cache

import pytest
from docx import Document

from checker.circular import Circular, shipped_forms
from checker.circular.cells import Entry, Voice, cell
from checker.circular.words import Words, vocabulary
from checker.render import RENDERERS
from register.inputs import Inputs, MessageFigures, Ranked, Stated
from tests.checker.circulars import EARLIER, account, by_hand, columns, issue, issued, late, province, section, site, verdict
from tests.checker.test_render import read_csv, read_page, read_xlsx

CITY = "市（州）政府门户网站"
SITES = [
    site("5100000001", "澜省人民政府", "省级门户", "澜省"),
    site("5101000001", "甲市人民政府", "市级门户", "成都市"),
    site("5101000002", "甲市林业局", "市级部门", "成都市", unit="甲市林业局", short="市林业局"),
    site("5103210001", "乙县人民政府", "县级门户", "自贡市", unit="乙县政府办"),
]
PART = section("5103210001-1", "乙县民政局公开专栏", unit="乙县民政局", short="县民政局", parent="5103210001")
ACCOUNTS = [
    account("w1", "甲市发布", "微信订阅号", "市级门户", region="成都市", unit="甲市政府办", short="市府办"),
    account("w2", "乙县公安", "新浪微博", "县级部门", region="自贡市", unit="乙县公安局"),
    account("w3", "乙县教育", "微信服务号", "县级部门", region="自贡市", unit="乙县教育局"),
]


@cache
def printed(form: str) -> Circular:
    part = type(PART)(**{name: getattr(PART, name) for name in PART.__struct_fields__} | {"region": "自贡市"})
    subjects = [*SITES, part, *ACCOUNTS]
    failing = [
        verdict(SITES[2], "fail", detail=(late(SITES[2]),)),
        verdict(part, "fail", detail=(late(part, month_items_exact=False),)),
        verdict(ACCOUNTS[1], "fail"),
        by_hand(ACCOUNTS[2], "未及时注销"),
    ]
    others = [verdict(s, "pass", "columns", rule_kind="note", numerator=0) for s in SITES]
    tiers = [("甲市", "第一梯队"), ("乙市", "第一梯队"), ("丙市", "第一梯队"), ("丁市", "第二梯队")]
    tables = Inputs(
        figures=(
            MessageFigures("m", "letters", received=3, closed_on_time=3),
            MessageFigures("m", "found_errors", received=2, closed=2),
        ),
        ranked=tuple(Ranked("r", CITY, name, tier) for name, tier in tiers),
    )
    before = [verdict(s, "fail" if s is SITES[3] else "pass", T=EARLIER) for s in subjects]
    there = province(subjects, failing, others, columns(SITES[3], 12))
    return issued(there, form, issue(issuer="省府办"), inputs=tables, previous=before)


def cells(circular: Circular) -> set[str]:
    return {text for annex in circular.annexes for row in annex.rows for text in row.cells if text}


@pytest.mark.parametrize("form", shipped_forms())
def test_a_shipped_form_prints_its_annexes(form: str) -> None:
    circular = printed(form)
    assert circular.annexes
    assert all(len(row.cells) in (1, annex.width) or annex.layout == "slip" for annex in circular.annexes for row in annex.rows)
    assert not any("表样没有" in warning for warning in circular.warnings)


@pytest.mark.parametrize("form", shipped_forms())
def test_the_sentences_of_a_shipped_form_are_whole(form: str) -> None:
    for paragraph in printed(form).paragraphs:
        assert paragraph.text.strip()
        assert not set("{}[]|") & set(paragraph.text)
        assert not any(pair in paragraph.text for pair in ("，，", "，。", "、。", "：。", "（）", "、、"))
        assert paragraph.kind == "heading" or paragraph.text.endswith("。")


@pytest.mark.parametrize("form", shipped_forms())
def test_the_page_has_every_cell(form: str) -> None:
    page, _ = read_page(printed(form))
    told = "".join(page.text)
    assert not {text for text in cells(printed(form)) if text.replace("\n", "") not in told}


@pytest.mark.parametrize("form", shipped_forms())
def test_the_workbook_has_every_cell(form: str) -> None:
    found = {
        str(int(cell)) if isinstance(cell, float) else str(cell)
        for rows in read_xlsx(printed(form)).values()
        for row in rows
        for cell in row
    }
    assert cells(printed(form)) <= found


@pytest.mark.parametrize("form", shipped_forms())
def test_the_document_has_every_cell(form: str) -> None:
    document = Document(io.BytesIO(RENDERERS[".docx"](printed(form))))
    found = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert cells(printed(form)) <= found


@pytest.mark.parametrize("form", shipped_forms())
def test_the_csv_has_every_row(form: str) -> None:
    lines = read_csv(printed(form))
    assert all(list(row.cells) in lines for annex in printed(form).annexes for row in annex.rows)


@pytest.mark.parametrize("form", shipped_forms())
def test_the_json_is_the_tables_themselves(form: str) -> None:
    got = json.loads(RENDERERS[".json"](printed(form)))
    for annex, there in zip(printed(form).annexes, got["annexes"], strict=True):
        assert there["rows"] == [list(row.cells) for row in annex.rows]
        assert there["header"] == [list(row) for row in annex.header]
        assert there["kinds"] == [row.kind for row in annex.rows]
    assert {key: figure["value"] for key, figure in got["statistics"].items()} == {
        f.key: f.value for f in printed(form).statistics
    }


def test_a_figure_stated_twice_takes_the_later_and_says_so() -> None:
    tables = Inputs(
        figures=(MessageFigures("m.csv line 2", "letters", received=3, on_time_rate=99.0),),
        stated=(Stated("s.csv line 2", "letters.received", 4),),
    )
    circular = issued(province([SITES[1]]), inputs=tables)
    assert {f.key: f.value for f in circular.statistics}["letters.received"] == 4
    assert "letters.received：s.csv line 2 填 4，与 m.csv line 2 的 3 不一致，取前者" in circular.warnings


@pytest.mark.parametrize("value", ["column", "category", "month_items", "overdue", "newest", "newest_day", "note", "period"])
def test_a_cell_of_what_is_not_known_is_empty(value: str) -> None:
    voice = Voice(Words(vocabulary(), {}, {}), issue())
    assert cell(value, Entry(SITES[0], ()), 1, voice) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("level", "省级门户"),
        ("code", "5100000001"),
        ("unit", "澜省人民政府"),
        ("first_detected", "2031年4月2日"),
        ("region", "澜省"),
    ],
)
def test_a_form_may_ask_for_more_of_a_subject(value: str, said: str) -> None:
    voice = Voice(Words(vocabulary(), {}, {}), issue())
    found = (verdict(SITES[0], "fail", first_detected="2031-04-02T08:00:00.000+08:00"),)
    assert cell(value, Entry(SITES[0], found), 1, voice) == said  # type: ignore[arg-type]
