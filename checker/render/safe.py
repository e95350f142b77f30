"""Text that is fit for every format, and the rectangles of merged cells."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

# what a spreadsheet may take for a formula, half and full width; a leading blank does not disarm it
_FORMULA: Final = re.compile(r"^\s*[=+\-@＝＋－＠]")
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_NUMBER: Final = re.compile(r"^(0|[1-9]\d{0,8})$")
LONGEST: Final = 32_000
"""Characters in one cell: a workbook takes 32,767."""


class Span(NamedTuple):
    """A cell that covers `down` rows and `across` columns from (row, column), both from 0."""

    row: int
    column: int
    down: int
    across: int
    text: str


def clean(text: str) -> str:
    """Without control characters, lone surrogates and marks that turn the direction of writing: no XML can hold them."""
    bare = _UNFIT.sub("", text)
    return bare if len(bare) <= LONGEST else bare[: LONGEST - 1] + "…"


def is_formula(text: str) -> bool:
    return bool(_FORMULA.match(text)) or text[:1] in ("\t", "\r")


def disarmed(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would compute."""
    return f"'{text}" if is_formula(text) else text


def number(text: str) -> int | None:
    """The whole number that a cell is, if it is nothing else."""
    return int(text) if _NUMBER.match(text) else None


def web(url: str) -> str | None:
    """The address if a browser may be sent there: http and https only."""
    return url if re.match(r"https?://[^\s\"'<>\\]+$", url, re.IGNORECASE) else None


def spans(grid: Sequence[Sequence[str]], columns: int | None = None, across: bool = True) -> Iterator[Span]:
    """The rectangles of equal neighbours; empty cells are never merged. Only the first `columns` columns merge, None: all.

    Without `across` cells merge downwards only, and no further than the merged cell to their left.
    """
    taken: set[tuple[int, int]] = set()
    ends: dict[tuple[int, int], int] = {}
    for row, cells in enumerate(grid):
        for column, text in enumerate(cells):
            if (row, column) in taken:
                continue
            may = bool(text) and (columns is None or column < columns)
            wide = _run(cells, column, text, columns) if may and across else 1
            deep = _depth(grid, row, column, wide, text, taken) if may else 1
            if not across and column:
                deep = min(deep, ends[row, column - 1] - row)
            ends.update(((r, column), row + deep) for r in range(row, row + deep))
            taken.update((r, c) for r in range(row, row + deep) for c in range(column, column + wide))
            yield Span(row, column, deep, wide, text)


def _run(cells: Sequence[str], start: int, text: str, columns: int | None) -> int:
    end = start
    while end < (len(cells) if columns is None else min(columns, len(cells))) and cells[end] == text:
        end += 1
    return end - start


def _depth(grid: Sequence[Sequence[str]], row: int, column: int, wide: int, text: str, taken: set[tuple[int, int]]) -> int:
    end = row
    while end < len(grid) and all(
        c < len(grid[end]) and grid[end][c] == text and (end, c) not in taken for c in range(column, column + wide)
    ):
        end += 1
    return end - row
