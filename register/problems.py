"""What is wrong with a row, where, and what to write instead; and the list of such findings, which has a bound."""

from collections.abc import Hashable
from typing import Final, Literal

from msgspec import Struct

from register.cells import Cell, shown, text_of

Severity = Literal["bad", "mended", "note"]
"""bad: something is not watched. mended: it is watched, as `mend` says. note: worth a look, nothing was changed."""

LIMIT: Final = 10_000
"""Findings kept per severity; the rest are counted only."""
GUESSES: Final = 200
"""Searches per load for the word or code that was probably meant."""


class Problem(Struct, frozen=True):
    """One finding. As text it is one line.

    file   name of the file, as it stands in the folder handed in
    sheet  the workbook's sheet; None for CSV
    line   the line of the file or row of the sheet, from 1; 0 where the whole file is meant
    field  the Chinese name of the field, empty where the whole row is meant
    value  what stood there, at most 80 characters
    reason why it is listed; mend: what to write instead, in the imperative, empty where nothing needs to be done
    """

    file: str
    sheet: str | None
    line: int
    field: str
    value: str
    reason: str
    mend: str
    severity: Severity

    def __str__(self) -> str:
        what = " ".join(part for part in (self.field, f'"{self.value}"' if self.value else "") if part)
        said = "; ".join(part for part in (self.reason, self.mend) if part)
        return f"{self.severity}: {self.where}: {what + ': ' if what else ''}{said}"

    @property
    def where(self) -> str:
        """The place as text: `sites.xlsx [网站] line 12`."""
        return shown(place(self.file, self.sheet, self.line), 200)


def place(file: str, sheet: str | None, line: int) -> str:
    return file + (f" [{sheet}]" if sheet is not None else "") + (f" line {line}" if line else "")


class Problems:
    """Collects findings, at most LIMIT of each severity; `totals` counts all of them."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.totals: dict[Severity, int] = {"bad": 0, "mended": 0, "note": 0}
        self._said: set[Hashable] = set()
        self._guesses = 0

    def first(self, *about: Hashable) -> bool:
        """True the first time it is asked `about` this: for findings that would only repeat themselves."""
        if about in self._said:
            return False
        self._said.add(about)
        return True

    def may_guess(self) -> bool:
        """Whether there is time for one more search for what was meant: a table that is wrong throughout needs few."""
        self._guesses += 1
        return self._guesses <= GUESSES

    def add(
        self,
        where: tuple[str, str | None, int],
        field: str,
        value: Cell,
        severity: Severity,
        reason: str,
        mend: str = "",
    ) -> None:
        self.totals[severity] += 1
        if self.totals[severity] <= LIMIT:
            self.kept.append(Problem(*where, field, shown(text_of(value)), reason, mend, severity))
