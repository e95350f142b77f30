"""One sheet of a workbook under construction: text is written as text, cells are merged, columns and rows get their size."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from checker.render.safe import clean, is_formula, number, spans

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "text_wrap": True},
    "note": {"text_wrap": True, "align": "left"},
    "header": {"bold": True, "bg_color": "#DCE6F1", "border": 1, "align": "center", "text_wrap": True},
    "row": {"border": 1, "text_wrap": True},
    "group": {"border": 1, "bold": True, "bg_color": "#F2F2F2", "text_wrap": True},
    "total": {"border": 1, "bold": True, "text_wrap": True},
}
_WIDEST: Final = 60
_NARROWEST: Final = 8
_LINE_PT: Final = 16.0
_TITLE_PT: Final = 26.0
_TALLEST_PT: Final = 400.0
Looks = dict[str, tuple[Any, Any]]
"""look → its format, and the same with the mark that keeps a spreadsheet from computing the cell"""


def looks(book: Any) -> Looks:
    formats = {name: {"valign": "vcenter", **look} for name, look in LOOKS.items()}
    return {name: (book.add_format(f), book.add_format({**f, "quote_prefix": True})) for name, f in formats.items()}


class Sheet:
    """Grows downwards; `finish` sizes columns by the rows of its tables, and rows by the lines their cells take."""

    def __init__(self, book: Any, name: str, formats: Looks) -> None:
        self.sheet = book.add_worksheet(name)
        self.line = 0
        self._looks = formats
        self._rows: list[tuple[int, Sequence[str]]] = []
        self._wide: list[tuple[int, str, str]] = []
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def wide(self, text: str, width: int, look: str) -> None:
        """One text over the whole width of a table."""
        if width > 1:
            self.sheet.merge_range(self.line, 0, self.line, width - 1, "", self._looks[look][0])
        self._write(self.line, 0, text, look)
        self._wide.append((self.line, text, look))
        self.line += 1

    def grid(self, rows: Sequence[Sequence[str]], look: Callable[[int], str], columns: int | None = 0) -> None:
        """Rows of cells. `columns`: how many first columns merge downwards; None: all cells merge in both directions."""
        for span in spans(rows, columns, across=columns is None):
            top, named = self.line + span.row, look(span.row)
            if span.down * span.across > 1:
                bottom, right = top + span.down - 1, span.column + span.across - 1
                self.sheet.merge_range(top, span.column, bottom, right, "", self._looks[named][0])
            self._write(top, span.column, span.text, named)
        self._rows += [(self.line + n, row) for n, row in enumerate(rows)]
        self.line += len(rows)

    def finish(self) -> None:
        columns = max((len(row) for _, row in self._rows), default=0)
        widths = [self._widest(column) for column in range(columns)]
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        for line, row in self._rows:
            lines = max((_lines(text, widths[n]) for n, text in enumerate(row)), default=1)
            self.sheet.set_row(line, min(_TALLEST_PT, _LINE_PT * lines))
        for line, text, look in self._wide:
            height = _TITLE_PT if look == "title" else _LINE_PT
            self.sheet.set_row(line, min(_TALLEST_PT, height * _lines(text, sum(widths) * _LINE_PT / height or _WIDEST)))

    def _widest(self, column: int) -> int:
        longest = max((width(row[column]) for _, row in self._rows if column < len(row)), default=0)
        return min(_WIDEST, max(_NARROWEST, longest + 2))

    def _write(self, row: int, column: int, text: str, look: str) -> None:
        text = clean(text)
        plain, quoted = self._looks[look]
        whole = number(text)
        if whole is not None:
            self.sheet.write_number(row, column, whole, plain)
        else:
            self.sheet.write_string(row, column, text, quoted if is_formula(text) else plain)


def width(text: str) -> int:
    """In Latin letters: a Chinese character is as wide as two. Of several lines, the longest."""
    return max(sum(2 if ord(character) > 0x2E7F else 1 for character in line) for line in text.split("\n"))


def _lines(text: str, room: float) -> int:
    return sum(max(1, -(-width(line) // max(1, int(room) - 1))) for line in text.split("\n"))
