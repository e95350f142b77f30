"""Draws a province from a seed. Every choice has a generator of its own name, so that any seed works and repeats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Final, NamedTuple

from province import columns as kinds
from province import places
from province.declarations import CHARSETS, WAYS, declare
from province.deliveries import DELIVERIES, Delivery
from province.dialects import DIALECTS, Dialect
from province.dialects.form import Address, Layout
from province.model import Account, Column, Plan, Site
from province.newmedia.cast import cast
from province.offices import Subject, subjects
from province.placing import Cell, Placed, place
from province.refuge import can_redirect
from province.seeds import rng, weighted
from province.shapes import SHAPES
from province.specials import Special, deal
from province.wechat import STATES
from province.writings import IN_ANSWERS, USUAL, WRITINGS

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
BEIJING: Final = timezone(timedelta(hours=8))
_DIALECTS: Final = {"trs": 5, "hanweb": 3, "vsb": 3}
YEARLESS_MOST_DAYS: Final = 7
"""The longest usual gap of a column that may leave the year out: twenty rows of it stay within a year."""


def draw(
    sites: int,
    columns: int,
    accounts: int,
    seed: int,
    faults: bool,
    now: datetime,
    dialects: Sequence[str],
    newmedia: bool = False,
) -> Plan:
    """A province of `sites` × `columns` and `accounts`, at `now` (aware). Raises ValueError for what cannot be built."""
    if now.tzinfo is None:
        raise ValueError("now must bear an offset from UTC, +08:00")
    unknown = set(dialects) - DIALECTS.keys()
    if unknown or not dialects:
        raise ValueError(f"dialects must be some of {', '.join(DIALECTS)}; not {', '.join(sorted(unknown)) or 'none'}")
    if min(sites, columns) < 1 or accounts < 0:
        raise ValueError("a province has at least one site and one column")
    now = now.astimezone(BEIJING)
    chosen = subjects(sites, seed)
    placed = place(sites, columns, seed) if faults else Placed({}, {})
    most = placed.most_columns()
    counts = [min(columns, most.get(number, columns)) for number in range(sites)]
    families = [_family(seed, number, dialects) for number in range(sites)]
    healthy = {number: count for number, count in enumerate(counts) if number not in placed.hosts}
    special = deal(healthy, placed.columns, families, seed) if faults else {}
    draft = _Draft(seed, faults, placed, special, families)
    made = tuple(_site(draft, number, subject, counts[number]) for number, subject in enumerate(chosen))
    if not can_redirect(made):
        made = tuple(_mended(site) for site in made)
    known = tuple(_account(number, chosen, seed, faults) for number in range(accounts))
    return Plan(seed, now, made, known, *((cast(seed, now, chosen),) if newmedia else ()))


def _mended(site: Site) -> Site:
    """The site without redirects to other sites, which a province of few sites may lack a place for."""
    rows = (replace(row, fault=None) if row.fault == "redirect_registered" else row for row in site.columns)
    return replace(site, columns=tuple(rows))


class _Draft(NamedTuple):
    """What the drawing of every site needs."""

    seed: int
    faults: bool
    placed: Placed
    specials: dict[Cell, Special]
    families: list[str]


def _family(seed: int, number: int, dialects: Sequence[str]) -> str:
    """The name of a site's dialect."""
    return weighted(rng(seed, "family", number), {name: _DIALECTS[name] for name in dialects})


def _site(draft: _Draft, number: int, subject: Subject, columns: int) -> Site:
    random = rng(draft.seed, "site", number)
    dialect = DIALECTS[draft.families[number]]
    address = random.choice(dialect.addresses)
    fault = draft.placed.hosts.get(number)
    rows = tuple(
        _column(draft, (number, each), kind, subject, dialect, address) for each, kind in enumerate(kinds.kinds(columns))
    )
    tls = random.random() < 0.2
    writing = _home_writing(random, rows)
    home = weighted(random, {"dated": 8, "gate": 1, "addresses": 1})
    if (home == "gate" and not draft.faults) or (home == "addresses" and not _told_by_addresses(rows, address)):
        home = "dated"
    return Site(
        number=number,
        code=subject.code,
        name=subject.name,
        unit=subject.unit,
        short=subject.short,
        region=subject.region,
        level=subject.level,
        host=subject.host,
        scheme="https" if (fault.tls if fault else tls) else "http",
        platform=random.choice((None, None, None, 0, 1, 2)) if not fault else None,
        dialect=dialect,
        declaration=declare(weighted(random, CHARSETS), weighted(random, WAYS)),
        columns=rows,
        fault=fault.name if fault else None,
        home=home,
        home_writing=WRITINGS[writing],
        validators=frozenset(random.choice(((), (), ("etag",), ("modified",), ("etag", "modified")))),
    )


def _column(draft: _Draft, cell: Cell, kind: kinds.Kind, subject: Subject, dialect: Dialect, address: Address) -> Column:
    number = cell[1]
    random = rng(draft.seed, "column", *cell)
    fault = draft.placed.columns.get(cell)
    special = draft.specials.get(cell, Special() if fault else None)
    followable = draft.faults and cell[0] not in draft.placed.hosts
    shape = special.shape if special else _shape(random, draft.faults, followable, address)
    delivery = DELIVERIES[special.delivery if special else "page"]
    path, address = dialect.column_path(kind.parent, kind.slug, number), _address(dialect, shape, address)
    if delivery.places:
        path, address = delivery.places.column_path(kind.parent, kind.slug, number), delivery.places.address
    gap = random.randint(*kind.days)
    alive = random.random() < 0.85 or (special is not None and special.history == "burst")
    age = random.randint(0, gap) if alive else random.choice((15, 40, 100, 200, 400, 900)) + random.randint(0, 60)
    fresh = alive and gap <= YEARLESS_MOST_DAYS and not (special and special.history)
    writing = _writing(random, shape, address, fresh) if delivery.name == "page" else random.choice(IN_ANSWERS)
    return Column(
        number=number,
        key=f"{subject.code}/{kind.slug}",
        code=kind.slug,
        name=kind.name,
        label=kind.label,
        first_level=not kind.parent,
        unit=subject.unit,
        path=path,
        shape=shape,
        writing=WRITINGS[writing],
        layout=random.choice(_layouts(dialect, delivery)),
        address=address,
        gap=gap,
        age=age,
        alive=alive,
        rows=_rows(random, shape),
        fault=fault.name if fault else None,
        delivery=delivery.name,
        mark=special.mark if special else None,
        history=special.history if special else None,
    )


def _address(dialect: Dialect, shape: str, usual: Address) -> Address:
    """The site's way to write addresses, or another of its family where the shape needs it."""
    wanted = SHAPES[shape].dated_address
    if wanted in (None, usual.dated):
        return usual
    return next(row for row in dialect.addresses if row.dated is wanted)


def _layouts(dialect: Dialect, delivery: Delivery) -> list[Layout]:
    """Rows that stand on their own, without the table around them, where they are delivered one by one."""
    if delivery.name in ("page", "iframe"):
        return list(dialect.layouts)
    return [row for row in dialect.layouts if row.row.startswith("<li")]


def _rows(random: Random, shape: str) -> int:
    if shape == "tiny":
        return random.randint(1, 2)
    return random.randint(3, 6) if shape == "short" else random.randint(15, 20)


def _shape(random: Random, faults: bool, followable: bool, address: Address) -> str:
    """`followable`: the host answers well, so that articles may be asked for too."""
    return weighted(
        random,
        {
            row.name: row.weight
            for row in SHAPES.values()
            if (faults or row.healthy)
            and row.dated_address in (None, address.dated)
            and (followable or row.healthy or row.dated_address is None)
        },
    )


def _writing(random: Random, shape: str, address: Address, fresh: bool) -> str:
    """A date writing that the column's list can bear: without a year only where no row is a year old."""
    return weighted(
        random,
        {
            name: weight
            for name, weight in USUAL.items()
            if (not WRITINGS[name].yearless or (fresh and not SHAPES[shape].plain_writing))
            and (not WRITINGS[name].helped or (address.dated and shape != "address_differs"))
        },
    )


def _home_writing(random: Random, columns: tuple[Column, ...]) -> str:
    fresh = all(row.alive and row.gap <= YEARLESS_MOST_DAYS for row in home_columns(columns))
    names = ("iso", "iso", "bracket", "slash", "month_day", "month_day_bracket")
    return random.choice([name for name in names if fresh or not WRITINGS[name].yearless])


def home_columns(columns: Sequence[Column]) -> list[Column]:
    """The up to four columns whose items a home page shows: ordinary lists only, the liveliest first."""
    fit = [row for row in columns if row.ordinary and SHAPES[row.shape].listed and row.shape in _SHOWN]
    return sorted(fit, key=lambda row: (not row.alive, row.gap, row.number))[:4]


_SHOWN: Final = (
    "plain", "unordered", "short", "pinned", "pinned_silent", "future", "address_differs", "address_only",
)  # fmt: skip


def _told_by_addresses(columns: Sequence[Column], address: Address) -> bool:
    """Whether a home page without dates in its rows still tells them, by its links."""
    return address.dated and all(row.shape != "address_differs" for row in home_columns(columns))


def _account(number: int, chosen: Sequence[Subject], seed: int, faults: bool) -> Account:
    random = rng(seed, "account", number)
    subject = random.choice(chosen)
    kind = random.choice(("微信订阅号", "微信订阅号", "微信服务号"))
    mark = "".join(random.choices(_ALPHABET, k=22))
    state = weighted(random, {row.name: row.weight for row in STATES.values()}) if faults else "alive"
    if faults and number < len(STATES):
        state = list(STATES)[number]
    return Account(
        code=f"WX{places.AREA_PREFIX}{seed % 10_000:04d}{number:05d}",
        name=f"{subject.region[:-1]}{random.choice(('发布', '政务', '在线', '融媒'))}{number + 1}",
        type=kind,
        unit=subject.unit,
        short=subject.short,
        region=subject.region,
        level=subject.level,
        path=f"/s/{mark}",
        state=state,
        gap=random.randint(1, 6),
        age=random.choice((0, 1, 2, 3, 5, 9, 13, 15, 20, 60, 400)),
    )
