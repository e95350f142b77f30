"""What CSV files and sheets have in common: numbered rows of cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from register.cells import Cell


class Fault(NamedTuple):
    """A row that could not be cut into cells: what stood there, why it is listed, what to write instead."""

    value: str
    reason: str
    mend: str


Line = tuple[int, list[Cell] | Fault]
"""The number of a row, from 1, and its cells."""


class Grid(Protocol):
    """A rectangle of cells. `sheet` is its name within the file, None for CSV; `lines` may be walked more than once."""

    path: Path

    @property
    def sheet(self) -> str | None: ...

    def lines(self) -> Iterator[Line]: ...
