"""The rows of the office's tables, as values: what no crawler sees. `where` is each row's place (`manual.csv line 3`)."""

from typing import Literal

import msgspec
from msgspec import Struct

from register.problems import Problem, Severity

Channel = Literal["found_errors", "replies", "letters", "hotline", "forum"]
"""我为政府网站找错, 网站留言, 领导信箱, 12345热线, 网络社区."""
MessageKind = Literal["help", "complaint", "report", "praise", "suggestion", "consultation", "other"]
Ruling = Literal["false_alarm", "reduced", "pass", "fail"]
"""误报 (the finding is wrong), 核减 (right, but not to be counted), and how an undetermined verdict is decided."""


class ManualFinding(Struct, frozen=True):
    """A finding made by a person. `subject` is a code; `rule` (W1 … N3) may be None where `problem` alone is known.

    result   fail, or pass where a person looked and found nothing
    problem  the problem as the office words it, or a key of the problem vocabulary
    text     what is printed in the circular instead of the vocabulary's words
    day      when it was found, `2024-09-02`
    mended   when it was put right, None while it stands
    """

    where: str
    subject: str
    rule: str | None
    result: Literal["fail", "pass"]
    problem: str | None = None
    target: str | None = None
    url: str | None = None
    text: str | None = None
    author: str | None = None
    day: str | None = None
    mended: str | None = None


class MessageFigures(Struct, frozen=True):
    """Counts of one channel in the period: in total, or of one subject, one unit or one kind of message.

    overdue is counted by the channel's own limit; rates are percent as printed by the office; `units` and `platforms`
    are numbers of units concerned and of platforms open, where the office states them.
    """

    where: str
    channel: Channel
    subject: str | None = None
    unit: str | None = None
    kind: MessageKind | None = None
    received: int | None = None
    closed: int | None = None
    closed_on_time: int | None = None
    overdue: int | None = None
    units: int | None = None
    platforms: int | None = None
    on_time_rate: float | None = None
    closed_rate: float | None = None
    satisfaction_rate: float | None = None


class Message(Struct, frozen=True):
    """One message to one subject, with the days it came and was answered (None: it was not yet)."""

    where: str
    subject: str
    received: str
    answered: str | None = None
    channel: Channel = "replies"
    kind: MessageKind | None = None
    unit: str | None = None
    number: str | None = None
    valid: bool = True


class Exemption(Struct, frozen=True):
    """A subject, or one target of it, that a rule (None: every rule) does not apply to, from `since` to `until`, inclusive."""

    where: str
    subject: str
    reason: str
    author: str
    target: str | None = None
    rule: str | None = None
    since: str | None = None
    until: str | None = None


class Decision(Struct, frozen=True):
    """误报 or 核减 of one finding, or how an undetermined verdict is decided. `target` None: the whole verdict."""

    where: str
    subject: str
    rule: str
    ruling: Ruling
    reason: str
    author: str
    target: str | None = None
    day: str | None = None


class Stated(Struct, frozen=True):
    """A figure that the operator states, under its key (`articles.site`); `printed` as it is to be printed, if not as usual."""

    where: str
    key: str
    value: float | int | str
    printed: str | None = None


class Ranked(Struct, frozen=True):
    """One place of a ranking or list that the operator states: `table` names it, `tier` is 第一梯队 and the like."""

    where: str
    table: str
    name: str
    tier: str | None = None
    subject: str | None = None
    order: int | None = None


class Inputs(Struct, frozen=True):
    """All tables of one folder. `tables`: the kinds that were there, also those without a row, by the names of the fields
    above (`findings` …): an office that handed in an empty table of findings has looked and found nothing.
    `digest`: "sha256:…" over the rows read; `problems` and `totals` as of a register.
    """

    findings: tuple[ManualFinding, ...] = ()
    figures: tuple[MessageFigures, ...] = ()
    messages: tuple[Message, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    decisions: tuple[Decision, ...] = ()
    stated: tuple[Stated, ...] = ()
    ranked: tuple[Ranked, ...] = ()
    tables: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    totals: dict[Severity, int] = msgspec.field(default_factory=lambda: {"bad": 0, "mended": 0, "note": 0})
    digest: str | None = None
