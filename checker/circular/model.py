"""A circular as data: its figures, its paragraphs, its annexes. Every format is rendered from this and from nothing else."""

from typing import Final, Literal

from msgspec import Struct

RowKind = Literal["row", "group", "total"]
Source = Literal["observed", "stated", "derived"]
"""observed: from the register and the verdicts. stated: the office's tables. derived: computed from stated figures."""
ParagraphKind = Literal["heading", "text", "bad", "sign"]
Tick = Literal["☑", "□"]
TICKED: Final[Tick] = "☑"
EMPTY: Final[Tick] = "□"


class Statistic(Struct, frozen=True):
    """One figure. `printed` is how the text writes it (`97.9%`, `47`); of a rate, numerator and denominator stand beside it.

    places  the table rows a stated figure was read from (`figures.csv line 3`), or the subjects counted, where they are few
    """

    key: str
    value: int | float | str
    printed: str
    source: Source = "observed"
    numerator: int | None = None
    denominator: int | None = None
    places: tuple[str, ...] = ()


class Proof(Struct, frozen=True, omit_defaults=True):
    """What a row of an annex rests on: one verdict, or one of its targets. `links` are http(s) addresses of pages."""

    subject: str
    rule: str
    problem: str | None = None
    decided_by: str = "observation"
    counted: str | None = None
    window: tuple[str, str] | None = None
    coverage: str | None = None
    first_detected: str | None = None
    confidence: float = 1.0
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """(what it is, address)"""
    readings: tuple[str, ...] = ()


class Row(Struct, frozen=True):
    """One row. A group row repeats its one cell over the width. `proofs`: what it rests on, in a list that may be empty."""

    cells: tuple[str, ...]
    kind: RowKind = "row"
    proofs: tuple[Proof, ...] = ()


class Annex(Struct, frozen=True):
    """One table. A merged cell, of the header too, is repeated in every place that it covers; `header` may be empty.

    title         the heading above the table; `listed`: as the list of annexes calls it
    layout        list, regions, ranking, slip: renderers give a slip its frame
    merge         how many first columns have equal neighbours merged downwards
    """

    number: int | None
    title: str
    listed: str
    header: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    notes_above: tuple[str, ...] = ()
    notes_below: tuple[str, ...] = ()
    layout: str = "list"
    merge: int = 0

    @property
    def width(self) -> int:
        """How many columns the widest row has."""
        return max((len(row) for row in (*self.header, *(row.cells for row in self.rows))), default=1)


class Paragraph(Struct, frozen=True):
    """One paragraph of the body. `level` of a heading: 1 for 一、, 2 for （一）."""

    text: str
    kind: ParagraphKind = "text"
    level: int = 0


class BoxGroup(Struct, frozen=True):
    """A line of tick boxes: (☑ or □, what it says)."""

    name: str
    boxes: tuple[tuple[Tick, str], ...]


class Slip(Struct, frozen=True):
    """整改反馈单 of one unit: what was found, the boxes ticked, and by when it is due."""

    unit: str
    title: str
    findings: tuple[str, ...]
    groups: tuple[BoxGroup, ...]
    due: str | None = None


class Chart(Struct, frozen=True):
    """What the page draws. bars: (label, value, of how many)."""

    title: str
    bars: tuple[tuple[str, int, int], ...]


class Circular(Struct, frozen=True):
    """The whole circular.

    notes     what a reader must know of how the figures came about (undetermined counted as passing …)
    warnings  what does not fit together in what the office stated, or in its dates; never repeated silently
    """

    title: str
    issuer: str | None
    number: str | None
    period: str
    issued: str | None
    addressees: str | None
    T: str | None
    rules: tuple[str, ...]
    register: str | None
    statistics: tuple[Statistic, ...]
    paragraphs: tuple[Paragraph, ...]
    annexes: tuple[Annex, ...]
    slips: tuple[Slip, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    copies_to: str | None = None
    published: str | None = None


class CircularRefused(Exception):
    """A circular that must not be printed: `reasons` say which figures do not add up, or who is still undecided."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
