"""The document's layout by GB/T 9704—2012, as its XML says it."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from lxml import etree
from msgspec.structs import replace

from checker.circular import Circular
from checker.circular.model import Annex, Row
from checker.render import RENDERERS, render_slip
from register.inputs import Inputs, Ranked
from tests.checker.circulars import account, issue, issued, province, site, verdict
from tests.checker.test_render import HOSTILE, hostile, whole

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(circular: Circular) -> Any:
    return Document(io.BytesIO(RENDERERS[".docx"](circular)))


def paragraph(document: Any, begins: str) -> Any:
    return next(p for p in document.paragraphs if p.text.startswith(begins))


def face(one: Any) -> tuple[str, float]:
    run = one.runs[0]
    return run._element.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_page_is_a4_with_the_margins_of_the_standard() -> None:
    (section,) = opened(whole()).sections
    assert [round(side / Mm(1)) for side in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side / Mm(1)) for side in margins] == [37, 35, 28, 26]


def test_the_grid_has_twenty_two_lines_of_twenty_eight_points() -> None:
    grid = opened(whole()).sections[0]._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "560")
    assert int((297 - 37 - 35) / 25.4 * 72 / 28) == 22


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        ("澜州市关于", ("方正小标宋简体", 22)),
        ("一、", ("黑体", 16)),
        ("（一）", ("楷体_GB2312", 16)),
        ("正常运行", ("仿宋_GB2312", 16)),
        ("附件：", ("仿宋_GB2312", 16)),
        ("附件1", ("黑体", 16)),
        ("存在突出问题的政府网站名单", ("方正小标宋简体", 22)),
    ],
)
def test_each_part_has_its_face_and_size(begins: str, kind: tuple[str, float]) -> None:
    assert face(paragraph(opened(whole()), begins)) == kind


def test_the_body_stands_on_its_pitch_two_characters_in() -> None:
    body = paragraph(opened(whole()), "正常运行")
    assert body.paragraph_format.line_spacing == Pt(28)
    assert body.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_the_title_and_the_number_stand_in_the_middle() -> None:
    document = opened(whole())
    assert all(paragraph(document, begins).alignment == WD_ALIGN_PARAGRAPH.CENTER for begins in ("澜州市关于", "澜政办"))


def test_page_numbers_stand_outside_below_between_dashes() -> None:
    document = opened(whole())
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    for folio in (odd, even):
        assert folio.text == "—  —"
        assert [node.text.strip() for node in folio._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert face(folio) == ("宋体", 14)


def test_annexes_are_listed_and_begin_a_page_each() -> None:
    document = opened(whole())
    texts = [p.text for p in document.paragraphs]
    assert texts[texts.index("附件：1．存在突出问题的政府网站名单") + 1] == "2．存在突出问题的政务新媒体名单"
    begins = [p for p in document.paragraphs if p.text in ("附件1", "附件2", "附件3")]
    assert [p.paragraph_format.page_break_before for p in begins] == [True, True, True]


def test_the_issuer_and_the_day_stand_to_the_right_and_stay_with_each_other() -> None:
    document = opened(whole())
    issuer, day = (next(p for p in document.paragraphs if p.text == text) for text in ("澜州市人民政府办公室", "2031年7月2日"))
    assert (issuer.alignment, day.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.RIGHT)
    assert issuer.paragraph_format.keep_with_next


def test_a_table_repeats_its_header_and_keeps_its_rows_whole() -> None:
    table = opened(whole()).tables[0]
    first, second = table.rows
    assert [cell.text for cell in second.cells] == ["1", "市卫健委", "澜州市卫生健康委员会", "多个栏目长期不更新"]
    assert first._tr.trPr.find(qn("w:tblHeader")) is not None
    assert second._tr.trPr.find(qn("w:tblHeader")) is None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_columns_share_the_width_of_the_text_block() -> None:
    for table in opened(whole()).tables:
        assert sum(column.width for column in table.columns) / Mm(1) == pytest.approx(156, abs=1)


def test_a_group_row_covers_the_table() -> None:
    accounts = [account("w1", "甲号"), account("w2", "乙号", "新浪微博")]
    table = opened(issued(province(accounts, [verdict(a, "fail") for a in accounts]), "lincang-quarterly")).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["微信公众号"] * 4
    assert len(table.rows[1]._tr.tc_lst) == 1


def test_tiers_merge_downwards() -> None:
    places = tuple(Ranked("r", "省直部门网站", f"厅{n}", "第一梯队") for n in range(5))
    circular = issued(province([site("7100000001", "省政府", "省级门户")]), "sichuan-half-year", inputs=Inputs(ranked=places))
    table = opened(circular).tables[1]
    assert [row.cells[0].text for row in table.rows[1:]] == ["第一梯队"] * 3
    assert table.rows[2]._tr.tc_lst[0].vMerge is not None


def test_a_two_level_header_is_merged_both_ways() -> None:
    table = opened(issued(province([site("7100000001", "省政府", "省级门户")]), "sichuan-half-year")).tables[0]
    top, below = table.rows[:2]
    assert [tc.grid_span for tc in top._tr.tc_lst] == [1, 5, 2]
    assert below.cells[0].text == top.cells[0].text == "单位"


def with_annexes(*widths: int) -> Circular:
    """The whole circular with annexes of so many columns instead of its own."""
    rows = {width: (Row(tuple(f"格{n}" for n in range(width))),) for width in widths}
    return replace(whole(), annexes=tuple(Annex(n, f"表{n}", f"表{n}", (), rows[w]) for n, w in enumerate(widths, 1)))


def test_a_wide_table_is_printed_on_a_page_turned_sideways_and_the_next_one_upright() -> None:
    sections = opened(with_annexes(3, 12, 12, 4)).sections
    assert [round(section.page_width / Mm(1)) for section in sections] == [210, 297, 210]
    assert [section._sectPr.find(qn("w:docGrid")) is not None for section in sections] == [True] * 3


def test_nothing_follows_a_wide_table_that_is_the_last() -> None:
    document = opened(with_annexes(12))
    assert [round(section.page_width / Mm(1)) for section in document.sections] == [210, 297]
    assert document.sections[1].footer.is_linked_to_previous


def test_slips_are_documents_of_their_own() -> None:
    slip = whole().slips[0]
    document = Document(io.BytesIO(render_slip(slip, "澜州市人民政府办公室")))
    cells = [row.cells[1].text for row in document.tables[0].rows]
    assert cells[0] == "澜州市卫生健康委员会"
    assert "☑更新不及时" in cells[1]
    assert "□严重错情" in cells[1]
    assert "多个栏目长期不更新" in cells[2]


def order_of(properties: Any) -> list[str]:
    return [etree.QName(child).localname for child in properties]


def test_paragraph_properties_stand_in_the_order_of_the_schema() -> None:
    schema = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "wordWrap", "snapToGrid", "spacing", "ind", "jc", "rPr"]
    with zipfile.ZipFile(io.BytesIO(RENDERERS[".docx"](whole()))) as parts:
        root = etree.fromstring(parts.read("word/document.xml"))
    found = [order_of(properties) for properties in root.iter(f"{W}pPr")]
    assert all(names == sorted(names, key=schema.index) for names in found)
    assert any("wordWrap" in names for names in found)


@pytest.mark.parametrize("make", [whole, hostile])
def test_every_part_of_the_document_is_well_formed(make: Callable[[], Circular]) -> None:
    with zipfile.ZipFile(io.BytesIO(RENDERERS[".docx"](make()))) as parts:
        for name in parts.namelist():
            assert ".." not in name
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))


def test_hostile_text_is_text_in_the_document() -> None:
    document = opened(hostile())
    told = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert HOSTILE[0] in told
    assert HOSTILE[6] in told
    assert not [rel for rel in document.part.rels.values() if rel.is_external]


def test_notes_and_copies_are_printed() -> None:
    open_case = verdict(site("7101000001", "门户", "市级门户"), "undetermined", "W2")
    there = province([site("7101000001", "门户", "市级门户")], others=[open_case])
    document = opened(issued(there, how=issue(copies_to="市委办", published="此件公开发布"), lenient=True))
    texts = [p.text for p in document.paragraphs]
    assert "（1 个检查对象中有 1 个未能判定，按合格计入。）" in texts
    assert "抄送：市委办" in texts
    assert "（此件公开发布）" in texts
