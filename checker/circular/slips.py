"""整改反馈单: the blank form as an annex, and one filled in for every unit with something to mend (circulars.md §2.6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from checker.circular.cells import Entry, Voice, cell, worded
from checker.circular.form import AnnexForm, BoxLine
from checker.circular.model import EMPTY, TICKED, BoxGroup, Row, Slip

OTHER: Final = "其他"


def blank(form: AnnexForm) -> Iterator[Row]:
    """The annex: the unit's line, all boxes in one cell, and room for the answer."""
    yield Row((form.unit_field, ""))
    lines = "\n".join(f"{line.name}　{'　'.join(EMPTY + box for box in line.boxes)}" for line in form.boxes)
    yield Row((f"{form.problems_field}\n{lines}",))
    yield Row((form.answer_field,))


def filled(form: AnnexForm, listed: Iterable[Iterable[Entry]], voice: Voice, due: str | None) -> tuple[Slip, ...]:
    """One slip per unit, in the order in which the annexes name them; a problem without a box of its own ticks 其他."""
    per_unit: dict[str, list[Entry]] = defaultdict(list)
    for entry in chain.from_iterable(listed):
        per_unit[cell("unit", entry, 0, voice)].append(entry)
    return tuple(_slip(form, unit, entries, voice, due) for unit, entries in per_unit.items())


def _slip(form: AnnexForm, unit: str, entries: list[Entry], voice: Voice, due: str | None) -> Slip:
    ticked = {(entry.subject.kind, _box(form, entry, key, voice)) for entry in entries for key in _keys(entry, voice)}
    groups = tuple(
        BoxGroup(line.name, tuple((TICKED if (line.kind, box) in ticked else EMPTY, box) for box in line.boxes))
        for line in form.boxes
    )
    findings = tuple(dict.fromkeys(_finding(entry, voice) for entry in entries))
    return Slip(unit, form.title, findings, groups, due)


def _keys(entry: Entry, voice: Voice) -> list[str]:
    """The problems by key; of one worded by hand, its words."""
    keys = []
    for verdict in entry.findings:
        known = [text for text in worded(verdict) if voice.words.box(text, entry.subject.kind)]
        keys += known or [voice.words.key(verdict)]
    return keys


def _box(form: AnnexForm, entry: Entry, key: str, voice: Voice) -> str:
    box = voice.words.box(key, entry.subject.kind)
    line: BoxLine | None = next((line for line in form.boxes if line.kind == entry.subject.kind), None)
    return box if box and line and box in line.boxes else OTHER


def _finding(entry: Entry, voice: Voice) -> str:
    name = voice.issue.name(entry.subject.name)
    kind = f"（{entry.subject.platform}）" if entry.subject.kind == "account" and entry.subject.platform else ""
    column = f"“{entry.detail.name or entry.detail.target}”栏目" if entry.detail else ""
    problem = cell("overdue", entry, 0, voice) if entry.detail else voice.joined_by.join(voice.problems(entry))
    return f"{name}{kind}{column}：{problem}"
