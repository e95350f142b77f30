"""What became of the previous circular's problems, and who comes up again and again (circulars.md §5)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from checker.circular.cells import Entry
from checker.circular.model import Statistic
from checker.circular.standing import KINDS, Province, failing_rules
from checker.verdict import BadLine, Verdict
from register import Subject, SubjectKind

RECTIFIED: Final = "已整改"
AGAIN: Final = "整改后再次出现"
OPEN: Final = "未整改"
GONE: Final = "已不在名录"
_SHOWN: Final = 50
NOTICES: Final = "accounts.notices_this_year."
REPEAT_RULE: Final = "repeat"


@dataclass(frozen=True)
class Following:
    """What a look back gives.

    figures   found and rectified by kind   entries: each subject that had failed, with what became of it
    known     every subject that was judged before; None where there is no look back
    warnings  what stands against "all put right"
    """

    figures: dict[str, Statistic] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    known: frozenset[str] | None = None
    warnings: tuple[str, ...] = ()


def follow_up(province: Province, previous: Iterable[Verdict | BadLine]) -> Following:
    """The previous circular's failing subjects now.

    A problem is put right where its rule no longer hits the subject, or hits it anew: first detected after the previous T.
    A subject that has left the register is no proof of anything: it is named, and not counted as put right.
    """
    before = failing_rules(previous)
    figures: dict[str, Statistic] = {}
    entries: list[Entry] = []
    warnings: list[str] = []
    for plural, kind in KINDS.items():
        if all(its_kind != kind for its_kind, _ in before.values()):
            continue
        own = [_entry(province, code, kind, rules) for code, (its_kind, rules) in before.items() if its_kind == kind and rules]
        good = [entry for entry in own if entry.outcome in (RECTIFIED, AGAIN)]
        for name, those in (("found", own), ("rectified", good)):
            key, places = f"follow_up.{plural}.{name}", sorted(entry.subject.code for entry in those)
            figures[key] = Statistic(key, len(those), str(len(those)), places=tuple(places[:_SHOWN]))
        warnings += [text for entry in own if (text := _against(entry))]
        entries += own
    return Following(figures, tuple(entries), frozenset(before), tuple(warnings))


def _entry(province: Province, code: str, kind: SubjectKind, rules: dict[str, Verdict]) -> Entry:
    standing = province.standings.get(code)
    then = tuple(rules.values())
    if standing is None:
        return Entry(Subject(code, kind, code), then, outcome=GONE)
    now = {verdict.rule: verdict for verdict in standing.verdicts}
    states = {_state(verdict, now.get(rule)) for rule, verdict in rules.items()}
    outcome = next(state for state in (OPEN, AGAIN, RECTIFIED) if state in states)
    mended = max((v.mended for rule in rules if (v := now.get(rule)) and v.mended), default=None)
    return Entry(standing.subject, then, outcome=outcome, mended=mended if outcome == RECTIFIED else None)


def _state(then: Verdict, now: Verdict | None) -> str:
    if now is None or now.result == "undetermined":
        return OPEN
    if now.result == "fail":
        return AGAIN if (now.first_detected or "") > then.T else OPEN
    return RECTIFIED


def _against(entry: Entry) -> str | None:
    if entry.outcome == GONE:
        return f"上期存在问题的 {entry.subject.code} 已不在名录中，未计入已整改"
    if entry.outcome == AGAIN:
        rules = "、".join(verdict.rule for verdict in entry.findings)
        return f"“{entry.subject.name}”上期问题整改后再次出现（{rules}）"
    return None


def repeated(province: Province, figures: dict[str, Statistic], limit: int) -> list[str]:
    """Who was named `limit` times or more within the year: by the rule `repeat`, or by the office's own count."""
    said = [
        f"“{standing.subject.name}”一年内被通报 {verdict.numerator} 次，达到 {limit} 次的应按规定处理"
        for standing in province.standings.values()
        for verdict in standing.verdicts
        if verdict.rule == REPEAT_RULE and verdict.result == "fail"
    ]
    for key, figure in figures.items():
        if key.startswith(NOTICES) and isinstance(figure.value, int) and figure.value >= limit:
            said.append(f"“{key.removeprefix(NOTICES)}”本年度被通报 {figure.printed} 次，达到 {limit} 次的应按规定处理")
    return list(dict.fromkeys(said))
