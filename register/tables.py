"""Tables of any form, from CSV and XLSX alike: rows whose cells are asked for by field, and that report with their place.

    tables = find_tables(files, forms, problems)
    for row in tables[0].rows(problems):
        row.text("name"); row.bad("url", "why", "what to write instead")

Knows nothing of registers: every table an office hands in is read by this.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from register.cells import text_of
from register.csvfile import DELIMITERS, CsvGrid, encoding_of
from register.errors import TableUnreadable
from register.files import InputFile
from register.forms import HEADER_WITHIN, Form, Header, looks_like_header, recognise
from register.grids import Fault, Grid
from register.problems import Problems
from register.rows import Row
from register.workbook import SheetGrid, read_workbook


class Table:
    """A grid whose header row was recognised. `header_line`: its number, from 1."""

    def __init__(self, file: str, grid: Grid, header: Header, header_line: int) -> None:
        self.file = file
        self.sheet = grid.sheet
        self.header = header
        self.header_line = header_line
        self.index = header.index
        self.titles = header.form.titles
        self._grid = grid

    @property
    def kind(self) -> str:
        return self.header.form.kind

    @property
    def where(self) -> tuple[str, str | None, int]:
        return self.file, self.sheet, self.header_line

    def has(self, field: str) -> bool:
        return field in self.index

    def rows(self, problems: Problems) -> Iterator[Row]:
        """The rows below the header that hold anything; a row that cannot be cut into cells is reported and passed over."""
        width = self.header.width
        head = self.header.printed
        for line, cells in self._grid.lines():
            if line <= self.header_line:
                continue
            if isinstance(cells, Fault):
                problems.add((self.file, self.sheet, line), "", cells.value, "bad", cells.reason, cells.mend)
                continue
            if not any(cells) or not any(map(text_of, cells)):
                continue
            row = Row(self, line, cells, problems)
            if len(cells) > width and any(map(text_of, cells[width:])):
                reason = f"{len(cells)} cells under {width} headers"
                row.bad("", reason, "put a cell that holds the separator in quotes", " | ".join(map(text_of, cells)))
            elif text_of(cells[0]) == head[0] and tuple(map(text_of, cells[:width])) == head:
                row.note("", "the header row again: it was passed over")
            else:
                yield row


def find_tables(files: Iterable[InputFile], forms: Sequence[Form], problems: Problems) -> list[Table]:
    """The tables of `files`, in their order. Raises TableUnreadable where there is none, or a file is broken."""
    tables: list[Table] = []
    blamed: list[str] = []
    for file in files:
        try:
            for grid, found in _grids(file, forms):
                if isinstance(grid, SheetGrid) and not grid.visible:
                    _pass_over_hidden(file, grid, found is not None, problems)
                elif found is None:
                    blamed.append(_unrecognised(file, grid, forms, problems))
                else:
                    table = Table(file.name, grid, found[1], found[0])
                    _report_header(table, problems)
                    blamed.append(_missing(table))
                    if not table.header.missing:
                        tables.append(table)
        except OSError as error:
            raise TableUnreadable(f"{file.name} cannot be read ({error.strerror}): check its permissions") from error
    if not tables:
        raise TableUnreadable(next(filter(None, blamed), None) or f"there is no table to read: {_wanted(forms)}")
    return tables


def _grids(file: InputFile, forms: Sequence[Form]) -> Iterator[tuple[Grid, tuple[int, Header] | None]]:
    """Each grid of a file, with the line of its header and the header."""
    if file.form == "xlsx":
        for sheet in read_workbook(file.path, file.name):
            yield sheet, _header_of(sheet, (sheet.sheet, file.path.stem), forms)
        return
    encoding = encoding_of(file.path)
    cut = [CsvGrid(file.path, encoding, delimiter) for delimiter in DELIMITERS]
    found = [(grid, _header_of(grid, (file.path.stem,), forms)) for grid in cut]
    yield max(found, key=lambda pair: len(pair[1][1].index) if pair[1] else 0)


def _header_of(grid: Grid, names: Sequence[str], forms: Sequence[Form]) -> tuple[int, Header] | None:
    for line, cells in islice(grid.lines(), HEADER_WITHIN):
        if not isinstance(cells, Fault):
            header = recognise(cells, forms, names)
            if header is not None:
                return line, header
    return None


def _wanted(forms: Sequence[Form]) -> str:
    examples = (f"{form.title}: {'、'.join(list(form.titles.values())[:4])}" for form in reversed(forms))
    return "its header row must name the columns, such as " + "; ".join(examples)


def _unrecognised(file: InputFile, grid: Grid, forms: Sequence[Form], problems: Problems) -> str:
    """Report a grid without a known header: gravely where somebody probably meant it to be read."""
    rows = [(line, cells) for line, cells in islice(grid.lines(), HEADER_WITHIN) if not isinstance(cells, Fault)]
    if grid.sheet is not None and not any(any(map(text_of, cells)) for _, cells in rows):
        return ""
    meant = (
        grid.sheet is None
        or any(form.hinted(grid.sheet) for form in forms)
        or any(looks_like_header(cells, forms) for _, cells in rows)
    )
    reason = f"no header row was recognised within {HEADER_WITHIN} rows: nothing was read"
    problems.add((file.name, grid.sheet, 0), "", "", "bad" if meant else "note", reason, _wanted(forms))
    return f"{file.name}: no header row was recognised within {HEADER_WITHIN} rows; {_wanted(forms)}"


def _pass_over_hidden(file: InputFile, grid: Grid, is_table: bool, problems: Problems) -> None:
    if is_table:
        reason = "a hidden sheet: nothing was read from it"
        problems.add((file.name, grid.sheet, 0), "", "", "note", reason, "show it if it is meant, delete it if not")


def _missing(table: Table) -> str:
    if not table.header.missing:
        return ""
    return (
        f"{table.file} was taken for a table of {table.header.form.title} and has no column {table.header.missing[0]}: add it"
    )


def _report_header(table: Table, problems: Problems) -> None:
    for group in table.header.missing:
        reason = f"this table of {table.header.form.title} has no such column: nothing was read"
        problems.add(table.where, group, "", "bad", reason, f"add a column {group}")
    for header, meant in table.header.unknown:
        mend = f"call it {meant} if that is meant" if meant else ""
        problems.add(table.where, "", header, "note", "unknown header: this column was not read", mend)
    for header in table.header.doubled:
        problems.add(table.where, "", header, "note", "a second header for the same field: this column was not read")
