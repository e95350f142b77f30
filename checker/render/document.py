"""The circular as a document laid out by GB/T 9704—2012: A4, margins 37/35/28/26 mm, 仿宋_GB2312 三号 on a pitch of 28 pt,
the title in 小标宋 二号, 一、 in 黑体, （一） in 楷体, page numbers outside below, every annex on a page of its own."""

import io
from collections.abc import Sequence
from typing import Final

from docx import Document
from docx.document import Document as Page
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from checker.circular.model import Annex, Circular, Slip
from checker.render import ooxml
from checker.render.ooxml import Type
from checker.render.safe import clean
from checker.render.wordtable import draw

# GB/T 9704-2012 §5, §7; sizes in points: 二号 22, 三号 16, 四号 14
TITLE: Final = Type("方正小标宋简体", 22)
BODY: Final = Type("仿宋_GB2312", 16)
FIRST: Final = Type("黑体", 16)
SECOND: Final = Type("楷体_GB2312", 16)
FOLIO: Final = Type("宋体", 14)
CELL: Final = Type("仿宋_GB2312", 12)
HEAD: Final = Type("黑体", 12)
PITCH: Final = Pt(28)
TITLE_PITCH: Final = Pt(35)
_LEVELS: Final = {1: FIRST, 2: SECOND}
_WIDE: Final = 10
"""From so many columns a table is printed on a page turned sideways."""


_SHORT, _LONG = Mm(210), Mm(297)
_SLIP_MM: Final = (46, 110)
_SLIP_HIGH_MM: Final = (14, 30, 90)
_LISTED_PT: Final = 6.5 * BODY.points
"""Where the titles in the list of annexes begin: two characters in, after 附件：1．"""


def render(circular: Circular) -> bytes:
    """A .docx file."""
    page = Document()
    _set_up(page, circular)
    _head(page, circular)
    for paragraph in circular.paragraphs:
        if paragraph.kind == "heading":
            line(page, paragraph.text, _LEVELS.get(paragraph.level, BODY), indent=2, with_next=True)
        else:
            line(page, paragraph.text, BODY, indent=2)
    for note in circular.notes:
        line(page, f"（{note}。）", BODY, indent=2)
    _list_of_annexes(page, circular.annexes)
    _signature(page, circular)
    for annex in circular.annexes:
        _annex(page, annex)
    return _saved(page)


def render_slip(slip: Slip, issuer: str | None) -> bytes:
    """整改反馈单 of one unit as a .docx file of its own."""
    page = Document()
    _set_up(page, None)
    line(page, slip.title, TITLE, align="center", pitch=TITLE_PITCH)
    line(page, "", BODY)
    boxes = [f"{group.name}　{'　'.join(tick + what for tick, what in group.boxes)}" for group in slip.groups]
    findings = "\n".join(f"{number}．{finding}" for number, finding in enumerate(slip.findings, 1))
    due = f"\n\n（请于{slip.due}前经主要负责人签字并加盖公章后报送{issuer or ''}）" if slip.due else ""
    rows = (
        ("单位名称\n（签字盖章）", slip.unit),
        ("检查发现的问题类型", "\n".join(boxes)),
        ("发现的问题", findings),
        ("整改情况", due),
    )
    draw(page, (), rows, CELL, HEAD, widths=_SLIP_MM, heights=(18, 0, 0, 80))
    return _saved(page)


def line(
    page: Page,
    text: str,
    kind: Type,
    *,
    indent: int = 0,
    align: str = "justify",
    pitch: Pt = PITCH,
    right: int = 0,
    new_page: bool = False,
    with_next: bool = False,
) -> Paragraph:
    """One paragraph. `indent`: characters before its first line; `right`: left free at its end; `with_next`: on one page."""
    paragraph = page.add_paragraph()
    style = paragraph.paragraph_format
    style.space_before = style.space_after = Pt(0)
    style.line_spacing = pitch
    style.page_break_before = new_page
    style.keep_with_next = with_next
    paragraph.alignment = _ALIGN[align]
    if indent:
        ooxml.indent_first_line(paragraph, indent, kind.points)
    if right:
        ooxml.indent_right(paragraph, right, kind.points)
    ooxml.add_text(paragraph, clean(text), kind)
    return paragraph


_ALIGN: Final = {
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def _set_up(page: Page, circular: Circular | None) -> None:
    section = page.sections[0]
    section.page_width, section.page_height = _SHORT, _LONG
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)  # the folio stands 7 mm below the text block
    ooxml.set_default_type(page, BODY)
    ooxml.set_grid(section, PITCH)
    ooxml.add_folios(page, section, FOLIO)
    page.core_properties.title = clean(circular.title)[:250] if circular else ""
    page.core_properties.author = clean(circular.issuer or "")[:250] if circular else ""


def _head(page: Page, circular: Circular) -> None:
    if circular.number:
        line(page, circular.number, BODY, align="center")
        line(page, "", BODY)
    line(page, circular.title, TITLE, align="center", pitch=TITLE_PITCH)
    line(page, "", BODY)
    if circular.addressees:
        line(page, f"{circular.addressees.rstrip('：:')}：", BODY)


def _list_of_annexes(page: Page, annexes: Sequence[Annex]) -> None:
    if not annexes:
        return
    line(page, "", BODY)
    for place, annex in enumerate(annexes):
        number = f"{annex.number}．" if annex.number else ""
        before = "附件：" if place == 0 else ""
        paragraph = line(page, f"{before}{number}{annex.listed}", BODY, align="left", with_next=True)
        ooxml.hang(paragraph, _LISTED_PT, BODY.points * (len(before) + 0.75 * len(number)))


def _signature(page: Page, circular: Circular) -> None:
    line(page, "", BODY, with_next=True)
    if circular.issuer:
        line(page, circular.issuer, BODY, align="right", right=2, with_next=True)
    if circular.issued:
        line(page, circular.issued, BODY, align="right", right=4)
    if circular.published:
        line(page, f"（{circular.published}）", BODY, indent=2)
    if circular.copies_to:
        line(page, f"抄送：{circular.copies_to}", Type(BODY.font, 14), align="left")


def _annex(page: Page, annex: Annex) -> None:
    turned = _turned(page, annex.width >= _WIDE)
    line(page, f"附件{annex.number or ''}", FIRST, align="left", new_page=not turned)
    line(page, annex.title, TITLE, align="center", pitch=TITLE_PITCH)
    line(page, "", BODY, pitch=Pt(14))
    for note in annex.notes_above:
        line(page, note, CELL, align="left", pitch=Pt(22))
    if annex.layout == "slip":
        draw(page, annex.header, annex.rows, CELL, HEAD, widths=_SLIP_MM, heights=_SLIP_HIGH_MM)
    else:
        draw(page, annex.header, annex.rows, CELL, HEAD, merge=annex.merge)
    for note in annex.notes_below:
        line(page, note, CELL, align="left", pitch=Pt(22))


def _turned(page: Page, sideways: bool) -> bool:
    """Begin a section, and with it a page, where the paper must be turned for what follows; whether it was."""
    wanted = WD_ORIENT.LANDSCAPE if sideways else WD_ORIENT.PORTRAIT
    if page.sections[-1].orientation == wanted:
        return False
    section = page.add_section()
    section.orientation = wanted
    section.page_width, section.page_height = (_LONG, _SHORT) if sideways else (_SHORT, _LONG)
    ooxml.set_grid(section, PITCH)
    return True


def _saved(page: Page) -> bytes:
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()
