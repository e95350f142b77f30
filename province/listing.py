"""What a column shows at a served moment: its items, a pure function of (seed, site, column, moment)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Final

from province.model import Column, Plan, Site
from province.seeds import number, rng
from province.shapes import SHAPES
from province.titles import title

Numbered = tuple[int, date]
BURST: Final = 12
"""Items that a burst brings on one day."""


@dataclass(frozen=True)
class Item:
    """One row.

    at     when it was published, Beijing time
    shown  the date its row bears, or None; in the future where somebody mistyped it
    path   the article's address on the column's host
    """

    number: int
    title: str
    at: datetime
    shown: datetime | None
    path: str
    pinned: bool = False

    def ahead(self, moment: datetime) -> bool:
        """Whether its row bears a date in the future."""
        return self.shown is not None and self.shown.date() > moment.date()


@dataclass(frozen=True)
class Listing:
    """A column's items in the order of its page, and the newest date a careful human reads from it."""

    items: tuple[Item, ...]
    newest: date | None
    total: int


def timeline(plan: Plan, site: Site, column: Column, today: date) -> Iterator[Numbered]:
    """(index, day) of the column's items up to `today`, newest first, back without end.

    Index 0 is the newest on the day the province was built for; later items count down from -1.
    """
    newest = plan.base - timedelta(days=column.age)
    later: list[Numbered] = []
    if column.alive and today > plan.base:
        steps = rng(plan.seed, site.code, column.code, "later")
        day = max(plan.base + timedelta(days=1), newest + timedelta(days=steps.randint(1, 2 * column.gap)))
        if column.history == "burst":
            later = [(-1 - each, plan.base + timedelta(days=1)) for each in range(BURST)]
            day = max(day, plan.base + timedelta(days=2))
        while day <= today:
            later.append((-1 - len(later), day))
            day += timedelta(days=steps.randint(1, 2 * column.gap - 1))
    yield from reversed(later)
    back = rng(plan.seed, site.code, column.code, "earlier")
    for index in count():
        yield index, newest
        newest -= timedelta(days=back.randint(0, 2 * column.gap))


def listing(plan: Plan, site: Site, column: Column, moment: datetime) -> Listing:
    """The column's list at `moment` (Beijing time), by its shape."""
    today = moment.date()
    if not SHAPES[column.shape].listed and column.shape != "single_article":
        return Listing((), None, 0)
    numbered = timeline(plan, site, column, today)
    out = (item for item in (_item(plan, site, column, row) for row in numbered) if item.at <= moment)
    items = sorted(islice(out, column.rows), key=lambda item: item.at, reverse=True)
    if column.shape == "single_article":
        return Listing(tuple(items[:1]), items[0].at.date(), 1)
    items = _arranged(plan, site, column, items, today)
    return Listing(tuple(items), _newest(column, items, today), len(items) + number(column.key) % 900)


def _item(plan: Plan, site: Site, column: Column, row: Numbered) -> Item:
    index, day = row
    key = f"{plan.seed}/{site.code}/{column.code}/{index}"
    bits = number("clock", key)
    clock = time(8 + bits % 10, bits // 16 % 60, bits // 1024 % 60)
    if column.history == "burst" and -BURST <= index < 0:
        clock = time(0, 0, bits % 60)  # a bulk import runs by night
    at = datetime.combine(day, clock, plan.now.tzinfo)
    named = column.number * 10_000 + 5_000 - index
    early = 2 + bits // 65_536 % 4 if column.shape == "address_differs" else 0
    path = column.address.write(column.path, day - timedelta(days=early), named)
    bare = column.shape in ("address_only", "followed", "followed_unordered", "undated")
    return Item(named, title(key, day, site.region, site.unit), at, None if bare else at, path)


def _arranged(plan: Plan, site: Site, column: Column, items: list[Item], today: date) -> list[Item]:
    draw = rng(plan.seed, site.code, column.code, "order", today if column.shape == "unordered" else "")
    if column.shape == "unordered":
        draw.shuffle(items)
    elif column.shape in ("pinned", "pinned_silent"):
        day = plan.base - timedelta(days=column.age + 2 * column.gap * column.rows + draw.randint(60, 400))
        old = _item(plan, site, column, (400, day))
        items = [_with(old, pinned=column.shape == "pinned"), *items[:-1]]
    elif column.shape == "followed_unordered":
        place = min(draw.randint(1, 2), len(items) - 1)
        items[0], items[place] = items[place], items[0]
    elif column.shape == "future" and len(items) > 1:
        place = draw.choice((0, 1, len(items) - 1))
        ahead = datetime.combine(today + timedelta(days=draw.randint(5, 300)), time(9, 30))
        items[place] = _with(items[place], shown=ahead)
    if column.history == "backdated" and today > plan.base:
        claimed = plan.base - timedelta(days=draw.randint(200, 500))
        items.insert(min(draw.randint(1, 3), len(items) - 1), _item(plan, site, column, (600, claimed)))
        items.pop()
    return items


def _with(item: Item, shown: datetime | None = None, pinned: bool = False) -> Item:
    return Item(item.number, item.title, item.at, shown or item.shown, item.path, pinned)


def _newest(column: Column, items: list[Item], today: date) -> date | None:
    """The largest date that is not in the future, of what the page (or, for "followed", its articles) bears."""
    if not SHAPES[column.shape].dated:
        return None
    dates = [(item.shown or item.at).date() for item in items]
    return max(day for day in dates if day <= today)
