"""From a journal of any length to what is known at T: one pass, one line at a time, memory by target and not by line.

    evidence = gather(paths, moment, month="2024-08", probe_days=7, counts=…, review=…)

Lines after T are passed over, so a past T is judged by what was known then. Nothing is dropped silently: cut lines, lines
that are no observation, unknown `v`, repeated lines and lines after T are counted in `Counted`, with the first place of each.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from checker.facts import LEADS, MOST_IDS, FactKind, Facts, Look, Probes
from checker.moments import Moment
from checker.segments import lines_of
from crawler.records import VERSION, instant_ms, stamp

Trouble = Literal["cut", "broken", "version", "repeated", "later"]
_ENOUGH: Final = frozenset({"list", "article", "feed", "blank", "undated"})
_GONE: Final = frozenset({("http_error", "not_found"), ("http_error", "gone")})
_PART_FLAGS: Final = frozenset({"partial", "lower_bound", "interrupted"})
"""Flags of a look that shows only part of what there is."""
_FOREIGN: Final = "identity_mismatch"
_LEADS: Final = frozenset(LEADS)
_STAMP: Final = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}\+08:00")
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_DAY_MS: Final = 86_400_000


class _Reading(Struct):
    state: str
    newest: str | None = None
    source: str | None = None
    text: str | None = None
    items: int = 0
    oldest: str | None = None


class _Item(Struct):
    title: str
    url: str | None = None
    date: str | None = None


class _Flag(Struct):
    name: str
    evidence: str = ""


class _Account(Struct):
    state: str


class _Line(Struct):
    """The fields of an observation that judging needs; decoding the rest would cost half the time."""

    v: int
    id: str
    seq: int
    at: str
    kind: Literal["home", "probe", "column", "account", "report"]
    target: str
    url: str
    subject: Raw
    outcome: str
    reading: _Reading
    register: str
    column: Raw = Raw(b"null")
    reason: str | None = None
    partial: bool = False
    first_look: bool = False
    observed_by: str = "public_http"
    account: _Account | None = None
    new_items: tuple[_Item, ...] = ()
    flags: tuple[_Flag, ...] = ()


class _Version(Struct):
    v: int


class Counted(Struct):
    """How many lines were read, and how many of them were passed over and why, with the first place of each trouble.

    registers  digest → lines at or before T; `last_register` is the one of the latest of them: the register of its day;
    `next_register` that of the first line after T, for a T before all of them
    """

    lines: int = 0
    judged: int = 0
    troubles: dict[Trouble, int] = msgspec.field(default_factory=dict)
    places: dict[Trouble, str] = msgspec.field(default_factory=dict)
    registers: dict[str, int] = msgspec.field(default_factory=dict)
    last_register: str | None = None
    next_register: str | None = None
    first_at: str | None = None
    last_at: str | None = None

    def trouble(self, kind: Trouble, place: str) -> None:
        self.troubles[kind] = self.troubles.get(kind, 0) + 1
        self.places.setdefault(kind, place)


class Evidence(Struct):
    """What is known at T. `facts`: (kind, target key) → Facts; `probes`: home target key → Probes."""

    counted: Counted
    facts: dict[tuple[FactKind, str], Facts] = msgspec.field(default_factory=dict)
    probes: dict[str, Probes] = msgspec.field(default_factory=dict)


class Wanted(Struct, frozen=True):
    """What the rules need of the journal: the month whose items are counted, the days of probes, and what they count."""

    month: str
    probe_days: int = 7
    counts: frozenset[str] = frozenset()
    review: frozenset[str] = frozenset()


def gather(paths: Iterable[Path], moment: Moment, wanted: Wanted) -> Evidence:
    """Read segments in their order. Raises JournalUnreadable where a file cannot be read to its end."""
    fold = _Fold(moment, wanted)
    for path in paths:
        fold.segment(path)
    return fold.evidence


class _Fold:
    def __init__(self, moment: Moment, wanted: Wanted) -> None:
        self.evidence = Evidence(Counted())
        self._moment = moment
        self._wanted = wanted
        self._month_start = f"{wanted.month}-01"
        self._seq = 0
        self._decode = msgspec.json.Decoder(_Line).decode
        self._parts: dict[bytes, Raw] = {}

    def segment(self, path: Path) -> None:
        counted, decode, take = self.evidence.counted, self._decode, self._take
        for number, raw in enumerate(lines_of(path), 1):
            counted.lines += 1
            try:
                line = decode(raw)
            except _UNREADABLE as error:
                self._unreadable(raw, f"{path.name} line {number}: {error}")
                continue
            if line.v != VERSION:
                counted.trouble("version", f"{path.name} line {number}: v is {line.v}")
            elif raw[-1:] != b"\n":
                counted.trouble("cut", f"{path.name} line {number}: no newline at its end")
            elif (trouble := take(line)) is None:
                counted.judged += 1
            else:
                counted.trouble(trouble, f"{path.name} line {number}: seq {line.seq} at {line.at[:32]}")

    def _unreadable(self, raw: bytes, place: str) -> None:
        """A line that is no observation of v 1: of another version, cut, or broken."""
        counted = self.evidence.counted
        try:
            other = msgspec.json.decode(raw, type=_Version).v != VERSION
        except _UNREADABLE:
            other = False
        cut = not raw.endswith(b"\n")
        counted.trouble("version" if other else "cut" if cut else "broken", place)

    def _take(self, line: _Line) -> Trouble | None:
        """Fold one line; or why it was passed over."""
        if _STAMP.fullmatch(line.at) is None:
            try:
                line.at = stamp(instant_ms(line.at))
            except (ValueError, OverflowError):
                return "broken"
        repeated = line.seq <= self._seq
        self._seq = max(self._seq, line.seq)
        counted = self.evidence.counted
        if line.at > self._moment.text:
            counted.next_register = counted.next_register or line.register
            return "later"
        if line.kind == "probe":
            try:
                if not self._probe(line, repeated):
                    return "repeated"
            except ValueError:
                return "broken"
        else:
            kind: FactKind = "account" if line.kind == "report" else line.kind
            facts = self.evidence.facts.get((kind, line.target))
            if facts is None:
                facts = Facts(kind, line.target, self._own(line.subject), self._own(line.column), line.url)
                self.evidence.facts[kind, line.target] = facts
            elif repeated and line.at <= facts.tried_at:
                return "repeated"
            self._look(facts, line)
        registers = counted.registers
        registers[line.register] = registers.get(line.register, 0) + 1
        if counted.last_at is None or line.at >= counted.last_at:
            counted.last_at, counted.last_register = line.at, line.register
        if counted.first_at is None or line.at < counted.first_at:
            counted.first_at = line.at
        return None

    def _probe(self, line: _Line, repeated: bool) -> bool:
        """Count one probe; False where it was counted before."""
        at_ms = instant_ms(line.at)
        probes = self.evidence.probes.get(line.target)
        if probes is None:
            probes = self.evidence.probes[line.target] = Probes(
                line.target, self._own(line.subject), line.url, first_at=line.at
            )
        elif repeated and line.at <= probes.last_at:
            return False
        probes.last_at = max(probes.last_at, line.at)
        probes.first_at = min(probes.first_at, line.at)
        day = (self._moment.ms - at_ms) // _DAY_MS
        if day >= self._wanted.probe_days:
            return True
        counts = probes.days.setdefault(day, [0, 0, 0, 0])
        probes.outcomes[line.outcome] = probes.outcomes.get(line.outcome, 0) + 1
        if line.outcome in self._wanted.counts:
            counts[1] += 1
            if len(probes.failed) < MOST_IDS:
                probes.failed.append(line.id)
        elif line.outcome in self._wanted.review:
            counts[2] += 1
            if len(probes.review) < MOST_IDS:
                probes.review.append(line.id)
        else:
            counts[0 if line.outcome in ("ok", "too_large") else 3] += 1
        return True

    def _own(self, raw: Raw) -> Raw:
        """A copy that does not hold the whole line; the same one for all columns of a site."""
        part = bytes(raw)
        return self._parts.setdefault(part, Raw(part))

    def _look(self, facts: Facts, line: _Line) -> None:
        facts.looks += 1
        if line.at < facts.tried_at:
            return
        facts.tried_at, facts.tried_outcome, facts.tried_reason, facts.tried_id = line.at, line.outcome, line.reason, line.id
        if line.account is not None:
            facts.account_state = line.account.state
        part = line.partial
        foreign = False
        for flag in line.flags:
            part = part or flag.name in _PART_FLAGS
            foreign = foreign or flag.name == _FOREIGN
            if flag.name in _LEADS:
                if facts.marks is None:
                    facts.marks = {}
                facts.marks[flag.name] = (line.at, line.id, flag.evidence)
        if line.outcome != "ok":
            self._not_read(facts, line)
            return
        reading = line.reading
        if reading.state not in _ENOUGH or foreign or not _dated(reading, line.at):
            return
        facts.gone_since, facts.gone_looks = None, 0
        facts.first_at = facts.first_at or line.at
        facts.read_at = line.at
        # one article says nothing of what else there is, but for an operator who reports it as the latest
        lower = part or (reading.state == "article" and line.observed_by != "operator_report")
        look = Look(line.at, line.id, reading.state, reading.newest, reading.source, reading.text, line.observed_by)
        if not lower:
            facts.last, facts.lower = look, _still_proved(facts, look)
        elif reading.newest is not None:
            facts.lower = look
        self._items(facts, line)

    def _not_read(self, facts: Facts, line: _Line) -> None:
        if line.outcome == "soft_404" or (line.outcome, line.reason) in _GONE:
            if facts.gone_since is None:
                facts.gone_since = line.at
            facts.gone_looks += 1
            facts.gone_id = line.id

    def _items(self, facts: Facts, line: _Line) -> None:
        """New items: which of them are of the month, and whether any of the month may have been missed."""
        new, month = line.new_items, self._wanted.month
        if new:
            if not line.first_look:
                facts.new_at = line.at
                if len(new) >= line.reading.items > 0:
                    facts.whole_month = False
            for item in new:
                if item.date is not None and item.date.startswith(month) and item.date[:10] <= line.at[:10]:
                    if facts.month is None:
                        facts.month = set()
                    facts.month.add(hash(item.url or (item.title, item.date)))
        oldest = line.reading.oldest
        if (
            oldest is not None and oldest < self._month_start and not oldest.startswith(month)
        ) or line.reading.state == "blank":
            facts.whole_month = True


def _still_proved(facts: Facts, look: Look) -> Look | None:
    """A later date that another observer saw: a feed that lags behind does not undo what was seen on the page itself."""
    others = [one for one in (facts.last, facts.lower) if one is not None and one.observed_by != look.observed_by]
    newer = [one for one in others if one.newest is not None and one.newest > (look.newest or "")]
    return max(newer, key=lambda one: one.newest or "", default=None)


def _dated(reading: _Reading, at: str) -> bool:
    """Whether a reading can be used: a list or feed has a newest date, and none is later than the day it was read."""
    if reading.newest is None:
        return reading.state in ("blank", "undated")
    return reading.newest[:10] <= at[:10]
