"""The values that travel through `crawler.read`: a page goes in, what was found comes out.

Page ──► open_document ──► articles | feeds | payloads | lists ──► Found
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from crawler.records import Flag, Item, Reading, Rules

PageKind = Literal["home", "probe", "column", "account", "report", "article"]
"""records.Kind, and `article`: a page that was followed from a list for its date."""

Reason = Literal[
    "chosen",
    "navigation",
    "sidebar",
    "footer",
    "hidden_repeat",
    "clock",
    "generation_stamp",
    "document_number",
    "future",
    "title_event",
    "fewer_rows",
    "no_links",
    "no_titles",
    "unproved",
    "few_dates",
    "other_heading",
    "no_year",
    "ambiguous",
]
"""Why a group of rows won or lost."""

KIND_NAMES: Final[dict[str, PageKind]] = {
    "home": "home",
    "probe": "probe",
    "column": "column",
    "list": "column",
    "api": "column",
    "odd": "column",
    "account": "account",
    "newmedia": "account",
    "report": "report",
    "article": "article",
}
"""The words a manifest may use for the kind of a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a server, ready to be read.

    body          decoded of its Content-Encoding, at most 2 MiB
    url           the final URL
    now           the look's instant, aware, Beijing time
    content_type  the header as it came
    rules         the register row's overrides
    partial       the body was cut: it may prove an update, never its absence
    """

    body: bytes
    url: str
    now: datetime
    kind: PageKind = "column"
    content_type: str | None = None
    rules: Rules | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One group of rows that was weighed: its place (`div#main > ul.list > li`), size, newest date and fate."""

    where: str
    rows: int
    dated: int
    newest: str | None
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Trace:
    """What `explain` prints: every group that was weighed, the winner first, and remarks on the way there."""

    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a page says. `text` is the decoded page: signatures are matched on it; `title` the content of <title>."""

    reading: Reading
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()
    charset: str = "utf-8"
    text: str = ""
    title: str | None = None
    trace: Trace | None = None
