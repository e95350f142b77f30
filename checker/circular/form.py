"""A form: what a city's circular looks like, as data (`forms/*.toml`). Adding a city's form is adding a file.

A form may `extend` another: what it does not say is taken from there.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct, field

from checker.circular.rates import Rounding
from checker.circular.tables import TomlUnreadable, read_toml, struct
from register import Level

Layout = Literal["list", "problems", "regions", "ranking", "units", "slip"]
Of = Literal["sites", "sections", "accounts", "columns", "previous"]
"""previous: what the circular before this one named"""
Value = Literal[
    "number", "owner", "region", "unit", "short", "name", "platform", "level", "code", "url", "problem",
    "column", "category", "month_items", "overdue", "newest", "newest_day", "note", "period", "first_detected",
    "outcome", "mended",
]  # fmt: skip
Measure = Literal["total", "checked", "failing", "passing", "undetermined", "added"]
Grouping = Literal["platform", "region", "problem", "level"]
Sorting = Literal["code", "region", "unit", "level", "platform", "overdue"]


class Column(Struct, frozen=True):
    """A column of a list. `header`: one text per header row, the last repeated; `template`: {} stands for the value."""

    header: str | tuple[str, ...]
    value: Value
    template: str = "{}"


Counting = Literal["sites", "sections", "accounts", "columns"]


class Counted(Struct, frozen=True):
    """A column of figures. `levels`: which subjects count, all where empty; `part`: a part of the first column of `of`."""

    header: tuple[str, ...]
    of: Counting
    measure: Measure = "total"
    levels: tuple[Level, ...] = ()
    part: bool = False


class Region(Struct, frozen=True):
    """A row of figures: the subjects of these regions, of 网站标识码 that begin so, or of these levels wherever they are.

    dashes: columns (from 1) printed “—” because they cannot apply
    """

    label: str
    regions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    dashes: tuple[int, ...] = ()


class Ranking(Struct, frozen=True):
    """A list of the office's ranking tables: how it is labelled, and the figure that its places add up to.

    levels  those of the sites that it ranks: where the register has more or fewer of them, a warning says so
    """

    table: str
    label: str
    counts_as: str | None = None
    levels: tuple[Level, ...] = ()


class BoxLine(Struct, frozen=True):
    """A line of tick boxes of the slip, for one kind of subject."""

    name: str
    kind: Literal["site", "account", "section"]
    boxes: tuple[str, ...]


class AnnexForm(Struct, frozen=True, kw_only=True):
    """One annex. Texts may hold {times}; what each layout reads:

    list      of, columns, group_by, kinds (columns only: whose), sort, labels (what is printed for a group)
    problems  of, columns[0] as the entry, by problem with its count
    regions   header (label column), counted, rows (none: one per region), total
    ranking   tables, header, abreast, template    units: tables, header, separator
    slip      boxes, unit_field, problems_field, answer_field, answer
    """

    name: str
    layout: Layout
    title: str
    listed: str | None = None
    numbered: bool = True
    when_empty: Literal["omit", "say"] = "omit"
    notes_above: tuple[str, ...] = ()
    notes_below: tuple[str, ...] = ()
    of: Of = "sites"
    kinds: tuple[Literal["site", "section"], ...] = ("site", "section")
    columns: tuple[Column, ...] = ()
    group_by: Grouping | None = None
    sort: tuple[Sorting, ...] = ("code",)
    labels: dict[str, str] = field(default_factory=dict)
    joined_by: str = "、"
    header: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    rows: tuple[Region, ...] = ()
    total: str | None = None
    tables: tuple[Ranking, ...] = ()
    abreast: int = 1
    template: str = "{}"
    separator: str = "、"
    boxes: tuple[BoxLine, ...] = ()
    unit_field: str = "单位名称（签字盖章）"
    problems_field: str = "检查发现的问题类型："
    answer_field: str = "整改情况："


class Part(Struct, frozen=True):
    """A part of the body: a heading, and paragraphs with {figures}; `slot`: where the issue's own paragraphs of that name go.

    How sentences are written, and which are left out: `texts.py`.
    """

    heading: str | None = None
    level: int = 1
    text: tuple[str, ...] = ()
    slot: str | None = None


class Form(Struct, frozen=True, kw_only=True):
    """A whole form. `words`: problem → cell text; `repeated`: notices a year from which an account is a repeat offender."""

    name: str
    extends: str | None = None
    body: tuple[Part, ...] = ()
    annexes: tuple[AnnexForm, ...] = ()
    rounding: dict[str, Rounding] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    body_words: dict[str, str] = field(default_factory=dict)
    repeated: int = 3


_NEEDS: Final[dict[Layout, tuple[str, ...]]] = {
    "list": ("columns",),
    "problems": ("columns",),
    "regions": ("header", "counted"),
    "ranking": ("tables", "header"),
    "units": ("tables", "header"),
    "slip": ("boxes",),
}
_SHIPPED: Final = files("checker") / "forms"


def shipped_forms() -> tuple[str, ...]:
    """The names of the forms that come with the program."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _SHIPPED.iterdir() if entry.name.endswith(".toml")))


def read_form(name: str) -> Form:
    """A form by its shipped name, or from a TOML file. Raises TomlUnreadable with everything that is wrong with it."""
    tables = _tables(name, ())
    errors: list[str] = []
    form = struct(Form, tables, "", errors)
    if form is not None:
        errors += [error for annex in form.annexes for error in _holes(annex)]
        names = [annex.name for annex in form.annexes]
        errors += [f"annexes: two are called {twice}" for twice in sorted({n for n in names if names.count(n) > 1})]
    if form is None or errors:
        raise TomlUnreadable(name, errors)
    return form


def _tables(name: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """The form's tables with those of the forms it extends below them; words and rounding are laid over each other."""
    own = read_toml(_find(name))
    base = own.get("extends")
    if not isinstance(base, str):
        return own
    if base in (*seen, name):
        raise TomlUnreadable(name, [f"extends: {base} extends itself, name another form"])
    below = _tables(base, (*seen, name))
    laid = {key: {**below[key], **own[key]} for key in below.keys() & own.keys() if isinstance(own[key], dict)}
    return {**below, **own, **laid}


def _find(name: str) -> Path:
    shipped: Traversable = _SHIPPED / f"{name}.toml"
    if name in shipped_forms():
        return Path(str(shipped))
    path = Path(name)
    if path.suffix == ".toml":
        return path
    raise TomlUnreadable(name, [f"no such form, write one of {', '.join(shipped_forms())}, or a .toml file"])


def _holes(annex: AnnexForm) -> Iterator[str]:
    where = f"annexes.{annex.name}"
    for key in _NEEDS[annex.layout]:
        if not getattr(annex, key):
            yield f"{where}.{key}: missing, a {annex.layout} needs it"
    width = len(annex.counted)
    for row in annex.rows:
        yield from (
            f"{where}: {row.label} has a dash in column {n} of {width}, write 1 … {width}"
            for n in row.dashes
            if not 1 <= n <= width
        )
    if annex.abreast < 1:
        yield f"{where}.abreast: {annex.abreast} does not fit, write 1 or more"
