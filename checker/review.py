"""What a person has to decide, as a table that comes back as the office's decisions: one row for each undetermined veto.

The office writes 认定结果, 原因 and 认定人 into it and hands it in with its other tables (`--inputs`); rows left empty are
not decided. Cells that a spreadsheet would run as a formula are neutralised.
"""

import csv
from collections.abc import Iterable
from typing import Final, TextIO

from checker.verdict import Verdict
from crawler.records import clean_text
from register import Subject

HEADER: Final = ("主体标识码", "指标", "认定结果", "原因", "认定人", "名称", "单位", "网址", "未判定情况")
BOM: Final = "\ufeff"
"""Without it a spreadsheet takes the file for its own old charset."""
_FORMULA: Final = ("=", "+", "-", "@")


class Review:
    """Writes the table, a verdict at a time."""

    def __init__(self, file: TextIO) -> None:
        file.write(BOM)
        self._writer = csv.writer(file)
        self._writer.writerow(HEADER)
        self.rows = 0

    def add(self, verdict: Verdict, subject: Subject) -> None:
        """One row where a veto is undetermined; nothing else is a person's to decide."""
        if verdict.result != "undetermined" or verdict.rule_kind != "single_veto":
            return
        url = next((detail.url for detail in verdict.detail if detail.url), "")
        open_ = (verdict.reason or "", *_texts(verdict))
        row = (subject.code, verdict.rule, "", "", "", subject.name, subject.unit or "", url, "; ".join(filter(None, open_)))
        self._writer.writerow([neutral(cell) for cell in row])
        self.rows += 1


def _texts(verdict: Verdict) -> Iterable[str]:
    """What the first few targets say, where they say more than the reason."""
    texts = (f"{detail.name or detail.target}: {detail.text}" for detail in verdict.detail[:5] if detail.text)
    return (text for text in texts if verdict.reason is None or verdict.reason not in text)


def neutral(cell: str) -> str:
    """`cell` as text for a spreadsheet: no control characters, and an apostrophe before what would be a formula."""
    text = clean_text(cell, 500)
    return f"'{text}" if text.startswith(_FORMULA) else text
