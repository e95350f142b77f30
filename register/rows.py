"""One row of a table: cells asked for by field, findings reported with their place."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from register.cells import Cell, is_exact, narrow, text_of
from register.problems import Problems, Severity
from register.vocabulary import is_blank

_AS_TEXT: Final = "format the column as text"


class Place(Protocol):
    """The table a row stands in: `index` leads from a field to the position of its cell, `titles` to its Chinese name."""

    @property
    def file(self) -> str: ...

    @property
    def sheet(self) -> str | None: ...

    @property
    def index(self) -> Mapping[str, int]: ...

    @property
    def titles(self) -> Mapping[str, str]: ...


class Row:
    """One row of a table. `text` and the like give "" or None for a cell that is empty or whose field the table lacks."""

    __slots__ = ("cells", "line", "problems", "table")

    def __init__(self, table: Place, line: int, cells: Sequence[Cell], problems: Problems) -> None:
        self.table = table
        self.line = line
        self.cells = cells
        self.problems = problems

    def raw(self, field: str) -> Cell:
        position = self.table.index.get(field)
        return self.cells[position] if position is not None and position < len(self.cells) else ""

    def text(self, field: str) -> str:
        """The cell as printed, trimmed."""
        position = self.table.index.get(field)
        return text_of(self.cells[position]) if position is not None and position < len(self.cells) else ""

    def maybe(self, field: str) -> str | None:
        """The cell as printed, or None where it is empty or says so (`无`, `/`, `—`)."""
        text = self.text(field)
        return None if is_blank(text) else text

    def code(self, field: str) -> str:
        """An identifier: NFKC, without blanks around it. What a spreadsheet did to it is reported."""
        cell = self.raw(field)
        text = text_of(cell)
        if not isinstance(cell, str):
            return self._number_code(field, cell, text)
        if text.isascii() and not text.startswith("'"):
            return "" if is_blank(text) else text
        plain = narrow(text).strip().lstrip("'").strip()
        if plain != text and not is_blank(plain):
            self.mended(field, "full-width characters or an apostrophe in a code", f"write {plain}")
        return "" if is_blank(plain) else plain

    def _number_code(self, field: str, cell: Cell, text: str) -> str:
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            self.note(field, "the spreadsheet made a date or a truth value of this code", _AS_TEXT)
        elif not is_exact(cell):
            self.note(field, "the spreadsheet has cut this number after 15 digits", f"{_AS_TEXT} and write the code anew")
        elif self.problems.first(self.table.file, self.table.sheet, field, "number"):
            self.mended(field, "codes stand here as numbers, which lose leading zeros (said once per table)", _AS_TEXT)
        return text

    @property
    def where(self) -> tuple[str, str | None, int]:
        return self.table.file, self.table.sheet, self.line

    def bad(self, field: str, reason: str, mend: str, value: Cell | None = None) -> None:
        self._report("bad", field, reason, mend, value)

    def mended(self, field: str, reason: str, mend: str, value: Cell | None = None) -> None:
        self._report("mended", field, reason, mend, value)

    def note(self, field: str, reason: str, mend: str = "", value: Cell | None = None) -> None:
        self._report("note", field, reason, mend, value)

    def _report(self, severity: Severity, field: str, reason: str, mend: str, value: Cell | None) -> None:
        title = self.table.titles.get(field, field)
        self.problems.add(self.where, title, self.raw(field) if value is None else value, severity, reason, mend)
