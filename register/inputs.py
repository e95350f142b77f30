"""What no crawler sees, as the office's tables say it: findings made by hand, message figures, exemptions, decisions.

    read_inputs(folder) -> Inputs      one CSV or XLSX file, or a folder of them; tables are told apart by their headers

Headers are Chinese or English (`inputs.toml`). Every row keeps its place, so that a verdict can name it; a row that cannot be
used is reported with what to write instead, and left out.
"""

from pathlib import Path
from typing import Any, Final

from register.files import digest_of, gather
from register.forms import read_forms
from register.inputmodel import (
    Channel,
    Decision,
    Exemption,
    Inputs,
    ManualFinding,
    Message,
    MessageFigures,
    MessageKind,
    Ranked,
    Ruling,
    Stated,
)
from register.inputrows import READERS, WORDS
from register.problems import Problems
from register.tables import find_tables

__all__ = [
    "Channel",
    "Decision",
    "Exemption",
    "Inputs",
    "ManualFinding",
    "Message",
    "MessageFigures",
    "MessageKind",
    "Ranked",
    "Ruling",
    "Stated",
    "read_inputs",
]

FORMS: Final = read_forms(WORDS)


def read_inputs(folder: Path) -> Inputs:
    """The tables of a folder, or of one file. Raises TableUnreadable where there is none that can be read."""
    problems = Problems()
    files = gather(folder, problems)
    tables = find_tables(files, FORMS, problems)
    rows: dict[str, list[Any]] = {kind: [] for kind in READERS}
    for table in tables:
        read = READERS[table.kind]
        rows[table.kind].extend(one for row in table.rows(problems) if (one := read(row)) is not None)
    return Inputs(
        **{kind: tuple(found) for kind, found in rows.items()},
        tables=tuple(sorted({table.kind for table in tables})),
        problems=tuple(problems.kept),
        totals=dict(problems.totals),
        digest=f"blake2b:{digest_of(files, b'inputs')}",
    )
