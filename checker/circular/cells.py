"""The cells of a list: one function for each value that a form's column may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from checker.circular.form import Value
from checker.circular.issue import Issue
from checker.circular.times import chinese, moment, month_day
from checker.circular.words import Words
from checker.verdict import Detail, Verdict
from register import Subject

BY_HAND: Final = "manual"
"""The note of a detail that a person found: its text is the office's, its date the day when it was found."""
COUNTY: Final = frozenset({"县级门户", "县级部门", "乡镇"})
"""Levels whose owner is named by its county (circulars.md §2.1 A)."""


@dataclass(frozen=True)
class Entry:
    """What one row of a list is about: a subject with its findings, or one column of it.

    findings   the verdicts behind it, in the order of the rules
    outcome    of a problem of the previous circular: what became of it; mended: when that was found
    """

    subject: Subject
    findings: tuple[Verdict, ...]
    url: str | None = None
    detail: Detail | None = None
    outcome: str | None = None
    mended: str | None = None


@dataclass(frozen=True)
class Voice:
    """How things are called: the vocabulary, the issue's names, and what joins several problems in a cell."""

    words: Words
    issue: Issue
    joined_by: str = "、"

    def problems(self, entry: Entry) -> tuple[str, ...]:
        """The problems of an entry as a cell says them; a finding made by hand speaks for itself."""
        said = [text for verdict in entry.findings for text in self._said(verdict)]
        return tuple(dict.fromkeys(said))

    def _said(self, verdict: Verdict) -> list[str]:
        return worded(verdict) or [self.words.cell(self.words.key(verdict))]

    def owner(self, subject: Subject) -> str:
        """所属地区或部门: the county of what belongs to one, else the unit's short form."""
        if subject.level in COUNTY and subject.region:
            return self.issue.name(subject.region)
        return self.issue.name(subject.short or subject.unit or subject.region or subject.name)


def worded(verdict: Verdict) -> list[str]:
    """How the office words what a person found; the text of any other detail was read on a page."""
    return [detail.text for detail in verdict.detail if detail.text and detail.note == BY_HAND]


def cell(value: Value, entry: Entry, number: int, voice: Voice) -> str:
    """The text of one cell; empty where nothing is known."""
    if value == "number":
        return str(number)
    return _VALUES[value](entry, voice)


def _month_items(entry: Entry, _: Voice) -> str:
    """`≥ n` unless the page reaches back before the month."""
    detail = entry.detail
    if detail is None or detail.month_items is None:
        return ""
    return str(detail.month_items) if detail.month_items_exact else f"≥{detail.month_items}"


def _overdue(entry: Entry, voice: Voice) -> str:
    """`逾期9日`; a column without any item has no age and is named as such."""
    detail = entry.detail
    if detail is None:
        return ""
    if detail.overdue_days is not None:
        return f"逾期{detail.overdue_days}日"
    return "空白栏目" if detail.note == "blank" else "、".join(voice.problems(entry))


def _newest(form: Callable[[object], str]) -> Callable[[Entry, Voice], str]:
    def read(entry: Entry, _: Voice) -> str:
        details = (entry.detail,) if entry.detail else tuple(d for v in entry.findings for d in v.detail)
        newest = max((d.newest for d in details if d.newest and d.note != BY_HAND), default="")
        return form(newest)

    return read


def _as_day(text: object) -> str:
    found = moment(str(text)[:10]) if text else None
    return chinese(found) if found else str(text or "")


def _as_month_day(text: object) -> str:
    found = moment(str(text)[:10]) if text else None
    return month_day(found) if found else str(text or "")


def _unit(entry: Entry, voice: Voice) -> str:
    unit = (entry.detail.unit if entry.detail else None) or entry.subject.unit or entry.subject.name
    return voice.issue.name(unit)


def _short(entry: Entry, voice: Voice) -> str:
    """The unit's short form: of a column's own unit only where it is its subject's."""
    own = entry.detail.unit if entry.detail else None
    if own and own not in (entry.subject.unit, entry.subject.short):
        return voice.issue.name(own)
    return voice.issue.name(entry.subject.short or entry.subject.unit or entry.subject.name)


def _first_detected(entry: Entry, _: Voice) -> str:
    return _as_day(min((v.first_detected for v in entry.findings if v.first_detected), default=""))


def _url(entry: Entry, _: Voice) -> str:
    """The column's address, else the one that a finding made by hand names, else the subject's own."""
    by_hand = (d.url for v in entry.findings for d in v.detail if d.url and d.note == BY_HAND)
    return (entry.detail.url if entry.detail else None) or next(by_hand, None) or entry.url or ""


_VALUES: Final[Mapping[str, Callable[[Entry, Voice], str]]] = {
    "owner": lambda entry, voice: voice.owner(entry.subject),
    "region": lambda entry, voice: voice.issue.name(entry.subject.region or ""),
    "unit": _unit,
    "short": _short,
    "name": lambda entry, voice: voice.issue.name(entry.subject.name),
    "platform": lambda entry, _: entry.subject.platform or "",
    "level": lambda entry, _: entry.subject.level or "",
    "code": lambda entry, _: entry.subject.code,
    "url": _url,
    "problem": lambda entry, voice: voice.joined_by.join(voice.problems(entry)),
    "column": lambda entry, _: (entry.detail.name or entry.detail.target or "") if entry.detail else "",
    "category": lambda entry, _: (entry.detail.category or "") if entry.detail else "",
    "month_items": _month_items,
    "overdue": _overdue,
    "newest": _newest(_as_day),
    "newest_day": _newest(_as_month_day),
    "note": lambda entry, _: (entry.detail.note or "") if entry.detail else "",
    "period": lambda entry, _: (entry.detail.period or "") if entry.detail else "",
    "first_detected": _first_detected,
    "outcome": lambda entry, _: entry.outcome or "",
    "mended": lambda entry, _: _as_day(entry.mended),
}
