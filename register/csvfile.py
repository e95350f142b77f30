"""CSV as offices save it: UTF-8 with or without BOM, GBK and GB18030, UTF-16 (Excel's Unicode text); comma, semicolon, tab.

Lines are read one at a time. A quote that is never closed spoils its own line, not the rest of the file.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from register.cells import Cell
from register.grids import Fault, Line

DELIMITERS: Final = (",", "\t", ";")
_CHUNK: Final = 1 << 20
_MOST_LINES: Final = 30
"""Lines one row may span by quoted line breaks."""
_LONGEST: Final = 100_000
"""Characters such a row may have."""
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FIELDS: Final = {
    sign: re.compile(rf'(?>(?:(?:"[^"]*+(?>(?:""[^"]*+)*)"|(?!")[^{sign}]*+)(?:{sign}|\n?\Z))*)') for sign in DELIMITERS
}
"""Whole fields from the start of a row: a leading quote opens one, and only a delimiter or the end may follow its closing."""


class CsvGrid:
    """The rows of one CSV file under one delimiter."""

    sheet: None = None

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter

    def lines(self) -> Iterator[Line]:
        csv.field_size_limit(2 * _LONGEST)
        with self.path.open(encoding=self.encoding, errors="replace") as text:
            yield from _rows(text, self.delimiter, self.encoding)


def encoding_of(path: Path) -> str:
    """A text file's encoding: by its mark, else UTF-8 or GB18030, whichever fits better."""
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name
        even, odd = head[::2].count(0), head[1::2].count(0)
        if even + odd > 3 and max(even, odd) > 3 * min(even, odd):
            # commas, digits and line ends of UTF-16 without a mark; a stray NUL or two is only that
            return "utf-16-le" if odd > even else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        file.seek(0)
        for chunk in chain(iter(lambda: file.read(_CHUNK), b""), (b"",)):
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return _better(chunk or head)
    return "utf-8"


def _better(sample: bytes) -> str:
    """GBK read as UTF-8 is broken nearly throughout; UTF-8 with a broken byte is sound but for that."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - broken
    return "utf-8" if sound > broken else "gb18030"


class _Lines(Iterator[tuple[int, str]]):
    """Numbered lines, of which some may be handed back."""

    def __init__(self, text: Iterator[str]) -> None:
        self._fresh = enumerate(text, 1)
        self._back: list[tuple[int, str]] = []

    def __next__(self) -> tuple[int, str]:
        return self._back.pop() if self._back else next(self._fresh)

    def hand_back(self, lines: list[tuple[int, str]]) -> None:
        self._back.extend(reversed(lines))


def _rows(text: Iterator[str], delimiter: str, encoding: str) -> Iterator[Line]:
    lines = _Lines(text)
    for number, line in lines:
        row = line
        if '"' in line:
            block = _row_with_quotes(line, delimiter, lines)
            if block is None:
                yield number, Fault(line, "a quotation mark is never closed", 'close it, or write it as two: ""')
                continue
            row = block
        if "\ufffd" in row:
            yield number, Fault(row, f"bytes that are not {encoding}", "write the row anew and save the file as CSV UTF-8")
        elif row is line and '"' not in line:
            yield number, [*line.rstrip("\n").split(delimiter)]
        else:
            yield number, _cut(row, delimiter)


def _row_with_quotes(first: str, delimiter: str, lines: _Lines) -> str | None:
    """The whole text of a row that begins with `first`; None, and nothing else taken, where its quotes do not close."""
    fields = _FIELDS[delimiter]
    taken: list[tuple[int, str]] = []
    text = first
    while not fields.fullmatch(text):
        following = next(lines, None) if len(taken) < _MOST_LINES and len(text) < _LONGEST else None
        if following is None:
            lines.hand_back(taken)
            return None
        taken.append(following)
        text += following[1]
    return text


def _cut(row: str, delimiter: str) -> list[Cell] | Fault:
    try:
        cells = next(csv.reader([row], delimiter=delimiter))
    except csv.Error:
        return Fault(row, "a cell is far too long", "shorten it")
    return [cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell for cell in cells]
