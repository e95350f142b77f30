"""The issue file: what one issue of a circular needs beside the verdicts; its six times are independent (circulars.md §5)."""

from pathlib import Path
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from checker.circular.rates import Rounding
from checker.circular.tables import Moment, TomlUnreadable, read_toml, struct
from checker.circular.times import day_of, instant_of

_Text = Annotated[str, Meta(min_length=1, max_length=2000)]
_DECIMALS: Final = range(3)


class Window(Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """监测数据采集时间: first and last day."""

    first: Moment
    last: Moment


class Deadline(Struct, frozen=True):
    """Another day that the text names: what is due, and by when."""

    what: _Text
    by: Moment


class Order(Struct, frozen=True):
    """The office's own order of regions and units; what is not named follows by code."""

    regions: tuple[_Text, ...] = ()
    units: tuple[_Text, ...] = ()


class AnnexWords(Struct, frozen=True):
    """What this issue says otherwise of one annex of its form."""

    title: _Text | None = None
    listed: _Text | None = None
    notes_above: tuple[_Text, ...] | None = None
    notes_below: tuple[_Text, ...] | None = None


class Issue(Struct, frozen=True, kw_only=True):
    """One issue of a circular.

    period      the label as printed (2024年第三季度); window: what was really looked at; T: 监测时间点
    recheck     复核截止时间; checked_on: the day of the check where the text names one; issued; rectify_by
    rounding    by statistic key; `default` for all others
    words       problem key → text of the annex cell; body_words: in sentences. They win over the form's
    names       printed instead of a region, unit or subject name
    paragraphs  the office's own text, by the form's slot; examples: subject codes named in the body, else the first failing
    annexes     by the annex's name in the form
    """

    title: Annotated[_Text, Meta(description="the whole title as it is to be printed")]
    period: Annotated[_Text, Meta(description="the period's label, such as 2024年第三季度")]
    number: _Text | None = None
    issuer: _Text | None = None
    addressees: _Text | None = None
    basis: _Text | None = None
    window: Window | None = None
    T: Moment | None = None
    recheck: Moment | None = None
    checked_on: Moment | None = None
    issued: Moment | None = None
    rectify_by: Moment | None = None
    deadlines: tuple[Deadline, ...] = ()
    rounding: dict[str, Rounding] = field(default_factory=dict)
    words: dict[str, _Text] = field(default_factory=dict)
    body_words: dict[str, _Text] = field(default_factory=dict)
    names: dict[str, _Text] = field(default_factory=dict)
    order: Order = Order()
    paragraphs: dict[str, tuple[_Text, ...]] = field(default_factory=dict)
    examples: int = 3
    annexes: dict[str, AnnexWords] = field(default_factory=dict)
    copies_to: _Text | None = None
    published: _Text | None = None

    def name(self, printed: str) -> str:
        return self.names.get(printed, printed)


def read_issue(path: Path) -> Issue:
    """The issue of a file. Raises TomlUnreadable with everything that is wrong with it."""
    errors: list[str] = []
    issue = struct(Issue, read_toml(path), "", errors)
    if issue is not None:
        errors += list(_disorder(issue))
    if issue is None or errors:
        raise TomlUnreadable(path.name, errors)
    return issue


def _disorder(issue: Issue) -> list[str]:
    """What no issue can mean; times that are merely odd are warnings of the circular."""
    errors = [
        f'rounding."{key}".decimals: {rounding.decimals} does not fit, write 0, 1 or 2'
        for key, rounding in issue.rounding.items()
        if rounding.decimals not in _DECIMALS
    ]
    if issue.window and instant_of(issue.window.first) > instant_of(issue.window.last, end=True):
        errors.append("window.to: lies before window.from, write the last day of the window")
    if issue.issued and issue.rectify_by and day_of(issue.rectify_by) < day_of(issue.issued):
        errors.append("rectify_by: lies before the day of issue, write a later day")
    return errors
