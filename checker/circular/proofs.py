"""What a row rests on, for whoever doubts it: counts, window, coverage, the pages, and the ids of the observations."""

from typing import Final

from checker.circular.cells import BY_HAND, Entry
from checker.circular.model import Proof
from checker.circular.words import Words
from checker.verdict import Detail, Verdict

_LINKS: Final = 200
_IDS: Final = 200
_LONGEST: Final = 300
"""Characters of one reading: what a page brings may be a whole article."""
_SAFE: Final = ("http://", "https://")


def proofs(entry: Entry, words: Words) -> tuple[Proof, ...]:
    """One proof for each finding of the entry; of a column's row only that column's page is linked."""
    return tuple(_proof(entry, verdict, words) for verdict in entry.findings)


def _proof(entry: Entry, verdict: Verdict, words: Words) -> Proof:
    details = (entry.detail,) if entry.detail else verdict.detail
    links = [(d.name or d.target or verdict.rule, d.url) for d in details if d.url and d.url.lower().startswith(_SAFE)]
    if not links and entry.url and entry.url.lower().startswith(_SAFE):
        links = [(entry.subject.name, entry.url)]
    counted = None if verdict.numerator is None else f"{verdict.numerator}/{verdict.denominator or '—'}"
    seen = f"{verdict.coverage.seen}/{verdict.coverage.expected}" if verdict.coverage else None
    return Proof(
        verdict.subject,
        verdict.rule,
        words.cell(words.key(verdict)),
        verdict.decided_by,
        counted,
        verdict.window,
        seen,
        verdict.first_detected,
        verdict.confidence,
        verdict.reason,
        verdict.evidence[:_IDS],
        tuple(links[:_LINKS]),
        tuple(filter(None, map(_reading, details[:_LINKS]))),
    )


def _reading(detail: Detail) -> str:
    parts = (
        detail.name,
        f"{'发现日期' if detail.note == BY_HAND else '最近更新'} {detail.newest}" if detail.newest else None,
        f"逾期 {detail.overdue_days} 日" if detail.overdue_days is not None else None,
        f"期限 {detail.period}" if detail.period else None,
        None if detail.note == BY_HAND else detail.note,
        detail.text,
    )
    return shown("，".join(part for part in parts if part))


def shown(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
