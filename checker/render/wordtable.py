"""A table of a Word document: merged headings, group rows over the width, columns as wide as what they hold."""

import re
from collections.abc import Sequence
from typing import Any, Final

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from checker.circular.model import Row
from checker.render import ooxml
from checker.render.ooxml import Type
from checker.render.safe import clean, spans

_LEAST_MM: Final = 12.0
_PADDING_MM: Final = 5.0
_MIDDLE: Final = 10
"""Cells of so few characters are set in the middle."""
_ADDRESS: Final = re.compile(r"^https?://\S{24,}$")
_SMALL: Final = 0.75
"""How much smaller a long address is set."""
Rows = Sequence[Row | tuple[str, ...]]


def draw(
    page: Document,
    header: Sequence[Sequence[str]],
    rows: Rows,
    cell: Type,
    head: Type,
    merge: int = 0,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] = (),
) -> None:
    """The table at the end of the document. `merge`: first columns whose equal neighbours become one cell.

    widths of columns, least heights of the first rows in millimetres; without widths each column gets what it needs
    """
    body = [row.cells if isinstance(row, Row) else row for row in rows]
    kinds = [row.kind if isinstance(row, Row) else "row" for row in rows]
    width = max((len(cells) for cells in (*header, *body)), default=1)
    section = page.sections[-1]
    room = (int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)) / Mm(1)
    measured = [cells for cells, kind in zip(body, kinds, strict=True) if kind != "group" and len(cells) > 1]
    millimetres = widths or _widths(header[-1] if header else (), measured, width, room, cell.points)
    table = page.add_table(rows=len(header) + len(body), cols=width, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, size in zip(table.columns, millimetres, strict=True):
        column.width = Mm(size)
    lines = [list(row.cells) for row in table.rows]
    for number, row in enumerate(table.rows):
        ooxml.keep_whole(row)
        if number < len(header):
            ooxml.repeat_header(row)
        for column, size in enumerate(millimetres):
            lines[number][column].width = Mm(size)
    for row, height in zip(table.rows, heights, strict=False):
        row.height = Mm(height)
    _header(lines, header, head)
    _body(lines[len(header) :], body, kinds, width, merge, cell)


def _header(lines: list[list[Any]], header: Sequence[Sequence[str]], head: Type) -> None:
    for span in spans(header):
        _fill(_covered(lines, span.row, span.column, span.down, span.across), span.text, head, middle=True)


def _body(
    lines: list[list[Any]], body: Sequence[tuple[str, ...]], kinds: Sequence[str], width: int, merge: int, cell: Type
) -> None:
    start = 0
    while start < len(body):
        if kinds[start] == "group" or len(body[start]) == 1:
            _fill(_covered(lines, start, 0, 1, width), body[start][0], cell, middle=kinds[start] == "group")
            start += 1
            continue
        end = start
        while end < len(body) and kinds[end] != "group" and len(body[end]) > 1:
            end += 1
        for span in spans(body[start:end], merge, across=False):
            there = _covered(lines, start + span.row, span.column, span.down, span.across)
            _fill(there, span.text, cell, middle=len(span.text) <= _MIDDLE)
        start = end


def _covered(lines: list[list[Any]], row: int, column: int, down: int, across: int) -> Any:
    first = lines[row][column]
    return first.merge(lines[row + down - 1][column + across - 1]) if down * across > 1 else first


def _fill(cell: Any, text: str, kind: Type, *, middle: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = Pt(kind.points * 1.4)
    ooxml.off_grid(paragraph)
    ooxml.break_anywhere(paragraph)
    size = kind.points * _SMALL if _ADDRESS.match(text) else kind.points
    ooxml.add_text(paragraph, clean(text), Type(kind.font, size))


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int, room: float, points: float) -> list[float]:
    """Millimetres for each column: what it asks for, but none more than a common cap. A heading may take two lines."""
    longest = [max((_length(row[n]) for row in rows if n < len(row)), default=1.0) for n in range(columns)]
    longest = [max(length, _length(head[n]) / 2 + 0.5) if n < len(head) else length for n, length in enumerate(longest)]
    em = points * 25.4 / 72
    needs = [max(_LEAST_MM, length * em + _PADDING_MM) for length in longest]
    if sum(needs) <= room:
        return [need * room / sum(needs) for need in needs]
    cap, rest, left = room / columns, room, sorted(needs)
    for number, need in enumerate(left):
        cap = rest / (columns - number)
        if need > cap:
            break
        rest -= need
    return [min(need, cap) for need in needs]


def _length(text: str) -> float:
    """The longest line, in Chinese characters: a Latin letter is half as wide."""
    return max(sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in line) for line in text.split("\n"))
