"""The circular as a workbook: one sheet for each annex, then figures, slips, notes. All text stays text (xlsxwriter)."""

import io
from itertools import groupby
from typing import Final

import xlsxwriter

from checker.circular.model import Annex, Circular
from checker.render.safe import clean
from checker.render.sheet import Looks, Sheet, looks

_OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIGURES: Final = ("统计项", "数值", "印出", "分子", "分母", "来源")
_LONGEST_PROPERTY: Final = 250


def render(circular: Circular) -> bytes:
    """An .xlsx file. Sheets have fixed names: no text of the data names one."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        named = {"title": clean(circular.title), "author": clean(circular.issuer or "")}
        book.set_properties({key: text[:_LONGEST_PROPERTY] for key, text in named.items()})
        formats = looks(book)
        for place, annex in enumerate(circular.annexes, 1):
            _annex(Sheet(book, f"附件{place}", formats), annex)
        _table(book, "统计", formats, _figures(circular))
        if circular.slips:
            _table(book, "整改反馈", formats, _slips(circular))
        _table(book, "说明", formats, _notes(circular))
    return out.getvalue()


def _annex(sheet: Sheet, annex: Annex) -> None:
    width = annex.width
    sheet.wide(annex.title, width, "title")
    for note in annex.notes_above:
        sheet.wide(note, width, "note")
    if annex.header:
        sheet.grid(annex.header, lambda _: "header", None)
        sheet.sheet.repeat_rows(sheet.line - len(annex.header), sheet.line - 1)
        sheet.sheet.freeze_panes(sheet.line, 0)
    for (kind, single), rows in groupby(annex.rows, key=lambda row: (row.kind, row.kind == "group" or len(row.cells) == 1)):
        if single:
            for row in rows:
                sheet.wide(row.cells[0], width, kind)
        else:
            cells = [row.cells for row in rows]
            sheet.grid(cells, {"total": _total}.get(kind, _row), annex.merge)
    for note in annex.notes_below:
        sheet.wide(note, width, "note")
    sheet.finish()


def _row(_: int) -> str:
    return "row"


def _total(_: int) -> str:
    return "total"


def _table(book: object, name: str, formats: Looks, rows: list[tuple[str, ...]]) -> None:
    """A sheet that is one table; its first row is the header."""
    sheet = Sheet(book, name, formats)
    sheet.grid(rows, lambda line: "row" if line else "header")
    sheet.sheet.freeze_panes(1, 0)
    sheet.finish()


def _figures(circular: Circular) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_FIGURES]
    for figure in circular.statistics:
        parts = ("" if part is None else str(part) for part in (figure.numerator, figure.denominator))
        stated = "、".join(figure.places) if figure.source == "stated" else ""
        rows.append((figure.key, str(figure.value), figure.printed, *parts, stated or figure.source))
    return rows


def _slips(circular: Circular) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("单位", "发现的问题", "整改期限")]
    return rows + [(slip.unit, "\n".join(slip.findings), slip.due or "") for slip in circular.slips]


def _notes(circular: Circular) -> list[tuple[str, ...]]:
    named = {
        "标题": circular.title,
        "监测时间点": circular.T or "",
        "规则": "、".join(circular.rules),
        "名录": circular.register or "",
    }
    rows: list[tuple[str, ...]] = [("项目", "内容"), *named.items()]
    rows += [("说明", note) for note in circular.notes]
    return rows + [("警告", warning) for warning in circular.warnings]
