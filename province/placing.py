"""Where faults lie: a third of the hosts, and some columns of the others, dealt from shuffled decks."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random
from typing import Final

from province.faults import FAULTS, Fault, Scope
from province.seeds import rng

HOST_SHARE: Final = 1 / 3
COLUMN_SHARE: Final = 0.05

Cell = tuple[int, int]


@dataclass(frozen=True)
class Placed:
    """hosts: site number -> fault all its targets share; columns: (site number, column number) -> fault."""

    hosts: dict[int, Fault]
    columns: dict[Cell, Fault]

    def most_columns(self) -> dict[int, int]:
        """Site number -> how many columns it may have, of the sites that a fault bounds."""
        own = {site: fault.costly for (site, _), fault in self.columns.items() if fault.costly}
        return own | {site: fault.columns_most for site, fault in self.hosts.items() if fault.columns_most}


def place(sites: int, columns: int, seed: int) -> Placed:
    """Deals every host fault to a third of the hosts and every column fault to cells of the others.

    A deck is used up before a fault comes twice, so every fault appears once there is room: from 60 sites × 20 columns.
    """
    random = rng(seed, "faults")
    hosts = dict(zip(random.sample(range(sites), round(sites * HOST_SHARE)), _deck(random, "host"), strict=False))
    cells = [(site, column) for site in range(sites) if site not in hosts for column in range(columns)]
    random.shuffle(cells)
    count = max(round(len(cells) * COLUMN_SHARE), min(len(_names("column")), len(cells) // 5))
    return Placed(hosts, _deal(cells, count, _deck(random, "column")))


def _names(scope: Scope) -> list[Fault]:
    return [fault for fault in FAULTS.values() if scope in fault.scopes]


def _deck(random: Random, scope: Scope) -> Iterator[Fault]:
    deck = _names(scope)
    random.shuffle(deck)
    return cycle(deck)


def _deal(cells: list[Cell], count: int, deck: Iterator[Fault]) -> dict[Cell, Fault]:
    """`count` cells with a fault each; the costly ones at different sites, where no column is past their bound."""
    faults = [next(deck) for _ in range(count)]
    columns: dict[int, list[int]] = {}
    for site, column in cells:
        columns.setdefault(site, []).append(column)
    costly = dict(zip(columns, (row for row in faults if row.costly), strict=False))
    dealt = {(site, next(row for row in columns[site] if row < (fault.costly or 0))): fault for site, fault in costly.items()}
    most = Placed({}, dealt).most_columns()
    others = (cell for cell in cells if cell not in dealt and cell[1] < most.get(cell[0], sys.maxsize))
    return {**dealt, **dict(zip(others, (row for row in faults if not row.costly), strict=False))}
