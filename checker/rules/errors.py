"""What is wrong with a rule file, and where."""

from msgspec import Struct


class RuleError(Struct, frozen=True):
    """One error: file, line from 1 (0: no file could be read), the key as `rules.W2.threshold`, and what to write."""

    file: str
    line: int
    key: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file} line {self.line}: " if self.line else ""
        return f"{place}{self.key + ': ' if self.key else ''}{self.mend}"
