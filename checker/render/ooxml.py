"""The parts of a Word document that python-docx has no words for: East Asian fonts, character indents, the grid, folios."""

from typing import Any, NamedTuple

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_LATIN = "Times New Roman"


class Type(NamedTuple):
    """A typeface and its size in points."""

    font: str
    points: float


def add_text(paragraph: Paragraph, text: str, kind: Type) -> None:
    """A run; line feeds become breaks. Digits and letters stand in the same face, as the standard asks."""
    run = paragraph.add_run(text)
    run.font.size = Pt(kind.points)
    _face(run._element, kind.font)


def set_default_type(page: Document, kind: Type) -> None:
    style = page.styles["Normal"]
    style.font.size = Pt(kind.points)
    _face(style.element, kind.font)


def indent_first_line(paragraph: Paragraph, characters: int, points: float) -> None:
    """Two characters before the first line, in whatever size they are."""
    paragraph.paragraph_format.first_line_indent = Pt(characters * points)
    _indent(paragraph).set(qn("w:firstLineChars"), str(characters * 100))


def indent_right(paragraph: Paragraph, characters: int, points: float) -> None:
    paragraph.paragraph_format.right_indent = Pt(characters * points)
    _indent(paragraph).set(qn("w:rightChars"), str(characters * 100))


def hang(paragraph: Paragraph, left: float, hanging: float) -> None:
    """The first line begins `hanging` points before the others, which begin at `left`."""
    paragraph.paragraph_format.left_indent = Pt(left)
    paragraph.paragraph_format.first_line_indent = Pt(-hanging)


def break_anywhere(paragraph: Paragraph) -> None:
    """Long addresses may be broken between any two letters."""
    _switch_off(paragraph, "w:wordWrap", ("w:snapToGrid", "w:spacing", "w:ind", "w:jc"))


def off_grid(paragraph: Paragraph) -> None:
    """The cells of a table keep their own pitch."""
    _switch_off(paragraph, "w:snapToGrid", ("w:spacing", "w:ind", "w:jc"))


def set_grid(section: Section, pitch: Pt) -> None:
    """22 lines to a page: the lines of the text block stand on a grid."""
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(int(pitch.pt * 20)))
    section._sectPr.append(grid)


def add_folios(page: Document, section: Section, kind: Type) -> None:
    """— 1 — outside at the foot: right on odd pages, left on even ones, one character in."""
    page.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        indent = paragraph.paragraph_format
        indent.right_indent = indent.left_indent = Pt(kind.points)
        add_text(paragraph, "— ", kind)
        _field(paragraph, "PAGE", kind)
        add_text(paragraph, " —", kind)


def repeat_header(row: Any) -> None:
    """The row is printed again on every page."""
    _mark(row, "w:tblHeader")


def keep_whole(row: Any) -> None:
    """The row is not torn apart between two pages."""
    _mark(row, "w:cantSplit")


def _switch_off(paragraph: Paragraph, name: str, before: tuple[str, ...]) -> None:
    """A paragraph's properties stand in the order of the schema: `before` lists those of ours that follow this one."""
    switch: Any = OxmlElement(name)
    switch.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(switch, *before)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _face(element: Any, font: str) -> None:
    properties = element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), _LATIN)
    fonts.set(qn("w:eastAsia"), font)


def _indent(paragraph: Paragraph) -> Any:
    return paragraph._p.get_or_add_pPr().get_or_add_ind()


def _field(paragraph: Paragraph, code: str, kind: Type) -> None:
    for part in ("begin", code, "end"):
        run = paragraph.add_run()
        run.font.size = Pt(kind.points)
        _face(run._element, kind.font)
        if part == code:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), part)
            run._r.append(mark)
