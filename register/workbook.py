"""Workbooks (.xlsx) by sheet, through python-calamine, whose cells are text, floats, booleans and dates.

A cell merged over several rows counts for each of them: a site's code is often written once beside all its columns.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from register.cells import Cell
from register.errors import TableUnreadable
from register.grids import Line

_MOST_CELLS: Final = 50_000_000
_MOST_BYTES: Final = 4 << 30
_CHUNK: Final = 1 << 20
_FAR: Final = re.compile(rb"""\br\s*=\s*["'](?:[A-Za-z]{2,}[0-9]*|[A-Za-z]?[0-9]{7,})["']""")
_REFERENCE: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")


class SheetGrid:
    """The rows of one sheet."""

    def __init__(self, path: Path, sheet: str, visible: bool, rows: CalamineSheet) -> None:
        self.path = path
        self.sheet = sheet
        self.visible = visible
        self._rows = rows

    def lines(self) -> Iterator[Line]:
        start = self._rows.start
        if start is None:
            return
        merged = _merged_down(self._rows, start[1])
        filling: list[tuple[int, int, Cell]] = []
        for number, cells in enumerate(self._rows.iter_rows()):
            row: list[Cell] = list(cells)
            for last, column, value in filling:
                if number <= last and row[column] == "":
                    row[column] = value
            if number in merged:
                filling = [fill for fill in filling if fill[0] > number]
                filling += [(last, column, row[column]) for last, column in merged[number] if column < len(row)]
            yield number + 1, row


def _merged_down(sheet: CalamineSheet, left: int) -> dict[int, list[tuple[int, int]]]:
    """first row → (last row, column) of the cells merged over several rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if bottom > top and column >= left:
            found.setdefault(top, []).append((bottom, column - left))
    return found


def read_workbook(path: Path, name: str) -> list[SheetGrid]:
    """The sheets with cells. Raises TableUnreadable."""
    broken = f"{name} is a broken workbook: open it, save it as .xlsx again and hand that in"
    try:
        _look_inside(path, name)
        book = CalamineWorkbook.from_path(str(path))
        sheets = [
            SheetGrid(path, meta.name, meta.visible == SheetVisibleEnum.Visible, book.get_sheet_by_name(meta.name))
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    except TableUnreadable:
        raise
    except Exception as error:
        raise TableUnreadable(broken) from error
    except BaseException as error:
        # a panic of the Rust library is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise TableUnreadable(broken) from error
    return sheets


def _look_inside(path: Path, name: str) -> None:
    """Refuse what would not fit in memory, or is a zip file of another kind, before it is unpacked."""
    with zipfile.ZipFile(path) as package:
        entries = package.infolist()
        if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
            raise TableUnreadable(f"{name} is no Excel workbook: save the table as .xlsx or CSV UTF-8 and hand that in")
        if sum(entry.file_size for entry in entries) > _MOST_BYTES:
            raise TableUnreadable(f"{name} is far too large: save its sheets as CSV UTF-8 and hand in a folder of them")
        for entry in entries:
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                _refuse_wide_open(package, entry, name)


def _refuse_wide_open(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    """Refuse a sheet whose outermost cells span more than fits in memory.

    The library lays out every cell between them, and ends the whole process where memory is short. Most sheets have no
    cell far out and need one quick look only.
    """
    if not any(_FAR.search(chunk) for chunk in _chunks(package, entry)):
        return
    width = height = 0
    for chunk in _chunks(package, entry):
        for letters, digits in _REFERENCE.findall(chunk):
            width = max(width, _column_number(letters))
            height = max(height, int(digits[:12]))
    if width * height > _MOST_CELLS:
        raise TableUnreadable(
            f"{name} has a sheet of {width} columns and {height} rows: delete the stray cells beyond the table, and save it"
        )


def _chunks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's text in pieces that overlap by more than one cell reference is long."""
    tail = b""
    with package.open(entry) as text:
        while chunk := text.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-64:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:7]:
        number = number * 26 + letter - 64
    return number
