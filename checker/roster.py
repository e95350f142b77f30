"""Who is judged: the subjects and targets of the register of its day, or, where that is not at hand, of the journal itself.

    roster_of(evidence, register=PATH, folders=…)

A register handed over wins. Else the one that the latest line at or before T names is looked for in `DIR/register/`; else the
roster is what the lines themselves say, which knows nothing of subjects that were never looked at.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from checker.evidence import Evidence
from checker.facts import FactKind, Facts, Probes
from crawler.records import ColumnPart, SubjectPart
from register import LEVELS, RegisterUnreadable, Subject, Target, accepted_path, load, read_accepted

_subject: Final = msgspec.json.Decoder(SubjectPart).decode
_column: Final = msgspec.json.Decoder(ColumnPart | None).decode
MOST_NAMED: Final = 20


class Roster(Struct):
    """Subjects by code in their order, and each one's targets. `source`: register, kept (beside the journal) or journal."""

    digest: str
    source: str
    subjects: dict[str, Subject] = msgspec.field(default_factory=dict)
    targets: dict[str, list[Target]] = msgspec.field(default_factory=dict)
    strangers: list[str] = msgspec.field(default_factory=list)
    stranger_count: int = 0

    def add(self, row: Subject | Target) -> None:
        if isinstance(row, Subject):
            self.subjects[row.code] = row
            self.targets.setdefault(row.code, [])
        else:
            self.targets.setdefault(row.subject, []).append(row)


def roster_of(evidence: Evidence, register: Path | None, folders: Iterable[Path]) -> Roster:
    """The roster to judge by. `folders`: where accepted registers may lie. Raises RegisterUnreadable."""
    roster = read_register(register) if register is not None else _kept(evidence, folders)
    if roster is None:
        roster = _of_journal(evidence)
    else:
        _name_strangers(roster, evidence)
    return roster


def read_register(path: Path) -> Roster:
    """The roster of a register: tables as an office keeps them, or an accepted `<digest>.jsonl`."""
    if path.suffix == ".jsonl" and path.is_file():
        roster = Roster(f"sha256:{path.stem}", "register")
        for row in read_accepted(path):
            roster.add(row)
        return roster
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(path, Path(folder))
        roster = Roster(loaded.digest, "register")
        for row in read_accepted(loaded.path):
            roster.add(row)
    return roster


def _kept(evidence: Evidence, folders: Iterable[Path]) -> Roster | None:
    digest = evidence.counted.last_register or evidence.counted.next_register
    name = (digest or "").removeprefix("sha256:")
    # the digest comes from the journal and becomes a file name: nothing but hexadecimal digits may
    if digest is None or not name or not set(name) <= set("0123456789abcdef"):
        return None
    for folder in folders:
        path = accepted_path(folder, digest)
        if path.is_file():
            try:
                roster = read_register(path)
            except RegisterUnreadable:
                continue
            roster.source = "kept"
            return roster
    return None


def _of_journal(evidence: Evidence) -> Roster:
    roster = Roster(evidence.counted.last_register or "none", "journal")
    seen: list[Facts | Probes] = [*evidence.facts.values(), *evidence.probes.values()]
    for facts in seen:
        try:
            part = _subject(facts.subject)
            column = _column(facts.column) if isinstance(facts, Facts) else None
        except msgspec.DecodeError:
            roster.stranger_count += 1
            continue
        if part.code not in roster.subjects:
            roster.add(_subject_of(part))
        if isinstance(facts, Facts):
            roster.add(_target_of(facts, part, column))
        elif ("home", facts.key) not in evidence.facts:
            roster.add(Target(facts.key, "home", part.code, facts.url, "", part.name, unit=part.unit))
    return roster


def _subject_of(part: SubjectPart) -> Subject:
    level = next((level for level in LEVELS if level == part.level), None)
    return Subject(part.code, part.kind, part.name, part.unit, part.short, part.region, level, part.platform, part.parent)


def _target_of(facts: Facts, part: SubjectPart, column: ColumnPart | None) -> Target:
    return Target(
        key=facts.key,
        kind=facts.kind,
        subject=part.code,
        url=facts.url,
        host="",
        name=column.name if column else part.name,
        category=column.category if column else None,
        first_level=column.first_level if column else None,
        unit=(column.unit if column else None) or part.unit,
    )


def _name_strangers(roster: Roster, evidence: Evidence) -> None:
    known: set[tuple[FactKind, str]] = {(target.kind, target.key) for some in roster.targets.values() for target in some}
    homes = {key for kind, key in known if kind == "home"}
    for kind, key in evidence.facts:
        if (kind, key) not in known and not (kind == "account" and key in roster.subjects):
            _stranger(roster, key)
    for key in evidence.probes:
        if key not in homes:
            _stranger(roster, key)


def _stranger(roster: Roster, key: str) -> None:
    roster.stranger_count += 1
    if len(roster.strangers) < MOST_NAMED:
        roster.strangers.append(key)
