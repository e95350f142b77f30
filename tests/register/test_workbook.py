"""Workbooks: types of cells, merged cells, hidden sheets, what is refused."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from register.errors import TableUnreadable
from register.workbook import read_workbook
from tests.register.desk import CITY, SITE, write_xlsx


def test_rows_bear_the_numbers_the_spreadsheet_shows(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"网站": [(), (), ("", "名称"), ("", "甲"), (), ("", "乙")]})
    (sheet,) = read_workbook(path, "a.xlsx")
    assert [(number, cells) for number, cells in sheet.lines() if any(cells)] == [(3, ["名称"]), (4, ["甲"]), (6, ["乙"])]


def test_cells_keep_their_types(tmp_path: Path) -> None:
    row = ("0012", 44, 44.5, True, dt.date(2026, 12, 31))
    (sheet,) = read_workbook(write_xlsx(tmp_path / "a.xlsx", {"s": [row]}), "a.xlsx")
    assert list(sheet.lines()) == [(1, ["0012", 44.0, 44.5, True, dt.date(2026, 12, 31)])]


def test_a_cell_merged_over_rows_counts_for_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("栏目")
        sheet.write_row(0, 1, ["码", "名"])
        sheet.merge_range(1, 1, 3, 1, "5115000001")
        sheet.merge_range(4, 1, 5, 1, "5115240001")
        sheet.write_column(1, 2, ["甲", "乙", "丙", "丁", "戊", "己"])
    (grid,) = read_workbook(path, "a.xlsx")
    codes = [cells[0] for _, cells in grid.lines() if isinstance(cells, list)]
    assert codes == ["码", *["5115000001"] * 3, *["5115240001"] * 2, ""]


def test_hidden_and_empty_sheets_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        book.add_worksheet("隐").hide()
    empty, hidden = read_workbook(path, "a.xlsx")
    assert (empty.visible, list(empty.lines())) == (True, [])
    assert not hidden.visible


def test_a_zip_file_of_another_kind_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    with pytest.raises(TableUnreadable, match=r"a\.xlsx is no Excel workbook: save"):
        read_workbook(path, "a.xlsx")


def test_a_truncated_workbook_is_broken(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"网站": [SITE, CITY]})
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(TableUnreadable, match="broken workbook"):
        read_workbook(path, "a.xlsx")


def test_a_workbook_whose_sheet_is_not_xml_is_broken(tmp_path: Path) -> None:
    path = rewritten(tmp_path, b"\x00\xff not xml")
    with pytest.raises(TableUnreadable, match="broken workbook"):
        read_workbook(path, "a.xlsx")


@pytest.mark.parametrize("cell", ['r="XFD1048576"', "r='zz3000000'", 'r = "AAA100000"', 'r="A60000000"'])
def test_a_stray_cell_far_out_is_refused_before_the_sheet_is_laid_out(tmp_path: Path, cell: str) -> None:
    content = f'<worksheet><sheetData><row><c r="A1"/><c {cell}/></row></sheetData></worksheet>'
    with pytest.raises(TableUnreadable, match=r"a\.xlsx has a sheet of \d+ columns and \d+ rows: delete the stray cells"):
        read_workbook(rewritten(tmp_path, content.encode()), "a.xlsx")


def test_a_sheet_that_is_wide_or_long_but_not_both_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(2, 16_383, "z")
    (grid,) = read_workbook(path, "a.xlsx")
    assert [number for number, _ in grid.lines()] == [1, 2, 3]


def rewritten(folder: Path, sheet: bytes) -> Path:
    """A workbook with another content in its first sheet."""
    sound, path = write_xlsx(folder / "sound.xlsx", {"网站": [SITE, CITY]}), folder / "a.xlsx"
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, sheet if entry.filename.endswith("sheet1.xml") else source.read(entry))
    return path
