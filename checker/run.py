"""A whole check: journal, register, rules and tables in; verdicts out, and what must be said about the journal besides."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from checker.evidence import Evidence, Wanted, gather
from checker.judge import Bench, judge
from checker.loop import Earlier, FollowUps, notices, remember, with_previous
from checker.moments import Moment, back, month_before
from checker.office import Office
from checker.roster import Roster, roster_of
from checker.rules import RuleSet
from checker.segments import gaps, segments
from checker.verdict import BadLine, Verdict, read_verdicts
from register.inputs import Inputs


class Asked(Struct, frozen=True, kw_only=True):
    """What a check is asked for. `month`: `2024-08`, or None for the rule file's choice; `previous`: in any order."""

    journal: Path
    moment: Moment
    rules: RuleSet
    register: Path | None = None
    inputs: Inputs = Inputs()
    previous: tuple[Path, ...] = ()
    month: str | None = None


class Check:
    """One check. `verdicts()` may be read once; `remarks()` is what a person must know of the journal and the tables."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.bad_previous: list[str] = []
        paths = segments(asked.journal)
        self._gaps = gaps(paths)
        self.month = asked.month or _month(asked)
        self.evidence: Evidence = gather(paths, asked.moment, wanted(asked.rules, asked.moment, self.month))
        self.roster: Roster = roster_of(self.evidence, asked.register, _register_folders(asked.journal))
        self.office = Office(asked.inputs, asked.rules, asked.moment.day.isoformat())
        previous = self._before_t(asked.previous)
        self._earlier: Earlier = remember(self._read(previous[-1])) if previous else {}
        self.follow_up = FollowUps(self._read(previous[-1]) if previous else ())
        self._notices = notices(self._read(path) for path in previous)

    def verdicts(self) -> Iterator[Verdict]:
        bench = Bench(
            moment=self._asked.moment,
            month=self.month,
            rules=self._asked.rules,
            roster=self.roster,
            evidence=self.evidence,
            office=self.office,
            notices=self._notices,
        )
        for one in with_previous(judge(bench), self._earlier):
            self.follow_up.add(one)
            yield one

    def _before_t(self, paths: Sequence[Path]) -> list[Path]:
        """Files of earlier verdicts by their T, oldest first; one that judges T or later says nothing of what was before."""
        times = [(next((one.T for one in self._read(path)), None), path) for path in paths]
        self._not_before = [path.name for at, path in times if at is not None and at >= self._asked.moment.text]
        return [path for at, path in sorted((at, path) for at, path in times if at and at < self._asked.moment.text)]

    def _read(self, path: Path) -> Iterator[Verdict]:
        for one in read_verdicts(path):
            if isinstance(one, BadLine):
                said = f"{path.name} {one}"
                if said not in self.bad_previous:
                    self.bad_previous.append(said)
            else:
                yield one

    def bad_lines(self) -> int:
        """Journal lines that could not be used for what they are: cut, broken, or of another version."""
        troubles = self.evidence.counted.troubles
        return sum(troubles.get(kind, 0) for kind in ("cut", "broken", "version"))

    def remarks(self) -> list[str]:
        """One sentence each. Say these after `verdicts()` was read to its end: only then is it known what was not used."""
        counted, asked, roster = self.evidence.counted, self._asked, self.roster
        said = [
            f"{counted.troubles[kind]} {text}, the first at {counted.places[kind]}"
            for kind, text in _TROUBLES.items()
            if kind in counted.troubles
        ]
        if self._gaps:
            said.append(f"segments are missing: {', '.join(map(str, self._gaps[:10]))}")
        if counted.judged == 0:
            first = (
                "the journal holds no observation"
                if not counted.troubles.get("later")
                else "T lies before the first observation"
            )
            said.append(f"{first}: nothing is known at {asked.moment.text}, so whatever needs looking at is undetermined")
        if roster.source == "journal":
            said.append(
                "no register was found beside the journal: subjects that were never looked at are not judged; give --register"
            )
        if roster.stranger_count:
            named = ", ".join(roster.strangers[:5])
            said.append(f"{roster.stranger_count} targets of the journal are not in the register, such as {named}: not judged")
        others = {digest: count for digest, count in counted.registers.items() if digest != roster.digest}
        if others and roster.source != "journal":
            names = ", ".join(f"{digest[:19]}… {count} lines" for digest, count in sorted(others.items())[:5])
            said.append(f"judged by register {roster.digest[:19]}…; other lines were written under {names}")
        unused = self.office.unused()
        if unused:
            said.append(
                f"{len(unused)} rows of the office's tables belong to no subject, rule or target here: {'; '.join(unused[:5])}"
            )
        said += [f"{name} judges T or a later time: it was not taken for earlier verdicts" for name in self._not_before]
        said += [f"an earlier verdict could not be read: {bad}" for bad in self.bad_previous[:5]]
        return said


_TROUBLES = {
    "cut": "lines are cut",
    "broken": "lines are no observations",
    "version": "lines have a version that is not known here",
    "repeated": "lines were there before and were not counted again",
    "later": "lines were written after T and were not looked at",
}


def wanted(rules: RuleSet, moment: Moment, month: str) -> Wanted:
    """What these rules need of a journal."""
    probing = next((rule for rule in rules.rules if rule.measure == "availability"), None)
    if probing is None or probing.window is None:
        return Wanted(month)
    days = (moment.day - back(moment.day, probing.window, rules.month_days)).days
    return Wanted(month, days, frozenset(probing.counts), frozenset(probing.review))


def _month(asked: Asked) -> str:
    return month_before(asked.moment.day) if asked.rules.month_items == "before_T" else f"{asked.moment.day:%Y-%m}"


def _register_folders(journal: Path) -> Sequence[Path]:
    """Where the registers of a run lie: `DIR/register`, whether DIR, its journal folder or a segment was named."""
    return [base / "register" for base in (journal, *list(journal.absolute().parents)[:2])]
