"""What a careful human would say of every target on the served day: the truth file's lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from province.deliveries import DELIVERIES
from province.faults import FAULTS, Fault
from province.marks import MARKS
from province.model import Account, Column, Site
from province.newmedia.truth import media_line
from province.pages import home_blocks
from province.refuge import refuge
from province.renderer import Renderer
from province.shapes import SHAPES
from province.wechat import STATES, published


class Line(TypedDict, total=False):
    """One line. outcomes, states: what may be said; newest: the one date that may be read, None where there is none.

    account  of accounts only: what may be said in account.state
    flags    where the page is in hand: flags that must be raised; of those that accuse a page, no others may
    """

    target: str
    kind: str
    outcomes: list[str]
    states: list[str]
    newest: str | None
    why: str
    account: list[str]
    flags: list[str]


def truth(renderer: Renderer, faults: Mapping[str, str]) -> Iterator[Line]:
    """The lines of every home page, column and account. `faults`: host -> name of the fault it has now."""
    for site in renderer.plan.sites:
        yield home_line(renderer, site, faults)
        for column in site.columns:
            yield column_line(renderer, site, column, faults)
    for account in renderer.plan.accounts:
        yield account_line(renderer, account)
    for media in renderer.plan.cast.media:
        yield Line(**media_line(renderer.plan, media, renderer.moment))  # type: ignore[typeddict-item]


def home_line(renderer: Renderer, site: Site, faults: Mapping[str, str]) -> Line:
    """Its newest is that of the dated items it links to; a home page of links to columns only has none."""
    dates = [row.at.date() for _, items in home_blocks(renderer.plan, site, renderer.moment) for row in items]
    own = Judged(("list",) if dates else ("unknown",), max(dates, default=None))
    words = f"home page {'with dated items' if dates else 'of links to columns only'}"
    line = _line(site, f"{site.code}/@home", "home", own, words, faults.get(site.host))
    if not faults.get(site.host):
        line["flags"] = []
    return line


def column_line(renderer: Renderer, site: Site, column: Column, faults: Mapping[str, str]) -> Line:
    shape = SHAPES[column.shape]
    fault = faults.get(site.host) or column.fault
    own = Judged(_states(column), None if DELIVERIES[column.delivery].states else renderer.listing(site, column).newest)
    mark = MARKS[column.mark] if column.mark else None
    words = f"{column.delivery}/{column.shape}: {shape.why}; dates as {column.writing.name}"
    if mark:
        words = f"{mark.name}: {mark.why}; {words}"
    if fault == "redirect_registered":
        other = refuge(renderer.plan.sites, site, column, faults)
        own = Judged(("list",), renderer.listing(*other).newest if other else None)
        words = f"the other column is {other[1].key}" if other else "no other column"
    line = _line(site, column.key, "column", own, words, fault)
    if fault is None:
        line["flags"] = list(mark.flags) if mark else []
    if fault == "sixteen_seconds" and "list" in line["states"]:
        line["states"].append("unknown")  # where the page alone does not tell, there is no time left to ask for more
    return line


def _states(column: Column) -> tuple[str, ...]:
    """What may be said of a column's list as it is delivered."""
    delivery, states = DELIVERIES[column.delivery], SHAPES[column.shape].states
    return delivery.states or tuple("feed" if delivery.feed and state == "list" else state for state in states)


def account_line(renderer: Renderer, account: Account) -> Line:
    state = STATES[account.state]
    alive = state.name == "alive"
    return Line(
        target=account.code,
        kind="account",
        outcomes=list(state.outcomes),
        states=list(state.states),
        newest=published(renderer.plan, account).date().isoformat() if alive else None,
        why=f"wechat; {state.why}",
        account=[state.account],
    )


@dataclass(frozen=True)
class Judged:
    """What may be said of a page once it is in hand."""

    states: tuple[str, ...]
    newest: date | None


def _line(site: Site, target: str, kind: str, own: Judged, words: str, name: str | None) -> Line:
    told = site.declaration
    why = f"{site.dialect.name}, {told.charset} (header {told.header}, meta {told.meta}); {words}"
    outcomes: tuple[str, ...] = ("ok",)
    if name is not None:
        fault, home = FAULTS[name], kind == "home"
        own, outcomes = behind(fault, own, home), fault.allowed(home)
        why = f"{name}: {fault.why}; {why}"
    newest = own.newest.isoformat() if own.newest else None
    return Line(target=target, kind=kind, outcomes=list(outcomes), states=list(own.states), newest=newest, why=why)


def behind(fault: Fault, own: Judged, home: bool) -> Judged:
    """What may be said of a page behind `fault`: a page that was cut proves its dates, but not that it is empty."""
    others = tuple(state for state in fault.states if state != "list")
    if not fault.readable(home):
        return Judged(others, None)
    mine = own.states if "ok" in fault.allowed(home) or own.newest else ()
    return Judged(tuple(dict.fromkeys(mine + others)), own.newest)
